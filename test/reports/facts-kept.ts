import type { Knex } from 'knex'
import { names, scaled, textOf, timeOf, type Recount, type Row } from './facts-recount.ts'

/** The same as it is kept. */
export async function kept(db: Knex): Promise<Recount> {
  const sums: Row[] = await db('report_sums as s')
    .leftJoin('report_paths as p', 'p.id', 's.path_id')
    .select('s.*', 'p.inquiry_channel', 'p.source', 'p.medium', 'p.campaign', 'p.keyword')
    .select(db.raw('cast(s.day as text) as day'))
  const flagged = await db('calls').where('direction', 'in').whereNotNull('ended_at').select<Row[]>('*')
  const credits = await db('credits as c')
    .join('report_paths as p', 'p.id', 'c.path_id')
    .orderBy(['c.subject_id', 'c.place'])
    .select<Row[]>('c.*', 'p.inquiry_channel', 'p.source', 'p.medium', 'p.campaign', 'p.keyword')
  const path = (row: Row): string =>
    [row['inquiry_channel'], row['source'], row['medium'], row['campaign'], row['keyword']]
      .map(textOf)
      .join('|')
  const bySubject: Record<string, string> = {}
  for (const row of credits) {
    const id = textOf(row['subject_id'])
    const shares = ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay'].map(
      (name) => row[name]
    )
    const text = [path(row), ...shares].join()
    bySubject[id] = id in bySubject ? `${bySubject[id] ?? ''};${text}` : text
  }
  return {
    sums: Object.fromEntries(
      sums.map((row) => {
        const place = row['cut'] === 'source' ? path(row) : ''
        const key = [row['cut'], row['model'], row['day'], row['site_id'], place, row['key']]
          .map(textOf)
          .join('|')
        return [
          key,
          names
            .map((name) => (name === 'revenue' ? scaled(textOf(row[name]), 8) : BigInt(textOf(row[name]))))
            .join()
        ]
      })
    ),
    flags: Object.fromEntries(
      flagged.map((row) => [
        textOf(row['id']),
        [
          row['is_first_call'],
          textOf(row['call_number']),
          ...[row['is_unique'], row['is_repeat'], row['is_target'], textOf(row['returned_call_id'])],
          row['returned_at'] === null ? '' : timeOf(row['returned_at'])
        ].join()
      ])
    ),
    credits: bySubject
  }
}

/** What differs, for people; empty when nothing does. */
export function differences(found: Recount, expected: Recount): string[] {
  return (['flags', 'credits', 'sums'] as const).flatMap((part) => {
    const keys = new Set([...Object.keys(found[part]), ...Object.keys(expected[part])])
    return [...keys]
      .filter((key) => found[part][key] !== expected[part][key])
      .map(
        (key) =>
          `${part} ${key}: ${found[part][key] ?? 'missing'} instead of ${expected[part][key] ?? 'nothing'}`
      )
  })
}
