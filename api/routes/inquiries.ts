import type { Knex } from 'knex'
import { ensureContact, lockCrm, openDealOf } from '../../crm/clients.ts'
import { acceptInquiry, unacceptInquiry } from '../../crm/inquiries/accept.ts'
import { inquiryCreated, type InquiryRow } from '../../crm/inquiries/place.ts'
import { forgetSpam, learnSpam } from '../../crm/inquiries/spam.ts'
import { announceNothing } from '../../crm/ports.ts'
import { CrmRefusal } from '../../crm/refusal.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import {
  dealWithHistory,
  inquiry,
  inquiryAccept,
  inquiryCounts,
  inquiryCountsQuery,
  inquiryCreate,
  inquiryFilters,
  inquiryPatch,
  inquiryStates,
  inquiryWithEvents,
  type InquiryWithEvents
} from '../contract/crm.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { columnsOf, whereFound, type Row } from '../rows.ts'
import { activitiesOf, companyCurrency, inquiryItems, lockSeen, onlySeen, refused } from './crm-rows.ts'
import { oneDeal } from './deals.ts'

const sorts: Sorts = { createdAt: { column: 'created_at', type: 'time' } }

/** What people ask of us: made by themselves of calls, forms and callbacks, or written down by hand. */
export function inquiryRoutes(deps: Pick<ApiDeps, 'db' | 'dialling' | 'pbx' | 'announce'>): Endpoint[] {
  const { db, announce = announceNothing } = deps

  /** Runs a change of one inquiry that no event can get in between of. */
  const change = <T>(
    context: Context,
    run: (trx: Knex.Transaction, row: InquiryRow) => Promise<T>
  ): Promise<T> =>
    db
      .transaction(async (trx) => {
        await lockCrm(trx)
        return run(trx, await lockSeen<InquiryRow>(trx, 'inquiries', context.id, context.who))
      })
      .catch((error: unknown) => {
        throw error instanceof CrmRefusal ? refused(error) : error
      })

  const noted = (trx: Knex, context: Context, action: string, data: Record<string, unknown> = {}) =>
    audit(trx, context, { action: `inquiry.${action}`, entity: 'inquiry', entityId: context.id, data })

  return [
    endpoint({
      route: 'GET /api/inquiries',
      summary: 'List inquiries; without `state`, all but spam',
      query: listQuery(sorts, '-createdAt', inquiryFilters),
      answer: page(inquiry),
      async handle({ query, who }) {
        const rows = db('inquiries').select('*')
        onlySeen(rows, who)
        narrow(db, rows, query, who.userId)
        if (query.state === undefined && query.callId === undefined) rows.whereNot('state', 'spam')
        if (query.state !== undefined) rows.whereIn('state', statesOf(query.state))
        const found = await listPage(db, rows, query, sorts)
        return { items: await inquiryItems(db, found.rows), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'GET /api/inquiries/counts',
      summary: 'Count inquiries by state, with the filters of the list',
      query: inquiryCountsQuery,
      answer: inquiryCounts,
      async handle({ query, who }) {
        const rows = db('inquiries').groupBy('state').select('state').count('* as n')
        onlySeen(rows, who)
        narrow(db, rows, query, who.userId)
        const counted = (await rows) as { state: string; n: string }[]
        const of = (state: string) => Number(counted.find((row) => row.state === state)?.n ?? 0)
        return {
          new: of('new'),
          inWork: of('inWork'),
          accepted: of('accepted'),
          closed: of('closed'),
          spam: of('spam')
        }
      }
    }),
    endpoint({
      route: 'POST /api/inquiries',
      summary: 'Write an inquiry down by hand',
      body: inquiryCreate,
      answer: inquiryWithEvents,
      status: 201,
      async handle(context) {
        const { body, who } = context
        const { phone, title, name, email, ...rest } = body
        const e164 =
          phone === null ? null : deps.dialling.policy.explain({ number: phone, byUserId: null }).number
        if (phone !== null && e164 === null) throw new ApiError('bad_number')
        const called = title ?? name ?? e164 ?? email
        if (called === null)
          throw new ApiError('invalid', { errors: [{ path: 'title', message: 'say who or what it is' }] })
        const row = await db.transaction(async (trx) => {
          await lockCrm(trx)
          const contact = e164?.startsWith('+')
            ? await ensureContact(trx, { phone: e164, name, isDemo: false })
            : null
          const [made] = (await trx('inquiries')
            .insert({
              ...columnsOf(rest),
              ...{ kind: 'manual', title: called, phone: e164, name, email },
              contact_id: contact?.id ?? null,
              responsible_id: rest.responsibleId ?? contact?.ownerId ?? who.userId
            })
            .returning('*')) as InquiryRow[]
          if (!made) throw new Error('No inquiry came back')
          await announce(trx, inquiryCreated(made))
          await audit(trx, context, { action: 'inquiry.create', entity: 'inquiry', entityId: made.id })
          return made
        })
        context.res.set('Location', `/api/inquiries/${row.id}`)
        return withEvents(db, row)
      }
    }),
    endpoint({
      route: 'GET /api/inquiries/:id',
      summary: 'Get an inquiry with its calls, forms and callbacks',
      answer: inquiryWithEvents,
      async handle({ id, who }) {
        const rows = db('inquiries').where({ id })
        onlySeen(rows, who)
        const row = await rows.first<Row | undefined>()
        if (!row) throw new ApiError('not_found')
        return withEvents(db, row)
      }
    }),
    endpoint({
      route: 'PATCH /api/inquiries/:id',
      summary:
        'Change an inquiry. As `spam` it is hidden, and what comes from its number and mail later; any other state takes that back',
      body: inquiryPatch,
      answer: inquiryWithEvents,
      async handle(context) {
        const { body } = context
        const row = await change(context, async (trx, before) => {
          const { state, spamReason = null, ...rest } = body
          const isMoved = state !== undefined && state !== before['state']
          if (isMoved && before['state'] === 'accepted') throw new CrmRefusal('inquiry_accepted')
          const isOpen = state === 'new' || state === 'inWork'
          const [after] = (await trx('inquiries')
            .where({ id: context.id })
            .update({
              ...columnsOf({ ...rest, state }),
              ...(isMoved && { closed_at: isOpen ? null : trx.fn.now() }),
              updated_at: trx.fn.now()
            })
            .returning('*')) as InquiryRow[]
          if (isMoved && state === 'spam')
            await learnSpam(trx, senderOf(before), {
              ...{ reason: spamReason, inquiryId: before.id, byUserId: context.who.userId }
            })
          else if (isMoved && before['state'] === 'spam') await forgetSpam(trx, senderOf(before))
          await noted(trx, context, 'change', { fields: Object.keys(body), ...(isMoved && { state }) })
          return after ?? before
        })
        await markCall(deps, context, row)
        return withEvents(db, row)
      }
    }),
    endpoint({
      route: 'POST /api/inquiries/:id/accept',
      summary:
        'Make a deal of an inquiry; while one is open with the client it joins that, unless `isNewDeal`',
      body: inquiryAccept,
      answer: dealWithHistory,
      async handle(context) {
        const { body, who } = context
        const currency = body.currency ?? (await companyCurrency(db))
        const dealId = await change(context, async (trx, row) => {
          const made = await acceptInquiry(trx, row, { ...body, currency, byUserId: who.userId }, announce)
          await noted(trx, context, 'accept', { ...made })
          return made.dealId
        })
        return oneDeal(db, dealId)
      }
    }),
    endpoint({
      route: 'POST /api/inquiries/:id/undo-accept',
      summary: 'Take an acceptance back, while nothing has happened in the deal since',
      answer: inquiryWithEvents,
      async handle(context) {
        await change(context, async (trx, row) => {
          await unacceptInquiry(trx, row)
          await noted(trx, context, 'undo-accept', { dealId: row['deal_id'] })
        })
        return withEvents(db, await db('inquiries').where({ id: context.id }).first<Row>())
      }
    })
  ]
}

const senderOf = (row: InquiryRow) => ({
  phone: typeof row['phone'] === 'string' ? row['phone'] : null,
  email: typeof row['email'] === 'string' ? row['email'] : null
})

/** The journal follows the desk, through the call's own tape. */
async function markCall(
  { db, pbx }: Pick<ApiDeps, 'db' | 'pbx'>,
  { who }: Context,
  row: InquiryRow
): Promise<void> {
  const callId = row['call_id']
  if (typeof callId !== 'string') return
  const call = await db('calls').where({ id: callId }).first<{ is_spam: boolean } | undefined>('is_spam')
  const isSpam = row['state'] === 'spam'
  if (!call || call.is_spam === isSpam) return
  await pbx.appendMoment(callId, 'call.modified', { by: who.userId, changes: { isSpam } })
}

async function withEvents(db: Knex, row: Row): Promise<InquiryWithEvents> {
  const [item] = await inquiryItems(db, [row])
  if (!item) throw new ApiError('not_found')
  const openDeal = item.contact && item.deal === null ? await openDealOf(db, item.contact.id) : null
  return { ...item, activities: await activitiesOf(db, { inquiry_id: item.id }), openDeal }
}

function statesOf(text: string): string[] {
  const wanted = text.split(',').filter((part) => part !== '')
  const unknown = wanted.find((part) => !(inquiryStates as readonly string[]).includes(part))
  if (unknown !== undefined)
    throw new ApiError('invalid', { errors: [{ path: 'state', message: 'is no state of inquiries' }] })
  return wanted
}

type Filters = Partial<Record<Exclude<keyof typeof inquiryFilters, 'state'>, string | undefined>>

function narrow(db: Knex, rows: Knex.QueryBuilder, query: Filters, userId: string): void {
  for (const name of ['kind', 'contactId', 'inquiryChannel', 'source'] as const) {
    const value = query[name]
    if (value !== undefined) rows.where(columnsOf({ [name]: value }))
  }
  if (query.mine === 'true') rows.where('responsible_id', userId)
  if (query.responsibleId === 'none') rows.whereNull('responsible_id')
  else if (query.responsibleId !== undefined) rows.where('responsible_id', query.responsibleId)
  if (query.from !== undefined) rows.where('created_at', '>=', query.from)
  if (query.to !== undefined) rows.where('created_at', '<', query.to)
  if (query.waiting === 'true') rows.where('is_missed', true).whereNull('first_response_at')
  if (query.callId !== undefined)
    rows.whereIn('id', db('activities').where({ subject_id: query.callId }).select('inquiry_id'))
  if (query.search !== undefined)
    whereFound(rows, query.search, { names: ['title', 'name', 'email'], phones: ['phone'] })
}
