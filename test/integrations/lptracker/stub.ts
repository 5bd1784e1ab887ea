import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

type Thing = Record<string, unknown>
export const project = 4321
const closedStage = 9
const openStage = 5

const id = z.number().int().positive()
const word = z.string().min(1)
/** What the requests of LPTracker's own client consist of, and nothing else. */
const bodies = {
  login: z.strictObject({ login: word, password: word, service: word, version: word }),
  contact: z.strictObject({
    project_id: z.literal(project),
    name: word,
    details: z
      .array(
        z.union([
          z.strictObject({ type: z.literal('phone'), data: z.string().regex(/^\d{10,15}$/) }),
          z.strictObject({ type: z.literal('email'), data: z.email() })
        ])
      )
      .min(1)
  }),
  lead: z.strictObject({
    contact_id: id,
    name: word,
    funnel: id.optional(),
    owner: id.optional(),
    view: z
      .strictObject({
        project_id: z.literal(project),
        ...{ source: word.optional(), campaign: word.optional(), keyword: word.optional() },
        ...{ page: z.url().optional(), referer: z.url().optional(), uuid: word.optional() },
        ...{ ym_client_id: word.optional(), ga_client_id: word.optional() }
      })
      .optional()
  }),
  comment: z.strictObject({ text: word })
} as const

/** An account of LPTracker that takes nothing which its documents do not name. */
export interface Tracker {
  readonly url: string
  readonly contacts: (Thing & { id: number })[]
  readonly leads: (Thing & { id: number; contact_id: number; funnel: number; comments: string[] })[]
  logins: number
  isAway: boolean
  password: string
  /** The next request that begins so is done, and its answer is lost. */
  losesAnswersOf: RegExp | null
  asked: number
  endTokens(): void
  close(lead: number): void
  stop(): Promise<void>
}

export async function startTracker(): Promise<Tracker> {
  const tokens = new Set<string>()
  let nextId = 100
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const tracker: Tracker = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ contacts: [], leads: [], logins: 0, isAway: false, password: 'right', losesAnswersOf: null },
    asked: 0,
    endTokens: () => tokens.clear(),
    close(lead) {
      const one = tracker.leads.find((each) => each.id === lead)
      if (one) one.funnel = closedStage
    },
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    tracker.asked += 1
    const { pathname, searchParams } = new URL(req.url ?? '/', tracker.url)
    const what = `${req.method} ${pathname}`
    const send = (value: object): void => {
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (tracker.isAway) return void res.writeHead(502).end('Bad Gateway')
    const found = perform(what, searchParams, text === '' ? null : (JSON.parse(text) as Thing), req)
    if (tracker.losesAnswersOf?.test(what)) {
      tracker.losesAnswersOf = null
      return void req.socket.destroy()
    }
    if (found instanceof Error) return send({ status: 'error', errors: [{ message: found.message }] })
    send({ status: 'success', result: found })
  }

  function checked(name: keyof typeof bodies, body: unknown): Error | null {
    const { error } = bodies[name].safeParse(body)
    return error ? new Error(`${name}: ${error.issues.map(({ path }) => path.join('.')).join()}`) : null
  }

  function perform(what: string, query: URLSearchParams, body: Thing | null, req: IncomingMessage): unknown {
    if (what === 'POST /login') {
      const wrong = checked('login', body)
      if (wrong) return wrong
      if (body?.['password'] !== tracker.password) return new Error('Неверный логин или пароль')
      tracker.logins += 1
      const token = randomBytes(12).toString('hex')
      tokens.add(token)
      return { token }
    }
    if (!tokens.has(String(req.headers['token']))) return new Error('Invalid token')
    const [, first, second, third] = what.replace(/^\w+ /, '').split('/')
    switch (`${req.method} ${first} ${Number(second) > 0 ? 'id' : (second ?? '')} ${third ?? ''}`.trim()) {
      case 'GET project id':
        return Number(second) === project ? { id: project, name: 'Окна' } : new Error('Проект не найден')
      case 'GET project id funnel':
        return [
          { id: openStage, name: 'Новый' },
          { id: closedStage, name: 'Отказ' }
        ]
      case 'GET staff':
        return [{ id: 71, name: 'Анна', email: 'anna@example.com' }]
      case 'GET contact search': {
        const names = [...query.keys()].sort().join()
        if (!['phone,project_id', 'email,project_id'].includes(names)) return new Error(`search: ${names}`)
        return tracker.contacts.filter(({ details }) =>
          (details as { data: string }[]).some(
            ({ data }) => data === query.get('phone') || data === query.get('email')
          )
        )
      }
      case 'GET contact id leads':
        return tracker.leads.filter(({ contact_id }) => contact_id === Number(second))
      case 'POST contact': {
        const made = { ...body, id: (nextId += 1) }
        return checked('contact', body) ?? (tracker.contacts.push(made), made)
      }
      case 'POST lead': {
        const wrong = checked('lead', body)
        if (wrong) return wrong
        const made = {
          ...(body as { contact_id: number }),
          id: (nextId += 1),
          funnel: openStage,
          comments: []
        }
        tracker.leads.push(made)
        return made
      }
      case 'POST lead id comment': {
        const lead = tracker.leads.find((one) => one.id === Number(second))
        const wrong = checked('comment', body)
        if (wrong || !lead) return wrong ?? new Error('Лид не найден')
        lead.comments.push(String(body?.['text']))
        return { id: (nextId += 1), text: body?.['text'] }
      }
      default:
        return new Error(`Unknown method ${what}`)
    }
  }

  return tracker
}
