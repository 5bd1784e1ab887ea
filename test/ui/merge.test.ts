import { expect } from 'chai'
import { merge } from '../../ui/src/lib/merge.ts'

describe('Changes of two people', () => {
  const base = { host: 'a', port: 5060, codecs: ['alaw'], outgoing: { isUsed: true, prefixes: ['+7'] } }

  it('stand side by side where each changed something else', () => {
    const mine = { ...base, port: 5070, outgoing: { isUsed: true, prefixes: ['+7812'] } }
    const theirs = { ...base, host: 'b', outgoing: { isUsed: false, prefixes: ['+7'] } }
    expect(merge(base, mine, theirs)).to.deep.equal({
      merged: { ...base, host: 'b', port: 5070, outgoing: { isUsed: false, prefixes: ['+7812'] } },
      taken: ['host', 'outgoing.isUsed'],
      both: []
    })
  })

  it('are told where both changed the same: the own one stays until it is looked over', () => {
    const mine = { ...base, host: 'mine', codecs: ['ulaw'] }
    const theirs = { ...base, host: 'theirs', codecs: ['ulaw'] }
    expect(merge(base, mine, theirs)).to.deep.equal({ merged: mine, taken: [], both: ['host'] })
  })

  it('keep what came or went at one side', () => {
    type Loose = Record<string, unknown>
    const were: Loose = { hours: null, list: [1] }
    const mine: Loose = { hours: { mon: [] }, list: [1] }
    const theirs: Loose = { hours: null, list: [], more: 1 }
    expect(merge(were, mine, theirs)).to.deep.equal({
      merged: { hours: { mon: [] }, list: [], more: 1 },
      taken: ['list', 'more'],
      both: []
    })
  })
})
