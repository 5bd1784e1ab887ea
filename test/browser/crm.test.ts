import { expect } from 'chai'
import { pino } from 'pino'
import type { Page, Route } from 'playwright-core'
import { createCrm, type Crm } from '../../crm/crm.ts'
import { announceNothing } from '../../crm/ports.ts'
import { createFacts, type Facts } from '../../reports/facts/facts.ts'
import { idOf, type Rig } from '../api/support/rig.ts'
import { createOutside } from '../crm/support/events.ts'
import { operatorOf } from '../dialling/support/exchange.ts'
import { until } from '../support/until.ts'
import { rigPagesForTests } from './rig-pages.ts'

describe('From a missed call to a sale, in a browser', function () {
  this.timeout(120_000)
  let rig: Rig
  let crm: Crm
  let facts: Facts
  let page: Page

  // Before the pages end, and their database with them.
  after(async () => {
    await crm?.stop()
    await facts?.stop()
  })
  let databaseUrl = ''
  const pages = rigPagesForTests('crm', 'operator', {
    before: (deps, url) => {
      databaseUrl = url
      return deps
    },
    fill: async (filled) => {
      rig = filled
      crm = createCrm({ db: rig.db, databaseUrl, announce: announceNothing, log: pino({ level: 'silent' }) })
      crm.start()
      facts = createFacts({ db: rig.db, log: pino({ level: 'silent' }) })
      const { admin, operator } = rig.as
      const trunk = { name: 'MTS', kind: 'address', host: '192.0.2.1' }
      const trunkId = idOf(await admin.send('POST', '/api/trunks', trunk))
      await admin.send('POST', '/api/numbers', { e164: '+74951112233', trunkId })
      await rig.dialling.policy.reload()
      rig.pbx.operatorStates = [operatorOf(operator.userId)]
      // Of the call itself nothing is told: the journal tells of the talk below.
      rig.exchange.fateOf = () => 'unwritten'
    },
    // Calls that were only written into the journal have no tape.
    isExpected: (fault) => fault.includes('404') && fault.includes('/tape')
  })
  before(() => (page = pages().page))

  const row = (text: string) => page.getByTestId('inquiry-row').filter({ hasText: text })

  /** Holds the answer to what an inquiry is, as a slow server would, until the returned function is called. */
  async function holdInquiry(): Promise<() => Promise<void>> {
    const held: Route[] = []
    let isKnown = false
    await page.route(/\/api\/inquiries\/[^/]+$/, async (route) => {
      if (isKnown) await route.fallback()
      else held.push(route)
    })
    return async () => {
      await until(() => held.length > 0, { what: 'the inquiry is asked for' })
      isKnown = true
      await Promise.all(held.map((route) => route.continue()))
    }
  }

  it('shows a missed call at the desk by itself, and how long its client waits', async () => {
    await page.getByTestId('nav-inquiries').click()
    await page.getByTestId('inquiries-empty').waitFor()
    const night = new Date(Date.now() - 86_400_000).setUTCHours(0, 30, 0, 0)
    await createOutside(rig.db).call({
      caller_number: '+79161112233',
      caller_name: 'Иван',
      source_name: 'Авито',
      inquiry_channel: 'paid',
      atMs: night
    })
    await createOutside(rig.db).call({ caller_number: '+79161112244', caller_name: 'Спамер' })
    await row('Иван').waitFor({ timeout: 30_000 })
    await row('Иван').getByTestId('waits').waitFor()
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('hides spam with one press and brings it back with another', async () => {
    await row('Спамер').getByTestId('inquiry-spam').click()
    await row('Спамер').waitFor({ state: 'detached' })
    await page.getByTestId('toast-action').click()
    await row('Спамер').waitFor()
    await until(async () => !(await rig.db('calls').where({ is_spam: true }).first<unknown>('id')), {
      what: 'the call is no spam any more'
    })
  })

  it('has it on the board of missed calls, late, until somebody calls back by a click', async () => {
    await page.getByTestId('tab-missed').click()
    const missed = page.getByTestId('missed-row').filter({ hasText: 'Иван' })
    await missed.locator('[data-testid=missed-due] >> text=Опоздали').waitFor()
    expect(await pages().barriers()).to.deep.equal([])
    await missed.getByTestId('call-number').click()
    await until(() => rig.exchange.placed.length > 0, { what: 'the call is placed' })
    expect(rig.exchange.placed[0]?.order.target).to.include({ kind: 'external', number: '+79161112233' })
    await createOutside(rig.db).call({
      ...{ caller_number: '+79161112233', direction: 'out', outcome: 'answered', clean_talk_seconds: 60 },
      ...{ operator_id: rig.as.operator.userId, operator_name: 'The operator' }
    })
    await missed.waitFor({ state: 'detached' })
    await page.getByTestId('missed-returned').first().click()
    await missed.getByText('мы перезвонили').waitFor()
    await page.getByTestId('tab-new').click()
  })

  it('makes a deal of it by the keyboard', async () => {
    await row('Иван').waitFor()
    // On a tab the arrows are the tab's.
    await page.getByRole('heading', { level: 1 }).click()
    // The newest is first.
    await page.keyboard.press('ArrowDown')
    while (!(await row('Иван').getAttribute('data-chosen'))) await page.keyboard.press('ArrowDown')
    const known = await holdInquiry()
    await page.keyboard.press('a')
    await page.getByTestId('accept-save').waitFor()
    await page.getByTestId('accept-amount').fill('45000,50')
    // Enter counts, though whether the client has an open deal is not known yet.
    await page.keyboard.press('Enter')
    await page.locator('[data-testid=accept-save][data-loading]').waitFor()
    await known()
    await page.getByTestId('accept-dialog').waitFor({ state: 'detached' })
    await row('Иван').waitFor({ state: 'detached' })
    await page.getByTestId('tab-accepted').click()
    await row('Иван').waitFor()
  })

  it('gives it lines, and wins it on the board with its amount, which the column sums up', async () => {
    await page.getByTestId('nav-deals').click()
    const card = page.getByTestId('deal-card').filter({ hasText: 'Иван' })
    await card.getByText('45 000,50').waitFor()
    await card.click()
    const drawer = page.getByTestId('deal-drawer')
    await drawer.getByTestId('line-add').click()
    await drawer.getByTestId('line-name').fill('Кухня')
    await drawer.getByTestId('line-quantity').fill('2')
    await drawer.getByTestId('line-price').fill('23000')
    await drawer.getByTestId('line-cost').fill('10000')
    await drawer.getByTestId('line-cost').press('Enter')
    await drawer.getByTestId('deal-margin').getByText('26 000').waitFor()
    expect(await rig.db('deals').select('amount', 'cost')).to.deep.equal([
      { amount: '46000.00', cost: '20000.00' }
    ])
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await card.getByText('46 000').waitFor()
    const title = card.getByRole('button', { name: 'Иван', exact: true })
    await title.focus()
    await page.keyboard.press('Shift+ArrowRight')
    const column = (name: string) => page.getByTestId('deal-column').filter({ hasText: name })
    await column('Переговоры').getByTestId('deal-card').waitFor()
    await card.getByTestId('deal-menu').click()
    await page.getByRole('menuitem', { name: 'Успешно' }).click()
    await page.getByTestId('win-amount').fill('47000')
    await page.getByTestId('close-deal-save').click()
    await column('Успешно').getByTestId('deal-card').waitFor()
    await column('Успешно').getByTestId('stage-sum').getByText('47 000').waitFor()
    expect(await rig.db('deals').select('amount')).to.deep.equal([{ amount: '47000.00' }])
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('tells the whole story in the deal', async () => {
    await page.getByTestId('deal-card').filter({ hasText: 'Иван' }).click()
    const drawer = page.getByTestId('deal-drawer')
    const call = drawer.getByTestId('activity-call').filter({ hasText: 'Входящий' })
    await call.waitFor()
    await until(async () => (await drawer.getByTestId('deal-history').locator('li').count()) === 3, {
      what: 'three moves in the history'
    })
    await drawer.getByTestId('path-campaign').fill('Осень')
    await drawer.getByTestId('path-campaign').press('Enter')
    await until(() => rig.db('deals').where({ campaign: 'Осень' }).first<unknown>('id'), {
      what: 'the campaign is kept'
    })
    await call.click()
    await page.getByTestId('call-drawer').getByTestId('call-deal-line').waitFor()
  })

  it('asks first whether to join the open deal of the client, however quick somebody presses Enter', async () => {
    const { operator } = rig.as
    const wish = { phone: '+79165550000', title: 'Пётр' }
    const [first, second] = [
      idOf(await operator.send('POST', '/api/inquiries', wish)),
      idOf(await operator.send('POST', '/api/inquiries', { ...wish, title: 'Пётр снова' }))
    ]
    await operator.send('POST', `/api/inquiries/${first}/accept`, {})
    await page.goto('/inquiries')
    await row('Пётр снова').waitFor()
    await page.getByRole('heading', { level: 1 }).click()
    await page.keyboard.press('ArrowDown')
    while (!(await row('Пётр снова').getAttribute('data-chosen'))) await page.keyboard.press('ArrowDown')
    const known = await holdInquiry()
    await page.keyboard.press('a')
    await page.getByTestId('accept-amount').press('Enter')
    await page.locator('[data-testid=accept-save][data-loading]').waitFor()
    await known()
    const dialog = page.getByTestId('accept-dialog')
    await dialog.getByText('Добавить к ней').waitFor()
    expect(await rig.db('inquiries').where({ id: second }).first<unknown>('deal_id')).to.deep.equal({
      deal_id: null
    })
    await dialog.getByTestId('accept-save').click()
    await dialog.waitFor({ state: 'detached' })
    await until(
      () => rig.db('inquiries').where({ id: second }).whereNotNull('deal_id').first<unknown>('id'),
      {
        what: 'the deal is joined'
      }
    )
  })

  it('is revenue in the report of its source', async () => {
    await facts.settle()
    const { page: report, context } = await pages().open({ locale: 'ru-RU' }, 'supervisor')
    await report.goto('/reports/sources?top=source')
    const line = report.locator('tbody tr').filter({ hasText: 'Авито' }).first()
    await line
      .getByText(/47\s000/)
      .first()
      .waitFor()
    await context.close()
  })
})
