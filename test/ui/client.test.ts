import { expect } from 'chai'
import type { TaskItem } from '../../api/contract/dialling.ts'
import type { LiveCall } from '../../api/contract/live.ts'
import { dueTimes, fieldTime, pickedTime } from '../../ui/src/client/due-times.ts'
import { openField, reduceField, type FieldEvent, type FieldState } from '../../ui/src/client/field-state.ts'
import { nextOwed } from '../../ui/src/client/owed.ts'
import { waitingFor } from '../../ui/src/client/waiting.ts'
import { emptyBoard } from '../../ui/src/live/board.ts'

const after = (state: FieldState, ...events: FieldEvent[]): FieldState => events.reduce(reduceField, state)
const typed = (text: string): FieldEvent => ({ type: 'typed', text })
const focused = (value: string): FieldEvent => ({ type: 'focused', value })
const value = (text: string): FieldEvent => ({ type: 'value', value: text })

describe('A field of the client that saves itself', () => {
  it('shows what others save, and marks it for a moment', () => {
    const state = after(openField('Anna'), value('Anna K.'))
    expect(state).to.include({ text: 'Anna K.', isFresh: true, meanwhile: null })
    expect(after(state, { type: 'seen' }).isFresh).to.equal(false)
  })

  it('does not mark what was saved here', () => {
    const state = after(openField('Anna'), focused('Anna'), typed('Olga'), { type: 'sent', text: 'Olga' })
    expect(after(state, value('Olga'))).to.include({ text: 'Olga', isFresh: false, meanwhile: null })
  })

  it('keeps what is being typed, and tells what came meanwhile', () => {
    const state = after(openField('Anna'), focused('Anna'), typed('Ol'), value('Boris'))
    expect(state).to.include({ text: 'Ol', meanwhile: 'Boris' })
    expect(after(state, { type: 'given', value: 'Boris' })).to.include({ text: 'Boris', meanwhile: null })
    expect(after(state, { type: 'sent', text: 'Olga' }).meanwhile).to.equal(null)
  })

  it('takes over what came when it was only looked at', () => {
    const state = after(openField('Anna'), focused('Anna'), value('Boris'))
    expect(state).to.include({ text: 'Boris', before: 'Boris', meanwhile: null })
  })

  it('says what is wrong until it is typed anew, and loses no word to a refresh', () => {
    const wrong = after(openField(''), focused(''), typed('12'), { type: 'refused', error: 'Too short' })
    expect(after(wrong, value(''))).to.include({ text: '12', error: 'Too short' })
    expect(after(wrong, typed('123')).error).to.equal(null)
  })
})

describe('Times that are offered after a talk', () => {
  const at = (text: string): number => new Date(text).getTime()
  const names = (text: string): string[] => dueTimes(at(text)).map(({ name }) => name)
  const time = (text: string, name: string): string =>
    fieldTime(dueTimes(at(text)).find((due) => due.name === name)?.atMs ?? 0)

  it('are in an hour, rounded up, and tomorrow morning', () => {
    expect(time('2026-11-18T14:02:31', 'hour')).to.equal('2026-11-18T15:05')
    expect(time('2026-11-18T14:05:00', 'hour')).to.equal('2026-11-18T15:05')
    expect(time('2026-11-18T14:02:31', 'tomorrow')).to.equal('2026-11-19T10:00')
    expect(names('2026-11-18T14:02:31')).to.deep.equal(['hour', 'tomorrow'])
  })

  it('have Monday where tomorrow is no working day', () => {
    for (const day of ['2026-11-20T14:00:00', '2026-11-21T14:00:00'])
      expect(time(day, 'monday')).to.equal('2026-11-23T10:00')
    expect(names('2026-11-22T14:00:00'), 'on Sunday it is tomorrow').to.deep.equal(['hour', 'tomorrow'])
  })

  it('may be picked, in the future only', () => {
    const now = at('2026-11-18T14:00:00')
    expect(pickedTime('2026-11-18T14:30', now)).to.equal(at('2026-11-18T14:30:00'))
    for (const text of ['2026-11-18T13:59', '2026-11-18T14:00', '', 'soon'])
      expect(pickedTime(text, now), text).to.equal(null)
  })
})

describe('Who is called next', () => {
  const nowMs = Date.parse('2026-11-18T14:00:00Z')
  const task = (id: string, changes: Partial<TaskItem>): TaskItem =>
    ({ id, kind: 'call_back', phone: `+7916000000${id}`, dueAt: null, ...changes }) as TaskItem

  it('is the first who is owed a call now, and not the one just talked with', () => {
    const tasks = [
      task('1', { phone: null }),
      task('2', {}),
      task('3', { dueAt: '2026-11-18T18:00:00Z' }),
      task('4', { kind: 'follow_up' }),
      task('5', { kind: 'voicemail', dueAt: '2026-11-18T14:10:00Z' })
    ]
    expect(nextOwed(tasks, null, nowMs)?.id).to.equal('2')
    expect(nextOwed(tasks, '+79160000002', nowMs)?.id).to.equal('5')
    expect(nextOwed(tasks.slice(2, 4), null, nowMs)).to.equal(null)
  })
})

describe('Clients who wait while an operator talks', () => {
  const call = (id: string, queueId: string | null, since: string): LiveCall =>
    ({
      ...{ id, phase: 'inScheme', startedAt: since, contact: null, source: { name: 'Radio' } },
      caller: { number: '+79161112233', name: id },
      queue: queueId === null ? null : { id: queueId, priority: 0, since }
    }) as LiveCall

  it('are those of the own queues, longest first', () => {
    const calls = [
      call('late', 'sales', '2026-11-18T14:01:00Z'),
      call('early', 'sales', '2026-11-18T14:00:00Z'),
      call('others', 'service', '2026-11-18T13:00:00Z'),
      call('talks', null, '2026-11-18T13:00:00Z')
    ]
    const board = { ...emptyBoard, calls: Object.fromEntries(calls.map((one) => [one.id, one])) }
    expect(waitingFor(board, new Set(['sales'])).map(({ name }) => name)).to.deep.equal(['early', 'late'])
    expect(waitingFor(board, new Set()), 'in no group').to.deep.equal([])
  })
})
