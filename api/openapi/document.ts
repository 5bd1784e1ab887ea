import { OpenAPIRegistry, OpenApiGeneratorV31, zodToOpenAPIRegistry } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import { access } from '../access.ts'
import * as accessContract from '../contract/access.ts'
import * as calls from '../contract/calls.ts'
import { problem } from '../contract/common.ts'
import * as config from '../contract/config.ts'
import * as webhooks from '../contract/webhooks.ts'
import { trunk } from '../contract/trunks.ts'
import { splitRoute, type Endpoint } from '../endpoint.ts'
import { problems } from '../problems.ts'

/** Schemas that stand once under a name of their own. */
const named = {
  Problem: problem,
  User: config.user,
  Group: config.group,
  Trunk: trunk,
  Site: config.site,
  Source: config.source,
  Number: config.number,
  Scheme: config.scheme,
  SchemeBody: config.schemeBody,
  SchemeVersion: accessContract.schemeVersion,
  Contact: config.contact,
  Call: calls.call,
  CallWithLegs: calls.callWithLegs,
  CallLeg: calls.callLeg,
  TapeRow: calls.tapeRow,
  Webhook: webhooks.webhook,
  WebhookDelivery: webhooks.webhookDelivery,
  ApiToken: accessContract.apiToken,
  AuditEntry: accessContract.auditEntry,
  Health: config.health
}

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>

/** OpenAPI 3.1 of these endpoints. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): OpenApiDocument {
  for (const [refId, schema] of Object.entries(named)) {
    if (!zodToOpenAPIRegistry.has(schema)) zodToOpenAPIRegistry.add(schema, { _internal: { refId } })
  }
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'ringtrace'
  })
  for (const endpoint of endpoints) register(registry, endpoint)
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Ringtrace', version, description: introduction }
  })
  plainPatterns(document)
  return document
}

/**
 * The generator leaves the flags of an expression at its end, where they are letters like any other. JSON Schema reads
 * every pattern as one of Unicode; other flags it has none.
 */
function plainPatterns(part: object): void {
  for (const [key, value] of Object.entries(part) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) plainPatterns(value)
    else if (key === 'pattern' && typeof value === 'string') {
      const [, pattern, flags] = /^(.*\$)\/([a-z]+)$/.exec(value) ?? []
      if (pattern === undefined) continue
      if (flags !== 'u') throw new Error(`The document cannot say the flags of ${value}`)
      Object.assign(part, { pattern })
    }
  }
}

const introduction = [
  'Lists answer `{ items, nextCursor }` and take `cursor`, `limit` and a whitelisted `sort`.',
  'Errors are `application/problem+json` with a stable `code`.',
  'Machines send `Authorization: Bearer <API token>`; browsers send their session cookie and, with every change, `X-CSRF-Token`.',
  'A POST takes an `Idempotency-Key`: a repeat gets the first answer and does nothing.',
  'A PATCH of a thing takes `If-Match: "<its updatedAt>"`: 409 `changed_meanwhile` when somebody saved it since, with',
  'what stands there now in `current.item`.',
  '',
  'Codes: ' +
    Object.entries(problems)
      .map(([code, [status]]) => `\`${code}\` (${status})`)
      .join(', ') +
    '.'
].join('\n')

const rawType = (raw: string): 'object' | 'string' => (raw.includes('json') ? 'object' : 'string')

function register(registry: OpenAPIRegistry, endpoint: Endpoint): void {
  const { method, path } = splitRoute(endpoint.route)
  const rule = access[endpoint.route]
  const status = String(endpoint.status ?? ((endpoint.answer ?? endpoint.raw) ? 200 : 204))
  const content = endpoint.answer
    ? { content: { 'application/json': { schema: endpoint.answer } } }
    : endpoint.raw !== undefined
      ? { content: { [endpoint.raw]: { schema: { type: rawType(endpoint.raw) } } } }
      : {}
  const roles = typeof rule === 'string' ? rule : rule.join(', ')
  const query = endpoint.query instanceof z.ZodObject ? { query: endpoint.query } : {}
  const params = path.includes(':id') ? { params: z.object({ id: z.uuid() }) } : {}
  const headers =
    method === 'POST' && rule !== 'public' && endpoint.isUnrepeatable !== true
      ? { headers: z.object({ 'Idempotency-Key': z.string().max(200).optional() }) }
      : {}
  const forms =
    endpoint.takesUpload === true && endpoint.body instanceof z.ZodObject
      ? {
          'multipart/form-data': {
            schema: endpoint.body.extend({ file: z.string().meta({ format: 'binary' }) })
          }
        }
      : {}
  const body = endpoint.body
    ? { body: { required: true, content: { 'application/json': { schema: endpoint.body }, ...forms } } }
    : {}
  registry.registerPath({
    method: method.toLowerCase() as 'get',
    path: path.replace(/[:*](\w+)/g, '{$1}'),
    summary: endpoint.summary,
    description: `For: ${roles}.`,
    tags: [path.split('/')[2] ?? 'metrics'],
    ...(rule === 'public' ? {} : { security: [{ token: [] }, { session: [] }] }),
    request: { ...query, ...params, ...headers, ...body },
    responses: {
      [status]: { description: 'Done', ...content },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: problem } }
      }
    }
  })
}
