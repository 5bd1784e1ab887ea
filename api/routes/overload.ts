import type { Knex } from 'knex'
import { audit } from '../audit.ts'
import { overloadSettings, type OverloadSettings } from '../contract/overload.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** Where each field is kept; the static fallback has read its group from there since before there were limits. */
const keys = {
  maxCalls: 'overload.maxCalls',
  isAutomatic: 'overload.isAutomatic',
  answer: 'overload.answer',
  fallbackGroupId: 'fallback.groupId'
} as const satisfies Record<keyof OverloadSettings, string>

/** For more calls than can be carried, and for while the controller is away. */
export function overloadRoutes({ db }: ApiDeps): Endpoint[] {
  async function read(reader: Knex): Promise<OverloadSettings> {
    const rows = await reader('settings')
      .whereIn('key', Object.values(keys))
      .select<{ key: string; value: unknown }[]>('key', 'value')
    const saved = new Map(rows.map(({ key, value }) => [key, value]))
    const found = Object.entries(keys).filter(([, key]) => saved.has(key))
    return overloadSettings.parse(Object.fromEntries(found.map(([name, key]) => [name, saved.get(key)])))
  }

  return [
    endpoint({
      route: 'GET /api/overload-settings',
      summary: 'What happens to new calls when no more can be carried',
      answer: overloadSettings,
      handle: () => read(db)
    }),
    endpoint({
      route: 'PUT /api/overload-settings',
      summary: 'Set that; fields that are left out take their usual values. The next call follows it',
      body: overloadSettings,
      answer: overloadSettings,
      async handle(context) {
        const { body } = context
        await db.transaction(async (trx) => {
          if (body.fallbackGroupId !== null) {
            const group = await trx('groups')
              .where({ id: body.fallbackGroupId })
              .forShare()
              .first<object>('id')
            if (!group)
              throw new ApiError('invalid', {
                errors: [{ path: 'fallbackGroupId', message: 'is no group' }]
              })
          }
          const before = await read(trx)
          for (const [name, key] of Object.entries(keys)) {
            const value = body[name as keyof OverloadSettings]
            if (value === null) await trx('settings').where({ key }).delete()
            else
              await trx('settings')
                .insert({ key, value: JSON.stringify(value), updated_at: trx.fn.now() })
                .onConflict('key')
                .merge()
          }
          const change = { before, after: body }
          await audit(trx, context, { action: 'overload_settings.change', entity: 'settings', change })
        })
        return body
      }
    })
  ]
}
