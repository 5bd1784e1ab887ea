import { loadavg } from 'node:os'
import path from 'node:path'
import type { Knex } from 'knex'
import { chromium, type Browser, type Page } from 'playwright-core'
import { projectRoot } from '../../host/project-root.ts'
import { presentChromium } from '../../scripts/lib/testtools.ts'
import { startCompany, type Company } from '../live/company.ts'
import { quantile } from '../reports/api.ts'

const [many, few] = [5000, 50]
const rounds = 3
const uiDir = path.join(projectRoot(), 'dist/ui')
/** A picture that takes longer is seen to stick. */
const stickMs = 50
const works = ['scroll', 'drag', 'move'] as const
type Times = Record<(typeof works)[number], number[]>

/** Pictures of somebody who scrolls the first column, and of one who drags a card of it over its neighbours. */
const inPage = `
const columns = () => [...document.querySelectorAll('[data-testid=deal-column]')]
const cards = () => [...columns()[0].querySelectorAll('[data-testid=deal-card]')]
globalThis.pictures = async (count, step) => {
  const times = []
  let before = performance.now()
  for (let index = 0; index < count; index += 1) {
    step(index)
    await new Promise(requestAnimationFrame)
    const now = performance.now()
    times.push(now - before)
    before = now
  }
  return times
}
globalThis.scrolled = () => {
  const list = columns()[0].lastElementChild
  return pictures(300, () => { list.scrollTop += 120 })
}
globalThis.dragged = async () => {
  const dataTransfer = new DataTransfer()
  const tell = (on, type) => on.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))
  const card = cards()[0]
  tell(card, 'dragstart')
  const times = await pictures(120, (index) => {
    const column = columns()[1 + (index >> 3) % 3]
    if (index % 8 === 0) tell(column, 'dragenter')
    tell(column, 'dragover')
    if (index % 8 === 7) tell(column, 'dragleave')
  })
  tell(card, 'dragend')
  return times
}
globalThis.moved = async () => {
  const card = cards()[0]
  const { id } = card.dataset
  const title = card.querySelector('button')
  title.focus()
  const began = performance.now()
  title.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', shiftKey: true, bubbles: true }))
  while (!columns()[1].querySelector('[data-id="' + id + '"]')) await new Promise(requestAnimationFrame)
  return [performance.now() - began]
}`

async function fill(db: Knex, count: number): Promise<void> {
  await db.raw(
    `insert into deals (title, pipeline_id, stage_id, amount)
     select 'Deal ' || n, s.pipeline_id, s.id, n * 100 from generate_series(1, ?) as n
     join lateral (select id, pipeline_id from pipeline_stages where kind = 'open' order by position limit 1 offset n % 3) s on true`,
    [count]
  )
  await db.raw('analyze')
}

interface Place {
  company: Company
  cookie: string
}

async function placeOf(count: number): Promise<Place> {
  const company = await startCompany([{ login: 'admin', role: 'admin' }], { UI_DIR: uiDir }, (db) =>
    fill(db, count)
  )
  return { company, cookie: await company.signIn('admin') }
}

async function visit(browser: Browser, { company, cookie }: Place): Promise<Times> {
  const [name = '', value = ''] = cookie.split('=')
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 860 } })
  try {
    context.setDefaultTimeout(120_000)
    await context.addCookies([{ name, value, url: company.url }])
    await context.addInitScript(inPage)
    return await work(await context.newPage(), `${company.url}/deals`)
  } finally {
    await context.close()
  }
}

async function work(page: Page, url: string): Promise<Times> {
  await page.goto(url)
  await page.getByTestId('deal-card').first().waitFor()
  // Pages of the column come while it is scrolled; the second time they are there.
  await page.evaluate('scrolled()')
  await page.evaluate("document.querySelector('[data-testid=deal-column]').lastElementChild.scrollTop = 0")
  const scroll = await page.evaluate<number[]>('scrolled()')
  await page.evaluate("document.querySelector('[data-testid=deal-column]').lastElementChild.scrollTop = 0")
  const drag = await page.evaluate<number[]>('dragged()')
  return { scroll, drag, move: await page.evaluate<number[]>('moved()') }
}

const timesOf = (): Times => ({ scroll: [], drag: [], move: [] })
const ms = (value: number): string => value.toFixed(1)

function tell(name: keyof Times, ours: number[], baseline: number[]): void {
  const at = (times: number[], share: number): number =>
    quantile(
      times.toSorted((a, b) => a - b),
      share
    )
  const sticking = ours.filter((time) => time > stickMs).length / ours.length
  console.log(
    `${name}: median ${ms(at(ours, 0.5))}, p95 ${ms(at(ours, 0.95))} ms, ${ms(sticking * 100)} % over ${stickMs} ms ` +
      `(${ours.length}); with ${few} deals ${ms(at(baseline, 0.5))} and ${ms(at(baseline, 0.95))}; ratio of p95 ` +
      (at(ours, 0.95) / at(baseline, 0.95)).toFixed(2)
  )
}

const executablePath = await presentChromium()
if (executablePath === undefined) throw new Error('There is no Chromium: name one in CHROMIUM')
const places: Place[] = []
const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu']
})
try {
  for (const count of [many, few]) places.push(await placeOf(count))
  const [ours, baseline] = [timesOf(), timesOf()]
  // By turns, so that a busy minute falls on both.
  for (let round = 0; round < rounds; round += 1)
    for (const [index, place] of places.entries()) {
      const times = await visit(browser, place)
      for (const name of works) (index === 0 ? ours : baseline)[name].push(...times[name])
    }
  const load = loadavg().map((each) => each.toFixed(1))
  console.log(`The board of deals, ${many} of them, ${rounds} rounds; load average ${load.join(', ')}`)
  for (const name of works) tell(name, ours[name], baseline[name])
} finally {
  await browser.close()
  for (const { company } of places) await company.close()
}
