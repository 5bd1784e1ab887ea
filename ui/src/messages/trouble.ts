import i18next, { type ParseKeys } from 'i18next'

/** What is wrong, in the reader's words, with what the other side said. */
export function troubleText(trouble: string, detail: string | null): string {
  const key: ParseKeys = `talks.trouble.${trouble as 'other'}`
  const words = i18next.t(i18next.exists(key) ? key : 'talks.trouble.other')
  return detail === null || detail === '' ? words : `${words} (${detail})`
}
