import { expect } from 'chai'
import fc from 'fast-check'
import { prompts } from '../../../ivr/sounds.ts'
import { simulate, type Scenario, type SimulatedOperator } from '../../../ivr/simulate.ts'
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
