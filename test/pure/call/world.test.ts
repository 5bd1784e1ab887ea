import { expect } from 'chai'
import fc from 'fast-check'
import { anna, groupId } from './given.ts'
import { World, type Chance } from './world.ts'

/** Which of the things that could happen does; the last ones end whatever is left. */
const choices = fc.noBias(
  fc.array(fc.nat({ max: 0xffff_ffff }), { minLength: 15, maxLength: 70, size: 'max' })
)

/** Most calls would be over, or full of refused wishes, before anything has happened. */
function likely(world: World, pick: number): Chance[] {
  const all = world.chances()
  const rare = pick % 9 === 0 ? /^$/ : /leaves|hangs up|declines|fails|time is over|may not|missing|presses/
  const isTalk = world.call.phase === 'talking' || pick % 23 === 0
  return all.filter(
    ({ name, event }) => !rare.test(name) && (isTalk || event.type !== 'wished' || /takes/.test(name))
  )
}

function live(world: World, picks: readonly number[]): World {
  for (const pick of picks) {
    const chances = likely(world, pick)
    const chance = chances[(pick >>> 8) % Math.max(1, chances.length)]
    if (!chance) return world
    world.tell(chance)
  }
  world.tell({ name: 'the end', event: { type: 'hangupRequested', by: 'system', reason: 'ended_by_user' } })
  return world
}

const runs = Number(process.env['RUNS'] ?? 300)
const reached = [
  'call.answered',
  'call.held',
  'call.joined',
  'call.parked',
  'call.unparked',
  'call.watched',
  'call.taken_over',
  'call.transfer started',
  'call.transfer completed',
  'call.transfer cancelled',
  'call.transfer failed',
  'call.dial_refused',
  'call.scheme_changed'
]

describe('Whatever people do in a call', () => {
  const outside = { kind: 'external', number: '+79161112233' } as const
  const kinds: readonly [string, () => World][] = [
    ['that comes in', () => World.inbound()],
    [
      'that an operator places',
      () => World.placed(outside, { kind: 'user', userId: anna.userId, except: [] })
    ],
    [
      'that is owed to a client',
      () => World.placed(outside, { kind: 'group', groupId, strategy: 'longestIdle', except: [] })
    ],
    [
      'to a colleague',
      () =>
        World.placed(
          { kind: 'user', userId: '00000000-0000-4000-8000-00000000000b' },
          { kind: 'user', userId: anna.userId, except: [] }
        )
    ]
  ]
  const seen = new Set<string>()
  for (const [name, start] of kinds) {
    it(`one ${name} has one owner, everybody hears whom they should, and nothing remains`, function () {
      this.timeout(60_000)
      fc.assert(
        fc.property(choices, (picks) => {
          const { call, rows } = live(start(), picks)
          expect(call.phase).to.equal('ended')
          for (const { type, data } of rows)
            seen.add(type).add(`${type} ${typeof data['state'] === 'string' ? data['state'] : ''}`)
        }),
        { numRuns: runs }
      )
    })
  }

  it('all of it happened, so that the above means something', () => {
    expect(reached.filter((moment) => !seen.has(moment))).to.deep.equal([])
  })
})
