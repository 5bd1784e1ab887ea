import { startServer, type Came, type Said } from '../server.ts'

export interface Stream {
  readonly url: string
  /** What the real address was given; it takes everything. */
  readonly events: {
    client_id: string
    name: string
    params: Record<string, unknown>
    body: Record<string, unknown>
  }[]
  isAway: boolean
  losesAnswers: boolean
  close(): Promise<void>
}

/** What Google says is wrong with a body, at its checking address. */
export function wrongWith(body: Record<string, unknown>): string | null {
  const { client_id: client, events, timestamp_micros: at, consent, ...rest } = body
  if (Object.keys(rest).length > 0) return `Unable to parse: unknown field ${Object.keys(rest).join()}`
  if (typeof client !== 'string' || !/^\d+\.\d+$/.test(client)) return 'Measurement requires a client_id.'
  if (at !== undefined && (typeof at !== 'number' || !Number.isSafeInteger(at))) return 'timestamp_micros'
  if (consent !== undefined && !/GRANTED|DENIED/.test(JSON.stringify(consent))) return 'consent'
  if (!Array.isArray(events) || events.length === 0 || events.length > 25) return 'events: 1 to 25'
  for (const { name, params } of events as { name: string; params: Record<string, unknown> }[]) {
    if (!/^[a-zA-Z]\w{0,39}$/.test(name)) return `Event name ${name}`
    if (Object.keys(params).length > 25) return 'More than 25 params'
    for (const [key, value] of Object.entries(params)) {
      if (key.length > 40) return `Name of ${key}`
      if (typeof value === 'string' ? value.length > 100 : typeof value !== 'number') return `Value of ${key}`
    }
    if (
      name === 'purchase' &&
      (typeof params['value'] !== 'number' || typeof params['currency'] !== 'string')
    )
      return 'purchase without value or currency'
  }
  return null
}

/** A data stream of Google Analytics, strict where Google checks and strict also where it only drops. */
export async function startStream(): Promise<Stream> {
  const stream: Omit<Stream, 'url' | 'close'> = { events: [], isAway: false, losesAnswers: false }
  function answer({ url, text }: Came): Said {
    if (stream.isAway) return { status: 503, body: 'Service Unavailable' }
    const { measurement_id: id, api_secret: secret } = Object.fromEntries(url.searchParams)
    const body = JSON.parse(text) as Record<string, unknown>
    const wrong = id === 'G-ABC123' && secret ? wrongWith(body) : 'No measurement_id or api_secret'
    if (url.pathname === '/debug/mp/collect')
      return {
        status: 200,
        body: {
          validationMessages: wrong === null ? [] : [{ description: wrong, validationCode: 'VALUE_INVALID' }]
        }
      }
    if (url.pathname !== '/mp/collect') return { status: 404, body: 'Not found' }
    // The real one would answer 204 and drop it: a test must see that.
    if (wrong !== null) return { status: 400, body: wrong }
    for (const event of body['events'] as { name: string; params: Record<string, unknown> }[])
      stream.events.push({ client_id: String(body['client_id']), ...event, body })
    if (stream.losesAnswers) {
      stream.losesAnswers = false
      return null
    }
    return { status: 204, body: undefined }
  }
  const server = await startServer(answer)
  return Object.assign(stream, server)
}
