import { expect } from 'chai'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import {
  digit,
  failed,
  found,
  played,
  talkEnded,
  timeout,
  Visit,
  wednesdayNoonMs,
  type When
} from './visit.ts'

const nightMs = wednesdayNoonMs + 12 * 3_600_000
const wrong = digit('9')

/** One way to each exit of each kind of block, given the least settings. */
const ways: Record<
  string,
  {
    settings?: Record<string, unknown>
    exits: Record<string, readonly When[]>
    atMs?: Record<string, number>
  }
> = {
  greeting: { exits: { next: [played] } },
  menu: {
    settings: { options: [{ digit: '1' }, { digit: '0' }, { digit: '*' }, { digit: '#' }], attempts: 2 },
    exits: {
      '1': [played, digit('1')],
      '0': [digit('0')],
      '*': [played, timeout, digit('*')],
      '#': [played, wrong, digit('#')],
      noInput: [played, timeout, played, timeout],
      wrongInput: [played, wrong, played, wrong]
    }
  },
  schedule: { exits: { open: [], closed: [] }, atMs: { open: wednesdayNoonMs, closed: nightMs } },
  ring: {
    settings: { groupId: 'sales' },
    exits: {
      talked: [found('anna'), talkEnded],
      noAnswer: [found('anna'), timeout, found(), found('anna'), failed('anna', 'busy'), found()]
    }
  },
  voicemail: { exits: { next: [played, { type: 'recorded', seconds: 7 }] } },
  rating: { exits: { next: [played, digit('5'), played] } },
  hangup: { exits: {} }
}

describe('Every exit of every block', () => {
  it('is known here, so that a new kind of block brings its own ways out', () => {
    expect(Object.keys(ways)).to.have.members([...blockKinds.keys()])
  })

  for (const [type, { settings = {}, exits, atMs }] of Object.entries(ways)) {
    it(`${type} offers just the exits that a caller can leave by`, () => {
      const result = blockKinds.get(type)?.read(settings)
      expect(result && 'ready' in result && result.ready.exits).to.have.members(Object.keys(exits))
    })

    for (const [exit, events] of Object.entries(exits)) {
      it(`${type} lets the call out by "${exit}", even if the controller restarts before each event`, () => {
        const visit = new Visit({ type, settings, context: { nowMs: atMs?.[exit] ?? wednesdayNoonMs } })
        for (const [index, event] of events.entries()) {
          expect(visit.last.exit, `before event ${index}`).to.equal(null)
          visit.tell(event)
        }
        expect(visit.last.exit).to.equal(exit)
        expect(visit.last.state, 'the state of a block that is done').to.equal(null)
      })
    }
  }
})
