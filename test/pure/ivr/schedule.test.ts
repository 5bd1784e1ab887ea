import { expect } from 'chai'
import fc from 'fast-check'
import { isOpen, nextOpenMs, type Hours } from '../../../ivr/blocks/schedule.ts'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import { Visit } from './visit.ts'

interface Row {
  name: string
  settings: Record<string, unknown>
  /** ISO with offset → exit. */
  moments: Record<string, 'open' | 'closed'>
}

const rows: Row[] = [
  {
    name: 'keeps office hours by default, to the minute',
    settings: {},
    moments: {
      '2026-03-11T08:59:59+03:00': 'closed',
      '2026-03-11T09:00:00+03:00': 'open',
      '2026-03-11T17:59:59+03:00': 'open',
      '2026-03-11T18:00:00+03:00': 'closed',
      '2026-03-14T12:00:00+03:00': 'closed'
    }
  },
  {
    name: 'goes by the clock of its own time zone, and by its day',
    settings: { timeZone: 'Asia/Vladivostok', hours: { mon: [['09:00', '18:00']] } },
    moments: { '2026-03-08T23:30:00Z': 'open', '2026-03-09T12:00:00Z': 'closed' }
  },
  {
    name: 'closes for lunch',
    settings: {
      hours: {
        wed: [
          ['09:00', '13:00'],
          ['14:00', '18:00']
        ]
      }
    },
    moments: { '2026-03-11T13:30:00+03:00': 'closed', '2026-03-11T14:00:00+03:00': 'open' }
  },
  {
    name: 'runs a night shift over midnight, in the night of its own day only',
    settings: { hours: { fri: [['22:00', '06:00']] } },
    moments: {
      '2026-03-13T05:00:00+03:00': 'closed',
      '2026-03-13T22:00:00+03:00': 'open',
      '2026-03-14T05:59:00+03:00': 'open',
      '2026-03-14T06:00:00+03:00': 'closed',
      '2026-03-14T23:00:00+03:00': 'closed'
    }
  },
  {
    name: 'is open round the clock from 00:00 to 24:00',
    settings: { hours: { wed: [['00:00', '24:00']] } },
    moments: {
      '2026-03-10T23:59:00+03:00': 'closed',
      '2026-03-11T00:00:00+03:00': 'open',
      '2026-03-11T23:59:59+03:00': 'open',
      '2026-03-12T00:00:00+03:00': 'closed'
    }
  },
  {
    name: 'begins no hours on a holiday, and lets the night before it end',
    settings: { hours: { tue: [['22:00', '06:00']], wed: [['09:00', '18:00']] }, holidays: ['2026-03-11'] },
    moments: {
      '2026-03-11T05:00:00+03:00': 'open',
      '2026-03-11T12:00:00+03:00': 'closed',
      '2026-03-18T12:00:00+03:00': 'open'
    }
  },
  {
    name: 'keeps wall-clock hours when summer time begins',
    settings: { timeZone: 'Europe/Berlin', hours: { sat: [['09:00', '18:00']], mon: [['09:00', '18:00']] } },
    moments: {
      '2026-03-28T07:59:00Z': 'closed',
      '2026-03-28T08:00:00Z': 'open',
      '2026-03-30T07:00:00Z': 'open',
      '2026-03-30T16:00:00Z': 'closed'
    }
  },
  {
    name: 'keeps a night shift through the hour that summer time skips and the one that winter time repeats',
    settings: {
      timeZone: 'Europe/Berlin',
      hours: { sat: [['22:00', '02:30']] }
    },
    moments: {
      // 29 March: 01:59 is followed by 03:00.
      '2026-03-29T00:59:00Z': 'open',
      '2026-03-29T01:00:00Z': 'closed',
      // 25 October: 02:00 to 02:59 comes twice.
      '2026-10-25T00:15:00Z': 'open',
      '2026-10-25T00:45:00Z': 'closed',
      '2026-10-25T01:15:00Z': 'open',
      '2026-10-25T01:45:00Z': 'closed'
    }
  },
  {
    name: 'knows half-hour zones, leap days and the turn of the year',
    settings: {
      timeZone: 'Asia/Kolkata',
      hours: { thu: [['23:00', '01:00']], tue: [['00:00', '00:30']] }
    },
    moments: {
      '2026-12-31T18:00:00Z': 'open',
      '2026-12-31T19:15:00Z': 'open',
      '2026-12-31T19:30:00Z': 'closed',
      '2028-02-28T18:40:00Z': 'open'
    }
  }
]

describe('Hours', () => {
  for (const { name, settings, moments } of rows) {
    it(name, () => {
      for (const [moment, exit] of Object.entries(moments)) {
        const visit = new Visit({ type: 'schedule', settings, context: { nowMs: Date.parse(moment) } })
        expect(visit.last.exit, moment).to.equal(exit)
      }
    })
  }
})

function hoursOf(settings: Record<string, unknown>): Hours {
  const result = blockKinds.get('schedule')?.read(settings)
  if (!result || !('ready' in result)) throw new Error(`not hours: ${JSON.stringify(result)}`)
  return result.ready.settings as Hours
}

describe('When hours next begin', () => {
  const after = (settings: Record<string, unknown>, moment: string): string | null => {
    const ms = nextOpenMs(hoursOf(settings), Date.parse(moment))
    return ms === null ? null : new Date(ms).toISOString()
  }

  it('is now while they last, else the next morning that is no holiday', () => {
    expect(after({}, '2026-03-11T12:00:30+03:00')).to.equal('2026-03-11T09:00:30.000Z')
    expect(after({}, '2026-03-11T05:00:00+03:00')).to.equal('2026-03-11T06:00:00.000Z')
    expect(after({}, '2026-03-13T18:00:00+03:00')).to.equal('2026-03-16T06:00:00.000Z')
    expect(after({ holidays: ['2026-03-16', '2026-03-17'] }, '2026-03-13T18:00:00+03:00')).to.equal(
      '2026-03-18T06:00:00.000Z'
    )
  })

  it('is the end of the hour that is skipped, for hours that begin in it and are over soon after', () => {
    const gap = { timeZone: 'America/New_York', hours: { sun: [['02:15', '03:15']] } }
    expect(after(gap, '2026-03-08T05:00:00Z')).to.equal('2026-03-08T07:00:00.000Z')
  })

  it('is the beginning of the hour that comes twice, for hours that were over in its first time', () => {
    const twice = { timeZone: 'America/New_York', hours: { sun: [['00:30', '01:30']] } }
    expect(after(twice, '2026-11-01T05:45:00Z')).to.equal('2026-11-01T06:00:00.000Z')
  })

  it('is never when there are none', () => {
    expect(after({ hours: {} }, '2026-03-11T12:00:00Z')).to.equal(null)
  })

  it('is the same as trying every minute, also where clocks are put on or back', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`)
    const range = fc.tuple(time, time).filter(([from, to]) => from !== to)
    const day = fc.array(range, { maxLength: 2 })
    const turns = [
      ['America/New_York', '2026-03-08T05:00:00Z'],
      ['America/New_York', '2026-11-01T04:00:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T12:00:00Z'],
      ['Asia/Kolkata', '2026-05-01T00:00:00Z'],
      ['Europe/Moscow', '2026-03-08T00:00:00Z']
    ] as const
    const minuteMs = 60_000
    fc.assert(
      fc.property(
        fc.constantFrom(...turns),
        fc.integer({ min: -600, max: 600 }),
        fc.tuple(day, day, day),
        ([timeZone, moment], minutes, [sat, sun, mon]) => {
          const hours = hoursOf({ timeZone, hours: { sat, sun, mon, fri: sun }, holidays: [] })
          const nowMs = Date.parse(moment) + minutes * minuteMs
          const untilMs = nowMs + 30 * 60 * minuteMs
          let tried = nowMs
          while (tried < untilMs && !isOpen(hours, tried)) tried += minuteMs
          const found = nextOpenMs(hours, nowMs)
          if (tried < untilMs) expect(found).to.equal(tried)
          else if (found !== null) expect(found).to.be.at.least(untilMs)
        }
      ),
      { numRuns: 100 }
    )
  })
})
