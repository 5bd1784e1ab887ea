import i18next from 'i18next'
import type en from '../i18n/en.ts'

/** A field of the journal in the reader's language: a column, or a filter. */
export const fieldLabel = (name: string): string =>
  i18next.t(`journalField.${name as keyof typeof en.journalField}`)

/** A code in the reader's language where we know it, else the code itself. */
export function knownWord(list: 'reason' | 'callType', word: string): string {
  return i18next.t(`${list}.${word}`, { defaultValue: word })
}
