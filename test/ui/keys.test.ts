import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import en from '../../ui/src/i18n/en.ts'
import { keyGroups } from '../../ui/src/shell/keys.ts'

const uiSource = join(import.meta.dirname, '../../ui/src')

/** Keys by name in every file that listens to some: `KeyA`, `ArrowDown`, and the digits that are made of a number. */
function listened(): Set<string> {
  const found = new Set<string>()
  for (const entry of readdirSync(uiSource, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(entry) || entry.endsWith('use-keys.ts')) continue
    const text = readFileSync(join(uiSource, entry), 'utf8')
    if (!/useKeys\(|digitKeys/.test(text)) continue
    for (const [, letter = ''] of text.matchAll(/\bKey([A-Z])\b/g)) found.add(letter)
    if (text.includes('Digit$')) found.add('digits')
    if (text.includes("'?'")) found.add('?')
  }
  return found
}

const shown = (): string[] =>
  keyGroups
    .flatMap(({ rows }) => rows.flatMap(({ keys }) => keys))
    .map((key) => (/\d/.test(key) ? 'digits' : key))

describe('the sheet of keys', () => {
  it('names every key that something listens to', () => {
    const known = new Set(shown())
    expect([...listened()].filter((key) => !known.has(key))).to.deep.equal([])
  })

  it('names no key that nothing listens to', () => {
    const all = listened()
    expect(shown().filter((key) => /^([A-Z]|\?|digits)$/.test(key) && !all.has(key))).to.deep.equal([])
  })

  it('gives one key one meaning at a time', () => {
    for (const { title, rows } of keyGroups) {
      const letters = rows.flatMap(({ keys }) => keys)
      expect(new Set(letters).size, title).to.equal(letters.length)
    }
    // A call goes before everything else, so its own keys must not meet each other.
    const call = ['keySheet.ring', 'keySheet.talk', 'keySheet.consult', 'keySheet.after']
    const together = keyGroups
      .filter(({ title }) => call.includes(title))
      .flatMap(({ rows }) => rows.flatMap(({ keys }) => keys))
    expect(new Set(together).size).to.equal(together.length)
  })

  it('has words for all', () => {
    for (const { title } of keyGroups)
      expect(Object.keys(en.keySheet)).to.include(title.replace('keySheet.', ''))
  })
})
