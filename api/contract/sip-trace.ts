import { z } from 'zod'
import { findingCodes, stepStates, testProblems } from '../../pbx/trace/findings.ts'
import { isoTime } from './common.ts'

/** What a trace means, in a stable code; `params` fill the words that screens have for it. */
export const sipFinding = z.object({
  code: z.enum(findingCodes),
  level: z.enum(['good', 'warning', 'problem']),
  params: z.record(z.string(), z.string()),
  /** Index into `messages`; null when it is a message that did not come. */
  message: z.number().int().nullable()
})

export const sipMessage = z.object({
  at: isoTime,
  /** Party that it came from or went to; the other side is always ours. */
  partyId: z.string(),
  direction: z.enum(['in', 'out']),
  transport: z.string(),
  local: z.string(),
  remote: z.string(),
  /** The SIP Call-ID. */
  dialog: z.string(),
  method: z.string(),
  /** Null for a request. */
  status: z.number().int().nullable(),
  reason: z.string().nullable(),
  /** The same again, because no answer came. */
  isRepeat: z.boolean(),
  codecs: z.array(z.string()),
  /** The whole message, without secrets. */
  text: z.string()
})

/** SIP messages in order, between us and the others, with what they mean. */
export const sipLadder = z.object({
  parties: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['trunk', 'operator', 'outside']),
      name: z.string().nullable(),
      address: z.string()
    })
  ),
  messages: z.array(sipMessage),
  findings: z.array(sipFinding)
})

const stepState = z.enum(stepStates)

export const trunkTest = z.object({
  startedAt: isoTime,
  /** Null while it runs. */
  endedAt: isoTime.nullable(),
  state: z.enum(['running', 'passed', 'failed']),
  steps: z.object({ settings: stepState, address: stepState, options: stepState, register: stepState }),
  /** What went wrong before anything was said. */
  problem: z.object({ code: z.enum(testProblems), detail: z.string() }).nullable(),
  /** Where the trunk's host name leads. */
  addresses: z.array(z.string()),
  ladder: sipLadder
})

export const traceSwitch = z.object({ until: isoTime, by: z.string().nullable() })

export const trunkTrace = z.object({
  /** False where SIP messages cannot be heard: switched off, or the port is taken. */
  isListening: z.boolean(),
  /** The last registration; null for a trunk without one, and before the first. */
  registration: sipLadder.nullable(),
  /** The last test since the start of the controller. */
  test: trunkTest.nullable(),
  /** Messages of all its calls are kept until then; null when they are not. */
  switch: traceSwitch.nullable()
})

/** At most a day: calls are people's own. */
export const switchTrace = z.object({ minutes: z.number().int().min(1).max(1440).default(60) })

/** `call`: this call while it runs; `number`: also the next calls with the same client. */
export const switchCallTrace = switchTrace.extend({ scope: z.enum(['call', 'number']).default('call') })

export const callTrace = z.object({
  isListening: z.boolean(),
  /** Null when nothing is known of the call's messages. */
  ladder: sipLadder.nullable(),
  /** The switch of the call, and of its client's number. */
  call: traceSwitch.nullable(),
  number: traceSwitch.nullable()
})

export type SipFinding = z.infer<typeof sipFinding>
export type SipMessage = z.infer<typeof sipMessage>
export type SipLadder = z.infer<typeof sipLadder>
export type TrunkTest = z.infer<typeof trunkTest>
export type TrunkTrace = z.infer<typeof trunkTrace>
export type CallTrace = z.infer<typeof callTrace>
export type TraceSwitch = z.infer<typeof traceSwitch>
export type SwitchCallTrace = z.input<typeof switchCallTrace>
