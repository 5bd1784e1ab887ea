import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { idOf } from '../api/support/rig.ts'
import { shot } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

const hang = { hang: { type: 'hangup', settings: {}, exits: {} } }

describe('An admin with many settings', function () {
  this.timeout(60_000)
  let groupId = ''
  const pages = rigPagesForTests('settings', 'admin', {
    // The browser says so of a file that is refused.
    isExpected: (fault) => fault.includes('422') && fault.includes('/api/imports'),
    fill: async ({ as: { admin, operator } }) => {
      const sources = ['Радио', 'Яндекс Директ']
      for (const name of sources) await admin.send('POST', '/api/sources', { name, inquiryChannel: 'paid' })
      groupId = idOf(
        await admin.send('POST', '/api/groups', { name: 'Продажи', memberIds: [operator.userId] })
      )
      const ring = {
        type: 'ring',
        label: 'Сначала продажи',
        settings: { groupId },
        exits: { answered: null, notAnswered: 'hang', failed: 'hang' }
      }
      const draft = { locale: 'ru', start: 'ring', blocks: { ring, ...hang } }
      await admin.send('POST', '/api/schemes', { name: 'Главная', draft })
      for (let n = 0; n < 60; n += 1) {
        await admin.send('POST', '/api/numbers', {
          e164: `+749511122${String(n).padStart(2, '0')}`,
          label: n < 5 ? 'Буклет' : `Номер ${n}`
        })
      }
    }
  })
  let page: Page
  before(() => {
    page = pages().page
  })
  const rows = (things: string) => page.getByTestId(`${things}-row`)
  const barriers = async (): Promise<void> => {
    expect(await pages().barriers()).to.deep.equal([])
  }

  it('finds a few of many numbers, changes them at once and takes it back', async () => {
    await page.goto('/settings/numbers')
    await rows('numbers').nth(49).waitFor()
    await page.getByTestId('list-more').click()
    await rows('numbers').nth(59).waitFor()
    await shot(page, 'settings-numbers')
    await page.getByTestId('list-search').fill('буклет')
    await rows('numbers').nth(5).waitFor({ state: 'detached' })
    expect(await rows('numbers').count()).to.equal(5)
    await page.getByTestId('choose-all').check()
    await page.getByTestId('bulk-open').click()
    await page.getByTestId('bulk-sourceId').check()
    await page.getByTestId('field-sourceId').click()
    await page.getByRole('option', { name: 'Радио' }).click()
    await page.getByTestId('bulk-isActive').check()
    await page.getByTestId('field-isActive').uncheck({ force: true })
    await shot(page, 'settings-bulk-form')
    await page.getByTestId('bulk-preview').click()
    await page.getByTestId('bulk-changes').getByText('– → Радио').first().waitFor()
    await shot(page, 'settings-bulk-preview')
    await barriers()
    await page.getByTestId('bulk-apply').click()
    await rows('numbers').nth(4).getByText('Радио').waitFor()
    await page.getByTestId('last-bulk').waitFor()
    await page.getByTestId('toast-action').click()
    await rows('numbers').nth(4).getByText('Радио').waitFor({ state: 'detached' })
    await page.getByTestId('last-bulk').waitFor({ state: 'detached' })
  })

  it('is told what uses a group before it goes, and gets back what nothing used', async () => {
    await page.goto('/settings/groups')
    await rows('groups').getByTestId('remove-groups').click()
    const dialog = page.getByTestId('safe-delete')
    await dialog.getByText('блок «Сначала продажи»').waitFor()
    expect(await dialog.getByTestId('confirm').count()).to.equal(0)
    expect(await dialog.getByRole('link', { name: 'Главная' }).getAttribute('href')).to.contain('/schemes/')
    await shot(page, 'settings-in-use')
    await barriers()
    await page.keyboard.press('Escape')

    await page.goto('/settings/sources')
    await rows('sources').filter({ hasText: 'Радио' }).getByTestId('remove-sources').click()
    await dialog.getByTestId('confirm').click()
    await rows('sources').filter({ hasText: 'Радио' }).waitFor({ state: 'detached' })
    await page.getByTestId('toast-action').click()
    await rows('sources').filter({ hasText: 'Радио' }).waitFor()
  })

  it('brings people from a file once it has no faults, and keeps their links', async () => {
    await page.goto('/settings/users')
    await rows('users').first().waitFor()
    await page.getByTestId('list-files').click()
    await page.getByTestId('import-users').click()
    const dialog = page.getByTestId('import-dialog')
    const choose = (text: string) =>
      dialog
        .locator('xpath=..')
        .locator('input[type=file]')
        .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
    await shot(page, 'settings-import-drop')
    await choose('Логин;Имя;Роль;Группы\nanna;Анна;оператор;Продажи\nboris;Борис;директор;Нет такой\n')
    await dialog.getByTestId('import-problems').getByText('Нет такой').waitFor()
    await shot(page, 'settings-import-faults')
    await barriers()
    expect(await dialog.getByTestId('import-take').isDisabled()).to.equal(true)
    await choose('Логин;Имя;Роль;Группы\nanna;Анна;оператор;Продажи\nboris;Борис;супервизор;\n')
    await dialog.getByText('Новых: 2').waitFor()
    await shot(page, 'settings-import-rows')
    await dialog.getByTestId('import-take').click()
    await dialog.getByTestId('import-done').waitFor()
    await dialog.getByTestId('invite-all').click()
    await dialog.getByText('/welcome#').nth(1).waitFor()
    await shot(page, 'settings-invitations')
    const file = page.waitForEvent('download')
    await dialog.getByTestId('invite-download').click()
    expect((await file).suggestedFilename()).to.equal('invitations.csv')
  })

  it('makes a token for what it needs, and sees it once', async () => {
    await page.goto('/settings/tokens')
    await page.getByTestId('add-tokens').click()
    await page.getByTestId('token-form').getByTestId('field-name').fill('Сайт')
    await page.getByTestId('scope-journal:read').check()
    await page.getByTestId('scope-crm:write').check()
    await shot(page, 'settings-token')
    await barriers()
    await page.getByTestId('form-save').click()
    const token = (await page.getByTestId('token').innerText()).trim()
    const { rig } = pages()
    const get = (path: string) => rig.request('GET', path, { headers: { Authorization: `Bearer ${token}` } })
    expect((await get('/api/calls')).status).to.equal(200)
    expect((await get('/api/deals')).body).to.include({ code: 'scope_missing', missingScope: 'crm:read' })
    await page.keyboard.press('Escape')
    await rows('tokens').getByText('Журнал и выгрузки (читать)').waitFor()
    await shot(page, 'settings-tokens')
  })
})
