import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import {
  operatorSettings,
  operatorSettingsPatch,
  presenceWish,
  queueList,
  scores,
  scoresQuery,
  type OperatorSettings
} from '../contract/operators.ts'
import { usualRules } from '../../pbx/routing/directory.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { pauseReasonFor } from './pause-reasons.ts'

const prefix = 'operators.'

/** What leads see and set of operators, beside who they are. */
export function operatorRoutes({ db, pbx }: ApiDeps): Endpoint[] {
  async function settings(reader: Knex = db): Promise<OperatorSettings> {
    const rows = await reader('settings')
      .whereLike('key', `${prefix}%`)
      .select<{ key: string; value: unknown }[]>('key', 'value')
    const saved = Object.fromEntries(rows.map(({ key, value }) => [key.slice(prefix.length), value]))
    const { wrapUpSeconds, autoPauseAfter, requireWrapUpCode } = usualRules
    return operatorSettings.parse({ wrapUpSeconds, autoPauseAfter, requireWrapUpCode, ...saved })
  }

  return [
    endpoint({
      route: 'POST /api/users/:id/presence',
      summary: 'Set the presence of somebody else',
      body: presenceWish,
      async handle(context) {
        const { id, body, who } = context
        await findRow(db, 'users', id)
        const reason = await pauseReasonFor(db, body)
        await pbx.setPresence(id, { presence: body.presence, reason, byUserId: who.userId })
        await audit(db, context, {
          action: 'user.presence',
          entity: 'user',
          entityId: id,
          data: { presence: body.presence, reason }
        })
      }
    }),
    endpoint({
      route: 'GET /api/operator-settings',
      summary: 'Rules of the company for its operators',
      answer: operatorSettings,
      handle: () => settings()
    }),
    endpoint({
      route: 'PATCH /api/operator-settings',
      summary: 'Change the rules for operators: fields that are left out stay as they are',
      body: operatorSettingsPatch,
      answer: operatorSettings,
      async handle(context) {
        const changes = Object.entries(context.body).filter(([, value]) => value !== undefined)
        await db.transaction(async (trx) => {
          const before = await settings(trx)
          for (const [key, value] of changes) {
            await trx('settings')
              .insert({ key: prefix + key, value: JSON.stringify(value), updated_at: trx.fn.now() })
              .onConflict('key')
              .merge()
          }
          await audit(trx, context, {
            action: 'operator settings.change',
            entity: 'settings',
            change: { before, after: { ...before, ...Object.fromEntries(changes) } }
          })
        })
        return settings()
      }
    }),
    endpoint({
      route: 'GET /api/queues',
      summary: 'Queues in which somebody waits',
      answer: queueList,
      handle: () => Promise.resolve({ items: pbx.queues() })
    }),
    endpoint({
      route: 'GET /api/groups/:id/scores',
      summary: 'How the weighted strategy sees the free operators of a group now, part by part',
      query: scoresQuery,
      answer: scores,
      async handle({ id, query }) {
        await findRow(db, 'groups', id)
        const names = new Map(pbx.operators().map((operator) => [operator.userId, operator.name]))
        const items = (await pbx.scores(id, query))
          .map((one) => ({ ...one, name: names.get(one.userId) ?? '' }))
          .toSorted((a, b) => b.total - a.total)
        return { items }
      }
    })
  ]
}
