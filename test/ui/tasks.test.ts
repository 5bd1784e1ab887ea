import { expect } from 'chai'
import dayjs from 'dayjs'
import type { TaskItem } from '../../api/contract/tasks.ts'
import { daysOf, grouped, placed } from '../../ui/src/tasks/days.ts'
import { spentText, typedMinutes } from '../../ui/src/tasks/spent.ts'

/** Only what the calendar reads. */
const task = (id: string, due: string | null, plannedMinutes: number | null = null): TaskItem =>
  ({ id, dueAt: due === null ? null : dayjs(due).toISOString(), plannedMinutes, state: 'open' }) as TaskItem

describe('the calendar of tasks', () => {
  it('shows whole weeks from Monday on', () => {
    const month = daysOf('month', dayjs('2026-11-22'))
    expect(month).to.have.length(42)
    expect(month[0]?.format('YYYY-MM-DD')).to.equal('2026-10-26')
    const sunday = daysOf('week', dayjs('2026-11-22T12:00'))
    expect(sunday.map((day) => day.format('D')).join(' ')).to.equal('16 17 18 19 20 21 22')
    expect(daysOf('month', dayjs('2027-02-10'))).to.have.length(28)
  })

  it('puts tasks that overlap side by side, and others in full', () => {
    const day = dayjs('2026-11-20')
    const found = placed(
      [
        task('a', '2026-11-20T10:00', 90),
        task('b', '2026-11-20T10:30'),
        task('c', '2026-11-20T11:00', 60),
        task('d', '2026-11-20T15:00'),
        task('e', '2026-11-21T15:00'),
        task('f', null)
      ],
      day
    )
    expect(found.map(({ task: { id }, lane, lanes }) => [id, lane, lanes])).to.deep.equal([
      ['a', 0, 2],
      ['b', 1, 2],
      ['c', 1, 2],
      ['d', 0, 1]
    ])
    expect(placed([task('z', '2026-11-20T23:50', 120)], day)[0]?.minutes, 'no longer than the day').to.equal(
      10
    )
  })

  it('groups by when they are due', () => {
    // A Wednesday.
    const now = dayjs('2026-11-18T12:00').valueOf()
    const groups = grouped(
      [
        task('never', null),
        task('later', '2026-11-23T10:00'),
        task('week', '2026-11-22T23:00'),
        task('tomorrow', '2026-11-19T00:00'),
        task('today', '2026-11-18T12:01'),
        task('overdue', '2026-11-18T11:59')
      ],
      now
    )
    expect(groups.map(({ name, tasks }) => [name, tasks[0]?.id])).to.deep.equal(
      ['overdue', 'today', 'tomorrow', 'week', 'later', 'never'].map((name) => [name, name])
    )
  })
})

describe('time spent', () => {
  it('is typed as people write it', () => {
    const typed = ['25', '1:30', '1,5 ч', '2h', '90 мин', '', '0', 'x', '1:75', '99999']
    expect(typed.map(typedMinutes)).to.deep.equal([25, 90, 90, 120, 90, null, null, null, null, null])
    expect([0, 59, 3900].map(spentText)).to.deep.equal(['0:00', '0:00', '1:05'])
  })
})
