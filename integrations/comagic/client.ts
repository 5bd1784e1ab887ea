import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type Keys,
  type Step
} from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import { errorOf, freeAtMs } from './errors.ts'
import { funnelOf, missingStages, type Pipeline } from './funnels.ts'
import { isZone, type ComagicSettings } from './settings.ts'

/** What a method costs of the limits, where it is not one. */
const points: Readonly<Record<string, number>> = { 'upload.calls': 5 }
/** More than this they do not read. */
const mostBytes = 512 * 1024
const dayMs = 86_400_000
/** How long the link to a record opens: they fetch it at once, and again when it fails. */
const linkDays = 7
/** A session that ends within this time is not begun with. */
const spareMs = 60_000
const expired = new Set(['access_token_expired', 'access_token_invalid'])

/** An address under which a record opens without a login; null where we cannot be reached from outside. */
export type MakeLink = (recordingId: string, untilMs: number) => string | null

/** A connection to one account. @param baseUrl where its Data API is */
export function createClient(
  connection: Connection,
  options: { baseUrl: string; makeLink: MakeLink; pipelines: () => Promise<Pipeline[]> }
): Client {
  const settings = connection.settings as ComagicSettings
  const { baseUrl, makeLink, pipelines } = options
  let number = 0
  /** Limits as the last answer told them. */
  let limits: { metadata: Record<string, unknown>; atMs: number } | null = null
  /** Stages that are known there, with the pipelines they belong to. */
  const stagesThere = new Map<string, string>()

  async function post(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    const answer = await connection.http({
      name: method,
      method: 'POST',
      url: `${baseUrl}/v2.0`,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      json: { jsonrpc: '2.0', id: (number += 1), method, params }
    })
    const error = errorOf(answer, connection.now())
    if (error) throw error
    const result = recordOf(recordOf(answer.body)['result'])
    limits = { metadata: recordOf(result['metadata']), atMs: connection.now() }
    return result['data'] ?? null
  }

  /** One method, with a key that works. */
  async function rpc(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    // An answer tells how much is left: asking for more would only be refused.
    const freeMs = limits && freeAtMs(limits.metadata, points[method] ?? 1, limits.atMs)
    if (freeMs !== null && freeMs > connection.now())
      throw new ForeignError('limit', 'limit_exceeded', 'The limit of requests is used up', freeMs)
    for (let isRenewed = false; ; isRenewed = true) {
      const keys = await current()
      try {
        return await post(method, { access_token: keys['accessKey'] || keys['accessToken'], ...params })
      } catch (error) {
        const isOver = error instanceof ForeignError && expired.has(error.code)
        // A permanent key that is taken no more needs a person.
        if (!isOver || isRenewed || keys['accessKey']) throw error
        await connection.renew(keys, login)
      }
    }
  }

  async function current(): Promise<Keys> {
    const keys = await connection.keys()
    if (keys['accessKey']) return keys
    if (Number(keys['expiresMs'] ?? 0) > connection.now() + spareMs) return keys
    return connection.renew(keys, login)
  }

  /** A session of an hour for a login and a password. */
  async function login(keys: Keys): Promise<Keys> {
    if (!keys['login'] || !keys['password'])
      throw new ForeignError('login', 'noAccessKey', 'There is neither a key nor a login')
    const data = recordOf(await post('login.user', { login: keys['login'], password: keys['password'] }))
    const accessToken = textOf(data['access_token'])
    if (accessToken === '') throw new ForeignError('login', 'auth_error', 'The login gave no session')
    const endMs = Number(data['expire_at'] ?? 0) * 1000
    return { ...keys, accessToken, expiresMs: String(endMs > 0 ? endMs : connection.now() + 3_600_000) }
  }

  async function checkAccount(): Promise<void> {
    const account = recordOf(listOf(await rpc('get.account', {}))[0])
    const zone = textOf(account['timezone'])
    if (zone === '' || !isZone(zone) || isSameZone(zone, settings.timeZone)) return
    throw new ForeignError('refused', 'otherZone', `The account's time zone is ${zone}`)
  }

  function sendCall({ params, recordingId }: Step): Promise<unknown> {
    const { employee_id, ...rest } = params
    const url = recordingId === undefined ? null : makeLink(recordingId, connection.now() + linkDays * dayMs)
    const record = url !== null && { record_url: url, ...(employee_id !== undefined && { employee_id }) }
    const calls = listOf(rest['calls']).map((call) => ({
      ...recordOf(call),
      ...(record && { mp3_records: [record] })
    }))
    if (Buffer.byteLength(JSON.stringify(calls)) > mostBytes)
      throw new ForeignError('refused', 'tooLong', 'The call is longer than they read')
    return rpc('upload.calls', { calls })
  }

  /** Stages are told with the funnel they belong to; a funnel or a stage that is not there yet is made first. */
  async function sendDeal({ params }: Step): Promise<unknown> {
    const deals = listOf(params['deals']).map(recordOf)
    const stages = deals.map((one) => textOf(one['stage_ext_id']))
    if (!stages.every((id) => stagesThere.has(id))) await ensureFunnels()
    const known = deals.flatMap((one) => {
      const funnel = stagesThere.get(textOf(one['stage_ext_id']))
      // A stage that was deleted since has no name any more.
      return funnel === undefined ? [] : [{ ...one, sales_funnel_ext_id: funnel }]
    })
    if (known.length === 0)
      throw new ForeignError('refused', 'noFunnel', 'The pipeline cannot be a sales funnel')
    return rpc('upload.deals_history', { deals: known })
  }

  async function ensureFunnels(): Promise<void> {
    const there = new Map(
      listOf(await rpc('get.sales_funnel', { limit: 1000, offset: 0 }))
        .map(recordOf)
        .map((funnel) => [textOf(funnel['ext_id']), listOf(funnel['stages']).map(recordOf)])
    )
    for (const pipeline of await pipelines()) {
      const stages = there.get(pipeline.id)
      if (!stages) {
        const funnel = funnelOf(pipeline)
        if (!funnel) continue
        await made('create.sales_funnel', funnel)
      } else {
        const orders = new Map(
          stages.map((stage) => [textOf(stage['stage_ext_id']), Number(stage['stage_order'] ?? 0)])
        )
        for (const stage of missingStages(pipeline, orders)) await made('create.sales_funnel_stages', stage)
      }
      for (const { id } of pipeline.stages) stagesThere.set(id, pipeline.id)
    }
  }

  /** What is there already is as good as made: an answer was lost. */
  async function made(method: string, params: Record<string, unknown>): Promise<void> {
    try {
      await rpc(method, params)
    } catch (error) {
      if (!(error instanceof ForeignError && error.code === 'duplicate_entity')) throw error
    }
  }

  const named = async (method: string, name: string): Promise<{ id: string; name: string }[]> =>
    listOf(await rpc(method, { limit: 1000, offset: 0 })).map((one) => ({
      id: textOf(recordOf(one)['id']),
      name: textOf(recordOf(one)[name]) || textOf(recordOf(one)['id'])
    }))

  return {
    ...knowsNobody,
    do(step) {
      if (step.method === 'upload.calls') return sendCall(step)
      if (step.method === 'upload.deals_history') return sendDeal(step)
      return rpc(step.method, step.params)
    },
    async prepare() {
      await checkAccount()
      if (settings.isSendingDeals) await ensureFunnels()
    },
    lists: {
      sites: () => named('get.sites', 'domain_name'),
      campaigns: () => named('get.campaigns', 'name')
    },
    async people() {
      const found = listOf(await rpc('get.employees', { limit: 1000, offset: 0 })).map(recordOf)
      return found.map((one) => ({
        id: textOf(one['id']),
        name: textOf(one['full_name']) || textOf(one['login']),
        extension: textOf(recordOf(one['extension'])['extension_phone_number']) || null,
        mail: textOf(one['email']) || null
      }))
    },
    async join(keys) {
      await checkAccount()
      // A session that was begun meanwhile stays.
      return { ...keys, ...(await connection.keys()) }
    }
  }
}

/** Zones have several names: two are the same when their clocks agree all year. */
function isSameZone(a: string, b: string): boolean {
  const text = (zone: string, ms: number): string =>
    new Intl.DateTimeFormat('en', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
  return [0, 3, 6, 9].every(
    (month) => text(a, Date.UTC(2026, month, 1)) === text(b, Date.UTC(2026, month, 1))
  )
}
