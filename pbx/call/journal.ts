import type { Moments, MomentType, TalkParty } from './moments.ts'
import type { TapeRow } from './effects.ts'
import { secondsBetween } from './turn.ts'
import type { CallVisit, Source } from './types.ts'

/** A row of `calls`, by column name; instants are ISO strings. The whole row follows from the tape. */
export type JournalRow = Record<string, unknown> & {
  id: string
  pbx_unique_id: string
  started_at: string
  ended_at: string | null
  steps: StepRow[]
}

interface StepRow {
  step: number
  block: string
  blockType: string
  label: string | null
  startedAt: string
  seconds: number | null
  exit: string | null
  pressed: string | null
  targets: { userId: string | null; name: string }[]
  groupName: string | null
}

/** A row of `call_legs`. */
export interface LegRow {
  call_id: string
  leg: string
  user_id: string | null
  user_name: string | null
  started_at: string
  ringing_at: string | null
  answered_at: string | null
  ended_at: string | null
  result: string | null
  q850_cause: number | null
  recording_id: string | null
  kind: string
  purpose: string
  recorded_seconds: number | null
}

/** The journal of one call: a projection of its tape. */
export interface Journal {
  call: JournalRow
  legs: LegRow[]
}

type Projector = { [T in MomentType]: (journal: Journal, data: Moments[T], at: string) => void }

/**
 * Projects a whole tape, in order of `seq`, onto the journal.
 * @returns null when the tape does not begin with a call (its first moments are still elsewhere)
 */
export function foldJournal(rows: readonly TapeRow[]): Journal | null {
  let journal: Journal | null = null
  for (const row of rows) journal = project(journal, row)
  return journal
}

/** Projects one more row; other rows change nothing, but for a caller who is let in late. The journal given is written to. */
export function project(journal: Journal | null, row: TapeRow): Journal | null {
  const at = new Date(row.atMs).toISOString()
  if (row.type === 'callerAnswered' && journal && row.data['ignored'] !== true) letIn(journal, at)
  if (row.type === 'call.initiated') return begin(row.callId, row.data as never, at)
  const projector = projectors[row.type as MomentType] as
    ((journal: Journal, data: unknown, at: string) => void) | undefined
  if (journal && projector) projector(journal, row.data, at)
  return journal
}

/** The talk was told of when the operator answered, and the caller came into it now. */
function letIn({ call }: Journal, at: string): void {
  call['answered_at'] = at
  call['wait_seconds'] = secondsBetween(Date.parse(String(call['started_at'])), Date.parse(at))
}

function begin(callId: string, data: Moments['call.initiated'], at: string): Journal {
  return {
    legs: [],
    call: {
      id: callId,
      pbx_unique_id: data.pbxUniqueId,
      direction: data.direction,
      call_type: callTypeOf(data),
      started_at: data.startedAtMs === undefined ? at : new Date(data.startedAtMs).toISOString(),
      answered_at: null,
      ended_at: null,
      outcome: null,
      reason: null,
      hangup_by: null,
      q850_cause: null,
      wait_seconds: null,
      talk_seconds: null,
      clean_talk_seconds: null,
      total_seconds: null,
      caller_number: data.caller.number,
      caller_name: data.caller.name,
      caller_region: data.caller.region,
      caller_country: data.caller.country,
      dialed_number: data.dialed,
      destination_number: null,
      number_id: data.number?.id ?? null,
      ...sourceColumns(data.source),
      site_id: data.site?.id ?? null,
      trunk_id: data.trunkId,
      operator_id: null,
      operator_name: null,
      first_operator_id: null,
      group_name: null,
      scheme_id: data.scheme?.id ?? null,
      scheme_name: data.scheme?.name ?? null,
      scheme_version: data.scheme?.version ?? null,
      steps: [],
      pressed: null,
      contact_id: data.contact?.id ?? null,
      contact_name: data.contact?.name ?? null,
      rating: null,
      wrap_up_code: null,
      tags: [],
      note: null,
      is_spam: data.lists?.some(({ kind }) => kind === 'spam') ?? false,
      is_vip: data.lists?.some(({ kind }) => kind === 'vip') ?? false,
      recording_id: null,
      recording_state: null,
      recording_seconds: null,
      hold_seconds: 0,
      wrapup_seconds: null,
      is_transferred: false,
      order_id: data.order?.orderId ?? null,
      ordered_by: data.order?.byUserId ?? null,
      parent_call_id: data.order?.parentCallId ?? null,
      ...visitColumns(data.visit)
    }
  }
}

function sourceColumns(source: Source | null): Record<string, unknown> {
  return {
    source_id: source?.id ?? null,
    source_name: source?.name ?? null,
    inquiry_channel: source?.inquiryChannel ?? null,
    medium: source?.medium ?? null,
    campaign: source?.campaign ?? null,
    keyword: source?.keyword ?? null
  }
}

/** What the journal shows of the visit behind a call; every column stands in each row. */
function visitColumns(visit: CallVisit | undefined): Record<string, unknown> {
  return {
    visit_id: visit?.visitId ?? null,
    visitor_id: visit?.visitorId ?? null,
    pool_id: visit?.poolId ?? null,
    pool_name: visit?.poolName ?? null,
    attribution: visit ? { rule: visit.rule, candidates: visit.candidates } : null,
    attribution_model: visit?.model ?? null,
    attribution_confidence: visit?.confidence ?? null,
    utm: visit?.utm ?? null,
    click_ids: visit?.clickIds ?? null,
    ga_client_id: visit?.gaClientId ?? null,
    ym_client_id: visit?.ymClientId ?? null,
    landing_url: visit?.landingUrl ?? null,
    page_url: visit?.pageUrl ?? null,
    referrer: visit?.referrer ?? null,
    device: visit?.device ?? null
  }
}

/** A call to a number of ours is tracked; one lent to a visitor, dynamically. */
function callTypeOf({ direction, callType, number, visit }: Moments['call.initiated']): string {
  if (direction !== 'in') return callType
  if (!number) return 'pbx'
  return visit?.poolId ? 'tracking_dynamic' : 'tracking_static'
}

const nothing = (): void => undefined

const projectors: Projector = {
  'call.initiated': nothing,
  'call.forwarding_step': ({ call }, data, at) => {
    if (data.groupName) call['group_name'] = data.groupName
    if (data.state === 'started') {
      const { step, block, blockType, label, groupName } = data
      call.steps.push({
        step,
        block,
        blockType,
        label,
        startedAt: at,
        seconds: null,
        exit: null,
        pressed: null,
        targets: [],
        groupName
      })
      return
    }
    const step = call.steps.find((candidate) => candidate.step === data.step)
    if (step)
      Object.assign(step, {
        seconds: data.seconds,
        exit: data.exit,
        pressed: data.pressed,
        targets: data.targets
      })
    if (data.pressed && data.blockType !== 'rating') {
      const before = typeof call['pressed'] === 'string' ? call['pressed'] : ''
      call['pressed'] = before + data.pressed
    }
  },
  'call.scheme_changed': ({ call }, { scheme }) => {
    Object.assign(call, { scheme_id: scheme.id, scheme_name: scheme.name, scheme_version: scheme.version })
  },
  'call.looked_up': ({ call }, { contactName }) => {
    if (contactName !== null) call['caller_name'] = contactName
  },
  'call.tagged': ({ call }, { add, remove }) => {
    const tags = Array.isArray(call['tags']) ? (call['tags'] as string[]) : []
    const kept = tags.filter((tag) => !remove.includes(tag))
    call['tags'] = [...kept, ...add.filter((tag) => !kept.includes(tag))]
  },
  'leg.started': (journal, data, at) => {
    journal.legs.push({
      call_id: journal.call.id,
      leg: data.leg,
      user_id: data.userId,
      user_name: data.name,
      started_at: at,
      ringing_at: null,
      answered_at: null,
      ended_at: null,
      result: null,
      q850_cause: null,
      recording_id: null,
      kind: data.kind,
      purpose: data.purpose,
      recorded_seconds: null
    })
  },
  'leg.ringing': (journal, data, at) => {
    const leg = legOf(journal, data.leg)
    if (leg) leg.ringing_at ??= at
  },
  'leg.answered': (journal, data, at) => {
    const leg = legOf(journal, data.leg)
    if (leg) Object.assign(leg, { answered_at: leg.answered_at ?? at, result: 'answered' })
  },
  'leg.ended': (journal, data, at) => {
    const leg = legOf(journal, data.leg)
    if (!leg) return
    Object.assign(leg, { ended_at: at, result: data.result, q850_cause: data.cause })
    if (data.recordingId)
      Object.assign(leg, { recording_id: data.recordingId, recorded_seconds: data.recordedSeconds })
    const { call } = journal
    if (call['recording_id'] === data.recordingId && call['recording_state'] === 'recording')
      call['recording_state'] = 'processing'
  },
  'leg.given': nothing,
  'call.dial_refused': nothing,
  'call.answered': (journal, data, at) => {
    const { call } = journal
    const leg = legOf(journal, data.leg)
    if (leg)
      Object.assign(leg, {
        answered_at: leg.answered_at ?? at,
        result: 'answered',
        recording_id: data.recordingId
      })
    call['answered_at'] ??= at
    call['wait_seconds'] ??= data.waitSeconds
    talksWith(call, data.operator)
    // The first talk's recording stands for the call; those of further legs are with the legs.
    if (data.recordingId && call['recording_id'] === null)
      Object.assign(call, { recording_id: data.recordingId, recording_state: 'recording' })
  },
  'call.held': nothing,
  'call.transfer': ({ call }, { state }) => {
    if (state === 'completed') call['is_transferred'] = true
  },
  'call.joined': nothing,
  'call.parked': nothing,
  'call.unparked': nothing,
  'call.watched': nothing,
  'call.taken_over': nothing,
  'call.recording_paused': nothing,
  'call.queued': nothing,
  'call.callback_promised': nothing,
  'call.talk_ended': ({ call }, data) => {
    if (!data.isHandover) call['hangup_by'] = data.by
    const isOperator = data.operator.id !== null
    if (isOperator) call['clean_talk_seconds'] = Number(call['clean_talk_seconds'] ?? 0) + data.talkSeconds
  },
  'call.voicemail': ({ call }, data) => {
    Object.assign(call, { recording_id: data.recordingId, recording_state: 'processing' })
  },
  'call.rated': ({ call }, data) => {
    if (data.rating !== null) call['rating'] = data.rating
  },
  'call.missed': nothing,
  'call.ended': (journal, data, at) => {
    const { call } = journal
    Object.assign(call, {
      ended_at: at,
      outcome: data.outcome,
      reason: data.reason,
      q850_cause: data.cause,
      talk_seconds: data.talkSeconds,
      total_seconds: data.totalSeconds,
      hold_seconds: data.heldSeconds
    })
    // Who ended the talk is what people ask; only without a talk is it who ended the call.
    call['hangup_by'] ??= data.hangupBy
    call['wait_seconds'] ??= data.waitSeconds
    for (const leg of journal.legs) leg.ended_at ??= at
  },
  'call.recording_ready': ({ call }, data) => {
    if (call['recording_id'] !== data.recordingId) return
    Object.assign(call, { recording_state: data.state, recording_seconds: data.seconds })
  },
  'call.modified': ({ call }, data) => {
    for (const [field, column] of modifiable) {
      if (field in data.changes) call[column] = data.changes[field]
    }
  },
  'call.wrapped_up': ({ call }, { seconds }) => {
    call['wrapup_seconds'] = Number(call['wrapup_seconds'] ?? 0) + seconds
  },
  'call.attributed': ({ call }, { visit, source }) => {
    Object.assign(call, sourceColumns(source), visitColumns(visit))
  }
}

const modifiable = [
  ['tags', 'tags'],
  ['note', 'note'],
  ['wrapUpCode', 'wrap_up_code'],
  ['isSpam', 'is_spam']
] as const

/** The last who talked is whose call it was; somebody outside is known by number only. */
function talksWith(call: JournalRow, { id, name }: TalkParty): void {
  call['destination_number'] = name
  if (id === null) return
  call['first_operator_id'] ??= id
  call['operator_id'] = id
  call['operator_name'] = name
}

function legOf(journal: Journal, leg: string): LegRow | undefined {
  return journal.legs.find((candidate) => candidate.leg === leg)
}
