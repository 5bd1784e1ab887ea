import { channelOfMedium } from './channels.ts'
import { knownHost } from './engines.ts'
import type { InquiryChannel } from './channels.ts'
import { hostOf, isOwnHost, landingOf, type clickIdNames, type Landing } from './landing.ts'

/** Where a visit came from. */
export interface Touch {
  readonly inquiryChannel: InquiryChannel
  /** `google`, `yandex`, a site's host, `(direct)`. */
  readonly source: string
  /** `cpc`, `organic`, `referral`, `(none)` … as written in the link, where it was. */
  readonly medium: string
  readonly campaign: string | null
  /** The keyword: `utm_term`, or what a search engine still tells. */
  readonly keyword: string | null
  readonly content: string | null
  readonly utm: Readonly<Record<string, string>>
  readonly clickIds: Readonly<Record<string, string>>
}

/** What the visitor was doing before this page; null for a newcomer. */
export interface Before {
  /** The source that stands for the visitor now: the last that was not direct. */
  readonly touch: Touch
  /** When the visitor was last seen. Unix ms, our clock. */
  readonly seenMs: number
}

export interface Classified {
  /** Which rule spoke: `kept` means that nothing new was found and the present source stands. */
  readonly rule: 'campaign' | 'organic' | 'referral' | 'direct' | 'kept'
  /** Of this arrival itself. */
  readonly touch: Touch
  /** The source that stands for the visitor from now on; direct never overrides another one. */
  readonly current: Touch
  /** A visit begins: a new source, or half an hour of silence. */
  readonly isNewVisit: boolean
}

/** After this long without a sign a visit is over. */
export const sessionMs = 30 * 60_000

/** A Before for somebody who was never here. */
export const direct: Touch = {
  inquiryChannel: 'direct',
  source: '(direct)',
  medium: '(none)',
  campaign: null,
  keyword: null,
  content: null,
  utm: {},
  clickIds: {}
}

/**
 * Classifies a page view by its address and referrer. In this order, the first that speaks decides:
 * marks in the address (utm, click ids, `from`, `_openstat`, `roistat`); a search engine; a foreign host, unless a
 * visit is open (the way back from a bank or a mailbox is no new source); nothing and no past: direct; else the
 * present source stays.
 * @param ownHosts the site's hosts; they and everything below them are no referrers
 * @param isIsolated subdomains count as foreign sites
 */
export function classify(
  page: { url: string; referrer: string | null },
  site: { ownHosts: readonly string[]; isIsolated?: boolean },
  before: Before | null,
  atMs: number
): Classified {
  const landing = landingOf(page.url)
  const isOpen = before !== null && atMs - before.seenMs < sessionMs
  const referrer = hostOf(page.referrer)
  const isForeign = referrer !== null && !isOwnHost(referrer, site.ownHosts, site.isIsolated === true)

  const campaign = landing && campaignOf(landing, isForeign ? referrer : null)
  // The same marked address again within a visit is the same click: a reload, or a page kept open.
  if (campaign) {
    const isSame = isOpen && before !== null && sameTouch(campaign, before.touch)
    if (isSame) return { rule: 'kept', touch: before.touch, current: before.touch, isNewVisit: false }
    return { rule: 'campaign', touch: campaign, current: campaign, isNewVisit: true }
  }
  const organic = isForeign ? organicOf(referrer, page.referrer) : null
  if (organic) {
    const isSame = isOpen && before !== null && sameTouch(organic, before.touch)
    if (isSame) return { rule: 'kept', touch: before.touch, current: before.touch, isNewVisit: false }
    return { rule: 'organic', touch: organic, current: organic, isNewVisit: true }
  }
  if (isForeign && !isOpen) {
    const touch = referralOf(referrer)
    return { rule: 'referral', touch, current: touch, isNewVisit: true }
  }
  if (before === null) return { rule: 'direct', touch: direct, current: direct, isNewVisit: true }
  if (isOpen) return { rule: 'kept', touch: before.touch, current: before.touch, isNewVisit: false }
  return { rule: 'direct', touch: direct, current: before.touch, isNewVisit: true }
}

function sameTouch(a: Touch, b: Touch): boolean {
  const flat = ({ source, medium, campaign, keyword, content, clickIds }: Touch): string =>
    JSON.stringify([source, medium, campaign, keyword, content, Object.entries(clickIds).sort()])
  return flat(a) === flat(b)
}

/** Who puts which click id into addresses. `fbclid` hangs on every link that leaves Facebook, paid or not. */
const clickIdSources: readonly [name: (typeof clickIdNames)[number], source: string, medium: string][] = [
  ['gclid', 'google', 'cpc'],
  ['gbraid', 'google', 'cpc'],
  ['wbraid', 'google', 'cpc'],
  ['yclid', 'yandex', 'cpc'],
  ['ymclid', 'yandex', 'cpc'],
  ['msclkid', 'bing', 'cpc'],
  ['fbclid', 'facebook', 'social']
]

function campaignOf(landing: Landing, referrer: string | null): Touch | null {
  const { utm, clickIds, openstat, roistat, from } = landing
  const byClick = clickIdSources.find(([name]) => clickIds[name] !== undefined)
  const [, clickSource, clickMedium] = byClick ?? [undefined, null, null]
  const known = referrer === null ? null : knownHost(referrer)
  const common = { content: utm['content'] ?? null, utm, clickIds }

  if (Object.keys(utm).length > 0 || byClick) {
    const source = (utm['source'] ?? clickSource ?? known?.source ?? referrer ?? '(not set)').toLowerCase()
    const medium = utm['medium'] ?? clickMedium ?? '(not set)'
    const isPaidClick = clickMedium === 'cpc'
    return {
      ...common,
      inquiryChannel: channelOfMedium(medium, source, isPaidClick),
      source,
      medium,
      campaign: utm['campaign'] ?? null,
      keyword: utm['term'] ?? null
    }
  }
  if (openstat) {
    const { service, campaign, ad, place } = openstat
    return {
      ...common,
      inquiryChannel: 'paid',
      source: service.toLowerCase() || '(not set)',
      medium: 'cpc',
      campaign: campaign || null,
      keyword: null,
      content: [ad, place].filter((part) => part !== '').join(' ') || null
    }
  }
  if (roistat !== null) {
    const [source = '', campaign, ...rest] = roistat.split('_')
    return {
      ...common,
      inquiryChannel: 'paid',
      source: source.toLowerCase() || '(not set)',
      medium: 'cpc',
      campaign: campaign ?? null,
      keyword: rest.length > 0 ? rest.join('_') : null
    }
  }
  if (from === null) return null
  const medium = '(not set)'
  const source = from.toLowerCase()
  return {
    ...common,
    inquiryChannel: channelOfMedium(medium, source, false),
    source,
    medium,
    campaign: null,
    keyword: null
  }
}

function organicOf(host: string, referrer: string | null): Touch | null {
  const known = knownHost(host)
  if (known?.kind === 'ads') {
    return { ...direct, inquiryChannel: 'paid', source: known.source, medium: 'cpc' }
  }
  if (known?.kind !== 'search') return null
  return {
    ...direct,
    inquiryChannel: 'organic',
    source: known.source,
    medium: 'organic',
    keyword: searchedFor(referrer)
  }
}

/** Most engines keep the query to themselves now; some still tell. */
function searchedFor(referrer: string | null): string | null {
  if (referrer === null || !URL.canParse(referrer)) return null
  const { searchParams } = new URL(referrer)
  for (const name of ['q', 'text', 'query', 'p', 'wd']) {
    const words = searchParams.get(name)?.trim()
    if (words) return words.slice(0, 200)
  }
  return null
}

function referralOf(host: string): Touch {
  const known = knownHost(host)
  const source = known?.source ?? host.replace(/^www\./, '')
  switch (known?.kind) {
    case 'social':
      return { ...direct, inquiryChannel: 'social', source, medium: 'social' }
    case 'email':
      return { ...direct, inquiryChannel: 'email', source, medium: 'email' }
    case 'messenger':
      return { ...direct, inquiryChannel: 'messenger', source, medium: 'messenger' }
    default:
      return { ...direct, inquiryChannel: 'referral', source, medium: 'referral' }
  }
}
