import type {
  BlockContext,
  BlockEvent,
  CallFacts,
  FoundOperator,
  LookupAnswer,
  OperatorQuery
} from './block.ts'
import type { Scheme } from './scheme.ts'

/** How an operator meets the call: talks, declines it, lets it ring, or is not free at all. */
export interface SimulatedOperator {
  userId: string
  name: string
  reaction: 'answers' | 'declines' | 'silent' | 'busy'
  /** How long it rings until they answer or decline; at once when left out. */
  afterSeconds?: number
  /** Groups they are in; every group when left out. */
  groupIds?: readonly string[]
}

export type SimulatedDial = 'answers' | 'busy' | 'noAnswer' | 'refused' | 'failed'

export interface Scenario {
  /** When the call comes, ms since the epoch. */
  atMs: number
  /** Owner of a known client. */
  ownerId?: string | null
  /** What else is known of the call; nothing where left out. */
  facts?: Partial<CallFacts>
  /** Keys, one for each time that a key is waited for; `-` stays silent. Silence when they are used up. */
  presses?: string
  operators?: readonly SimulatedOperator[]
  /** How many wait before the caller in every queue, and when their turn comes; null for never. */
  queue?: { ahead: number; turnAfterSeconds: number | null }
  /** What outside systems answer, one for each question; null, or none left, for no answer. */
  lookups?: readonly (LookupAnswer | null)[]
  /** What becomes of calls to outside numbers, `*` for any; those not named ring out. */
  dials?: Readonly<Record<string, SimulatedDial>>
  /** How long an outside number rings until that. */
  dialSeconds?: number
  /** Published schemes that this one may go on to, by id. */
  schemes?: Readonly<Record<string, Scheme>>
}

const maxJumps = 10
const soundMs = 3_000
const talkMs = 60_000
const answerMs = 300
const messageSeconds = 10

/** What the machine would hold: what is under way decides which event comes next. */
export interface SimulatedCall {
  nowMs: number
  isAnswered: boolean
  ownerId: string | null
  declined: string[]
  lastOperatorId: string | null
  facts: Partial<CallFacts>
  tags: readonly string[]
  pressed: string
  isPlaying: boolean
  isRecording: boolean
  deadlineMs: number | null
  query: OperatorQuery | null
  /** For whom the call waits in a line. */
  queued: OperatorQuery | null
  /** When its turn comes; null before it has stood in a line. */
  turnMs: number | null
  ringing: readonly { userId: string; sinceMs: number }[]
  dialling: { number: string; sinceMs: number } | null
  /** Who talked last: an operator by id, or a number. */
  talkedWith: string | null
  isAsking: boolean
  lookups: (LookupAnswer | null)[]
  goTo: string | null
  jumps: number
  presses: string[]
  locale: 'ru' | 'en'
  hangupReason: string | null
}

/** The call at its arrival. */
export function startCall(scenario: Scenario, locale: 'ru' | 'en'): SimulatedCall {
  const { atMs, ownerId = null, presses = '', facts = {}, lookups = [] } = scenario
  return {
    nowMs: atMs,
    isAnswered: false,
    ownerId,
    declined: [],
    lastOperatorId: null,
    facts,
    tags: facts.tags ?? [],
    pressed: facts.pressed ?? '',
    isPlaying: false,
    isRecording: false,
    deadlineMs: null,
    query: null,
    queued: null,
    turnMs: null,
    ringing: [],
    dialling: null,
    talkedWith: null,
    isAsking: false,
    lookups: [...lookups],
    goTo: null,
    jumps: 0,
    presses: [...presses],
    locale,
    hangupReason: null
  }
}

/** What a block may know of it. */
export function contextOf(call: SimulatedCall): BlockContext {
  const { nowMs, isAnswered, locale, ownerId, declined, lastOperatorId, tags, pressed } = call
  const facts: CallFacts = {
    callId: 'simulated',
    callerNumber: null,
    callerName: null,
    country: null,
    region: null,
    dialed: '',
    numberId: null,
    sourceId: null,
    inquiryChannel: null,
    campaign: null,
    keyword: null,
    siteId: null,
    contactId: null,
    ...call.facts,
    tags,
    pressed
  }
  return { nowMs, isAnswered, locale, ownerId, declined, lastOperatorId, facts }
}

/** The scheme that the block has gone on to, unless there is none or the call has been going round. */
export function nextScheme(call: SimulatedCall, { schemes = {} }: Scenario): Scheme | undefined {
  if (call.goTo === null || call.jumps >= maxJumps || !Object.hasOwn(schemes, call.goTo)) return undefined
  call.jumps += 1
  return schemes[call.goTo]
}

/** What happens next to the call as it stands, time included. */
export function nextEvent(call: SimulatedCall, scenario: Scenario): BlockEvent {
  const { operators = [] } = scenario
  if (call.goTo !== null) {
    call.goTo = null
    return { type: 'schemeMissing' }
  }
  if (call.query !== null) {
    const found = find(call.query, operators)
    call.query = null
    return { type: 'operatorsFound', operators: found }
  }
  if (call.isAsking) {
    call.isAsking = false
    call.nowMs += answerMs
    return { type: 'lookedUp', answer: call.lookups.shift() ?? null }
  }
  const served = call.queued === null ? null : inQueue(call, call.queued, scenario)
  if (served !== null) return served
  if (call.ringing.length > 0) return whatOperatorsDo(call, operators)
  if (call.dialling !== null) return whatNumberDoes(call, call.dialling, scenario)
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
  const digit = call.deadlineMs === null ? undefined : call.presses.shift()
  if (digit !== undefined && digit !== '-') {
    return { type: 'digit', digit }
  }
  return timerEnds(call)
}

/** The place in the line once, and operators when the turn comes before anything else falls due. */
function inQueue(
  call: SimulatedCall,
  query: OperatorQuery,
  { queue, operators = [] }: Scenario
): BlockEvent | null {
  const { ahead = 0, turnAfterSeconds = 0 } = queue ?? {}
  if (call.turnMs === null) {
    call.turnMs = turnAfterSeconds === null ? Infinity : call.nowMs + turnAfterSeconds * 1000
    const estimateSeconds = turnAfterSeconds === null ? null : turnAfterSeconds
    return { type: 'queuePlace', position: ahead + 1, waiting: ahead + 1, estimateSeconds }
  }
  const isNext = call.turnMs <= Math.max(call.nowMs, call.isPlaying ? 0 : (call.deadlineMs ?? 0))
  const found = isNext ? find(query, operators) : []
  if (found.length === 0) return null
  // Keys come before the turn only while the caller really waits.
  if (call.turnMs > call.nowMs && call.presses.length > 0) return null
  call.nowMs = Math.max(call.nowMs, call.turnMs)
  call.queued = null
  return { type: 'operatorsFound', operators: found }
}

/** Whoever does something first; who answers comes before who declines at that moment. */
function whatOperatorsDo(call: SimulatedCall, operators: readonly SimulatedOperator[]): BlockEvent {
  const doing = call.ringing
    .flatMap(({ userId, sinceMs }) => {
      const who = operators.find((each) => each.userId === userId)
      const isActing = who?.reaction === 'answers' || who?.reaction === 'declines'
      if (!isActing) return []
      return [{ userId, reaction: who.reaction, atMs: sinceMs + (who.afterSeconds ?? 0) * 1000 }]
    })
    .toSorted((a, b) => a.atMs - b.atMs || a.reaction.localeCompare(b.reaction))
  const first = doing[0]
  if (first === undefined || first.atMs > (call.deadlineMs ?? Infinity)) return timerEnds(call)
  call.nowMs = Math.max(call.nowMs, first.atMs)
  if (first.reaction === 'answers') return talk(call, first.userId)
  call.declined = [...call.declined, first.userId]
  call.ringing = call.ringing.filter(({ userId }) => userId !== first.userId)
  return { type: 'legFailed', userId: first.userId, result: 'declined' }
}

function whatNumberDoes(
  call: SimulatedCall,
  { number, sinceMs }: { number: string; sinceMs: number },
  { dials = {}, dialSeconds = 0 }: Scenario
): BlockEvent {
  const result = Object.hasOwn(dials, number) ? dials[number] : dials['*']
  const atMs = sinceMs + dialSeconds * 1000
  const isTooLate = atMs > (call.deadlineMs ?? Infinity)
  if (result === undefined || result === 'noAnswer' || isTooLate) return timerEnds(call)
  call.nowMs = Math.max(call.nowMs, atMs)
  if (result === 'answers') return talk(call, null, number)
  call.dialling = null
  return { type: 'dialFailed', number, result, reason: result === 'refused' ? 'policy' : null }
}

/** Somebody answers, and hangs up in time. What the machine ends at an answer is ended here. */
function talk(call: SimulatedCall, operatorId: string | null, number: string | null = null): BlockEvent {
  Object.assign(call, {
    talkedWith: operatorId ?? number,
    ringing: [],
    dialling: null,
    isPlaying: false,
    deadlineMs: null,
    isAnswered: true,
    lastOperatorId: operatorId
  })
  call.nowMs += talkMs
  return { type: 'talkEnded' }
}

function timerEnds(call: SimulatedCall): BlockEvent {
  call.nowMs = Math.max(call.nowMs, call.deadlineMs ?? 0)
  call.deadlineMs = null
  return { type: 'timeout' }
}

/** As the registry answers: the one asked for, all who are free, or the first of them. All have every skill. */
function find(query: OperatorQuery, operators: readonly SimulatedOperator[]): FoundOperator[] {
  const willing = operators
    .filter(
      ({ userId, reaction, groupIds }) =>
        reaction !== 'busy' &&
        !query.except.includes(userId) &&
        (query.kind === 'group' ? groupIds?.includes(query.groupId) !== false : userId === query.userId)
    )
    .map(({ userId, name }) => ({ userId, name, devices: [userId] }))
  return query.kind === 'group' && query.strategy === 'ringAll' ? willing : willing.slice(0, 1)
}
