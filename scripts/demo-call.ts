// npm run demo:call [-- --to=+7… --from=+7… --scenario=usual|passive|impatient]
// Has the demo carrier call the running server, and tells in plain words what becomes of the call.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Agent, setGlobalDispatcher } from 'undici'
import { z } from 'zod'
import { callPage, tape } from '../api/contract/calls.ts'
import type { TapeEntry } from '../api/contract/calls.ts'
import { demoCallAnswer } from '../api/contract/access.ts'
import { loginAnswer } from '../api/contract/config.ts'
import { readConfig } from '../config.ts'
import { codeOf, messageOf } from '../host/setup-error.ts'
import { formatNational } from '../tracking/phones.ts'
import { describeMoment } from '../demo/words.ts'

const patienceMs = 6 * 60_000
const recordingPatienceMs = 20_000
const pollMs = 400

interface Server {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, from: { type: 'string' }, scenario: { type: 'string' } }
  })
  const server = await signIn()
  const placedMs = Date.now()
  const { from, to } = await server.post('/api/demo/calls', values, demoCallAnswer)
  console.log(`The demo carrier calls ${formatNational(to)} as ${formatNational(from)}.`)
  console.log('To answer it yourself, open the operator page in a browser and set yourself available.\n')
  const callId = await findCall(server, { from, to, sinceMs: placedMs - 2000 })
  await follow(server, callId)
}

/** The call reaches the journal with its first moments. */
async function findCall(
  server: Server,
  wanted: { from: string; to: string; sinceMs: number }
): Promise<string> {
  const query = new URLSearchParams({ from: new Date(wanted.sinceMs).toISOString(), limit: '50' })
  for (const deadlineMs = Date.now() + 20_000; Date.now() < deadlineMs; await delay(pollMs)) {
    const { items } = await server.get(`/api/calls?${query.toString()}`, callPage)
    const found = items.find((call) => call.callerNumber === wanted.from && call.dialedNumber === wanted.to)
    if (found !== undefined) return found.id
  }
  throw new Error(
    'The call was placed but did not arrive within 20 s: look at GET /api/health and at the trunks.'
  )
}

/** Tells each moment as it comes, until the call has ended and its recording, if there is one, can be played. */
async function follow(server: Server, callId: string): Promise<void> {
  let told = 0
  let startedMs: number | undefined
  for (let deadlineMs = Date.now() + patienceMs; Date.now() < deadlineMs; await delay(pollMs)) {
    const { items } = await server.get(`/api/calls/${callId}/tape`, tape)
    for (const entry of items.slice(told)) {
      startedMs ??= Date.parse(entry.at)
      tell(entry, startedMs)
    }
    told = items.length
    const ended = items.find(({ type }) => type === 'call.ended')
    if (ended === undefined) continue
    const isWaitedFor = items.some(wasRecorded) && !items.some(({ type }) => type === 'call.recording_ready')
    if (!isWaitedFor) return
    deadlineMs = Math.min(deadlineMs, Date.parse(ended.at) + recordingPatienceMs)
  }
  const { items } = await server.get(`/api/calls/${callId}/tape`, tape)
  if (items.some(({ type }) => type === 'call.ended')) return
  throw new Error(`The call ${callId} had not ended after ${patienceMs / 60_000} minutes.`)
}

function wasRecorded(entry: TapeEntry): boolean {
  return (
    ['call.answered', 'call.voicemail'].includes(entry.type) && typeof entry.data['recordingId'] === 'string'
  )
}

function tell(entry: TapeEntry, startedMs: number): void {
  const words = describeMoment(entry.type, entry.data)
  if (words === null) return
  const seconds = ((Date.parse(entry.at) - startedMs) / 1000).toFixed(1).padStart(6)
  console.log(`${seconds} s  ${words}`)
}

/** By token when there is one, else as the first admin. */
async function signIn(): Promise<Server> {
  const token = process.env['RINGTRACE_TOKEN']
  const { dataDir, http, tls } = readConfig(process.env)
  const scheme = tls.isOn ? 'https' : 'http'
  const fallbackUrl = process.env['RINGTRACE_URL'] ?? `${scheme}://127.0.0.1:${http.port}`
  // It is this machine, whatever its certificate says.
  if (fallbackUrl.startsWith('https://127.0.0.1'))
    setGlobalDispatcher(new Agent({ connect: { rejectUnauthorized: false } }))
  if (token !== undefined && token !== '') return serverAt(fallbackUrl, { authorization: `Bearer ${token}` })
  const { login, password } = await firstLogin(dataDir)
  const answer = await request(fallbackUrl, '/api/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: fallbackUrl },
    body: JSON.stringify({ login, password })
  })
  const { csrfToken } = loginAnswer.parse(await answer.json())
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return serverAt(fallbackUrl, { cookie, 'x-csrf-token': csrfToken, origin: fallbackUrl })
}

async function firstLogin(dataDir: string): Promise<{ login: string; password: string }> {
  const file = join(dataDir, 'first-login.json')
  try {
    const text = await readFile(file, 'utf8')
    return z.object({ login: z.string(), password: z.string() }).parse(JSON.parse(text))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    throw new Error(
      `There is no ${file}: start the server first with "npm start", or set RINGTRACE_URL and RINGTRACE_TOKEN.`,
      { cause: error }
    )
  }
}

function serverAt(url: string, headers: Record<string, string>): Server {
  return {
    get: async (path, schema) => schema.parse(await (await request(url, path, { headers })).json()),
    post: async (path, body, schema) => {
      const init = { method: 'POST', body: JSON.stringify(body) }
      const answer = await request(url, path, {
        ...init,
        headers: { ...headers, 'content-type': 'application/json' }
      })
      return schema.parse(await answer.json())
    }
  }
}

async function request(url: string, path: string, init: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(new URL(path, url), init)
  } catch (error) {
    throw new Error(
      `Nothing answers at ${url}: start the server with "npm start", or set HTTP_PORT or RINGTRACE_URL.`,
      {
        cause: error
      }
    )
  }
  if (answer.ok) return answer
  throw new Error(
    `${init.method ?? 'GET'} ${path} was refused (${answer.status}): ${(await answer.text()).slice(0, 300)}`
  )
}

try {
  await main()
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
