/** Where a carrier may write the number that was called, in the words of the API. */
export const numberHeaders = ['ruri', 'to', 'diversion', 'pCalledPartyId', 'historyInfo'] as const
export type NumberHeader = (typeof numberHeaders)[number]

/** How a trunk's numbers are read. */
export interface NumberReading {
  /** The surest first. */
  from: readonly NumberHeader[]
  /** Digits of the carrier's own that stand before the number. */
  strip: string
}

export const usualReading: NumberReading = { from: ['ruri'], strip: '' }

/** What the INVITE said; `ruri` is the user part alone, the others are whole headers. */
export type Heard = Partial<Record<NumberHeader, string>>

/** Reads the headers that the dialplan hands over: `to=…&diversion=…`, percent-encoded. */
export function heardHeaders(ruri: string, text: string): Heard {
  const found = new URLSearchParams(text)
  const heard: Heard = { ruri }
  for (const name of numberHeaders) {
    const value = name === 'ruri' ? null : found.get(name)
    if (value) heard[name] = value
  }
  return heard
}

/**
 * The number that was called. Of the places in their order the first that names a number of ours counts; when none
 * does, the first that names any number, so that the journal tells what was dialled.
 * @param toE164 reads a number by the rules of the trunk's country; null when it is none
 */
export function numberCalled(
  heard: Heard,
  reading: NumberReading,
  toE164: (raw: string) => string | null,
  isOurs: (e164: string) => boolean
): string {
  let other: string | null = null
  for (const name of reading.from) {
    const user = name === 'ruri' ? (heard.ruri ?? '') : userIn(heard[name] ?? '')
    const e164 = user === '' ? null : toE164(withoutPrefix(user, reading.strip))
    if (e164 === null) continue
    if (isOurs(e164)) return e164
    other ??= e164
  }
  return other ?? heard.ruri ?? ''
}

const withoutPrefix = (user: string, strip: string): string =>
  strip !== '' && user.startsWith(strip) ? user.slice(strip.length) : user

/**
 * The user part of the first address in a header: `"Shop" <sip:+7495…@host;user=phone>;reason=…, <…>` → `+7495…`.
 * Of Diversion that is the last who diverted, of History-Info the one who was called first: the number that people dial.
 */
export function userIn(header: string): string {
  // A display name may hold anything, brackets included.
  const bare = header.replace(/"(?:[^"\\]|\\.)*"/g, '')
  const address = /<([^<>]*)>/.exec(bare)?.[1] ?? bare.split(/[,;]/)[0] ?? ''
  const [, scheme = '', rest = ''] = /^\s*(sips?|tel):(.*)$/i.exec(address) ?? []
  if (scheme === '') return ''
  const at = rest.indexOf('@')
  // A host alone names nobody.
  if (scheme.toLowerCase() !== 'tel' && at === -1) return ''
  const user = (at === -1 ? rest : rest.slice(0, at)).split(/[;:?]/)[0] ?? ''
  try {
    return decodeURIComponent(user).trim()
  } catch {
    return user.trim()
  }
}
