import { expect } from 'chai'
import { chromium, type Browser } from 'playwright-core'
import { ensureChromium } from '../../scripts/lib/testtools.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { buildSnippet, servePages, type Pages } from './pages.ts'

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

/** From the click on an ad to the row in the journal, with everything real between. */
describe('Calls from tracked visits', function () {
  this.timeout(180_000)
  let instance: Instance
  let company: Company
  let browser: Browser
  let pages: Pages
  const numbers = ['+74950009001', '+74950009002', '+74950009003']
  const overflow = '+74950009009'
  let siteId = ''
  let poolId = ''

  before(async () => {
    await buildSnippet()
    instance = await startInstance(13_000)
    company = await foundCompany(instance, 49, 1)
    for (const e164 of [...numbers, overflow]) await company.number(e164, ringScheme(company.groupId))
    const site = await instance.api<{ id: string; key: string }>('POST', '/api/sites', {
      name: 'Shop',
      domain: 'shop.localhost',
      numberGroups: [{ name: 'main', replaces: ['+74951112233'] }]
    })
    siteId = site.id
    const all = await instance.api<{ items: { id: string; e164: string }[] }>('GET', '/api/numbers?limit=200')
    const idOf = (e164: string): string => all.items.find((item) => item.e164 === e164)?.id ?? ''
    const pool = await instance.api<{ id: string }>('POST', '/api/number-pools', {
      name: 'Shop pool',
      siteId,
      numberIds: numbers.map(idOf),
      overflowNumberId: idOf(overflow)
    })
    poolId = pool.id
    pages = await servePages(`${instance.url}/t.js?key=${site.key}`)
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: flags })
    // The new site is known as soon as its snippet is served.
    await until(async () => (await fetch(`${instance.url}/t.js?key=${site.key}`)).ok, {
      what: 'the snippet is served'
    })
  })
  after(async () => {
    await browser?.close()
    await pages?.close()
    await instance?.stop()
  })

  /** A visitor of their own on a page; gives the number that the page shows, in E.164. */
  async function visit(to: string): Promise<string> {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://shop.localhost:${pages.port}${to}`)
    const shown = await until(
      async () => {
        const digits = (
          (await page.locator('#text, .phone, #phone, #same').first().textContent()) ?? ''
        ).replace(/\D/g, '')
        return /^8495000900\d$/.test(digits) ? digits : null
      },
      { what: `a lent number is shown on ${to}` }
    )
    return `+7${shown.slice(1)}`
  }
  async function call(to: string, from: string): Promise<Record<string, unknown>> {
    const [operator] = company.operators
    if (!operator) throw new Error('no operator')
    await company.phone(operator, { scenario: 'operator-answers' })
    const caller = await company.caller(to, { scenario: 'caller-hangs-up', keys: { caller: from } })
    await caller.done
    const row = await company.ended(to)
    await company.clear()
    return { ...row }
  }

  it('carry the campaign of the visit that was shown the number', async () => {
    const kinds = ['/plain', '/spa', '/react']
    const shown = await Promise.all(
      kinds.map((to, i) =>
        visit(`${to}?utm_source=yandex&utm_medium=cpc&utm_campaign=campaign-${i}&utm_term=word-${i}`)
      )
    )
    expect(new Set(shown).size, 'each has a number of their own').to.equal(3)
    for (const [i, number] of shown.entries()) {
      const row = await call(number, `+7916000000${i}`)
      expect(row, JSON.stringify(row)).to.deep.include({
        campaign: `campaign-${i}`,
        keyword: `word-${i}`,
        callType: 'tracking_dynamic'
      })
    }
  })

  it('stand for the pool only, when the pool is exhausted', async () => {
    const number = await visit('/plain?utm_source=google&utm_medium=cpc&utm_campaign=late')
    expect(number).to.equal(overflow)
    const row = await call(overflow, '+79160000009')
    expect(row['campaign']).to.not.equal('late')
    const advice = await instance.api<{ measured: { overflowed: number } }>(
      'GET',
      `/api/number-pools/${poolId}/advice`
    )
    expect(advice.measured.overflowed).to.equal(1)
  })
})
