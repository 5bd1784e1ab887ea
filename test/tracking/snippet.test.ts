import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { projectRoot } from '../../host/project-root.ts'
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
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]
const own = '8 (495) 111-22-33'
/** `+74950010001` the way the pages write their numbers. */
const written = (e164: string): string => e164.replace(/^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/, '8 ($1) $2-$3-$4')

describe('The snippet', function () {
  this.timeout(120_000)
  let world: TrackedRig
  let browser: Browser
  let pages: Pages
  let shop: Awaited<ReturnType<TrackedRig['site']>>
  const host = 'shop.localhost'
  const contexts: BrowserContext[] = []

  before(async () => {
    await buildSnippet()
    world = await startTrackedRig()
    shop = await world.site(6, {
      site: {
        domain: host,
        visits_per_address: 1000,
        number_groups: JSON.stringify([
          { name: 'main', replaces: ['+74951112233'] },
          { name: 'service', replaces: ['+74954445566'] }
        ])
      }
    })
    await addPool('service', '+74997770001')
    pages = await servePages(`${world.rig.url}/t.js?key=${shop.key}`)
    browser = await chromium.launch({ executablePath: await ensureShell(), args: flags })
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    await world.rig.db('number_slots').update({ held_until: new Date(0), visitor_id: null, visit_id: null })
  })
  after(async () => {
    await browser.close()
    await pages.close()
    await world.close()
  })

  async function addPool(groupName: string, e164: string): Promise<void> {
    const { db } = world.rig
    const [pool] = await db('number_pools')
      .insert({ name: groupName, site_id: shop.siteId, group_name: groupName })
      .returning<{ id: string }[]>('id')
    await db('numbers').insert({ e164, pool_id: pool?.id })
    await world.tracking.reload()
  }
  const url = (to: string): string => `http://${host}:${pages.port}${to}`
  /** A visitor of their own; `faults` are what went wrong in the pages. */
  async function visitor(): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
    const context = await browser.newContext({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' })
    contexts.push(context)
    const faults: string[] = []
    context.on('page', (one) => {
      one.on('pageerror', (error) => faults.push(String(error)))
      one.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) faults.push(message.text())
      })
    })
    return { page: await context.newPage(), context, faults }
  }
  const textOf = async (page: Page, selector: string): Promise<string> =>
    (await page.locator(selector).first().textContent()) ?? ''
  const api = <T>(page: Page, call: string): Promise<T> => page.evaluate<T>(`window.vpbx.${call}`)
  /** The number lent to the visitor of a page, once it is shown. */
  async function lent(page: Page, selector: string): Promise<string> {
    const numbers = await until(
      () =>
        api<{ e164: string; group: string }[]>(page, 'getNumbers()').then(
          (all) => (all.length > 0 ? all : null),
          () => null
        ),
      { what: 'numbers have come' }
    )
    const e164 = numbers[0]?.e164 ?? ''
    await until(async () => (await textOf(page, selector)).includes(written(e164)), {
      what: `${selector} shows ${e164}`
    })
    return e164
  }
  const lastVisit = async () =>
    (await world.rig
      .db('visits')
      .where({ site_id: shop.siteId })
      .orderBy('started_at', 'desc')
      .first()) as Record<string, unknown>

  it('is at most 6 kB, compressed', async () => {
    const code = await readFile(path.join(projectRoot(), 'dist/t.js'))
    expect(gzipSync(code, { level: 9 }).length).to.be.within(1000, 6 * 1024)
    expect(code.toString()).to.not.match(/\bimport\b|\brequire\(/)
  })

  it('is served with its site’s settings, compressed, and again only when it has changed', async () => {
    const address = `${world.rig.url}/t.js?key=${shop.key}`
    const first = await fetch(address)
    expect(first.headers.get('content-type')).to.equal('text/javascript; charset=utf-8')
    expect(first.headers.get('content-encoding')).to.equal('gzip')
    expect(first.headers.get('cross-origin-resource-policy')).to.equal('cross-origin')
    expect(first.headers.get('cache-control')).to.include('max-age=300')
    expect(await first.text()).to.match(/^window\.vpbxSite=\{.*"74951112233"/)
    const etag = first.headers.get('etag') ?? ''
    const again = await fetch(address, { headers: { 'If-None-Match': etag } })
    expect(again.status).to.equal(304)
    await world.rig.db('sites').where({ id: shop.siteId }).update({ consent: 'required' })
    await world.tracking.reload()
    expect((await fetch(address, { headers: { 'If-None-Match': etag } })).status).to.equal(200)
    await world.rig.db('sites').where({ id: shop.siteId }).update({ consent: 'notNeeded' })
    await world.tracking.reload()
  })

  describe('on a plain page', () => {
    it('shows the lent number in each way of writing, and touches nothing else', async () => {
      const { page, faults } = await visitor()
      await page.goto(url('/plain?utm_source=yandex&utm_medium=cpc&utm_campaign=okna&utm_term=buy'))
      const widths = await page.evaluate(
        `[...document.querySelectorAll('p')].map((p) => p.textContent.length)`
      )
      const e164 = await lent(page, '#text')
      const digits = e164.slice(2)
      const [a, b, c, d] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 8), digits.slice(8)]
      expect(await textOf(page, '#text')).to.equal(`Звоните: 8 (${a}) ${b}-${c}-${d}, круглосуточно`)
      expect(await textOf(page, '#international')).to.equal(`+7 ${a} ${b}-${c}-${d}`)
      expect(await textOf(page, '#bare')).to.equal(`8${digits}`)
      expect(await textOf(page, '#dots')).to.equal(`${a}.${b}.${c}.${d}`)
      expect(await textOf(page, '#nbsp')).to.equal(`8 (${a}) ${b}‑${c}‑${d}`)
      expect(await page.locator('#split').innerHTML()).to.equal(`<b>8 (${a})</b> <span>${b}-${c}-${d}</span>`)
      expect(await textOf(page, '#two')).to.equal(`${written(e164)} 8 (495) 999-88-77`)
      expect(await textOf(page, '#longer')).to.equal('184951112233 и 849511122334')
      expect(await textOf(page, '#other')).to.equal('8 (495) 999-88-77')
      expect(await page.locator('#link').getAttribute('href')).to.equal(`tel:${e164}`)
      expect(await page.locator('#link').getAttribute('data-vpbx-original')).to.equal('tel:+74951112233')
      expect(await page.locator('#link8').getAttribute('href')).to.equal(`tel:${e164}`)
      expect(await textOf(page, '#link8')).to.equal(written(e164))
      expect(await page.locator('#foreign').getAttribute('href')).to.equal('https://wa.me/74951112233')
      for (const untouched of ['#optout', '#edit', '#area'])
        expect(await textOf(page, untouched)).to.equal(own)
      expect(await page.locator('#input').inputValue()).to.equal(own)
      expect(await textOf(page, 'script[type="application/ld+json"]')).to.include('+7 (495) 111-22-33')
      expect((await textOf(page, '#marked')).replace(/\D/g, '').slice(-10)).to.equal(digits)
      expect(
        await page.evaluate(`[...document.querySelectorAll('p')].map((p) => p.textContent.length)`)
      ).to.deep.equal(widths)
      expect(
        await page.evaluate('window.early[0].e164'),
        'a command from before the snippet was there'
      ).to.equal(e164)
      expect(faults).to.deep.equal([])
      expect(await lastVisit()).to.deep.include({
        source: 'yandex',
        inquiry_channel: 'paid',
        campaign: 'okna',
        keyword: 'buy',
        zone: 'Europe/Moscow',
        language: 'ru-RU'
      })
    })

    it('keeps number and visitor on the next page, in another tab and after a reload', async () => {
      const { page, context } = await visitor()
      await page.goto(url('/plain'))
      const e164 = await lent(page, '#text')
      const id = await api<string>(page, 'getVisitorId()')
      await page.reload()
      expect(await lent(page, '#text')).to.equal(e164)
      const tab = await context.newPage()
      await tab.goto(url('/rewriting'))
      expect(await lent(tab, '#same')).to.equal(e164)
      expect(await api<string>(tab, 'getVisitorId()')).to.equal(id)
      const rows = await world.rig
        .db('visits')
        .where({ visitor_id: id })
        .select<{ page_count: number }[]>('page_count')
      expect(rows.map(({ page_count }) => page_count)).to.deep.equal([3])
    })

    it('gives visitors who come at once numbers of their own', async () => {
      const visitors = await Promise.all(Array.from({ length: 4 }, visitor))
      const shown = await Promise.all(
        visitors.map(async ({ page }, i) => {
          await page.goto(url(`/plain?utm_source=google&utm_medium=cpc&utm_campaign=c${i}`))
          return lent(page, '#text')
        })
      )
      expect(new Set(shown).size).to.equal(4)
      for (const [i, e164] of shown.entries()) {
        const found = world.tracking.sourceOf(shop.numberIds.get(e164) ?? '', Date.now(), null)
        expect(found?.source).to.include({ name: 'google', campaign: `c${i}` })
      }
    })

    it('follows what the page adds, changes and puts into a shadow that it hands over', async () => {
      const { page } = await visitor()
      await page.goto(url('/plain'))
      const e164 = await lent(page, '#text')
      await page.evaluate(`
        document.getElementById('other').textContent = 'Now 8 (495) 111-22-33';
        document.body.insertAdjacentHTML('beforeend', '<footer id="added">8 (495) 111-22-33</footer>');
        document.getElementById('foreign').setAttribute('href', 'tel:84951112233');
        const root = document.getElementById('host').attachShadow({ mode: 'open' });
        root.innerHTML = '<b>8 (495) 111-22-33</b>';
        window.vpbx.swap(root);
      `)
      for (const selector of ['#other', '#added', '#host b'])
        await until(async () => (await textOf(page, selector)).includes(written(e164)), { what: selector })
      await until(async () => (await page.locator('#foreign').getAttribute('href')) === `tel:${e164}`)
    })

    it('holds the number while it is looked at, and gives it back after it is left', async () => {
      const { page } = await visitor()
      await page.goto(url('/plain'))
      const e164 = await lent(page, '#text')
      const untilOf = async (): Promise<number> => {
        const [row] = await world.rig
          .db('number_slots')
          .where({ e164 })
          .select<{ held_until: Date }[]>('held_until')
        return row?.held_until.getTime() ?? 0
      }
      const before = await untilOf()
      await page.close({ runBeforeUnload: false })
      const visit = await until(
        async () => {
          const row = await lastVisit()
          return row['left_at'] ? row : null
        },
        { what: 'the beacon has come' }
      )
      expect(visit['left_at']).to.be.instanceOf(Date)
      expect(await untilOf()).to.be.below(before)
    })

    it('tells of events, of forms and of who the visitor is', async () => {
      const { page } = await visitor()
      await page.goto(url('/plain'))
      await lent(page, '#text')
      await page.evaluate(`Promise.all([
        window.vpbx.track('opened prices', { page: 2 }),
        window.vpbx.identify({ email: 'anna@example.org' }),
        window.vpbx.submitForm({ form: 'callback', phone: '8 916 111 22 33' })
      ])`)
      const { db } = world.rig
      const visit = await lastVisit()
      expect(await db('visit_events').where({ visit_id: visit['id'] }).first()).to.deep.include({
        name: 'opened prices',
        data: { page: 2 }
      })
      expect(await db('form_submissions').where({ visit_id: visit['id'] }).first()).to.include({
        phone: '+79161112233'
      })
      expect(await db('visitors').where({ id: visit['visitor_id'] }).first()).to.deep.include({
        identity: { email: 'anna@example.org', phone: '+79161112233' }
      })
    })

    it('does nothing, and breaks nothing, when our server is away', async () => {
      const { page, context, faults } = await visitor()
      await context.route('**/api/track/**', (route) => route.abort())
      await page.goto(url('/plain'))
      await until(() => page.evaluate('window.vpbx.isLoaded === true'))
      await page.waitForLoadState('networkidle')
      expect(await textOf(page, '#text')).to.include(own)
      expect(await page.locator('#link').getAttribute('href')).to.equal('tel:+74951112233')
      expect(faults.filter((fault) => !fault.includes('ERR_FAILED'))).to.deep.equal([])
    })
  })

  describe('where consent is needed', () => {
    const require = async (consent: string): Promise<void> => {
      await world.rig.db('sites').where({ id: shop.siteId }).update({ consent })
      await world.tracking.reload()
    }
    before(() => require('required'))
    after(() => require('notNeeded'))

    it('stores nothing before it is given, and forgets when it is taken back', async () => {
      const { page, context } = await visitor()
      const count = async (): Promise<number> =>
        Number((await world.rig.db('visitors').count<{ count: number }[]>('* as count'))[0]?.count)
      const before = await count()
      await page.goto(url('/plain'))
      await page.waitForLoadState('networkidle')
      expect(await context.cookies()).to.deep.equal([])
      expect(await page.evaluate('localStorage.length + sessionStorage.length')).to.equal(0)
      expect(await count()).to.equal(before)
      expect(await textOf(page, '#text')).to.include(own)
      await page.evaluate(`window.vpbx.consent({ analytics: true })`)
      await lent(page, '#text')
      expect((await context.cookies()).map(({ name }) => name)).to.deep.equal(['_vpbx'])
      expect(await count()).to.equal(before + 1)
      await page.evaluate(`window.vpbx.consent({ analytics: false })`)
      expect(await textOf(page, '#text')).to.include(own)
      expect(await page.locator('#link').getAttribute('href')).to.equal('tel:+74951112233')
      expect(await context.cookies()).to.deep.equal([])
    })
  })

  it('follows an application from page to page, and asks for another group when it turns up', async () => {
    const { page, faults } = await visitor()
    await page.goto(url('/spa'))
    const e164 = await lent(page, '.phone')
    const paths = async (): Promise<string[]> =>
      ((await lastVisit())['pages'] as { url: string }[]).map((one) => new URL(one.url).pathname)
    const seen = (count: number) =>
      until(async () => (await paths()).length === count, { what: `${count} pages are in the visit` })
    await page.getByText('Prices', { exact: true }).first().click()
    const shownNow = `+7 (${written(e164).slice(3)}`
    await until(async () => (await textOf(page, '.phone')) === shownNow, {
      what: 'the new page shows it too'
    })
    expect(await page.locator('.phone').getAttribute('href')).to.equal(`tel:${e164}`)
    await seen(2)
    await page.getByText('Service', { exact: true }).first().click()
    await until(async () => (await textOf(page, '.phone')) === '8 (499) 777-00-01', {
      what: 'the other group has its own number'
    })
    await seen(3)
    await page.goBack()
    await until(async () => (await textOf(page, '.phone')) === shownNow)
    await seen(4)
    await page.goBack()
    await until(async () => (await textOf(page, '.phone')) === written(e164))
    await seen(5)
    expect(await paths()).to.deep.equal(['/spa', '/spa/prices', '/spa/service', '/spa/prices', '/spa'])
    expect(faults).to.deep.equal([])
  })

  it('lets React take over its page first, and goes on beside it', async () => {
    const { page, faults } = await visitor()
    await page.goto(url('/react'))
    const e164 = await lent(page, '#phone')
    expect(await textOf(page, '#live')).to.equal('live')
    expect(await page.evaluate('document.body.dataset.mismatch ?? null')).to.equal(null)
    expect(await page.locator('#link').getAttribute('href')).to.equal(`tel:${e164}`)
    for (const presses of [1, 2, 3]) {
      await page.locator('#more').click()
      await until(async () => (await textOf(page, '#late')) === `After ${presses}: ${written(e164)}`)
    }
    expect(await textOf(page, '#more')).to.equal('Pressed 3')
    expect(await textOf(page, '#phone')).to.equal(`Call us: ${written(e164)} now`)
    expect(faults).to.deep.equal([])
  })

  it('keeps up with a page that writes its number again and again, and leaves the rest in peace', async () => {
    const { page, faults } = await visitor()
    await page.goto(url('/rewriting'))
    const e164 = await lent(page, '#same')
    const rounds = async (): Promise<number> => Number(await textOf(page, '#ticker b'))
    const first = await rounds()
    await until(async () => (await rounds()) > first + 5)
    await until(async () => (await textOf(page, '#ticker .phone')) === written(e164))
    expect(await page.evaluate('window.writes'), 'one swap where nothing changes').to.equal(1)
    expect(faults).to.deep.equal([])
  })
})
