import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { problems } from '../../api/problems.ts'
import en from '../../ui/src/i18n/en.ts'
import ru from '../../ui/src/i18n/ru.ts'

const uiSource = join(import.meta.dirname, '../../ui/src')
const forms = { en: ['one', 'other'], ru: ['one', 'few', 'many', 'other'] } as const
const plural = /_(one|few|many|other)$/

/** Every text by its dotted key. */
function flat(texts: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [inner, text] of flat(value as object, `${prefix}${key}.`)) found.set(inner, text)
  }
  return found
}

const stems = (texts: Map<string, string>): string[] =>
  [...new Set([...texts.keys()].map((key) => key.replace(plural, '')))].sort()

const holes = (text: string): string[] => [...new Set(text.match(/{{\w+}}/g) ?? [])].sort()

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

describe('texts of the screens', () => {
  const english = flat(en)
  const russian = flat(ru)

  it('exist in Russian for every English key, and the other way round', () => {
    expect(stems(russian)).to.deep.equal(stems(english))
  })

  it('have every plural form that their language needs', () => {
    for (const [locale, texts] of [
      ['en', english],
      ['ru', russian]
    ] as const) {
      const counted = [...texts.keys()]
        .filter((key) => plural.test(key))
        .map((key) => key.replace(plural, ''))
      for (const stem of new Set(counted)) {
        for (const form of forms[locale])
          expect(texts.has(`${stem}_${form}`), `${locale}: ${stem}_${form}`).to.equal(true)
      }
    }
  })

  it('take the same values in both languages', () => {
    for (const [key, text] of russian) {
      const other = english.get(key) ?? english.get(key.replace(plural, '_other')) ?? ''
      expect(holes(text), key).to.deep.equal(holes(other))
    }
  })

  it('are never empty, and Russian ones are Russian', () => {
    const same = new Set(['SIP', 'URL'])
    // Foreign systems call themselves the same everywhere.
    const name = /^linkKinds\.\w+\.name$/
    for (const [key, text] of russian) {
      expect(text.trim(), key).not.to.equal('')
      if (!same.has(text) && !name.test(key)) expect(/[а-яё]/i.test(text), `${key}: ${text}`).to.equal(true)
    }
    for (const [key, text] of english) expect(/[а-яё]/i.test(text), `${key}: ${text}`).to.equal(false)
  })

  it('say what to do for every problem that the API can answer', () => {
    for (const code of Object.keys(problems)) expect(english.has(`problems.${code}`), code).to.equal(true)
  })

  it('have a key for everything that the screens ask for', () => {
    const asked = sources(uiSource).flatMap((source) =>
      [...source.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? '')
    )
    expect(asked.length).to.be.greaterThan(100)
    const known = new Set([...stems(english), ...english.keys()])
    expect(asked.filter((key) => !known.has(key))).to.deep.equal([])
  })
})
