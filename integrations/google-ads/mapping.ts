import { createHash } from 'node:crypto'
import type { ContactFacts, DealFacts, InquiryFacts } from '../connectors/crm-facts.ts'
import type { CallFacts } from '../connectors/facts.ts'
import { hearsNothing, type Mapping, type Next, type Telling, type World } from '../connectors/kind.ts'
import type { PathFacts } from '../connectors/path.ts'
import type { GoogleAdsSettings } from './settings.ts'

/** A stage chosen by mistake is mostly taken back within this time. */
export const regretMs = 2 * 60_000
/** Google joins nothing to a click that is older. */
export const oldestMs = 90 * 24 * 3600_000

const settingsOf = ({ settings }: World): GoogleAdsSettings => settings as GoogleAdsSettings

interface Conversion {
  /** Google takes each order once. */
  orderId: string
  action: string
  atMs: number
  fromMs: number
  path: PathFacts
  mails: readonly string[]
  phones: readonly string[]
  value: { amount: number; currency: string } | null
}

/** Click conversions, one for each call, inquiry or deal that a click of an ad has brought. */
export const mapping: Mapping = {
  ...hearsNothing,
  ...telling((call: CallFacts, world) => {
    const { callAction } = settingsOf(world)
    const { ended, client } = call
    // An unanswered call is no conversion.
    if (callAction === null || !ended || call.talks.length === 0) return null
    if (call.isTest || call.isSpam || call.direction !== 'in') return null
    return {
      ...{ orderId: `call-${call.callId}`, action: callAction, atMs: call.startedMs, fromMs: ended.atMs },
      ...{ path: call.path, mails: [], phones: client === null ? [] : [client], value: null }
    }
  }),
  inquiries: telling((inquiry: InquiryFacts, world) => {
    const { inquiryAction } = settingsOf(world)
    if (inquiryAction === null || inquiry.kind === 'call' || inquiry.state === 'spam') return null
    const { inquiryId, createdMs, phone, mail, contact, path } = inquiry
    return {
      ...{ orderId: `inquiry-${inquiryId}`, action: inquiryAction, atMs: createdMs, fromMs: createdMs },
      ...{ path, mails: idsOf(mail, contact?.mails), phones: idsOf(phone, contact?.phones), value: null }
    }
  }),
  deals: telling((deal: DealFacts, world) => {
    const { wonAction } = settingsOf(world)
    if (wonAction === null || deal.wonMs === null) return null
    const { amount, currency, path, contact } = deal
    const { mails, phones } = contact ?? ({ mails: [], phones: [] } satisfies Partial<ContactFacts>)
    return {
      ...{ orderId: `deal-${deal.dealId}`, action: wonAction, atMs: deal.wonMs },
      ...{ fromMs: deal.wonMs + regretMs, path, mails, phones, value: { amount, currency } }
    }
  })
}

const idsOf = (first: string | null, others: readonly string[] = []): string[] => [
  ...new Set([...(first === null ? [] : [first]), ...others])
]

function telling<Facts>(wantedOf: (facts: Facts, world: World) => Conversion | null): Telling<Facts> {
  return {
    next(facts, memory, world): Next {
      const wanted = (memory as { isSent?: boolean }).isSent ? null : wantedOf(facts, world)
      if (!wanted || world.nowMs - wanted.atMs > oldestMs) return null
      const row = rowOf(wanted, settingsOf(world))
      if (!row) return null
      if (world.nowMs < wanted.fromMs) return { untilMs: wanted.fromMs }
      return { key: 'conversion', method: 'uploadClickConversions', params: row }
    },
    took: () => ({ memory: { isSent: true }, links: [] }),
    // It was taken before, and that answer was lost.
    isDone: (_step, { code }) => taken.has(code)
  }
}

const taken = new Set(['CLICK_CONVERSION_ALREADY_EXISTS', 'ORDER_ID_ALREADY_IN_USE', 'DUPLICATE_ORDER_ID'])

/** @returns null for somebody whom Google cannot join to a click */
function rowOf(wanted: Conversion, settings: GoogleAdsSettings): Record<string, unknown> | null {
  const { clickIds } = wanted.path
  const name = (['gclid', 'gbraid', 'wbraid'] as const).find((one) => clickIds[one] !== undefined)
  const hashes = settings.isSendingHashes ? hashesOf(wanted) : []
  if (name === undefined && hashes.length === 0) return null
  const consent = settings.consent.toUpperCase()
  return {
    ...(name !== undefined && { [name]: clickIds[name] }),
    conversion_action: `customers/${settings.customerId}/conversionActions/${wanted.action}`,
    conversion_date_time: timeOf(wanted.atMs),
    order_id: wanted.orderId,
    ...(wanted.value && { conversion_value: wanted.value.amount, currency_code: wanted.value.currency }),
    // With gbraid and wbraid Google takes no identifiers.
    ...((name === undefined || name === 'gclid') && hashes.length > 0 && { user_identifiers: hashes }),
    ...(settings.consent !== 'unset' && { consent: { ad_user_data: consent, ad_personalization: consent } })
  }
}

/** `yyyy-mm-dd hh:mm:ss+00:00`. */
const timeOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ') + '+00:00'

/** At most five, as Google wants them. */
const hashesOf = ({ mails, phones }: Conversion): Record<string, string>[] =>
  [
    ...mails.map((mail) => ({ hashed_email: hash(plainMail(mail)) })),
    ...phones.filter((phone) => phone.startsWith('+')).map((phone) => ({ hashed_phone_number: hash(phone) }))
  ].slice(0, 5)

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Mails of Google's own are one with and without dots. */
function plainMail(mail: string): string {
  const [name = '', domain = ''] = mail.trim().toLowerCase().split('@')
  const isOwn = domain === 'gmail.com' || domain === 'googlemail.com'
  return `${isOwn ? name.replaceAll('.', '') : name}@${domain}`
}
