import { expect } from 'chai'
import { callFilters } from '../../api/contract/journal-fields.ts'
import {
  callsQueryString,
  countSet,
  noFilters,
  readFilters,
  selectionBody,
  withFields,
  writeFilters
} from '../../ui/src/journal/filters.ts'
import { moveBy, moveTo, readLayout } from '../../ui/src/journal/column-layout.ts'

const id = '11111111-1111-4111-8111-111111111111'

/** A value that each kind of filter takes. */
const good = {
  words: (filter: { words?: readonly string[] }) => (filter.words ?? []).slice(0, 2).join(','),
  ids: () => id,
  texts: () => 'windows, doors',
  contains: () => 'part',
  flag: () => 'false',
  numbers: () => '1,3',
  range: () => '1'
}

describe('filters of the journal in the address', () => {
  for (const [name, filter] of Object.entries(callFilters)) {
    it(`keep ${name} through the address`, () => {
      const param = filter.kind === 'range' ? `min${name.charAt(0).toUpperCase()}${name.slice(1)}` : name
      const value = good[filter.kind](filter as { words?: readonly string[] })
      const read = readFilters(new URLSearchParams({ [param]: value }))
      expect(countSet(read)).to.equal(1)
      expect(writeFilters(read).get(param)).to.equal(value)
      expect(readFilters(writeFilters(read))).to.deep.equal(read)
    })
  }

  it('leave out of the address what is usual', () => {
    expect(writeFilters(noFilters).toString()).to.equal('')
  })

  it('ignore what nobody can mean', () => {
    const read = readFilters(
      new URLSearchParams(
        'period=1%3Bdrop&sort=password&rating=99,x&from=yesterday&hasRecording=maybe&operatorId=x&minConfidence=2&a=b'
      )
    )
    expect(read).to.deep.equal(noFilters)
  })

  it('keep free texts whole, several of them, and "not given"', () => {
    const read = readFilters(new URLSearchParams('campaign=a,b&campaign=c&keyword='))
    expect(read.fields).to.deep.equal({ campaign: ['a,b', 'c'], keyword: [''] })
    expect(writeFilters(read).toString()).to.equal('campaign=a%2Cb&campaign=c&keyword=')
    expect(selectionBody(read)).to.deep.equal({
      period: 'week',
      campaign: ['a,b', 'c'],
      keyword: '',
      sort: '-startedAt'
    })
  })

  it('count what is set besides the period, a range once', () => {
    const fields = { minTalkSeconds: ['5'], maxTalkSeconds: ['9'], model: ['first'] }
    expect(countSet({ ...noFilters, period: 'all' })).to.equal(0)
    expect(countSet({ ...noFilters, fields, search: 'x' })).to.equal(3)
  })

  it('ask the server for the days of the company and only for what is set', () => {
    const filters = { ...noFilters, period: 'custom' as const, from: '2026-11-01', to: '2026-11-02' }
    expect(callsQueryString(filters, null, 50)).to.equal(
      '?from=2026-11-01&to=2026-11-02&sort=-startedAt&limit=50'
    )
  })

  it('are taken away when nothing is left of them', () => {
    expect(withFields({ tag: ['vip'], rating: ['1'] }, { tag: [] })).to.deep.equal({ rating: ['1'] })
  })
})

describe('columns of the journal', () => {
  const known = ['a', 'b', 'c', 'd']

  it('move to where another one stands, and by places within the row', () => {
    expect(moveTo(known, 'a', 'c')).to.deep.equal(['b', 'c', 'a', 'd'])
    expect(moveTo(known, 'd', 'a')).to.deep.equal(['d', 'a', 'b', 'c'])
    expect(moveBy(known, 'b', 1)).to.deep.equal(['a', 'c', 'b', 'd'])
    expect(moveBy(known, 'a', -1)).to.deep.equal(known)
    expect(moveTo(known, 'x', 'a')).to.deep.equal(known)
  })

  it('come back as they were kept, whatever lies there', () => {
    const kept = JSON.stringify({ shown: ['c', 'a', 'gone', 'a'], widths: { a: 5, b: 'wide', c: 9999 } })
    expect(readLayout(kept, known)).to.deep.equal({ shown: ['c', 'a'], widths: { a: 60, c: 600 } })
    for (const bad of [null, '', '{', '[]', '{"shown":7}', '{"shown":["gone"]}']) {
      expect(readLayout(bad, known), String(bad)).to.equal(null)
    }
  })
})
