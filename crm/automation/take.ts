import type { Knex } from 'knex'
import { prepared } from '../../db/prepared.ts'
import type { CrmEvent } from '../events.ts'
import type { Announce } from '../ports.ts'
import { eventOf, type EventType, type Subject, type Trigger } from './core/rule.ts'
import { isStopWord, refuse } from './refusals.ts'

/** Sent when something happened that rules may wait for. */
export const automationChannel = 'ringtrace_automation'

interface Taken {
  type: EventType
  key: string
  subject: Subject
  subjectId: string
  data: Record<string, unknown>
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** What an announced event is to automation; null for those that no rule waits for. Only ids are kept of it. */
function takenOf({ type, atMs, data }: CrmEvent): Taken | null {
  const idOf = (name: string): string => String(record(data[name])['id'])
  switch (type as string) {
    case 'inquiry.created':
      return about('inquiry.created', 'inquiry', idOf('inquiry'))
    case 'form.submitted':
      return about('form.submitted', 'form', idOf('form'))
    case 'deal.stage_changed': {
      const { id, kind } = record(data['to'])
      const taken = about('deal.stage_changed', 'deal', idOf('deal'), { stageId: id, stageKind: kind })
      return { ...taken, key: `${taken.key}:${String(id)}:${atMs}` }
    }
    case 'message.received': {
      const { inquiryId, dealId, contactId } = data
      return about('message.received', 'message', idOf('message'), { inquiryId, dealId, contactId })
    }
    default:
      return null
  }
}

const about = (
  type: EventType,
  subject: Subject,
  subjectId: string,
  data: Record<string, unknown> = {}
): Taken => ({ type, key: `${type}:${subjectId}`, subject, subjectId, data })

/**
 * Writes an event down for the rules, in the transaction of what happened; none while no rule waits for such.
 * @param chain rules whose actions led to it
 */
export async function take(trx: Knex, event: CrmEvent, chain: readonly string[] = []): Promise<void> {
  const taken = takenOf(event)
  if (!taken) return
  await noteStopWord(trx, event)
  await prepared(
    trx,
    'automation-take',
    `with added as (
       insert into automation_events (type, key, subject, subject_id, at, data, chain)
       select :type, :key, :subject, :subjectId, :at, :data, :chain
       where exists (select from automation_rules where is_active and trigger = any (:triggers)) returning id
     )
     select pg_notify('${automationChannel}', '') from added`,
    {
      ...{ type: taken.type, key: taken.key, subject: taken.subject, subjectId: taken.subjectId },
      ...{ at: new Date(event.atMs), data: JSON.stringify(taken.data), chain: [...chain] },
      triggers: (Object.keys(eventOf) as Trigger[]).filter((name) => eventOf[name] === taken.type)
    }
  )
}

/** A client who answers with such a word gets no more advertising. */
async function noteStopWord(trx: Knex, { data }: CrmEvent): Promise<void> {
  const { text } = record(data['message'])
  const { contactId } = data
  if (typeof text === 'string' && typeof contactId === 'string' && isStopWord(text))
    await refuse(trx, contactId, true)
}

/** Tells automation too of what is announced to the world outside. */
export const announcingTo =
  (outside: Announce): Announce =>
  async (trx, event) => {
    await outside(trx, event)
    await take(trx, event)
  }
