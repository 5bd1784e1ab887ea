import { expect } from 'chai'
import path from 'node:path'
import { bareCode, code, files, textOf } from './tree.ts'

const longestFile = 400
const longestReadme = 20
/** Who may read the environment: the one reader of the product, and what runs around it. */
const readers = /^(config\.ts|main\.ts|scripts\/|bench\/|test\/|ui\/vite\.config\.ts)/

describe('files', () => {
  it(`none is longer than ${longestFile} lines`, () => {
    const long = code
      .map((file) => ({ file, lines: linesOf(file) }))
      .filter(({ lines }) => lines > longestFile)
    expect(long).to.deep.equal([])
  })

  it(`each folder of the product opens with a README of at most ${longestReadme} lines`, () => {
    const wrong = folders().flatMap((folder) => {
      const readme = `${folder}/README.md`
      if (!files.includes(readme)) return [`${folder} has no README.md`]
      const lines = linesOf(readme)
      return lines > longestReadme ? [`${readme} has ${lines} lines`] : []
    })
    expect(wrong).to.deep.equal([])
  })

  it('decision records are short and numbered once', () => {
    const records = files
      .filter((file) => /^docs\/adr\/.+\.md$/.test(file))
      .map((file) => path.basename(file))
    const numbers = records.map((name) => name.slice(0, 4))
    expect(numbers.filter((number) => !/^\d{4}$/.test(number))).to.deep.equal([])
    expect(new Set(numbers).size).to.equal(numbers.length)
    expect(records.filter((name) => linesOf(`docs/adr/${name}`) > 40)).to.deep.equal([])
  })
})

describe('code', () => {
  it('reads the environment in config.ts only', () => {
    const wrong = code.filter((file) => !readers.test(file) && /\bprocess\.env\b/.test(bareCode(file)))
    expect(wrong).to.deep.equal([])
  })

  it('swallows no error: a catch does something, or a comment on the spot says why nothing is right', () => {
    const empty = /catch\s*(\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/
    const silent = /\.catch\(\s*\(\w*\)\s*=>\s*undefined\s*\)/
    const wrong = code.flatMap((file) => {
      const lines = textOf(file).split('\n')
      const unexplained = lines.flatMap((line, i) => {
        const isExplained = lines.slice(Math.max(0, i - 3), i).some((before) => /^\s*(\/\/|\*)/.test(before))
        return silent.test(line) && !isExplained ? [`${file}:${i + 1}`] : []
      })
      return empty.test(bareCode(file)) ? [file, ...unexplained] : unexplained
    })
    expect(wrong).to.deep.equal([])
  })

  it('is not a clock or a die in pure folders: time and chance arrive in events', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b/
    const wrong = code.filter(
      (file) =>
        /^(ivr|tracking(?!\/(store|snippet)\/)|pbx\/(call|routing))\//.test(file) &&
        impure.test(bareCode(file))
    )
    expect(wrong).to.deep.equal([])
  })

  it('logs fixed words: what they are about stands in fields, where personal data is taken out', () => {
    const call = /\blog\??\.(?:trace|debug|info|warn|error|fatal)\(/g
    const wrong = code
      .filter((file) => !/^(scripts|bench|test|ui)\//.test(file))
      .flatMap((file) => {
        const text = textOf(file)
        return [...text.matchAll(call)]
          .filter(({ index }) => /`[^`]*\$\{/.test(argumentsFrom(text, index)))
          .map(({ index }) => `${file}:${text.slice(0, index).split('\n').length}`)
      })
    expect(wrong).to.deep.equal([])
  })

  it('writes to no console in the product', () => {
    const wrong = code.filter(
      (file) => !/^(scripts|bench|test)\//.test(file) && /\bconsole\.\w+\(/.test(bareCode(file))
    )
    expect(wrong).to.deep.equal([])
  })
})

/** Folders that a reader opens: those at the top that hold code, and each part of `pbx`, `integrations`, `db`. */
function folders(): string[] {
  const top = new Set(
    code.map((file) => file.split('/')).flatMap(([first = '', ...rest]) => (rest.length > 0 ? [first] : []))
  )
  const parts = files.flatMap((file) => /^((?:pbx|integrations)\/\w+)\//.exec(file)?.[1] ?? [])
  return [...new Set([...top, ...parts, 'dialplan', 'db/demo'])]
    .filter((name) => !name.startsWith('.'))
    .sort()
}

/** The text of a call, from its beginning to the bracket that closes it. */
function argumentsFrom(text: string, start: number): string {
  let depth = 0
  for (let at = text.indexOf('(', start); at < text.length; at++) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return text.slice(start, at)
  }
  return text.slice(start)
}

function linesOf(file: string): number {
  return textOf(file).trimEnd().split('\n').length
}
