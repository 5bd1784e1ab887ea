import { expect } from 'chai'
import { momentIn } from '../../ui/src/hours/days.ts'

describe('When a schedule opens', () => {
  it('is told by the clock of the schedule, not by that of its reader', () => {
    const at = '2026-11-22T23:00:00Z'
    expect(momentIn('Europe/Moscow', at, 'en')).to.equal('23 Nov, 02:00')
    expect(momentIn('Asia/Vladivostok', at, 'ru')).to.equal('23 нояб., 09:00')
    expect(momentIn('America/New_York', at, 'en')).to.equal('22 Nov, 18:00')
  })
})
