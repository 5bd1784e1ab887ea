import { expect } from 'chai'
import { wrongIn } from '../../api/contact-rows.ts'
import { conflictsOf, resolve, type Side } from '../../crm/contacts/merge-plan.ts'
import { searchPatterns } from '../../crm/contacts/search.ts'

const side = (change: Partial<Side> = {}): Side => ({
  ...{ name: 'Anna', companyId: null, ownerId: null, note: null, tags: [], custom: {} },
  ...change
})

describe('Two contacts that are one', () => {
  it('differ only where both have something else filled in', () => {
    const mine = side({ note: 'Oak', companyId: 'a', custom: { x: 'Gold', y: 1 } })
    const theirs = side({ name: 'Anna ', note: 'Pine', ownerId: 'o', custom: { x: 'Silver', y: 1, z: true } })
    expect(conflictsOf(mine, theirs)).to.deep.equal([
      { field: 'note', mine: 'Oak', theirs: 'Pine' },
      { field: 'custom.x', mine: 'Gold', theirs: 'Silver' }
    ])
    expect(
      conflictsOf(side({ name: '+79161112233' }), side({ name: 'Boris' })),
      'a number is no name'
    ).to.deep.equal([])
  })

  it('keep what only one has, and all tags; a conflict stands as it was decided', () => {
    const mine = side({ name: '+79161112233', note: 'Oak', tags: ['b'], custom: { x: 'Gold' } })
    const theirs = side({ note: 'Pine', ownerId: 'o', tags: ['a', 'b'], custom: { x: 'Silver', z: 0 } })
    expect(resolve(mine, theirs, { note: 'mine' }).missing).to.deep.equal(['custom.x'])
    expect(resolve(mine, theirs, { note: 'both', 'custom.x': 'theirs' }).side).to.deep.equal({
      ...{ name: 'Anna', companyId: null, ownerId: 'o', note: 'Oak\n\nPine' },
      ...{ tags: ['a', 'b'], custom: { x: 'Silver', z: 0 } }
    })
    expect(resolve(mine, theirs, { note: 'theirs', 'custom.x': 'both' }).missing).to.deep.equal(['custom.x'])
  })
})

describe('What is typed to find a client', () => {
  it('is words that all must be there, or a number in any of the ways people write it', () => {
    expect(searchPatterns('  Ёлкина  Дом ')).to.deep.equal([['%елкина%'], ['%дом%']])
    expect(searchPatterns('ан')).to.deep.equal([['% ан%']])
    expect(searchPatterns('8 (916) 111-22-33')).to.deep.equal([['% +79161112233%']])
    expect(searchPatterns('8916')).to.deep.equal([['%8916%', '% +7916%']])
    expect(searchPatterns('111-22')).to.deep.equal([['%11122%']])
    expect(searchPatterns('100%_')).to.deep.equal([['%100\\%\\_%']])
    expect(searchPatterns('   ')).to.deep.equal([])
  })
})

describe('A value of a field of one’s own', () => {
  it('fits its type, or it is said what does not', () => {
    const of = (kind: string) => ({ kind, choices: ['Gold'] })
    const good: [string, string | number | boolean | null][] = [
      ['text', 'x'],
      ['number', -1.5],
      ['date', '2024-02-29'],
      ['choice', 'Gold'],
      ['flag', false],
      ['number', null]
    ]
    for (const [kind, value] of good) expect(wrongIn(of(kind), value), kind).to.equal(null)
    const bad: [string, string | number | boolean][] = [
      ['text', 1],
      ['number', '1'],
      ['date', '2023-02-29'],
      ['date', '29.02.2024'],
      ['choice', 'gold'],
      ['flag', 'true']
    ]
    for (const [kind, value] of bad) expect(wrongIn(of(kind), value), kind).to.be.a('string')
    expect(wrongIn(undefined, 'x')).to.equal('does not exist')
  })
})
