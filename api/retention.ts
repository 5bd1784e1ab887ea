import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { erasedName, erasePerson } from '../crm/personal-data/erase.ts'
import { recordingsOf } from '../crm/personal-data/collect.ts'
import { keptPlan, keptSettings, type KeptKind, type KeptSettings } from './contract/retention.ts'
import { CrmRefusal } from '../crm/refusal.ts'
import type { JobSchedule, JobTasks } from '../db/jobs.ts'
import { readRetention, saveRetention } from '../tracking/store/retention.ts'
import { auditAs } from './audit.ts'
import type { RecordingFiles } from './personal-data-jobs.ts'

/** Kinds that only this work takes away; each of the others has work of its own, which reads the same settings. */
const ownKinds = ['clients', 'forms', 'messages', 'exchanges', 'audit'] as const
type OwnKind = (typeof ownKinds)[number]
const ownKey = 'personalData.retention'
/** Read by `recordings/expire.ts`. */
const retentionSetting = 'recordings.retentionDays'
const batch = 2000
/** An erasure looks through every table: as many as a night has room for. */
const mostClients = 300

export async function readKept(db: Knex): Promise<KeptSettings> {
  const rows = await db('settings')
    .whereIn('key', [ownKey, retentionSetting])
    .select<{ key: string; value: unknown }[]>('key', 'value')
  const valueOf = (key: string): unknown => rows.find((row) => row.key === key)?.value ?? null
  const { visitDays: visits, touchpointDays: touchpoints } = await readRetention(db)
  const usual = { clients: null, forms: null, messages: null, exchanges: 30, audit: null }
  return keptSettings.parse({
    ...usual,
    ...(valueOf(ownKey) as Partial<Record<OwnKind, number | null>> | null),
    ...{ recordings: valueOf(retentionSetting), visits, touchpoints }
  })
}

/** Writes each period to where the work that it is for looks it up. */
export async function saveKept(trx: Knex, settings: KeptSettings): Promise<void> {
  const put = (key: string, value: unknown) =>
    trx('settings')
      .insert({ key, value: JSON.stringify(value), updated_at: trx.fn.now() })
      .onConflict('key')
      .merge()
  const { recordings, visits, touchpoints, ...own } = settings
  await put(ownKey, own)
  if (recordings === null) await trx('settings').where({ key: retentionSetting }).delete()
  else await put(retentionSetting, recordings)
  await saveRetention(trx, { visitDays: visits, touchpointDays: touchpoints })
}

const phones = '(select e164 from contact_phones where contact_id = k.id)'
/** What goes, as the rest of a query: what is not older, or is still needed, is not in it. */
const gone: Record<KeptKind, string> = {
  // Whoever is a client by a deal, or waits for something, keeps their number; so does whoever was heard of since.
  clients: `contacts k where k.name <> '${erasedName}' and k.created_at < :before and k.updated_at < :before
    and not exists (select from calls c where c.contact_id = k.id and c.started_at >= :before)
    and not exists (select from calls c where c.caller_number in ${phones} and c.started_at >= :before)
    and not exists (select from deals d where d.contact_id = k.id)
    and not exists (select from deal_contacts d where d.contact_id = k.id)
    and not exists (select from tasks t where t.contact_id = k.id and (t.state = 'open' or t.created_at >= :before))
    and not exists (select from inquiries i where i.contact_id = k.id
      and (i.state in ('new', 'inWork') or i.created_at >= :before))
    and not exists (select from conversations v where v.contact_id = k.id and v.last_at >= :before)
    and not exists (select from contact_notes n where n.contact_id = k.id and n.created_at >= :before)
    and not exists (select from activities a where a.contact_id = k.id and a.at >= :before)`,
  recordings: `recordings where state in ('ready', 'failed') and created_at < :before`,
  visits: 'visits where started_at < :before',
  touchpoints: 'touchpoints where at < :before',
  forms: `form_submissions where at < :before and (name is not null or phone is not null or email is not null
    or message is not null or fields <> '{}')`,
  messages: `messages where at < :before and state in ('received', 'sent', 'failed', 'bounced')`,
  exchanges: `(select 1 from webhook_deliveries where state <> 'pending' and created_at < :before
    union all select 1 from connector_exchanges where at < :before) x`,
  audit: 'audit where at < :before'
}

export type KeptCounts = Partial<Record<KeptKind, number>>

/** What would go if tonight's work ran now with these periods. */
export async function countGone(db: Knex, settings: KeptSettings, nowMs = Date.now()): Promise<KeptCounts> {
  const counts: KeptCounts = {}
  for (const { kind, before } of keptPlan(settings, nowMs)) {
    const { rows } = await db.raw<{ rows: { n: string }[] }>(`select count(*) as n from ${gone[kind]}`, {
      before
    })
    counts[kind] = Number(rows[0]?.n ?? 0)
  }
  return counts
}

const removals: Record<Exclude<OwnKind, 'clients'>, string> = {
  // That a form came is counted by reports; what was written into it is not.
  forms: `update form_submissions set name = null, phone = null, email = null, message = null, fields = '{}'
    where id in (select id from ${gone.forms} order by at limit ${batch})`,
  messages: `delete from messages where id in (select id from ${gone.messages} order by at limit ${batch})`,
  // What is still to be sent stays.
  exchanges: `with jobs as (delete from connector_jobs where state = 'done' and updated_at < :before),
      events as (delete from connector_events where at < :before),
      sent as (delete from webhook_deliveries where id in (select id from webhook_deliveries
        where state <> 'pending' and created_at < :before order by created_at limit ${batch / 2}) returning 1),
      had as (delete from connector_exchanges where id in (select id from connector_exchanges
        where at < :before order by at limit ${batch / 2}) returning 1)
    select from sent union all select from had`,
  audit: `delete from audit where id in (select id from ${gone.audit} order by at limit ${batch})`
}

/** Takes away what is older than the company keeps it, a little at a time. Tells the audit how much, and of nobody whose. */
export async function expireKept(
  options: { db: Knex; recordings: Pick<RecordingFiles, 'remove'>; log: Logger },
  nowMs = Date.now()
): Promise<KeptCounts> {
  const { db, log } = options
  const plan = keptPlan(await readKept(db), nowMs)
  const counts: KeptCounts = {}
  for (const kind of ownKinds) {
    const before = plan.find((each) => each.kind === kind)?.before
    if (!before) continue
    const count =
      kind === 'clients' ? await eraseSilent(options, before) : await inBatches(db, removals[kind], before)
    if (kind === 'messages') await dropEmptied(db, before)
    if (count > 0) counts[kind] = count
  }
  if (Object.keys(counts).length > 0) {
    await auditAs(db, null, undefined, {
      action: 'retention.remove',
      entity: 'settings',
      data: { ...counts }
    })
    log.info(counts, 'Data past its time was removed')
  }
  return counts
}

async function inBatches(db: Knex, statement: string, before: Date): Promise<number> {
  for (let sum = 0; ;) {
    const { rowCount } = await db.raw<{ rowCount: number }>(statement, { before })
    sum += rowCount
    if (rowCount === 0) return sum
  }
}

/** Conversations of which no message is left, and what their list shows of the last one. */
async function dropEmptied(db: Knex, before: Date): Promise<void> {
  await db('conversations as v')
    .where('v.last_at', '<', before)
    .whereNotExists(db('messages as m').whereRaw('m.conversation_id = v.id').select(db.raw('1')))
    .delete()
}

/** Each in a transaction of its own: whoever calls meanwhile waits for one erasure at most, and is then no longer silent. */
async function eraseSilent(
  { db, recordings }: { db: Knex; recordings: Pick<RecordingFiles, 'remove'> },
  before: Date
): Promise<number> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select k.id from ${gone.clients} order by k.created_at, k.id limit ${mostClients}`,
    { before }
  )
  let erased = 0
  for (const { id } of rows) {
    const isStill = `select from ${gone.clients} and k.id = :id`
    const { rowCount } = await db.raw<{ rowCount: number }>(isStill, { before, id })
    if (rowCount === 0) continue
    const audio = await recordingsOf(db, id)
    await recordings.remove(audio.map((each) => each.id))
    try {
      await db.transaction(async (trx) => {
        const counts = await erasePerson(trx, { contactId: id, notes: true, messages: true, byUserId: null })
        await trx('erasures').insert({ counts: JSON.stringify({ ...counts, recordings: audio.length }) })
      })
      erased += 1
    } catch (error) {
      // Somebody has deleted or merged it in the meantime.
      if (!(error instanceof CrmRefusal)) throw error
    }
  }
  return erased
}

/** The nightly work. */
export const createRetention = (options: {
  db: Knex
  recordings: Pick<RecordingFiles, 'remove'>
  log: Logger
}): { tasks: JobTasks; schedules: readonly JobSchedule[] } => ({
  tasks: {
    'retention.remove': async () => {
      await expireKept(options)
    }
  },
  schedules: [{ task: 'retention.remove', match: '23 1 * * *' }]
})
