import { expect } from 'chai'
import { quietUntil } from '../../crm/tasks/quiet.ts'
import { reminderLetter } from '../../crm/tasks/letter.ts'
import { dayOfMonth, nextDue, type Repeat } from '../../crm/tasks/repeat.ts'
import { momentOf, wallOf } from '../../crm/tasks/wall.ts'

const moscow = 'Europe/Moscow'
const berlin = 'Europe/Berlin'
const at = (iso: string): number => Date.parse(iso)

describe('a task that repeats', () => {
  const next = (due: string, repeat: Repeat, now: string, zone = moscow, day: number | null = null): string =>
    new Date(nextDue({ dueMs: at(due), repeat, day }, at(now), zone)).toISOString()

  it('comes again at the same hour of the wall', () => {
    expect(next('2026-11-20T07:00:00Z', 'daily', '2026-11-20T06:00:00Z')).to.equal('2026-11-21T07:00:00.000Z')
    expect(next('2026-11-20T07:00:00Z', 'weekly', '2026-11-20T09:00:00Z')).to.equal(
      '2026-11-27T07:00:00.000Z'
    )
  })

  it('leaves days off out, by the clock of the company', () => {
    // A Friday evening in UTC is a Saturday in Moscow.
    expect(next('2026-11-20T07:00:00Z', 'workdays', '2026-11-20T08:00:00Z')).to.equal(
      '2026-11-23T07:00:00.000Z'
    )
    expect(next('2026-11-19T21:30:00Z', 'workdays', '2026-11-19T22:00:00Z')).to.equal(
      '2026-11-22T21:30:00.000Z'
    )
  })

  it('is one task after a long absence', () => {
    expect(next('2026-11-01T07:00:00Z', 'daily', '2026-11-20T08:00:00Z')).to.equal('2026-11-21T07:00:00.000Z')
  })

  it('keeps its day of the month over shorter months', () => {
    const day = dayOfMonth(at('2027-01-31T07:00:00Z'), moscow)
    const february = next('2027-01-31T07:00:00Z', 'monthly', '2027-01-31T08:00:00Z', moscow, day)
    expect(february).to.equal('2027-02-28T07:00:00.000Z')
    expect(next(february, 'monthly', '2027-02-28T08:00:00Z', moscow, day)).to.equal(
      '2027-03-31T07:00:00.000Z'
    )
  })

  it('keeps its hour when the clocks change', () => {
    expect(next('2026-10-24T07:00:00Z', 'daily', '2026-10-24T08:00:00Z', berlin)).to.equal(
      '2026-10-25T08:00:00.000Z'
    )
    const leapt = momentOf(Date.UTC(2027, 2, 28, 2, 30), berlin)
    expect(new Date(wallOf(leapt, berlin)).toISOString()).to.equal('2027-03-28T03:30:00.000Z')
  })
})

describe('quiet hours', () => {
  const night = { from: 21 * 60, to: 8 * 60 }
  const until = (iso: string, quiet = night): string | null => {
    const end = quietUntil(at(iso), quiet, moscow)
    return end === null ? null : new Date(end).toISOString()
  }

  it('last over midnight', () => {
    expect(until('2026-11-20T17:59:00Z')).to.equal(null)
    expect(until('2026-11-20T18:00:00Z')).to.equal('2026-11-21T05:00:00.000Z')
    expect(until('2026-11-21T04:59:00Z')).to.equal('2026-11-21T05:00:00.000Z')
    expect(until('2026-11-21T05:00:00Z')).to.equal(null)
  })

  it('within a day, and none at all', () => {
    expect(until('2026-11-20T10:30:00Z', { from: 13 * 60, to: 14 * 60 })).to.equal('2026-11-20T11:00:00.000Z')
    expect(until('2026-11-20T10:30:00Z', { from: 60, to: 60 })).to.equal(null)
  })
})

describe('the letter of a reminder', () => {
  it('holds what people wrote as text, in one line where it is a header', () => {
    const letter = reminderLetter({
      ...{ kind: 'task_due', title: 'A\r\nBcc: x@example.com', note: '<img src=x>', locale: 'ru' },
      ...{
        due: new Date('2026-11-20T07:00:00Z'),
        link: 'https://crm.example/tasks?task=1&x',
        timeZone: moscow
      }
    })
    expect(letter.subject).to.equal('Скоро задача: A Bcc: x@example.com')
    expect(letter.html).to.not.include('<img')
    expect(letter.text).to.include('10:00')
  })
})
