import { expect } from 'chai'
import { renamePlan, tagsFound } from '../../ui/src/tags/plan.ts'

describe('A change of a tag', () => {
  const tag = (name: string, calls: number) => ({ name, calls, lastAt: null, schemes: [] })
  const tags = [tag('Кухня', 3), tag('кухня', 5), tag('Счёт', 1), tag('planned', 0)]

  it('is a merge where calls have that name already, to the letter', () => {
    expect(renamePlan(tags, 'Кухня', ' кухня ')).to.deep.equal({ kind: 'merge', to: 'кухня', other: 5 })
    expect(renamePlan(tags, 'Кухня', 'КУХНЯ')).to.deep.equal({ kind: 'rename', to: 'КУХНЯ' })
    expect(renamePlan(tags, 'Кухня', 'planned'), 'no call has it').to.deep.equal({
      ...{ kind: 'rename', to: 'planned' }
    })
    for (const wanted of ['', '  ', 'Кухня '])
      expect(renamePlan(tags, 'Кухня', wanted).kind).to.equal('nothing')
  })

  it('is found by part of its name', () => {
    expect(tagsFound(tags, 'УХН').map(({ calls }) => calls)).to.deep.equal([3, 5])
    expect(tagsFound(tags, 'счет').map(({ name }) => name)).to.deep.equal(['Счёт'])
    expect(tagsFound(tags, '')).to.have.length(4)
  })
})
