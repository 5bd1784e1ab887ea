import { expect } from 'chai'
import fs from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { until } from '../support/until.ts'
import { shot, waitMs } from './browser.ts'
import { fillReports, type Company } from './reports-data.ts'
import { rigPagesForTests } from './rig-pages.ts'

const days = 'from=2026-11-01&to=2026-11-10'

describe('A marketer who looks at reports', function () {
  this.timeout(90_000)
  let company: Company
  const pages = rigPagesForTests('reports', 'marketer', {
    fill: async ({ db }) => {
      company = await fillReports(db)
    },
    look: { timezoneId: 'Asia/Vladivostok' }
  })
  let page: Page
  before(() => {
    page = pages().page
  })

  const row = (id: string) => page.locator(`tr[data-row="${id}"]`)
  /** What a row says of a measure. */
  const cell = (id: string, measure: string) => row(id).locator(`td[data-measure=${measure}]`)
  const says = async (id: string, measure: string, text: string): Promise<unknown> =>
    until(async () => (await cell(id, measure).innerText()).replace(/\s/g, ' ').startsWith(text), {
      timeoutMs: waitMs,
      what: `${measure} of ${id} is ${text}`
    })
  async function shownCalls(): Promise<string[]> {
    await page.getByTestId('journal-row').first().waitFor()
    const rows = await page.getByTestId('journal-row').all()
    const ids = await Promise.all(rows.map((each) => each.getAttribute('data-call')))
    return ids.map((id) => id ?? '').sort()
  }

  it('begins with the sources', async () => {
    await page.getByTestId('kpi-calls').waitFor()
    expect(new URL(page.url()).pathname).to.equal('/reports/sources')
  })

  it('opens the tree down to the keyword with the keyboard, and the address holds it', async () => {
    await page.goto(`/reports/sources?${days}`)
    await says('/paid', 'calls', '1')
    await row('/paid').focus()
    for (const below of ['/paid/yandex', '/paid/yandex/cpc', '/paid/yandex/cpc/brand']) {
      await page.keyboard.press('ArrowRight')
      await row(below).waitFor()
      await page.keyboard.press('ArrowRight')
    }
    await page.keyboard.press('ArrowRight')
    const keyword = '/paid/yandex/cpc/brand/%D0%BE%D0%BA%D0%BD%D0%B0'
    await row(keyword).getByText('окна').waitFor()
    await says(keyword, 'revenue', '30 000')
    await says(keyword, 'cost', '10 000')
    await page.reload()
    await row(keyword).waitFor()
    await shot(page, 'reports-sources-ru-light')
    await row('/paid').focus()
    await page.keyboard.press('ArrowLeft')
    await row('/paid/yandex').waitFor({ state: 'detached' })
  })

  it('says openly what has no source, and how sure it is of the rest', async () => {
    await row('/unknown').getByText('Источник не определён').waitFor()
    const tile = await page.getByTestId('kpi-unattributed').innerText()
    expect(tile.replace(/\s/g, ' ')).to.include('25 %').and.to.include('90 %')
  })

  it('changes figures with the model, and states its rule', async () => {
    await page.goto(`/reports/sources?${days}&model=first`)
    await says('/paid', 'calls', '2')
    await page.getByTestId('model').click()
    await page.getByRole('option', { name: 'Линейная' }).click()
    await says('/direct', 'calls', '1,5')
    await says('/organic', 'calls', '0,5')
    expect(await page.getByTestId('rule').innerText()).to.include('поровну')
    expect(new URL(page.url()).searchParams.get('model')).to.equal('linear')
    await says('/direct', 'revenue', '15 000')
  })

  it('compares with the days before: with a sign and in words', async () => {
    await page.goto(`/reports/sources?${days}`)
    await page.locator('label').filter({ hasText: 'Сравнить' }).click()
    await page.getByTestId('kpi-calls').getByText('+300').waitFor()
    await row('/paid').getByText('новое').first().waitFor()
    await shot(page, 'reports-compare-ru-light')
  })

  it('leads from a figure to exactly its calls', async () => {
    await page.goto(`/reports/sources?${days}&model=linear`)
    await cell('/direct', 'calls').getByRole('link').click()
    expect(await shownCalls()).to.deep.equal([company.calls.paidThenDirect, company.calls.onlyDirect].sort())
    await page.goto(`/reports/sources?${days}`)
    await page.getByTestId('report-total').locator('td[data-measure=answered] a').click()
    expect(await shownCalls()).to.deep.equal([company.calls.paidThenDirect, company.calls.onlyDirect].sort())
  })

  it('leads from an hour of the week to its calls, by the clock of the company', async () => {
    await page.goto(`/reports/hours?${days}`)
    const friday = page.locator('[data-cell="5-15"]')
    expect(await friday.innerText()).to.equal('1')
    await friday.getByRole('link').click()
    expect(await shownCalls()).to.deep.equal([company.calls.onlyDirect])
  })

  it('shows missed calls and how soon they were returned', async () => {
    await page.goto(`/reports/missed?${days}`)
    await page.getByTestId('kpi-missed').getByText('2', { exact: true }).waitFor()
    expect((await page.getByTestId('kpi-median').innerText()).replace(/\s/g, ' ')).to.include('10 мин')
    await page.getByTestId('kpi-not-returned').getByRole('link').click()
    expect(await shownCalls()).to.deep.equal([company.calls.unknown])
  })

  it('shows the path of a client, and what each model makes of it', async () => {
    await page.goto(`/reports/path?callId=${company.calls.paidThenDirect}&model=last`)
    const credits = page.getByTestId('credit')
    await credits.first().waitFor()
    const shares = async () => (await credits.allInnerTexts()).map((text) => text.replace(/\s/g, ''))
    expect(await shares()).to.deep.equal(['0%', '100%'])
    await page.getByTestId('model').click()
    await page.getByRole('option', { name: 'Первый визит' }).click()
    await until(async () => (await shares()).join() === '100%,0%', {
      timeoutMs: waitMs,
      what: 'the first visit'
    })
    await page.getByTestId('path').getByText('Сделка успешна').waitFor()
  })

  it('saves a report as a file', async () => {
    await page.goto(`/reports/sources?${days}`)
    for (const format of ['csv', 'xlsx']) {
      await page.getByTestId('export').click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByTestId(`export-${format}`).click()
      ])
      expect(download.suggestedFilename()).to.equal(`sources-2026-11-01-2026-11-10.${format}`)
      const bytes = await fs.readFile(await download.path())
      if (format === 'csv') expect(bytes.toString()).to.include('30000')
      else expect(bytes.subarray(0, 2).toString()).to.equal('PK')
    }
  })

  it('has a report sent every week', async () => {
    await page.goto(`/reports/sources?${days}&model=first`)
    await page.getByTestId('export').click()
    await page.getByTestId('mailings').click()
    await page.getByTestId('mailing-new').click()
    await page.getByTestId('mailing-name').fill('Источники за неделю')
    await page.getByTestId('mailing-recipients').fill('boss@example.com')
    await page.keyboard.press('Enter')
    await page.getByTestId('mailing-save').click()
    await page.getByTestId('mailing').getByText('Источники за неделю').waitFor()
    const kept = await pages().rig.db('report_mailings').first<Record<string, unknown>>()
    expect(kept).to.deep.include({ schedule: 'weekly', recipients: ['boss@example.com'], on_day: 1 })
    expect(kept['query']).to.include({ model: 'first', by: 'inquiryChannel' })
    await shot(page, 'reports-mailing-ru-light')
    await page.keyboard.press('Escape')
  })

  it('keeps the columns chosen', async () => {
    await page.goto(`/reports/sources?${days}`)
    await page.getByTestId('columns').click()
    await page.getByTestId('column-visits').click()
    await page.keyboard.press('Escape')
    await cell('/paid', 'visits').waitFor()
    await page.goto(`/reports/sources?${days}`)
    await cell('/paid', 'visits').waitFor()
  })

  it('says what to do where nothing happened', async () => {
    await page.goto('/reports/sources?from=2026-01-01&to=2026-01-05')
    await page.getByTestId('report-empty').getByText('звонков нет').waitFor()
    await page.goto('/reports/missed?from=2026-01-01&to=2026-01-05')
    await page.getByTestId('report-empty').waitFor()
  })

  for (const [name, query] of [
    ['sources', '&compare=previous&open=%2Fpaid'],
    ['missed', ''],
    ['hours', ''],
    ['operators', ''],
    ['pools', ''],
    ['landing-pages', ''],
    ['regions', ''],
    ['path', '&callId=']
  ] as const) {
    it(`puts no barrier before anybody: ${name}, light and dark`, async () => {
      const more = name === 'path' ? `${query}${company.calls.paidThenDirect}` : query
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.goto(`/reports/${name}?${days}${more}`)
        const isReady = name === 'path' ? 'path' : name === 'hours' ? null : 'report-total'
        await (isReady ? page.getByTestId(isReady) : page.locator('[data-cell="5-15"] a')).waitFor()
        expect(await pages().barriers(), colorScheme).to.deep.equal([])
        await shot(page, `reports-${name}-ru-${colorScheme}`)
      }
      await page.emulateMedia({ colorScheme: 'light' })
    })
  }
})
