import type { Knex } from 'knex'
import { channelOfMedium } from '../../tracking/channels.ts'
import type { InquiryChannel } from '../../tracking/channels.ts'
import { normalise } from '../../tracking/phones.ts'

/** By what a request came, as inquiries keep it. */
export interface RequestPath {
  inquiryChannel: InquiryChannel | null
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
}

/** A request that another system has taken: a form, a chat, a call of its own. */
export interface ForeignRequest {
  /** Its id there: the same one is kept once. */
  key: string
  atMs: number
  formName: string
  name: string | null
  phone: string | null
  mail: string | null
  message: string | null
  fields: Readonly<Record<string, string>>
  pageUrl: string | null
  /** The domain of the site, where the other side names it. */
  domain: string | null
  siteId: string | null
  path: RequestPath | null
  /** A cookie of the other side by which a visit of ours may be found. */
  cookie: { name: 'roistat_visit' | 'comagic_session'; value: string } | null
}

/** How far back a visit may lie that is found by a cookie. */
const visitDays = 60

/**
 * Keeps a request beside those of our own sites: the CRM makes an inquiry of it by the same way. A visit of ours that is
 * behind it tells more than the other side does, and stands.
 * @returns its id among our forms
 */
export async function keepRequest(trx: Knex, connectorId: string, request: ForeignRequest): Promise<string> {
  const visit = await visitOf(trx, request)
  const site = request.siteId ?? visit?.site_id ?? (await siteOf(trx, request.domain))
  const path = visit ? null : request.path
  const phone = request.phone === null ? null : (normalise(request.phone, 'RU')?.e164 ?? request.phone)
  const rows = await trx('form_submissions')
    .insert({
      connector_id: connectorId,
      foreign_id: request.key.slice(0, 200),
      site_id: trx('sites').where({ id: site }).select('id'),
      visit_id: visit?.id ?? null,
      visitor_id: visit?.visitor_id ?? null,
      at: new Date(request.atMs),
      form_name: cut(request.formName, 200),
      name: cut(request.name, 200),
      phone: cut(phone, 50),
      email: cut(request.mail, 200),
      message: cut(request.message, 4000),
      fields: JSON.stringify(
        Object.fromEntries(
          Object.entries(request.fields)
            .slice(0, 50)
            .map(([name, value]) => [cut(name, 100) ?? '', cut(value, 1000) ?? ''])
        )
      ),
      page_url: cut(request.pageUrl, 2000),
      path: path && JSON.stringify(path)
    })
    .onConflict(trx.raw('(connector_id, foreign_id) where connector_id is not null'))
    .ignore()
    .returning<{ id: string }[]>('id')
  if (rows[0]) return rows[0].id
  const known = await trx('form_submissions')
    .where({ connector_id: connectorId, foreign_id: request.key.slice(0, 200) })
    .first<{ id: string } | undefined>('id')
  if (!known) throw new Error('A request went as it came')
  return known.id
}

async function visitOf(
  trx: Knex,
  { cookie, atMs }: ForeignRequest
): Promise<{ id: string; visitor_id: string; site_id: string } | null> {
  if (cookie === null || cookie.value === '') return null
  const row = await trx('visits')
    .whereRaw(`cookies->>'${cookie.name}' = ?`, [cookie.value])
    .whereBetween('started_at', [new Date(atMs - visitDays * 86_400_000), new Date(atMs + 60_000)])
    .orderBy('started_at', 'desc')
    .first<{ id: string; visitor_id: string; site_id: string } | undefined>('id', 'visitor_id', 'site_id')
  return row ?? null
}

async function siteOf(trx: Knex, domain: string | null): Promise<string | null> {
  const plain = domain
    ?.toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/:?#].*$/, '')
  if (!plain) return null
  const row = await trx('sites')
    .whereRaw(`regexp_replace(lower(domain), '^www\\.', '') = ?`, [plain])
    .first<{ id: string } | undefined>('id')
  return row?.id ?? null
}

/** Where the CRM has put a request. */
export interface RequestPlace {
  inquiryId: string | null
  dealId: string | null
}

const lookEveryMs = 50

/**
 * Waits until the CRM has found a place for a request.
 * @returns null when it has not within `timeoutMs`; both ids null when it is hidden as spam
 */
export async function placeOfRequest(
  db: Knex,
  formId: string,
  timeoutMs: number
): Promise<RequestPlace | null> {
  const untilMs = performance.now() + timeoutMs
  for (;;) {
    const place = await db('activities')
      .where({ subject_id: formId })
      .first<RequestPlace | undefined>('inquiry_id as inquiryId', 'deal_id as dealId')
    if (place) return place
    const waits: unknown = await db('crm_inbox').where({ subject_id: formId }).first('id')
    // What is worked out and has no place is spam, or has come between the two looks.
    if (waits === undefined) {
      const late = await db('activities')
        .where({ subject_id: formId })
        .first<RequestPlace | undefined>('inquiry_id as inquiryId', 'deal_id as dealId')
      return late ?? { inquiryId: null, dealId: null }
    }
    if (performance.now() > untilMs) return null
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

/** How far apart the clocks of another system and ours may see one call. */
const apartMs = 5 * 60_000

/** A call of ours from this number at this time. */
export async function callOf(db: Knex, phone: string, atMs: number): Promise<string | null> {
  const row = await db('calls')
    .where({ caller_number: phone, direction: 'in' })
    .whereBetween('started_at', [new Date(atMs - apartMs), new Date(atMs + apartMs)])
    .orderByRaw('abs(extract(epoch from started_at) - ?)', [atMs / 1000])
    .first<{ id: string } | undefined>('id')
  return row?.id ?? null
}

/** A path out of marks of an address. Null when there are none. Pure. */
export function pathOfMarks(marks: {
  source: string | null
  medium: string | null
  campaign: string | null
  keyword: string | null
}): RequestPath | null {
  const { source, medium, campaign, keyword } = marks
  if (source === null) return null
  const inquiryChannel = channelOfMedium(medium ?? '(not set)', source.toLowerCase(), false)
  return { inquiryChannel, source, medium, campaign, keyword }
}

/** What a stranger has written, as the database takes it. */
function cut(text: string | null, longest: number): string | null {
  const plain = (text ?? '').replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd')
  return plain === '' ? null : [...plain].slice(0, longest).join('')
}
