import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type HttpAnswer
} from '../connectors/kind.ts'
import type { Ga4Settings } from './settings.ts'

/** A connection to one data stream. */
export function createClient(connection: Connection, baseUrl: string): Client {
  const { measurementId } = connection.settings as Ga4Settings

  async function post(path: string, body: unknown, secret?: string): Promise<HttpAnswer> {
    const keys = await connection.keys()
    const query = new URLSearchParams({
      measurement_id: measurementId,
      api_secret: secret ?? keys['apiSecret'] ?? ''
    })
    const answer = await connection.http({
      ...{ name: path, method: 'POST', url: `${baseUrl}/${path}?${query.toString()}` },
      json: body
    })
    const { status } = answer
    if (status >= 200 && status < 300) return answer
    const message = `Google Analytics answered ${status}`
    if (status === 401 || status === 403) throw new ForeignError('login', `http${status}`, message)
    if (status === 429) throw new ForeignError('limit', 'http429', message)
    if (status >= 500) throw new ForeignError('away', `http${status}`, message)
    throw new ForeignError('refused', `http${status}`, message)
  }

  /** The only place that says what is wrong with an event; the real one takes everything. It checks no secret. */
  async function check(secret?: string): Promise<void> {
    const { body } = await post(
      'debug/mp/collect',
      {
        client_id: '1.1',
        events: [{ name: 'ringtrace_check', params: { session_id: '1', engagement_time_msec: 1 } }]
      },
      secret
    )
    const { validationMessages } = (typeof body === 'object' && body !== null ? body : {}) as {
      validationMessages?: { description?: string; validationCode?: string }[]
    }
    const [first] = Array.isArray(validationMessages) ? validationMessages : []
    if (first)
      throw new ForeignError(
        'refused',
        first.validationCode ?? 'invalid',
        first.description ?? 'It is not valid'
      )
  }

  return {
    ...knowsNobody,
    async do({ method, params }) {
      await post(method, params)
      return null
    },
    prepare: () => check(),
    async join(keys) {
      const apiSecret = (keys['apiSecret'] ?? '').trim()
      if (apiSecret === '') throw new ForeignError('login', 'noSecret', 'There is no secret')
      await check(apiSecret)
      return { apiSecret }
    }
  }
}
