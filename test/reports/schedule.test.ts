import { expect } from 'chai'
import { dayBefore, nextSend, type SendRule } from '../../reports/mailings/schedule.ts'

const daily = (atHour: number): SendRule => ({ schedule: 'daily', onDay: null, atHour })
const next = (rule: SendRule, after: string, zone = 'Europe/Moscow'): string =>
  new Date(nextSend(rule, Date.parse(after), zone)).toISOString()

describe('When a mailing goes out', () => {
  it('goes by the wall clock of the company', () => {
    // 09:00 in Moscow is 06:00 UTC.
    expect(next(daily(9), '2026-11-20T05:59:59Z')).to.equal('2026-11-20T06:00:00.000Z')
    expect(next(daily(9), '2026-11-20T06:00:00Z')).to.equal('2026-11-21T06:00:00.000Z')
    // It is the 21st in Moscow already.
    expect(next(daily(1), '2026-11-20T22:30:00Z')).to.equal('2026-11-21T22:00:00.000Z')
  })

  it('finds the weekday and the day of the month, in the next month too', () => {
    // 20 November 2026 is a Friday.
    const weekly: SendRule = { schedule: 'weekly', onDay: 1, atHour: 9 }
    expect(next(weekly, '2026-11-20T10:00:00Z')).to.equal('2026-11-23T06:00:00.000Z')
    const sunday: SendRule = { schedule: 'weekly', onDay: 7, atHour: 9 }
    expect(next(sunday, '2026-11-20T10:00:00Z')).to.equal('2026-11-22T06:00:00.000Z')
    const monthly: SendRule = { schedule: 'monthly', onDay: 28, atHour: 0 }
    expect(next(monthly, '2027-01-28T00:00:00Z', 'UTC')).to.equal('2027-02-28T00:00:00.000Z')
  })

  it('keeps its hour when the clocks change', () => {
    // Berlin: summer time ends on 25 October 2026.
    expect(next(daily(9), '2026-10-24T08:00:00Z', 'Europe/Berlin')).to.equal('2026-10-25T08:00:00.000Z')
    expect(next(daily(9), '2026-03-28T09:00:00Z', 'Europe/Berlin')).to.equal('2026-03-29T07:00:00.000Z')
  })

  it('is sent once in the hour that comes twice, and also on the day that skips its hour', () => {
    // 02:00 comes at 00:00 UTC and again at 01:00 UTC.
    expect(next(daily(2), '2026-10-24T12:00:00Z', 'Europe/Berlin')).to.equal('2026-10-25T00:00:00.000Z')
    expect(next(daily(2), '2026-10-25T00:00:00Z', 'Europe/Berlin')).to.equal('2026-10-26T01:00:00.000Z')
    // 29 March 2026 has no 02:00: the wall shows 03:00 then.
    expect(next(daily(2), '2026-03-28T12:00:00Z', 'Europe/Berlin')).to.equal('2026-03-29T01:00:00.000Z')
    expect(next(daily(2), '2026-03-29T01:00:00Z', 'Europe/Berlin')).to.equal('2026-03-30T00:00:00.000Z')
  })

  it('always comes later, and at its hour, whatever the moment', () => {
    for (const zone of [
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Australia/Lord_Howe'
    ]) {
      for (
        let atMs = Date.parse('2026-01-01T00:13:00Z');
        atMs < Date.parse('2027-01-01');
        atMs += 7 * 3_600_000
      ) {
        const found = nextSend(daily(2), atMs, zone)
        expect(found, zone).to.be.greaterThan(atMs)
        expect(found - atMs, zone).to.be.at.most(26 * 3_600_000)
      }
    }
  })

  it('tells of the days up to yesterday of the company', () => {
    expect(dayBefore(Date.parse('2026-11-20T06:00:00Z'), 'Europe/Moscow')).to.equal('2026-11-19')
    expect(dayBefore(Date.parse('2026-11-20T22:00:00Z'), 'Europe/Moscow')).to.equal('2026-11-20')
  })
})
