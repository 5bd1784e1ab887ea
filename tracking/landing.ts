/** What the address of a landing page says of the click that led there. */
export interface Landing {
  readonly host: string
  readonly path: string
  /** `source`, `medium`, `campaign`, `term`, `content` and whatever other `utm_…` there is. */
  readonly utm: Readonly<Record<string, string>>
  readonly clickIds: Readonly<Record<string, string>>
  readonly openstat: { service: string; campaign: string; ad: string; place: string } | null
  readonly roistat: string | null
  readonly from: string | null
}

export const clickIdNames = ['gclid', 'gbraid', 'wbraid', 'yclid', 'ymclid', 'fbclid', 'msclkid'] as const

/** Longer than any mark that people or advertising systems write. */
const longestMark = 300
const mostMarks = 30

/** Reads an address; null when it is none of the web. */
export function landingOf(url: string): Landing | null {
  if (!URL.canParse(url)) return null
  const { protocol, hostname, pathname, searchParams, hash } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return null
  const utm: Record<string, string> = {}
  const clickIds: Record<string, string> = {}
  const rest: { openstat?: string; roistat?: string; from?: string } = {}
  let count = 0
  // Some sites keep their marks behind the `#`.
  const all = [
    ...searchParams,
    ...new URLSearchParams(hash.includes('=') ? hash.replace(/^#[^?]*\?|^#/, '') : '')
  ]
  for (const [rawName, rawValue] of all) {
    const name = rawName.toLowerCase()
    const value = clean(rawValue)
    if (value === '' || (count += 1) > mostMarks) continue
    if (/^utm_[a-z_]{1,30}$/.test(name)) utm[name.slice(4)] ??= value
    else if ((clickIdNames as readonly string[]).includes(name)) clickIds[name] ??= value
    else if (name === '_openstat' || name === 'openstat') rest.openstat ??= value
    else if (name === 'roistat') rest.roistat ??= value
    else if (name === 'from') rest.from ??= value
  }
  return {
    host: hostname.toLowerCase(),
    path: pathname,
    utm,
    clickIds,
    openstat: rest.openstat === undefined ? null : openstatOf(rest.openstat),
    roistat: rest.roistat ?? null,
    from: rest.from ?? null
  }
}

/** The host of an address, in lower case; of an `android-app://` referrer, the app. Null when there is none. */
export function hostOf(url: string | null): string | null {
  if (url === null || url === '' || !URL.canParse(url)) return null
  const { protocol, hostname } = new URL(url)
  if (!['http:', 'https:', 'android-app:'].includes(protocol) || hostname === '') return null
  return hostname.toLowerCase()
}

/** @param ownHosts domains as admins write them: `окна.рф`, `www.okna.ru` */
export function isOwnHost(host: string, ownHosts: readonly string[], isIsolated = false): boolean {
  const plain = host.replace(/^www\./, '')
  return ownHosts.some((own) => {
    const domain = (hostOf(`http://${own}`) ?? own.toLowerCase()).replace(/^www\./, '')
    return plain === domain || (!isIsolated && plain.endsWith(`.${domain}`))
  })
}

/** `service;campaign;ad;place`, plain or in base64. */
function openstatOf(text: string): Landing['openstat'] {
  const plain = text.includes(';') ? text : fromBase64(text)
  const [service = '', campaign = '', ad = '', place = ''] = plain.split(';').map((part) => clean(part))
  return service === '' && campaign === '' ? null : { service, campaign, ad, place }
}

function fromBase64(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('*', '=')
  if (!/^[A-Za-z0-9+/]+=*$/.test(plain)) return ''
  try {
    const bytes = Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    // A mark that is no base64 after all says nothing.
    return ''
  }
}

/** Text from a stranger: control characters out, and an end to it. */
export function clean(text: string, longest = longestMark): string {
  // Cut first: the cut may fall into the middle of a character, whose half no database takes.
  return text.slice(0, longest).replace(unwanted, '').trim()
}

const unwanted =
  /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
