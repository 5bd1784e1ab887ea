import type { FoundOperator, OperatorQuery } from '../../ivr/block.ts'
import { recordingIdOf } from '../../pbx/call/recording-id.ts'
import type { Moments, MomentType } from '../../pbx/call/moments.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { Caller, Route } from '../../pbx/call/types.ts'
import type { Random } from './random.ts'
import { uuidAt } from './random.ts'
import { simulateCall } from './simulate.ts'
import type { Surroundings } from './simulate.ts'

/** A finished piece of audio that several calls may share. */
export interface Audio {
  readonly file: string
  readonly contentType: string
  readonly channels: number
  readonly seconds: number
  readonly bytes: number
}

/** A row of `recordings`. */
export interface RecordingRow {
  readonly id: string
  readonly call_id: string
  readonly leg: string
  readonly kind: 'talk' | 'voicemail'
  readonly audio: Audio
  readonly readyMs: number
}

export interface HistoryPlan {
  readonly random: Random
  /** The last moment of the history, ms since the epoch. */
  readonly nowMs: number
  readonly days: number
  /** How many calls there are, more or less. */
  readonly calls: number
  readonly trunkId: string
  /** Numbers with how often each is called, as routing sees them. */
  readonly lines: readonly { route: Omit<Route, 'contact'>; weight: number }[]
  readonly operators: readonly FoundOperator[]
  readonly groups: ReadonlyMap<string, readonly string[]>
  /** Clients the company knows. */
  readonly known: readonly { caller: Caller; contact: NonNullable<Route['contact']> }[]
  /** Anybody else, the nth of them always the same. */
  readonly strangerAt: (index: number) => Caller
  readonly talks: readonly Audio[]
  readonly message: Audio
  /** How many of the latest talks can be listened to. */
  readonly audible: number
}

export interface History {
  readonly tapes: readonly (readonly TapeRow[])[]
  readonly recordings: readonly RecordingRow[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Moscow keeps one time all year. */
const zoneMs = 3 * hourMs
/** Calls in each hour of a weekday, as shares of the busiest. */
const hourShape = [1, 1, 0, 0, 0, 1, 2, 5, 14, 55, 85, 100, 95, 72, 68, 74, 80, 78, 66, 48, 30, 16, 6, 2]
/** From Sunday. */
const dayShape = [0.45, 1.15, 1.05, 1, 1, 0.95, 0.6]
/** Tags and after-call words that operators leave behind. */
const remarks: readonly (readonly [wrapUpCode: string, tags: readonly string[], note: string | null])[] = [
  ['order', ['заказ'], 'Оформлен заказ, доставка в субботу'],
  ['measure', ['замер'], 'Записан на бесплатный замер'],
  ['question', ['вопрос'], null],
  ['delivery', ['доставка'], 'Уточнял время доставки'],
  ['complaint', ['жалоба'], 'Просит перезвонить старшего']
]

/** Weeks of past calls with the shape of days and weeks, oldest first. */
export function makeHistory(plan: HistoryPlan): History {
  const { random } = plan
  const starts = startTimes(plan)
  const staff = createStaff(plan)
  const tapes: TapeRow[][] = []
  const recordings: RecordingRow[] = []
  const callers = createCallers(plan)
  let audibleLeft = plan.audible
  for (const [index, startMs] of starts.entries()) {
    const line = random.weighted(plan.lines.map((one) => [one, one.weight] as const))
    const { caller, contact } = callers.next()
    // Spread over the last three days, so that the first page of the journal has something to play.
    const wantsAudio = audibleLeft > 0 && startMs > plan.nowMs - 3 * dayMs && random.chance(0.22)
    const audio = wantsAudio ? random.pick(plan.talks) : null
    const route: Route = { ...line.route, contact }
    const rows = simulateCall(
      {
        id: uuidAt(random, startMs),
        pbxUniqueId: `rt-${Math.floor(startMs / 1000)}.${index}`,
        startMs,
        caller,
        dialed: route.number,
        trunkId: plan.trunkId,
        route: audio === null ? withoutRecording(route) : route,
        audioSeconds: audio?.seconds ?? null,
        messageSeconds: plan.message.seconds
      },
      staff
    )
    const recording = recordingOf(rows, audio, plan.message)
    if (recording?.kind === 'talk') audibleLeft -= 1
    if (recording !== null) {
      recordings.push(recording)
      const { id, leg, audio: file, readyMs } = recording
      append(rows, readyMs, 'call.recording_ready', {
        recordingId: id,
        leg,
        state: 'ready',
        seconds: file.seconds,
        channels: file.channels
      })
    }
    remark(rows, random)
    tapes.push(rows)
  }
  return { tapes, recordings }
}

/** When calls arrive: each hour its share, give or take chance; none may still be going on now. */
function startTimes({ random, nowMs, days, calls }: HistoryPlan): number[] {
  const firstMs = Math.floor((nowMs - days * dayMs) / hourMs) * hourMs
  const hours = Array.from({ length: days * 24 }, (_, index) => firstMs + index * hourMs)
  const shares = hours.map((atMs) => {
    const local = new Date(atMs + zoneMs)
    return (hourShape[local.getUTCHours()] ?? 0) * (dayShape[local.getUTCDay()] ?? 1)
  })
  const whole = shares.reduce((sum, share) => sum + share, 0)
  const times = hours.flatMap((atMs, index) => {
    const expected = ((shares[index] ?? 0) / whole) * calls
    const count = Math.floor(expected * random.between(0.6, 1.4) + random.next())
    return Array.from({ length: count }, () => Math.round(atMs + random.next() * hourMs))
  })
  return times.filter((atMs) => atMs < nowMs - hourMs / 2).sort((a, b) => a - b)
}

/** Who calls: someone known, someone who called before, or someone new. */
function createCallers({ random, known, strangerAt }: HistoryPlan) {
  let strangers = 0
  return {
    next(): { caller: Caller; contact: Route['contact'] } {
      if (known.length > 0 && random.chance(0.24)) return random.pick(known)
      const isBack = strangers > 10 && random.chance(0.28)
      if (!isBack) strangers += 1
      return { caller: strangerAt(isBack ? random.whole(0, strangers - 1) : strangers - 1), contact: null }
    }
  }
}

/** Operators with what they were busy with, so that nobody talks twice at once. */
function createStaff({ random, operators, groups }: HistoryPlan): Surroundings {
  const busy = new Map<string, { fromMs: number; toMs: number }[]>()
  const isFree = (userId: string, atMs: number): boolean =>
    (busy.get(userId) ?? []).every(({ fromMs, toMs }) => atMs < fromMs - 60_000 || atMs > toMs + 15_000)
  return {
    random,
    operatorsFor(query: OperatorQuery, atMs: number): readonly FoundOperator[] {
      const ids = query.kind === 'group' ? (groups.get(query.groupId) ?? []) : [query.userId]
      const free = operators.filter(
        ({ userId }) => ids.includes(userId) && !query.except.includes(userId) && isFree(userId, atMs)
      )
      const ordered = random.shuffled(free)
      return query.kind === 'group' && query.strategy === 'ringAll' ? ordered : ordered.slice(0, 1)
    },
    taken(userId: string, fromMs: number, toMs: number): void {
      busy.set(userId, [...(busy.get(userId) ?? []).slice(-20), { fromMs, toMs }])
    }
  }
}

const quietSchemes = new WeakMap<Route['scheme']['body'], Route['scheme']['body']>()

/** The same scheme with recording off: a past talk without audio must not look like a lost recording. */
function withoutRecording(route: Route): Route {
  const { body } = route.scheme
  let quiet = quietSchemes.get(body)
  if (quiet === undefined) {
    quiet = structuredClone(body)
    for (const block of Object.values(quiet.blocks)) {
      if (block.type === 'ring') block.settings = { ...block.settings, record: false }
    }
    quietSchemes.set(body, quiet)
  }
  return { ...route, scheme: { ...route.scheme, body: quiet } }
}

function recordingOf(rows: readonly TapeRow[], audio: Audio | null, message: Audio): RecordingRow | null {
  const endMs = rows.at(-1)?.atMs ?? 0
  for (const row of rows) {
    const id = row.data['recordingId']
    if (typeof id !== 'string') continue
    if (row.type === 'call.answered' && audio !== null) {
      const leg = String(row.data['leg'])
      return { id, call_id: row.callId, leg, kind: 'talk', audio, readyMs: endMs + 900 }
    }
    if (row.type === 'call.voicemail' && id === recordingIdOf(row.callId, 'voicemail')) {
      return {
        id,
        call_id: row.callId,
        leg: 'voicemail',
        kind: 'voicemail',
        audio: message,
        readyMs: endMs + 900
      }
    }
  }
  return null
}

/** After some talks the operator writes down what it was about. */
function remark(rows: TapeRow[], random: Random): void {
  const answered = rows.find(({ type }) => type === 'call.answered')
  const operator = answered?.data['operator']
  if (typeof operator !== 'object' || operator === null || !('id' in operator) || !random.chance(0.3)) return
  const [wrapUpCode, tags, note] = random.weighted(
    remarks.map((one, index) => [one, remarks.length - index] as const)
  )
  const operatorId = String(operator.id)
  const afterMs = random.whole(4000, 40_000)
  const writtenMs = (rows.at(-1)?.atMs ?? 0) + afterMs
  append(rows, writtenMs, 'call.modified', {
    by: operatorId,
    changes: { wrapUpCode, tags, ...(note === null ? {} : { note }) }
  })
  append(rows, writtenMs, 'call.wrapped_up', { operatorId, seconds: Math.round(afterMs / 1000) })
}

function append<T extends MomentType>(rows: TapeRow[], atMs: number, type: T, data: Moments[T]): void {
  const last = rows.at(-1)
  if (last === undefined) return
  const { callId, seq } = last
  rows.push({ callId, seq: seq + 1, atMs, type, from: null, to: null, data: { ...data }, effects: [] })
}
