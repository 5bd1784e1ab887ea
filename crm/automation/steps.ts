import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Announce } from '../ports.ts'
import { CrmRefusal } from '../refusal.ts'
import { pauseAfter } from './core/guard.ts'
import { quietUntil } from './core/hours.ts'
import { plan, reachesClient, type Manner } from './core/plan.ts'
import type { EventData, Facts, StepAction, Subject } from './core/rule.ts'
import { factsOf } from './facts.ts'
import { doInside, type Done, type Step } from './inside.ts'
import type { AutomationPorts, Gone } from './ports.ts'
import { refusalToken } from './refusals.ts'
import { readSettings, zoneOfCompany } from './settings.ts'
import { take } from './take.ts'
import { mailHtml, masked, staffSubject } from './words.ts'

export interface StepsWorld {
  db: Knex
  ports: AutomationPorts
  announce: Announce
  /** Where clients reach us from outside; null where nobody has said. */
  publicUrl: string | null
  /** Where people of the house reach the panel. */
  panelUrl: string
  log: Logger
  now: () => number
}

const outKinds = ['sendMail', 'sendSms', 'mailStaff']
/** Longer than sending can take: whoever began is gone. */
const lostAfterMinutes = 10

interface StepRow {
  id: string
  run_id: string
  position: number
  kind: StepAction['kind']
  action: StepAction
  attempts: number
  rule_id: string
  rule_name: string
  subject: Subject
  subject_id: string
  at: Date
  data: EventData
  chain: string[]
}

/**
 * Does the next due step of those inside the house, or of those that go out.
 * @returns false when none is due
 */
export async function workStep(world: StepsWorld, where: 'inside' | 'out'): Promise<boolean> {
  if (where === 'inside') return workInside(world)
  const begun = await begin(world)
  if (begun === null) return false
  if (begun !== 'settled') await sendOut(world, begun)
  return true
}

async function next(trx: Knex, where: 'inside' | 'out', nowMs: number): Promise<StepRow | undefined> {
  const steps = trx('automation_steps as s')
    .join('automation_runs as u', 'u.id', 's.run_id')
    .join('automation_rules as r', 'r.id', 'u.rule_id')
    .where('s.state', 'pending')
    .where('s.next_at', '<=', new Date(nowMs))
  if (where === 'inside') steps.whereNotIn('s.kind', outKinds)
  else steps.whereIn('s.kind', outKinds)
  return steps
    .orderBy(['s.next_at', 's.run_id', 's.position'])
    .forUpdate('s')
    .skipLocked()
    .first<StepRow | undefined>(
      ...['s.id', 's.run_id', 's.position', 's.kind', 's.action', 's.attempts', 'u.rule_id'],
      ...['r.name as rule_name', 'u.subject', 'u.subject_id', 'u.at', 'u.data', 'u.chain']
    )
}

/** What the step would do now; or it is settled already: left out, or put off until quiet hours end. */
async function prepare(trx: Knex, world: StepsWorld, row: StepRow): Promise<Step | 'settled'> {
  const facts = await factsOf(trx, {
    subject: row.subject,
    subjectId: row.subject_id,
    atMs: row.at.getTime(),
    data: { ...row.data }
  })
  if (!facts) return settle(trx, row, 'skipped', 'gone')
  const settings = await readSettings(trx)
  if (reachesClient(row.action)) {
    const untilMs = quietUntil(world.now(), await zoneFor(trx, facts, world.ports), settings.quiet)
    if (untilMs !== null) {
      await trx('automation_steps')
        .where({ id: row.id })
        .update({ next_at: new Date(untilMs), note: 'quiet' })
      return 'settled'
    }
  }
  const planned = plan(row.action, facts, await mannerFor(trx, facts, world.publicUrl))
  const skip = planned.skip ?? (row.kind === 'sendSms' && !(await world.ports.hasSms()) ? 'notSetUp' : null)
  if (skip !== null) return settle(trx, row, 'skipped', skip)
  return { ruleId: row.rule_id, ruleName: row.rule_name, action: row.action, facts, planned }
}

async function zoneFor(db: Knex, facts: Facts, ports: Pick<AutomationPorts, 'zoneOf'>): Promise<string> {
  const own = facts.phone === null ? null : ports.zoneOf(facts.phone)
  return own ?? zoneOfCompany(db)
}

export async function mannerFor(db: Knex, facts: Facts, publicUrl: string | null): Promise<Manner> {
  const { onlyWithConsent, refuseWords } = await readSettings(db)
  const { contactId } = facts
  const isReached = contactId !== null && publicUrl !== null
  const refuseUrl = isReached ? `${publicUrl}/u/${await refusalToken(db, contactId)}` : null
  return { onlyWithConsent, refuseWords, refuseUrl }
}

async function workInside(world: StepsWorld): Promise<boolean> {
  const { db, log } = world
  return db.transaction(async (trx) => {
    const row = await next(trx, 'inside', world.now())
    if (!row) return false
    try {
      // What fails leaves nothing behind but its note.
      await trx.transaction(async (inner) => {
        const step = await prepare(inner, world, row)
        if (step === 'settled') return
        const chain = [...row.chain, row.rule_id]
        const done = await doInside(inner, step, {
          ports: world.ports,
          nowMs: world.now(),
          announce: async (each, event) => {
            await world.announce(each, event)
            await take(each, event, chain)
          }
        })
        await noteDone(inner, row, done)
      })
    } catch (error) {
      log.warn({ err: error, kind: row.kind, runId: row.run_id }, 'An action of a rule failed')
      const isForGood = error instanceof CrmRefusal
      await fail(trx, world, { ...row, attempts: row.attempts + 1 }, String(error).slice(0, 300), isForGood)
    }
    return true
  })
}

async function noteDone(trx: Knex, row: StepRow, done: Done): Promise<void> {
  if ('skip' in done) {
    await settle(trx, row, 'skipped', done.skip)
    return
  }
  const { mailTo } = done
  if (mailTo)
    await trx('automation_steps').insert({
      run_id: row.run_id,
      position: 1000 + row.position,
      kind: 'mailStaff',
      action: JSON.stringify({ kind: 'mailStaff', ...mailTo })
    })
  await settle(trx, row, 'done', done.note ?? null, done.madeId)
}

/** Writes that a step is on its way before it goes: from now on nobody else sends it. */
async function begin({ db, ...rest }: StepsWorld): Promise<{ row: StepRow; step: Step } | 'settled' | null> {
  const world = { db, ...rest }
  return db.transaction(async (trx) => {
    const row = await next(trx, 'out', world.now())
    if (!row) return null
    const step = await prepare(trx, world, row)
    if (step === 'settled') return 'settled'
    await trx('automation_steps')
      .where({ id: row.id })
      .update({ state: 'begun', attempts: row.attempts + 1, begun_at: new Date(world.now()), note: null })
    return { row: { ...row, attempts: row.attempts + 1 }, step }
  })
}

async function sendOut(world: StepsWorld, { row, step }: { row: StepRow; step: Step }): Promise<void> {
  const gone = await send(world, row, step).catch((error: unknown): Gone => {
    world.log.error({ err: error, kind: row.kind }, 'A message of a rule could not be sent')
    return { is: 'unknown', error: String(error).slice(0, 300) }
  })
  await world.db.transaction(async (trx) => {
    const note = 'error' in gone ? masked(gone.error, step.facts) : gone.note
    if (gone.is === 'sent') await settle(trx, row, 'done', note)
    else if (gone.is === 'unknown') await settle(trx, row, 'unknown', note)
    else await fail(trx, world, row, note ?? '', gone.isForGood)
  })
}

async function send({ ports, panelUrl }: StepsWorld, row: StepRow, step: Step): Promise<Gone> {
  const { planned, facts } = step
  const text = planned.text ?? ''
  if (step.action.kind === 'sendSms') return ports.sms({ to: planned.to ?? '', text, id: row.id })
  const isStaff = step.action.kind === 'mailStaff'
  const body = isStaff ? `${text}\n\n${linkTo(facts, panelUrl)}` : text
  return ports.mail({
    to: step.action.kind === 'mailStaff' ? step.action.emails : [planned.to ?? ''],
    subject: isStaff ? staffSubject(planned.subject ?? '') : (planned.subject ?? ''),
    text: `${body}\n`,
    html: mailHtml(body),
    messageId: `automation.${row.id}@ringtrace`,
    ...(planned.refuseUrl !== null && { refuseUrl: planned.refuseUrl })
  })
}

function linkTo(facts: Facts, url: string): string {
  if (facts.subject === 'call') return `${url}/calls/${facts.subjectId}`
  if (facts.dealId !== null) return `${url}/deals?deal=${facts.dealId}`
  if (facts.inquiryId !== null) return `${url}/inquiries?inquiry=${facts.inquiryId}`
  return facts.contactId === null ? url : `${url}/contacts/${facts.contactId}`
}

type Last = 'done' | 'skipped' | 'failed' | 'unknown'

async function settle(
  trx: Knex,
  row: Pick<StepRow, 'id' | 'run_id'>,
  state: Last,
  note: string | null,
  madeId: string | null = null
): Promise<'settled'> {
  await trx('automation_steps')
    .where({ id: row.id })
    .update({ state, note, made_id: madeId, done_at: trx.fn.now() })
  await endRun(trx, row.run_id)
  return 'settled'
}

async function fail(
  trx: Knex,
  world: Pick<StepsWorld, 'now'>,
  row: StepRow,
  note: string,
  isForGood: boolean
): Promise<void> {
  const pauseMs = isForGood ? null : pauseAfter(row.attempts)
  if (pauseMs === null) {
    await settle(trx, row, 'failed', note)
    return
  }
  await trx('automation_steps')
    .where({ id: row.id })
    .update({ state: 'pending', attempts: row.attempts, next_at: new Date(world.now() + pauseMs), note })
}

/** A run is over when none of its steps is to come. */
async function endRun(trx: Knex, runId: string): Promise<void> {
  // Two steps of a run may end at one moment: the row in between makes the later one see the earlier.
  await trx('automation_runs').where({ id: runId }).forUpdate().first('id')
  await trx.raw(
    `update automation_runs u set finished_at = now(), state = case when exists
       (select from automation_steps s where s.run_id = u.id and s.state in ('failed','unknown')) then 'failed' else 'done' end
     where u.id = ? and not exists
       (select from automation_steps s where s.run_id = u.id and s.state in ('pending','begun'))`,
    [runId]
  )
}

/**
 * What was on its way when its sender stopped may have gone: it is listed, and sent again only by a person.
 * @returns how many there were
 */
export async function giveUpLost(db: Knex): Promise<number> {
  return db.transaction(async (trx) => {
    const lost = await trx('automation_steps')
      .where({ state: 'begun' })
      .whereRaw(`begun_at < now() - interval '${lostAfterMinutes} minutes'`)
      .forUpdate()
      .skipLocked()
      .select<{ id: string; run_id: string }[]>('id', 'run_id')
    for (const row of lost) await settle(trx, row, 'unknown', 'stopped')
    return lost.length
  })
}
