import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Given = Record<string, unknown>

/** Roistat's cloud with one project, which takes nothing that the real one would refuse. */
export interface Cloud {
  readonly url: string
  readonly apiKey: string
  readonly leadKey: string
  readonly calls: Given[]
  readonly leads: Given[]
  /** Paths of everything that was asked. */
  readonly asked: string[]
  /** Answers everything with 503 until it is false again. */
  isAway: boolean
  /** Takes the key no more. */
  isLocked: boolean
  /** The next request to this path is done, and its answer is lost. */
  losesAnswersOf: string | null
  /** Refuses this path with this error. */
  refuses: { path: string; status: number; error: string } | null
  close(): Promise<void>
}

const project = '12345'
const perSecond = 10
const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/
const statuses = ['ANSWER', 'BUSY', 'NOANSWER', 'CANCEL', 'CONGESTION', 'CHANUNAVAIL', 'DONTCALL', 'TORTURE']

type Check = (value: unknown) => boolean
const text: Check = (value) => typeof value === 'string' && value !== ''
const digits: Check = (value) => typeof value === 'string' && /^\d{5,15}$/.test(value)
const whole: Check = (value) => Number.isInteger(value) && Number(value) >= 0
const flag: Check = (value) => value === 0 || value === 1

const call: Record<string, Check> = {
  ...{ callee: digits, caller: digits, visit_id: text, marker: text, order_id: text, google_client_id: text },
  ...{ duration: whole, answer_duration: whole, comment: text, save_to_crm: flag },
  status: (value) => statuses.includes(String(value)),
  date: (value) => date.test(String(value)),
  link: (value) => URL.canParse(String(value))
}
const lead = [
  ...[
    'roistat',
    'key',
    'title',
    'name',
    'phone',
    'email',
    'comment',
    'order_creation_method',
    'is_need_callback'
  ],
  ...['callback_phone', 'sync', 'is_need_check_order_in_processing', 'is_skip_sending']
]

/** @param now its clock */
export async function startCloud(now: () => number): Promise<Cloud> {
  const times: number[] = []
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cloud: Cloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ apiKey: 'api-5f0c2', leadKey: 'bGVhZC1rZXk=' },
    ...{ calls: [], leads: [], asked: [] },
    ...{ isAway: false, isLocked: false, losesAnswersOf: null, refuses: null },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const { pathname, searchParams } = new URL(req.url ?? '/', cloud.url)
    const path = pathname.replace(/^\/api\/(v1|proxy\/1\.0)\//, '')
    cloud.asked.push(path)
    const answer = (status: number, body: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const refuse = (status: number, error: string): void => answer(status, { status: 'error', error })
    if (cloud.isAway) {
      res.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Temporarily Unavailable</h1>')
      return
    }
    while (times[0] !== undefined && times[0] <= now() - 1000) times.shift()
    times.push(now())
    if (times.length > perSecond) return refuse(429, 'request_limit_error')
    if (cloud.refuses?.path === path) return refuse(cloud.refuses.status, cloud.refuses.error)
    const isProxy = pathname.startsWith('/api/proxy/')
    if (!isProxy && (req.headers['api-key'] !== cloud.apiKey || cloud.isLocked))
      return refuse(200, 'authentication_failed')
    if (path.startsWith('project/') && searchParams.get('project') !== project)
      return refuse(200, 'project_not_found')
    const body = req.method === 'POST' ? (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Given) : {}
    const said = perform(`${req.method ?? ''} ${path}`, body, searchParams)
    if (cloud.losesAnswersOf === path) {
      cloud.losesAnswersOf = null
      req.socket.destroy()
      return
    }
    if (typeof said === 'string') return refuse(400, said)
    answer(200, { ...said, status: 'success' })
  }

  /** @returns an answer, or the name of an error */
  function perform(what: string, body: Given, query: URLSearchParams): Given | string {
    switch (what) {
      case 'GET user/projects':
        return { projects: [{ id: project, name: 'Окна', currency: 'RUB' }] }
      case 'POST project/phone-call':
        return addCall(body)
      case 'POST project/calltracking/call/list':
        return listCalls(body)
      case 'GET leads/add':
        return addLead(query)
      case 'GET project/proxy-leads':
        return /^\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d$/.test(query.get('period') ?? '')
          ? { ProxyLeads: cloud.leads }
          : 'incorrect_period'
      default:
        return 'method_not_found'
    }
  }

  function addCall(body: Given): Given | string {
    const unknown = Object.keys(body).find((name) => !(name in call))
    if (unknown !== undefined) return `unknown_parameter_${unknown}`
    for (const name of ['callee', 'caller', 'date', 'status', 'duration'])
      if (!(name in body)) return `no_${name}`
    const wrong = Object.entries(body).find(([name, value]) => !call[name]?.(value))
    if (wrong) return `incorrect_${wrong[0]}`
    // A repeated call is a second call: nothing here tells them apart.
    const added = { id: String(cloud.calls.length + 1), ...body }
    cloud.calls.push(added)
    return { phoneCall: added }
  }

  function listCalls({ filters, limit, offset, ...rest }: Given): Given | string {
    if (Object.keys(rest).some((name) => name !== 'extend')) return 'unknown_parameter'
    if (!whole(limit) || !whole(offset)) return 'incorrect_limit'
    const { and = [] } = (filters ?? {}) as { and?: [string, string, string][] }
    const ms = (value: unknown): number => Date.parse(String(value).replace('+0000', 'Z'))
    for (const [name, , value] of and) if (name !== 'date' || !date.test(value)) return 'incorrect_filter'
    const data = cloud.calls.filter((one) =>
      and.every(([, sign, value]) =>
        sign === '>' ? ms(one['date']) > ms(value) : sign === '<' && ms(one['date']) < ms(value)
      )
    )
    return { data: data.slice(Number(offset), Number(offset) + Number(limit)), total: data.length }
  }

  function addLead(query: URLSearchParams): Given | string {
    if (query.get('key') !== cloud.leadKey) return 'authentication_failed'
    const given = [...query]
    const unknown = given.find(([name]) => !lead.includes(name) && !/^fields\[\w+\]$/.test(name))
    if (unknown) return `unknown_parameter_${unknown[0]}`
    if (!query.get('title')) return 'no_title'
    if (!query.get('phone') && !query.get('email')) return 'no_phone_and_email'
    const fields = given.flatMap(([name, value]) => {
      const inner = /^fields\[(\w+)\]$/.exec(name)?.[1]
      return inner === undefined ? [] : [[inner, value] as const]
    })
    const { key, ...plain } = Object.fromEntries(given.filter(([name]) => lead.includes(name)))
    if (key === undefined) return 'authentication_failed'
    const added = { id: String(cloud.leads.length + 90), ...plain, order_fields: Object.fromEntries(fields) }
    cloud.leads.push(added)
    return { id: added.id }
  }

  return cloud
}

/** What Roistat puts into each request to us. */
export const askedBy = (user: string, password: string): { user: string; token: string } => ({
  user,
  token: createHash('md5').update(`${user}${password}`).digest('hex')
})
