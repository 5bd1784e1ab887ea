import { expect } from 'chai'
import { matches, neverKnown, type Filter, type Moment } from '../../../integrations/webhooks/core/filter.ts'

const call = {
  direction: 'in',
  sourceId: 'radio',
  operatorId: 'anna',
  outcome: 'answered',
  talkSeconds: 40
}
const ended: Moment = { type: 'call.ended', data: {}, call }
const initiated: Moment = { type: 'call.initiated', data: { direction: 'in', source: { id: 'radio' } } }

describe('a filter of a webhook', () => {
  const table: [what: string, filter: Filter | null, moment: Moment, isWanted: boolean][] = [
    ['no filter wants everything', null, ended, true],
    ['empty conditions want everything', { directions: [], outcomes: [] }, ended, true],
    ['the direction', { directions: ['in'] }, ended, true],
    ['another direction', { directions: ['out', 'internal'] }, ended, false],
    ['the direction as the call begins', { directions: ['in'] }, initiated, true],
    ['the source as the call begins', { sourceIds: ['radio'] }, initiated, true],
    ['another source', { sourceIds: ['press'] }, initiated, false],
    [
      'a call of no source',
      { sourceIds: ['radio'] },
      { type: 'call.ended', data: {}, call: { ...call, sourceId: null } },
      false
    ],
    ['the operator', { operatorIds: ['anna', 'boris'] }, ended, true],
    ['another operator', { operatorIds: ['boris'] }, ended, false],
    [
      'after a transfer, whoever answered last',
      { operatorIds: ['boris'] },
      { type: 'call.answered', data: { operator: { id: 'boris' } }, call },
      true
    ],
    ['an operator before anybody answered', { operatorIds: ['anna'] }, initiated, false],
    ['the outcome', { outcomes: ['answered'] }, ended, true],
    ['another outcome', { outcomes: ['missed'] }, ended, false],
    ['an outcome that is not known yet', { outcomes: ['answered'] }, initiated, false],
    ['a talk long enough', { minTalkSeconds: 40 }, ended, true],
    ['a talk too short', { minTalkSeconds: 41 }, ended, false],
    ['a talk short enough', { maxTalkSeconds: 40 }, ended, true],
    ['a talk too long', { maxTalkSeconds: 39 }, ended, false],
    ['at most 0 seconds is a condition', { maxTalkSeconds: 0 }, ended, false],
    [
      'no talk at all',
      { maxTalkSeconds: 0 },
      { type: 'call.missed', data: { outcome: 'missed' }, call: { ...call, talkSeconds: null } },
      true
    ],
    [
      'all conditions together',
      { directions: ['in'], outcomes: ['answered'], minTalkSeconds: 10 },
      ended,
      true
    ],
    ['all but one', { directions: ['in'], outcomes: ['missed'], minTalkSeconds: 10 }, ended, false],
    [
      'what is of no call',
      { directions: ['in'] },
      { type: 'inquiry.created', data: { direction: 'in' } },
      false
    ]
  ]
  for (const [what, filter, moment, isWanted] of table) {
    it(`${what}: ${isWanted ? 'wanted' : 'not wanted'}`, () => {
      expect(matches(filter, moment)).to.equal(isWanted)
    })
  }

  it('names conditions that an event can never meet', () => {
    const filter: Filter = { directions: ['in'], outcomes: ['missed'], minTalkSeconds: 1, operatorIds: [] }
    expect(neverKnown(filter, 'call.initiated')).to.deep.equal(['outcomes', 'minTalkSeconds'])
    expect(neverKnown(filter, 'call.ended')).to.deep.equal([])
    expect(neverKnown(filter, 'deal.stage_changed')).to.have.length(3)
  })
})
