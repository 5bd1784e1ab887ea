import { expect } from 'chai'
import fc from 'fast-check'
import { blockKinds } from '../../../ivr/blocks/index.ts'
import { failureInWords, runCheck, type SchemeCheck } from '../../../ivr/checks.ts'
import { changeInWords, diffSchemes, isSame } from '../../../ivr/diff.ts'
import { fieldsOf } from '../../../ivr/fields.ts'
import { mergeSchemes } from '../../../ivr/merge.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import { templates } from '../../../ivr/template-list.ts'
import { shopScheme, simpleScheme } from '../../../ivr/templates.ts'
import { validateScheme } from '../../../ivr/validate.ts'
import { anyBlock } from './any-settings.ts'
import { wednesdayNoonMs } from './visit.ts'

const shop = shopScheme({ salesGroupId: 'sales', serviceGroupId: 'service' }, { locale: 'en' })

function changed(scheme: Scheme, block: string, change: Partial<SchemeBlock>): Scheme {
  const was = scheme.blocks[block]
  if (!was) throw new Error(`No block ${block}`)
  return { ...scheme, blocks: { ...scheme.blocks, [block]: { ...was, ...change } } }
}

function without(scheme: Scheme, block: string): Scheme {
  return {
    ...scheme,
    blocks: Object.fromEntries(Object.entries(scheme.blocks).filter(([id]) => id !== block))
  }
}

const words = (before: Scheme, after: Scheme): string[] => diffSchemes(before, after).map(changeInWords)

describe('What changed between two schemes', () => {
  it('is nothing between equal ones, whatever the order of their fields', () => {
    const other = JSON.parse(JSON.stringify(shop)) as Scheme
    const reordered = { ...other, blocks: Object.fromEntries(Object.entries(other.blocks).toReversed()) }
    expect(diffSchemes(shop, reordered)).to.deep.equal([])
  })

  it('is said in words', () => {
    const after = changed(
      changed(without(shop, 'closed'), 'menu', { exits: { ...shop.blocks['menu']?.exits, 2: null } }),
      'sales',
      { label: 'Sellers', settings: { groupId: 'sales', ringSeconds: 30 } }
    )
    expect(words(shop, { ...after, start: 'menu' })).to.deep.equal([
      'The scheme starts at “menu” instead of “hours”',
      '“Menu”: exit 2 leads to the end of the call instead of “service”',
      '“Sales” is now called “Sellers”',
      '“Sellers”: ringSeconds changed from the default to 30',
      '“Closed” (greeting) was removed'
    ])
    expect(words(without(shop, 'closed'), shop)).to.deep.equal(['“Closed” (greeting) was added'])
    expect(words(shop, changed(shop, 'menu', { position: { x: 1, y: 2 } }))).to.deep.equal([
      '“Menu” was moved on the canvas'
    ])
    expect(words(shop, changed(shop, 'menu', { type: 'queue' }))).to.deep.equal([
      '“Menu” became a queue block instead of menu'
    ])
  })

  it('names blocks that are called as what objects inherit', () => {
    const before: Scheme = { locale: 'en', start: 'a', blocks: {} }
    const block = { type: 'hangup', settings: {}, exits: {} }
    expect(words(before, { ...before, blocks: { constructor: block } })).to.deep.equal([
      '“constructor” (hangup) was added'
    ])
  })
})

describe('Two people at one draft', () => {
  const renamed = changed(shop, 'menu', { label: 'Choice' })
  const rung = changed(shop, 'sales', { settings: { groupId: 'sales', ringSeconds: 30 } })

  it('get both their changes where these do not touch', () => {
    const { scheme, conflicts } = mergeSchemes(shop, renamed, rung, 'mine')
    expect(conflicts).to.deep.equal([])
    expect(scheme.blocks['menu']?.label).to.equal('Choice')
    expect(scheme.blocks['sales']?.settings).to.include({ ringSeconds: 30 })
  })

  it('are told of what both changed, and one of them has it', () => {
    const theirs = changed(shop, 'sales', { settings: { groupId: 'other', ringSeconds: 30 } })
    const mine = changed(shop, 'sales', { settings: { groupId: 'sales', ringSeconds: 10, rounds: 3 } })
    for (const [prefer, seconds] of [
      ['mine', 10],
      ['theirs', 30]
    ] as const) {
      const { scheme, conflicts } = mergeSchemes(shop, mine, theirs, prefer)
      expect(conflicts).to.deep.equal([{ block: 'sales', label: 'Sales', part: 'settings.ringSeconds' }])
      expect(scheme.blocks['sales']?.settings).to.deep.equal({
        groupId: 'other',
        ringSeconds: seconds,
        rounds: 3
      })
    }
  })

  it('keep a block that one removed and the other worked on, and lose one that nobody touched', () => {
    const removed = without(shop, 'menu')
    expect(mergeSchemes(shop, removed, shop, 'mine').scheme.blocks).not.to.have.property('menu')
    expect(mergeSchemes(shop, shop, removed, 'mine').scheme.blocks).not.to.have.property('menu')
    const kept = mergeSchemes(shop, renamed, removed, 'theirs')
    expect(kept.scheme.blocks['menu']?.label).to.equal('Choice')
    expect(kept.conflicts).to.deep.equal([{ block: 'menu', label: 'Choice', part: 'block' }])
  })

  it('take a setting back to its default together', () => {
    const { scheme } = mergeSchemes(rung, shop, changed(rung, 'menu', { label: 'Choice' }), 'mine')
    expect(scheme.blocks['sales']?.settings).to.deep.equal({ groupId: 'sales' })
  })

  it('merge with nobody to what they had', () => {
    const blocks = fc.dictionary(fc.constantFrom('a', 'b', 'c'), anyBlock)
    const scheme = blocks.map((given): Scheme => ({
      locale: 'ru',
      start: 'a',
      blocks: Object.fromEntries(
        Object.entries(given).map(([id, { type, settings = {} }]) => [
          id,
          { type, settings, exits: { next: 'a' } }
        ])
      )
    }))
    fc.assert(
      fc.property(
        scheme,
        scheme,
        fc.constantFrom('mine' as const, 'theirs' as const),
        (base, mine, prefer) => {
          const json = (given: Scheme): unknown => JSON.parse(JSON.stringify(given))
          for (const merge of [
            mergeSchemes(base, mine, base, prefer),
            mergeSchemes(base, base, mine, prefer)
          ]) {
            expect(merge.conflicts).to.deep.equal([])
            expect(isSame(json(merge.scheme), json(mine))).to.equal(true)
          }
        }
      ),
      { numRuns: 200 }
    )
  })
})

describe('A saved case', () => {
  const scheme = simpleScheme('sales', { locale: 'en' })
  const check: SchemeCheck = {
    name: 'Nobody answers',
    scenario: { atMs: wednesdayNoonMs },
    expected: { outcome: 'message', through: ['ring', 'message'] }
  }

  it('passes when the call comes through those blocks to that end, whatever lies between', () => {
    expect(runCheck(scheme, check)).to.include({ isPassed: true, missedBlock: null })
  })

  it('fails for another end, and for a block that was not come to in its turn', () => {
    const answered = {
      ...check,
      scenario: {
        ...check.scenario,
        operators: [{ userId: 'anna', name: 'Anna', reaction: 'answers' as const }]
      }
    }
    const result = runCheck(scheme, answered)
    expect(result).to.include({ isPassed: false, isOtherOutcome: true, missedBlock: 'message' })
    expect(failureInWords(scheme, answered, result)).to.equal(
      'the call should end as message, not talked; the call should come to “Message”'
    )
    const order: SchemeCheck = { ...check, expected: { outcome: 'message', through: ['message', 'ring'] } }
    expect(runCheck(scheme, order)).to.include({
      isPassed: false,
      isOtherOutcome: false,
      missedBlock: 'ring'
    })
  })
})

describe('What an editor asks of a block', () => {
  it('covers every setting of every kind', () => {
    for (const type of blockKinds.keys()) {
      const names = fieldsOf(type).map(({ name }) => name)
      if (type !== 'hangup' && type !== 'recording') expect(names, type).not.to.deep.equal([])
      expect(new Set(names).size).to.equal(names.length)
    }
    expect(fieldsOf('constructor')).to.deep.equal([])
    expect(fieldsOf('ring').find(({ name }) => name === 'ringSeconds')).to.deep.equal({
      name: 'ringSeconds',
      kind: 'number',
      isNullable: false,
      isRequired: false,
      initial: 20,
      min: 5,
      max: 120,
      options: []
    })
    expect(fieldsOf('ring').find(({ name }) => name === 'groupId')).to.include({
      kind: 'group',
      isRequired: true
    })
    expect(fieldsOf('queue').find(({ name }) => name === 'callbackKey')).to.include({
      kind: 'key',
      isNullable: true
    })
    expect(fieldsOf('announce').find(({ name }) => name === 'say')?.kind).to.equal('speech')
    expect(fieldsOf('condition').map(({ kind }) => kind)).to.deep.equal(['rules'])
  })

  it('knows the exits of a block whose settings are not right yet', () => {
    const exits = (type: string, settings: Record<string, unknown>): readonly string[] | undefined =>
      blockKinds.get(type)?.looseExits(settings)
    expect(exits('ring', {})).to.deep.equal(['talked', 'noAnswer'])
    expect(exits('menu', { options: [{ digit: '1' }, { digit: '1' }] })).to.deep.equal([
      '1',
      '1',
      'noInput',
      'wrongInput'
    ])
    expect(exits('queue', { groupId: '', callbackKey: '1' })).to.include('callback')
    expect(exits('condition', { rules: 'none' })).to.deep.equal([])
    fc.assert(
      fc.property(
        fc.constantFrom(...blockKinds.keys()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (type, raw) => {
          expect(exits(type, raw)).to.be.an('array')
        }
      )
    )
  })
})

describe('The list of templates', () => {
  it('makes each with the groups it asks for', () => {
    for (const { id, groups, make } of templates) {
      const wishes = {
        groups: Object.fromEntries(groups.map((name) => [name, name])),
        sites: { first: 'a', second: 'b' }
      }
      expect(validateScheme(make(wishes), { groupIds: new Set(groups) }), id).to.deep.equal([])
      const without = validateScheme(make({ groups: {} }))
      expect(
        without.some(({ code }) => code === 'settingsInvalid'),
        id
      ).to.equal(true)
    }
  })
})

describe('A scheme of five hundred blocks', () => {
  // As people draw: menus that branch, rings that fail over, hours, messages; all reachable.
  const groups = Array.from({ length: 125 }, (_, index) => index)
  const blocks: Record<string, SchemeBlock> = Object.fromEntries(
    groups.flatMap((index): [string, SchemeBlock][] => {
      const next = index + 1 < groups.length ? `hours${index + 1}` : 'ring0'
      return [
        [
          `hours${index}`,
          { type: 'schedule', settings: {}, exits: { open: `menu${index}`, closed: `message${index}` } }
        ],
        [
          `menu${index}`,
          {
            type: 'menu',
            settings: { options: [{ digit: '1', label: 'One' }, { digit: '2' }] },
            exits: { 1: `ring${index}`, 2: next, noInput: `ring${index}`, wrongInput: `message${index}` }
          }
        ],
        [
          `ring${index}`,
          {
            type: 'ring',
            settings: { groupId: 'sales' },
            exits: { talked: null, noAnswer: `message${index}` }
          }
        ],
        [`message${index}`, { type: 'voicemail', settings: {}, exits: { next: null } }]
      ]
    })
  )
  const scheme: Scheme = { locale: 'ru', start: 'hours0', blocks }

  it('is checked within 100 ms', () => {
    expect(Object.keys(blocks)).to.have.length(500)
    expect(validateScheme(scheme, { groupIds: new Set(['sales']), sounds: new Set() })).to.deep.equal([])
    const times = Array.from({ length: 5 }, () => {
      const startMs = performance.now()
      validateScheme(structuredClone(scheme), { groupIds: new Set(['sales']), sounds: new Set() })
      return performance.now() - startMs
    })
    // The best of five: other work on this machine must not decide.
    expect(Math.min(...times)).to.be.below(100)
    if (process.env['FIGURES']) process.stdout.write(`${times.map((ms) => ms.toFixed(1)).join(' ')} ms\n`)
  })
})
