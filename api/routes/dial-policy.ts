import type { Knex } from 'knex'
import type { z } from 'zod'
import { callbacksKey, policyKey } from '../../dialling/policy-keeper.ts'
import { audit } from '../audit.ts'
import { callbackRules, dialPolicy, dialPolicyAnswer, dialPolicyCheck } from '../contract/dialling.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** What may be dialled, and how callbacks are handled. */
export const dialPolicyRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/dial-policy',
    summary: 'What may be dialled: countries, prefixes, caps, hours, trunks',
    answer: dialPolicy,
    handle: () => read(db, policyKey, dialPolicy)
  }),
  endpoint({
    route: 'PUT /api/dial-policy',
    summary: 'Set what may be dialled; fields that are left out take their usual values',
    body: dialPolicy,
    answer: dialPolicy,
    async handle(context) {
      const { trunks } = context.body
      await mustExist(
        db,
        'trunks',
        trunks.map(({ trunkId }) => trunkId),
        'trunks'
      )
      await mustExist(
        db,
        'numbers',
        trunks.flatMap(({ callerNumberId }) => callerNumberId ?? []),
        'trunks'
      )
      await write(db, context, { key: policyKey, schema: dialPolicy, action: 'dial_policy.change' })
      await dialling.policy.reload()
      return context.body
    }
  }),
  endpoint({
    route: 'POST /api/dial-policy/check',
    summary: 'Whether a number may be dialled now by whoever asks, through which trunk, and why not',
    body: dialPolicyCheck,
    answer: dialPolicyAnswer,
    handle({ body, who }) {
      const { number, numberId, trunkId, isUnsolicited } = body
      const asked = dialling.policy.explain({
        ...{ number, isUnsolicited, byUserId: who.userId },
        numberId: numberId ?? null,
        trunkId: trunkId ?? null
      })
      const { decision } = asked
      return Promise.resolve({
        allowed: decision.allowed,
        reason: decision.allowed ? null : decision.reason,
        number: asked.number,
        country: asked.country,
        isEmergency: asked.isEmergency,
        isDoNotCall: asked.isDoNotCall,
        trunk: asked.trunk,
        otherTrunks: asked.others,
        callerId: decision.allowed ? decision.callerId : null
      })
    }
  }),
  endpoint({
    route: 'GET /api/callback-settings',
    summary: 'How callbacks and missed calls are handled',
    answer: callbackRules,
    handle: () => read(db, callbacksKey, callbackRules)
  }),
  endpoint({
    route: 'PUT /api/callback-settings',
    summary:
      'Set how callbacks and missed calls are handled; fields that are left out take their usual values',
    body: callbackRules,
    answer: callbackRules,
    async handle(context) {
      const { groupId } = context.body
      await mustExist(db, 'groups', groupId === null ? [] : [groupId], 'groupId')
      await write(db, context, {
        ...{ key: callbacksKey, schema: callbackRules, action: 'callback_settings.change' }
      })
      await dialling.policy.reload()
      dialling.wake()
      return context.body
    }
  })
]

async function read<S extends z.ZodType>(db: Knex, key: string, schema: S): Promise<z.output<S>> {
  const row = await db('settings').where({ key }).first<{ value: unknown } | undefined>('value')
  return schema.parse(row?.value ?? {})
}

async function write(
  db: Knex,
  context: Context<unknown, object>,
  { key, schema, action }: { key: string; schema: z.ZodObject; action: string }
): Promise<void> {
  const { body } = context
  await db.transaction(async (trx) => {
    const before = await read(trx, key, schema)
    await trx('settings')
      .insert({ key, value: JSON.stringify(body), updated_at: trx.fn.now() })
      .onConflict('key')
      .merge()
    await audit(trx, context, { action, entity: 'settings', entityId: key, change: { before, after: body } })
  })
}

async function mustExist(db: Knex, table: string, ids: string[], path: string): Promise<void> {
  const wanted = new Set(ids)
  if (wanted.size === 0) return
  const found = await db(table)
    .whereIn('id', [...wanted])
    .select('id')
  if (found.length < wanted.size)
    throw new ApiError('unknown_reference', { errors: [{ path, message: 'does not exist' }] })
}
