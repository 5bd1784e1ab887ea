import { knownHost } from './engines.ts'
import type { inquiryChannels } from './inquiry-channels.ts'

export type InquiryChannel = (typeof inquiryChannels)[number]

const byMedium: readonly [pattern: RegExp, channel: InquiryChannel][] = [
  [/^(cpc|ppc|cpv|cpa-?search|paid.*|.*[-_]paid|sem|adwords|direct-?ads|context|ads?)$/, 'paid'],
  [/^(display|banner|cpm|media|mediynaya|retargeting|remarketing|video|programmatic|push)$/, 'display'],
  [/^(affiliates?|partners?|cpa|cpl|cps)$/, 'affiliate'],
  [/^(e-?mail|newsletter|mailing|rassylka|mail)$/, 'email'],
  [/^(messengers?|telegram|whatsapp|viber|max|sms|chat|bot)$/, 'messenger'],
  [/^(social([-_ ]?(network|media))?|smm?|sm|post|stories|community)$/, 'social'],
  [/^(organic|seo)$/, 'organic'],
  [/^(referral|link|article|pr)$/, 'referral'],
  [/^(recommendation|recommend|friend|word[-_]?of[-_]?mouth)$/, 'recommendation'],
  [/^(internal|site)$/, 'internal'],
  [/^(offline|qr([-_]?code)?|print|flyer|radio|tv|outdoor|billboard|leaflet)$/, 'offline']
]

/** Sources as people write them in `utm_source`, where the medium says nothing. */
const bySource: readonly [pattern: RegExp, channel: InquiryChannel][] = [
  [/^(vk|vkontakte|facebook|fb|instagram|ig|ok|odnoklassniki|dzen|zen|youtube|tiktok|linkedin)$/, 'social'],
  [/^(telegram|tg|whatsapp|wa|viber|sms)$/, 'messenger'],
  [/^(newsletter|e-?mail|unisender|sendpulse|mailchimp)$/, 'email'],
  [/^(qr|flyer|radio|tv|print)$/, 'offline']
]

/**
 * The channel that a link's marks stand for.
 * @param medium `utm_medium`, or `(not set)`
 * @param source `utm_source` in lower case
 * @param isPaidClick an advertising system put its click id in
 */
export function channelOfMedium(medium: string, source: string, isPaidClick: boolean): InquiryChannel {
  const plain = medium.trim().toLowerCase()
  const found = byMedium.find(([pattern]) => pattern.test(plain))
  if (found) return found[1]
  if (isPaidClick) return 'paid'
  const bySite = bySource.find(([pattern]) => pattern.test(source))
  if (bySite) return bySite[1]
  const known = knownHost(source)
  if (known?.kind === 'social' || known?.kind === 'email' || known?.kind === 'messenger') return known.kind
  return 'unknown'
}
