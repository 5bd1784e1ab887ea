import type { CostRow } from '../costs/core/read.ts'
import { gather } from '../connectors/gather.ts'
import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type HttpAnswer,
  type Keys
} from '../connectors/kind.ts'
import { costRows } from './costs.ts'
import { errorOf, rowErrorsOf } from './errors.ts'
import type { GoogleAdsSettings } from './settings.ts'

const mostRows = 50
const windowMs = 250
/** A token that ends within this time is renewed before it is used. */
const spareMs = 60_000

/** A connection to one account. */
export function createClient(connection: Connection, urls: { api: string; token: string }): Client {
  const settings = connection.settings as GoogleAdsSettings
  const account = `${urls.api}/${settings.version}/customers/${settings.customerId}`

  async function refresh(keys: Keys): Promise<Keys> {
    const answer = await connection.http({
      ...{ name: 'token', method: 'POST', url: urls.token },
      form: {
        grant_type: 'refresh_token',
        client_id: keys['clientId'] ?? '',
        client_secret: keys['clientSecret'] ?? '',
        refresh_token: keys['refreshToken'] ?? ''
      }
    })
    const said = (typeof answer.body === 'object' && answer.body !== null ? answer.body : {}) as Record<
      string,
      unknown
    >
    const { access_token: accessToken, expires_in: seconds } = said
    if (typeof accessToken === 'string')
      return { ...keys, accessToken, expiresMs: String(connection.now() + Number(seconds ?? 3600) * 1000) }
    if (answer.status === 429 || answer.status >= 500)
      throw new ForeignError('away', `http${answer.status}`, 'Google gives no token just now')
    const code = typeof said['error'] === 'string' ? said['error'] : `http${answer.status}`
    const text = said['error_description']
    throw new ForeignError('login', code, typeof text === 'string' ? text : 'Google gives no token')
  }

  async function current(): Promise<Keys> {
    const keys = await connection.keys()
    if (keys['accessToken'] && Number(keys['expiresMs'] ?? 0) - spareMs > connection.now()) return keys
    return connection.renew(keys, refresh)
  }

  const ask = (name: string, url: string, keys: Keys, json?: unknown): Promise<HttpAnswer> =>
    connection.http({
      ...{ name, url, method: json === undefined ? 'GET' : 'POST', json },
      headers: {
        authorization: `Bearer ${keys['accessToken'] ?? ''}`,
        'developer-token': keys['developerToken'] ?? '',
        ...(settings.loginCustomerId !== null && { 'login-customer-id': settings.loginCustomerId })
      }
    })

  async function post(method: string, json: unknown, given?: Keys): Promise<unknown> {
    const keys = given ?? (await current())
    let answer = await ask(method, `${account}${method}`, keys, json)
    // It may end early.
    if (answer.status === 401 && !given)
      answer = await ask(method, `${account}${method}`, await connection.renew(keys, refresh), json)
    const error = errorOf(answer)
    if (error) throw error
    return answer.body
  }

  /** Rows of an answer that comes in parts. */
  async function search(query: string, given?: Keys): Promise<Record<string, unknown>[]> {
    const body = await post('/googleAds:searchStream', { query }, given)
    const parts = Array.isArray(body) ? (body as { results?: unknown }[]) : []
    return parts.flatMap(({ results }) =>
      Array.isArray(results) ? (results as Record<string, unknown>[]) : []
    )
  }

  const upload = gather<Readonly<Record<string, unknown>>, null>({
    ...{ most: mostRows, windowMs },
    async send(conversions) {
      const body = await post(':uploadClickConversions', { conversions, partial_failure: true })
      return rowErrorsOf(body, conversions.length)
    }
  })

  return {
    ...knowsNobody,
    do: ({ params }) => upload(params),
    async prepare() {
      await search('SELECT customer.id, customer.currency_code FROM customer')
    },
    async join(keys) {
      const missing = ['developerToken', 'clientId', 'clientSecret', 'refreshToken'].find(
        (name) => !keys[name]
      )
      if (missing !== undefined) throw new ForeignError('login', 'keysMissing', `There is no ${missing}`)
      const renewed = await refresh(keys)
      await search('SELECT customer.id FROM customer', renewed)
      return renewed
    },
    lists: {
      async actions() {
        const rows = await search(
          "SELECT conversion_action.id, conversion_action.name FROM conversion_action WHERE conversion_action.status = 'ENABLED' AND conversion_action.type = 'UPLOAD_CLICKS'"
        )
        return rows.flatMap((row) => {
          const { id, name } = (row['conversionAction'] ?? {}) as { id?: unknown; name?: unknown }
          return typeof id === 'string' || typeof id === 'number'
            ? [{ id: String(id), name: String(name) }]
            : []
        })
      }
    },
    ...(settings.isReadingCosts && {
      async costs(fromDay: string, toDay: string): Promise<readonly CostRow[]> {
        return costRows(
          await search(
            `SELECT segments.date, campaign.name, customer.currency_code, metrics.cost_micros, metrics.clicks, metrics.impressions FROM campaign WHERE segments.date BETWEEN '${fromDay}' AND '${toDay}' AND metrics.cost_micros > 0`
          )
        )
      }
    })
  }
}
