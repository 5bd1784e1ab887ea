import { parseArgs } from 'node:util'
import { loadavg } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { projectRoot } from '../../host/project-root.ts'
import type { Scheme, SchemeBlock } from '../../ivr/scheme.ts'
import { validateScheme } from '../../ivr/validate.ts'
import { presentChromium } from '../../scripts/lib/testtools.ts'
import { watchNeighbours } from '../calls/cpu.ts'
import { startCompany, type Company } from '../live/company.ts'

/** A picture that takes longer is seen to stick. */
const stickMs = 50
const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '200' },
    /** What it is compared with, in the same run. */
    baseline: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    /** Moves of the mouse, or letters, of each piece of work. */
    steps: { type: 'string', default: '80' },
    /** A folder with an older build of the browser app, measured by turns with this one. */
    before: { type: 'string' }
  }
})
const steps = Number(values.steps)

/** Notes how long each picture took, while it is on. */
const frames = `
globalThis.frames_ = { on: false, times: [] }
globalThis.startFrames = () => {
  const own = (globalThis.frames_ = { on: true, times: [] })
  let before
  const next = (at) => {
    if (before !== undefined) own.times.push(at - before)
    before = at
    if (own.on) requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
}
globalThis.endFrames = () => {
  globalThis.frames_.on = false
  return globalThis.frames_.times
}`

const columns = 20
const kinds: readonly Pick<SchemeBlock, 'type' | 'settings'>[] = [
  { type: 'greeting', settings: {} },
  { type: 'menu', settings: {} },
  { type: 'tag', settings: {} },
  { type: 'greeting', settings: {} },
  { type: 'voicemail', settings: {} }
]

/** A scheme of many branches: each block leads to the next, and menus to the row below and some way ahead too. */
function schemeOf(count: number): Scheme {
  const id = (index: number): string | null => (index < count ? `block-${index}` : null)
  const blocks = Object.fromEntries(
    Array.from({ length: count }, (_, index): [string, SchemeBlock] => {
      const { type, settings } = kinds[index % kinds.length] ?? { type: 'greeting', settings: {} }
      const next = id(index + 1)
      const exits: SchemeBlock['exits'] =
        type === 'menu'
          ? { 1: next, 2: id(index + columns), noInput: id(index + 3), wrongInput: id(index + 3) }
          : { next }
      const position = { x: (index % columns) * 320, y: Math.floor(index / columns) * 240 }
      return [`block-${index}`, { type, label: `Step ${index}`, settings, exits, position }]
    })
  )
  return { locale: 'en', start: 'block-0', blocks }
}

type Work = 'pan' | 'drag' | 'type'
const works: readonly Work[] = ['pan', 'drag', 'type']
type Times = Record<Work, number[]>

/** Somebody works in the editor; gives the times of all pictures. */
async function work(page: Page, url: string): Promise<Times> {
  await page.goto(url)
  await page.getByTestId('block-block-0').waitFor()
  await page.getByTestId('fit').click()
  // At rest: the camera has come to a halt, lines have found their ways, the draft is saved.
  await page.waitForFunction("document.querySelector('[data-testid=saving][data-state=saved]') !== null")
  await page.waitForTimeout(1500)
  const timed = async (does: () => Promise<void>): Promise<number[]> => {
    await page.evaluate('startFrames()')
    await does()
    return page.evaluate<number[]>('endFrames()')
  }
  const pull = async (from: { x: number; y: number }): Promise<void> => {
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    for (let step = 1; step <= steps; step += 1) await page.mouse.move(from.x + step * 2, from.y + step)
    await page.mouse.up()
  }
  const pane = await page.locator('.react-flow__pane').boundingBox()
  const block = await page.getByTestId('block-block-5').boundingBox()
  if (!pane || !block) throw new Error('The scheme is not in sight')
  const drag = await timed(() => pull({ x: block.x + block.width / 2, y: block.y + 4 }))
  await page.getByTestId('block-label').waitFor()
  await page.waitForTimeout(1500)
  const pan = await timed(() => pull({ x: pane.x + 8, y: pane.y + 8 }))
  // Back to its place: it may lie upon another block.
  await page.getByTestId('undo').click()
  await page.getByTestId('fit').click()
  await page.waitForTimeout(500)
  await page.getByTestId('block-block-5').click({ position: { x: 8, y: 3 } })
  const label = page.getByTestId('block-label')
  await label.fill('')
  await page.waitForTimeout(1500)
  const type = await timed(() => label.pressSequentially('A name of some length '.repeat(8).slice(0, steps)))
  return { pan, drag, type }
}

const sorted = (times: readonly number[]): number[] => times.toSorted((a, b) => a - b)
const at = (times: readonly number[], share: number): number =>
  sorted(times)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN
const ms = (value: number): string => value.toFixed(1)

function tell(name: Work, { many, few, before }: Record<Side, number[]>): void {
  const part = (times: number[]): number => times.filter((time) => time > stickMs).length / times.length
  const words = { pan: 'panning', drag: 'dragging one block', type: 'typing in the inspector' }
  const figure = (times: number[]): string =>
    `median ${ms(at(times, 0.5))}, p95 ${ms(at(times, 0.95))} ms, ${ms(part(times) * 100)} % over ${stickMs} ms`
  console.log(
    `${words[name]}: ${figure(many)} (${many.length} pictures); with ${values.baseline} blocks ${figure(few)}; ` +
      `ratio of medians ${(at(many, 0.5) / at(few, 0.5)).toFixed(2)}, of p95 ${(at(many, 0.95) / at(few, 0.95)).toFixed(2)}`
  )
  if (before.length === 0) return
  console.log(
    `  before: ${figure(before)} (${before.length} pictures); now ÷ before: ` +
      `medians ${(at(many, 0.5) / at(before, 0.5)).toFixed(2)}, p95 ${(at(many, 0.95) / at(before, 0.95)).toFixed(2)}`
  )
}

/** The checks that run after each stroke, in this process. */
function validation(): void {
  const once = (scheme: Scheme): number => {
    const startMs = performance.now()
    validateScheme(scheme)
    return performance.now() - startMs
  }
  const [many, few] = [schemeOf(500), schemeOf(50)]
  for (let n = 0; n < 20; n += 1) once(many)
  const of = (scheme: Scheme): number =>
    at(
      Array.from({ length: 30 }, () => once(scheme)),
      0.5
    )
  const [manyMs, fewMs] = [of(many), of(few)]
  console.log(
    `validateScheme: 500 blocks ${manyMs.toFixed(2)} ms, 50 blocks ${fewMs.toFixed(2)} ms (median of 30), ` +
      `ratio ${(manyMs / fewMs).toFixed(1)}`
  )
}

async function made(company: Company, cookie: string, count: number): Promise<string> {
  const me = await fetch(`${company.url}/api/me`, { headers: { cookie } })
  const { csrfToken } = (await me.json()) as { csrfToken: string }
  const answer = await fetch(`${company.url}/api/schemes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken, cookie },
    body: JSON.stringify({ name: `Of ${count} blocks`, draft: schemeOf(count) })
  })
  const body = (await answer.json()) as { id?: string }
  if (body.id === undefined) throw new Error(`No scheme was made: ${answer.status} ${JSON.stringify(body)}`)
  return `${company.url}/schemes/${body.id}`
}

/** What is measured by turns: this build with many and with few blocks, and an older one with many. */
type Side = 'many' | 'few' | 'before'
const timesOf = (): Times => ({ pan: [], drag: [], type: [] })

/** A company with a scheme of so many blocks. */
interface Place {
  company: Company
  /** Of its admin. */
  cookie: string
  /** Of the scheme. */
  url: string
}

async function placeOf(uiDir: string, count: number): Promise<Place> {
  const company = await startCompany([{ login: 'admin', role: 'admin' }], { UI_DIR: uiDir })
  try {
    const cookie = await company.signIn('admin')
    return { company, cookie, url: await made(company, cookie, count) }
  } catch (error) {
    await company.close()
    throw error
  }
}

/** Alone in the browser: a page behind another one draws less. */
async function visit(browser: Browser, { company, cookie, url }: Place): Promise<Times> {
  const [name = '', value = ''] = cookie.split('=')
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 860 } })
  try {
    context.setDefaultTimeout(120_000)
    await context.addCookies([{ name, value, url: company.url }])
    await context.addInitScript(frames)
    return await work(await context.newPage(), url)
  } finally {
    await context.close()
  }
}

async function measure(browser: Browser): Promise<void> {
  const uiDir = process.env['UI_DIR'] ?? path.join(projectRoot(), 'dist/ui')
  const [many, few] = [Number(values.blocks), Number(values.baseline)]
  const wanted: [Side, string, number][] = [
    ['few', uiDir, few],
    ['many', uiDir, many],
    ...(values.before === undefined
      ? []
      : [['before', path.resolve(values.before), many] as [Side, string, number]])
  ]
  const places = new Map<Side, Place>()
  const all: Record<Side, Times> = { many: timesOf(), few: timesOf(), before: timesOf() }
  try {
    for (const [side, dir, count] of wanted) places.set(side, await placeOf(dir, count))
    const stop = watchNeighbours()
    // By turns, so that a busy minute falls on all of them.
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const [side, place] of places) {
        const times = await visit(browser, place)
        for (const each of works) all[side][each].push(...times[each])
      }
    }
    console.log(
      `The scheme editor, ${values.blocks} blocks, ${values.rounds} rounds; the browser's work counts among the ` +
        `${Math.round(stop() * 100)} % of the machine that others used; load average ${loadavg()
          .map((each) => each.toFixed(1))
          .join(', ')}`
    )
    for (const each of works)
      tell(each, { many: all.many[each], few: all.few[each], before: all.before[each] })
  } finally {
    for (const { company } of places.values()) await company.close()
  }
}

validation()
const program = await presentChromium()
if (program !== undefined) {
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
  })
  try {
    await measure(browser)
  } finally {
    await browser.close()
  }
} else {
  console.log('The scheme editor: not measured, there is no Chromium here')
  process.exitCode = 1
}
