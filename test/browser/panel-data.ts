import { randomUUID } from 'node:crypto'
import { callId, initiated, insertCall, rung, tapeOf } from '../api/support/calls.ts'
import type { Rig } from '../api/support/rig.ts'
import { operatorOf } from '../dialling/support/exchange.ts'

const minutes = (ago: number): Date => new Date(Date.now() - ago * 60_000)

/** An operator in the midst of a day: missed calls, calls of today, tasks, clients, colleagues. */
export async function fillPanel({ db, as, pbx, dialling }: Rig): Promise<void> {
  const { admin, operator, supervisor } = as
  await db('users').where({ id: operator.userId }).update({ name: 'Анна Светлова', extension: '101' })
  await db('users').where({ id: supervisor.userId }).update({ name: 'Борис Гринёв', extension: '102' })
  const since = minutes(12).toISOString()
  pbx.operatorStates = [
    operatorOf(operator.userId, { name: 'Анна Светлова', since }),
    operatorOf(supervisor.userId, { name: 'Борис Гринёв', since, presence: 'busy', chosen: 'available' })
  ]
  const { body: trunk } = await admin.send('POST', '/api/trunks', {
    ...{ name: 'МТС', kind: 'address', host: '192.0.2.1' }
  })
  await admin.send('POST', '/api/numbers', { e164: '+74951112233', trunkId: trunk['id'], label: 'Сайт' })
  await dialling.policy.reload()
  const make = (name: string, company: string | null, phone: string) =>
    admin.send('POST', '/api/contacts', { name, company, ownerId: null, note: null, phones: [phone] })
  await make('Мария Ёлкина', 'ООО «Ромашка»', '+79161112233')
  await make('Савелий Марьин', null, '+74950009988')
  await make(
    'Константин Константинопольский-Задунайский',
    'Акционерное общество «Северо-Западная торговая компания»',
    '+79031234567'
  )
  const base = { operator_id: operator.userId, operator_name: 'Анна Светлова' }
  const talk = { outcome: 'answered', talk_seconds: 194, answered_at: minutes(40) }
  await insertCall(db, {
    ...{ ...base, ...talk, started_at: minutes(40), ended_at: minutes(37), source_name: 'Яндекс.Директ' },
    ...{ caller_number: '+79161112233', contact_name: 'Мария Ёлкина' }
  })
  await insertCall(db, {
    ...{ ...base, started_at: minutes(30), ended_at: minutes(29), direction: 'out', outcome: 'missed' },
    ...{ caller_number: '+79031234567', contact_name: 'Константин Константинопольский-Задунайский' }
  })
  await insertCall(db, {
    ...{ ...base, ...talk, started_at: minutes(20), ended_at: minutes(19), talk_seconds: 12 },
    ...{ direction: 'internal', caller_name: 'Борис Гринёв' }
  })
  const missed = async (phone: string | null, ago: number, change: object = {}): Promise<void> => {
    const id = await insertCall(db, {
      ...{ started_at: minutes(ago), ended_at: minutes(ago - 1), outcome: 'missed', wait_seconds: 32 },
      ...{ caller_number: phone, source_name: 'Google Ads', ...change }
    })
    await db('call_legs').insert({
      ...{ call_id: id, leg: 'op1', user_id: operator.userId, user_name: 'Анна', started_at: minutes(ago) },
      ...{ kind: 'operator', purpose: 'scheme', result: 'noAnswer' }
    })
  }
  await missed('+79161110001', 90)
  await missed('+79161110001', 55)
  await missed(null, 25)
  const returned = await insertCall(db, {
    ...{ started_at: minutes(15), ended_at: minutes(12), direction: 'out', ...talk },
    ...{ caller_number: '+79161110002', operator_id: supervisor.userId, operator_name: 'Борис Гринёв' }
  })
  await missed('+79161110002', 70, {
    ...{ contact_name: 'Ирина', returned_at: minutes(15), returned_call_id: returned }
  })
  const tasks = [
    { title: 'Выслать договор и счёт на оплату по почте', due_at: minutes(120), contact: null },
    { title: '+79161110001', due_at: minutes(-1), phone: '+79161110001', kind: 'call_back', calls: 2 },
    { title: 'Уточнить размеры окон', due_at: null, phone: '+74950009988' }
  ]
  for (const { title, due_at, phone = null, kind = 'follow_up', calls = 1 } of tasks)
    await db('tasks').insert({ kind, title, due_at, phone, calls, assignee_id: operator.userId })
  await db('callbacks').insert({
    ...{ id: randomUUID(), phone: '+79031234567', kind: 'form', name: 'Пётр', user_id: operator.userId },
    next_attempt_at: minutes(-0.5)
  })
}

/** A tracked call rings at an operator. @returns what ends it */
export function ringsAt({ pbx }: Rig, who: { userId: string; name: string }): () => void {
  const row = tapeOf(callId(), Date.now() - 4000)
  const caller = { number: '+79161112233', name: 'Мария Ёлкина', country: 'RU', region: 'Москва' }
  pbx.say(row('call.initiated', initiated({ caller })))
  pbx.say(row('leg.started', rung('op1', who), 'inScheme'))
  const end = { outcome: 'abandoned', reason: 'callerLeft', hangupBy: 'client', cause: 16 } as const
  const times = { waitSeconds: 4, talkSeconds: 0, heldSeconds: 0, totalSeconds: 4 }
  return () => pbx.say(row('call.ended', { ...end, ...times }, 'ended'))
}
