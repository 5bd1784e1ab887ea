import type { Knex } from 'knex'
import { failureInWords, runCheck, type SchemeCheck } from '../../ivr/checks.ts'
import { mediaProblems, type KnownMedia } from '../../ivr/media.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import {
  allWithSchedules,
  schedulesOf,
  withSchedules,
  type ScheduleRow,
  type Schedules
} from '../../ivr/schedules.ts'
import { companyZone } from '../company-zone.ts'
import { validateScheme, type KnownThings, type SchemeProblem } from '../../ivr/validate.ts'
import { ApiError, type FieldError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { knownMedia } from './scheme-media.ts'

export type Known = KnownThings & KnownMedia

/** What schemes may name. */
export async function knownThings(db: Knex): Promise<Known> {
  const idsOf = async (table: string): Promise<ReadonlySet<string>> =>
    new Set((await db(table).select<{ id: string }[]>('id')).map(({ id }) => id))
  return {
    groupIds: await idsOf('groups'),
    trunkIds: await idsOf('trunks'),
    schemeIds: await idsOf('schemes'),
    scheduleIds: await idsOf('schedules'),
    ...(await knownMedia(db))
  }
}

export const problemsOf = (draft: Scheme, known: Known): SchemeProblem[] => [
  ...validateScheme(draft, known),
  ...mediaProblems(draft, known)
]

/** @throws ApiError scheme_invalid, naming each error */
export async function refuseErrors(trx: Knex.Transaction, draft: Scheme): Promise<void> {
  const errors = problemsOf(draft, await knownThings(trx)).filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  throw new ApiError('scheme_invalid', {
    errors: errors.map((problem) => ({
      path: ['draft', problem.block ? `blocks.${problem.block}` : 'start', problem.path]
        .filter((part) => part !== null)
        .join('.'),
      message: problem.message
    }))
  })
}

/** @throws ApiError scheme_invalid when texts could not be spoken */
export function refuseUnspoken(failed: readonly { block: string; text: string; message: string }[]): void {
  if (failed.length === 0) return
  throw new ApiError('scheme_invalid', {
    errors: failed.map(({ block, text, message }) => ({
      path: `draft.blocks.${block}`,
      message: `“${text.slice(0, 60)}” cannot be spoken: ${message}`
    }))
  })
}

/** Plays every saved case of the scheme against what is to be published. @throws ApiError scheme_checks_failed */
export async function refuseFailingChecks(
  trx: Knex.Transaction,
  schemeId: string,
  draft: Scheme
): Promise<void> {
  const checks = await trx('scheme_checks')
    .where({ scheme_id: schemeId })
    .orderBy('name')
    .select<(SchemeCheck & { id: string })[]>('id', 'name', 'scenario', 'expected')
  if (checks.length === 0) return
  const schedules = await companySchedules(trx)
  const schemes = allWithSchedules(await publishedBodies(trx), schedules)
  const ready = withSchedules(draft, schedules)
  const failed: FieldError[] = checks.flatMap((check) => {
    const result = runCheck(ready, check, schemes)
    if (result.isPassed) return []
    return [{ path: `checks.${check.id}`, message: `${check.name}: ${failureInWords(draft, check, result)}` }]
  })
  if (failed.length > 0) throw new ApiError('scheme_checks_failed', { errors: failed })
}

/** Schedules as calls go by them. */
async function companySchedules(db: Knex): Promise<Schedules> {
  const columns = ['id', 'time_zone as timeZone', 'hours', 'days', 'override']
  const rows = await db('schedules').select<ScheduleRow[]>(columns)
  return schedulesOf(rows, await companyZone(db))
}

/** What is published of every scheme, by id: calls go on from one to another. */
async function publishedBodies(db: Knex): Promise<Record<string, Scheme>> {
  const rows = await db('schemes as s')
    .join('scheme_versions as v', (on) => {
      on.on('v.scheme_id', 's.id').andOn('v.version', 's.published_version')
    })
    .select<{ id: string; body: Scheme }[]>('s.id', 'v.body')
  return Object.fromEntries(rows.map(({ id, body }) => [id, body]))
}

/** Who saved each draft last, by the scheme's id. */
export async function savers(
  db: Knex,
  rows: readonly Row[]
): Promise<Map<string, { id: string; name: string }>> {
  const found = await db('schemes as s')
    .join('users as u', 'u.id', 's.draft_saved_by')
    .whereIn(
      's.id',
      rows.map(({ id }) => String(id))
    )
    .select<{ scheme_id: string; id: string; name: string }[]>('s.id as scheme_id', 'u.id', 'u.name')
  return new Map(found.map(({ scheme_id, id, name }) => [scheme_id, { id, name }]))
}

/** Refuses what was made from an older draft, and shows the one that stands there now. @throws ApiError draft_changed */
export async function refuseStale(db: Knex, row: Row, revision: number | undefined): Promise<void> {
  if (revision === undefined || row['revision'] === revision) return
  const saver = (await savers(db, [row])).get(String(row['id'])) ?? null
  throw new ApiError('draft_changed', {
    current: {
      revision: row['revision'],
      draft: row['draft'],
      savedBy: saver,
      savedAt: (row['draft_saved_at'] as Date).toISOString()
    }
  })
}
