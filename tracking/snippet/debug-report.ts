import type { Inside } from './parts.ts'
import type { Written } from './swap.ts'

/** Where a number of the site stands in the page, and what became of it. */
export interface Found {
  text: string
  where: string
  group: string
  what: 'swapped' | 'skipped' | 'waiting'
  /** Of a skipped one: why. */
  why: string
}
export interface Verdict {
  rule: string
  touch: {
    inquiryChannel: string
    source: string
    medium: string
    campaign: string | null
    keyword: string | null
  }
  current: Verdict['touch']
  isNewVisit: boolean
  path: string
  isOwnAddress: boolean
  groups: { group: string; pools: { name: string; mode: string; isChosen: boolean; misses: string[] }[] }[]
  held: { group: string; pool: string; e164: string; until: string }[]
}
export interface Report {
  url: string
  referrer: string
  visitor: string | null
  visit: string | null
  consent: 'notNeeded' | 'given' | 'missing'
  state: string | null
  verdict: Verdict | null
  numbers: { group: string; formatted: string; kind: string }[]
  found: Found[]
  faults: string[]
}

const mostFound = 200
const between = '[\\s\\u00a0().\\-\\u2010-\\u2015]{0,3}'

/** All that the snippet sees and does on a page. */
export async function makeReport(inside: Inside, token: string): Promise<Report> {
  const { check, ids, numbers, state, faults, needsConsent, hasConsent } = inside
  const url = inside.here()
  const referrer = check?.referrer ?? document.referrer
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const asked = {
    token,
    url,
    referrer: referrer || null,
    zone,
    visitor: check ? null : (ids?.visitor ?? null)
  }
  const response = await inside.send('explain', asked)
  const verdict = response?.ok ? ((await response.json()) as Verdict) : null
  const found = inside.groups.flatMap(({ name, replaces }) =>
    replaces.flatMap((one) => findIn(inside, name, one))
  )
  return {
    ...{ url, referrer, verdict, state },
    visitor: check ? null : (ids?.visitor ?? null),
    visit: check ? null : (ids?.visit ?? null),
    consent: !needsConsent ? 'notNeeded' : hasConsent ? 'given' : 'missing',
    numbers: numbers.map(({ group, formatted, kind }) => ({ group, formatted, kind })),
    found: found.slice(0, mostFound),
    faults: [
      ...Object.entries(faults).flatMap(([path, status]) => (status === 0 ? [] : [`${path} ${status}`])),
      ...(response?.ok ? [] : [`explain ${response?.status ?? -1}`])
    ]
  }
}

function findIn({ numbers, originals }: Inside, group: string, { digits, national }: Written): Found[] {
  const own = digits.slice(-national)
  const pattern = new RegExp(`(?<!\\d)(?:\\+?\\d${between})?${own.split('').join(between)}(?!\\d)`)
  const shown = numbers.find((one) => one.group === group)
  const result: Found[] = []
  const found = (node: Node, text: string, isSwapped: boolean): void => {
    const element = node instanceof Element ? node : node.parentElement
    const why = isSwapped ? '' : whyNot(element)
    const what = isSwapped ? 'swapped' : why ? 'skipped' : 'waiting'
    const reason = what === 'waiting' && !shown ? 'noNumber' : why
    result.push({ text: text.trim().slice(0, 80), where: placeOf(element), group, what, why: reason })
  }
  originals.forEach((before, node) => {
    if (!node.isConnected) return
    const isLink = node instanceof HTMLAnchorElement
    if (pattern.test(before) || (isLink && before.replace(/\D/g, '').endsWith(own))) found(node, before, true)
  })
  const walker = document.createTreeWalker(
    document.documentElement,
    NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT
  )
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node instanceof Text) {
      if (!originals.has(node) && pattern.test(node.data)) found(node, node.data, false)
    } else if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) {
      if (pattern.test(node.value) && node instanceof HTMLInputElement) found(node, node.value, false)
    } else if (node instanceof HTMLAnchorElement && !originals.has(node)) {
      const href = node.getAttribute('href') ?? ''
      if (href.replace(/\D/g, '').includes(own)) found(node, href, false)
    }
  }
  return result
}

/** Why a number in that place is never touched; empty when it should have been. */
function whyNot(element: Element | null): string {
  if (!element) return ''
  if (element.closest('[data-vpbx-noswap]')) return 'noswap'
  const tag = element.closest('script,style,noscript,template')?.tagName.toLowerCase()
  if (tag === 'script' && /json/.test(element.getAttribute('type') ?? '')) return 'data'
  if (tag) return 'code'
  if (element.closest('textarea,input,select')) return 'input'
  if (element.closest('[contenteditable=""],[contenteditable=true]')) return 'editable'
  const href = element.closest('a')?.getAttribute('href') ?? ''
  return element instanceof HTMLAnchorElement && href && !/^tel:/i.test(href) ? 'messenger' : ''
}

function placeOf(element: Element | null): string {
  if (!element) return ''
  const id = element.getAttribute('id')
  const className = element.getAttribute('class')?.trim().split(/\s+/)[0]
  return (element.tagName.toLowerCase() + (id ? `#${id}` : className ? `.${className}` : '')).slice(0, 60)
}
