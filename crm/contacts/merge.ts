import type { Knex } from 'knex'
import { CrmRefusal } from '../refusal.ts'
import { resolve, type Choice, type Side } from './merge-plan.ts'
import { answerByTalks, unanswer } from '../inquiries/responses.ts'
import { moveBack, moveLinks, type Moved } from './links.ts'

const fields = ['name', 'company_id', 'owner_id', 'note', 'tags', 'custom'] as const
type Fields = Record<(typeof fields)[number], unknown>

export interface ContactRow extends Record<string, unknown> {
  id: string
  name: string
  company: string | null
  company_id: string | null
  owner_id: string | null
  note: string | null
  tags: string[]
  custom: Side['custom']
}

interface MergeRow {
  id: string
  winner_id: string
  loser_id: string
  loser: Record<string, unknown>
  before: Partial<Fields>
  after: Partial<Fields>
  moved: Moved
  undone_at: Date | null
}

/** A contact as a merge looks at it. */
export const sideOf = (row: ContactRow): Side => ({
  name: row.name,
  companyId: row.company_id,
  ownerId: row.owner_id,
  note: row.note,
  tags: row.tags,
  custom: row.custom
})

export type MergeResult = { mergeId: string; missing: null } | { mergeId: null; missing: string[] }

/**
 * Puts everything of one contact to another, in one transaction, and keeps what is needed to take them apart again. The
 * other is gone afterwards. Take `lockCrm` first.
 * @returns the conflicts that nobody has decided, and nothing is changed then
 * @throws CrmRefusal not_found
 */
export async function mergeContacts(
  trx: Knex,
  wish: {
    winnerId: string
    loserId: string
    choices: Readonly<Record<string, Choice>>
    byUserId: string | null
  }
): Promise<MergeResult> {
  const { winnerId, loserId } = wish
  const rows = await trx('contacts')
    .whereIn('id', [winnerId, loserId])
    .orderBy('id')
    .forUpdate()
    .select<ContactRow[]>('*')
  const winner = rows.find(({ id }) => id === winnerId)
  const loser = rows.find(({ id }) => id === loserId)
  if (!winner || !loser || winnerId === loserId) throw new CrmRefusal('not_found')
  const { side, missing } = resolve(sideOf(winner), sideOf(loser), wish.choices)
  if (missing) return { mergeId: null, missing }

  const moved = await moveLinks(trx, loserId, winnerId)
  moved.answered = await answerByTalks(trx, winnerId)
  const { rows: kept } = await trx.raw<{ rows: { row: object }[] }>(
    'select to_jsonb(c) as row from contacts c where id = ?',
    [loserId]
  )
  await trx('contacts').where({ id: loserId }).delete()
  const next: Fields = {
    name: side.name,
    company_id: side.companyId,
    owner_id: side.ownerId,
    note: side.note,
    tags: side.tags,
    custom: side.custom
  }
  const before: Record<string, unknown> = {}
  const after: Record<string, unknown> = {}
  for (const field of fields) {
    if (isSame(winner[field], next[field])) continue
    before[field] = winner[field]
    after[field] = next[field]
  }
  await trx('contacts')
    .where({ id: winnerId })
    .update({ ...columns(after), updated_at: trx.fn.now() })
  const [made] = await trx('contact_merges')
    .insert({
      winner_id: winnerId,
      loser_id: loserId,
      loser: JSON.stringify(kept[0]?.row),
      before: JSON.stringify(before),
      after: JSON.stringify(after),
      moved: JSON.stringify(moved),
      created_by: wish.byUserId
    })
    .returning<{ id: string }[]>('id')
  if (!made) throw new Error('No merge came back')
  return { mergeId: made.id, missing: null }
}

/**
 * Takes two contacts apart again: the one that went comes back as it was, with its numbers, mails and everything that was
 * moved from it, and with what came by its numbers since. What people have written since stays with the one that stayed.
 * Take `lockCrm` first.
 * @throws CrmRefusal not_undoable: done already, one of the two is gone, or a later merge must be undone first
 */
export async function undoMerge(trx: Knex, mergeId: string): Promise<{ winnerId: string; loserId: string }> {
  const merge = await trx('contact_merges').where({ id: mergeId }).forUpdate().first<MergeRow | undefined>()
  if (!merge) throw new CrmRefusal('not_found')
  const { winner_id: winnerId, loser_id: loserId } = merge
  const winner = await trx('contacts').where({ id: winnerId }).forUpdate().first<ContactRow | undefined>()
  const later: unknown = await trx('contact_merges')
    .where({ winner_id: winnerId, undone_at: null })
    .where('created_at', '>', trx('contact_merges').where({ id: mergeId }).select('created_at'))
    .first('id')
  if (merge.undone_at !== null || !winner || later) throw new CrmRefusal('not_undoable')
  if (await trx('contacts').where({ id: loserId }).first<unknown>('id')) throw new CrmRefusal('not_undoable')

  await putBack(trx, merge.loser)
  await moveBack(trx, merge.moved, { from: winnerId, to: loserId })
  await splitSince(trx, merge)
  await unanswer(trx, merge.moved.answered ?? [])
  // Each by their own talks, those since then too.
  for (const contactId of [winnerId, loserId]) await answerByTalks(trx, contactId)
  const back = fields.filter((field) => field in merge.after && isSame(winner[field], merge.after[field]))
  await trx('contacts')
    .where({ id: winnerId })
    .update({
      ...columns(Object.fromEntries(back.map((field) => [field, merge.before[field]]))),
      updated_at: trx.fn.now()
    })
  await trx('contact_merges').where({ id: mergeId }).update({ undone_at: trx.fn.now() })
  return { winnerId, loserId }
}

/** The row with its id and every column; what it named and is gone since is left out. */
async function putBack(trx: Knex, row: Record<string, unknown>): Promise<void> {
  const exists = async (table: string, id: unknown): Promise<unknown> =>
    typeof id === 'string' && (await trx(table).where({ id }).first<unknown>('id')) ? id : null
  const whole = {
    ...row,
    owner_id: await exists('users', row['owner_id']),
    company_id: await exists('companies', row['company_id'])
  }
  await trx.raw(
    'insert into contacts select * from jsonb_populate_record(cast(null as contacts), cast(? as jsonb))',
    [JSON.stringify(whole)]
  )
}

/** What came by the numbers of the one that is back, while the two were one. */
async function splitSince(trx: Knex, { winner_id, loser_id, moved }: MergeRow): Promise<void> {
  const phones = moved.keys['contact_phones.contact_id'] ?? []
  if (phones.length === 0) return
  const theirs = 'any(cast(:phones as text[]))'
  const isKept = (id: string): string => `${id} = any(cast(:kept as uuid[]))`
  const ours = (phone: string): string =>
    `contact_id = :winner and ${phone} = ${theirs} and not ${isKept('id')}`
  await trx.raw(
    `with called as (
       update calls set contact_id = :loser where ${ours('caller_number')}
     ), asked as (
       update inquiries set contact_id = :loser where ${ours('phone')} returning id
     ), owed as (
       update tasks set contact_id = :loser where ${ours('phone')}
     ), promised as (
       update callbacks set contact_id = :loser where ${ours('phone')}
     ), dealt as (
       update deals set contact_id = :loser where contact_id = :winner and inquiry_id in (select id from asked)
     )
     update activities a set contact_id = :loser
     where a.contact_id = :winner and not ${isKept('a.subject_id')} and exists (
       select from calls c where c.id = a.subject_id and c.caller_number = ${theirs}
       union all select from form_submissions f where f.id = a.subject_id and f.phone = ${theirs}
       union all select from callbacks k where k.id = a.subject_id and k.phone = ${theirs})`,
    { winner: winner_id, loser: loser_id, phones, kept: moved.kept }
  )
}

/** Who a contact is now that may have gone into another, or into one that itself went on. */
export async function livingContact(db: Knex, id: string): Promise<string | null> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `with recursive went as (
       select cast(:id as uuid) as id
       union select m.winner_id from went join contact_merges m on m.loser_id = went.id and m.undone_at is null
     ) select c.id from went join contacts c on c.id = went.id limit 1`,
    { id }
  )
  return rows[0]?.id ?? null
}

const columns = (values: Record<string, unknown>): Record<string, unknown> => ({
  ...values,
  ...('custom' in values && { custom: JSON.stringify(values['custom']) })
})
const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)

/** Keys of an object in one order: PostgreSQL has its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  )
