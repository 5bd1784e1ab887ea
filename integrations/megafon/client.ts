import type { Knex } from 'knex'
import { createBucket } from '../connectors/bucket.ts'
import { faultOf } from '../connectors/faults.ts'
import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type HttpAnswer
} from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { personById, personByName } from './read.ts'
import { linkMs } from './serve.ts'
import type { MegafonSettings } from './settings.ts'
import { digitsOf } from './words.ts'

/** No limit is published: as fast as calls come, and not more at once than a small CRM bears. */
const burst = 20
const perSecond = 10
const limitMs = 60_000

/** Sends our messages to the CRM. */
export function createClient(connection: Connection, db: Knex, makeLink: MakeLink): Client {
  const { url } = connection.settings as MegafonSettings
  const bucket = createBucket(burst, perSecond)

  async function say(cmd: string, params: Readonly<Record<string, string>>): Promise<unknown> {
    const waitMs = bucket.take(connection.now())
    if (waitMs > 0) await connection.pause(waitMs)
    const { crmToken } = await connection.keys()
    if (!crmToken) throw new ForeignError('login', 'noToken', 'There is no token of the CRM yet')
    const form = { cmd, ...params, crm_token: crmToken }
    const answer = await connection.http({ name: cmd, method: 'POST', url, form })
    const error = errorOf(answer, connection.now())
    if (error) throw error
    return answer.body
  }

  /** Names of ours in place of the id. */
  async function named(userId: unknown): Promise<Record<string, string>> {
    const person = typeof userId === 'string' ? await personById(db, userId) : null
    if (!person) return {}
    return { user: person.login, ...(person.extension !== null && { ext: person.extension }) }
  }

  const contactOf = async (phone: string): Promise<Record<string, unknown>> =>
    recordOf(await say('contact', { phone: digitsOf(phone) }))

  return {
    ...knowsNobody,
    async do({ method, params, recordingId }) {
      const { userId, ...plain } = params
      const link = recordingId === undefined ? null : makeLink(recordingId, connection.now() + linkMs)
      return say(method, {
        ...Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, textOf(value)])),
        ...(await named(userId)),
        ...(link !== null && { link })
      })
    },
    // A question that changes nothing shows that the address and the token are right.
    prepare: async () => void (await contactOf('70000000000')),
    async owner(phone) {
      const said = await contactOf(phone)
      const [contactName, foreignUser] = [textOf(said['contact_name']), textOf(said['responsible'])]
      if (contactName === '' && foreignUser === '') return null
      const person = await personByName(db, foreignUser)
      return {
        contactName: contactName || null,
        foreignUser: foreignUser || null,
        userId: person?.id ?? null
      }
    },
    join: (keys) =>
      keys['crmToken']
        ? Promise.resolve(keys)
        : Promise.reject(new ForeignError('login', 'noToken', 'There is no token of the CRM yet'))
  }
}

/** `{ "error": "…" }` with 400 or 401; some say it with 200. Pure. */
export function errorOf({ status, body }: HttpAnswer, nowMs: number): ForeignError | null {
  const said = textOf(recordOf(body)['error'])
  if (status >= 200 && status < 300 && said === '') return null
  const fault =
    /token|unauthori[sz]ed/i.test(said) || status === 401 || status === 403 ? 'login' : faultOf(status)
  const own = fault === 'broken' && status < 300 ? 'refused' : fault
  const retryAtMs = own === 'limit' ? nowMs + limitMs : null
  return new ForeignError(own, `http${status}`, said || `The CRM answered ${status}`, retryAtMs)
}
