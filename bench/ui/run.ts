import { parseArgs } from 'node:util'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { projectRoot } from '../../host/project-root.ts'
import { presentChromium } from '../../scripts/lib/testtools.ts'
import { watchNeighbours } from '../calls/cpu.ts'
import { startCompany, type Company } from '../live/company.ts'

/** From the start of the navigation until the number to call can be typed, in ms. */
const budgetMs = 1500
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '5' },
    /** After a build: a missed budget is told, and fails nothing. */
    tell: { type: 'boolean', default: false }
  }
})

/** Notes when the field is there, its page is painted, and nothing holds the browser's thread any more. */
const stopwatch = `
globalThis.usable = new Promise((resolve) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-testid=dial-input]:enabled')) return
    observer.disconnect()
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
  }).observe(document, { childList: true, subtree: true, attributes: true })
})`

/** Opens the panel of somebody signed in, in a browser that has never seen it. */
async function once(browser: Browser, { url }: Company, cookie: string): Promise<number> {
  const [name = '', value = ''] = cookie.split('=')
  const context = await browser.newContext({ locale: 'ru-RU', viewport: { width: 1280, height: 720 } })
  try {
    await context.addCookies([{ name, value, url }])
    const page = await context.newPage()
    await page.addInitScript(stopwatch)
    await page.goto(url, { waitUntil: 'commit' })
    const usableMs = await page.evaluate<number>('usable')
    const field = page.getByTestId('dial-input')
    await field.fill('+7916')
    if ((await field.inputValue()) !== '+7916') throw new Error('The field could not be typed into')
    return usableMs
  } finally {
    await context.close()
  }
}

async function measure(program: string): Promise<void> {
  const company = await startCompany([{ login: 'operator', role: 'operator' }], {
    UI_DIR: path.join(projectRoot(), 'dist/ui')
  })
  try {
    const browser = await chromium.launch({
      executablePath: program,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
    })
    try {
      const cookie = await company.signIn('operator')
      // The server reads and packs its files at the first time they are asked for.
      await once(browser, company, cookie)
      const stop = watchNeighbours()
      const times: number[] = []
      for (let n = 0; n < Number(values.times); n += 1) times.push(await once(browser, company, cookie))
      times.sort((a, b) => a - b)
      const median = times[Math.floor(times.length / 2)] ?? NaN
      const each = times.map((ms) => Math.round(ms)).join(', ')
      console.log(
        `The operator's panel: interactive in ${Math.round(median)} ms of ${budgetMs} ms (cold cache, median of ${each}; ` +
          `others used ${Math.round(stop() * 100)} % of the machine)`
      )
      if (median > budgetMs && !values.tell) process.exitCode = 1
    } finally {
      await browser.close()
    }
  } finally {
    await company.close()
  }
}

const program = await presentChromium()
if (program !== undefined) await measure(program)
else {
  console.log('The operator’s panel: interactive in ? ms: not measured, there is no Chromium here')
  if (!values.tell) process.exitCode = 1
}
