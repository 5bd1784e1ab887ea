import type { Knex } from 'knex'
import { moveDeal, type DealRow } from '../deals/deals.ts'
import type { CrmEvent } from '../events.ts'
import { sendMessage } from '../messages/send.ts'
import { makeTask } from '../tasks/tasks.ts'
import type { Assignee, Facts, StepAction, Told } from './core/rule.ts'
import type { Planned, Skip } from './core/plan.ts'
import type { AutomationPorts } from './ports.ts'

/** How a step went that changes nothing outside this database. */
export type Done =
  { skip: Skip } | { madeId: string | null; note?: string; mailTo?: { emails: string[]; text: string } }

export interface Step {
  ruleId: string
  ruleName: string
  action: StepAction
  facts: Facts
  planned: Planned
}

interface World {
  ports: Pick<AutomationPorts, 'callback'>
  /** Tells webhooks and rules, with the chain of rules that led there. */
  announce(trx: Knex, event: CrmEvent): Promise<void>
  nowMs: number
}

/** Does one action in the transaction that marks it as done. @throws CrmRefusal */
export async function doInside(trx: Knex, step: Step, world: World): Promise<Done> {
  const { action, facts, planned } = step
  switch (action.kind) {
    case 'createTask': {
      const { assigneeId, groupId } = await assigneeOf(trx, action.for, facts)
      const madeId = await makeTask(trx, {
        kind: 'follow_up',
        title: planned.subject ?? '',
        assigneeId,
        groupId,
        phone: facts.phone,
        callId: facts.callId,
        contactId: facts.contactId,
        callbackId: null,
        dueAtMs: world.nowMs + action.dueMinutes * 60_000,
        note: planned.text,
        createdBy: null,
        createdAtMs: world.nowMs,
        dealId: facts.dealId,
        inquiryId: facts.inquiryId
      })
      return { madeId }
    }
    case 'changeStage': {
      const deal = await trx('deals').where({ id: facts.dealId }).forUpdate().first<DealRow | undefined>()
      if (!deal) return { skip: 'noDeal' }
      await moveDeal(trx, deal, { stageId: action.stageId }, null, (inner, event) =>
        world.announce(inner, event)
      )
      return { madeId: null }
    }
    case 'changeOwner':
      return changeOwner(trx, action.userId, facts)
    case 'addTag':
      await trx.raw(
        `update contacts set tags = array_append(tags, :tag), updated_at = now()
         where id = :id and not (:tag = any (tags)) and cardinality(tags) < 50`,
        { id: facts.contactId, tag: action.tag }
      )
      return { madeId: null }
    case 'sendMessage': {
      const madeId = await sendMessage(trx, facts.contactId ?? '', planned.text ?? '')
      return madeId === null ? { skip: 'noWay' } : { madeId }
    }
    case 'orderCallback':
      return {
        madeId: await world.ports.callback(trx, {
          phone: facts.phone ?? '',
          name: facts.client,
          contactId: facts.contactId,
          inquiryId: facts.inquiryId,
          groupId: action.groupId
        })
      }
    case 'webhook':
      await world.announce(trx, fired(step, world.nowMs))
      return { madeId: null }
    case 'notify':
      return notify(trx, action, step)
    default:
      throw new Error(`${action.kind} leaves the house`)
  }
}

async function assigneeOf(
  trx: Knex,
  wanted: Assignee,
  facts: Facts
): Promise<{ assigneeId: string | null; groupId: string | null }> {
  switch (wanted.kind) {
    case 'user':
      return { assigneeId: wanted.id, groupId: null }
    case 'group':
      return { assigneeId: null, groupId: wanted.id }
    case 'responsible':
      return { assigneeId: facts.responsibleId, groupId: null }
    case 'supervisor': {
      // Of several the one who owes least.
      const row = await trx('users as u')
        .where({ 'u.is_active': true, 'u.role': 'supervisor' })
        .orderByRaw(
          `(select count(*) from tasks t where t.assignee_id = u.id and t.state = 'open'), u.created_at, u.id`
        )
        .first<{ id: string } | undefined>('u.id')
      return { assigneeId: row?.id ?? null, groupId: null }
    }
  }
}

async function changeOwner(trx: Knex, userId: string, facts: Facts): Promise<Done> {
  const known: unknown = await trx('users').where({ id: userId, is_active: true }).first('id')
  if (!known) return { skip: 'unknownTarget' }
  const to = { responsible_id: userId, updated_at: trx.fn.now() }
  if (facts.dealId !== null) await trx('deals').where({ id: facts.dealId }).update(to)
  else if (facts.inquiryId !== null) await trx('inquiries').where({ id: facts.inquiryId }).update(to)
  return { madeId: null }
}

/** People of the house, in the app at once; those who wish letters about their tasks get one of this too. */
async function notify(
  trx: Knex,
  action: Extract<StepAction, { kind: 'notify' }>,
  { facts, planned }: Step
): Promise<Done> {
  const userIds = await toldOf(trx, action.to, facts)
  if (userIds.length === 0) return { skip: 'nobody' }
  const about = aboutOf(facts)
  await trx('notices').insert(
    userIds.map((user_id) => ({
      user_id,
      kind: 'automation',
      title: planned.text ?? '',
      subject: about?.subject ?? null,
      subject_id: about?.id ?? null
    }))
  )
  const wishes = await trx('reminder_settings')
    .whereIn('user_id', userIds)
    .whereNotNull('mail')
    .select<{ mail: string }[]>('mail')
  const emails = wishes.map(({ mail }) => mail).filter((mail) => !action.emails.includes(mail))
  return {
    madeId: null,
    note: String(userIds.length),
    ...(emails.length > 0 && { mailTo: { emails, text: action.text } })
  }
}

async function toldOf(trx: Knex, to: Told, facts: Facts): Promise<string[]> {
  const people = trx('users').where({ is_active: true })
  if (to.kind === 'user') people.where({ id: to.id })
  else if (to.kind === 'responsible') people.where({ id: facts.responsibleId })
  else
    people.whereRaw(
      `role = case when exists (select from users where is_active and role = 'supervisor') then 'supervisor' else 'admin' end`
    )
  return (await people.orderBy('id').select<{ id: string }[]>('id')).map(({ id }) => id)
}

/** Where a notice leads. */
function aboutOf(facts: Facts): { subject: 'inquiry' | 'deal' | 'call' | 'contact'; id: string } | null {
  if (facts.subject === 'call') return { subject: 'call', id: facts.subjectId }
  if (facts.dealId !== null) return { subject: 'deal', id: facts.dealId }
  if (facts.inquiryId !== null) return { subject: 'inquiry', id: facts.inquiryId }
  return facts.contactId === null ? null : { subject: 'contact', id: facts.contactId }
}

const fired = ({ ruleId, ruleName, facts }: Step, nowMs: number): CrmEvent => ({
  type: 'automation.fired',
  atMs: nowMs,
  data: {
    rule: { id: ruleId, name: ruleName },
    subject: facts.subject,
    subjectId: facts.subjectId,
    contactId: facts.contactId,
    inquiryId: facts.inquiryId,
    dealId: facts.dealId,
    callId: facts.callId,
    client: facts.client,
    phone: facts.phone,
    email: facts.email,
    source: facts.source,
    inquiryChannel: facts.inquiryChannel,
    campaign: facts.campaign,
    amount: facts.amount,
    currency: facts.currency,
    stage: facts.stage,
    responsibleId: facts.responsibleId,
    rating: facts.rating
  }
})
