import type { DealFacts, InquiryFacts } from '../connectors/crm-facts.ts'
import type { CallFacts } from '../connectors/facts.ts'
import { hearsNothing, type Mapping, type Next, type Telling, type World } from '../connectors/kind.ts'
import type { PathFacts } from '../connectors/path.ts'
import type { Ga4Settings } from './settings.ts'

/** Google takes events of the last three days. */
export const oldestMs = 72 * 3600_000
/** A deal is not told at once: a stage chosen by mistake is mostly taken back soon. */
export const regretMs = 2 * 60_000
const longestValue = 100

const settingsOf = ({ settings }: World): Ga4Settings => settings as Ga4Settings

interface Event {
  atMs: number
  fromMs: number
  name: string
  path: PathFacts
  params: Record<string, string | number | null>
  /** Google itself takes a purchase with a known transaction_id once. */
  isOnce: boolean
}

/** Events of the Measurement Protocol, one for each. Who has no id of Google Analytics belongs to no visit there. */
export const mapping: Mapping = {
  ...hearsNothing,
  ...telling((call: CallFacts, world) => {
    const { isSendingCalls, callEvent, missedEvent } = settingsOf(world)
    const { ended } = call
    if (!isSendingCalls || !ended || ended.outcome === 'blocked') return null
    if (call.isTest || call.isSpam || call.direction !== 'in') return null
    const isAnswered = call.talks.length > 0
    return {
      ...{ atMs: call.startedMs, fromMs: ended.atMs, path: call.path, isOnce: true },
      name: isAnswered ? callEvent : missedEvent,
      params: {
        ...{ call_id: call.callId, line: call.line, talk_seconds: Math.round(ended.talkSeconds) },
        first_call: call.isFirst === null ? null : call.isFirst ? 'yes' : 'no'
      }
    }
  }),
  inquiries: telling((inquiry: InquiryFacts, world) => {
    const { isSendingInquiries, inquiryEvent } = settingsOf(world)
    if (!isSendingInquiries || inquiry.kind === 'call' || inquiry.state === 'spam') return null
    return {
      ...{ atMs: inquiry.createdMs, fromMs: inquiry.createdMs, path: inquiry.path, isOnce: true },
      name: inquiryEvent,
      params: { inquiry_id: inquiry.inquiryId, kind: inquiry.kind }
    }
  }),
  deals: telling((deal: DealFacts, world) => {
    if (!settingsOf(world).isSendingDeals || deal.wonMs === null) return null
    return {
      ...{ atMs: deal.wonMs, fromMs: deal.wonMs + regretMs, path: deal.path, isOnce: false },
      name: 'purchase',
      params: { transaction_id: deal.dealId, value: deal.amount, currency: deal.currency }
    }
  })
}

function telling<Facts>(eventOf: (facts: Facts, world: World) => Event | null): Telling<Facts> {
  return {
    next(facts, memory, world): Next {
      const event = (memory as { isSent?: boolean }).isSent ? null : eventOf(facts, world)
      const client = event?.path.ids.ga ?? null
      if (!event || client === null || world.nowMs - event.atMs > oldestMs) return null
      if (world.nowMs < event.fromMs) return { untilMs: event.fromMs }
      return {
        key: 'event',
        method: 'mp/collect',
        params: bodyOf(event, client, settingsOf(world)),
        ...(event.isOnce && { isOnce: true })
      }
    },
    took: () => ({ memory: { isSent: true }, links: [] }),
    isDone: () => false
  }
}

function bodyOf({ atMs, name, path, params }: Event, client: string, settings: Ga4Settings) {
  const session = path.ids.gaSessions[settings.measurementId.replace(/^G-/, '')]
  const consent = settings.consent.toUpperCase()
  const { source, medium, campaign, term } = path
  const all = {
    ...params,
    // Without it the event stands in no session, and its source is "(not set)".
    ...(session !== undefined && { session_id: session }),
    engagement_time_msec: 1,
    ...{ call_source: source, call_medium: medium, call_campaign: campaign, call_term: term }
  }
  return {
    client_id: client,
    timestamp_micros: atMs * 1000,
    ...(settings.consent !== 'unset' && { consent: { ad_user_data: consent, ad_personalization: consent } }),
    events: [
      {
        name,
        params: Object.fromEntries(
          Object.entries(all).flatMap(([key, value]) =>
            value === null
              ? []
              : [[key, typeof value === 'string' ? value.slice(0, longestValue) : value] as const]
          )
        )
      }
    ]
  }
}
