import { expect } from 'chai'
import fc from 'fast-check'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import { prompts } from '../../../ivr/sounds.ts'
import { simulate, type Scenario, type SimulatedOperator } from '../../../ivr/simulate.ts'
import { afterHoursScheme, campaignScheme, shopQueueScheme } from '../../../ivr/templates-waiting.ts'
import { clinicScheme, shopScheme, simpleScheme } from '../../../ivr/templates.ts'
import { wednesdayNoonMs } from './visit.ts'

const simple = simpleScheme('sales')
const shop = shopScheme({ salesGroupId: 'sales', serviceGroupId: 'service' })
const clinic = clinicScheme({ appointmentsGroupId: 'doctors', deskGroupId: 'desk' })
const operator = (userId: string, reaction: SimulatedOperator['reaction']): SimulatedOperator => ({
  userId,
  name: userId,
  reaction
})
const nightMs = wednesdayNoonMs + 12 * 3_600_000

/** The path in short: `block>exit`. */
function way(scheme: typeof simple, scenario: Partial<Scenario>): string[] {
  return simulate(scheme, { atMs: wednesdayNoonMs, ...scenario }).path.map(
    ({ block, exit }) => `${block}>${exit ?? ''}`
  )
}

describe('The path of an imagined call', () => {
  it('talks and rates', () => {
    const operators = [operator('anna', 'answers')]
    const result = simulate(simple, { atMs: wednesdayNoonMs, operators, presses: '5' })
    expect(result.path.map(({ block, exit }) => `${block}>${exit}`)).to.deep.equal([
      'greeting>next',
      'ring>talked',
      'rating>next'
    ])
    expect(result.path[2]).to.include({ rating: 5, pressed: '5' })
    expect(result).to.include({ end: 'lastExit', reason: null })
  })

  it('leaves a message when nobody answers', () => {
    const scenario = { operators: [operator('anna', 'silent'), operator('boris', 'declines')] }
    expect(way(simple, scenario)).to.deep.equal([
      'greeting>next',
      'ring>noAnswer',
      'busy>next',
      'message>next'
    ])
    const { path } = simulate(simple, { atMs: wednesdayNoonMs, ...scenario })
    expect(path[1]?.rung).to.deep.equal(['anna', 'boris', 'anna'])
    expect(path[3]).to.include({ leftMessage: true })
  })

  it('reaches the owner of a known client before anyone else', () => {
    const operators = [operator('anna', 'answers'), operator('boris', 'answers')]
    const { path } = simulate(simple, { atMs: wednesdayNoonMs, ownerId: 'boris', operators })
    expect(path[1]?.rung).to.deep.equal(['boris'])
  })

  it('goes by the menu in office hours, and past it at night', () => {
    const operators = [operator('anna', 'answers')]
    expect(way(shop, { operators, presses: '2' })).to.deep.equal([
      'hours>open',
      'menu>2',
      'service>talked',
      'rating>next'
    ])
    expect(way(shop, { operators })).to.deep.equal([
      'hours>open',
      'menu>noInput',
      'sales>talked',
      'rating>next'
    ])
    expect(way(shop, { operators, atMs: nightMs })).to.deep.equal([
      'hours>closed',
      'closed>next',
      'message>next'
    ])
  })

  it('rings the desk when no doctor answers', () => {
    expect(way(clinic, { presses: '-1' })).to.deep.equal([
      'notice>next',
      'hours>open',
      'menu>1',
      'appointments>noAnswer',
      'desk>noAnswer',
      'busy>next',
      'message>next'
    ])
  })

  it('cuts a scheme that leads round and round, and ends one that is broken', () => {
    const circle = {
      ...simple,
      blocks: { greeting: { type: 'greeting', settings: {}, exits: { next: 'greeting' } } }
    }
    expect(simulate(circle, { atMs: 0 }).end).to.equal('tooLong')
    const broken = { ...simple, start: 'gone' }
    expect(simulate(broken, { atMs: 0 })).to.include({ end: 'hangup', reason: 'broken_scheme' })
  })

  it('comes to an end in every template, whatever callers and operators do', () => {
    const reaction = fc.constantFrom('answers' as const, 'declines' as const, 'silent' as const)
    const scenario = fc.record({
      atMs: fc.integer({ min: wednesdayNoonMs, max: wednesdayNoonMs + 14 * 86_400_000 }),
      ownerId: fc.constantFrom(null, 'op0', 'gone'),
      presses: fc.array(fc.constantFrom(...'0123456789*#-'), { maxLength: 10 }).map((keys) => keys.join('')),
      operators: fc
        .array(reaction, { maxLength: 5 })
        .map((all) => all.map((how, index) => operator(`op${index}`, how)))
    })
    fc.assert(
      fc.property(fc.constantFrom(simple, shop, clinic), scenario, (scheme, call) => {
        const { end, path } = simulate(scheme, call)
        expect(end).to.equal('lastExit')
        const last = path.at(-1)?.block
        expect(last).to.be.oneOf(['rating', 'message'])
      }),
      { numRuns: 300 }
    )
  })
})

describe('Our own prompts', () => {
  it('have their own ids, and a text in each language', () => {
    expect(new Set(prompts.map(({ id }) => id)).size).to.equal(prompts.length)
    for (const { id, ru, en } of prompts) {
      expect(id).to.match(/^[a-z-]+$/)
      expect(ru, id)
        .to.match(/[а-яё]/i)
        .and.not.match(/[a-z]/i)
      expect(en, id)
        .to.match(/[a-z]/i)
        .and.not.match(/[а-яё]/i)
    }
  })
})

describe('An imagined call through queues, lookups, outside numbers and other schemes', () => {
  const scheme = (blocks: Scheme['blocks']): Scheme => ({
    locale: 'ru',
    start: Object.keys(blocks)[0] ?? '',
    blocks
  })
  const say: SchemeBlock = { type: 'greeting', settings: {}, exits: { next: null } }
  const inLine = scheme({
    line: {
      type: 'queue',
      settings: { groupId: 'sales', callbackKey: '1', maxWaitSeconds: 120, offerAfterSeconds: 30 },
      exits: { talked: null, timeout: 'say', full: 'say', callback: null }
    },
    say
  })
  const callerNumber = '+79261112233'

  it('waits for its turn, hearing its place, and talks', () => {
    const operators = [operator('anna', 'answers')]
    const { path } = simulate(inLine, {
      atMs: wednesdayNoonMs,
      operators,
      queue: { ahead: 2, turnAfterSeconds: 60 }
    })
    expect(path).to.have.length(1)
    expect(path[0]).to.include({ exit: 'talked', isPromised: false })
    expect(path[0]?.rung).to.deep.equal(['anna'])
    expect(path[0]?.heard).to.include.members([
      'ringtrace/please-wait',
      'ringtrace/queue-place',
      'number:3',
      'ringtrace/queue-wait',
      'number:1'
    ])
  })

  it('leaves when the turn never comes, and no operator answers for ever', () => {
    const never = { queue: { ahead: 0, turnAfterSeconds: null } }
    expect(way(inLine, never)).to.deep.equal(['line>timeout', 'say>next'])
    expect(way(inLine, { operators: [operator('anna', 'silent')] })).to.deep.equal([
      'line>timeout',
      'say>next'
    ])
    const { path } = simulate(inLine, { atMs: wednesdayNoonMs, ...never })
    expect(path[1]?.atMs).to.be.within(wednesdayNoonMs + 120_000, wednesdayNoonMs + 130_000)
  })

  it('takes the callback that is offered', () => {
    const { path } = simulate(inLine, {
      atMs: wednesdayNoonMs,
      facts: { callerNumber },
      presses: '-1',
      queue: { ahead: 1, turnAfterSeconds: null }
    })
    expect(path).to.have.length(1)
    expect(path[0]).to.include({ exit: 'callback', isPromised: true, pressed: '1' })
  })

  const asking = scheme({
    ask: {
      type: 'lookup',
      settings: { url: 'https://crm.example.com/', codes: ['vip'] },
      exits: { next: 'say', failed: 'say', talked: null, noAnswer: 'say', 'code:vip': 'tag' }
    },
    tag: { type: 'tag', settings: { add: ['vip'] }, exits: { next: 'say' } },
    say
  })
  const answer = { targets: [], code: null, text: null, contactName: null, ownerId: null }

  it('goes by what an outside system answers', () => {
    expect(way(asking, {})).to.deep.equal(['ask>failed', 'say>next'])
    expect(way(asking, { lookups: [answer] })).to.deep.equal(['ask>next', 'say>next'])
    const vip = simulate(asking, { atMs: 0, lookups: [{ ...answer, code: 'vip', text: 'Привет' }] })
    expect(vip.path.map(({ exit }) => exit)).to.deep.equal(['code:vip', 'next', 'next'])
    expect(vip.path[0]?.heard).to.deep.equal(['text:Привет'])
    expect(vip.tags).to.deep.equal(['vip'])
  })

  it('calls numbers outside, which answer or do not', () => {
    const targets = [
      { kind: 'external', number: '101' } as const,
      { kind: 'external', number: '102' } as const
    ]
    const lookups = [{ ...answer, targets }]
    const talked = simulate(asking, { atMs: 0, lookups, dials: { 101: 'refused', 102: 'answers' } })
    expect(talked.path[0]).to.include({ exit: 'talked' })
    expect(talked.path[0]?.dialled).to.deep.equal(['101', '102'])
    expect(way(asking, { lookups, dials: { 101: 'busy' } })).to.deep.equal(['ask>noAnswer', 'say>next'])
  })

  it('goes on in another scheme, comes out where there is none, and does not go round for ever', () => {
    const leap = scheme({ go: { type: 'goto', settings: { schemeId: 'b' }, exits: { missing: 'say' } }, say })
    expect(way(leap, {})).to.deep.equal(['go>missing', 'say>next'])
    const other = scheme({ hello: say })
    const { path } = simulate(leap, { atMs: 0, schemes: { b: other } })
    expect(path.map(({ scheme: id, block, exit }) => [id, block, exit])).to.deep.equal([
      [null, 'go', null],
      ['b', 'hello', 'next']
    ])
    const round = simulate(leap, { atMs: 0, schemes: { b: leap } })
    expect(round).to.include({ end: 'lastExit' })
    expect(round.path.at(-2)).to.include({ block: 'go', exit: 'missing' })
  })

  it('comes to an end in every template with a queue, whatever callers and operators do', () => {
    const templates = [
      shopQueueScheme({ salesGroupId: 'sales', serviceGroupId: 'service' }),
      afterHoursScheme('sales'),
      campaignScheme('sales')
    ]
    const reaction = fc.constantFrom('answers' as const, 'declines' as const, 'silent' as const)
    const scenario = fc.record({
      atMs: fc.integer({ min: wednesdayNoonMs, max: wednesdayNoonMs + 14 * 86_400_000 }),
      ownerId: fc.constantFrom(null, 'op0'),
      facts: fc.record({
        callerNumber: fc.constantFrom(null, callerNumber),
        inquiryChannel: fc.constantFrom(null, 'paid')
      }),
      presses: fc.array(fc.constantFrom(...'0123456789*#-'), { maxLength: 10 }).map((keys) => keys.join('')),
      operators: fc
        .array(reaction, { maxLength: 4 })
        .map((all) => all.map((how, index) => operator(`op${index}`, how))),
      queue: fc.record({
        ahead: fc.nat(60),
        turnAfterSeconds: fc.option(fc.nat(900), { nil: null })
      })
    })
    const ends = new Set<string>()
    fc.assert(
      fc.property(fc.constantFrom(...templates), scenario, (body, call) => {
        const { end, path } = simulate(body, call)
        expect(end).to.equal('lastExit')
        const last = path.at(-1)
        ends.add(`${last?.type}>${last?.exit}`)
        expect(`${last?.type}>${last?.exit}`).to.be.oneOf([
          'rating>next',
          'voicemail>next',
          'callback>next',
          'queue>callback'
        ])
      }),
      { numRuns: 500 }
    )
    expect(ends.size).to.equal(4)
  })
})
