import { expect } from 'chai'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import type { BlockContext } from '../../../ivr/block.ts'
import {
  answered,
  dialFailed,
  digit,
  failed,
  found,
  hidden,
  noAnswer,
  place,
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
    given?: Record<string, Partial<BlockContext>>
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
  announce: { exits: { next: [played] } },
  schedule: { exits: { open: [], closed: [] }, given: { closed: { nowMs: nightMs } } },
  condition: {
    settings: { rules: [{ name: 'постоянный', conditions: [{ fact: 'owner', is: 'some' }] }] },
    exits: { постоянный: [], otherwise: [] },
    given: { постоянный: { ownerId: 'anna' } }
  },
  ring: {
    settings: { groupId: 'sales' },
    exits: {
      talked: [found('anna'), talkEnded],
      noAnswer: [found('anna'), timeout, found(), found('anna'), failed('anna', 'busy'), found()]
    }
  },
  queue: {
    settings: { groupId: 'sales', maxWaiting: 3, callbackKey: '1', keys: [{ digit: '0' }] },
    exits: {
      talked: [place(1), found('anna'), failed('anna', 'busy'), found('boris'), talkEnded],
      timeout: [place(1), { ...timeout, context: { nowMs: wednesdayNoonMs + 300_000 } }],
      full: [place(4)],
      callback: [place(2), played, digit('1'), played],
      '0': [place(2), digit('0')]
    }
  },
  external: {
    settings: { number: '+74951234567' },
    exits: {
      talked: [talkEnded],
      noAnswer: [timeout],
      busy: [dialFailed('+74951234567', 'busy')],
      refused: [dialFailed('+74951234567', 'refused')]
    }
  },
  lookup: {
    settings: { url: 'https://crm.example.com/route', codes: ['vip'] },
    exits: {
      next: [answered({ text: 'Здравствуйте, Мария' }), played],
      talked: [answered({ targets: [{ kind: 'user', userId: 'anna' }] }), found('anna'), talkEnded],
      noAnswer: [answered({ targets: [{ kind: 'user', userId: 'anna' }] }), found()],
      failed: [noAnswer],
      'code:vip': [answered({ code: 'vip' })]
    }
  },
  callback: {
    exits: { next: [played], noNumber: [played, timeout, played, digit('5'), digit('#')] },
    given: { noNumber: hidden }
  },
  tag: { settings: { add: ['vip'] }, exits: { next: [] } },
  recording: { exits: { next: [] } },
  goto: { settings: { schemeId: 'other' }, exits: { missing: [{ type: 'schemeMissing' }] } },
  voicemail: { exits: { next: [played, { type: 'recorded', seconds: 7 }] } },
  rating: { exits: { next: [played, digit('5'), played] } },
  hangup: { exits: {} }
}

describe('Every exit of every block', () => {
  it('is known here, so that a new kind of block brings its own ways out', () => {
    expect(Object.keys(ways)).to.have.members([...blockKinds.keys()])
  })

  for (const [type, { settings = {}, exits, given }] of Object.entries(ways)) {
    it(`${type} offers just the exits that a caller can leave by`, () => {
      const result = blockKinds.get(type)?.read(settings)
      expect(result && 'ready' in result && result.ready.exits).to.have.members(Object.keys(exits))
    })

    for (const [exit, events] of Object.entries(exits)) {
      it(`${type} lets the call out by "${exit}", even if the controller restarts before each event`, () => {
        const visit = new Visit({ type, settings, context: given?.[exit] ?? {} })
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
