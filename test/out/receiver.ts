import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  /** Empty where the body is none of our own messages. */
  json: { type: string; timestamp: string; data: Record<string, unknown> }
  atMs: number
}

/** A real HTTP receiver on loopback that keeps what it got. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** What came, read as forms. */
  readonly forms: Record<string, string>[]
  /** How requests are answered from now on; the default is 204. */
  answer(handler: (nth: number, response: ServerResponse, got: Received) => void): void
  /** Ends the requests that were left hanging. */
  close(): Promise<void>
}

const nothing: Received['json'] = { type: '', timestamp: '', data: {} }

export async function receiver(): Promise<Receiver> {
  const received: Received[] = []
  let handle = (_nth: number, response: ServerResponse, _got: Received): void => {
    response.writeHead(204).end()
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const got = {
        headers: request.headers,
        body,
        json: body.startsWith('{') ? (JSON.parse(body) as Received['json']) : nothing,
        atMs: Date.now()
      }
      received.push(got)
      handle(received.length, response, got)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    get forms() {
      return received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    },
    answer(handler) {
      handle = handler
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
