import type { BlockContext, BlockEffect, BlockEvent, FoundOperator, OperatorQuery } from './block.ts'
import { blockOf, enter, exitTarget, handle, type BlockRun } from './run.ts'
import type { Scheme } from './scheme.ts'

/** How an operator meets the call: talks, declines it, or lets it ring. All listed are free, and in every group. */
export interface SimulatedOperator extends FoundOperator {
  reaction: 'answers' | 'declines' | 'silent'
}

export interface Scenario {
  /** When the call comes, ms since the epoch. */
  atMs: number
  /** Owner of a known client. */
  ownerId?: string | null
  /** Keys, one for each time that a key is waited for; `-` stays silent. Silence when they are used up. */
  presses?: string
  operators?: readonly SimulatedOperator[]
}

/** One block that the call went through. */
export interface SimulatedStep {
  block: string
  type: string
  label: string | null
  atMs: number
  /** Null where the call ended within the block. */
  exit: string | null
  pressed: string
  /** Sounds heard, by name. */
  heard: readonly string[]
  rung: readonly string[]
  rating: number | null
  leftMessage: boolean
}

export interface Simulation {
  path: readonly SimulatedStep[]
  /** How it ended: a hang-up by the scheme, an exit that leads nowhere, or cut after too many steps. */
  end: 'hangup' | 'lastExit' | 'tooLong'
  reason: string | null
  endMs: number
}

/** Far past any real call; a scheme whose blocks lead round and round is cut here. */
const maxSteps = 500

const soundMs = 3_000
const talkMs = 60_000
const messageSeconds = 10

/** Walks an imagined call through a scheme by the blocks' own code, and tells its path. Never throws. */
export function simulate(scheme: Scheme, scenario: Scenario): Simulation {
  const call = startCall(scenario, scheme.locale)
  const operators = scenario.operators ?? []
  const path: SimulatedStep[] = []
  let blockId: string | null = scheme.start
  let steps = 0
  while (blockId !== null) {
    const step = startStep(scheme, blockId, call.nowMs)
    path.push(step)
    let run: BlockRun = enter(scheme, blockId, contextOf(call))
    for (;;) {
      for (const effect of run.effects) apply(call, step, effect)
      if (call.hangupReason !== null) {
        return { path, end: 'hangup', reason: call.hangupReason, endMs: call.nowMs }
      }
      steps += 1
      if (steps > maxSteps) return { path, end: 'tooLong', reason: null, endMs: call.nowMs }
      if (run.exit !== null) break
      const event = nextEvent(call, operators)
      run = handle(scheme, { id: blockId, state: run.state }, event, contextOf(call)) ?? {
        ...run,
        effects: []
      }
    }
    step.exit = run.exit
    blockId = exitTarget(scheme, blockId, run.exit)
  }
  return { path, end: 'lastExit', reason: null, endMs: call.nowMs }
}

/** What the machine would hold: what is under way decides which event comes next. */
interface SimulatedCall {
  nowMs: number
  isAnswered: boolean
  ownerId: string | null
  declined: string[]
  lastOperatorId: string | null
  isPlaying: boolean
  isRecording: boolean
  timerMs: number | null
  query: OperatorQuery | null
  ringing: readonly FoundOperator[]
  presses: string[]
  locale: 'ru' | 'en'
  hangupReason: string | null
}

type OpenStep = { -readonly [K in keyof SimulatedStep]: SimulatedStep[K] } & {
  heard: string[]
  rung: string[]
}

function startCall({ atMs, ownerId = null, presses = '' }: Scenario, locale: 'ru' | 'en'): SimulatedCall {
  return {
    nowMs: atMs,
    isAnswered: false,
    ownerId,
    declined: [],
    lastOperatorId: null,
    isPlaying: false,
    isRecording: false,
    timerMs: null,
    query: null,
    ringing: [],
    presses: [...presses],
    locale,
    hangupReason: null
  }
}

function startStep(scheme: Scheme, blockId: string, atMs: number): OpenStep {
  const block = blockOf(scheme, blockId)
  return {
    block: blockId,
    type: block?.type ?? '',
    label: block?.label ?? null,
    atMs,
    exit: null,
    pressed: '',
    heard: [],
    rung: [],
    rating: null,
    leftMessage: false
  }
}

function contextOf(call: SimulatedCall): BlockContext {
  const { nowMs, isAnswered, locale, ownerId, declined, lastOperatorId } = call
  return { nowMs, isAnswered, locale, ownerId, declined, lastOperatorId }
}

function apply(call: SimulatedCall, step: OpenStep, effect: BlockEffect): void {
  switch (effect.do) {
    case 'answer':
      call.isAnswered = true
      return
    case 'play':
      call.isPlaying = true
      for (const heard of effect.sounds) step.heard.push('sound' in heard ? heard.sound : heard.tone)
      return
    case 'stopPlaying':
      call.isPlaying = false
      return
    case 'timer':
      call.timerMs = effect.ms
      return
    case 'cancelTimer':
      call.timerMs = null
      return
    case 'ringback':
      return
    case 'findOperators':
      call.query = effect.query
      return
    case 'ring':
      call.ringing = effect.operators
      for (const { userId } of effect.operators) step.rung.push(userId)
      return
    case 'stopRinging':
      call.ringing = call.ringing.filter(({ userId }) => !effect.userIds.includes(userId))
      return
    case 'recordVoicemail':
      call.isRecording = true
      step.leftMessage = true
      return
    case 'note':
      step.pressed += effect.pressed
      return
    case 'rate':
      step.rating = effect.rating
      return
    case 'hangup':
      call.hangupReason = effect.reason
  }
}

/** What happens next to the call as it stands, time included. */
function nextEvent(call: SimulatedCall, operators: readonly SimulatedOperator[]): BlockEvent {
  if (call.query !== null) {
    const found = find(call.query, operators)
    call.query = null
    return { type: 'operatorsFound', operators: found }
  }
  if (call.ringing.length > 0) return whatOperatorsDo(call, operators)
  if (call.isRecording) {
    call.isRecording = false
    call.nowMs += messageSeconds * 1000
    return { type: 'recorded', seconds: messageSeconds }
  }
  if (call.isPlaying) {
    call.isPlaying = false
    call.nowMs += soundMs
    return { type: 'played' }
  }
  const digit = call.timerMs === null ? undefined : call.presses.shift()
  if (digit !== undefined && digit !== '-') return { type: 'digit', digit }
  return timerEnds(call)
}

function whatOperatorsDo(call: SimulatedCall, operators: readonly SimulatedOperator[]): BlockEvent {
  const ringing = operators.filter(({ userId }) => call.ringing.some((rung) => rung.userId === userId))
  const talker = ringing.find(({ reaction }) => reaction === 'answers')
  if (talker !== undefined) {
    Object.assign(call, { ringing: [], timerMs: null, isAnswered: true, lastOperatorId: talker.userId })
    call.nowMs += talkMs
    return { type: 'talkEnded' }
  }
  const decliner = ringing.find(({ reaction }) => reaction === 'declines')
  if (decliner !== undefined) {
    call.declined = [...call.declined, decliner.userId]
    call.ringing = call.ringing.filter(({ userId }) => userId !== decliner.userId)
    return { type: 'legFailed', userId: decliner.userId, result: 'declined' }
  }
  return timerEnds(call)
}

function timerEnds(call: SimulatedCall): BlockEvent {
  call.nowMs += call.timerMs ?? 0
  call.timerMs = null
  return { type: 'timeout' }
}

/** As the registry answers: the one asked for, all who are free, or the first of them. */
function find(query: OperatorQuery, operators: readonly SimulatedOperator[]): FoundOperator[] {
  const willing = operators
    .filter(
      ({ userId }) => !query.except.includes(userId) && (query.kind === 'group' || userId === query.userId)
    )
    .map(({ userId, name }) => ({ userId, name }))
  return query.kind === 'group' && query.strategy === 'ringAll' ? willing : willing.slice(0, 1)
}
