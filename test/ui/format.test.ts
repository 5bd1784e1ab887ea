import { expect } from 'chai'
import dayjs from 'dayjs'
import {
  bounds,
  callsQueryString,
  countSet,
  noFilters,
  readFilters,
  writeFilters
} from '../../ui/src/journal/filters.ts'
import { clock, formatPhone } from '../../ui/src/lib/format.ts'

describe('telephone numbers on the screen', () => {
  for (const [number, shown] of [
    ['+74951234567', '8 (495) 123-45-67'],
    ['+79161234567', '8 (916) 123-45-67'],
    ['+77011234567', '+7 701 123-45-67'],
    ['+375291234567', '+375 29 123 45 67'],
    ['+12025550123', '+1 202 555 0123'],
    ['+34911234567', '+34911234567'],
    ['anonymous', 'anonymous'],
    ['<b>+7</b>', '<b>+7</b>']
  ] as const) {
    it(`shows ${number} as ${shown}`, () => {
      expect(formatPhone(number)).to.equal(shown)
    })
  }
  it('shows nothing for a hidden number', () => {
    expect(formatPhone(null)).to.equal('')
  })
})

describe('times on the screen', () => {
  it('reads as a clock', () => {
    expect([0, 7, 65, 3723].map(clock)).to.deep.equal(['0:00', '0:07', '1:05', '1:02:03'])
    expect(clock(null)).to.equal('–')
  })
})

describe('filters of the journal in the address', () => {
  it('come back as they were written', () => {
    const filters = {
      ...noFilters,
      period: 'month' as const,
      outcome: ['missed', 'busy'],
      rating: ['1'],
      search: 'Ира',
      sort: '-waitSeconds' as const
    }
    expect(readFilters(writeFilters(filters))).to.deep.equal(filters)
  })

  it('leave out of the address what is usual', () => {
    expect(writeFilters(noFilters).toString()).to.equal('')
  })

  it('ignore what nobody can mean', () => {
    const read = readFilters(
      new URLSearchParams('period=1%3Bdrop&sort=password&rating=9,x&from=yesterday&recording=maybe')
    )
    expect(read).to.deep.equal(noFilters)
  })

  it('count what is set besides the period', () => {
    expect(countSet({ ...noFilters, period: 'all' })).to.equal(0)
    expect(countSet({ ...noFilters, outcome: ['missed', 'busy'], recording: 'true' })).to.equal(2)
  })

  it('take whole days of the reader, the last one included', () => {
    const { from, to } = bounds({ ...noFilters, period: 'custom', from: '2026-11-01', to: '2026-11-02' })
    expect(from).to.equal(dayjs('2026-11-01T00:00:00').toISOString())
    expect(to).to.equal(dayjs('2026-11-03T00:00:00').toISOString())
  })

  it('ask the server only for what is set', () => {
    expect(callsQueryString({ ...noFilters, period: 'all', operator: ['u1'] }, null, 50)).to.equal(
      '?limit=50&sort=-startedAt&operatorId=u1'
    )
  })
})
