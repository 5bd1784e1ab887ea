import type { Knex } from 'knex'
import { lockCrm } from '../clients.ts'
import type { Presences } from '../ports.ts'
import { readDeskSettings, type DispatchSettings } from './desk-settings.ts'
import { chooseColleague, type Choice, type Colleague } from './dispatch.ts'

/** Marks of so many days count, as when calls are distributed. */
const ratingDays = 30
const batchSize = 50

/**
 * Gives new inquiries that nobody has to people, the oldest first, each in the light of the one before. Those for whom
 * nobody is free stay on the desk until the next time.
 * @returns how many were given
 */
export async function dispatchInquiries(db: Knex, presences: Presences): Promise<number> {
  const { dispatch } = await readDeskSettings(db)
  if (!dispatch.isOn || dispatch.userIds.length === 0) return 0
  return db.transaction(async (trx) => {
    await lockCrm(trx)
    const waiting = await trx('inquiries')
      .where({ state: 'new', responsible_id: null })
      // What came by hand, or long before the dispatcher was switched on, is people's.
      .whereNot('kind', 'manual')
      .where('created_at', '>', trx.raw(`now() - interval '7 days'`))
      .orderBy(['created_at', 'id'])
      .limit(batchSize)
      .forUpdate()
      .select<{ id: string; contact_id: string | null; phone: string | null }[]>('id', 'contact_id', 'phone')
    if (waiting.length === 0) return 0
    let given = 0
    for (const inquiry of waiting) {
      const colleagues = await colleaguesOf(trx, dispatch, presences)
      const choice = chooseColleague(colleagues, dispatch, await hadBefore(trx, inquiry))
      if (choice.userId === null) continue
      await trx('inquiries')
        .where({ id: inquiry.id })
        .update({
          responsible_id: choice.userId,
          // Of this very moment: several are given in one transaction, each after the one before.
          dispatched_at: trx.raw('clock_timestamp()'),
          dispatch_note: JSON.stringify({ why: choice.why, score: scoreOf(choice) }),
          updated_at: trx.fn.now()
        })
      given += 1
    }
    return given
  })
}

/** Who would get the next inquiry of somebody new, and why. */
export async function previewDispatch(
  db: Knex,
  dispatch: DispatchSettings,
  presences: Presences
): Promise<{ choice: Choice; colleagues: Colleague[] }> {
  const colleagues = await colleaguesOf(db, dispatch, presences)
  return { choice: chooseColleague(colleagues, dispatch, null), colleagues }
}

const scoreOf = ({ userId, standings }: Choice): number | null =>
  standings.find((one) => one.userId === userId)?.score ?? null

async function colleaguesOf(
  trx: Knex,
  { userIds }: DispatchSettings,
  presences: Presences
): Promise<Colleague[]> {
  if (userIds.length === 0) return []
  const now = new Map(presences().map((one) => [one.userId, one]))
  const { rows } = await trx.raw<{
    rows: { id: string; is_active: boolean; load: number; given: Date | null; rating: number | null }[]
  }>(
    `select u.id, u.is_active and u.role <> 'marketer' as is_active,
       (select count(*)::int from inquiries i where i.responsible_id = u.id and i.state in ('new','inWork')) as load,
       (select max(dispatched_at) from inquiries i where i.responsible_id = u.id) as given,
       (select avg(rating)::float8 from calls c where c.operator_id = u.id and c.rating is not null
         and c.started_at > now() - make_interval(days => :days)) as rating
     from users u where u.id = any(cast(:ids as uuid[])) order by u.name, u.id`,
    { ids: userIds, days: ratingDays }
  )
  return rows.map((row) => ({
    userId: row.id,
    presence: now.get(row.id)?.presence ?? 'offline',
    sinceMs: Date.parse(now.get(row.id)?.since ?? '') || 0,
    load: row.load,
    rating: row.rating,
    lastGivenMs: row.given?.getTime() ?? 0,
    isActive: row.is_active
  }))
}

/** Whoever had this client last: in a deal, in an inquiry, in a talk. */
async function hadBefore(
  trx: Knex,
  { id, contact_id, phone }: { id: string; contact_id: string | null; phone: string | null }
): Promise<string | null> {
  const { rows } = await trx.raw<{ rows: { user_id: string }[] }>(
    `select user_id from (
       select responsible_id as user_id, updated_at as at from deals where contact_id = :contact and responsible_id is not null
       union all
       select responsible_id, created_at from inquiries
         where contact_id = :contact and responsible_id is not null and id <> :id
       union all
       select operator_id, answered_at from calls
         where caller_number = :phone and operator_id is not null and outcome = 'answered'
     ) had order by at desc nulls last limit 1`,
    { contact: contact_id, phone, id }
  )
  return rows[0]?.user_id ?? null
}
