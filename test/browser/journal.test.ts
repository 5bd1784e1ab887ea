import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { callExport } from '../../api/call-export.ts'
import { migrateJobs, startJobs, type Jobs as Runner } from '../../db/jobs.ts'
import { projectRoot } from '../../host/project-root.ts'
import { createJobs } from '../../jobs/jobs.ts'
import { plainAudio } from '../../recordings/open.ts'
import { startRig, type Rig } from '../api/support/rig.ts'
import { microphoneFile } from '../support/sound.ts'
import { until } from '../support/until.ts'
import { buildPages, openBrowser, shot, sitDown, waitMs, type Desk, type Look } from './browser.ts'
import { heldCall, seedJournal } from './journal-data.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

describe('A marketer at the journal', function () {
  this.timeout(180_000)
  let rig: Rig
  let runner: Runner
  let browser: Browser
  let desk: Desk
  let page: Page
  let dir: string

  before(async function () {
    this.timeout(300_000)
    // A folder of built pages may be given, so that looking at them needs no building.
    const uiDir = process.env['UI_DIR'] ?? path.join(projectRoot(), 'dist/ui')
    if (process.env['UI_DIR'] === undefined) await buildPages()
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-journal-'))
    let startRunner = (): Runner => {
      throw new Error('The rig has made no jobs')
    }
    let migrated: Promise<void> = Promise.resolve()
    rig = await startRig({
      uiDir,
      before: (deps, databaseUrl) => {
        const jobs = createJobs({
          db: deps.db,
          dir: path.join(dir, 'exports'),
          kinds: [callExport(deps.db)],
          log: deps.log
        })
        migrated = migrateJobs(databaseUrl, deps.log)
        startRunner = () =>
          startJobs({ databaseUrl, tasks: jobs.tasks, schedules: [], log: deps.log, pollMs: 200 })
        return { ...deps, jobs }
      }
    })
    await migrated
    runner = startRunner()
    await mkdir(path.join(dir, 'tones'), { recursive: true })
    const recordingId = await seedJournal(rig.db)
    const sound = await microphoneFile(path.join(dir, 'tones'), 440)
    rig.files.set(recordingId, { ...(await plainAudio(sound)), contentType: 'audio/wav' })
    browser = await openBrowser(path.join(dir, 'tones'), 440)
    desk = await open({})
    page = desk.page
  })
  after(async function () {
    this.timeout(60_000)
    await browser?.close()
    await runner?.stop()
    await rig?.close()
    await rm(dir, { recursive: true, force: true })
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shot(page, 'failed-journal')
    expect(await faultsOf(desk)).to.deep.equal([])
  })

  /** The rig has neither the live feed nor telephones. */
  const faultsOf = async (who: Desk): Promise<string[]> =>
    (await who.faults()).filter((fault) => !fault.startsWith('WebSocket connection'))

  /** Supervisors may listen, export and share. */
  async function open(look: Look): Promise<Desk> {
    const made = await sitDown(browser, rig, look, (await rig.signIn('supervisor')).cookie)
    await made.page.locator('[data-testid=nav-journal]:visible, [data-testid=tab-journal]:visible').waitFor()
    return made
  }
  const rows = (): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('[data-testid=journal-row]')].map((row) => row.dataset.call)`
    )
  const shown = async (count: number): Promise<void> => {
    await until(async () => (await rows()).length === count, { timeoutMs: waitMs, what: `${count} calls` })
  }
  const headings = (): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll('thead th')].map((head) => head.dataset.testid)`)

  async function isAccessible(what: string): Promise<void> {
    await page.evaluate(await readFile(axeFile, 'utf8'))
    const faults = await page.evaluate<string[]>(`axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa'], rules: { 'color-contrast': { enabled: false } }
    }).then((result) => result.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')))`)
    expect(faults, what).to.deep.equal([])
  }

  it('narrows the calls by filters in the address, and a reload shows the same', async () => {
    await page.goto('/journal?period=all')
    await shown(30)
    await shot(page, 'journal-ru-light')
    await isAccessible('the journal')
    await page.getByTestId('filter-outcome').getByRole('button').first().click()
    await page.getByRole('checkbox', { name: 'Пропущен' }).click()
    await shown(10)
    await page.keyboard.press('Escape')
    await page.getByTestId('add-filter').click()
    await shot(page, 'journal-add-filter-ru-light')
    await page.getByTestId('add-isReturned').click()
    await page.getByTestId('filter-box-isReturned').getByText('Нет').click()
    await shown(5)
    await page.keyboard.press('Escape')
    const before = await rows()
    expect(new URL(page.url()).search).to.equal('?period=all&outcome=missed&isReturned=false')
    await page.reload()
    await shown(5)
    expect(await rows()).to.deep.equal(before)
    await shot(page, 'journal-filters-ru-light')
  })

  it('keeps a view under a name, opens it, deletes it and takes that back', async () => {
    await page.getByTestId('saved-views').click()
    await page.getByTestId('view-name').fill('Не перезвонили')
    await page.getByTestId('view-save').click()
    await page.getByTestId('saved-view').waitFor()
    await shot(page, 'journal-views-ru-light')
    await page.keyboard.press('Escape')
    await page.getByTestId('clear-filters').click()
    await page.goto('/journal?period=all')
    await shown(30)
    await page.getByTestId('saved-views').click()
    await page.getByTestId('saved-view').getByRole('button').first().click()
    await shown(5)
    await page.getByTestId('saved-views').click()
    await page.getByTestId('view-actions').click()
    await page.getByTestId('view-delete').click()
    await page.getByTestId('saved-view').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.getByTestId('toast-action').click()
    await page.getByTestId('saved-views').click()
    await page.getByTestId('saved-view').waitFor()
    await page.keyboard.press('Escape')
  })

  it('chooses, moves and widens columns by the keyboard, and finds them so again', async () => {
    await page.goto('/journal?period=all')
    await shown(30)
    await page.getByTestId('columns').click()
    await page.getByTestId('show-campaign').click()
    await page.getByTestId('shown-campaign').waitFor()
    await page.getByTestId('up-campaign').press('Alt+ArrowUp')
    await shot(page, 'journal-columns-ru-light')
    await page.keyboard.press('Escape')
    const wide = page.getByTestId('edge-caller')
    const widthBefore = Number(await wide.getAttribute('aria-valuenow'))
    await wide.press('ArrowRight')
    expect(Number(await wide.getAttribute('aria-valuenow'))).to.equal(widthBefore + 12)
    // The drag begins where it was taken hold of, before the table may scroll to where it ends.
    await page.getByTestId('head-rating').hover()
    await page.mouse.down()
    await page.getByTestId('head-rating').hover({ position: { x: 12, y: 8 } })
    await page.getByTestId('head-outcome').hover()
    await page.mouse.up()
    const order = await headings()
    expect(order.slice(0, 3)).to.deep.equal(['head-startedAt', 'head-rating', 'head-outcome'])
    expect(order.slice(-2)).to.deep.equal(['head-campaign', 'head-recording'])
    await page.reload()
    await shown(30)
    expect(await headings()).to.deep.equal(order)
    await page.getByTestId('columns').click()
    await page.getByRole('button', { name: 'Как было' }).click()
    await page.keyboard.press('Escape')
    expect(await headings()).not.to.include('head-campaign')
  })

  it('comments on a moment of a recording and comes back to it with one press', async () => {
    await page.locator(`[data-call="${heldCall}"]`).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByTestId('waveform').locator('div').first().waitFor()
    await drawer.getByTestId('play').click()
    const player = drawer.getByTestId('player')
    await until(async () => Number(await player.getAttribute('data-position')) > 0.3, {
      timeoutMs: waitMs,
      what: 'the recording plays'
    })
    await page.keyboard.press('c')
    await drawer.getByTestId('play').click()
    await drawer.getByTestId('comment-text').fill('Здесь обещали скидку')
    await drawer.getByTestId('comment-add').click()
    await drawer.getByTestId('comment').waitFor()
    await drawer.getByTestId('marker').waitFor()
    await drawer.getByTestId('comment-seek').click()
    await drawer.locator('[data-playing=true]').waitFor()
    await drawer.getByTestId('play').click()
    await drawer.getByTestId('call-flags').getByText('Целевой').waitFor()
    const legs = drawer.getByTestId('leg-quality')
    await legs.first().waitFor()
    expect(await legs.nth(0).getAttribute('data-level')).to.equal('good')
    expect(await legs.nth(1).getAttribute('data-level')).to.equal('fair')
    const weak = await legs.nth(1).innerText()
    for (const told of ['Олег Мартынов', '3,7 из 4,5', '4,1 %', '34 мс', '210 мс', 'Часть звука терялась'])
      expect(weak).to.include(told)
    await shot(page, 'journal-call-ru-light')
    await isAccessible('a call')
    await drawer.getByTestId('attribution').scrollIntoViewIfNeeded()
    await drawer.getByTestId('visit-pages').first().click()
    await drawer.getByTestId('visit-done').waitFor()
    await shot(page, 'journal-path-ru-light')
    await page.keyboard.press('Escape')
  })

  it('orders a file of what is shown and fetches it from the top bar', async () => {
    await page.goto('/journal?period=all&outcome=missed')
    await shown(10)
    await page.getByTestId('export').click()
    await page.getByText('Файл CSV').click()
    await shot(page, 'journal-export-ru-light')
    await page.getByTestId('export-start').click()
    await page.getByTestId('job-tray').click()
    const coming = page.waitForEvent('download')
    await page.getByTestId('job-file').first().click({ timeout: waitMs })
    const file = await coming
    await shot(page, 'journal-tray-ru-light')
    const text = await readFile(await file.path(), 'utf8')
    expect(file.suggestedFilename()).to.match(/^calls-.*\.csv$/)
    expect(text.trim().split('\r\n').length, text).to.equal(11)
    expect(text).to.include('Итог')
    await page.keyboard.press('Escape')
  })

  it('looks well in English, in the dark and on a phone', async () => {
    for (const [name, look] of [
      ['en-dark', { locale: 'en-US', colorScheme: 'dark' }],
      ['ru-phone', { locale: 'ru-RU', viewport: { width: 390, height: 844 } }]
    ] as const) {
      const other = await open(look)
      await other.page.goto('/journal?period=all&isTarget=true&minTalkSeconds=10')
      await other.page.getByTestId('journal-row').first().waitFor()
      await shot(other.page, `journal-${name}`)
      await other.page.goto(`/journal?period=all&call=${heldCall}`)
      await other.page.getByRole('dialog').getByTestId('waveform').locator('div').first().waitFor()
      await shot(other.page, `journal-call-${name}`)
      const width = await other.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      expect(width, `${name} scrolls sideways`).to.be.at.most(0)
      expect(await faultsOf(other)).to.deep.equal([])
      await other.close()
    }
  })
})
