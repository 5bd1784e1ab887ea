import type { Knex } from 'knex'

/** Until when everything is counted: now, or when the oldest of what still waits came. */
export async function countedAt(db: Knex): Promise<Date> {
  const { rows } = await db.raw<{ rows: { at: Date }[] }>(
    // Announcements have no time of their own; a call that has just ended tells when it came. A change of something old
    // is taken for one of now: it waits for seconds.
    `select least(now(), coalesce((
       select min(c.ended_at) from (select subject, subject_id from fact_queue order by id limit 1000) q
       join calls c on q.subject = 'call' and c.id = q.subject_id where c.ended_at > now() - interval '1 hour'
     ), now())) as at`
  )
  return rows[0]?.at ?? new Date()
}
