import type { Knex } from 'knex'
import { normalise } from '../../tracking/phones.ts'
import type { ServeAnswer, ServeAsk, ServeRequest } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { ClickSettings } from './settings.ts'

/** Within this time the same wish is one click. */
const clickMs = 10_000
/** More calls of one person than this in a minute no hand makes. */
const mostPerMinute = 20
const minuteMs = 60_000

const texts = {
  ru: {
    notFound: 'Нет такого адреса',
    noUser: 'Укажите user: внутренний номер или логин сотрудника',
    noPhone: 'Укажите phone: номер, на который позвонить',
    nobody: 'Нет сотрудника с таким внутренним номером или логином',
    often: 'Слишком много звонков за минуту',
    beingPlaced: 'Этот звонок уже заказан',
    exchange_down: 'Телефония сейчас не работает',
    refused: 'Позвонить не вышло'
  },
  en: {
    notFound: 'There is no such address',
    noUser: 'Say user: the extension or the login of a person',
    noPhone: 'Say phone: the number to be called',
    nobody: 'Nobody has that extension or login',
    often: 'Too many calls in a minute',
    beingPlaced: 'This call is ordered already',
    exchange_down: 'Telephony does not work now',
    refused: 'The call was not placed'
  }
} as const

/** Places a call by an address alone: `?user=101&phone=…`; answers in plain text. */
export async function serve({ path, query, body }: ServeRequest, ask: ServeAsk): Promise<ServeAnswer> {
  const words: Readonly<Record<string, string>> = texts[(ask.settings as ClickSettings).locale]
  const say = (status: number, word: string, detail = ''): ServeAnswer => ({
    status,
    contentType: 'text/plain; charset=utf-8',
    body: (words[word] ?? word) + detail
  })
  if (path !== '' && path !== '/') return say(404, 'notFound')
  const given = { ...recordOf(body), ...query }
  const [user, number] = [textOf(given['user']).trim(), textOf(given['phone']).trim()]
  if (user === '' || user.length > 100) return say(400, 'noUser')
  const phone = normalise(number)?.e164
  if (phone === undefined) return say(400, 'noPhone')
  const userId = await personOf(ask.db, user)
  if (userId === null) return say(404, 'nobody')
  const key = await keyOf(ask, `click ${userId} ${phone}`)
  if (key === null && (await placedLately(ask, userId)) >= mostPerMinute) return say(429, 'often')
  const made = key ?? bucketKey(`click ${userId} ${phone}`, ask.nowMs)
  const answer = await ask.call({ key: made, userId, phone, line: null })
  if ('callId' in answer) return say(200, 'ok')
  return answer.refused in words ? say(409, answer.refused) : say(409, 'refused', ` (${answer.refused})`)
}

/** By an extension or a login. */
async function personOf(db: Knex, name: string): Promise<string | null> {
  const found = await db('users')
    .where({ is_active: true })
    .whereNot({ role: 'marketer' })
    .andWhere(
      (either) => void either.where({ extension: name }).orWhereRaw('lower(login) = lower(?)', [name])
    )
    .first<{ id: string } | undefined>('id')
  return found?.id ?? null
}

/** Two that come at the same moment get the same key. */
const bucketKey = (click: string, nowMs: number, back = 0): string =>
  `${click} ${Math.floor(nowMs / clickMs) - back}`

/** The key of the same click, when it was made not long ago; null for a new one. */
async function keyOf({ db, connectorId, nowMs }: ServeAsk, click: string): Promise<string | null> {
  const row = await db('connector_events')
    .where({ connector_id: connectorId })
    .whereIn('key', [bucketKey(click, nowMs), bucketKey(click, nowMs, 1)])
    .where('at', '>', new Date(nowMs - clickMs))
    .orderBy('at', 'desc')
    .first<{ key: string } | undefined>('key')
  return row?.key ?? null
}

async function placedLately({ db, connectorId, nowMs }: ServeAsk, userId: string): Promise<number> {
  const [row] = await db('connector_events')
    .where({ connector_id: connectorId, user_id: userId })
    .where('at', '>', new Date(nowMs - minuteMs))
    .count<{ count: string }[]>('* as count')
  return Number(row?.count ?? 0)
}
