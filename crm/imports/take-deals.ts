import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { ImportPlan, LineRead, Outcome } from './take.ts'

/**
 * Writes the deals of rows whose clients are there by now. A deal of the same name with the same client is a double; where
 * the row says when it was made, only one of that day.
 */
export async function writeDeals(
  trx: Knex,
  plan: ImportPlan,
  rows: readonly LineRead[],
  outcomes: Outcome[]
): Promise<void> {
  const seen = await dealsThere(trx, rows, outcomes)
  const fresh: object[] = []
  const changed: object[] = []
  for (const [index, { deal }] of rows.entries()) {
    const outcome = outcomes[index]
    if (!deal || !outcome || outcome.state === 'refused') continue
    const day = deal.createdAt?.toISOString().slice(0, 10) ?? ''
    const key = `${deal.title.toLowerCase()}\n${outcome.contactId ?? ''}\n${day}`
    const known = plan.duplicates === 'make' ? undefined : seen.get(key)
    const values = {
      title: deal.title,
      amount: deal.amount,
      currency: deal.currency,
      stage_id: deal.stageId,
      responsible_id: deal.ownerId ?? (known === undefined ? plan.ownerId : null),
      lost_reason: deal.lostReason,
      note: deal.note,
      contact_id: outcome.contactId,
      created_at: deal.createdAt,
      closed_at: deal.closedAt
    }
    if (known === undefined) {
      const id = randomUUID()
      seen.set(key, id)
      fresh.push({ id, ...values, amount: deal.amount ?? 0 })
      outcome.dealId = id
    } else if (plan.duplicates === 'skip') outcome.state = 'skipped'
    else {
      outcome.state = 'updated'
      outcome.change = { ...outcome.change }
      changed.push({ id: known, line: outcome.line, ...values })
    }
  }
  await insertDeals(trx, fresh)
  await changeDeals(trx, changed, outcomes)
}

async function dealsThere(
  trx: Knex,
  rows: readonly LineRead[],
  outcomes: readonly Outcome[]
): Promise<Map<string, string>> {
  const wanted = rows.flatMap(({ deal }, index) =>
    deal ? [{ title: deal.title.toLowerCase(), id: outcomes[index]?.contactId ?? null }] : []
  )
  const { rows: found } = await trx.raw<{
    rows: { id: string; title: string; contact_id: string | null; day: string }[]
  }>(
    `select d.id, lower(d.title) as title, d.contact_id, to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD') as day
     from deals d where exists (
       select from jsonb_to_recordset(cast(? as jsonb)) as x(title text, id uuid)
       where x.title = lower(d.title) and x.id is not distinct from d.contact_id)
     order by d.created_at desc, d.id`,
    [JSON.stringify(wanted)]
  )
  const seen = new Map<string, string>()
  for (const { id, title, contact_id, day } of found) {
    seen.set(`${title}\n${contact_id ?? ''}\n${day}`, id)
    seen.set(`${title}\n${contact_id ?? ''}\n`, id)
  }
  return seen
}

const shape = `x(id uuid, line int, title text, amount numeric, currency text, stage_id uuid, responsible_id uuid,
  lost_reason text, note text, contact_id uuid, created_at timestamptz, closed_at timestamptz)`

async function insertDeals(trx: Knex, fresh: readonly object[]): Promise<void> {
  if (fresh.length === 0) return
  await trx.raw(
    `with made as (
       insert into deals (id, title, pipeline_id, stage_id, amount, currency, contact_id, responsible_id, lost_reason, note,
         created_at, updated_at, closed_at, follows_lines)
       select x.id, x.title, s.pipeline_id, s.id, x.amount, x.currency, x.contact_id, x.responsible_id,
         case when s.kind = 'lost' then x.lost_reason end, x.note, coalesce(x.created_at, x.closed_at, now()), now(),
         case when s.kind <> 'open' then coalesce(x.closed_at, x.created_at, now()) end, false
       from jsonb_to_recordset(cast(? as jsonb)) as ${shape} join pipeline_stages s on s.id = x.stage_id
       returning id, stage_id, coalesce(closed_at, created_at) as at
     ) insert into deal_stage_changes (deal_id, to_stage_id, at) select id, stage_id, at from made`,
    [JSON.stringify(fresh)]
  )
}

/** What a row leaves empty stays as it is. */
async function changeDeals(
  trx: Knex,
  changed: readonly object[],
  outcomes: readonly Outcome[]
): Promise<void> {
  if (changed.length === 0) return
  const fields = [
    'amount',
    'currency',
    'stage_id',
    'pipeline_id',
    'responsible_id',
    'lost_reason',
    'note',
    'closed_at'
  ]
  const whole = (of: string): string =>
    `jsonb_build_object(${fields.map((field) => `'${field}', ${of}.${field}`).join(', ')})`
  const { rows } = await trx.raw<{ rows: { line: number; id: string; before: object; after: object }[] }>(
    `with wanted as (select distinct on (x.id) x.*, s.kind, s.pipeline_id from jsonb_to_recordset(cast(? as jsonb)) as ${shape}
       left join pipeline_stages s on s.id = x.stage_id order by x.id, x.line desc
     ), old as (select d.* from deals d join wanted w on w.id = d.id for update of d
     ), done as (
       update deals d set amount = coalesce(w.amount, d.amount), follows_lines = d.follows_lines and w.amount is null,
         currency = case when w.amount is null then d.currency else w.currency end,
         stage_id = coalesce(w.stage_id, d.stage_id), pipeline_id = coalesce(w.pipeline_id, d.pipeline_id),
         responsible_id = coalesce(w.responsible_id, d.responsible_id), note = coalesce(w.note, d.note),
         lost_reason = case when w.kind = 'lost' then coalesce(w.lost_reason, d.lost_reason) when w.kind is null then d.lost_reason end,
         closed_at = case when w.kind = 'open' then null when w.kind is null then d.closed_at
           else coalesce(w.closed_at, d.closed_at, now()) end, updated_at = now()
       from wanted w where w.id = d.id returning d.*, w.line
     ), moved as (
       insert into deal_stage_changes (deal_id, from_stage_id, to_stage_id)
       select n.id, o.stage_id, n.stage_id from done n join old o on o.id = n.id where o.stage_id <> n.stage_id
     ) select n.line, n.id, ${whole('o')} as before, ${whole('n')} as after from done n join old o on o.id = n.id`,
    [JSON.stringify(changed)]
  )
  const byLine = new Map(rows.map((row) => [row.line, row]))
  for (const outcome of outcomes) {
    const told = byLine.get(outcome.line)
    if (told)
      outcome.change = { ...outcome.change, deal: { id: told.id, before: told.before, after: told.after } }
  }
}
