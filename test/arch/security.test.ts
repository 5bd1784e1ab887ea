import { expect } from 'chai'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'
import { bareCode, code, files, textOf } from './tree.ts'

const product = code.filter((file) => !/^(test|bench|scripts)\/|\.config\.|^eslint/.test(file))
const where = (pattern: RegExp, among = product): string[] =>
  among.filter((file) => pattern.test(bareCode(file)))

describe('What the product never does', () => {
  it('gives no text to a shell: programs are started in three places, with a list of arguments', () => {
    expect(where(/\bshell\s*:(?!\s*\{)/)).to.deep.equal([])
    expect(where(/(?<![.\w])(exec|execSync|execFile|execFileSync|spawnSync|fork)\(/)).to.deep.equal([])
    expect(where(/(?<![.\w])spawn\(/)).to.have.members([
      'host/detached.ts',
      'host/process.ts',
      'media/speakers.ts'
    ])
  })

  it('makes no code of text', () => {
    expect(where(/(?<![.\w])eval\(|new Function\(|\bvm\.\w|setTimeout\(\s*['"`]/)).to.deep.equal([])
  })

  it('writes no HTML of others into a page of ours: mails stand in a frame without rights', () => {
    expect(where(/dangerouslySetInnerHTML|\.innerHTML\s*=|insertAdjacentHTML|document\.write/)).to.deep.equal(
      []
    )
    // That one shows a page that we make ourselves.
    const frames = product.filter(
      (file) => textOf(file).includes('<iframe') && file !== 'ui/src/tracking/widget-preview.tsx'
    )
    expect(frames.length).to.be.greaterThan(1)
    for (const file of frames) {
      const text = textOf(file)
      expect(text.match(/<iframe/g)?.length, file).to.equal(text.match(/sandbox=/g)?.length)
      expect(text, file).to.not.match(/sandbox=["'{][^"'}]*allow-scripts[^"'}]*allow-same-origin/)
    }
  })

  it('checks the certificates of all whom it tells anything', () => {
    // These two send nothing: one asks the product itself for its health, the other reads when a certificate ends.
    expect(where(/rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/)).to.have.members([
      'upkeep/doctor/look.ts',
      'upkeep/look.ts'
    ])
  })
})

describe('What is said of security', () => {
  for (const doc of ['docs/security.md', 'docs/asvs.md'])
    it(`names tests and files that are there: ${doc}`, () => {
      expect(files).to.include(doc)
      const named = [...textOf(doc).matchAll(/`([\w./-]+\.(?:test\.ts|ts|mjs|txt|md))`/g)].map(
        ([, file = '']) => file
      )
      expect(named.length).to.be.greaterThan(20)
      expect(named.filter((file) => !existsSync(path.join(projectRoot(), file)))).to.deep.equal([])
    })
})
