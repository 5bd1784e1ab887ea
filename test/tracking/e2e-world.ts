import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { JournalCall } from '../../api/contract/calls.ts'
import { ensureShell } from '../../scripts/lib/testtools.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
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

export const kinds = ['plain', 'spa', 'react', 'rewriting'] as const
export type Kind = (typeof kinds)[number]

export interface Shop {
  siteId: string
  key: string
  poolId: string
  numbers: string[]
  overflow: string
}

/** A person before a page that shows a number. */
export interface Visitor {
  kind: Kind
  page: Page
  context: BrowserContext
  visitorId: string
  visitId: string
  /** As it stands in the page, in E.164. */
  number: string
  campaign: string
  keyword: string
}

/** How many numbers each site has to lend. */
export const lent = 3

/** Seconds for which a number is held after its page was left: the fewest there can be. */
const lingerSeconds = 10

interface Parts {
  database: TestDatabase
  instance: Instance
  company: Company
  shops: Record<Kind, Shop>
  pages: Pages
  browser: Browser
}

/** A whole product with four sites, each with a pool of its own, and people who look at them and phone. */
export class World {
  readonly database: TestDatabase
  readonly instance: Instance
  readonly company: Company
  readonly shops: Record<Kind, Shop>
  private readonly pages: Pages
  private readonly browser: Browser
  private phones = 0

  private constructor(parts: Parts) {
    this.database = parts.database
    this.instance = parts.instance
    this.company = parts.company
    this.shops = parts.shops
    this.pages = parts.pages
    this.browser = parts.browser
  }

  static async open(base: number, lane: number): Promise<World> {
    await buildSnippet()
    const database = await createTestDatabase()
    const instance = await startInstance(base, { DATABASE_URL: database.url })
    const company = await foundCompany(instance, lane, 4)
    const found: Partial<Record<Kind, Shop>> = {}
    const addNumber = await numberMaker(instance, company)
    for (const [place, kind] of kinds.entries())
      found[kind] = await foundShop(instance, kind, place, addNumber)
    const shops = found as Record<Kind, Shop>
    const pages = await servePages(
      (page) => `${instance.url}/t.js?key=${shops[kinds.find((kind) => kind === page) ?? 'plain'].key}`
    )
    for (const { key } of Object.values(shops))
      await until(async () => (await fetch(`${instance.url}/t.js?key=${key}`)).ok, {
        what: 'sites are known'
      })
    await until(async () => (await routedNumbers(instance)) === kinds.length * (lent + 1), {
      what: 'calls to every number have a route'
    })
    // Each telephone takes every call that comes, until the end.
    for (const operator of company.operators)
      await company.phone(operator, { scenario: 'operator-answers', calls: 1000, timeoutSeconds: 600 })
    const browser = await chromium.launch({ executablePath: await ensureShell(), args: flags })
    return new World({ database, instance, company, shops, pages, browser })
  }

  async close(): Promise<void> {
    await this.browser.close()
    await this.pages.close()
    await this.company.clear()
    await this.instance.stop()
    await this.database.drop()
  }

  /** Somebody new comes by an ad, looks round in the way of that site, and reads the number. */
  async visit(kind: Kind, campaign: string): Promise<Visitor> {
    const context = await this.browser.newContext()
    return this.arrive(kind, campaign, context, await context.newPage())
  }

  /** The same person comes by another ad. */
  async again({ kind, context, page }: Visitor, campaign: string): Promise<Visitor> {
    return this.arrive(kind, campaign, context, page)
  }

  private async arrive(kind: Kind, campaign: string, context: BrowserContext, page: Page): Promise<Visitor> {
    const keyword = `word of ${campaign}`
    const query = new URLSearchParams({
      utm_source: 'yandex',
      utm_medium: 'cpc',
      utm_campaign: campaign,
      utm_term: keyword
    })
    await page.goto(`http://${kind}.localhost:${this.pages.port}/${kind}?${query.toString()}`)
    const number = await this.read(kind, page)
    const [visitorId, visitId] = await page.evaluate<[string, string]>(
      '[window.vpbx.getVisitorId(), window.vpbx.getSessionId()]'
    )
    return { kind, page, context, visitorId, visitId, number, campaign, keyword }
  }

  /** The number that a person sees there, after the page has changed by its own means. */
  private async read(kind: Kind, page: Page): Promise<string> {
    const { numbers, overflow } = this.shops[kind]
    const shown = async (selector: string): Promise<string> => {
      const text = page.locator(selector).first()
      return until(
        async () => {
          const digits = ((await text.textContent()) ?? '').replace(/\D/g, '')
          return [...numbers, overflow].find((e164) => digits.endsWith(e164.slice(2))) ?? null
        },
        { what: `${selector} of ${kind} shows a number of the pool` }
      )
    }
    switch (kind) {
      case 'plain':
        return shown('#text')
      case 'spa':
        await shown('.phone')
        await page.getByText('Prices', { exact: true }).first().click()
        await page.getByRole('heading', { name: 'Prices' }).waitFor()
        return shown('a.phone')
      case 'react':
        await page.getByText('live', { exact: true }).waitFor()
        await page.locator('#more').click()
        return shown('#late')
      case 'rewriting':
        return shown('#ticker .phone')
    }
  }

  /** Closes a visitor's page, and waits until the snippet has said so. */
  async leave({ page, visitId }: Visitor): Promise<void> {
    await page.close()
    await until(
      () => this.database.db('visits').where({ id: visitId }).whereNotNull('left_at').first<unknown>('id'),
      { what: 'the beacon of the visitor who leaves has come' }
    )
  }

  /** Waits until a number is free to be lent. */
  async isFree(number: string): Promise<void> {
    const { db } = this.database
    await until(
      () =>
        db('number_slots')
          .where({ e164: number })
          .where('held_until', '<=', db.fn.now())
          .first<unknown>('e164'),
      { timeoutMs: (lingerSeconds + 20) * 1000, everyMs: 100, what: `${number} is free again` }
    )
  }

  /** A telephone number of somebody outside. */
  phone(): string {
    this.phones += 1
    return `+7916${String(this.phones).padStart(7, '0')}`
  }

  /** A call from the telephone network, answered and ended; the newest of this caller in the journal. */
  async call(to: string, from: string): Promise<JournalCall> {
    const before = (await this.callsOf(from)).length
    const caller = await this.company.caller(to, {
      scenario: 'caller-hangs-up',
      keys: { caller: from, talk: 200 }
    })
    await caller.done
    return until(
      async () => {
        const rows = await this.callsOf(from)
        return rows.length > before && rows[0]?.endedAt ? rows[0] : null
      },
      { timeoutMs: 30_000, what: `the call of ${from} is in the journal` }
    )
  }
  /** How the models share a call, once that is worked out: in the order of the visits. */
  async creditsOf(callId: string): Promise<Record<string, unknown>[]> {
    return until(
      async () => {
        const rows = await this.database
          .db('credits')
          .join('report_paths', 'report_paths.id', 'credits.path_id')
          .where({ subject_id: callId })
          .orderBy('place')
          .select<Record<string, unknown>[]>('credits.*', 'report_paths.campaign')
        return rows.length > 0 ? rows : null
      },
      { timeoutMs: 30_000, what: 'the models have shared the call' }
    )
  }

  /** Calls of which a model gives a share to a campaign. */
  async journalOf(model: string, campaign: string): Promise<string[]> {
    const query = new URLSearchParams({ model, campaign })
    const { items } = await this.instance.api<{ items: JournalCall[] }>(
      'GET',
      `/api/calls?${query.toString()}`
    )
    return items.map(({ id }) => id)
  }

  private async callsOf(from: string): Promise<JournalCall[]> {
    const { items } = await this.instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
    return items.filter(({ callerNumber }) => callerNumber === from)
  }
}

const routedNumbers = async (instance: Instance): Promise<number> =>
  Number(/^pbx_routed_numbers (\d+)$/m.exec(await (await fetch(`${instance.url}/metrics`)).text())?.[1])

/** All numbers ring the same people: one scheme does. */
async function numberMaker(
  instance: Instance,
  company: Company
): Promise<(e164: string) => Promise<{ id: string; e164: string }>> {
  const scheme = await instance.api<{ id: string }>('POST', '/api/schemes', {
    name: 'Of all sites',
    draft: ringScheme(company.groupId, { ringSeconds: 15 })
  })
  await instance.api('POST', `/api/schemes/${scheme.id}/publish`)
  const { items } = await instance.api<{ items: { id: string }[] }>('GET', '/api/trunks')
  const trunkId = items[0]?.id
  return (e164) => instance.api('POST', '/api/numbers', { e164, trunkId, schemeId: scheme.id })
}

async function foundShop(
  instance: Instance,
  kind: Kind,
  place: number,
  addNumber: (e164: string) => Promise<{ id: string; e164: string }>
): Promise<Shop> {
  const site = await instance.api<{ id: string; key: string }>('POST', '/api/sites', {
    name: `Shop ${kind}`,
    domain: `${kind}.localhost`,
    lingerSeconds,
    numberGroups: [{ name: 'main', replaces: ['+74951112233'] }]
  })
  const numbers = []
  for (let n = 1; n <= lent + 1; n += 1)
    numbers.push(await addNumber(`+7495${place + 1}0090${String(n).padStart(2, '0')}`))
  const overflow = numbers.pop()
  const pool = await instance.api<{ id: string }>('POST', '/api/number-pools', {
    name: `Pool of ${kind}`,
    siteId: site.id,
    numberIds: numbers.map(({ id }) => id),
    overflowNumberId: overflow?.id
  })
  return {
    siteId: site.id,
    key: site.key,
    poolId: pool.id,
    numbers: numbers.map(({ e164 }) => e164),
    overflow: overflow?.e164 ?? ''
  }
}
