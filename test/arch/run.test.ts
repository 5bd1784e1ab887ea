import { expect } from 'chai'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../host/project-root.ts'

interface Area {
  name: string
  files: string[]
  niceness: number
}
interface Result {
  name: string
  passed: number
  skipped: number
  seconds: number
  failures: { title: string; file: string; error?: unknown }[]
}
interface Run {
  findAreas(only: string[]): Area[]
  lanesOf(areas: Area[]): Area[][]
  groupsOf(areas: Area[]): Area[][]
  resultsOf(group: Area[], found: object[], startedMs: number, problem: string | false): Result[]
}

// A plain program, which has no types.
const script = pathToFileURL(path.join(projectRoot(), 'scripts/lib/test.mjs')).href
const { findAreas, lanesOf, groupsOf, resultsOf } = (await import(script)) as Run

const area = (name: string, niceness = 7): Area => ({
  name,
  files: [`test/${name}/one.test.ts`, `test/${name}/two.test.ts`],
  niceness
})
const told = (state: string, file: string, at: number): object => ({ state, title: file, file, at })

describe('A run of all tests', () => {
  it('has every file in one lane, once', () => {
    const areas = findAreas([])
    const files = lanesOf(areas).flatMap((lane) => lane.flatMap((one) => one.files))
    expect(files.toSorted()).to.deep.equal(areas.flatMap((one) => one.files).toSorted())
    expect(new Set(files).size).to.equal(files.length)
  })

  it('reads the server once for areas that compute, and gives each area of calls a mocha of its own', () => {
    const lane = [area('crm'), area('out'), area('sip', 0), area('pbx', 0), area('reports')]
    expect(groupsOf(lane).map((group) => group.map(({ name }) => name))).to.deep.equal([
      ['crm', 'out'],
      ['sip'],
      ['pbx'],
      ['reports']
    ])
  })

  it('tells each area of a group what became of it, and how long it took', () => {
    const found = [
      told('passed', 'test/crm/one.test.ts', 3000),
      told('failed', 'test/crm/two.test.ts', 4000),
      told('skipped', 'test/out/one.test.ts', 9000),
      { state: 'end', at: 9000 }
    ]
    const [crm, out] = resultsOf([area('crm'), area('out')], found, 1000, false)
    expect(crm).to.include({ name: 'crm', passed: 1, skipped: 0, seconds: 3 })
    expect(crm?.failures).to.have.length(1)
    expect(out).to.deep.include({ name: 'out', passed: 0, skipped: 1, seconds: 5, failures: [] })
  })

  it('counts a failure outside of every file', () => {
    const [crm] = resultsOf([area('crm')], [told('failed', '', 2000)], 1000, false)
    expect(crm?.failures).to.have.length(1)
  })

  it('names the area in which its mocha came to an end, and those that were not run', () => {
    const found = [told('passed', 'test/crm/one.test.ts', 3000)]
    const results = resultsOf([area('crm'), area('out')], found, 1000, 'ended with SIGKILL')
    expect(results.map(({ failures }) => failures)).to.deep.equal([
      [{ title: 'crm', file: 'test/crm', error: 'ended with SIGKILL' }],
      [{ title: 'out was not run', file: 'test/out', error: 'ended with SIGKILL' }]
    ])
    const none = resultsOf([area('crm'), area('out')], [], 1000, 'ended with 1')
    expect(none.map(({ failures }) => failures.length)).to.deep.equal([1, 1])
  })
})
