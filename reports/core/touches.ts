/** By what something came. Empty text: not given. */
export interface Path {
  readonly inquiryChannel: string
  readonly source: string
  readonly medium: string
  readonly campaign: string
  readonly keyword: string
}

/** One thing that a model may give a share to. */
export interface Touch {
  readonly atMs: number
  readonly isDirect: boolean
  readonly path: Path
}

/** A call, form or callback whose touches are asked for. */
export interface Subject {
  readonly atMs: number
  /** How long it may follow a visit. */
  readonly windowMs: number
  /** Its own source, where it has one: of the number that was called. */
  readonly own: Path | null
}

/** Paths are compared by these many characters of each text. */
export const longestText = 300
/** More touches than a person makes: only the newest count. */
export const mostTouches = 500

/** The path of something that nobody knows the way of; shown openly. */
export const unknownPath: Path = {
  inquiryChannel: 'unknown',
  source: '',
  medium: '',
  campaign: '',
  keyword: ''
}

type Given = { readonly [K in keyof Path]: string | null }

/** Null when neither channel nor source is given. */
export function pathOf(given: Given): Path | null {
  if ((given.inquiryChannel ?? '') === '' && (given.source ?? '') === '') return null
  return {
    inquiryChannel:
      given.inquiryChannel === null || given.inquiryChannel === '' ? 'unknown' : given.inquiryChannel,
    source: cut(given.source),
    medium: cut(given.medium),
    campaign: cut(given.campaign),
    keyword: cut(given.keyword)
  }
}

// By characters, not by halves of them: the database cuts likewise.
const cut = (text: string | null): string =>
  text === null || text.length <= longestText ? (text ?? '') : [...text].slice(0, longestText).join('')

/** The one text that stands for a path. */
export const pathKey = ({ inquiryChannel, source, medium, campaign, keyword }: Path): string =>
  [inquiryChannel, source, medium, campaign, keyword].join('\u001f')

/**
 * What led to it: the visits before it inside the window; without any its own source; without that, nothing known.
 * Never empty.
 * @param web visits of the client, in any order
 */
export function touchesOf(subject: Subject, web: readonly Touch[]): Touch[] {
  const { atMs, windowMs, own } = subject
  const counted = web
    .filter((touch) => touch.atMs <= atMs && atMs - touch.atMs <= windowMs)
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(-mostTouches)
  return counted.length > 0 ? counted : [{ atMs, isDirect: false, path: own ?? unknownPath }]
}
