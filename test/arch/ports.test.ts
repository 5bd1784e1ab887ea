import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { projectRoot } from '../../host/project-root.ts'
import { code, textOf } from './tree.ts'

/** What takes how many ports, from the one it is given. */
const widths: readonly [what: RegExp, ports: number][] = [
  [/(?:startInstance|openOffice|startWorld|World\.open)\((\d\d_\d{3})/g, 500],
  [/\bbase: (\d\d_\d{3})/g, 500],
  [/startTwoNodes\((\d\d_\d{3})|\bbase = (\d\d_\d{3})/g, 600],
  [/startRig\((\d\d_\d{3})/g, 100]
]

/** The areas of `npm test` by lane; the script is a plain program, and is asked as such. */
function lanes(): { name: string; files: string[] }[][] {
  const ask = `import { findAreas, lanesOf } from './scripts/lib/test.mjs'; console.log(JSON.stringify(lanesOf(findAreas([]))))`
  const args = ['--input-type=module', '--eval', ask]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: projectRoot(), encoding: 'utf8' })) as {
    name: string
    files: string[]
  }[][]
}

/** Areas that run at the same time must not meet on a port: one of them would fail, once in many runs. */
describe('ports of tests', () => {
  const all = lanes()
  const laneOf = (file: string): number => {
    const own = all.findIndex((lane) => lane.some(({ files }) => files.includes(file)))
    // What tests share belongs to its folder.
    return own >= 0 ? own : all.findIndex((lane) => lane.some(({ name }) => name === file.split('/')[1]))
  }
  const taken = code
    .filter((file) => file.startsWith('test/') && laneOf(file) >= 0)
    .flatMap((file) =>
      widths.flatMap(([what, ports]) =>
        [...textOf(file).matchAll(what)].map(([, first, other]) => {
          const from = Number((first ?? other ?? '').replace('_', ''))
          return { file, lane: laneOf(file), from, to: from + ports - 1 }
        })
      )
    )

  it('are found', () => {
    expect(all).to.have.length(4)
    expect(new Set(taken.map(({ lane }) => lane))).to.have.property('size', 4)
    expect(taken.length).to.be.greaterThan(40)
  })

  it('are not shared by areas that run at the same time', () => {
    const met = taken.flatMap((one, index) =>
      taken
        .slice(index + 1)
        .filter((other) => other.lane !== one.lane && one.from <= other.to && other.from <= one.to)
        .map((other) => `${one.file} ${one.from}–${one.to}, ${other.file} ${other.from}–${other.to}`)
    )
    expect(met).to.deep.equal([])
  })
})
