import { expect } from 'chai'
import { createContactBook, type ContactRow } from '../../../pbx/runtime/contact-book.ts'

const row = (id: string, e164: string, name = id): ContactRow => ({
  ...{ id, e164, name, company: null, ownerId: null }
})

describe('contacts by number', () => {
  const given = (...rows: ContactRow[]) => {
    const book = createContactBook()
    book.fill(rows)
    return { ...book, shown: () => [...book.byNumber].map(([e164, { id, name }]) => `${e164} ${id} ${name}`) }
  }

  it('takes a new one in beside the others', () => {
    const book = given(row('a', '+71'))
    book.change(['b'], [row('b', '+72'), row('b', '+73')])
    expect(book.shown()).to.deep.equal(['+71 a a', '+72 b b', '+73 b b'])
    expect(book.byNumber.get('+72')).to.deep.equal({ id: 'b', name: 'b', company: null, ownerId: null })
  })

  it('renames one under all of its numbers, and forgets a number that was taken away', () => {
    const book = given(row('a', '+71'), row('a', '+72'), row('b', '+73'))
    book.change(['a'], [row('a', '+71', 'Anna')])
    expect(book.shown().sort()).to.deep.equal(['+71 a Anna', '+73 b b'])
  })

  it('forgets one that is gone', () => {
    const book = given(row('a', '+71'), row('b', '+72'))
    book.change(['a'], [])
    expect(book.shown()).to.deep.equal(['+72 b b'])
  })

  it('leaves a number with whom it went to, whichever is told first', () => {
    const first = given(row('a', '+71'), row('b', '+72'))
    first.change(['b'], [row('b', '+71'), row('b', '+72')])
    first.change(['a'], [])
    expect(first.shown().sort()).to.deep.equal(['+71 b b', '+72 b b'])
    const last = given(row('a', '+71'), row('b', '+72'))
    last.change(['a'], [])
    last.change(['b'], [row('b', '+71'), row('b', '+72')])
    expect(last.shown().sort()).to.deep.equal(['+71 b b', '+72 b b'])
  })

  it('is filled anew', () => {
    const book = given(row('a', '+71'))
    book.fill([row('b', '+72')])
    book.change(['a'], [])
    expect(book.shown()).to.deep.equal(['+72 b b'])
  })
})
