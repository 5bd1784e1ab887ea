import { createBucket } from '../connectors/bucket.ts'
import { faultOf } from '../connectors/faults.ts'
import { ForeignError, knowsNobody, type Client, type Connection } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { CalltouchSettings } from './settings.ts'

/** No limit is published: one call after another, and not all at once. */
const burst = 5
const perSecond = 2
const limitMs = 60_000

/** A connection to the import of one account. @param baseUrl another than theirs, for tests */
export function createClient(connection: Connection, baseUrl: string): Client {
  const { atsCode } = connection.settings as CalltouchSettings
  const bucket = createBucket(burst, perSecond)
  return {
    ...knowsNobody,
    async do({ method, params }) {
      const waitMs = bucket.take(connection.now())
      if (waitMs > 0) await connection.pause(waitMs)
      const { token = '' } = await connection.keys()
      const url = new URL(`${baseUrl}/event-service/platform/${atsCode}/${method}`)
      for (const [name, value] of Object.entries(params)) url.searchParams.set(name, textOf(value))
      url.searchParams.set('token', token)
      const { status, body } = await connection.http({ name: method, method: 'GET', url: url.href })
      const said = recordOf(body)
      const wrong =
        said['error'] ?? said['errors'] ?? (said['success'] === false ? said['message'] : undefined)
      if (status >= 200 && status < 300 && wrong === undefined) return said['logId'] ?? said['id'] ?? body
      const fault = status < 300 ? 'refused' : faultOf(status)
      const text = textOf(wrong) || textOf(said['message']) || textOf(body) || `Calltouch answered ${status}`
      const retryMs = fault === 'limit' ? connection.now() + limitMs : null
      throw new ForeignError(fault, `http${status}`, text, retryMs)
    },
    // There is nothing to make ready, and nothing that could be asked without making a call.
    prepare: () => Promise.resolve(),
    join: (keys) =>
      keys['token']
        ? Promise.resolve(keys)
        : Promise.reject(new ForeignError('login', 'notInstalled', 'There is no token of Calltouch yet'))
  }
}
