import { expect } from 'chai'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { ensureShell } from '../../scripts/lib/testtools.ts'
import { until } from '../support/until.ts'
import { buildSnippet, servePages, type Pages } from './pages.ts'
import { startTrackedRig, type TrackedRig } from './tracked-rig.ts'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync'
]
const host = 'shop.localhost'

describe('What the snippet loads', function () {
  this.timeout(120_000)
  let world: TrackedRig
  let browser: Browser
  let pages: Pages
  let shop: Awaited<ReturnType<TrackedRig['site']>>
  const contexts: BrowserContext[] = []
  const db = () => world.rig.db

  before(async () => {
    await buildSnippet()
    world = await startTrackedRig()
    shop = await world.site(6, { site: { domain: host, visits_per_address: 1000 } })
    pages = await servePages(`${world.rig.url}/t.js?key=${shop.key}`)
    browser = await chromium.launch({ executablePath: await ensureShell(), args: flags })
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    await db()('callbacks').delete()
    await db()('form_submissions').delete()
  })
  after(async () => {
    await browser.close()
    await pages.close()
    await world.close()
  })

  const url = (to: string): string => `http://${host}:${pages.port}${to}`
  async function settings(change: {
    widget?: object
    form_capture?: string
    consent?: string
  }): Promise<void> {
    const { widget, ...rest } = change
    await db()('sites')
      .where({ id: shop.siteId })
      .update({ ...rest, ...(widget && { widget: JSON.stringify(widget) }) })
    await world.tracking.reload()
  }
  /** Somebody with a browser of their own. Closed shadows are open to the test, and to nobody else. */
  async function visitor(locale = 'ru-RU'): Promise<{ page: Page; faults: string[] }> {
    const context = await browser.newContext({ locale, timezoneId: 'Europe/Moscow' })
    contexts.push(context)
    await context.addInitScript(`{
      const plain = Element.prototype.attachShadow
      window.modes = []
      Element.prototype.attachShadow = function (init) { modes.push(init.mode); return plain.call(this, { mode: 'open' }) }
    }`)
    const faults: string[] = []
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      // The browser itself tells of the refusal that asks for work.
      if (['error', 'warning'].includes(message.type()) && !/status of 4/.test(message.text()))
        faults.push(message.text())
    })
    return { page, faults }
  }
  const opener = (page: Page) => page.locator('button.call')
  const panel = (page: Page) => page.getByRole('dialog')

  describe('the callback widget', () => {
    const on = { isOn: true, delaySeconds: 0 }

    for (const path of ['/plain', '/react']) {
      it(`orders a callback on ${path} and tells how it goes`, async () => {
        await settings({ widget: { ...on, asksConsent: true, consentUrl: 'https://shop.example/privacy' } })
        const { page, faults } = await visitor()
        await page.goto(url(path))
        await opener(page).waitFor()
        expect(await page.evaluate('modes')).to.include('closed')
        expect(
          await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
          'no room taken'
        ).to.equal(true)
        await opener(page).focus()
        await page.keyboard.press('Enter')
        const phone = page.locator('input#phone')
        await phone.waitFor()
        await until(
          () => page.evaluate<boolean>(`document.activeElement.shadowRoot?.activeElement?.id === 'phone'`),
          {
            what: 'the focus is in the field'
          }
        )
        await page.keyboard.type('8916777')
        expect(await phone.inputValue()).to.match(/^\(?8916|^\(891\)/)
        await page.keyboard.press('Enter')
        await page.getByText('не хватает цифр').waitFor()
        await phone.fill('')
        await phone.pressSequentially('89167770011')
        expect(await phone.inputValue()).to.equal('(916) 777-00-11')
        await page.keyboard.press('Enter')
        await page.getByText('Отметьте согласие').waitFor()
        expect(await page.locator('a', { hasText: 'Подробнее' }).getAttribute('href')).to.equal(
          'https://shop.example/privacy'
        )
        await page.locator('#agree').check()
        await page.locator('.go').click()
        const row = await until(
          async () =>
            (await db()('callbacks').where({ phone: '+79167770011' }).first()) as
              Record<string, unknown> | undefined,
          { what: 'the callback is ordered' }
        )
        expect(row).to.include({ kind: 'form', site_id: shop.siteId })
        expect(row['visit_id'], 'with its visit').to.be.a('string')
        const set = (change: object) => db()('callbacks').where({ id: row['id'] }).update(change)
        await set({ state: 'calling', next_attempt_at: null })
        await page.locator('.big', { hasText: /Звоним вам: \d+ с/ }).waitFor({ timeout: 30_000 })
        await set({ state: 'done', last_result: 'talked' })
        await page.locator('.big', { hasText: 'Спасибо за разговор!' }).waitFor({ timeout: 30_000 })
        await page.keyboard.press('Escape')
        await panel(page).waitFor({ state: 'hidden' })
        expect(await opener(page).getAttribute('aria-expanded')).to.equal('false')
        expect(faults).to.deep.equal([])
      })
    }

    it('says what went wrong, and when nobody is there', async () => {
      await settings({ widget: on })
      const { page } = await visitor()
      await page.goto(url('/plain'))
      await opener(page).click()
      await page.locator('input#phone').fill('+7 (111) 111-11-11')
      await page.locator('.go').click()
      await page.getByText('Такого номера нет').waitFor()
      await page.locator('input#phone').fill('+7 (916) 777-00-12')
      await page.locator('.go').click()
      const row = await until(
        async () =>
          (await db()('callbacks').where({ phone: '+79167770012' }).first()) as { id: string } | undefined,
        { what: 'the callback is ordered' }
      )
      const soon = new Date(Date.now() + 3_600_000)
      await db()('callbacks')
        .where({ id: row.id })
        .update({ state: 'retry', last_result: 'noOperator', next_attempt_at: soon })
      await page.locator('.big', { hasText: 'Сейчас все заняты' }).waitFor({ timeout: 60_000 })
      await db()('callbacks').where({ id: row.id }).update({ state: 'failed', last_result: 'clientNoAnswer' })
      await page.getByText('Заказать ещё раз').waitFor({ timeout: 60_000 })
    })

    it('solves the puzzle that is asked for when much is ordered', async () => {
      await settings({ widget: { ...on, isOn: false } })
      const { page, faults } = await visitor()
      await page.goto(url('/plain'))
      expect(await opener(page).count(), 'switched off').to.equal(0)
      await page.waitForFunction('window.vpbx?.isLoaded')
      const answers: { ok: boolean; code?: string }[] = []
      for (let i = 0; i < 5; i += 1)
        answers.push(await page.evaluate(`vpbx.push(['callMe', '+7916777002${i}', { name: 'Анна' }])`))
      expect(answers.map(({ ok }) => ok)).to.deep.equal([true, true, true, true, true])
      expect(await db()('callbacks').where({ name: 'Анна' })).to.have.length(5)
      expect(await page.evaluate(`vpbx.push(['callMe', 'nonsense'])`)).to.deep.equal({
        ok: false,
        code: 'bad_number'
      })
      expect(faults).to.deep.equal([])
    })

    it('speaks the language of the page, on the pages it is for, and not at all when we are away', async () => {
      await settings({ widget: { ...on, pages: ['/plain', '/spa'], en: { title: 'Talk to us' } } })
      const { page } = await visitor('en-US')
      await page.goto(url('/rewriting'))
      await page.waitForFunction('window.vpbx?.isLoaded')
      await page.goto(url('/plain'))
      await opener(page).click()
      await page.getByText('Перезвоним вам').waitFor()
      await page.goto(url('/spa'))
      await page.evaluate(`document.documentElement.lang = 'en'`)
      await page.reload()
      await page.route('**/t-widget.js*', (route) => route.abort())
      await page.reload()
      await page.waitForFunction('window.vpbx?.isLoaded')
      expect(await page.evaluate(`vpbx.push(['callMe', '+79167770030'])`)).to.deep.equal({
        ok: false,
        code: 'network'
      })
      expect(await opener(page).count()).to.equal(0)
    })
  })

  describe('the capture of forms', () => {
    const formsOf = () =>
      db()('form_submissions').where({ site_id: shop.siteId }).orderBy('at') as unknown as Promise<
        Record<string, unknown>[]
      >
    async function fill(page: Page): Promise<void> {
      await page.locator('#f1').fill('Анна')
      await page.locator('#f2').fill('8 916 555-66-77')
      await page.locator('#order textarea').fill('Сколько стоит окно?')
      await page.locator('#card').fill('4111 1111 1111 1111')
    }
    const press = (page: Page, id: string) => page.locator(`#${id} button`).click()

    it('sends who it is with the visit, once, leaves secrets out and the form alone', async () => {
      await settings({ widget: {}, form_capture: 'all' })
      const { page, faults } = await visitor()
      await page.goto(url('/forms'))
      await until(() => page.evaluate('window.vpbx?.getSessionId?.()'), { what: 'the visit is known' })
      await fill(page)
      for (const id of ['login', 'search', 'private', 'order', 'order']) await press(page, id)
      const [row] = await until(async () => ((await formsOf()).length > 0 ? formsOf() : null), {
        what: 'the form came'
      })
      expect(row).to.include({
        ...{
          form_name: 'zamer',
          name: 'Анна',
          phone: '+79165556677',
          email: null,
          message: 'Сколько стоит окно?'
        },
        visit_id: await page.evaluate('vpbx.getSessionId()')
      })
      expect(JSON.stringify(row)).to.not.match(/4111|secret|private|9990000000/)
      expect(await page.evaluate('handled'), 'the site got every one').to.equal(5)
      await press(page, 'marked')
      await until(async () => (await formsOf()).length === 2, { what: 'the next form came' })
      expect((await formsOf())[1]).to.include({ form_name: 'footer', phone: '+79165556678' })
      expect(faults).to.deep.equal([])
    })

    it('takes only marked forms when told so, and none without consent', async () => {
      await settings({ form_capture: 'marked' })
      const { page } = await visitor()
      await page.goto(url('/forms'))
      await until(() => page.evaluate('window.vpbx?.getSessionId?.()'), { what: 'the visit is known' })
      await fill(page)
      await press(page, 'order')
      await press(page, 'marked')
      await until(async () => (await formsOf()).length === 1, { what: 'the marked form came' })
      expect((await formsOf())[0]).to.include({ form_name: 'footer' })

      await settings({ form_capture: 'all', consent: 'required' })
      const other = await visitor()
      const sent: string[] = []
      other.page.on('request', (request) => sent.push(new URL(request.url()).pathname))
      await other.page.goto(url('/forms'))
      await until(() => sent.includes('/api/track/visits'), { what: 'numbers were asked for' })
      await press(other.page, 'marked')
      expect(await other.page.evaluate('handled')).to.equal(1)
      expect(sent).to.not.include('/api/track/forms')
      await settings({ form_capture: 'off', consent: 'notNeeded' })
    })
  })

  describe('the look into a site', () => {
    it('lists what the snippet sees, for whoever has the link, on every page of the tab', async () => {
      const made = await world.rig.as.marketer.send('POST', `/api/sites/${shop.siteId}/debug-links`, {
        url: url('/plain?utm_source=yandex&utm_medium=cpc&utm_campaign=okna')
      })
      const { page, faults } = await visitor()
      await page.goto(String(made.body['url']))
      const list = page.getByLabel('Что видит коллтрекинг')
      await list.getByText('paid / yandex / cpc / okna').waitFor()
      await list.getByText('Записан, номера выданы').waitFor()
      await list
        .getByText(/подменён/)
        .first()
        .waitFor()
      await list.getByText(/данные для поисковиков/).waitFor()
      await list
        .getByText(/пометка data-vpbx-noswap/)
        .first()
        .waitFor()
      await page.goto(url('/plain'))
      await list.getByText('paid / yandex / cpc / okna').waitFor()
      await list.getByRole('button').click()
      await page.reload()
      await page.waitForFunction('window.vpbx?.isLoaded')
      expect(await list.count()).to.equal(0)
      expect(faults).to.deep.equal([])
    })

    it('shows nothing to whoever made the link up', async () => {
      const { page } = await visitor()
      const asked = page.waitForResponse((response) => response.url().includes('/api/track/explain'))
      await page.goto(url('/plain?vpbx_debug=abc.def'))
      expect((await asked).status()).to.equal(403)
      expect(await page.getByLabel('Что видит коллтрекинг').count()).to.equal(0)
    })

    it('runs on pasted HTML in a sandbox, where hostile pages can do nothing', async () => {
      const before = await db()('visits').where({ site_id: shop.siteId })
      const html = `<!doctype html><html><head><script>parent.postMessage({ type: 'vpbx-report', report: { hacked: 1 } }, '*')</script>
        <base href="https://evil.example/"><meta http-equiv="refresh" content="1;url=https://evil.example/"></head>
        <body onload="parent.postMessage('onload', '*')"><p>Звоните 8 (495) 111-22-33</p>
        <img src="/api/me" onerror="parent.postMessage('onerror', '*')"><iframe src="/api/me"></iframe>
        <svg onload="parent.postMessage('svg', '*')"></svg><a id="js" href="javascript:parent.postMessage('href', '*')">x</a>
        <form id="f" action="/api/auth/logout" method="post"><button id="b">x</button></form>
        <script nonce="">parent.postMessage('nonce', '*')</script></body></html>`
      const made = await world.rig.as.marketer.send('POST', `/api/sites/${shop.siteId}/check-pages`, {
        html,
        url: url('/?utm_source=google&utm_medium=cpc')
      })
      const { page } = await visitor()
      const asked: string[] = []
      page.on('response', (response) => asked.push(response.url()))
      // A page of ours, as the screen of the check is.
      await page.route(`${world.rig.url}/frame`, (route) =>
        route.fulfill({
          contentType: 'text/html',
          headers: { 'Content-Security-Policy': "frame-src 'self'" },
          body: `<script>window.told = []; addEventListener('message', (event) => told.push(event.data))</script>
            <iframe sandbox="allow-scripts" src="${String(made.body['path'])}"></iframe>`
        })
      )
      await page.goto(`${world.rig.url}/frame`)
      interface Told {
        report?: {
          found: { what: string }[]
          numbers: { kind: string }[]
          verdict: { current: { source: string } }
        }
      }
      const told = await until(
        async () => {
          const all = await page.evaluate<Told[]>('told')
          return all.some((one) => one.report?.found.some(({ what }) => what === 'swapped')) ? all : null
        },
        { what: 'the list has come' }
      )
      const frame = page.frames()[1]
      await frame?.locator('#js').click()
      await frame?.locator('#b').click()
      expect(told.at(-1)?.report?.verdict.current).to.include({ source: 'google' })
      const all = await page.evaluate<unknown[]>('told')
      expect(all.filter((one) => typeof one === 'string')).to.deep.equal([])
      expect(JSON.stringify(all)).to.not.include('hacked')
      expect(
        asked.filter(
          (one) => one.includes('evil.example') || one.includes('/api/me') || one.includes('logout')
        )
      ).to.deep.equal([])
      expect(await db()('visits').where({ site_id: shop.siteId })).to.have.length(before.length)
    })
  })
})
