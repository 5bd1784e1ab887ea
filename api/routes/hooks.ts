import { z } from 'zod'
import { textOf } from '../../integrations/connectors/answer.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

const record = z.record(z.string(), z.unknown())

/** The door for foreign systems: what they tell us, and what they ask of us. Whom to believe is for their kind to say. */
export function hookRoutes({ connectors }: ApiDeps): Endpoint[] {
  async function handle({ req, res, body }: Context): Promise<void> {
    const { kind, token, path } = req.params as Record<string, string | string[] | undefined>
    if (typeof kind !== 'string' || typeof token !== 'string' || !connectors || kind.includes('\0'))
      throw new ApiError('not_found')
    const parts = path === undefined ? [] : Array.isArray(path) ? path : [path]
    const isGet = req.method === 'GET' || req.method === 'HEAD'
    const answer = await connectors.serve(kind, token, {
      method: isGet ? 'GET' : 'POST',
      path: parts.map((part) => `/${storableText(part)}`).join(''),
      query: strings(req.query),
      body: storable(isGet ? {} : body),
      headers: strings(req.headers)
    })
    if (answer) {
      if (answer.status === 429) res.set('Retry-After', '5')
      res
        .status(answer.status)
        .type(answer.contentType ?? 'application/json')
        .send(textOf(answer))
      return
    }
    if (isGet || parts.length > 0) throw new ApiError('not_found')
    const event = record.safeParse(body)
    if (!event.success)
      throw new ApiError('invalid', { errors: [{ path: '', message: 'must be an object or a form' }] })
    const taken = await connectors.event(kind, token, storable(event.data) as Record<string, unknown>)
    if (taken === 'unknown') throw new ApiError('not_found')
    if (taken === 'refused') throw new ApiError('bad_token')
    res.status(204).end()
  }
  const any = { raw: 'application/json', handle }
  return [
    endpoint({
      ...any,
      route: 'POST /api/hooks/:kind/:token',
      summary: 'For foreign systems: their events, and what they ask, at the address that a link shows',
      body: z.unknown()
    }),
    endpoint({
      ...any,
      route: 'GET /api/hooks/:kind/:token',
      summary: 'For foreign systems that ask us, at the address that a link shows'
    }),
    endpoint({
      ...any,
      route: 'POST /api/hooks/:kind/:token/*path',
      summary: 'For foreign systems that ask us, below the address that a link shows',
      body: z.unknown()
    }),
    endpoint({
      ...any,
      route: 'GET /api/hooks/:kind/:token/*path',
      summary: 'For foreign systems that ask us, below the address that a link shows'
    })
  ]
}

const strings = (values: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
      const text = Array.isArray(value) ? (value as unknown[]).at(-1) : value
      return typeof text === 'string' ? [[storableText(name), storableText(text)]] : []
    })
  )

/** PostgreSQL keeps neither NUL nor a half of a letter. */
const storableText = (text: string): string => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd')

/** No system nests deeper; what goes on without end would break whoever walks through it. */
const mostDeep = 50

/** @throws ApiError invalid */
function storable(value: unknown, depth = 0): unknown {
  if (depth > mostDeep)
    throw new ApiError('invalid', { errors: [{ path: '', message: 'is nested too deeply' }] })
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map((one) => storable(one, depth + 1))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [storableText(name), storable(one, depth + 1)])
  )
}
