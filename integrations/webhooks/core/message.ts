import { renderHeader, renderJson, renderPlain, renderUrl } from './template.ts'
import type { Payload } from './payload.ts'
import { valueOf, type Facts } from './variables.ts'

export interface Field {
  name: string
  value: string
}

export type Body =
  /** In the query of the URL. */
  | { kind: 'query'; fields: readonly Field[] }
  | { kind: 'form'; fields: readonly Field[] }
  | { kind: 'json'; text: string }
  | { kind: 'none' }

/** What is sent when an event happens; several messages may stand for one event. */
export interface Message {
  event: string
  method: 'GET' | 'POST' | 'PUT'
  /** Empty: the address of the webhook. */
  url: string
  body: Body
  headers: readonly Field[]
  /** A variable without which there is no message: nobody wants to hear of a rating that was not given. */
  needs?: string | null | undefined
}

/** A webhook that speaks another system's language. */
export interface Template {
  /** Where it came from, for people; it may have been changed since. */
  preset: string | null
  messages: readonly Message[]
}

export interface Request {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
}

/** The template and a value together make no request. */
export class TemplateError extends Error {
  override name = 'TemplateError'
}

/** Names of headers, fields and parameters whose values open doors. */
export const isSecretName = (name: string): boolean =>
  /authorization|cookie|token|secret|password|passwd|api[-_]?key|access[-_]?key|x-auth|private/i.test(name)

/** What is shown instead of what nobody shall read. */
export const hidden = '•••'

/** Whether a message has what it needs in this payload. */
export function isNeeded({ needs }: Pick<Message, 'needs'>, payload: Payload): boolean {
  if (!needs) return true
  return valueOf(needs, { payload, ...nobody }) !== null
}

const nobody = { deliveryId: '', token: '', publicUrl: 'https://localhost', timeZone: 'UTC', operator: null }

/** The request that a message becomes. @throws TemplateError when a value would lead to another place */
export function render(message: Message, webhookUrl: string, facts: Facts): Request {
  const headers: Record<string, string> = {}
  for (const { name, value } of message.headers) headers[name.toLowerCase()] = renderHeader(value, facts)
  const url = urlOf(message.url === '' ? webhookUrl : message.url, message.url !== '', facts)
  const { body } = message
  if (body.kind === 'query') {
    for (const [name, value] of pairs(body.fields, facts)) url.searchParams.append(name, value)
  }
  const isForm = body.kind === 'form'
  const text = isForm
    ? new URLSearchParams(pairs(body.fields, facts)).toString()
    : body.kind === 'json'
      ? renderJson(body.text, facts)
      : null
  if (text !== null)
    headers['content-type'] ??= isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  return { method: message.method, url: url.href, headers, body: text }
}

const pairs = (fields: readonly Field[], facts: Facts): [string, string][] =>
  fields.map(({ name, value }) => [name, renderPlain(value, facts)])

/** A value such as `..` would walk up the path: then the number of its segments changes. */
function urlOf(source: string, isTemplate: boolean, facts: Facts): URL {
  if (!isTemplate) return new URL(source)
  const url = new URL(renderUrl(source, facts))
  const meant = new URL(source.replace(/\{\{[^{}]*\}\}/g, 'x'))
  const depth = ({ pathname }: URL): number => pathname.split('/').length
  if (url.origin !== meant.origin || depth(url) !== depth(meant))
    throw new TemplateError('a value leads to another place than the address of the message')
  return url
}
