import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The import of Calltouch: what it was sent, refused or not. */
export interface Import {
  readonly url: string
  readonly calls: Record<string, string>[]
  asked: number
  isAway: boolean
  isTokenKnown: boolean
  losesAnswer: boolean
  close(): Promise<void>
}

export const atsCode = 'company_pbx'
export const token = 'a1b2c3d4e5'

/** Names and forms of what a call consists of. */
const wanted: Readonly<Record<string, RegExp>> = {
  callid: /^.{1,45}$/,
  callerid: /^\d{10,15}$/,
  phonenumber: /^\d{10,15}$/,
  destphonenumber: /^\d{3,15}$/,
  date: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  duration: /^\d+$/,
  token: /^\w+$/
}

export async function startImport(): Promise<Import> {
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost')
    const answer = (status: number, body: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    there.asked += 1
    if (there.isAway) return void res.writeHead(503).end('Service Unavailable')
    if (req.method !== 'GET' || pathname !== `/event-service/platform/${atsCode}/inbound-call`)
      return answer(404, { error: 'No such platform' })
    const call = Object.fromEntries(searchParams)
    if (!there.isTokenKnown || call['token'] !== token) return answer(403, { error: 'Wrong token' })
    const strange = Object.keys(call).find((name) => !wanted[name])
    if (strange !== undefined) return answer(400, { error: `Unknown parameter ${strange}` })
    const wrong = Object.entries(wanted).find(([name, form]) => !form.test(call[name] ?? ''))
    if (wrong) return answer(400, { error: `Parameter ${wrong[0]} is wrong` })
    if (there.calls.some(({ callid }) => callid === call['callid']))
      return answer(400, { error: 'Call with this callid already exists' })
    there.calls.push(call)
    if (there.losesAnswer) {
      there.losesAnswer = false
      return void req.socket.destroy()
    }
    answer(200, 7000 + there.calls.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const there: Import = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ calls: [], asked: 0, isAway: false, isTokenKnown: true, losesAnswer: false },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }
  return there
}
