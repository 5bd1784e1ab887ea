import type { Webhook } from '../../../api/contract/webhooks.ts'
import { conditionsOf, type Filter } from '../../../integrations/webhooks/core/filter.ts'
import type { Body, Field, Message, Template } from '../../../integrations/webhooks/core/message.ts'

/** A message as it is typed: fields and headers are lines. */
export interface MessageDraft {
  event: string
  method: Message['method']
  url: string
  kind: Body['kind']
  /** Lines `name=value`, or JSON. */
  text: string
  /** Lines `Name: value`. */
  headers: string
  needs: string | null
}

export interface WebhookDraft {
  name: string
  url: string
  events: string[]
  filter: Filter
  /** Null: our own format. */
  messages: MessageDraft[] | null
  preset: string | null
  /** Empty: as it is. */
  token: string
  noticeTo: string[]
  isActive: boolean
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

/** `name=value` or `Name: value`, whichever sign stands between. */
function fieldsOf(text: string, sign: '=' | ':'): Field[] {
  return lines(text).map((line) => {
    const at = line.indexOf(sign)
    return at < 0
      ? { name: line.trim(), value: '' }
      : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
  })
}

const textOf = (fields: readonly Field[], sign: '=' | ': '): string =>
  fields.map(({ name, value }) => name + sign + value).join('\n')

export function draftOfMessage({ event, method, url, body, headers, needs }: Message): MessageDraft {
  const text = body.kind === 'json' ? body.text : body.kind === 'none' ? '' : textOf(body.fields, '=')
  return { event, method, url, kind: body.kind, text, headers: textOf(headers, ': '), needs: needs ?? null }
}

export function messageOf({ event, method, url, kind, text, headers, needs }: MessageDraft): Message {
  const body: Body =
    kind === 'json' ? { kind, text } : kind === 'none' ? { kind } : { kind, fields: fieldsOf(text, '=') }
  return { event, method, url: url.trim(), body, headers: fieldsOf(headers, ':'), needs }
}

export const templateOf = ({ messages, preset }: WebhookDraft): Template | null =>
  messages && { preset, messages: messages.map(messageOf) }

export function draftOf(webhook: Webhook | null): WebhookDraft {
  return {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    events: webhook?.events ?? ['call.initiated', 'call.answered', 'call.ended'],
    filter: webhook?.filter ?? {},
    messages: webhook?.template?.messages.map(draftOfMessage) ?? null,
    preset: webhook?.template?.preset ?? null,
    token: '',
    noticeTo: webhook?.noticeTo ?? [],
    isActive: webhook?.isActive ?? true
  }
}

/** What is sent to the API. Whatever is typed of a token replaces the one that is there. */
export function bodyOf(draft: WebhookDraft): Record<string, unknown> {
  const { name, url, noticeTo, isActive, filter, token } = draft
  const template = templateOf(draft)
  const set = conditionsOf(filter)
  return {
    ...{ name, url, noticeTo, isActive, template },
    filter: set.length === 0 ? null : Object.fromEntries(set.map((key) => [key, filter[key]])),
    ...(template === null && { events: draft.events }),
    ...(token !== '' && { token })
  }
}

/** The events of a draft: those of its messages, where it has any. */
export const eventsOf = (draft: WebhookDraft): string[] => [
  ...new Set(draft.messages ? draft.messages.map(({ event }) => event) : draft.events)
]
