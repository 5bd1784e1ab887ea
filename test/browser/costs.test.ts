import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { until } from '../support/until.ts'
import { shot, waitMs } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

const dayBefore = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
/** As exports of Yandex Direct write it. */
const localDay = (days: number): string => dayBefore(days).split('-').reverse().join('.')

const lines = [
  'Дата;№ Кампании;Кампания;Условие показа;Показы;Клики;Расход (руб.)',
  ...[1, 2, 3, 4, 5, 6].map(
    (n) => `${localDay(n)};7;Кухни — поиск;кухни на заказ;1 20${n};3${n};1 00${n},50`
  ),
  'Итого;;;;;;6 024,00'
]
const exported = lines.join('\r\n')
const broken = exported.replace('1 003,50', 'тысяча').replace(localDay(5), '32.13.2026')

describe('A marketer who keeps the costs', function () {
  this.timeout(60_000)
  const pages = rigPagesForTests('costs', 'marketer', {
    // The browser says so of a table of rates that is refused.
    isExpected: (fault) => fault.includes('422') && fault.includes('/api/currency-rates/import'),
    fill: async ({ as }) => {
      for (const name of ['Уютный дом', 'Кухни'])
        await as.admin.send('POST', '/api/sites', { name, domain: `${name.length}.example` })
    }
  })
  let page: Page
  before(() => {
    page = pages().page
  })

  const go = async (address: string, on: Page = page): Promise<void> => {
    await on.goto(address)
    await on.getByTestId('costs-list').waitFor()
  }
  const stored = async (): Promise<string[]> => {
    const rows = await pages()
      .rig.db('costs')
      .orderBy('amount')
      .select<{ source: string; amount: string }[]>('source', 'amount')
    return rows.map(({ source, amount }) => `${source} ${amount}`)
  }
  const undo = () => page.getByTestId('toast').getByRole('button', { name: 'Отменить' }).click()
  const becomes = (wanted: number): Promise<unknown> =>
    until(async () => (await stored()).length === wanted, {
      timeoutMs: waitMs,
      what: `there are ${wanted} costs`
    })
  const choose = (content: string, name: string, on: Page = page): Promise<void> =>
    on
      .getByTestId('import-wizard')
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })

  it('finds the page beside the reports, empty, with a word on what to do', async () => {
    await page.getByTestId('nav-reports').click()
    await page.getByTestId('reports-costs').click()
    await page.getByTestId('costs-empty').waitFor()
    await shot(page, 'costs-empty-ru')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('enters a cost of a period with the keyboard, and takes it back', async () => {
    await page.getByTestId('costs-add').first().click()
    await page.getByTestId('cost-form').waitFor()
    await page.getByText('период', { exact: true }).click()
    await page.getByTestId('cost-day').fill(dayBefore(9))
    await page.getByTestId('cost-to').fill(dayBefore(0))
    await page.getByTestId('cost-amount').fill('1000,05')
    await page.getByTestId('cost-source').fill('Радио')
    expect(await page.getByTestId('cost-spread').innerText()).to.include('10 дней')
    await shot(page, 'costs-form-ru')
    expect(await pages().barriers()).to.deep.equal([])
    await page.getByTestId('cost-source').press('Enter')
    await becomes(10)
    const sum = await pages().rig.db('costs').sum<{ sum: string }[]>('amount as sum')
    expect(sum[0]?.sum).to.equal('1000.05')
    await undo()
    await becomes(0)
  })

  it('sees each faulty line of a file, and can import nothing of it', async () => {
    await page.getByTestId('costs-import').first().click()
    await page.getByTestId('import-drop').waitFor()
    await shot(page, 'costs-drop-ru')
    expect(await pages().barriers()).to.deep.equal([])
    await choose(broken, 'broken.csv')
    const problems = page.getByTestId('import-problems')
    await problems.waitFor()
    expect(await problems.innerText()).to.match(/Строка 4.*тысяча[\s\S]*Строка 6.*32\.13\.2026/)
    expect(await page.getByTestId('import-take').isDisabled()).to.equal(true)
    await shot(page, 'costs-problems-ru')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('chooses the corrected file, says what is lacking, imports it, and undoes it', async () => {
    await choose(exported, 'direct.csv')
    await page.getByTestId('import-preview').waitFor()
    expect(await page.getByTestId('import-preview').innerText()).to.include('yandex')
    await page.getByTestId('import-source').fill('direct')
    await until(async () => (await page.getByTestId('import-preview').innerText()).includes('direct'), {
      timeoutMs: waitMs,
      what: 'the preview follows'
    })
    // A column that is left out is seen to be gone.
    await page.getByTestId('import-column-5').click()
    await page.getByRole('option', { name: '— пропустить —' }).click()
    const clicks = page.getByTestId('import-preview').getByText('Клики')
    await clicks.waitFor({ state: 'detached' })
    await page.getByTestId('import-column-5').click()
    await page.getByRole('option', { name: 'Клики' }).click()
    await clicks.waitFor()
    await shot(page, 'costs-preview-ru')
    expect(await pages().barriers()).to.deep.equal([])
    await page.getByTestId('import-take').click()
    await page.getByTestId('import-wizard').waitFor({ state: 'detached' })
    expect(await stored()).to.deep.equal([1, 2, 3, 4, 5, 6].map((n) => `direct 100${n}.50`))
    await undo()
    await becomes(0)
  })

  it('is warned of a file that was imported, and replaces what was there', async () => {
    const bring = async (content: string, name: string): Promise<void> => {
      await page.getByTestId('costs-import').first().click()
      await choose(content, name)
      await page.getByTestId('import-preview').waitFor()
    }
    await bring(exported, 'direct.csv')
    await page.getByTestId('import-take').click()
    await becomes(6)
    await page.getByTestId('import-wizard').waitFor({ state: 'detached' })
    await bring(exported, 'direct.csv')
    await page.getByTestId('import-same').waitFor()
    expect(await page.getByTestId('import-take').isDisabled()).to.equal(true)
    await choose(exported.replace('1 006,50', '2 000,00'), 'corrected.csv')
    await page.getByTestId('import-replace').check()
    await shot(page, 'costs-replace-ru')
    await page.getByTestId('import-take').click()
    await page.getByTestId('import-wizard').waitFor({ state: 'detached' })
    expect((await stored()).at(-1)).to.equal('yandex 2000.00')
    await go('/costs/imports')
    await page.getByTestId('import-row').first().getByTestId('import-undo').click()
    await page.getByTestId('confirm').click()
    await until(async () => (await stored()).at(-1) === 'yandex 1006.50', {
      timeoutMs: waitMs,
      what: 'what was replaced is back'
    })
    await shot(page, 'costs-imports-ru')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('enters the rate that a cost lacks', async () => {
    const cost = { day: dayBefore(2), source: 'google', medium: 'cpc', amount: 100, currency: 'USD' }
    await pages().rig.as.marketer.send('POST', '/api/costs', cost)
    await go('/costs')
    await page.getByTestId('uncounted').getByRole('link').click()
    await page.getByTestId('rate-value').fill('92,5')
    await page.getByTestId('rate-save').click()
    await page.getByTestId('rate-row').waitFor()
    await page.getByTestId('uncounted').waitFor({ state: 'detached' })
    await shot(page, 'costs-rates-ru')
    expect(await pages().barriers()).to.deep.equal([])
    await go('/costs')
    expect((await page.getByTestId('cost-totals').innerText()).replace(/\s/g, ' ')).to.include('9 250')
  })

  it('takes a table of rates whole, and says which line of it is wrong', async () => {
    await go('/costs/rates')
    await page.getByRole('button', { name: 'Вставить таблицу' }).click()
    const table = page.getByRole('textbox', { name: 'Вставить таблицу' })
    const save = page.getByRole('button', { name: 'Сохранить' })
    await table.fill(`${localDay(9)};USD;92,1\n${localDay(8)};EUR;сто`)
    await save.click()
    const faulty = page.getByRole('alert').getByRole('listitem')
    await faulty.waitFor()
    expect(await faulty.innerText()).to.match(/Строка 2:\s+это не курс/)
    expect(await pages().barriers()).to.deep.equal([])
    await shot(page, 'costs-rates-paste-ru')
    expect(await page.getByTestId('rate-row').count()).to.equal(1)
    await table.fill(`${localDay(9)};USD;92,1\n${localDay(8)};EUR;101,25`)
    await save.click()
    await page.getByTestId('rate-row').nth(2).waitFor()
    await page.getByTestId('toast').getByText('Добавлено курсов: 2').waitFor()
  })

  it('changes a cost and has it back', async () => {
    await go('/costs')
    const before = await stored()
    const row = page.getByTestId('cost-row').filter({ hasText: '1 003,50' })
    await row.getByRole('button', { name: /^Изменить/ }).click()
    await page.getByTestId('cost-amount').fill('1500')
    await page.getByTestId('cost-amount').press('Enter')
    await page.getByTestId('cost-row').filter({ hasText: '1 500' }).waitFor()
    expect(await stored()).to.include('yandex 1500.00')
    await undo()
    await row.waitFor()
    expect(await stored()).to.deep.equal(before)
  })

  it('deletes a cost and has it back', async () => {
    const before = await stored()
    await page.getByTestId('cost-remove').first().click()
    await becomes(before.length - 1)
    await undo()
    await becomes(before.length)
    expect(await stored()).to.deep.equal(before)
    await shot(page, 'costs-list-ru')
    expect(await pages().barriers()).to.deep.equal([])
  })

  for (const [name, look] of Object.entries({
    'en-dark': { locale: 'en-US', colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
    'ru-narrow': { locale: 'ru-RU', colorScheme: 'light', viewport: { width: 390, height: 844 } }
  } as const)) {
    it(`finds no barrier and nothing that sticks out: ${name}`, async () => {
      const other = await pages().open(look, 'marketer')
      for (const address of ['/costs', '/costs/imports', '/costs/rates']) {
        await go(address, other.page)
        await other.page
          .getByTestId(/^(cost|import|rate)-row$/)
          .first()
          .waitFor()
        await shot(other.page, `costs-${name}${address.replaceAll('/', '-')}`)
        expect(await pages().barriers(other.page), address).to.deep.equal([])
        if (address === '/costs/imports') {
          const box = await other.page.getByTestId('import-undo').boundingBox()
          expect((box?.x ?? Infinity) + (box?.width ?? 0)).to.be.below(look.viewport.width)
        }
        const overhang = await other.page.evaluate<number>(
          'document.documentElement.scrollWidth - innerWidth'
        )
        expect(overhang, address).to.be.at.most(0)
      }
      await go('/costs', other.page)
      await other.page.getByTestId('costs-import').first().click()
      await choose(exported.replace('1 001', '3 001'), 'direct.csv', other.page)
      await other.page.getByTestId('import-preview').waitFor()
      await shot(other.page, `costs-${name}-preview`)
      expect(await pages().barriers(other.page)).to.deep.equal([])
      await other.context.close()
    })
  }
})
