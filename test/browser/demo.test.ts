import { expect } from 'chai'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { JournalCall, JournalCallWithLegs } from '../../api/contract/calls.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { soundInfo, tonesIn } from '../support/sound.ts'
import { until } from '../support/until.ts'
import { buildPages, openBrowser, shot, signIn, sitDown, volume, waitMs, type Desk } from './browser.ts'

describe('Whoever has just installed Ringtrace', function () {
  this.timeout(120_000)
  let instance: Instance
  let browser: Browser
  let desk: Desk
  let page: Page

  before(async function () {
    this.timeout(240_000)
    await buildPages()
    instance = await startInstance(13_600, { DEMO: '1', DEMO_SIP_PORT: '13670' })
    browser = await openBrowser(path.join(instance.dataDir, 'tones'), 440)
    desk = await sitDown(browser, instance)
    page = desk.page
  })
  after(async function () {
    this.timeout(60_000)
    await browser?.close()
    await instance?.stop()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shot(page, 'failed-demo')
    expect(await desk.faults()).to.deep.equal([])
  })

  it('places a test call with one button, talks, and reads in the journal why it rang', async () => {
    await page.getByTestId('login-form').waitFor()
    await shot(page, 'demo-login-ru-light')
    await signIn(page, 'admin', instance.password)
    await page.locator('[data-testid=softphone-state][data-state=registered]').waitFor({ timeout: waitMs })
    await shot(page, 'demo-desk-ru-light')
    await page.getByTestId('place-test-call').first().click()

    await page.locator('[data-testid=answer]:enabled').waitFor({ timeout: 45_000 })
    const card = page.getByTestId('ring-card')
    const id = (await card.getAttribute('data-call')) ?? ''
    expect(await card.getByTestId('source').innerText()).to.match(/\S+\n+.*\S/)
    await shot(page, 'demo-ringing-ru-light')
    await page.getByTestId('answer').click()
    await page.locator('[data-testid=ring-card][data-phase=talking]').waitFor({ timeout: waitMs })
    await until(async () => (await volume(page)) > 0.05, { timeoutMs: waitMs, what: 'the client speaks' })
    await shot(page, 'demo-talking-ru-light')
    await page.getByTestId('hangup').click()
    await card.waitFor({ state: 'detached' })
    await page.getByTestId('nav-journal').click()

    const row = page.locator(`[data-testid=journal-row][data-call="${id}"]`)
    await row.getByText('5 ★').waitFor({ timeout: 40_000 })
    await row.getByText('Отвечен').waitFor({ timeout: waitMs })
    await row.getByTestId('row-play').waitFor({ timeout: waitMs })
    const shownMs = Date.now()
    await shot(page, 'demo-journal-ru-light')
    const call = await instance.api<JournalCallWithLegs>('GET', `/api/calls/${id}`)
    expect(call).to.include({ outcome: 'answered', rating: 5, hangupBy: 'operator' })
    expect(shownMs - Date.parse(call.endedAt ?? '')).to.be.lessThan(2000)
    expect(call.operator?.name).to.equal('Admin')
    expect(call.steps.map((step) => step.blockType)).to.include.members(['ring', 'rating'])
    const words = await row.innerText()
    expect(words).to.include(call.source?.name ?? 'a source')
    expect(words).to.include('Admin')
    await isInStereo(call)

    await row.click()
    const drawer = page.getByRole('dialog')
    await drawer.getByTestId('player').waitFor()
    await drawer.getByTestId('tape').getByText('Admin').waitFor()
    await drawer.getByTestId('waveform').locator('div').first().waitFor()
    await shot(page, 'demo-call-ru-light')
  })

  /** The client on the left; on the right the operator, whose voice is the microphone's tone. */
  async function isInStereo(call: JournalCall): Promise<void> {
    const response = await fetch(`${instance.url}/api/calls/${call.id}/recording`, {
      headers: await instance.headers()
    })
    const file = path.join(instance.dataDir, 'heard.mp3')
    await fs.writeFile(file, Buffer.from(await response.arrayBuffer()))
    expect((await soundInfo(file)).channels).to.equal(2)
    const [left = {}, right = {}] = await tonesIn(file, [440])
    expect(right[440]).to.be.greaterThan(0.1)
    expect(left[440]).to.be.lessThan(0.05)
  }
})
