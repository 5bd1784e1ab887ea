import { createBucket } from '../connectors/bucket.ts'
import {
  ForeignError,
  type Client,
  type Connection,
  type ForeignUser,
  type HttpAnswer,
  type HttpRequest,
  type Step
} from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { createTurns } from '../connectors/turns.ts'
import { errorOf, isNobody, itemError } from './errors.ts'
import { found, openTask, type ReadList } from './found.ts'
import { deeds } from './deeds.ts'
import type { AmocrmSettings } from './settings.ts'
import { createTokens } from './tokens.ts'

/** Seven in any second are too many by one: two at once and five a second never get there. */
const burst = 2
const perSecond = 5
/** How often a request is tried again that came too early all the same. */
const mostRetries = 3
const dayMs = 24 * 60 * 60_000
const mostPages = 8
const pageSize = 250
/** Of a phone, however it is written: what tells it from others. */
const phoneEnd = 10

/**
 * A connection to one account.
 * @param makeLink an address under which a record opens without a login; null where we cannot be reached from outside
 */
export function createClient(
  connection: Connection,
  { makeLink, publicUrl }: { makeLink: MakeLink; publicUrl: string | null }
): Client {
  const settings = connection.settings as AmocrmSettings
  const bucket = createBucket(burst, perSecond)
  const tokens = createTokens(connection, publicUrl)
  // Two missed calls at once would make two tasks.
  const inTurn = createTurns()

  async function slot(): Promise<void> {
    const waitMs = bucket.take(connection.now())
    if (waitMs > 0) await connection.pause(waitMs)
  }

  /** One request with a token that works; what is wrong with the answer is not looked at. */
  async function ask(request: Omit<HttpRequest, 'url'> & { path: string }): Promise<HttpAnswer> {
    let isRenewed = false
    for (let retries = 0; ; retries += 1) {
      await slot()
      const keys = await tokens.current()
      const { path, ...rest } = request
      const answer = await connection.http({
        ...rest,
        url: `${settings.portal}/api/${path}`,
        headers: { authorization: `Bearer ${keys['accessToken'] ?? ''}` }
      })
      if (answer.status === 401 && !isRenewed && (await tokens.renew(keys))) isRenewed = true
      else if (answer.status === 429 && retries < mostRetries) await connection.pause(1000 * 2 ** retries)
      else return answer
    }
  }

  /** @throws ForeignError for an answer that is not well */
  async function get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const search = new URLSearchParams({ ...query }).toString()
    const answer = await ask({
      name: path,
      method: 'GET',
      path: `v4/${path}${search === '' ? '' : `?${search}`}`
    })
    const error = errorOf(answer, connection.now())
    if (error) throw error
    return answer.body
  }

  const read: ReadList = async (path, query, name) =>
    listOf(recordOf(recordOf(await get(path, query))['_embedded'])[name]).map(recordOf)

  /** Adds one thing. @returns the thing as it stands there */
  async function add(path: string, item: object, name: string): Promise<Record<string, unknown>> {
    const answer = await ask({ name: path, method: 'POST', path: `v4/${path}`, json: [item] })
    const error = errorOf(answer, connection.now()) ?? itemError(answer)
    if (error) throw error
    return recordOf(listOf(recordOf(recordOf(answer.body)['_embedded'])[name])[0])
  }

  const linkOf = ({ recordingId }: Step): string | null =>
    recordingId === undefined ? null : makeLink(recordingId, connection.now() + settings.recordDays * dayMs)

  async function addCall(step: Step): Promise<unknown> {
    const link = linkOf(step)
    const item = { ...step.params, ...(link !== null && { link }) }
    const answer = await ask({ name: 'calls', method: 'POST', path: 'v4/calls', json: [item] })
    if (isNobody(answer)) return { isUnknown: true }
    const error = errorOf(answer, connection.now()) ?? itemError(answer)
    if (error) throw error
    const [call] = listOf(recordOf(recordOf(answer.body)['_embedded'])['calls'])
    // Taken, and put to nobody: the same as a phone that is not known.
    if (textOf(recordOf(call)['entity_id']) === '') return { isUnknown: true }
    return { ...recordOf(call), isRecordSent: link !== null }
  }

  async function addUnsorted(step: Step): Promise<unknown> {
    const link = linkOf(step)
    const metadata = { ...recordOf(step.params['metadata']), ...(link !== null && { link }) }
    return add(`leads/${step.method}`, { ...step.params, metadata }, 'unsorted')
  }

  async function addNote(step: Step): Promise<unknown> {
    const link = linkOf(step)
    // A record that nobody can open is no news.
    if (step.recordingId !== undefined && link === null) return null
    const { type, id, text } = step.params
    const whole = link === null ? textOf(text) : `${textOf(text)}: ${link}`
    return add(
      `${textOf(type)}/notes`,
      { entity_id: Number(id), note_type: 'common', params: { text: whole } },
      'notes'
    )
  }

  return {
    async do(step, wasAsked = false) {
      const known = wasAsked ? await found(step, read) : null
      if (known !== null) return known
      switch (step.method) {
        case deeds.pop: {
          const json = { add: [step.params] }
          const answer = await ask({ name: 'events', method: 'POST', path: 'v2/events', json })
          const error = errorOf(answer, connection.now())
          if (error) throw error
          return null
        }
        case deeds.call:
          return addCall(step)
        case deeds.unsorted:
        case deeds.form:
          return addUnsorted(step)
        case deeds.responsible:
          return get(`${textOf(step.params['type'])}/${textOf(step.params['id'])}`)
        case deeds.note:
          return addNote(step)
        default:
          return inTurn(
            `task ${textOf(step.params['entity_id'])}`,
            async () => (await openTask(step.params, read)) ?? (await add('tasks', step.params, 'tasks'))
          )
      }
    },
    async prepare() {
      await get('account')
    },
    async people() {
      const people: ForeignUser[] = []
      for (let page = 1; page <= mostPages; page += 1) {
        const some = await read('users', { limit: String(pageSize), page: String(page) }, 'users')
        people.push(
          ...some.map((user) => ({
            id: textOf(user['id']),
            name: textOf(user['name']) || textOf(user['email']),
            extension: null,
            mail: textOf(user['email']) || null
          }))
        )
        if (some.length < pageSize) break
      }
      return people
    },
    lists: {
      pipelines: async () =>
        (await read('leads/pipelines', {}, 'pipelines')).map((one) => ({
          id: textOf(one['id']),
          name: textOf(one['name'])
        }))
    },
    async owner(phone) {
      const end = digits(phone).slice(-phoneEnd)
      const some = await read('contacts', { query: end, limit: '50' }, 'contacts')
      const one = some.find((contact) =>
        listOf(contact['custom_fields_values'])
          .map(recordOf)
          .filter((field) => field['field_code'] === 'PHONE')
          .flatMap((field) => listOf(field['values']))
          .some((value) => digits(textOf(recordOf(value)['value'])).endsWith(end))
      )
      if (!one) return null
      return {
        contactName: textOf(one['name']) || null,
        foreignUser: textOf(one['responsible_user_id']) || null
      }
    },
    async join(given) {
      const keys = { ...(await connection.keys()), ...given }
      const joined = await tokens.first(keys)
      await slot()
      const answer = await connection.http({
        name: 'account',
        method: 'GET',
        url: `${settings.portal}/api/v4/account`,
        headers: { authorization: `Bearer ${joined['accessToken'] ?? ''}` }
      })
      const error = errorOf(answer, connection.now())
      if (error?.fault === 'login' || error?.fault === 'refused') throw error
      // A code works once: what it brought is kept, whatever else does not work at the moment.
      if (error) return joined
      const accountId = textOf(recordOf(answer.body)['id'])
      if (keys['accountId'] && accountId !== keys['accountId'])
        throw new ForeignError('login', 'otherPortal', 'These keys belong to another account')
      return { ...joined, accountId }
    },
    // The widget has its answer already.
    couldNot: () => Promise.resolve()
  }
}

const digits = (text: string): string => text.replace(/\D/g, '')
