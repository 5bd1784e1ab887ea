import type { Knex } from 'knex'
import { pino } from 'pino'
import { createAutomation, type Automation } from '../../../crm/automation/automation.ts'
import type { Action, Trigger, TriggerSettings } from '../../../crm/automation/core/rule.ts'
import type { AutomationPorts, Gone } from '../../../crm/automation/ports.ts'
import { makeDeal, moveDeal, type DealRow } from '../../../crm/deals/deals.ts'
import type { CrmEvent } from '../../../crm/events.ts'
import { drainCrmInbox } from '../../../crm/inbox.ts'
import { dialsForRules } from '../../../dialling/automation.ts'
import { createTestDatabase } from '../../support/database.ts'
import { createOutside } from './events.ts'

const log = pino({ level: 'silent' })
export const hour = 3_600_000
/** Noon in Moscow, where no hours are quiet; tomorrow, so that all that is made today is due. */
export const noon = new Date(Date.now() + 24 * hour)
noon.setUTCHours(9, 0, 0, 0)

export interface RunRow {
  id: string
  state: string
  reason: string | null
  chain: string[]
  checks: boolean[][]
}
export interface StepRow {
  id: string
  kind: string
  state: string
  note: string | null
  next_at: Date
}

const path = { inquiryChannel: null, source: null, medium: null, campaign: null, keyword: null }

/** A company with a supervisor, an operator and rules; what leaves the house is kept here instead. */
export async function createRulesWorld() {
  const database = await createTestDatabase()
  const { db } = database
  const seen = {
    mails: [] as {
      to: readonly string[]
      subject: string
      text: string
      messageId: string
      refuseUrl?: string
    }[],
    texts: [] as { to: string; text: string; id: string }[],
    told: [] as CrmEvent[],
    answer: { is: 'sent', note: null } as Gone,
    nowMs: noon.getTime()
  }
  const started: Automation[] = []
  const ports: AutomationPorts = {
    ...dialsForRules,
    mail: (letter) => {
      seen.mails.push(letter)
      return Promise.resolve(seen.answer)
    },
    sms: (message) => {
      seen.texts.push(message)
      return Promise.resolve(seen.answer)
    },
    hasSms: () => Promise.resolve(true)
  }

  /** One more worker on the same database. */
  function another(more: Partial<AutomationPorts> = {}): Automation {
    const made = createAutomation({
      ...{ db, log, publicUrl: 'https://pbx.example', panelUrl: 'https://pbx.example' },
      databaseUrl: database.url,
      ports: { ...ports, ...more },
      announce: (_trx, event) => {
        seen.told.push(event)
        return Promise.resolve()
      },
      now: () => seen.nowMs
    })
    started.push(made)
    return made
  }
  const automation = another()

  const person = async (login: string, role: string): Promise<string> => {
    const [row] = await db('users').insert({ login, name: login, role }).returning<{ id: string }[]>('id')
    return row?.id ?? ''
  }
  const supervisor = await person('boss', 'supervisor')
  const operator = await person('anna', 'operator')
  const rows = await db('pipeline_stages').orderBy('position').select<{ id: string; kind: string }[]>()
  const open = rows.filter(({ kind }) => kind === 'open')
  const stages = {
    first: open[0]?.id ?? '',
    second: open[1]?.id ?? '',
    won: rows.find(({ kind }) => kind === 'won')?.id ?? ''
  }
  let numbers = 0
  const newPhone = (): string => `+7495${String((numbers += 1)).padStart(7, '0')}`

  return {
    ...{ db, seen, automation, another, supervisor, operator, stages, newPhone },
    outside: createOutside(db),

    async rule(
      trigger: Trigger,
      actions: Action[],
      more: { settings?: TriggerSettings; groups?: object[]; limit_times?: number; active_since?: Date } = {}
    ): Promise<string> {
      const { settings = {}, groups = [], ...rest } = more
      const [row] = await db('automation_rules')
        .insert({
          ...{ name: trigger, trigger, is_active: true, active_since: db.fn.now(), ...rest },
          settings: JSON.stringify(settings),
          groups: JSON.stringify(groups),
          actions: JSON.stringify(actions)
        })
        .returning<{ id: string }[]>('id')
      return row?.id ?? ''
    },

    /** The CRM and the rules do all that is due. */
    async settle(one = automation): Promise<void> {
      await drainCrmInbox(db, one.announce, log)
      await one.work()
    },

    runsOf: (id: string): Promise<RunRow[]> =>
      db('automation_runs').where({ rule_id: id }).orderBy('created_at').select<RunRow[]>(),
    stepsOf: (runId: string | undefined): Promise<StepRow[]> =>
      db('automation_steps')
        .where({ run_id: runId ?? '' })
        .orderBy('position')
        .select<StepRow[]>(),

    async contact(more: { email?: string; consent?: boolean } = {}): Promise<{ id: string; phone: string }> {
      const phone = newPhone()
      const [row] = await db('contacts')
        .insert({ name: `Client ${phone}` })
        .returning<{ id: string }[]>('id')
      const id = row?.id ?? ''
      await db('contact_phones').insert({ e164: phone, contact_id: id })
      if (more.email !== undefined) await db('contact_emails').insert({ contact_id: id, email: more.email })
      if (more.consent !== undefined)
        await db('contact_consents').insert({
          ...{ contact_id: id, kind: 'marketing', is_given: more.consent, origin: 'test' },
          at: new Date(Date.now() - 1000)
        })
      return { id, phone }
    },

    deal: (contactId: string | null, amount = 100): Promise<DealRow> =>
      db.transaction((trx: Knex) =>
        makeDeal(
          trx,
          {
            ...{ title: 'Windows', pipelineId: null, stageId: stages.first, amount, currency: 'RUB' },
            ...{ contactId, inquiryId: null, responsibleId: operator, path, lostReason: null, note: null },
            isDemo: false
          },
          operator,
          automation.announce
        )
      ),
    move: (row: DealRow, stageId: string): Promise<DealRow> =>
      db.transaction(async (trx) => {
        const now = await trx('deals').where({ id: row.id }).forUpdate().first<DealRow>()
        return moveDeal(trx, now, { stageId }, operator, automation.announce)
      }),

    /** No rule is on, nothing waits, and nothing has left the house. */
    async reset(): Promise<void> {
      await db('automation_rules').update({ is_active: false })
      await db('automation_events').delete()
      await db('crm_inbox').delete()
      Object.assign(seen, { mails: [], texts: [], told: [], answer: { is: 'sent', note: null } })
      seen.nowMs = noon.getTime()
    },
    async close(): Promise<void> {
      await Promise.all(started.map((one) => one.stop()))
      await database.drop()
    }
  }
}
export type RulesWorld = Awaited<ReturnType<typeof createRulesWorld>>
