import type { TFunction } from 'i18next'
import { ApiError } from '../lib/api.ts'

const faults = [
  'not_a_document',
  'damaged',
  'too_large',
  'macros',
  'external',
  'placeholders',
  'protected',
  'scripts',
  'attachments',
  'no_fields',
  'too_many_lines',
  'too_slow',
  'busy'
] as const
const places = [
  'unknown_placeholder',
  'unclosed_placeholder',
  'unopened_placeholder',
  'unclosed_section',
  'unopened_section',
  'only_in_lines',
  'bad_placeholder',
  'not_a_text_field',
  'line_number_missing'
] as const
const parts = ['body', 'header', 'footer', 'other'] as const

/** Why a document cannot be a template, a line each: what is wrong, where, and the words around it. Empty: another error. */
export function refusalLines(error: unknown, t: TFunction): string[] {
  if (!(error instanceof ApiError) || error.problem.code !== 'template_refused') return []
  const fault = faults.find((each) => each === error.problem.detail) ?? 'damaged'
  const errors = error.problem.errors ?? []
  if (fault !== 'placeholders' || errors.length === 0) return [t(`documents.fault.${fault}`)]
  return errors.map(({ path, message, code }) => {
    const [part = '', paragraph = '0', ...placeholder] = path.split('/')
    const place = places.find((each) => each === code) ?? 'bad_placeholder'
    const at = placeOf(part, paragraph, t)
    const said = t(`documents.place.${place}`, {
      placeholder: placeholder.join('/'),
      interpolation: { escapeValue: false }
    })
    return `${said}${at}${message ? `: «${message}»` : ''}`
  })
}

function placeOf(part: string, number: string, t: TFunction): string {
  if (part === 'page') return number === '0' ? '' : ` ${t('documents.onPage', { page: number })}`
  const where = t(`documents.part.${parts.find((each) => each === part) ?? 'other'}`)
  return ` ${number === '0' ? where : t('documents.at', { part: where, paragraph: number })}`
}
