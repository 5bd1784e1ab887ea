import { expect } from 'chai'
import { countPieces, share, type Piece } from '../../crm/hand-over/share.ts'

const contact = (id: string, near: string | null = null): Piece => ({ kind: 'contact', id, near })
const deal = (id: string, near: string | null = null): Piece => ({ kind: 'deal', id, near })

describe('Sharing what somebody leaves', () => {
  it('keeps a contact with all that is about it, and a company with its contacts', () => {
    const pieces: Piece[] = [
      contact('ann', 'shop'),
      contact('bob', 'shop'),
      { kind: 'company', id: 'shop', near: null },
      deal('sale', 'ann'),
      { kind: 'project', id: 'works', near: 'sale' },
      { kind: 'task', id: 'call', near: 'works' },
      { kind: 'membership', id: 'works', near: 'works' },
      contact('eve'),
      { kind: 'inquiry', id: 'ask', near: 'eve' }
    ]
    const shared = share(pieces, ['x', 'y'])
    const of = (toId: string) =>
      shared.filter((each) => each.toId === toId).map(({ kind, id }) => `${kind} ${id}`)
    expect(of('x')).to.have.members([
      'contact ann',
      'contact bob',
      'company shop',
      'deal sale',
      'project works',
      'task call',
      'membership works'
    ])
    expect(of('y')).to.have.members(['contact eve', 'inquiry ask'])
  })

  it('keeps together what is about a contact of somebody else', () => {
    const shared = share([deal('one', 'theirs'), contact('mine'), deal('two', 'theirs')], ['x', 'y'])
    const takers = new Map(shared.map(({ id, toId }) => [id, toId]))
    expect(takers.get('one')).to.equal(takers.get('two'))
    expect(takers.get('mine')).not.to.equal(takers.get('one'))
  })

  it('gives everybody the same, to one thing, whatever the order in which they come', () => {
    const pieces = Array.from({ length: 100 }, (_, at) => contact(`c${at}`))
    const shared = share(pieces, ['x', 'y', 'z'])
    const counts = ['x', 'y', 'z'].map((id) => shared.filter(({ toId }) => toId === id).length)
    expect(counts.toSorted()).to.deep.equal([33, 33, 34])
    const again = share(pieces.toReversed(), ['x', 'y', 'z'])
    expect(new Map(again.map(({ id, toId }) => [id, toId]))).to.deep.equal(
      new Map(shared.map(({ id, toId }) => [id, toId]))
    )
  })

  it('gives all to one, loses nothing, and ends where things lead in a circle', () => {
    const pieces = [contact('a', 'b'), contact('b', 'a'), deal('d', 'd')]
    const shared = share(pieces, ['x'])
    expect(shared.map(({ id }) => id)).to.have.members(['a', 'b', 'd'])
    expect(shared.every(({ toId }) => toId === 'x')).to.equal(true)
    expect(countPieces(pieces)).to.include({ contact: 2, deal: 1, task: 0 })
    expect(share([], ['x'])).to.deep.equal([])
  })
})
