import { expect } from 'chai'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { createParty, type Party } from '../ari/party.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { buildPages, openBrowser, shot, signIn, sitDown, waitMs, type Desk } from './browser.ts'
import { openCarrier, type Carrier } from './carrier.ts'
import { answer, clientHz, microphoneHz, ready, rings, talks, takesCalls } from './office.ts'
import { barriersOf } from './rig-pages.ts'
import { bothHear } from './talk.ts'

const host = '127.0.62.3'
const account = { user: '74953500077', password: 'the-right-secret' }
const number = '+74953500077'

describe('The first hour of an empty installation', function () {
  this.timeout(120_000)
  let instance: Instance
  let browser: Browser
  let carrier: Carrier
  let client: Party
  let mobile: Party
  let olga: Desk
  let anna: Desk
  let page: Page

  before(async function () {
    this.timeout(240_000)
    await buildPages()
    carrier = await openCarrier(host, account.user, account.password)
    instance = await startInstance(13_000, {}, { ownPostgres: true })
    browser = await openBrowser(path.join(instance.dataDir, 'tones'), microphoneHz)
    olga = await sitDown(browser, instance)
    page = olga.page
  })
  after(async function () {
    this.timeout(60_000)
    for (const party of [client, mobile]) {
      party?.hangup()
      await party?.close()
    }
    await browser?.close()
    await instance?.stop()
    await carrier?.close()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await shot(page, 'failed-first-hour')
      if (anna) await shot(anna.page, 'failed-first-hour-anna')
    }
    const faults = await Promise.all([olga, anna].map(async (each) => (each ? each.faults() : [])))
    expect(faults.flat()).to.deep.equal([])
  })

  const step = (name: string) => page.getByTestId(`step-${name}`).waitFor({ timeout: waitMs })
  const next = () => page.locator('[data-testid=step-next]:enabled').click()
  const save = () => page.locator('[data-testid=step-save]:enabled').click()
  const done = (count: number) =>
    page.locator(`[data-testid=setup-progress][data-done="${count}"]`).waitFor({ timeout: waitMs })
  const looked = async (name: string): Promise<void> => {
    await shot(page, `first-hour-${name}`)
    expect(await barriersOf(page)).to.deep.equal([])
  }

  it('leads whoever comes with the first password into the wizard, where they become somebody', async () => {
    await signIn(page, 'admin', instance.password)
    await step('company')
    await page.getByTestId('setup-name').fill('Ольга Петрова')
    await page.getByTestId('setup-login').fill('olga')
    await page.getByTestId('setup-password').fill('an-own-long-password')
    await looked('company')
    await save()
    await step('address')
  })

  it('measures sound both ways in a call to itself', async () => {
    await ready(page)
    await page.getByTestId('sound-start').click()
    await page.locator('[data-testid=sound-check][data-stage=done]').waitFor({ timeout: 40_000 })
    // How well it sounds is a matter of this machine's load.
    await page.locator('[data-testid=finding-soundGood], [data-testid=finding-soundPoor]').waitFor()
    const figures = await page.getByTestId('sound-figures').locator('dd').allTextContents()
    expect(Number(figures[0]), 'packets out').to.be.greaterThan(50)
    expect(Number(figures[1]), 'packets back').to.be.greaterThan(50)
    await looked('address')
    await next()
  })

  it('is told in plain words that the carrier refuses a wrong password, and registers with the right one', async () => {
    await step('trunk')
    await page.getByTestId('field-name').fill('Первая телефонная')
    await page.getByTestId('field-host').fill(host)
    await page.getByTestId('field-username').fill(account.user)
    await page.getByTestId('field-secret').fill('a-wrong-secret')
    await looked('trunk')
    await page.getByTestId('trunk-save').click()
    await page.locator('[data-testid=trunk-trouble][data-trouble=password]').waitFor({ timeout: 30_000 })
    expect(carrier.refused()).to.be.greaterThan(0)
    expect(carrier.contact()).to.equal(null)
    await looked('trunk-refused')
    await page.getByTestId('start-trunk-test').click()
    await page.locator('[data-testid=trunk-test][data-state=failed]').waitFor({ timeout: 30_000 })
    await page.getByTestId('trunk-test').getByText('REGISTER').first().waitFor()
    await shot(page, 'first-hour-trunk-test')
    await page.getByTestId('change-trunk').click()
    await page.getByTestId('field-secret').fill(account.password)
    await page.getByTestId('trunk-save').click()
    await page.locator('[data-testid=made-trunk][data-state=registered]').waitFor({ timeout: 30_000 })
    expect(carrier.contact()).to.be.a('string')
    await done(3)
  })

  it('goes on where it stopped, after a way round by the desk', async () => {
    await page.goto('/')
    await page.getByTestId('setup-card').waitFor()
    await looked('card')
    await page.getByTestId('setup-go').click()
    await step('number')
  })

  it('takes the number as it is written, and a scheme out of a template', async () => {
    await page.getByTestId('setup-number').fill('8 (495) 350-00-77')
    await page.locator(`[data-testid=number-read][data-number="${number}"]`).waitFor()
    await looked('number')
    await save()
    await step('scheme')
    await page.getByTestId('template-shop').click()
    await page.getByTestId('template-simple').click()
    await page.getByTestId('scheme-preview').waitFor()
    await looked('scheme')
    await save()
    await step('people')
    await done(5)
  })

  it('invites an operator by a link, who chooses a password and takes calls', async () => {
    await page.getByTestId('invite-name').fill('Анна Ким')
    await save()
    const url = (await page.getByTestId('invite-link').textContent()) ?? ''
    await looked('people')
    anna = await sitDown(browser, instance)
    await anna.page.goto(url)
    await anna.page.getByTestId('welcome-password').fill('annas-own-password')
    await anna.page.getByTestId('welcome-save').click()
    await ready(anna.page)
    await takesCalls(anna.page)
    // Calls shall ring at Anna's alone.
    await page.getByTestId('presence').click()
    await page.getByTestId('presence-offline').click()
    await page.locator('[data-testid=presence][data-presence=offline]').waitFor()
    await next()
    await step('tryout')
    await page.locator('[data-testid=awaited]').waitFor()
    await looked('tryout')
  })

  it('calls a mobile over the carrier, which goes the way of a caller, and both hear each other', async () => {
    mobile = await createParty({
      ...{ host, port: 6102, server: { host, port: 5060 }, user: 'mobile' },
      ...{ manner: 'ring', toneHz: clientHz }
    })
    carrier.connect(6102)
    await page.getByTestId('call-me-number').fill('8 (916) 555-44-33')
    await page.locator('[data-testid=call-me]:enabled').click()
    await page.locator('[data-testid=seen-call][data-called=true]').waitFor()
    await until(() => mobile.isRinging(), { timeoutMs: waitMs, what: 'the mobile rings' })
    mobile.answer()
    await rings(anna.page)
    await answer(anna.page)
    await talks(anna.page)
    await bothHear(anna.page, mobile, 'in the call to the mobile')
    await page.getByTestId('seen-call').getByText('Анна Ким').last().waitFor()
    await page.getByTestId('first-call').waitFor()
    await looked('called')
    mobile.hangup()
    await page.locator('[data-testid=awaited][data-over=true]').waitFor({ timeout: waitMs })
    // The next call shall not wait for the end of Anna's notes.
    await anna.page.getByTestId('wrap-up-end').click()
    await anna.page.locator('[data-testid=presence][data-presence=available]').waitFor()
  })

  it('sees the first call come, and both hear each other', async () => {
    const server = { host: '127.0.0.1', port: instance.sipPort }
    client = await createParty({ host, port: 6100, server, user: '+79161112233', toneHz: clientHz })
    const calling = client.call(number)
    await page.locator('[data-testid=seen-call][data-called=false]').waitFor({ timeout: waitMs })
    await rings(anna.page)
    await answer(anna.page)
    await talks(anna.page)
    expect(await calling).to.equal(200)
    await bothHear(anna.page, client, 'in the first call')
    await page.getByTestId('first-call').getByText('Всё работает').waitFor()
    await page.getByTestId('seen-call').getByText('Анна Ким').last().waitFor()
    await looked('answered')
    client.hangup()
    await page.locator('[data-testid=awaited][data-over=true]').waitFor({ timeout: waitMs })
    await done(7)
  })

  it('has it in the journal, and is through', async () => {
    await next()
    await step('end')
    await looked('end')
    await page.getByTestId('setup-finish').click()
    await page.getByTestId('idle').waitFor()
    await until(async () => (await page.getByTestId('setup-card').count()) === 0, {
      timeoutMs: waitMs,
      what: 'nothing is left to set up'
    })
    await page.getByTestId('nav-journal').click()
    const row = page.getByTestId('journal-row').first()
    await row.getByText('Отвечен').waitFor({ timeout: waitMs })
    expect(await row.innerText()).to.include('Анна Ким')
  })
})
