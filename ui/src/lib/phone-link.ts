import { numberIn } from './find.ts'

/** Schemes of links that may be opened here; browsers let sites take only those that begin with `web+`, and `tel`. */
export const linkSchemes = ['tel', 'web+tel'] as const
/** Where such links lead: the browser puts the whole link in place of `%s`. */
export const linkPath = '/call?to=%s'

/** The number of `tel:+7-916-111-22-33;ext=1`, or of a plain number; null when there is none. */
export function numberOfLink(link: string | null): string | null {
  const number = (link ?? '')
    .trim()
    .replace(/^(web\+)?tel:(\/\/)?/i, '')
    .split(/[;?,]/)[0]
  return number === undefined || number.length > 40 ? null : numberIn(safelyDecoded(number))
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign: then it is no number either.
    return text
  }
}
