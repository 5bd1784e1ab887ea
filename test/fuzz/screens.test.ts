import { expect } from 'chai'
import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { projectRoot } from '../../host/project-root.ts'
import { createRandom } from '../../db/demo/random.ts'
import { shot } from '../browser/browser.ts'
import { rigPagesForTests } from '../browser/rig-pages.ts'
import { until } from '../support/until.ts'
import { makeRows, spoilTexts } from './support/fill.ts'
import { everyRound, isLong, roundsMs, seed } from './support/rounds.ts'
import { foundDemo, manyParts } from './support/world.ts'

const read = (file: string): string => fs.readFileSync(path.join(projectRoot(), 'ui/src', file), 'utf8')
/** What an address names by a word; with no word it is the first one. */
const words: Record<string, readonly string[]> = {
  '/tasks': ['', '/projects'],
  '/costs': ['', '/imports', '/rates'],
  '/reports': ['', '/operators', '/missed', '/pools', '/paths'],
  '/setup': ['']
}
/** Rows that have a page of their own. */
const tables: Record<string, string> = {
  contacts: 'contacts',
  companies: 'companies',
  'client-imports': 'client_imports',
  schemes: 'schemes'
}
const details = ['trunks', 'sites', 'webhooks', 'automation_rules', 'caller_lists']

/** Rows that open beside a list. */
const drawers = [
  ['/journal?period=all&call=', 'calls'],
  ['/deals?deal=', 'deals'],
  ['/inquiries?inquiry=', 'inquiries'],
  ['/tasks/all/', 'tasks']
] as const

/** Every address of the browser app, as its router and its settings name them. */
async function addresses(idOf: (table: string) => Promise<string | undefined>): Promise<string[]> {
  const routes = [...read('app.tsx').matchAll(/path="([\w:?/-]+)"/g)].map((match) => `/${match[1] ?? ''}`)
  const sections = [...read('settings/settings-page.tsx').matchAll(/name: '([a-z-]+)',\s+title/g)]
  const found: string[] = ['/']
  for (const route of routes) {
    const base = route.split('/:')[0] ?? ''
    const name = base.slice(1)
    if (name.startsWith('/')) continue
    if (route.endsWith('/:id') && tables[name] !== undefined) {
      const id = await idOf(tables[name])
      if (id !== undefined) found.push(`${base}/${id}`)
    } else if (name === 'settings') {
      found.push(...sections.map((match) => `/settings/${match[1] ?? ''}`))
    } else found.push(...(words[base] ?? ['']).map((word) => base + word))
  }
  for (const table of details) {
    const id = await idOf(table)
    const section = table === 'automation_rules' ? 'automation' : table.replace('_', '-')
    if (id !== undefined) found.push(`/settings/${section}/${id}`)
  }
  for (const [query, table] of drawers) {
    const id = await idOf(table)
    if (id !== undefined) found.push(query + id)
  }
  return [...new Set(found)]
}

/** What a page shows that nobody may see there, by what stands in it. */
const look = `(() => {
  const found = []
  if (window.__ran !== undefined) found.push('a script ran')
  const strange = document.querySelector('script:not([src]), iframe, object, embed, img[src="x"], svg[onload], [onerror], [onfocus], a[href^="javascript:" i], a[href^="data:" i]')
  if (strange) found.push('it has ' + strange.outerHTML.slice(0, 120))
  const text = document.body.innerText
  const raw = /\\[object \\w+\\]|\\bundefined\\b|\\bNaN\\b|\\bInvalid Date\\b/.exec(text)
  if (raw) found.push('it says ' + text.slice(Math.max(0, raw.index - 40), raw.index + 40))
  const wide = document.documentElement.scrollWidth - window.innerWidth
  if (wide > 1) {
    const most = [...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1 && !each.closest('[style*="overflow"], .mantine-ScrollArea-viewport')).slice(0, 3)
    found.push('it is ' + wide + ' px too wide by ' + most.map((each) => each.tagName + '.' + each.className).join(' '))
  }
  if (!document.querySelector('main, #root > *')) found.push('it is empty')
  return found
})()`

describe('Screens with texts that nobody means', function () {
  this.timeout(roundsMs + 120_000)
  const parts = manyParts()
  const dialogs: string[] = []
  const pages = rigPagesForTests('naughty', 'admin', {
    before: (deps, url) => parts.before(deps, url),
    fill: async (rig) => {
      await foundDemo(rig.db, 60)
      await parts.tracking().reload()
      await makeRows(rig, createRandom(seed), 1)
    },
    // What the database says of an old search, and audio that is not there, are answers like others.
    isExpected: (fault) => /status of 4(03|04|09|22|28)/.test(fault)
  })
  after(() => parts.close())

  it('show them as text: nothing runs, nothing breaks, nothing is wider than the page', async () => {
    const { page, rig } = pages()
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      // The page may be gone by then; that it opened is what is told below.
      dialog.dismiss().catch(() => undefined)
    })
    const settled = watch(page)
    const idOf = async (table: string): Promise<string | undefined> => {
      const row = await rig.db(table).orderBy('id').first<{ id: string } | undefined>('id')
      return row?.id
    }
    const all = await addresses(idOf)
    expect(all.length).to.be.greaterThan(45)
    await everyRound('screens', async (random) => {
      const filled = await spoilTexts(rig.db, random)
      expect(filled, 'columns that people write to').to.include.members([
        ...[
          'calls.caller_name',
          'calls.note',
          'contacts.name',
          'contacts.tags',
          'deals.title',
          'tasks.title'
        ],
        ...['users.name', 'visits.page_title', 'visits.campaign', 'inquiries.title', 'companies.name']
      ])
      await page.goto('/')
      const faults: string[] = []
      for (const address of all) {
        await page.evaluate(
          `history.pushState({}, '', '${address}'); dispatchEvent(new PopStateEvent('popstate'))`
        )
        for (const width of isLong && !address.startsWith('/schemes/') ? [1280, 390] : [1280]) {
          await page.setViewportSize({ width, height: 900 })
          await settled(address)
          const found = await page.evaluate<string[]>(look)
          faults.push(...found.map((fault) => `${address} at ${width} px: ${fault}`))
          if (found.length > 0) await shot(page, `naughty${address.replaceAll(/\W/g, '-')}-${width}`)
        }
      }
      expect(dialogs).to.deep.equal([])
      expect(faults.join('\n'), 'screens').to.equal('')
    })
  })
})

/** @returns what waits until a page has all that it asked for, and shows it */
function watch(page: Page): (address: string) => Promise<void> {
  const open = new Set<object>()
  page.on('request', (request) => {
    if (request.url().includes('/api/') || request.url().includes('/assets/')) open.add(request)
  })
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  return async (address) => {
    let quiet = 0
    await until(
      async () => {
        const isBusy = await page.evaluate<boolean>(
          `!!document.querySelector('main .mantine-Skeleton-root, main .mantine-Loader-root') || !document.querySelector('main')?.innerText.trim()`
        )
        quiet = isBusy || open.size > 0 ? 0 : quiet + 1
        return quiet >= 3
      },
      { timeoutMs: 20_000, everyMs: 30, what: `${address} is there` }
    )
  }
}
