import { expect } from 'chai'
import { noSums, type Facts } from '../../../reports/queries/measures.ts'
import { joinSpellings } from '../../../reports/queries/spellings.ts'

describe('Spellings of a source', () => {
  const facts = (calls: number, visits: number | null = 0, cost: number | null = null): Facts => ({
    ...{ sums: { ...noSums(), calls }, visits, cost }
  })
  const given = new Map([
    ['yandex', facts(2, 100)],
    ['Yandex', facts(5, 0, 300)],
    ['Авито', facts(1)],
    ['АВИТО', facts(3)],
    ['', facts(1)]
  ])

  it('that differ in case are one source, shown as most is spelt', () => {
    const { facts: joined, shown } = joinSpellings(given, [])
    expect([...joined.keys()]).to.have.members(['yandex', 'авито', ''])
    expect(joined.get('yandex')).to.deep.equal(facts(7, 100, 300))
    expect(joined.get('авито')?.sums.calls).to.equal(4)
    expect(Object.fromEntries(shown)).to.deep.equal({ yandex: 'yandex', авито: 'АВИТО', '': '' })
  })

  it('are shown as the company calls a source of its own', () => {
    const { shown } = joinSpellings(given, ['Yandex', 'Авито', 'Radio'])
    expect(Object.fromEntries(shown)).to.deep.equal({ yandex: 'Yandex', авито: 'Авито', '': '' })
  })

  it('lose nothing of the sum', () => {
    const total = [...joinSpellings(given, []).facts.values()].reduce((sum, one) => sum + one.sums.calls, 0)
    expect(total).to.equal(12)
  })
})
