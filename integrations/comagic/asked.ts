import { pathOfMarks, type ForeignRequest, type RequestPath } from '../connectors/foreign-requests.ts'
import { textOf } from '../connectors/read.ts'
import { inquiryChannels } from '../../tracking/inquiry-channels.ts'
import type { ComagicSettings } from './settings.ts'
import { zoneMs } from './times.ts'

/** A notification of theirs, read. Pure. */
export type Told =
  | { isCall: boolean; communication: string; caller: string | null; atMs: number; request: ForeignRequest }
  | { wrong: string }

type Given = Readonly<Record<string, unknown>>

/** What a template may call one thing: as in notifications, as in the report on requests, or in plain words. */
const names = {
  id: ['communication_id', 'offline_message_id', 'chat_id', 'call_session_id', 'id'],
  type: ['communication_type', 'notification_mnemonic'],
  at: ['date_time', 'notification_time', 'start_time'],
  stamp: ['notification_timestamp', 'timestamp'],
  name: ['visitor_name', 'contact_full_name', 'name'],
  phone: ['visitor_phone_number', 'contact_phone_number', 'calling_phone_number', 'phone'],
  mail: ['visitor_email', 'contact_email', 'email'],
  text: ['text', 'message', 'visitor_message'],
  form: ['form_name', 'notification_name'],
  domain: ['site_domain_name', 'domain'],
  page: ['communication_page_url', 'page_url', 'entrance_page'],
  session: ['visitor_session_id', 'session_id'],
  source: ['utm_source', 'search_engine', 'referrer_domain'],
  medium: ['utm_medium'],
  campaign: ['utm_campaign', 'campaign_name'],
  keyword: ['utm_term', 'search_query'],
  channel: ['channel']
} as const

/** @param nowMs for a notification that says no time */
export function readTold(given: Given, { timeZone }: ComagicSettings, nowMs: number): Told {
  const said = (what: keyof typeof names): string | null => {
    for (const name of names[what]) {
      const text = textOf(given[name]).trim()
      // A variable that has no value, or that this notification does not have.
      if (text !== '' && !/^\{\{.*\}\}$/.test(text) && text !== 'null') return text
    }
    return null
  }
  const [communication, phone, mail] = [said('id'), said('phone'), said('mail')]
  if (communication === null) return { wrong: 'there is no communication_id' }
  if (phone === null && mail === null) return { wrong: 'there is neither a phone nor an email' }
  const stamp = Number(said('stamp') ?? NaN)
  const toldMs = zoneMs(said('at') ?? '', timeZone) ?? (stamp > 1_000_000_000 ? stamp * 1000 : nowMs)
  const atMs = Math.min(toldMs, nowMs)
  const session = said('session')
  const fields = ['communication_type', 'channel', 'campaign_name', 'search_query', 'visitor_city'].flatMap(
    (name) => {
      const text = textOf(given[name]).trim()
      return text === '' || text.startsWith('{{') ? [] : [[name, text] as const]
    }
  )
  return {
    isCall: /call/i.test(said('type') ?? ''),
    ...{ communication, caller: phone, atMs },
    request: {
      key: `communication ${communication}`,
      atMs,
      formName: said('form') ?? 'CoMagic',
      ...{ name: said('name'), phone, mail, message: said('text') },
      fields: { ...Object.fromEntries(fields), communication_id: communication },
      ...{ pageUrl: said('page'), domain: said('domain'), siteId: null },
      path: pathOf(said('channel'), {
        source: said('source') ?? (said('channel') === 'direct' ? null : said('campaign')),
        medium: said('medium'),
        campaign: said('campaign'),
        keyword: said('keyword')
      }),
      cookie: session === null ? null : { name: 'comagic_session', value: session }
    }
  }
}

/** Their channels have our names, but for one. */
function pathOf(channel: string | null, marks: Parameters<typeof pathOfMarks>[0]): RequestPath | null {
  const path = pathOfMarks(marks)
  if (channel === null) return path
  const ours = inquiryChannels.find((one) => one === channel) ?? 'unknown'
  const none = { source: null, medium: null, campaign: null, keyword: null }
  return { ...(path ?? none), inquiryChannel: ours }
}
