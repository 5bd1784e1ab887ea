import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { projectRoot } from '../../host/project-root.ts'

/** The script is a plain program: it is asked as such. */
const thin = (map: SourceMapPayload): SourceMapPayload => {
  const code = `import { thin } from './scripts/lib/thin-map.mjs'; console.log(JSON.stringify(thin(${JSON.stringify(map)})))`
  const args = ['--input-type=module', '--eval', code]
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: projectRoot(), encoding: 'utf8' })
  ) as SourceMapPayload
}

describe('the thinned source map of the server', () => {
  // Line 1 of ours with two places, 2 and 3 of a package, 4 without any, 5 and 6 of ours again.
  const map: SourceMapPayload = {
    version: 3,
    file: 'main.js',
    names: ['one'],
    sources: ['../own.ts', '../node_modules/x/index.js'],
    sourcesContent: [],
    sourceRoot: '',
    mappings: 'AAEAA,IAAIA;ACAA;AACA;;ADGA,GACC;AAEA'
  }
  function places(of: SourceMapPayload): string[] {
    const found = new SourceMap(of)
    return [0, 1, 2, 4, 5].map((line) => {
      const place: { originalSource?: string; originalLine?: number } = found.findEntry(line, 0)
      return place.originalLine === undefined
        ? 'nowhere'
        : `${place.originalSource}:${place.originalLine + 1}`
    })
  }

  it('leads lines of ours to the same sources and lines as before', () => {
    expect(places(map)).to.deep.equal([
      '../own.ts:3',
      '../node_modules/x/index.js:3',
      '../node_modules/x/index.js:4',
      '../own.ts:7',
      '../own.ts:10'
    ])
    expect(places(thin(map))).to.deep.equal([
      '../own.ts:3',
      'nowhere',
      'nowhere',
      '../own.ts:7',
      '../own.ts:10'
    ])
  })

  it('has one place a line', () => {
    expect(
      thin(map)
        .mappings.split(';')
        .filter((line) => line.includes(','))
    ).to.deep.equal([])
  })
})
