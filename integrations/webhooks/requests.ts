import {
  hidden,
  isSecretName,
  render,
  TemplateError,
  type Message,
  type Request,
  type Template
} from './core/message.ts'
import type { Payload } from './core/payload.ts'
import type { Facts } from './core/variables.ts'
import { storable } from './storable.ts'

/** What a request is made of: a delivery and its webhook as it is now. */
export interface Wanted {
  id: string
  url: string
  payload: Payload
  /** Which message of the template. */
  part: number
  template: Template | null
  token: string
}

/**
 * The request of a delivery, and the same as the log shows it: what is secret never gets there. Made anew for each attempt, so
 * that a corrected template serves what failed before, too.
 * @throws TemplateError when the template has no such message any more, or a value leads elsewhere
 */
export function requestOf(
  wanted: Wanted,
  facts: Pick<Facts, 'publicUrl' | 'timeZone' | 'operator'>
): { request: Request; shown: Request } {
  const { id, url, payload, template, token } = wanted
  if (template === null) {
    const request: Request = {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload)
    }
    // The payload stands in the delivery already.
    return { request, shown: { ...request, url: shownUrl(url), body: null } }
  }
  const message = template.messages[wanted.part]
  if (message?.event !== payload.type)
    throw new TemplateError('the template has no message for this event any more')
  const all = { ...facts, payload, deliveryId: id }
  const shown = render(withoutSecrets(message), url, { ...all, token: token === '' ? '' : hidden })
  return {
    request: render(message, url, { ...all, token }),
    shown: { ...shown, url: shownUrl(shown.url), body: shown.body?.slice(0, 20_000) ?? null }
  }
}

/** Fields may hold a secret as it stands, where people do not use `{{token}}`. */
function withoutSecrets(message: Message): Message {
  const { body } = message
  if (body.kind !== 'form' && body.kind !== 'query') return message
  const fields = body.fields.map(({ name, value }) => ({
    name,
    value: isSecretName(name) && value !== '' ? hidden : value
  }))
  return { ...message, body: { ...body, fields } }
}

/** Headers for the log: whatever opens doors is hidden, and long ones are cut. */
export function shownHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>
): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers).slice(0, 60)) {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
    shown[storable(name)] = isSecretName(name) ? hidden : storable(text.slice(0, 500))
  }
  return shown
}

/** A URL for the log: without a password, and without what its query calls a secret. */
export function shownUrl(text: string): string {
  const url = new URL(text)
  if (url.password !== '') url.password = 'hidden'
  for (const name of new Set(url.searchParams.keys())) {
    if (isSecretName(name) && url.searchParams.get(name) !== '') url.searchParams.set(name, hidden)
  }
  return storable(url.href).slice(0, 2000)
}
