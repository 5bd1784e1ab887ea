import { expect } from 'chai'
import fc from 'fast-check'
import { responseClock } from '../../api/response-clock.ts'
import { hoursSettings, isOpen, type Hours } from '../../dialling/policy/hours.ts'

const minute = 60_000
const hour = 60 * minute
const at = (text: string): number => Date.parse(`${text}:00+03:00`)
const company = hoursSettings.parse({ timeZone: 'Europe/Moscow' })
const wait = (hours: Hours | null, from: string, now: string, answered: string | null = null) =>
  responseClock(hours, {
    ...{ fromMs: at(from), nowMs: at(now), isOver: false },
    answeredMs: answered === null ? null : at(answered)
  })

describe('the clock of the first response', () => {
  it('stands at night and goes on in the morning', () => {
    // A Tuesday, after six.
    expect(wait(company, '2026-11-17T20:00', '2026-11-17T23:00')).to.deep.equal({
      seconds: 0,
      runningSinceMs: null
    })
    expect(wait(company, '2026-11-17T17:50', '2026-11-18T09:05')).to.deep.equal({
      seconds: 15 * 60,
      runningSinceMs: at('2026-11-18T08:50')
    })
    expect(
      wait(company, '2026-11-20T17:00', '2026-11-30T12:00', '2026-11-23T10:00'),
      'over a weekend'
    ).to.deep.equal({
      seconds: 2 * 3600,
      runningSinceMs: null
    })
  })

  it('goes day and night where no hours are set', () => {
    expect(wait(null, '2026-11-17T20:00', '2026-11-18T09:00')).to.deep.equal({
      seconds: 13 * 3600,
      runningSinceMs: at('2026-11-17T20:00')
    })
  })

  it('stands when the inquiry was closed without an answer', () => {
    const closed = {
      fromMs: at('2026-11-17T10:00'),
      nowMs: at('2026-11-17T11:00'),
      answeredMs: null,
      isOver: true
    }
    expect(responseClock(company, closed)).to.deep.equal({ seconds: 3600, runningSinceMs: null })
  })

  it('counts the minutes at which the hours are open, whatever the hours, also when clocks are changed', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 287 }), fc.integer({ min: 0, max: 287 }))
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => [clockOf(a), clockOf(b)] as [string, string])
    const day = fc.array(range, { maxLength: 2 })
    const hours = fc
      .record({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day })
      .map((week) => hoursSettings.parse({ timeZone: 'Europe/Berlin', hours: week }))
    fc.assert(
      fc.property(
        hours,
        fc.integer({ min: 0, max: 48 }),
        fc.integer({ min: 0, max: 20 }),
        (given, from, long) => {
          // Berlin puts its clocks back on 25 October 2026.
          const fromMs = Date.parse('2026-10-23T22:00:00Z') + from * hour
          const untilMs = fromMs + long * hour
          let open = 0
          for (let ms = fromMs; ms < untilMs; ms += 5 * minute) if (isOpen(given, ms)) open += 5 * 60
          const { seconds } = responseClock(given, {
            fromMs,
            nowMs: untilMs,
            answeredMs: untilMs,
            isOver: false
          })
          expect(seconds).to.equal(open)
        }
      ),
      { numRuns: 30 }
    )
  })
})

const clockOf = (fives: number): string =>
  `${String(Math.floor(fives / 12)).padStart(2, '0')}:${String((fives % 12) * 5).padStart(2, '0')}`
