import { expect } from 'chai'
import { createClock, type Clock } from '../../../host/clock.ts'

const hourMs = 3_600_000
const startMs = Date.UTC(2026, 10, 23, 12)

describe('A wall clock that is set while calls go on', () => {
  let steadyMs = 0
  let aheadMs = startMs
  let clock: Clock
  const wall = (): number => steadyMs + aheadMs
  beforeEach(() => {
    steadyMs = 5000
    aheadMs = startMs
    clock = createClock(wall, () => steadyMs)
  })
  afterEach(() => clock.close())

  /** Seconds between a stamp taken before the step and one taken `lasts` seconds after it. */
  function lasted(byMs: number, lasts: number): number {
    const from = clock.steadyOf(wall())
    steadyMs += 3000
    aheadMs += byMs
    steadyMs += lasts * 1000
    return (clock.steadyOf(wall()) - from) / 1000
  }

  for (const byMs of [hourMs, -hourMs, 10 * 24 * hourMs, 2000, -2000])
    it(`by ${byMs / 1000} s does not change how long something took`, () => {
      expect(lasted(byMs, 4)).to.equal(7)
    })

  it('leaves stamps as they are while nobody sets it', () => {
    steadyMs += 1_000_000
    expect(clock.steadyOf(startMs + 7000) + clock.aheadMs()).to.equal(startMs + 7000)
  })

  for (const byMs of [hourMs, -hourMs])
    it(`knows a stamp from before a step of ${byMs / hourMs} h that arrives after it`, () => {
      const stamp = wall()
      steadyMs += 900
      aheadMs += byMs
      steadyMs += 100
      expect(clock.steadyOf(stamp)).to.equal(5000)
      expect(clock.steadyOf(wall())).to.equal(6000)
      // Our own clock alone was set; Asterisk's, on another machine, goes on.
      steadyMs += 60_000
      expect(clock.steadyOf(stamp + 61_000)).to.equal(66_000)
    })

  it('goes on rightly when it is set back to what it was', () => {
    const from = clock.steadyOf(wall())
    for (const byMs of [hourMs, -hourMs, -hourMs, hourMs]) {
      aheadMs += byMs
      steadyMs += 10_000
      expect(clock.steadyOf(wall()) - from).to.equal(steadyMs - 5000)
    }
  })

  it('is told of once, with how far and which way', () => {
    const told: number[] = []
    const off = clock.onStep((byMs) => told.push(byMs))
    aheadMs -= hourMs
    clock.aheadMs()
    clock.aheadMs()
    aheadMs += 40
    clock.aheadMs()
    aheadMs += hourMs
    clock.aheadMs()
    off()
    aheadMs += hourMs
    clock.aheadMs()
    expect(told).to.deep.equal([-hourMs, hourMs + 40])
  })

  it('is not taken for set when the process stood still between the two readings', () => {
    const told: number[] = []
    let isSlow = false
    clock.close()
    clock = createClock(
      () => {
        if (isSlow) steadyMs += 5000
        return wall()
      },
      () => steadyMs
    )
    clock.onStep((byMs) => told.push(byMs))
    isSlow = true
    clock.aheadMs()
    expect(told).to.deep.equal([])
  })
})
