import i18next from 'i18next'
import type en from '../i18n/en.ts'

/** Why a number is not dialled, as a sentence that says what to do: the policy's codes are problems of the API too. */
export function refusalWord(reason: string): string {
  return i18next.exists(`problems.${reason}`)
    ? i18next.t(`problems.${reason as keyof typeof en.problems}`, { seconds: 30 })
    : reason
}

/** Why nobody took a transfer; a refused number says so in the policy's words. */
export function transferReason(reason: string | null): string {
  if (reason === null) return ''
  return i18next.exists(`transfer.reason.${reason}`)
    ? i18next.t(`transfer.reason.${reason as keyof typeof en.transfer.reason}`)
    : refusalWord(reason)
}
