import express, { type Request, type RequestHandler, type Response } from 'express'
import { z } from 'zod'
import { access, type RouteKey } from './access.ts'
import { bySession, byToken, cookieNameOf, credentialsOf, type Who } from './auth/sessions.ts'
import { refuseUnverified } from './auth/guarded.ts'
import { isSame } from './auth/secrets.ts'
import type { ApiDeps } from './deps.ts'
import { invalid } from './errors.ts'
import { once } from './idempotency.ts'
import { isOwnRequest } from './origin.ts'
import { ApiError } from './problems.ts'
import { refuseWithoutScope, scopeOf } from './scopes.ts'
import { readUpload, type Upload } from './upload.ts'

/** What a handler gets: everything in it is checked. */
export interface Context<Query = unknown, Body = unknown> {
  readonly req: Request
  readonly res: Response
  /** The `:id` of the path: a UUID. Empty where the path has none. */
  readonly id: string
  readonly query: Query
  readonly body: Body
  /** The file that came, on a route that takes one. */
  readonly upload: Upload | null
  /** Who asks. Reading it on a public route is a mistake and throws. */
  readonly who: Who
}

type Output<S> = S extends z.ZodType ? z.output<S> : unknown

/** One route: what it takes, what it gives and what it does. Who may call it stands in `access.ts`. */
export interface EndpointOf<Q, B, A> {
  route: RouteKey
  /** For the documentation: what the caller gets out of it. */
  summary: string
  query?: Q
  body?: B
  answer?: A
  /** 200, or 204 where there is no `answer`. */
  status?: number
  /** Writes the response itself; for the documentation, the type of what it writes. */
  raw?: string
  /** Not kept for repeats under an Idempotency-Key, because its answer holds a secret. */
  isUnrepeatable?: boolean
  /** Takes a file beside JSON; it is not kept for repeats. */
  takesUpload?: boolean
  handle(context: Context<Output<Q>, Output<B>>): Promise<A extends z.ZodType ? z.output<A> : void>
}

export interface Endpoint {
  route: RouteKey
  summary: string
  query?: z.ZodType
  body?: z.ZodType
  answer?: z.ZodType
  status?: number
  raw?: string
  isUnrepeatable?: boolean
  takesUpload?: boolean
  handle(context: Context): Promise<unknown>
}

/** Ties the types of one route together. */
export function endpoint<
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined
>(definition: EndpointOf<Q, B, A>): Endpoint {
  // The schemas give exactly the types that `handle` takes; see `handlerOf`, the only caller.
  return definition as unknown as Endpoint
}

/** What a handler gives back that has written its response itself, against what its route usually does: a file asked for. */
export const written = undefined as never

/** The largest file that any route takes. */
const maxUploadBytes = 20 * 1024 ** 2
const parseBody = express.json({ limit: '1mb', strict: true })
const uuid = z.uuid()

/** Method and path of a route key. */
export function splitRoute(route: string): { method: string; path: string } {
  const [method = '', path = ''] = route.split(' ')
  return { method, path }
}

/** The Express handler of an endpoint: access, CSRF, body, query, Idempotency-Key, then the endpoint itself. */
export function handlerOf(definition: Endpoint, deps: ApiDeps): RequestHandler {
  const { route } = definition
  const rule = access[route]
  return async (req, res) => {
    const who = await admit(req, deps, rule, route)
    const sent = definition.takesUpload === true ? await readUpload(req, maxUploadBytes) : null
    if (!sent && !/^(GET|HEAD)$/.test(req.method)) await readBody(req, res)
    if (who) refuseUnverified(who, route, sent ? sent.fields : req.body)
    const context: Context = {
      req,
      res,
      id: idOf(req),
      query: parsed(definition.query, req.query),
      body: parsed(definition.body, sent ? sent.fields : req.body),
      upload: sent?.upload ?? null,
      get who() {
        if (!who) throw new ApiError('not_signed_in')
        return who
      }
    }
    res.set('Cache-Control', 'no-store')
    if (definition.raw !== undefined) {
      await definition.handle(context)
      return
    }
    const run = async () => {
      const answer = await definition.handle(context)
      if (deps.checkAnswers === true && !res.headersSent) checkAnswer(definition, answer)
      return { status: definition.status ?? (definition.answer ? 200 : 204), body: answer ?? null }
    }
    const isRepeatable = req.method === 'POST' && who !== null && !sent && definition.isUnrepeatable !== true
    const { status, body } = isRepeatable ? await once(deps.db, who.userId, req, res, run) : await run()
    if (res.headersSent) return
    if (!definition.answer) res.status(status).end()
    else res.status(status).json(body)
  }
}

/** An answer that breaks its contract is a fault of ours, never of whoever asked. */
function checkAnswer({ route, answer }: Endpoint, given: unknown): void {
  const checked = answer?.safeParse(given)
  if (checked?.success === false)
    throw new Error(`${route} answers against its contract`, { cause: checked.error })
}

async function admit(
  req: Request,
  deps: ApiDeps,
  rule: (typeof access)[RouteKey],
  route: RouteKey
): Promise<Who | null> {
  if (rule === 'public') return null
  if (rule === 'internal' && isPrivateAddress(req.ip ?? '')) return null
  const who = await identify(req, deps)
  try {
    refuseUnlessMay(req, who, rule, route)
  } catch (error) {
    // Somebody tries doors that are not theirs, or another site does so in their browser.
    if (error instanceof ApiError)
      deps.log.warn(
        { route, code: error.code, userId: who.userId, role: who.role, via: who.via },
        'a request was refused'
      )
    throw error
  }
  return who
}

/** @throws ApiError forbidden, scope_missing, wrong_origin, csrf_failed */
function refuseUnlessMay(req: Request, who: Who, rule: (typeof access)[RouteKey], route: RouteKey): void {
  if (rule !== 'internal' && !(rule as readonly string[]).includes(who.role)) throw new ApiError('forbidden')
  refuseWithoutScope(who.scopes, scopeOf(route))
  if (who.csrfToken === null || /^(GET|HEAD)$/.test(req.method)) return
  if (!isOwnRequest(req)) throw new ApiError('wrong_origin')
  const given = req.get('X-CSRF-Token')
  if (given === undefined || !isSame(given, who.csrfToken)) throw new ApiError('csrf_failed')
}

async function identify(req: Request, deps: ApiDeps): Promise<Who> {
  const { bearer, cookie } = credentialsOf(req, cookieNameOf(deps))
  if (bearer !== null) {
    const who = await byToken(deps.db, bearer)
    if (!who) throw new ApiError('bad_token')
    return who
  }
  const who = cookie === null ? null : await bySession(deps.db, cookie)
  if (!who) throw new ApiError('not_signed_in')
  return who
}

async function readBody(req: Request, res: Response): Promise<void> {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.get('Content-Length') ?? 0) > 0
  if (hasBody && !req.is('json')) throw new ApiError('json_expected')
  await new Promise<void>((resolve, reject) => {
    parseBody(req, res, (error?: unknown) => {
      if (error instanceof Error) reject(error)
      else resolve()
    })
  })
}

function idOf(req: Request): string {
  const id = req.params['id']
  if (id === undefined) return ''
  if (typeof id !== 'string' || !uuid.safeParse(id).success) throw new ApiError('not_found')
  return id.toLowerCase()
}

function parsed(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined
  const result = schema.safeParse(value ?? {})
  if (!result.success) throw invalid(result.error)
  return result.data
}

/** This machine, or a network that cannot be reached from the internet. */
function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '')
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/.test(
    plain
  )
}
