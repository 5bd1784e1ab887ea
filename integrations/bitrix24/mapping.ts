import { talkerOf, type CallFacts } from '../connectors/facts.ts'
import type { Command, Link, Mapping, Memory, Next, Step, World } from '../connectors/kind.ts'
import { sourceComment } from '../connectors/source-text.ts'
import type { Bitrix24Settings } from './settings.ts'

/** What the portal knows of a call. */
interface Known {
  /** Its id there. */
  call?: string
  /** On whose account it stands there. */
  user?: string
  entity?: { type: string; id: string } | null
  /** Who has the card open. */
  shown?: readonly string[]
  isFinished?: boolean
  isCommented?: boolean
  recordId?: string
}

/** A rating cannot be added to a finished call, so finishing waits for it; but no longer than this after the talk. */
export const ratingWaitMs = 20_000
/** A call that rings nobody for so long is told all the same. */
const registerWaitMs = 30_000

/**
 * Bitrix24's external calls: register, show and hide the card, finish, attach the record. It looks at how the call stands
 * and what the portal knows of it, and names the next request: after an outage only what still matters is said.
 */
export const mapping: Mapping = {
  next(call, memory, world) {
    const known = memory as Known
    if (call.isTest || call.isSpam || call.direction === 'internal' || call.client === null) return null
    if (call.ended?.outcome === 'blocked' && known.call === undefined) return null
    if (known.call === undefined) return register(call, world)
    const card = known.isFinished ? null : cardStep(call, known, world)
    if (card) return card
    return commentStep(call, known, world) ?? finishStep(call, known, world) ?? recordStep(call, known, world)
  },
  took,
  isDone: ({ key }, { message }, wasAsked) =>
    // A card whose call the portal has closed is closed; a call that was finished is not found a second time.
    /call is not found/i.test(message) && (/^(show|hide)/.test(key) || (key === 'finish' && wasAsked)),
  command,
  madeThere: (foreignCall) => ({ call: foreignCall, entity: null, shown: [] })
}

const settingsOf = ({ settings }: World): Bitrix24Settings => settings as Bitrix24Settings

/** The users there of these of ours. */
const theirs = (ids: readonly (string | null)[], { people }: World): string[] => [
  ...new Set(ids.flatMap((id) => (id === null ? [] : (people[id] ?? []))))
]

function register(call: CallFacts, world: World): Next {
  const { nowMs } = world
  const isTime = call.rung.length > 0 || call.talks.length > 0 || call.ended !== null || call.isOrdered
  if (!isTime && nowMs < call.startedMs + registerWaitMs) return { untilMs: call.startedMs + registerWaitMs }
  const { isCreating, defaultPerson } = settingsOf(world)
  const [first] = theirs(
    [talkerOf(call), call.orderedBy, ...call.ringing, world.ownerId, ...call.rung],
    world
  )
  const user = first ?? defaultPerson ?? Object.values(world.people)[0]
  if (user === undefined) return { wrong: 'nobodyMatched' }
  return {
    key: 'register',
    method: 'telephony.externalCall.register',
    params: {
      USER_ID: Number(user),
      PHONE_NUMBER: call.client,
      TYPE: call.direction === 'in' ? 2 : call.isCallback ? 4 : 1,
      CALL_START_DATE: new Date(call.startedMs).toISOString(),
      CRM_CREATE: isCreating ? 1 : 0,
      SHOW: 0,
      ...(call.line !== null && { LINE_NUMBER: call.line }),
      // Without it a second call of the same client within half an hour would be taken for the first.
      EXTERNAL_CALL_ID: call.callId
    }
  }
}

/** Cards are with those who are rung, then with who talks, and with nobody of the others. */
function cardStep(call: CallFacts, { call: id, shown = [] }: Known, world: World): Step | null {
  if (!settingsOf(world).isShowingCard) return null
  const talker = talkerOf(call)
  const isTalking = call.talks.some(({ toMs }) => toMs === null)
  // Whoever talked last keeps it, to write down what was agreed.
  const who =
    call.ended || (!isTalking && call.ringing.length === 0)
      ? [talker]
      : [...call.ringing, ...(isTalking ? [talker] : [])]
  const wanted = theirs(who, world)
  const gone = shown.filter((user) => !wanted.includes(user))
  if (gone.length > 0) return card('hide', id, gone)
  // A card for a call that is over would only frighten.
  const coming = call.ended ? [] : wanted.filter((user) => !shown.includes(user))
  return coming.length > 0 ? card('show', id, coming) : null
}

const card = (what: 'show' | 'hide', id: string | undefined, users: readonly string[]): Step => ({
  key: `${what} ${users.join(' ')}`,
  method: `telephony.externalCall.${what}`,
  params: { CALL_ID: id, USER_ID: users.map(Number) }
})

function commentStep(call: CallFacts, { entity, isCommented }: Known, world: World): Step | null {
  const { isTellingSource, locale } = settingsOf(world)
  if (!isTellingSource || isCommented || !entity) return null
  const text = sourceComment(call, locale)
  if (text === null) return null
  return {
    key: 'comment',
    method: 'crm.timeline.comment.add',
    params: {
      fields: { ENTITY_ID: Number(entity.id), ENTITY_TYPE: entity.type.toLowerCase(), COMMENT: text }
    },
    isOnce: true
  }
}

function finishStep(call: CallFacts, known: Known, world: World): Next {
  if (known.isFinished) return null
  const { ended, quietSinceMs, rating } = call
  if (!ended) {
    if (quietSinceMs === null) return null
    if (rating === null && world.nowMs < quietSinceMs + ratingWaitMs)
      return { untilMs: quietSinceMs + ratingWaitMs }
  }
  const [talker] = theirs([talkerOf(call)], world)
  const user = talker ?? known.user ?? settingsOf(world).defaultPerson ?? Object.values(world.people)[0]
  if (user === undefined) return { wrong: 'nobodyMatched' }
  const talked = ended?.talkSeconds ?? call.talks.reduce((sum, { seconds }) => sum + seconds, 0)
  const isAnswered = call.talks.length > 0
  return {
    key: 'finish',
    method: 'telephony.externalCall.finish',
    params: {
      CALL_ID: known.call,
      USER_ID: Number(user),
      DURATION: isAnswered ? Math.max(1, Math.round(talked)) : 0,
      STATUS_CODE: statusOf(call),
      ...(!isAnswered && ended && { FAILED_REASON: ended.reason }),
      ...(rating !== null && rating >= 1 && rating <= 5 && { VOTE: rating })
    }
  }
}

function statusOf({ talks, ended, direction }: CallFacts): string {
  if (talks.length > 0) return '200'
  if (ended?.cause === 1) return '404'
  switch (ended?.outcome) {
    case 'busy':
      return '486'
    case 'blocked':
      return '423'
    case 'failed':
      return '503'
    default:
      return direction === 'in' ? '304' : '480'
  }
}

/** One record for a call: the longest of its legs, once all of them are there. */
function recordStep(call: CallFacts, known: Known, world: World): Step | null {
  if (!settingsOf(world).isSendingRecords || !known.isFinished || !call.ended) return null
  if (call.recordings.some(({ state }) => state === null)) return null
  const [longest] = call.recordings
    .filter(({ state }) => state === 'ready')
    .sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))
  if (!longest || known.recordId !== undefined) return null
  return {
    key: 'record',
    method: 'telephony.externalCall.attachRecord',
    params: { CALL_ID: known.call, FILENAME: `${call.callId}.mp3` },
    recordingId: longest.id
  }
}

function took(
  step: Step,
  answer: unknown,
  memory: Memory,
  call: CallFacts
): { memory: Memory; links: readonly Link[] } {
  const known = memory as Known
  const said = (answer ?? {}) as Record<string, unknown>
  const kept = (change: Known, links: readonly Link[] = []): { memory: Memory; links: readonly Link[] } => ({
    memory: { ...known, ...change },
    links
  })
  const users = step.params['USER_ID']
  const named = Array.isArray(users) ? users.map(String) : []
  switch (step.key.split(' ')[0]) {
    case 'register': {
      const entity = entityOf(said)
      const id = textOf(said['CALL_ID'])
      return kept({ call: id, user: textOf(users), entity, shown: [] }, [
        { ourKind: 'call', ourId: call.callId, foreignKind: 'call', foreignId: id },
        ...(entity && call.contactId
          ? [
              {
                ourKind: 'contact' as const,
                ourId: call.contactId,
                foreignKind: entity.type,
                foreignId: entity.id
              }
            ]
          : [])
      ])
    }
    case 'show':
      return kept({ shown: [...(known.shown ?? []), ...named] })
    case 'hide':
      return kept({ shown: (known.shown ?? []).filter((user) => !named.includes(user)) })
    case 'comment':
      return kept({ isCommented: true })
    case 'finish': {
      const activity = textOf(said['CRM_ACTIVITY_ID'])
      const link = {
        ourKind: 'call' as const,
        ourId: call.callId,
        foreignKind: 'activity',
        foreignId: activity
      }
      return kept({ isFinished: true }, activity === '' || activity === '0' ? [] : [link])
    }
    default:
      return kept({ recordId: step.recordingId ?? '' })
  }
}

function entityOf(said: Record<string, unknown>): { type: string; id: string } | null {
  const type = textOf(said['CRM_ENTITY_TYPE'])
  const id = textOf(said['CRM_ENTITY_ID'])
  return type === '' || id === '' || id === '0' ? null : { type, id }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

function command(event: Memory): Command | null {
  const data = recordOf(event['data'])
  const phone = textOf(data['PHONE_NUMBER_INTERNATIONAL']) || textOf(data['PHONE_NUMBER'])
  const line = textOf(data['LINE_NUMBER']) || null
  switch (textOf(event['event']).toUpperCase()) {
    case 'ONAPPINSTALL': {
      const auth = recordOf(event['auth'])
      return {
        do: 'join',
        keys: {
          refreshToken: textOf(auth['refresh_token']),
          memberId: textOf(auth['member_id']),
          applicationToken: textOf(auth['application_token'])
        }
      }
    }
    case 'ONAPPUNINSTALL':
      return { do: 'leave' }
    case 'ONEXTERNALCALLSTART': {
      const foreignCall = textOf(data['CALL_ID'])
      if (phone === '' || foreignCall === '') return null
      const foreignUser = textOf(data['USER_ID'])
      return { do: 'call', key: `call ${foreignCall}`, foreignUser, phone, line, foreignCall }
    }
    case 'ONEXTERNALCALLBACKSTART': {
      if (phone === '') return null
      const note = textOf(data['TEXT']) || null
      const entity = `${textOf(data['CRM_ENTITY_TYPE'])} ${textOf(data['CRM_ENTITY_ID'])}`
      return { do: 'callback', key: `callback ${phone} ${entity} ${textOf(event['ts'])}`, phone, note, line }
    }
    default:
      return null
  }
}
