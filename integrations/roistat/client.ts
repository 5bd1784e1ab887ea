import { createBucket } from '../connectors/bucket.ts'
import { ForeignError, knowsNobody, type Client, type Connection, type Step } from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import { errorOf } from './errors.ts'
import type { RoistatSettings } from './settings.ts'

/** Ten a second: a project takes no more. */
const perSecond = 10
const dayMs = 86_400_000

/** How long the link to a record opens. */
const linkDays = 365

/** An address under which a record opens without a login; null where we cannot be reached from outside. */
export type MakeLink = (recordingId: string, untilMs: number) => string | null

/** A connection to one project. @param baseUrl where Roistat lives */
export function createClient(connection: Connection, baseUrl: string, makeLink: MakeLink): Client {
  const { project } = connection.settings as RoistatSettings
  const bucket = createBucket(1, perSecond)

  async function ask(
    name: string,
    url: URL,
    json?: unknown,
    apiKey?: string
  ): Promise<Record<string, unknown>> {
    const waitMs = bucket.take(connection.now())
    if (waitMs > 0) await connection.pause(waitMs)
    const answer = await connection.http({
      ...{ name, url: url.href, method: json === undefined ? 'GET' : 'POST' },
      ...(json !== undefined && { json }),
      ...(apiKey !== undefined && { headers: { 'api-key': apiKey } })
    })
    const error = errorOf(answer, connection.now())
    if (error) throw error
    return recordOf(answer.body)
  }

  /** One method of the API. */
  async function api(method: string, json?: unknown): Promise<Record<string, unknown>> {
    const { apiKey } = await connection.keys()
    if (!apiKey) throw new ForeignError('login', 'noApiKey', 'There is no API key')
    const url = new URL(`/api/v1/${method}`, baseUrl)
    if (method.startsWith('project/')) url.searchParams.set('project', project)
    return ask(method, url, json, apiKey)
  }

  async function checkProject(): Promise<void> {
    const body = await api('user/projects')
    const ids = listOf(body['projects']).map((one) => textOf(recordOf(one)['id']))
    if (!ids.includes(project))
      throw new ForeignError('login', 'otherProject', `The key does not open the project ${project}`)
  }

  async function sendCall({ params, recordingId }: Step, wasAsked: boolean): Promise<unknown> {
    const known = wasAsked ? await callThere(params) : null
    if (known) return known
    const untilMs = connection.now() + linkDays * dayMs
    const link = recordingId === undefined ? null : makeLink(recordingId, untilMs)
    return api('project/phone-call', { ...params, ...(link !== null && { link }) })
  }

  /** A call that was taken, and whose answer was lost: by our id in its comment. */
  async function callThere(params: Step['params']): Promise<unknown> {
    const [mark = ''] = textOf(params['comment']).split('. ')
    const atMs = Date.parse(textOf(params['date']).replace('+0000', 'Z'))
    const body = await api('project/calltracking/call/list', {
      filters: {
        and: [
          ['date', '>', new Date(atMs - 1000).toISOString().replace(/\.\d+Z$/, '+0000')],
          ['date', '<', new Date(atMs + 1000).toISOString().replace(/\.\d+Z$/, '+0000')]
        ]
      },
      limit: 1000,
      offset: 0
    })
    const found = listOf(body['data'])
      .map(recordOf)
      .find((call) => textOf(call['comment']).startsWith(mark))
    return found ? { phoneCall: found } : null
  }

  async function sendLead({ params }: Step, wasAsked: boolean): Promise<unknown> {
    const { leadKey } = await connection.keys()
    if (!leadKey) throw new ForeignError('refused', 'noLeadKey', 'There is no key for leads')
    const { fields, ...plain } = params
    const known = wasAsked ? await leadThere(recordOf(fields)) : null
    if (known) return known
    const url = new URL('/api/proxy/1.0/leads/add', baseUrl)
    url.searchParams.set('key', leadKey)
    for (const [name, value] of Object.entries(plain)) url.searchParams.set(name, textOf(value))
    for (const [name, value] of Object.entries(recordOf(fields)))
      url.searchParams.set(`fields[${name}]`, textOf(value))
    return ask('leads/add', url)
  }

  async function leadThere(fields: Record<string, unknown>): Promise<unknown> {
    const url = new URL('/api/v1/project/proxy-leads', baseUrl)
    const { apiKey } = await connection.keys()
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
    const nowMs = connection.now()
    url.searchParams.set('project', project)
    // It was asked within the days that an attempt is repeated.
    url.searchParams.set('period', `${day(nowMs - 3 * dayMs)}-${day(nowMs + dayMs)}`)
    const body = await ask('project/proxy-leads', url, undefined, apiKey)
    const found = listOf(body['ProxyLeads'])
      .map(recordOf)
      .find((lead) => textOf(recordOf(lead['order_fields'])['ringtrace']) === textOf(fields['ringtrace']))
    return found ?? null
  }

  return {
    ...knowsNobody,
    do: (step, wasAsked) => (step.key === 'lead' ? sendLead(step, wasAsked) : sendCall(step, wasAsked)),
    prepare: checkProject,
    async join(keys) {
      await checkProject()
      return keys
    }
  }
}
