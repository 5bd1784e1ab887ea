import type { Knex } from 'knex'
import { policyKey } from '../../dialling/policy-keeper.ts'
import { dialPolicySettings, trunkRule, type TrunkRule } from '../../dialling/policy/settings.ts'
import { inOrder, ruleOf, withoutRule, withRule } from '../../dialling/policy/trunk-rules.ts'
import { audit } from '../audit.ts'
import { companyZone } from '../company-zone.ts'
import {
  trunk,
  trunkCreate,
  trunkEvent,
  trunkHistory,
  trunkLiveList,
  trunkOrder,
  trunkOrderChange,
  trunkPatch,
  type TrunkEvent,
  type TrunkOutgoing
} from '../contract/trunks.ts'
import { crud } from '../crud.ts'
import { seal } from '../../db/sealed.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError, type FieldError } from '../problems.ts'
import { columnsOf, itemOf, type Row } from '../rows.ts'

/**
 * SIP links to carriers, with their state as Asterisk sees it. Their secrets go in and never come out. By which rule
 * calls go out through a trunk stands in the dialling policy; here it is read and written with its trunk.
 */
export const trunkRoutes = ({ db, pbx, dialling }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'trunks',
    thing: 'trunk',
    item: trunk,
    create: trunkCreate,
    patch: trunkPatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    async read(reader, rows) {
      const states = pbx.trunkStates()
      const [rules, numbers] = await Promise.all([readRules(reader), reader('numbers').pluck<string[]>('id')])
      const isThere = new Set(numbers)
      return rows.map((row) => {
        const id = String(row['id'])
        const place = rules.findIndex(({ trunkId }) => trunkId === id)
        return itemOf(trunk, row, {
          hasSecret: row['secret'] !== null,
          outgoing: outgoingOf(ruleOf(rules, id), isThere),
          place: place === -1 ? rules.length : place,
          state: row['is_active'] === true ? (states.get(id) ?? 'unknown') : 'inactive'
        })
      })
    },
    columns: ({ outgoing: _, ...body }) => {
      const { secret } = body
      return Promise.resolve({
        ...columnsOf(body),
        ...(typeof secret === 'string' && { secret: seal(secret, 'trunks.secret') })
      })
    },
    async saved(trx, id, body, _context, before) {
      const row = await trx('trunks').where({ id }).first<Row>()
      const errors = whatIsMissing(row)
      // Only when it is chosen: a trunk that has it can be changed and switched off while the certificate is away.
      const wantsTls = body.transport === 'tls' && before?.['transport'] !== 'tls'
      if (wantsTls && !(await pbx.hasTls()))
        errors.push({ path: 'transport', message: 'needs TLS, which is not set up on this system' })
      if (errors.length > 0) throw new ApiError('invalid', { errors })
      const { outgoing } = body
      if (outgoing === undefined) return
      await mustBeNumbers(trx, outgoing)
      await changeRules(trx, (rules, ids) => withRule(rules, ids, { ...outgoing, trunkId: id }))
    },
    async committed(_id, { outgoing }) {
      if (outgoing !== undefined) await dialling.policy.reload()
    },
    async afterDelete(trx, row) {
      await changeRules(trx, (rules, ids) => withoutRule(rules, ids, String(row['id'])))
      return () => Promise.resolve()
    }
  }),
  endpoint({
    route: 'GET /api/trunk-states',
    summary: 'How the trunks stand now: registration, last error, calls in progress and of today',
    answer: trunkLiveList,
    async handle() {
      const [live, today] = await Promise.all([pbx.trunkFacts(), callsToday(db)])
      const items = live.map(({ history: _, ...one }) => ({
        ...one,
        callsToday: today.get(one.trunkId)?.calls ?? 0,
        failedToday: today.get(one.trunkId)?.failed ?? 0
      }))
      return { items }
    }
  }),
  endpoint({
    route: 'GET /api/trunks/:id/history',
    summary: 'The last changes and errors of a trunk, the newest first',
    answer: trunkHistory,
    async handle({ id }) {
      if (!(await db('trunks').where({ id }).first<Row | undefined>('id'))) throw new ApiError('not_found')
      const live = (await pbx.trunkFacts()).find(({ trunkId }) => trunkId === id)
      return { items: [...(live?.history ?? (await keptOf(db, id)))] }
    }
  }),
  endpoint({
    route: 'PUT /api/trunk-order',
    summary: 'In which order trunks are tried for calls out; those left out come after',
    body: trunkOrderChange,
    answer: trunkOrder,
    async handle(context) {
      const { trunkIds, fromTrunkIds } = context.body
      const order = await db.transaction(async (trx) => {
        const known = new Set(await trx('trunks').pluck<string[]>('id'))
        if (!trunkIds.every((id) => known.has(id)))
          throw new ApiError('unknown_reference', {
            errors: [{ path: 'trunkIds', message: 'does not exist' }]
          })
        const rules = await changeRules(trx, (old, ids) => {
          // Those without a rule have no place of their own yet.
          const now = old.map(({ trunkId }) => trunkId)
          const from = fromTrunkIds?.filter((id) => now.includes(id)) ?? now
          const isOther = from.join() !== now.join()
          if (isOther) throw new ApiError('changed_meanwhile', { current: { item: { trunkIds: now } } })
          return inOrder(old, ids, trunkIds)
        })
        await audit(trx, context, { action: 'trunk.order', entity: 'settings', entityId: policyKey })
        return rules.map(({ trunkId }) => trunkId)
      })
      await dialling.policy.reload()
      return { trunkIds: order }
    }
  })
]

/** Of a trunk that is switched off nobody looks; what was seen of it stays. */
async function keptOf(db: Knex, trunkId: string): Promise<TrunkEvent[]> {
  const rows = await db('trunk_events')
    .where({ trunk_id: trunkId })
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' }
    ])
    .limit(50)
    .select<Row[]>('*')
  return rows.map((row) => itemOf(trunkEvent, row))
}

/** What the row as a whole lacks; each field alone was checked. */
function whatIsMissing(row: Row): FieldError[] {
  return row['kind'] === 'registration' && row['username'] === null
    ? [{ path: 'username', message: 'is needed' }]
    : []
}

/** Without numbers that are gone: a policy that names them could not be saved again. */
function outgoingOf({ trunkId: _, ...rule }: TrunkRule, isThere: ReadonlySet<string>): TrunkOutgoing {
  const { callerNumberId, callerNumberIds } = rule
  return {
    ...rule,
    callerNumberId: callerNumberId !== null && isThere.has(callerNumberId) ? callerNumberId : null,
    callerNumberIds: callerNumberIds?.filter((id) => isThere.has(id)) ?? null
  }
}

async function mustBeNumbers(trx: Knex, { callerNumberId, callerNumberIds }: TrunkOutgoing): Promise<void> {
  const wanted = new Set([...(callerNumberId === null ? [] : [callerNumberId]), ...(callerNumberIds ?? [])])
  if (wanted.size === 0) return
  const found = await trx('numbers')
    .whereIn('id', [...wanted])
    .pluck<string[]>('id')
  if (found.length < wanted.size)
    throw new ApiError('unknown_reference', { errors: [{ path: 'outgoing', message: 'does not exist' }] })
}

async function readRules(db: Knex): Promise<TrunkRule[]> {
  const row = await db('settings').where({ key: policyKey }).first<{ value: unknown } | undefined>('value')
  return dialPolicySettings.parse(row?.value ?? {}).trunks
}

/** Changes the rules of trunks in the dialling policy; two who do so at once follow one another. */
async function changeRules(
  trx: Knex.Transaction,
  change: (rules: readonly TrunkRule[], trunkIds: readonly string[]) => TrunkRule[]
): Promise<TrunkRule[]> {
  await trx('settings').insert({ key: policyKey, value: '{}' }).onConflict('key').ignore()
  const row = await trx('settings').where({ key: policyKey }).forUpdate().first<{ value: object }>('value')
  const ids = await trx('trunks').orderBy(['name', 'id']).pluck<string[]>('id')
  const rules = change(dialPolicySettings.parse(row.value).trunks, ids).map((rule) => trunkRule.parse(rule))
  await trx('settings')
    .where({ key: policyKey })
    .update({ value: JSON.stringify({ ...row.value, trunks: rules }), updated_at: trx.fn.now() })
  return rules
}

/** A call counts as failed for its trunk when it could not be carried, or was turned away because of its limit. */
async function callsToday(db: Knex): Promise<Map<string, { calls: number; failed: number }>> {
  const zone = await companyZone(db)
  const { rows } = await db.raw<{ rows: { id: string; calls: number; failed: number }[] }>(
    `select trunk_id as id, count(*)::int as calls,
       (count(*) filter (where outcome = 'failed' or reason = 'trunk_full'))::int as failed
     from calls
     where started_at >= date_trunc('day', now() at time zone ?) at time zone ? and trunk_id is not null
     group by trunk_id`,
    [zone, zone]
  )
  return new Map(rows.map(({ id, ...counted }) => [id, counted]))
}
