import { talkerOf, type CallFacts } from '../connectors/facts.ts'
import type { Link, Mapping, Memory, Next, Step, World } from '../connectors/kind.ts'
import { recordOf, textOf, theirUsers } from '../connectors/read.ts'
import { mainRecord, recordsDueMs } from '../connectors/records.ts'
import { sourceComment } from '../connectors/source-text.ts'
import { deeds } from './deeds.ts'
import { inquiries } from './inquiries.ts'
import type { AmocrmSettings } from './settings.ts'
import { contactOf, markOf, sourceLine, wordsOf } from './words.ts'

/** What the account knows of a call. */
interface Known {
  /** Before whom the card was opened. */
  popped?: readonly string[]
  /** Whose call it is there. */
  entity?: { type: string; id: string }
  /** Nobody there has this phone. */
  isUnknown?: boolean
  /** Its place in Unsorted. */
  unsorted?: string
  /** Who looks after the client there; empty when nobody does. */
  responsible?: string
  isSourceTold?: boolean
  isTaskMade?: boolean
  rating?: number | null
  recordId?: string | null
}

/**
 * amoCRM takes a call once and changes it never: so it is told when the call is over and its record is there, and what
 * comes later is a note. A client that amoCRM does not know goes into Unsorted.
 */
export const mapping: Mapping = {
  next(call, memory, world) {
    const known = memory as Known
    if (call.isTest || call.isSpam || call.direction === 'internal' || call.client === null) return null
    if (!call.ended) return popStep(call, known, world)
    if (call.ended.outcome === 'blocked') return null
    if (known.isUnknown) return unsortedStep(call, known, world)
    if (known.entity === undefined) return callStep(call, world)
    return (
      taskStep(call, known, known.entity, world) ??
      sourceStep(call, known, known.entity, world) ??
      ratingStep(call, known, known.entity, world) ??
      recordStep(call, known, known.entity, world)
    )
  },
  took,
  isDone: () => false,
  inquiries,
  madeThere: () => ({}),
  // The account sends its user back to us with a code (`serve.ts`); nothing else comes as an event.
  command: (event) =>
    event['event'] === 'code' ? { do: 'join', keys: { code: textOf(event['code']) } } : null
}

const settingsOf = ({ settings }: World): AmocrmSettings => settings as AmocrmSettings

/** The card opens before those who are rung, once for each. */
function popStep(call: CallFacts, { popped = [] }: Known, world: World): Step | null {
  if (!settingsOf(world).isShowingCard || call.direction !== 'in') return null
  const users = theirUsers(call.ringing, world.people).filter((user) => !popped.includes(user))
  if (users.length === 0) return null
  return {
    key: `pop ${users.join(' ')}`,
    method: deeds.pop,
    params: { type: 'phone_call', phone_number: call.client, users: users.map(Number) },
    isOnce: true
  }
}

/** On whose account a call stands there. */
function userOf(call: CallFacts, world: World): number | null {
  const [first] = theirUsers(
    [talkerOf(call), call.orderedBy, world.ownerId, ...call.rung.toReversed()],
    world.people
  )
  const user = first ?? settingsOf(world).defaultPerson
  return user === null ? null : Number(user)
}

function callStep(call: CallFacts, world: World): Next {
  const { isSendingRecords } = settingsOf(world)
  const dueMs = isSendingRecords ? recordsDueMs(call, world.nowMs) : null
  if (dueMs !== null) return { untilMs: dueMs }
  const user = userOf(call, world)
  const result = resultOf(call, world)
  const record = isSendingRecords ? mainRecord(call) : null
  return {
    key: 'call',
    method: deeds.call,
    params: {
      direction: call.direction === 'in' ? 'inbound' : 'outbound',
      uniq: call.callId,
      duration: talked(call),
      source: 'Ringtrace',
      phone: call.client,
      call_status: statusOf(call),
      ...(result !== '' && { call_result: result }),
      ...(user !== null && { call_responsible: user, responsible_user_id: user }),
      created_at: seconds(call.startedMs),
      request_id: call.callId
    },
    ...(record !== null && { recordingId: record })
  }
}

function unsortedStep(call: CallFacts, known: Known, world: World): Step | null {
  const { isCreating, pipeline, isSendingRecords, locale } = settingsOf(world)
  // A call that we made to a stranger is no request of a client.
  if (!isCreating || known.unsorted !== undefined || call.direction !== 'in') return null
  const { client } = call
  const user = userOf(call, world)
  const record = isSendingRecords ? mainRecord(call) : null
  const from = sourceLine(call)
  const name = `${wordsOf(locale).call} ${client ?? ''}${from === null ? '' : ` · ${from}`}`
  return {
    key: 'unsorted',
    method: deeds.unsorted,
    params: {
      request_id: call.callId,
      source_name: from ?? 'Ringtrace',
      source_uid: call.callId,
      ...(pipeline !== null && { pipeline_id: Number(pipeline) }),
      created_at: seconds(call.startedMs),
      metadata: {
        from: client,
        phone: call.line ?? '',
        called_at: seconds(call.startedMs),
        duration: talked(call),
        service_code: 'ringtrace',
        uniq: call.callId,
        is_call_event_needed: true,
        ...(user !== null && { call_responsible: user })
      },
      _embedded: { leads: [{ name }], contacts: [contactOf(call.clientName ?? client ?? '', [client], [])] }
    },
    ...(record !== null && { recordingId: record })
  }
}

type Entity = NonNullable<Known['entity']>

/** A missed call of a client that amoCRM knows: somebody is to call back. */
function taskStep(call: CallFacts, known: Known, entity: Entity, world: World): Step | null {
  const { isMakingTasks, taskMinutes, defaultPerson, locale } = settingsOf(world)
  const isMissed = call.direction === 'in' && call.talks.length === 0
  if (!isMakingTasks || !isMissed || known.isTaskMade || !call.ended) return null
  if (known.responsible === undefined)
    return { key: 'responsible', method: deeds.responsible, params: { type: entity.type, id: entity.id } }
  const user = (known.responsible || theirUsers([world.ownerId], world.people)[0]) ?? defaultPerson
  const { back, voicemail } = wordsOf(locale)
  return {
    key: 'task',
    method: deeds.task,
    params: {
      task_type_id: 1,
      text: `${call.ended.outcome === 'voicemail' ? voicemail : back} ${call.client ?? ''}`,
      complete_till: seconds(Math.max(world.nowMs, call.ended.atMs)) + taskMinutes * 60,
      entity_id: Number(entity.id),
      entity_type: entity.type,
      ...(user && { responsible_user_id: Number(user) }),
      request_id: call.callId
    }
  }
}

function sourceStep(call: CallFacts, known: Known, entity: Entity, world: World): Step | null {
  const { isTellingSource, locale } = settingsOf(world)
  if (!isTellingSource || known.isSourceTold) return null
  const text = sourceComment(call, locale)
  return text === null ? null : note('source', call, entity, text.replace(/^Ringtrace\n/, ''))
}

/** A rating that came when the call had been told. */
function ratingStep(call: CallFacts, known: Known, entity: Entity, world: World): Step | null {
  if (call.rating === null || known.rating === call.rating) return null
  const { rating } = wordsOf(settingsOf(world).locale)
  return note('rating', call, entity, `${rating}: ${call.rating}`)
}

function recordStep(call: CallFacts, known: Known, entity: Entity, world: World): Step | null {
  const { isSendingRecords, locale } = settingsOf(world)
  const record = mainRecord(call)
  if (!isSendingRecords || record === null || typeof known.recordId === 'string') return null
  return { ...note('record', call, entity, wordsOf(locale).record), recordingId: record }
}

const note = (key: string, call: CallFacts, entity: Entity, text: string): Step => ({
  key,
  method: deeds.note,
  params: { type: entity.type, id: entity.id, text: `${markOf(call)}\n${text}` }
})

const seconds = (ms: number): number => Math.floor(ms / 1000)

const talked = ({ ended, talks }: CallFacts): number =>
  talks.length === 0 ? 0 : Math.max(1, Math.round(ended?.talkSeconds ?? 0))

/** 1 left a message, 4 talked, 5 wrong number, 6 not reached, 7 busy, 8 something else. */
function statusOf({ talks, ended }: CallFacts): number {
  if (talks.length > 0) return 4
  if (ended?.cause === 1) return 5
  switch (ended?.outcome) {
    case 'voicemail':
      return 1
    case 'busy':
      return 7
    case 'missed':
    case 'abandoned':
      return 6
    default:
      return 8
  }
}

function resultOf(call: CallFacts, world: World): string {
  const { rating } = wordsOf(settingsOf(world).locale)
  const said = [call.rating === null ? null : `${rating}: ${call.rating}`, sourceLine(call)]
  return said.filter((one) => one !== null).join(' · ')
}

/** Paths of the API, by what the answer for a call names. */
const paths: Readonly<Record<string, string>> = {
  contact: 'contacts',
  lead: 'leads',
  company: 'companies',
  customer: 'customers'
}

function took(
  step: Step,
  answer: unknown,
  memory: Memory,
  call: CallFacts
): { memory: Memory; links: readonly Link[] } {
  const known = memory as Known
  const said = recordOf(answer)
  const kept = (change: Known, links: readonly Link[] = []): { memory: Memory; links: readonly Link[] } => ({
    memory: { ...known, ...change },
    links
  })
  switch (step.key.split(' ')[0]) {
    case 'pop':
      return kept({ popped: [...(known.popped ?? []), ...step.key.split(' ').slice(1)] })
    case 'call': {
      const told = {
        rating: said['isOlder'] === true ? null : call.rating,
        recordId: said['isRecordSent'] === true ? (step.recordingId ?? '') : null
      }
      if (said['isUnknown'] === true) return kept({ isUnknown: true })
      const kind = textOf(said['entity_type'])
      const entity = { type: paths[kind] ?? kind, id: textOf(said['entity_id']) }
      return kept({ entity, ...told }, [
        { ourKind: 'call', ourId: call.callId, foreignKind: 'call', foreignId: textOf(said['id']) },
        ...(call.contactId !== null && kind === 'contact'
          ? [{ ourKind: 'contact' as const, ourId: call.contactId, foreignKind: kind, foreignId: entity.id }]
          : [])
      ])
    }
    case 'unsorted': {
      const uid = textOf(said['uid'])
      const link = { ourKind: 'call' as const, ourId: call.callId, foreignKind: 'unsorted', foreignId: uid }
      return kept({ unsorted: uid }, uid === '' ? [] : [link])
    }
    case 'responsible':
      return kept({ responsible: textOf(said['responsible_user_id']) })
    case 'task':
      return kept({ isTaskMade: true })
    case 'source':
      return kept({ isSourceTold: true })
    case 'rating':
      return kept({ rating: call.rating })
    default:
      return kept({ recordId: step.recordingId ?? '' })
  }
}
