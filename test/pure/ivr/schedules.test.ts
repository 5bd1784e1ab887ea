import { expect } from 'chai'
import { fieldsOf } from '../../../ivr/fields.ts'
import { isOpen, nextOpenMs, schedule, type NamedHours } from '../../../ivr/blocks/schedule.ts'
import { schedulesOf, withSchedules } from '../../../ivr/schedules.ts'
import { simulate } from '../../../ivr/simulate.ts'
import { validateScheme } from '../../../ivr/validate.ts'
import type { Scheme } from '../../../ivr/scheme.ts'

const weekday = [['09:00', '18:00']]
const week = { mon: weekday, tue: weekday, wed: weekday, thu: weekday, fri: weekday, sat: [], sun: [] }

/** As a row of the table becomes hours. */
function hours(row: Record<string, unknown>): NamedHours {
  const found = schedulesOf(
    [{ id: 's', timeZone: null, hours: week, days: [], override: null, ...row }],
    'Europe/Moscow'
  ).get('s')
  if (!found) throw new Error('The schedule could not be read')
  return found
}

interface Row {
  what: string
  row: Record<string, unknown>
  /** ISO → whether it is open. */
  moments: Record<string, boolean>
}

const table: Row[] = [
  {
    what: 'goes by the time zone of the company where it has none of its own',
    row: {},
    moments: { '2026-11-20T05:59:00Z': false, '2026-11-20T06:00:00Z': true, '2026-11-20T15:00:00Z': false }
  },
  {
    what: 'has a zone of its own',
    row: { timeZone: 'Asia/Vladivostok' },
    moments: { '2026-11-19T23:30:00Z': true, '2026-11-20T09:00:00Z': false }
  },
  {
    what: 'keeps a holiday, and lets the night before it end',
    row: {
      hours: { ...week, thu: [['20:00', '04:00']] },
      days: [{ date: '2026-12-31', name: 'x', hours: [] }]
    },
    moments: {
      '2026-12-24T21:00:00+03:00': true,
      '2026-12-31T03:00:00+03:00': false,
      '2026-12-31T21:00:00+03:00': false
    }
  },
  {
    what: 'has other hours on a special day, several and over midnight',
    row: {
      days: [
        {
          date: '2026-12-26',
          hours: [
            ['10:00', '12:00'],
            ['22:00', '02:00']
          ]
        }
      ]
    },
    moments: {
      '2026-12-26T09:59:00+03:00': false,
      '2026-12-26T10:00:00+03:00': true,
      '2026-12-26T13:00:00+03:00': false,
      '2026-12-26T23:00:00+03:00': true,
      '2026-12-27T01:59:00+03:00': true,
      '2026-12-27T02:00:00+03:00': false,
      // A Saturday like any other.
      '2026-12-19T11:00:00+03:00': false
    }
  },
  {
    what: 'special hours are those of the wall when the clock is put on',
    row: { timeZone: 'Europe/Berlin', days: [{ date: '2026-03-29', hours: [['01:30', '03:30']] }] },
    moments: {
      // 01:59 is followed by 03:00.
      '2026-03-29T00:29:00Z': false,
      '2026-03-29T00:30:00Z': true,
      '2026-03-29T01:00:00Z': true,
      '2026-03-29T01:30:00Z': false
    }
  },
  {
    what: 'is closed as long as somebody says so',
    row: { override: { isOpen: false, until: '2026-11-20T10:00:00.000Z' } },
    moments: { '2026-11-20T09:59:59Z': false, '2026-11-20T10:00:00Z': true }
  },
  {
    what: 'is open as long as somebody says so',
    row: { override: { isOpen: true, until: '2026-11-21T10:00:00.000Z' } },
    moments: { '2026-11-21T09:59:59Z': true, '2026-11-21T10:00:00Z': false }
  },
  {
    what: 'is closed until somebody says otherwise',
    row: { override: { isOpen: false, until: null } },
    moments: { '2026-11-20T09:00:00Z': false, '2027-11-19T09:00:00Z': false }
  },
  {
    what: 'takes no notice of what nobody could have said',
    row: { override: { closed: 'yes' } },
    moments: { '2026-11-20T09:00:00Z': true }
  }
]

describe('A schedule of the company', () => {
  for (const { what, row, moments } of table) {
    it(what, () => {
      for (const [moment, open] of Object.entries(moments))
        expect(isOpen(hours(row), Date.parse(moment)), moment).to.equal(open)
    })
  }

  it('says when it opens next, past holidays, special days and what somebody said', () => {
    const next = (row: Record<string, unknown>, from: string): string | null => {
      const ms = nextOpenMs(hours(row), Date.parse(from))
      return ms === null ? null : new Date(ms).toISOString()
    }
    const friday = '2026-11-20T16:00:00Z'
    expect(next({}, friday)).to.equal('2026-11-23T06:00:00.000Z')
    expect(next({ days: [{ date: '2026-11-23', hours: [] }] }, friday)).to.equal('2026-11-24T06:00:00.000Z')
    expect(next({ days: [{ date: '2026-11-22', hours: [['12:00', '13:00']] }] }, friday)).to.equal(
      '2026-11-22T09:00:00.000Z'
    )
    const until = '2026-11-23T09:30:00.000Z'
    expect(next({ override: { isOpen: false, until } }, friday)).to.equal(until)
    expect(next({ override: { isOpen: false, until: null } }, friday)).to.equal(null)
  })

  const asks = (settings: Record<string, unknown>): Scheme => ({
    locale: 'ru',
    start: 'hours',
    blocks: {
      hours: { type: 'schedule', settings, exits: { open: 'hello', closed: 'bye' } },
      who: {
        type: 'condition',
        settings: {
          rules: [{ name: 'late', conditions: [{ fact: 'time', is: 'closed', scheduleId: 'shop' }] }]
        },
        exits: { late: 'bye', otherwise: 'hello' }
      },
      hello: { type: 'greeting', settings: {}, exits: { next: null } },
      bye: { type: 'hangup', settings: {}, exits: {} }
    }
  })
  const shop = new Map([['shop', hours({ hours: { ...week, sat: [['10:00', '16:00']] } })]])
  const saturday = Date.parse('2026-11-21T12:00:00+03:00')
  const secondBlock = (scheme: Scheme): string | undefined =>
    simulate(scheme, { atMs: saturday }).path[1]?.block

  it('stands for the hours of the blocks and conditions that name it', () => {
    expect(secondBlock(asks({}))).to.equal('bye')
    expect(secondBlock(withSchedules(asks({ scheduleId: 'shop' }), shop))).to.equal('hello')
    const first = { ...asks({}), start: 'who' }
    expect(secondBlock(first)).to.equal('bye')
    expect(secondBlock(withSchedules(first, shop))).to.equal('hello')
  })

  it('leaves what names none as it is, and a block whose schedule is gone to its own hours', () => {
    const own: Scheme = { ...asks({}), blocks: { hours: { type: 'schedule', settings: {}, exits: {} } } }
    expect(withSchedules(own, shop)).to.equal(own)
    const gone = asks({ scheduleId: 'gone', hours: { ...week, sat: [['10:00', '16:00']] } })
    expect(secondBlock(withSchedules(gone, new Map()))).to.equal('hello')
  })

  it('is asked for by editors, which do not see what is put in for calls', () => {
    expect(fieldsOf('schedule').map(({ name, kind }) => [name, kind])).to.deep.equal([
      ['scheduleId', 'schedule'],
      ['timeZone', 'timeZone'],
      ['hours', 'hours'],
      ['holidays', 'dates']
    ])
    expect(schedule.settings.parse({})).to.not.have.property('schedule')
    const problems = validateScheme(asks({ scheduleId: 'gone' }), { scheduleIds: new Set(['shop']) })
    expect(problems.map(({ code, path }) => [code, path])).to.deep.include(['scheduleUnknown', 'scheduleId'])
  })
})
