import { expect } from 'chai'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import { simulate, type Scenario } from '../../../ivr/simulate.ts'
import { wednesdayNoonMs } from './visit.ts'

const nightMs = wednesdayNoonMs + 12 * 3_600_000

/** A block whose every exit leads to a hang-up of its own. */
function only(type: string, settings: Record<string, unknown>, exits: readonly string[]): Scheme {
  const blocks: Record<string, SchemeBlock> = {
    it: { type, settings, exits: Object.fromEntries(exits.map((exit) => [exit, `to-${exit}`])) }
  }
  for (const exit of exits) {
    blocks[`to-${exit}`] = { type: 'hangup', settings: {}, exits: {} }
  }
  return { locale: 'en', start: 'it', blocks }
}

interface Row {
  name: string
  type: string
  settings?: Record<string, unknown>
  scenario?: Partial<Scenario>
  exit: string
  seconds: number
  outcome?: string
  talkedWith?: string
}

const anna = { userId: 'anna', name: 'Anna' }
const boris = { userId: 'boris', name: 'Boris' }
const group = { groupId: 'sales', rounds: 1, ringSeconds: 20 }
const options = [{ digit: '1' }, { digit: '2' }]

const rows: readonly Row[] = [
  { name: 'greeting is heard to its end', type: 'greeting', exit: 'next', seconds: 3 },
  { name: 'announce says it twice', type: 'announce', settings: { times: 2 }, exit: 'next', seconds: 6 },
  {
    name: 'menu takes a key after its prompt',
    type: 'menu',
    settings: { options },
    scenario: { presses: '2' },
    exit: '2',
    seconds: 3
  },
  {
    name: 'menu waits through silence as often as it asks',
    type: 'menu',
    settings: { options, attempts: 2, waitSeconds: 5 },
    exit: 'noInput',
    seconds: 16
  },
  {
    name: 'menu gives up at wrong keys',
    type: 'menu',
    settings: { options, attempts: 2 },
    scenario: { presses: '78' },
    exit: 'wrongInput',
    seconds: 6
  },
  { name: 'schedule is open at noon', type: 'schedule', exit: 'open', seconds: 0 },
  {
    name: 'schedule is closed at night',
    type: 'schedule',
    scenario: { atMs: nightMs },
    exit: 'closed',
    seconds: 0
  },
  {
    name: 'condition knows the source',
    type: 'condition',
    settings: { rules: [{ name: 'ads', conditions: [{ fact: 'source', values: ['x'] }] }] },
    scenario: { facts: { sourceId: 'x' } },
    exit: 'ads',
    seconds: 0
  },
  {
    name: 'condition knows the dialled number',
    type: 'condition',
    settings: { rules: [{ name: 'ads', conditions: [{ fact: 'number', values: ['+78121112233'] }] }] },
    scenario: { facts: { dialed: '+78121112244' } },
    exit: 'otherwise',
    seconds: 0
  },
  {
    name: 'ring is answered after a while',
    type: 'ring',
    settings: group,
    scenario: { operators: [{ ...anna, reaction: 'answers', afterSeconds: 7 }] },
    exit: 'talked',
    seconds: 67,
    outcome: 'talked',
    talkedWith: 'anna'
  },
  {
    name: 'ring gives up on who would answer too late',
    type: 'ring',
    settings: group,
    scenario: { operators: [{ ...anna, reaction: 'answers', afterSeconds: 21 }] },
    exit: 'noAnswer',
    seconds: 20
  },
  {
    name: 'ring goes past who is busy, and past who is in another group',
    type: 'ring',
    settings: group,
    scenario: {
      operators: [
        { ...anna, reaction: 'busy' },
        { ...boris, reaction: 'answers', groupIds: ['service'] }
      ]
    },
    exit: 'noAnswer',
    seconds: 0
  },
  {
    name: 'ring of all together is answered by the quickest',
    type: 'ring',
    settings: { ...group, strategy: 'ringAll' },
    scenario: {
      operators: [
        { ...anna, reaction: 'answers', afterSeconds: 9 },
        { ...boris, reaction: 'answers', afterSeconds: 4 }
      ]
    },
    exit: 'talked',
    seconds: 64,
    outcome: 'talked',
    talkedWith: 'boris'
  },
  {
    name: 'ring calls a number outside at last',
    type: 'ring',
    settings: { ...group, externalNumber: '+79161112233' },
    scenario: { dials: { '*': 'answers' }, dialSeconds: 5 },
    exit: 'talked',
    seconds: 65,
    outcome: 'talked',
    talkedWith: '+79161112233'
  },
  {
    name: 'queue comes to its turn',
    type: 'queue',
    settings: { groupId: 'sales' },
    scenario: {
      queue: { ahead: 2, turnAfterSeconds: 40 },
      operators: [{ ...anna, reaction: 'answers', afterSeconds: 3 }]
    },
    exit: 'talked',
    seconds: 103,
    outcome: 'talked',
    talkedWith: 'anna'
  },
  {
    name: 'queue is left when nobody comes',
    type: 'queue',
    settings: { groupId: 'sales', maxWaitSeconds: 60, announcePlace: false, announceWait: false },
    scenario: { queue: { ahead: 2, turnAfterSeconds: null } },
    exit: 'timeout',
    seconds: 60
  },
  {
    name: 'queue is full',
    type: 'queue',
    settings: { groupId: 'sales', maxWaiting: 2 },
    scenario: { queue: { ahead: 2, turnAfterSeconds: null } },
    exit: 'full',
    seconds: 0
  },
  {
    name: 'external is busy',
    type: 'external',
    settings: { number: '+79161112233' },
    scenario: { dials: { '+79161112233': 'busy', '*': 'answers' }, dialSeconds: 2 },
    exit: 'busy',
    seconds: 2
  },
  {
    name: 'external rings out',
    type: 'external',
    settings: { number: '+79161112233', ringSeconds: 30 },
    exit: 'noAnswer',
    seconds: 30
  },
  {
    name: 'lookup goes by the code of the answer',
    type: 'lookup',
    settings: { url: 'https://crm.example.com/', codes: ['vip'] },
    scenario: { lookups: [{ targets: [], code: 'vip', text: null, contactName: null, ownerId: null }] },
    exit: 'code:vip',
    seconds: 0.3
  },
  {
    name: 'lookup without an answer',
    type: 'lookup',
    settings: { url: 'https://crm.example.com/' },
    exit: 'failed',
    seconds: 0.3
  },
  { name: 'voicemail takes a message', type: 'voicemail', exit: 'next', seconds: 13, outcome: 'message' },
  {
    name: 'callback is promised to a known number',
    type: 'callback',
    scenario: { facts: { callerNumber: '+79161112233' } },
    exit: 'next',
    seconds: 3,
    outcome: 'callback'
  },
  {
    name: 'callback without a number',
    type: 'callback',
    settings: { askNumber: false },
    exit: 'noNumber',
    seconds: 0
  },
  { name: 'rating takes a mark', type: 'rating', scenario: { presses: '4' }, exit: 'next', seconds: 6 },
  { name: 'tag', type: 'tag', settings: { add: ['vip'] }, exit: 'next', seconds: 0 },
  { name: 'recording', type: 'recording', exit: 'next', seconds: 0 },
  {
    name: 'goto a scheme that is not there',
    type: 'goto',
    settings: { schemeId: 'gone' },
    exit: 'missing',
    seconds: 0
  }
]

describe('Every kind of block in an imagined call', () => {
  for (const {
    name,
    type,
    settings = {},
    scenario = {},
    exit,
    seconds,
    outcome = 'hungUp',
    talkedWith
  } of rows) {
    it(name, () => {
      const exits = blockKinds.get(type)?.looseExits(settings) ?? []
      const result = simulate(only(type, settings, exits), {
        atMs: wednesdayNoonMs,
        ...scenario
      })
      const [first] = result.path
      expect(first?.exit).to.equal(exit)
      expect(((first?.endMs ?? 0) - (first?.atMs ?? 0)) / 1000).to.equal(seconds)
      expect(result.outcome).to.equal(outcome)
      expect(first?.talkedWith ?? undefined).to.equal(talkedWith)
    })
  }

  it('leaves none out', () => {
    const played = new Set([...rows.map(({ type }) => type), 'hangup'])
    expect([...blockKinds.keys()].filter((type) => !played.has(type))).to.deep.equal([])
  })

  it('tells a broken scheme and an endless one from a hang-up', () => {
    const broken = simulate({ locale: 'en', start: 'gone', blocks: {} }, { atMs: 0 })
    expect(broken.outcome).to.equal('broken')
    const hello = { type: 'greeting', settings: {}, exits: { next: 'hello' } }
    expect(simulate({ locale: 'en', start: 'hello', blocks: { hello } }, { atMs: 0 }).outcome).to.equal(
      'endless'
    )
    const bye = { type: 'hangup', settings: {}, exits: {} }
    const { outcome, reason } = simulate({ locale: 'en', start: 'bye', blocks: { bye } }, { atMs: 0 })
    expect({ outcome, reason }).to.deep.equal({ outcome: 'hungUp', reason: 'scheme_end' })
  })
})
