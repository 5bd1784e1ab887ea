import type { SchemeFile } from '../contract/schemes.ts'
import { scheme } from '../contract/config.ts'
import { schemeFile } from '../contract/schemes.ts'
import { audit } from '../audit.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { itemOf, type Row } from '../rows.ts'
import { knownThings, problemsOf } from './scheme-state.ts'

/** A scheme as a file and back. */
export const schemeFileRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/schemes/:id/export',
    summary: 'The draft with its checks, as a file for another installation',
    answer: schemeFile,
    async handle({ id, res }) {
      const row = await findRow(db, 'schemes', id)
      const checks = await db('scheme_checks')
        .where({ scheme_id: id })
        .orderBy('name')
        .select<SchemeFile['checks']>('name', 'scenario', 'expected')
      res.set('Content-Disposition', 'attachment; filename="scheme.json"')
      return {
        format: 'ringtrace-scheme' as const,
        formatVersion: 1 as const,
        name: String(row['name']),
        scheme: row['draft'] as SchemeFile['scheme'],
        checks
      }
    }
  }),
  endpoint({
    route: 'POST /api/schemes/import',
    summary: 'Make a new scheme of such a file; what it names and is not here stands in its problems',
    body: schemeFile,
    answer: scheme,
    status: 201,
    async handle(context) {
      const { name, scheme: draft, checks } = context.body
      const row = await db.transaction(async (trx) => {
        const [made] = (await trx('schemes')
          .insert({ name, draft: JSON.stringify(draft), draft_saved_by: context.who.userId })
          .returning('*')) as Row[]
        if (!made) throw new Error('No row came back from schemes')
        const id = String(made['id'])
        for (const each of checks) {
          await trx('scheme_checks').insert({
            scheme_id: id,
            name: each.name,
            scenario: JSON.stringify(each.scenario),
            expected: JSON.stringify(each.expected)
          })
        }
        await audit(trx, context, { action: 'scheme.import', entity: 'scheme', entityId: id, data: { name } })
        return made
      })
      const { userId } = context.who
      const saver = await db('users')
        .where({ id: userId })
        .first<{ id: string; name: string } | undefined>('id', 'name')
      return itemOf(scheme, row, {
        problems: problemsOf(draft, await knownThings(db)),
        savedBy: saver ?? null,
        savedAt: (row['draft_saved_at'] as Date).toISOString()
      })
    }
  })
]
