import type { Knex } from 'knex'
import { wipeVisits } from './visits.ts'

export interface Wiped {
  /** Rows removed, by table. */
  readonly counts: Readonly<Record<string, number>>
  /** Names of the recordings' files, without folder and ending, for whoever keeps the audio to remove. */
  readonly files: readonly string[]
}

/**
 * Removes the demo company and its calls (past ones and test calls to its numbers) in one transaction. What people
 * made themselves stays: a demo scheme that leads a number of theirs, and the groups it rings, become their own.
 * Calls in progress are left to end.
 */
export async function wipeDemo(db: Knex): Promise<Wiped> {
  return db.transaction(async (trx) => {
    await keepWhatIsUsed(trx)
    await trx.raw(`create temporary table demo_calls on commit drop as
      select id from calls
      where ended_at is not null and (is_demo or number_id in (select id from numbers where is_demo))`)
    const files = await trx('recordings')
      .whereIn('call_id', trx('demo_calls').select('id'))
      .distinct<{ file: string }[]>('file')
    const counts: Record<string, number> = {}
    await wipeDeals(trx)
    await wipeVisits(trx)
    const ofCalls = [
      ['webhook_deliveries', 'call_id'],
      ['recordings', 'call_id'],
      ['call_events', 'call_id'],
      ['call_legs', 'call_id'],
      ['call_snapshots', 'call_id'],
      ['tape_inbox', 'call_id'],
      ['tasks', 'call_id'],
      ['callbacks', 'parent_call_id'],
      ['calls', 'id']
    ] as const
    for (const [table, column] of ofCalls) {
      counts[table] = await trx(table).whereIn(column, trx('demo_calls').select('id')).delete()
    }
    await trx.raw(`delete from costs_replaced where cost @> '{"is_demo": true}'`)
    // Numbers before what they point at.
    for (const table of [
      'costs',
      'numbers',
      'schemes',
      'trunks',
      'sources',
      'sites',
      'contacts',
      'companies',
      'groups',
      'users'
    ]) {
      counts[table] = await trx(table).where({ is_demo: true }).delete()
    }
    await trx('settings')
      .where({ key: 'demo' })
      .update({ value: { state: 'wiped' }, updated_at: trx.fn.now() })
    return { counts, files: files.map(({ file }) => file) }
  })
}

/** Inquiries and deals of the demo and of its calls, before the contacts and people that they name. */
async function wipeDeals(trx: Knex.Transaction): Promise<void> {
  const calls = trx('demo_calls').select('id')
  await trx('deals').where({ is_demo: true }).delete()
  await trx('inquiries').where({ is_demo: true }).orWhereIn('call_id', calls).delete()
  await trx('activities').whereIn('subject_id', calls).delete()
  await trx('crm_inbox').whereIn('subject_id', calls).delete()
}

async function keepWhatIsUsed(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`update companies set is_demo = false
    where is_demo and id in (select company_id from contacts where not is_demo)`)
  await trx.raw(`update schemes set is_demo = false
    where is_demo and id in (select scheme_id from numbers where not is_demo)`)
  await trx.raw(`update groups set is_demo = false
    where is_demo and exists (select from schemes s left join scheme_versions v on v.scheme_id = s.id
      where not s.is_demo and (s.draft::text like '%' || groups.id || '%' or v.body::text like '%' || groups.id || '%'))`)
}
