import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { createWebhooks, type Webhooks } from '../../integrations/webhooks/webhooks.ts'
import { receiver, type Receiver } from '../out/receiver.ts'
import { silent } from '../out/postgres.ts'
import { journalRow, tapeRow } from '../out/tape.ts'
import { until } from '../support/until.ts'
import { shot } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

describe('An admin and webhooks', function () {
  this.timeout(60_000)
  let webhooks: Webhooks
  let crm: Receiver
  const pages = rigPagesForTests('webhooks', 'admin', {
    before: (deps, databaseUrl) => {
      webhooks = createWebhooks({
        ...{ db: deps.db, databaseUrl, log: silent, allowPrivateAddresses: true },
        ...{ pausesMs: [0, 50], timeoutMs: 5000, publicUrl: 'https://calls.example' }
      })
      return { ...deps, webhooks }
    },
    fill: async ({ as: { admin } }) => {
      crm = await receiver()
      webhooks.start()
      await admin.send('POST', '/api/sources', { name: 'Радио', inquiryChannel: 'offline' })
    }
  })
  let page: Page
  before(() => {
    page = pages().page
  })
  after(async () => {
    await webhooks.stop()
    await crm.close()
  })
  const barriers = async (): Promise<void> => {
    expect(await pages().barriers()).to.deep.equal([])
  }

  it('sets one up for a handler of another system, tests it, reads the log and sends what failed again', async () => {
    await page.goto('/settings/webhooks')
    await page.getByText('Вебхуков пока нет').waitFor()
    await page.getByTestId('add-webhooks').click()
    const form = page.getByTestId('webhook-form')
    await form.getByTestId('webhook-name').fill('Наша 1С')
    await form.getByTestId('webhook-url').fill(crm.url)
    await form.getByTestId('filter-outcomes').click()
    await page.getByRole('option', { name: 'Пропущен' }).first().click()
    await page.keyboard.press('Escape')
    await form.getByTestId('filter-clash').waitFor()
    expect(await form.getByTestId('form-save').isDisabled()).to.equal(true)
    await shot(page, 'webhooks-clash')
    await form.getByTestId('filter-outcomes').press('Backspace')
    await form.getByTestId('filter-clash').waitFor({ state: 'detached' })
    await form.getByTestId('webhook-format').click()
    await page.getByRole('option', { name: 'МегаФон' }).click()
    await form.getByTestId('message-preview').getByText('cmd=event').waitFor()
    const text = form.getByTestId('message-text')
    const before = await text.inputValue()
    await text.fill('cmd=event\nphone={{caler}}')
    await form.getByText('нет переменной «caler»').waitFor()
    await shot(page, 'webhooks-template-wrong')
    await text.fill(before)
    await form.getByTestId('message-preview').getByText('type=INCOMING').waitFor()
    await shot(page, 'webhooks-template')
    await barriers()
    await form.getByTestId('form-save').click()
    const secret = (await page.getByTestId('webhook-secret').innerText()).trim()
    expect(secret).to.match(/^whsec_/)
    await page.getByTestId('secret-done').click()

    await page.getByTestId('webhook-test').click()
    crm.answer((_nth, response) => void response.writeHead(500).end('1С закрыта'))
    await page.getByTestId('test-send').click()
    await page.getByTestId('test-result').getByText('Не принято').waitFor()
    await page.getByTestId('test-result').getByText('1С закрыта').waitFor()
    await shot(page, 'webhooks-test')
    await barriers()
    await page.keyboard.press('Escape')

    const callId = randomUUID()
    const { db } = pages().rig
    await journalRow(db, callId)
    await db.transaction((trx) =>
      webhooks.enqueueDeliveries(trx, [
        tapeRow('call.answered', { callId, seq: 3, data: { operator: { id: null, name: 'Анна' } } })
      ])
    )
    await until(
      async () => (await db('webhook_deliveries').where({ call_id: callId, state: 'failed' })).length === 1
    )
    await page.reload()
    const row = page.getByTestId('delivery-row').filter({ hasText: 'Оператор ответил' })
    await row.getByText('Не доставлено').waitFor()
    await shot(page, 'webhooks-page')
    await barriers()
    await row.click()
    const dialog = page.getByTestId('delivery-dialog')
    await dialog.getByText('Попытка 2').waitFor()
    await dialog.getByText('1С закрыта').last().waitFor()
    await shot(page, 'webhooks-delivery')
    await barriers()
    await page.keyboard.press('Escape')

    crm.answer((_nth, response) => void response.writeHead(200).end())
    await page.getByTestId('webhook-replay').click()
    await page.getByTestId('replay-count').getByText('1 доставка').waitFor()
    await shot(page, 'webhooks-replay')
    await page.getByTestId('replay-confirm').click()
    await until(
      async () => (await db('webhook_deliveries').where({ call_id: callId, state: 'delivered' })).length === 1
    )
    expect(crm.forms.at(-1)).to.include({ cmd: 'event', type: 'ACCEPTED' })

    await page.getByTestId('webhook-rotate').click()
    await page.getByTestId('overlap-168').check()
    await shot(page, 'webhooks-rotate')
    await page.getByTestId('rotate-confirm').click()
    expect((await page.getByTestId('webhook-secret').innerText()).trim()).to.not.equal(secret)
  })
})
