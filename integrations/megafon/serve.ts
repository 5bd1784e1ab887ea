import { timingSafeEqual } from 'node:crypto'
import { normalise } from '../../tracking/phones.ts'
import type { ServeAnswer, ServeAsk, ServeRequest } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { readAsked, type Asked } from './asked.ts'
import { personByName, readGroups, readHistory, readPeople, type PastCall } from './read.ts'
import { digitsOf, stampOf, statusOf } from './words.ts'

/** Within this time the same wish to call is one click, sent again. */
const clickMs = 10_000
/** How long a link to a record opens. */
export const linkMs = 365 * 86_400_000

const bad = (status: number, error: string): ServeAnswer => ({ status, body: { error } })

/** Answers a CRM that takes us for a PBX of this kind. */
export const serveWith =
  (makeLink: MakeLink) =>
  async (request: ServeRequest, ask: ServeAsk): Promise<ServeAnswer> => {
    const { apiKey = '' } = ask.keys
    if (apiKey === '') return bad(403, 'No key is set up')
    if (!isEqual(keyIn(request), apiKey)) return bad(401, 'Invalid token')
    const asked = readAsked(request, ask.nowMs)
    switch (asked.do) {
      case 'nothing':
        return bad(asked.status, asked.error)
      case 'call':
        return placed(asked, ask)
      case 'people':
        return { status: 200, body: await peopleFor(asked.isNew, ask) }
      case 'groups':
        return { status: 200, body: await groupsFor(asked.isNew, ask) }
      case 'history': {
        const calls = await readHistory(ask.db, asked.wish)
        const lines = calls.map((call) => lineOf(call, makeLink, ask.nowMs))
        if (asked.wish.format === 'json') return { status: 200, body: lines }
        return { status: 200, contentType: 'text/csv; charset=utf-8', body: csvOf(lines) }
      }
    }
  }

/** In the header of the newer interface, or among the parameters of the older. */
function keyIn({ headers, query, body }: ServeRequest): string {
  return headers['x-api-key'] ?? textOf(recordOf(body)['token'] ?? query['token'])
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function placed(asked: Extract<Asked, { do: 'call' }>, ask: ServeAsk): Promise<ServeAnswer> {
  const person = await personByName(ask.db, asked.user)
  if (!person) return bad(400, 'Invalid user')
  const phone = normalise(asked.phone, 'RU')?.e164
  if (phone === undefined) return bad(400, 'Invalid phone')
  const line = asked.line === null ? null : (normalise(asked.line, 'RU')?.e164 ?? null)
  // They have no ids for clicks.
  const key = `call ${person.id} ${phone} ${Math.floor(ask.nowMs / clickMs)}`
  const answer = await ask.call({ key, userId: person.id, phone, line })
  if ('refused' in answer) return bad(400, answer.refused)
  return { status: 200, body: asked.isNew ? { callid: answer.callId } : { uuid: answer.callId } }
}

async function peopleFor(isNew: boolean, { db }: ServeAsk): Promise<unknown> {
  const people = await readPeople(db)
  if (!isNew)
    return people.map(({ login, name, extension }) => ({ name: login, realName: name, ext: extension ?? '' }))
  return { items: people.map(({ login, name, extension }) => ({ login, name, ext: extension ?? '' })) }
}

async function groupsFor(isNew: boolean, { db }: ServeAsk): Promise<unknown> {
  const groups = await readGroups(db)
  return isNew ? { items: groups } : groups.map(({ id, name }) => ({ id, realName: name, ext: '' }))
}

/** Names and order of what one line says. */
type Line = Readonly<Record<string, string | number>>

const lineOf = (call: PastCall, makeLink: MakeLink, nowMs: number): Line => ({
  uid: call.id,
  type: call.direction === 'in' && !call.isAnswered ? 'missed' : call.direction,
  status: statusOf(call.direction, call.outcome, call.isAnswered),
  client: digitsOf(call.client),
  user: call.login ?? '',
  user_name: call.name ?? '',
  diversion: call.line === null ? '' : digitsOf(call.line),
  start: stampOf(call.startedAt.getTime()),
  wait: call.waitSeconds,
  duration: call.isAnswered ? call.talkSeconds : 0,
  rating: call.rating ?? '',
  record: (call.recordingId !== null && makeLink(call.recordingId, nowMs + linkMs)) || ''
})

/** The older form: no heading, these columns. */
const csvOf = (lines: readonly Line[]): string =>
  lines
    .map((line) =>
      ['uid', 'type', 'client', 'user', 'diversion', 'start', 'wait', 'duration', 'record']
        .map((name) => String(line[name] ?? ''))
        .join(',')
    )
    .map((text) => `${text}\r\n`)
    .join('')
