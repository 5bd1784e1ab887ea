import { z } from 'zod'
import { guardKey, guardSettings } from '../../pbx/guard/settings.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import { sipBan, sipBanCreate, sipGuard, sipGuardNow, type SipBan } from '../contract/guard.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { marked, refuseIfOther } from '../meanwhile.ts'
import { ApiError } from '../problems.ts'
import { itemOf, likePart, type Row } from '../rows.ts'

const sorts: Sorts = { since: { column: 'b.since', type: 'time' } }
const byId = { column: 'b.id', type: 'uuid' } as const

/** Addresses from which SIP takes nothing. */
export const sipBanRoutes = ({ db, sipGuard: guard }: ApiDeps): Endpoint[] => {
  const rows = () =>
    db('sip_bans as b')
      .leftJoin('users as by', 'by.id', 'b.banned_by')
      .leftJoin('users as lifter', 'lifter.id', 'b.lifted_by')
      .select('b.*', { banned_by_name: 'by.name', lifted_by_name: 'lifter.name' })
      .select(db.raw('host(b.address) as plain_address'))
      .select(db.raw('(b.lifted_at is null and (b.until is null or b.until > now())) as is_active'))
  const shown = (row: Row): SipBan =>
    itemOf(sipBan, row, {
      address: String(row['plain_address']),
      bannedBy: row['banned_by_name'] as string | null,
      liftedBy: row['lifted_by_name'] as string | null
    })
  async function oneOf(banId: string): Promise<SipBan> {
    const row = (await rows().where('b.id', banId).first()) as Row | undefined
    if (!row) throw new ApiError('not_found')
    return shown(row)
  }

  return [
    endpoint({
      route: 'GET /api/sip-bans',
      summary: 'List addresses that are, or were, banned from SIP, the latest first',
      query: listQuery(sorts, '-since', {
        active: z.enum(['true', 'false']).optional(),
        search: z.string().max(60).optional()
      }),
      answer: page(sipBan),
      async handle({ query }) {
        const select = rows()
        const isOver = 'b.lifted_at is not null or b.until <= now()'
        if (query.active !== undefined)
          void select.whereRaw(query.active === 'true' ? `not coalesce(${isOver}, false)` : `(${isOver})`)
        if (query.search) void select.whereRaw('host(b.address) like ?', [likePart(query.search.trim())])
        const found = await listPage(db, select, query, sorts, byId)
        return { items: found.rows.map(shown), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/sip-bans',
      summary: 'Ban an address from SIP by hand; never one of trunks, admins, telephones or the allow list',
      body: sipBanCreate,
      answer: sipBan,
      status: 201,
      async handle(context) {
        const { address, note, hours } = context.body
        const sparing = await guard?.whySpared(address)
        if (sparing) throw new ApiError('never_banned', { detail: sparings[sparing] })
        const made = await db.transaction(async (trx) => {
          await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 51))', [address])
          const standing = (await trx('sip_bans')
            .whereRaw(
              'address = cast(? as inet) and lifted_at is null and (until is null or until > now())',
              [address]
            )
            .first('id')) as unknown
          if (standing) throw new ApiError('already_banned')
          const [row] = await trx('sip_bans')
            .insert({
              ...{ address, note, cause: 'by_hand', banned_by: context.who.userId },
              until: hours === null ? null : new Date(Date.now() + hours * 3_600_000)
            })
            .returning<{ id: string }[]>('id')
          const entityId = row?.id ?? ''
          await audit(trx, context, {
            ...{ action: 'sip_ban.add', entity: 'sip_ban', entityId },
            data: { address, hours }
          })
          return entityId
        })
        return oneOf(made)
      }
    }),
    endpoint({
      route: 'GET /api/sip-bans/:id',
      summary: 'Get a ban',
      answer: sipBan,
      handle: ({ id }) => oneOf(id)
    }),
    endpoint({
      route: 'DELETE /api/sip-bans/:id',
      summary: 'Lift a ban at once; its row stays in the list',
      async handle(context) {
        await db.transaction(async (trx) => {
          const [row] = await trx('sip_bans')
            .where({ id: context.id })
            .whereNull('lifted_at')
            .update({ lifted_at: trx.fn.now(), lifted_by: context.who.userId })
            .returning<{ address: string }[]>('address')
          if (!row) throw new ApiError('not_found')
          await audit(trx, context, {
            ...{ action: 'sip_ban.lift', entity: 'sip_ban', entityId: context.id },
            data: { address: row.address }
          })
        })
      }
    }),
    endpoint({
      route: 'GET /api/sip-guard',
      summary: 'When addresses are banned from SIP, for how long, and who never is',
      answer: sipGuardNow,
      async handle() {
        const row = await db('settings')
          .where({ key: guardKey })
          .first<{ value: unknown } | undefined>('value')
        return marked(guardSettings.parse(row?.value ?? {}))
      }
    }),
    endpoint({
      route: 'PUT /api/sip-guard',
      summary: 'Set when addresses are banned; fields that are left out take their usual values',
      body: sipGuard,
      answer: sipGuardNow,
      async handle(context) {
        const { revision, ...body } = context.body
        await db.transaction(async (trx) => {
          await trx('settings').insert({ key: guardKey, value: '{}' }).onConflict('key').ignore()
          const row = await trx('settings')
            .where({ key: guardKey })
            .forUpdate()
            .first<{ value: unknown; updated_at: Date }>('value', 'updated_at')
          const before = guardSettings.parse(row.value)
          await refuseIfOther(trx, before, { revision, at: row.updated_at })
          await trx('settings')
            .where({ key: guardKey })
            .update({ value: JSON.stringify(body), updated_at: trx.fn.now() })
          const change = { before, after: body }
          await audit(trx, context, {
            ...{ action: 'sip_guard.change', entity: 'settings', entityId: guardKey },
            change
          })
        })
        return marked(body)
      }
    })
  ]
}

const sparings = {
  self: 'It is this machine.',
  allowed: 'It stands on the allow list.',
  trunk: 'It is an address of a trunk.',
  admin: 'An admin is signed in from there.',
  telephone: 'A telephone is registered from there.'
} as const
