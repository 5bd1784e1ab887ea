import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect } from 'chai'
import en from '../../ui/src/i18n/en.ts'
import { first, later, type Texts } from '../../ui/src/i18n/parts.ts'

const ui = join(import.meta.dirname, '../../ui/src')
const plural = /_(one|few|many|other)$/

/** Pages that are fetched whatever somebody does: what they show comes with the first load, or with themselves. */
const firstPages = ['main.tsx', 'operator/operator-page.tsx', 'session/login-page.tsx']

/** Words whose list is chosen while the page runs, which no search of the sources finds: file → lists. */
const chosenLater: Record<string, readonly string[]> = {
  'journal/labels.ts': ['reason', 'callType'],
  'journal/filter-options.ts': ['outcome', 'direction', 'hangupBy', 'inquiryChannel', 'weekdays']
}

interface Source {
  /** What it brings with itself. */
  imports: string[]
  /** What it fetches later, with the parts of texts that come along. */
  pages: { file: string; parts: string[] }[]
  keys: Set<string>
}

/** The keys of texts, plural forms as one. */
function stems(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [(prefix + key).replace(plural, '')]
      : stems(value as object, `${prefix}${key}.`)
  )
}

const stemsOf = (texts: Texts): string[] => Object.values(texts).flatMap((areas) => stems(areas))

const known = new Set(stems(en))

/** Keys that a source asks for: whole ones, and all that begin with what stands before `${`. */
function keysIn(name: string, text: string): Set<string> {
  const keys = new Set<string>()
  for (const [, key = ''] of text.matchAll(/'([\w.]+)'/g)) if (known.has(key)) keys.add(key)
  const starts = [...text.matchAll(/`([\w.]+\.[\w.]*?)\$\{/g)].map(([, start = '']) => start)
  starts.push(...(chosenLater[name] ?? []).map((list) => `${list}.`))
  for (const start of starts) for (const key of known) if (key.startsWith(start)) keys.add(key)
  return keys
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8')
  const at = (path: string): string => relative(ui, join(dirname(file), path))
  const imports = [...text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'";]*?from\s+)?'(\.[^']+)'/gm)]
  const pages = [
    ...text.matchAll(/(?:withTexts\(\s*\[([^\]]*)\],\s*\(\) =>\s*)?import\('(\.[^']+\.tsx?)'\)(?!\.)/g)
  ]
  return {
    imports: imports.map(([, path = '']) => at(path)),
    pages: pages.map(([, parts = '', path = '']) => ({
      file: at(path),
      parts: [...parts.matchAll(/'([\w-]+)'/g)].map(([, part = '']) => part)
    })),
    keys: keysIn(relative(ui, file), text)
  }
}

function readSources(): Map<string, Source> {
  const sources = new Map<string, Source>()
  for (const entry of readdirSync(ui, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name)
    const name = relative(ui, file)
    if (entry.isFile() && /\.tsx?$/.test(name) && !name.startsWith('i18n/'))
      sources.set(name, readSource(file))
  }
  return sources
}

describe('parts of the texts', () => {
  const sources = readSources()
  const firstKeys = new Set<string>()
  const partKeys = new Map<string, Set<string>>()

  function withImports(file: string, seen = new Set<string>()): Set<string> {
    const source = sources.get(file)
    if (!source || seen.has(file)) return seen
    seen.add(file)
    for (const next of source.imports) withImports(next, seen)
    return seen
  }

  const keysOf = (file: string): string[] =>
    [...withImports(file)].flatMap((each) => [...(sources.get(each)?.keys ?? [])])

  before(async () => {
    for (const key of stemsOf(await first.en())) firstKeys.add(key)
    for (const [part, load] of Object.entries(later.en)) partKeys.set(part, new Set(stemsOf(await load())))
  })

  it('are the same in both languages, part by part', async () => {
    expect([...new Set(stemsOf(await first.ru()))].sort()).to.deep.equal([...firstKeys].sort())
    for (const [part, load] of Object.entries(later.ru)) {
      const russian: Texts = await load()
      expect([...new Set(stemsOf(russian))].sort(), part).to.deep.equal(
        [...(partKeys.get(part) ?? [])].sort()
      )
    }
  })

  it('are together all texts, and no area is in two of them', () => {
    const areas = (keys: Iterable<string>): string[] => [
      ...new Set([...keys].map((key) => key.split('.')[0] ?? ''))
    ]
    const all = [areas(firstKeys), ...[...partKeys.values()].map(areas)].flat()
    expect(all.filter((area, index) => all.indexOf(area) !== index)).to.deep.equal([])
    expect(all.sort()).to.deep.equal(Object.keys(en).sort())
  })

  it('of the first load hold everything that the first pages show', () => {
    const missing = firstPages.flatMap((page) => keysOf(page).filter((key) => !firstKeys.has(key)))
    expect(missing).to.deep.equal([])
  })

  it('of a page that comes later are fetched with it, and no other ones', () => {
    const pages = [...sources].flatMap(([from, source]) => source.pages.map((page) => ({ from, ...page })))
    expect(pages.length).to.be.greaterThan(25)
    const wrong = pages.flatMap(({ from, file, parts }) => {
      const wanted = new Set<string>()
      for (const key of keysOf(file)) {
        if (firstKeys.has(key)) continue
        for (const [part, keys] of partKeys) if (keys.has(key)) wanted.add(part)
      }
      const list = (each: Iterable<string>): string => `[${[...each].sort().join(', ')}]`
      return list(wanted) === list(parts)
        ? []
        : [`${from}: ${file} needs ${list(wanted)}, says ${list(parts)}`]
    })
    expect(wrong).to.deep.equal([])
  })
})
