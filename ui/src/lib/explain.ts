import i18next from 'i18next'
import { ApiError } from './api.ts'
import type en from '../i18n/en.ts'
import { fieldWord } from './field-words.ts'

type Known = keyof typeof en.problems

/** Codes whose detail names what only the server knows: which value clashes, why nobody answers. */
const withDetail = [
  'already_exists',
  'demo_call_failed',
  'unknown_reference',
  'scheme_invalid',
  'list_not_ready',
  'audio_too_long',
  'foreign_system'
]

/** What uses a thing, out of the server's English sentence, with the kinds in the reader's words. */
function users(detail: string): string {
  const listed = /used by (.+?)\.?$/.exec(detail)?.[1] ?? detail
  return listed.replace(
    /\b(number|scheme|group|user|trunk|source|site)s?\b/g,
    (_, kind: keyof typeof en.usedBy) => i18next.t(`usedBy.${kind}`)
  )
}

/** What went wrong and what to do, in the user's language. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const { code, detail, title } = error.problem
  if (!i18next.exists(`problems.${code}`)) return detail ?? title
  const text = i18next.t(`problems.${code as Known}`, { seconds: error.retryAfterSeconds ?? 30 })
  if (code === 'in_use') return `${text} ${users(detail ?? '…')}`
  return detail && withDetail.includes(code) ? `${text} ${detail}` : text
}

/** The server's words about each field of a form, by the field's path. */
export function fieldErrors(error: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  if (error instanceof ApiError) {
    for (const each of error.problem.errors ?? []) found[each.path] ??= fieldWord(each)
  }
  return found
}
