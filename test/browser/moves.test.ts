import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { until } from '../support/until.ts'
import { shot, waitMs, type Desk } from './browser.ts'
import {
  answer,
  card,
  clientHz,
  microphoneHz,
  number,
  officeForTests,
  otherHz,
  ready,
  rings,
  takesCalls,
  talks,
  vanished
} from './office.ts'
import { atClient, clientHears, clientHearsMusic, hearsLoud, startsShift, talk } from './talk.ts'

describe('What operators and a supervisor do with a talk in their browsers', function () {
  this.timeout(90_000)
  const office = officeForTests('moves', { lane: 36 })
  let page: Page
  before(async () => {
    page = office().desk.page
    await startsShift(page, 'vera')
  })

  async function gleb(): Promise<Desk> {
    const desk = await office().colleague('gleb', { isDistinct: true })
    await ready(desk.page)
    await takesCalls(desk.page)
    return desk
  }

  it('holds the client with music, and comes back', async () => {
    const client = await talk(office(), page, '+79161112201')
    await page.getByTestId('hold').click()
    await page.locator('[data-testid=ring-card][data-held=true]').waitFor()
    await clientHearsMusic(client)
    await shot(page, 'held-ru-light')
    await page.keyboard.press('h')
    await page.locator('[data-testid=ring-card][data-held=false]').waitFor()
    await clientHears(client, microphoneHz, 'the client hears Vera again')
    await page.getByTestId('hangup').click()
    await vanished(page)
  })

  it('asks a colleague first, who sees why before answering, and leaves the client to him', async () => {
    const other = await gleb()
    const client = await talk(office(), page, '+79161112202')
    await page.keyboard.press('t')
    await page.getByTestId('transfer-search').fill('глеб')
    await page.getByTestId('transfer-note').fill('Хочет окна на дачу')
    await shot(page, 'transfer-ru-light')
    await page.getByTestId('transfer-warm').click()
    await rings(other.page)
    expect(await other.page.getByTestId('handover').innerText()).to.include(office().vera.name)
    expect(await other.page.getByTestId('handover-note').innerText()).to.equal('Хочет окна на дачу')
    expect(await card(other.page).innerText()).to.include('Yandex.Direct')
    await answer(other.page)
    await page.locator('[data-testid=consult][data-stage=talking]').waitFor()
    await hearsLoud(page, otherHz, 'Vera hears Gleb')
    await hearsLoud(other.page, microphoneHz, 'Gleb hears Vera')
    expect(atClient(client, otherHz), 'the client hears nothing of it').to.be.lessThan(0.01)
    await shot(page, 'consult-ru-light')

    await page.getByTestId('swap').click()
    await page.locator('[data-testid=consult][data-side=client]').waitFor()
    await clientHears(client, microphoneHz, 'the client hears Vera in between')
    await page.getByTestId('complete-transfer').click()
    await vanished(page)
    await clientHears(client, otherHz, 'the client hears Gleb')
    await hearsLoud(other.page, clientHz, 'Gleb hears the client')
    expect(await card(other.page).getAttribute('data-part')).to.equal('owner')
    await other.page.getByTestId('hangup').click()
    await vanished(other.page)
    client.hangup()
    const call = await office().company.ended(number.vera)
    expect(call.operator?.name).to.equal(office().gleb.name)
  })

  it('parks the client, and anybody takes them', async () => {
    const client = await talk(office(), page, '+79161112203')
    await page.getByTestId('park').click()
    await vanished(page)
    await page.getByTestId('parked-call').waitFor()
    await clientHearsMusic(client)
    await page.getByTestId('take-parked').click()
    await talks(page)
    await clientHears(client, microphoneHz, 'the client hears Vera again')
  })

  it('listens, whispers and joins, and the operator sees who does', async () => {
    const client = await talk(office(), page, '+79161112204')
    const admin = await office().colleague('admin', {
      locale: 'en-US',
      colorScheme: 'dark',
      isDistinct: true
    })
    await ready(admin.page)
    await admin.page.getByTestId('nav-live').click()
    await admin.page.getByTestId('watch').click()
    await admin.page.getByTestId('watch-as-listen').click()
    await page.getByTestId('watched').waitFor()
    await hearsLoud(admin.page, clientHz, 'the supervisor hears the client')
    await hearsLoud(admin.page, microphoneHz, 'the supervisor hears Vera')
    expect(atClient(client, otherHz), 'the client hears nobody else').to.be.lessThan(0.01)
    await shot(admin.page, 'watching-en-dark')
    await admin.page.getByTestId('watch-whisper').click()
    await hearsLoud(page, otherHz, 'Vera hears the whisper')
    expect(atClient(client, otherHz), 'the client does not').to.be.lessThan(0.01)
    await admin.page.getByTestId('watch-join').click()
    await clientHears(client, otherHz, 'the client hears the supervisor who joined')
    await shot(page, 'watched-ru-light')
    await admin.page.getByTestId('hangup').click()
    await page.getByTestId('watched').waitFor({ state: 'detached' })
    await clientHears(client, microphoneHz, 'Vera talks on')
  })

  it('goes a whole way with two operators, while a supervisor listens to both', async () => {
    await office().instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 60 })
    const other = await gleb()
    const client = await talk(office(), page, '+79161112207')
    const admin = await office().colleague('admin')
    await ready(admin.page)
    await admin.page.getByTestId('nav-live').click()
    await admin.page.getByTestId('watch').click()
    await admin.page.getByTestId('watch-as-listen').click()
    await page.getByTestId('watched').waitFor()
    await hearsLoud(admin.page, clientHz, 'the supervisor hears the client')

    await page.getByTestId('user-menu').click()
    await page.getByTestId('sign-out').click()
    await page.getByText('Сначала завершите его').waitFor()
    await page.keyboard.press('Escape')
    await talks(page)

    await page.getByTestId('hold').click()
    await clientHearsMusic(client)
    await page.keyboard.press('h')
    await clientHears(client, microphoneHz, 'the client hears Vera again')

    await page.keyboard.press('t')
    await page.getByTestId('transfer-search').fill('глеб')
    await page.getByTestId('transfer-warm').click()
    await rings(other.page)
    await answer(other.page)
    await page.locator('[data-testid=consult][data-stage=talking]').waitFor()
    await hearsLoud(page, otherHz, 'Vera hears Gleb')
    await page.getByTestId('swap').click()
    await page.locator('[data-testid=consult][data-side=client]').waitFor()
    await clientHears(client, microphoneHz, 'the client hears Vera in between')
    await page.getByTestId('complete-transfer').click()
    await clientHears(client, otherHz, 'the client hears Gleb')
    await hearsLoud(admin.page, otherHz, 'the supervisor hears Gleb')
    await page.getByTestId('wrap-up-bar').waitFor()

    await other.page.getByTestId('hangup').click()
    await other.page.getByTestId('wrap-up-bar').waitFor()
    for (const at of [page, other.page]) {
      await at.getByTestId('wrap-up-end').click()
      await at.locator('[data-testid=presence][data-presence=available]').waitFor()
    }
    await office().instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 0 })
    const call = await office().company.ended(number.vera)
    expect(call.operator?.name).to.equal(office().gleb.name)
  })

  it('calls a client by their number: her own phone is answered by itself', async () => {
    const client = await office().callee()
    await page.getByTestId('dial-input').fill('8 916 111-22-06')
    await page.keyboard.press('Enter')
    await page.locator('[data-testid=ring-card][data-part=owner]').waitFor()
    await hearsLoud(page, clientHz, 'Vera hears the client')
    await clientHears(client, microphoneHz, 'the client hears Vera')
    await page.getByTestId('hangup').click()
    await vanished(page)
    await until(() => !client.isUp(), { timeoutMs: waitMs, what: 'the client is let go' })
  })

  it('says why a number may not be called', async () => {
    await page.getByTestId('dial-input').fill('+44 20 7946 0000')
    await page.keyboard.press('Enter')
    const refusal = page.getByTestId('dial-error')
    await refusal.waitFor()
    expect(await refusal.innerText()).to.include('страну')
    await shot(page, 'dial-refused-ru-light')
    await page.getByTestId('dial-input').fill('')
    // The browser itself writes the refused request on its console.
    await page.getByTestId('dial-error').waitFor({ state: 'detached' })
  })

  it('counts the time after a call down, longer or shorter as the operator wishes', async () => {
    await office().instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 40 })
    await talk(office(), page, '+79161112205')
    await page.getByTestId('hangup').click()
    await page.getByTestId('wrap-up-bar').waitFor()
    const left = async (): Promise<number> => {
      const [minutes = 0, seconds = 0] = (await page.getByTestId('wrap-up-left').innerText())
        .split(':')
        .map(Number)
      return minutes * 60 + seconds
    }
    const first = await left()
    expect(first).to.be.within(10, 40)
    await until(async () => (await left()) < first, { what: 'it counts down' })
    await page.getByTestId('wrap-up-extend').click()
    await until(async () => (await left()) > 60, { what: 'it is longer' })
    await shot(page, 'wrap-up-ru-light')
    await page.getByTestId('wrap-up-end').click()
    await page.getByTestId('wrap-up-bar').waitFor({ state: 'detached' })
    await page.locator('[data-testid=presence][data-presence=available]').waitFor()
    await office().instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 0 })
  })
})
