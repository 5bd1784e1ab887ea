import { expect } from 'chai'
import type { BlockContext, CallFacts } from '../../../ivr/block.ts'
import { noFacts, Visit, wednesdayNoonMs } from './visit.ts'

const known: CallFacts = {
  ...noFacts,
  callerNumber: '+79261112233',
  dialed: '+78121112233',
  numberId: 'n1',
  sourceId: 's1',
  inquiryChannel: 'paid',
  campaign: 'Spring Sale 2026',
  keyword: 'Купить диван недорого',
  siteId: 'site1',
  region: 'Санкт-Петербург',
  country: 'RU',
  contactId: 'c1',
  tags: ['VIP', 'опт'],
  pressed: '12'
}

interface Row {
  condition: Record<string, unknown>
  holds?: boolean
  facts?: Partial<CallFacts>
  context?: Partial<BlockContext>
}

/** Conditions that hold for the call above unless said otherwise. */
const rows: Row[] = [
  { condition: { fact: 'source', values: ['s0', 's1'] } },
  { condition: { fact: 'source', values: ['s1'] }, facts: { sourceId: null }, holds: false },
  { condition: { fact: 'source', test: 'notIn', values: ['s1'] }, facts: { sourceId: null } },
  { condition: { fact: 'source', test: 'notIn', values: ['s1'] }, holds: false },
  { condition: { fact: 'inquiryChannel', values: ['paid'] } },
  { condition: { fact: 'campaign', test: 'contains', values: ['spring'] } },
  { condition: { fact: 'campaign', test: 'contains', values: ['autumn'] }, holds: false },
  {
    condition: { fact: 'campaign', test: 'contains', values: ['a'] },
    facts: { campaign: null },
    holds: false
  },
  { condition: { fact: 'keyword', test: 'contains', values: ['ДИВАН'] } },
  { condition: { fact: 'keyword', values: [' купить диван недорого '] } },
  { condition: { fact: 'number', values: ['n1'] } },
  { condition: { fact: 'number', values: ['+78121112233'] } },
  { condition: { fact: 'number', values: ['n2'] }, holds: false },
  { condition: { fact: 'site', values: ['site1'] } },
  { condition: { fact: 'region', values: ['санкт-петербург'] } },
  { condition: { fact: 'country', test: 'notIn', values: ['KZ', 'BY'] } },
  { condition: { fact: 'callerNumber', test: 'in', values: ['+79261112233'] } },
  { condition: { fact: 'callerNumber', test: 'in', values: ['79261112233'] }, holds: false },
  { condition: { fact: 'callerNumber', test: 'notIn', values: ['+79260000000'] } },
  { condition: { fact: 'callerNumber', test: 'startsWith', values: ['+7495', '+7926'] } },
  {
    condition: { fact: 'callerNumber', test: 'startsWith', values: ['+7'] },
    facts: { callerNumber: null },
    holds: false
  },
  { condition: { fact: 'callerHidden' }, holds: false },
  { condition: { fact: 'callerHidden' }, facts: { callerNumber: null } },
  { condition: { fact: 'callerHidden', is: false } },
  { condition: { fact: 'client', is: 'known' } },
  { condition: { fact: 'client', is: 'new' }, holds: false },
  { condition: { fact: 'client', is: 'new' }, facts: { contactId: null } },
  { condition: { fact: 'owner', is: 'none' } },
  { condition: { fact: 'owner', is: 'some' }, context: { ownerId: 'anna' } },
  { condition: { fact: 'tag', values: ['vip'] } },
  { condition: { fact: 'tag', values: ['v'] }, holds: false },
  { condition: { fact: 'tag', test: 'notIn', values: ['spam'] } },
  { condition: { fact: 'tag', test: 'notIn', values: ['spam', 'опт'] }, holds: false },
  { condition: { fact: 'pressed', values: ['12'] } },
  { condition: { fact: 'pressed', test: 'contains', values: ['2'] } },
  { condition: { fact: 'pressed', values: ['1'] }, holds: false },
  { condition: { fact: 'time' } },
  { condition: { fact: 'time', is: 'closed' }, context: { nowMs: wednesdayNoonMs + 12 * 3_600_000 } },
  { condition: { fact: 'time', timeZone: 'Asia/Vladivostok' }, holds: false }
]

function wayOf(rules: readonly unknown[], { facts = {}, context = {} }: Partial<Row> = {}): string | null {
  const visit = new Visit({
    type: 'condition',
    settings: { rules },
    context: { ...context, facts: { ...known, ...facts } }
  })
  expect(visit.effects).to.deep.equal([])
  return visit.last.exit
}

describe('Deciding by what is known of a call', () => {
  for (const row of rows) {
    const { condition, holds = true, facts, context } = row
    const but = facts || context ? ` given ${JSON.stringify(facts ?? context)}` : ''
    it(`${JSON.stringify(condition)} ${holds ? 'holds' : 'does not hold'}${but}`, () => {
      const rules = [{ name: 'yes', conditions: [condition] }]
      expect(wayOf(rules, row)).to.equal(holds ? 'yes' : 'otherwise')
    })
  }

  const isKnown = { fact: 'client', is: 'known' }
  const isHidden = { fact: 'callerHidden' }

  it('wants all conditions of a rule, or any of them', () => {
    expect(wayOf([{ name: 'a', conditions: [isKnown, isHidden] }])).to.equal('otherwise')
    expect(wayOf([{ name: 'a', match: 'any', conditions: [isHidden, isKnown] }])).to.equal('a')
  })

  it('goes by the first rule that holds', () => {
    const rules = [
      { name: 'hidden', conditions: [isHidden] },
      { name: 'known', conditions: [isKnown] },
      { name: 'paid', conditions: [{ fact: 'inquiryChannel', values: ['paid'] }] }
    ]
    expect(wayOf(rules)).to.equal('known')
  })
})
