import { expect } from 'chai'
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
