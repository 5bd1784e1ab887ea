import type { Knex } from 'knex'
import type { z } from 'zod'
import { callbacksKey, policyKey } from '../../dialling/policy-keeper.ts'
import { audit } from '../audit.ts'
import { callbackSettings } from '../../dialling/core/settings.ts'
import { dialPolicySettings, type DialPolicySettings } from '../../dialling/policy/settings.ts'
import { ruleOf } from '../../dialling/policy/trunk-rules.ts'
import {
  callbackRules,
  callbackRulesNow,
  dialPolicy,
  dialPolicyAnswer,
  dialPolicyCheck,
  dialPolicyNow
} from '../contract/dialling.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { marked, refuseIfOther } from '../meanwhile.ts'
import { ApiError } from '../problems.ts'

/** What may be dialled, and how callbacks are handled. */
export const dialPolicyRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/dial-policy',
    summary: 'What may be dialled: countries, prefixes, caps, hours, trunks',
    answer: dialPolicyNow,
    handle: async () => marked(await read(db, policyKey, dialPolicySettings))
  }),
  endpoint({
    route: 'PUT /api/dial-policy',
    summary: 'Set what may be dialled; fields that are left out take their usual values',
    body: dialPolicy,
    answer: dialPolicyNow,
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
      const { revision, ...body } = context.body
      await write(db, context, {
        ...{ key: policyKey, schema: dialPolicySettings, action: 'dial_policy.change', body, revision },
        changed: touchTrunks
      })
      await dialling.policy.reload()
      return marked(body)
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
    answer: callbackRulesNow,
    handle: async () => marked(await read(db, callbacksKey, callbackSettings))
  }),
  endpoint({
    route: 'PUT /api/callback-settings',
    summary:
      'Set how callbacks and missed calls are handled; fields that are left out take their usual values',
    body: callbackRules,
    answer: callbackRulesNow,
    async handle(context) {
      const { revision, ...body } = context.body
      const { groupId } = body
      await mustExist(db, 'groups', groupId === null ? [] : [groupId], 'groupId')
      await write(db, context, {
        ...{ key: callbacksKey, schema: callbackSettings, action: 'callback_settings.change' },
        ...{ body, revision }
      })
      await dialling.policy.reload()
      dialling.wake()
      return marked(body)
    }
  })
]

async function read<S extends z.ZodType>(db: Knex, key: string, schema: S): Promise<z.output<S>> {
  const row = await db('settings').where({ key }).first<{ value: unknown } | undefined>('value')
  return schema.parse(row?.value ?? {})
}

interface Write<S extends z.ZodType> {
  key: string
  schema: S
  action: string
  body: z.output<S> & object
  /** From which settings these were made, where the caller says it. */
  revision: string | undefined
  /** What hangs on them, in the same transaction. */
  changed?: (trx: Knex.Transaction, before: z.output<S>, after: z.output<S>) => Promise<void>
}

/** Replaces settings; two who do so at once follow one another, and the second is told. @throws ApiError changed_meanwhile */
async function write<S extends z.ZodType<object>>(
  db: Knex,
  context: Context,
  { key, schema, action, body, revision, changed }: Write<S>
): Promise<void> {
  await db.transaction(async (trx) => {
    await trx('settings').insert({ key, value: '{}' }).onConflict('key').ignore()
    const row = await trx('settings')
      .where({ key })
      .forUpdate()
      .first<{ value: unknown; updated_at: Date }>('value', 'updated_at')
    const before = schema.parse(row.value)
    await refuseIfOther(trx, before, { revision, at: row.updated_at })
    await trx('settings')
      .where({ key })
      .update({ value: JSON.stringify(body), updated_at: trx.fn.now() })
    await changed?.(trx, before, body)
    await audit(trx, context, { action, entity: 'settings', entityId: key, change: { before, after: body } })
  })
}

/** A trunk's rule is shown with it: whoever has the trunk open is told that it has changed. */
async function touchTrunks(
  trx: Knex.Transaction,
  before: DialPolicySettings,
  after: DialPolicySettings
): Promise<void> {
  const said = ({ trunks }: DialPolicySettings, id: string): string => JSON.stringify(ruleOf(trunks, id))
  const ids = await trx('trunks').pluck<string[]>('id')
  const changed = ids.filter((id) => said(before, id) !== said(after, id))
  if (changed.length > 0) await trx('trunks').whereIn('id', changed).update({ updated_at: trx.fn.now() })
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
