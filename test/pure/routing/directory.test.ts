import { expect } from 'chai'
import { callerIdFor, emptyDirectory, findScheme, type NumberEntry } from '../../../pbx/routing/directory.ts'

describe('The picture of the configuration', () => {
  const number = (e164: string, sourceId: string | null, siteId: string | null): [string, NumberEntry] => [
    e164,
    { id: e164, e164, label: null, sourceId, siteId, poolSiteId: null, schemeId: null, trunkId: 't' }
  ]
  const directory = {
    ...emptyDirectory,
    numbers: new Map([
      number('+74950000009', 'direct', 'shop'),
      number('+74950000002', 'direct', null),
      number('+74950000001', 'direct', null),
      number('+74950000003', null, 'shop'),
      number('+74950000004', null, null)
    ])
  }
  const shown = (sourceId: string | null, siteId: string | null): string | null =>
    callerIdFor(directory, sourceId, siteId)?.e164 ?? null

  it('shows a client the number that fits best: of source and site, of the source, of the site', () => {
    expect(shown('direct', 'shop')).to.equal('+74950000009')
    expect(shown('direct', 'kitchens')).to.equal('+74950000001')
    expect(shown('organic', 'shop')).to.equal('+74950000003')
  })

  it('leaves it to the trunk where nothing fits', () => {
    expect(shown(null, null)).to.equal(null)
    expect(shown('organic', 'kitchens')).to.equal(null)
  })

  it('finds a scheme to go on in with the names of its groups, and none that was not published', () => {
    const scheme = {
      id: 's',
      name: 'Office',
      version: 2,
      body: {
        locale: 'ru' as const,
        start: 'a',
        blocks: { a: { type: 'ring', settings: { groupId: 'g' }, exits: {} } }
      }
    }
    const known = {
      ...emptyDirectory,
      schemes: new Map([['s', scheme]]),
      groups: new Map([['g', { name: 'Sales', memberIds: [], wrapUpSeconds: null }]])
    }
    expect(findScheme(known, 's')).to.deep.equal({ scheme, groupNames: { g: 'Sales' } })
    expect(findScheme(known, 'x')).to.deep.equal({ scheme: null, groupNames: {} })
  })
})
