import type { BlockEffect, Sound } from './block.ts'
import { blockOf, brokenSchemeReason, enter, exitTarget, handle, type BlockRun } from './run.ts'
import type { Scheme } from './scheme.ts'
import {
  contextOf,
  nextEvent,
  nextScheme,
  startCall,
  type Scenario,
  type SimulatedCall
} from './simulated-call.ts'

export type { Scenario, SimulatedDial, SimulatedOperator } from './simulated-call.ts'

/** One block that the call went through. */
export interface SimulatedStep {
  /** Id of the scheme that the call had gone on to; null in the first one. */
  scheme: string | null
  block: string
  type: string
  label: string | null
  atMs: number
  /** When the call left it, or ended in it. */
  endMs: number
  /** Null where the call ended, or went on to another scheme, within the block. */
  exit: string | null
  pressed: string
  /** Sounds heard, by name; `text:` with words and `number:` with a number that were spoken. */
  heard: readonly string[]
  rung: readonly string[]
  /** Outside numbers that were called. */
  dialled: readonly string[]
  rating: number | null
  leftMessage: boolean
  /** A callback was promised. */
  isPromised: boolean
  /** Who talked with the caller: an operator by id, or a number. */
  talkedWith: string | null
}

/**
 * What the caller got out of it, the best first: a talk, a promised callback, a message left, a hang-up without any of
 * these; `broken` where a block could not be run, `endless` where the call went round and round.
 */
export const simulatedOutcomes = ['talked', 'callback', 'message', 'hungUp', 'broken', 'endless'] as const
export type SimulatedOutcome = (typeof simulatedOutcomes)[number]

export interface Simulation {
  path: readonly SimulatedStep[]
  /** How it ended: a hang-up by the scheme, an exit that leads nowhere, or cut after too many steps. */
  end: 'hangup' | 'lastExit' | 'tooLong'
  reason: string | null
  outcome: SimulatedOutcome
  endMs: number
  /** On the call at its end. */
  tags: readonly string[]
}

/** Far past any real call; a scheme whose blocks lead round and round is cut here. */
const maxSteps = 2_000

/** Walks an imagined call through a scheme by the blocks' own code, and tells its path. Never throws. */
export function simulate(first: Scheme, scenario: Scenario): Simulation {
  const call = startCall(scenario, first.locale)
  const path: OpenStep[] = []
  let scheme = first
  let schemeId: string | null = null
  let blockId: string | null = scheme.start
  let steps = 0
  const ended = (end: Simulation['end']): Simulation => {
    const last = path.at(-1)
    if (last) last.endMs = call.nowMs
    const reason = call.hangupReason
    return { path, end, reason, outcome: outcomeOf(path, end, reason), endMs: call.nowMs, tags: call.tags }
  }
  while (blockId !== null) {
    const step = startStep(scheme, blockId, call.nowMs, schemeId)
    call.turnMs = null
    path.push(step)
    let run: BlockRun = enter(scheme, blockId, contextOf(call))
    let goTo: Scheme | undefined
    for (;;) {
      for (const effect of run.effects) apply(call, step, effect)
      if (call.hangupReason !== null) return ended('hangup')
      steps += 1
      if (steps > maxSteps) return ended('tooLong')
      if (run.exit !== null) break
      goTo = nextScheme(call, scenario)
      if (goTo !== undefined) break
      const event = nextEvent(call, scenario)
      if (event.type === 'talkEnded') step.talkedWith = call.talkedWith
      run = handle(scheme, { id: blockId, state: run.state }, event, contextOf(call)) ?? {
        ...run,
        effects: []
      }
    }
    step.exit = run.exit
    step.endMs = call.nowMs
    if (goTo !== undefined) {
      scheme = goTo
      schemeId = call.goTo
      call.goTo = null
      call.locale = goTo.locale
      blockId = goTo.start
    } else blockId = exitTarget(scheme, blockId, run.exit ?? '')
  }
  return ended('lastExit')
}

type OpenStep = { -readonly [K in keyof SimulatedStep]: SimulatedStep[K] } & {
  heard: string[]
  rung: string[]
  dialled: string[]
}

function startStep(scheme: Scheme, blockId: string, atMs: number, schemeId: string | null): OpenStep {
  const block = blockOf(scheme, blockId)
  return {
    scheme: schemeId,
    block: blockId,
    type: block?.type ?? '',
    label: block?.label ?? null,
    atMs,
    endMs: atMs,
    exit: null,
    pressed: '',
    heard: [],
    rung: [],
    dialled: [],
    rating: null,
    leftMessage: false,
    isPromised: false,
    talkedWith: null
  }
}

function outcomeOf(
  path: readonly SimulatedStep[],
  end: Simulation['end'],
  reason: string | null
): SimulatedOutcome {
  if (reason === brokenSchemeReason) return 'broken'
  if (end === 'tooLong') return 'endless'
  if (path.some(({ talkedWith }) => talkedWith !== null)) return 'talked'
  if (path.some(({ isPromised }) => isPromised)) return 'callback'
  return path.some(({ leftMessage }) => leftMessage) ? 'message' : 'hungUp'
}

function apply(call: SimulatedCall, step: OpenStep, effect: BlockEffect): void {
  switch (effect.do) {
    case 'answer':
      call.isAnswered = true
      return
    case 'play':
      call.isPlaying = true
      step.heard.push(...effect.sounds.map(nameOf))
      return
    case 'stopPlaying':
      call.isPlaying = false
      return
    case 'timer':
      call.deadlineMs = call.nowMs + effect.ms
      return
    case 'cancelTimer':
      call.deadlineMs = null
      return
    case 'findOperators':
      call.query = effect.query
      return
    case 'joinQueue':
      call.queued = effect.request.query
      return
    case 'leaveQueue':
      call.queued = null
      return
    case 'ring':
      call.ringing = effect.operators.map(({ userId }) => ({ userId, sinceMs: call.nowMs }))
      for (const { userId } of effect.operators) step.rung.push(userId)
      return
    case 'stopRinging':
      call.ringing = call.ringing.filter(({ userId }) => !effect.userIds.includes(userId))
      return
    case 'dial':
      call.dialling = { number: effect.target.number, sinceMs: call.nowMs }
      step.dialled.push(effect.target.number)
      return
    case 'stopDialling':
      call.dialling = null
      return
    case 'lookup':
      call.isAsking = true
      return
    case 'assign':
      call.ownerId = effect.ownerId ?? call.ownerId
      return
    case 'recordVoicemail':
      call.isRecording = true
      step.leftMessage = true
      return
    case 'note':
      step.pressed += effect.pressed
      call.pressed += effect.pressed
      return
    case 'tag':
      call.tags = [...new Set([...call.tags, ...effect.add])].filter((tag) => !effect.remove.includes(tag))
      return
    case 'rate':
      step.rating = effect.rating
      return
    case 'promiseCallback':
      step.isPromised = true
      return
    case 'goToScheme':
      call.goTo = effect.schemeId
      return
    case 'hangup':
      call.hangupReason = effect.reason
      return
    case 'ringback':
    case 'music':
    case 'setRecording':
      // Nothing follows from these.
      return
  }
}

function nameOf(heard: Sound): string {
  if ('sound' in heard) return heard.sound
  if ('text' in heard) return `text:${heard.text}`
  return 'number' in heard ? `number:${heard.number}` : heard.tone
}
