import { WebSocket } from 'ws'
import { until } from '../../support/until.ts'
import type { AsteriskSettings } from '../../../pbx/provision/asterisk.ts'

export type AriEvent = { type: string; args?: string[]; channel?: { id: string; name: string } }

/** Just enough of ARI to see what the dialplan does; the product's own client is tested elsewhere. */
export type TestAri = {
  request(method: string, path: string, body?: unknown): Promise<number>
  /** Waits for an event that has come or will come. */
  event(matches: (event: AriEvent) => boolean, what: string): Promise<AriEvent>
  close(): void
}

/** Talks REST only: no application is registered, as when the controller is away. */
export function restOnly(settings: AsteriskSettings): TestAri['request'] {
  const { ariUser, ariPassword, ariPort } = settings
  const authorization = `Basic ${Buffer.from(`${ariUser}:${ariPassword}`).toString('base64')}`
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${ariPort}/ari/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    await response.text()
    return response.status
  }
}

/** Registers the application and collects its events. */
export async function openAri(settings: AsteriskSettings): Promise<TestAri> {
  const { ariUser, ariPassword, ariPort, app } = settings
  const socket = new WebSocket(
    `ws://127.0.0.1:${ariPort}/ari/events?app=${app}&api_key=${ariUser}:${ariPassword}`
  )
  const events: AriEvent[] = []
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as AriEvent))
  await new Promise<void>((resolve, reject) => socket.once('open', () => resolve()).once('error', reject))
  return {
    request: restOnly(settings),
    event: async (matches, what) => until(() => events.find(matches), { what }),
    close: () => socket.terminate()
  }
}

/** Pushes a plain SIP party at a fixed address, the way trunks and operators are pushed. */
export async function pushEndpoint(
  request: TestAri['request'],
  party: { id: string; context: string; host: string; port: number }
): Promise<void> {
  const { id, context, host, port } = party
  const object = 'asterisk/config/dynamic/res_pjsip'
  const put = async (type: string, values: Record<string, string>): Promise<void> => {
    const fields = Object.entries(values).map(([attribute, value]) => ({ attribute, value }))
    const status = await request('PUT', `${object}/${type}/${id}`, { fields })
    if (status !== 200) throw new Error(`PUT ${type} ${id}: ${status}`)
  }
  await put('aor', { contact: `sip:${id}@${host}:${port}` })
  // Without a caller id of its own an endpoint in the astdb has the number "unknown"; a mere name lets the caller's
  // number through.
  await put('endpoint', { context, aors: id, allow: '!all,ulaw', direct_media: 'no', callerid: id })
  await put('identify', { endpoint: id, match: host })
}
