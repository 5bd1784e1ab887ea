import type { Page } from 'playwright-core'
import {
  answer,
  number,
  ready,
  rings,
  takesCalls,
  talks,
  vanished,
  type Office
} from '../../test/browser/office.ts'
import type { Album, Look } from './snap.ts'
import { show } from './snap.ts'

const everyLook: readonly Look[] = ['ru-light', 'en-dark', 'ru-narrow']
const twoLooks: readonly Look[] = ['ru-light', 'en-dark']

/** Nobody has signed in. */
export async function strangers(album: Album, page: Page): Promise<void> {
  await page.getByTestId('login-form').waitFor()
  await album.each(page, 'sign-in', twoLooks)
}

/** No call yet: the empty desk, sound devices, and a server that does not answer. */
export async function beforeTalk(album: Album, page: Page): Promise<void> {
  await page.getByTestId('dial-input').waitFor()
  await album.each(page, 'empty', everyLook)
  for (const look of twoLooks) {
    await show(page, look)
    await page.getByTestId('open-sound').click()
    await page.locator('[data-testid=microphone-words][data-heard=true]').waitFor()
    await album.take(page, `sound-${look}`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await show(page, 'ru-light')
  for (const look of twoLooks) {
    await show(page, look)
    await page.route('**/api/me', (route) => route.abort())
    await page.reload()
    await page.getByRole('button').waitFor()
    await album.take(page, `error-${look}`)
    await page.unroute('**/api/me')
    await page.reload()
    await ready(page)
  }
  await show(page, 'ru-light')
}

/** The moment that everything is for. */
export async function ringing(album: Album, page: Page): Promise<void> {
  await page.getByTestId('client-deal').waitFor()
  await album.each(page, 'ringing', [...everyLook, 'en-light', 'ru-dark', 'en-narrow'])
}

/**
 * From the answer to a question to a colleague, and a connection that is lost.
 * @returns the page of the colleague, who takes calls
 */
export async function inTalk(album: Album, office: Office, page: Page): Promise<Page> {
  await answer(page)
  await talks(page)
  await page.getByTestId('note').fill('Шесть окон на дачу, замер в субботу')
  await page.getByTestId('caller').click()
  await album.each(page, 'talking', [...everyLook, 'en-light', 'ru-dark'])

  await page.getByTestId('hold').click()
  await page.locator('[data-testid=ring-card][data-held=true]').waitFor()
  await album.each(page, 'held', twoLooks)
  await page.getByTestId('hold').click()
  await page.locator('[data-testid=ring-card][data-held=false]').waitFor()

  const gleb = await office.colleague('gleb')
  await ready(gleb.page)
  await takesCalls(gleb.page)
  for (const look of ['en-dark', 'ru-light'] as const) {
    await show(page, look)
    await page.getByTestId('caller').click()
    await page.keyboard.press('t')
    await page.getByTestId('transfer-target').first().waitFor()
    await page.getByTestId('transfer-note').fill(look === 'en-dark' ? 'Six windows' : 'Хочет окна на дачу')
    await album.take(page, `transfer-${look}`)
    if (look === 'en-dark') await page.keyboard.press('Escape')
  }
  await page.getByTestId('transfer-search').fill('глеб')
  await page.getByTestId('transfer-warm').click()
  await rings(gleb.page)
  await album.each(gleb.page, 'asked', twoLooks)
  await answer(gleb.page)
  await page.locator('[data-testid=consult][data-stage=talking]').waitFor()
  await album.each(page, 'consult', everyLook)
  await page.getByTestId('cancel-transfer').click()
  await page.getByTestId('consult').waitFor({ state: 'detached' })
  await vanished(gleb.page)

  // Offline, no new connection can be made; the talk's own sound goes on.
  for (const look of twoLooks) {
    await show(page, look)
    await page.context().setOffline(true)
    await page.evaluate('ears.sockets.at(-1).close()')
    await page.getByTestId('reconnecting').waitFor()
    await album.take(page, `reconnecting-${look}`)
    await page.context().setOffline(false)
    await page.getByTestId('reconnecting').waitFor({ state: 'detached' })
  }
  await show(page, 'ru-light')
  return gleb.page
}

/** What a supervisor sees meanwhile, and the screen in the hall. */
export async function screens(album: Album, office: Office, page: Page, gleb: Page): Promise<void> {
  const admin = await office.colleague('admin')
  await ready(admin.page)
  const second = await office.client('+79161112244')
  const calling = second.call(number.both)
  await admin.page.getByTestId('nav-live').click()
  await rings(gleb)
  await admin.page.getByTestId('live-row').nth(1).waitFor()
  await admin.page.getByTestId('wall-today').waitFor()
  await album.each(admin.page, 'wall', [...everyLook, 'en-light', 'ru-dark'])
  await admin.page.getByTestId('open-wall').click()
  await admin.page.getByTestId('tv-name').fill('Отдел продаж')
  await admin.page.getByTestId('make-tv').click()
  const link = await admin.page.getByTestId('tv-link').locator('code').innerText()
  await admin.page.keyboard.press('Escape')
  const tv = await office.desk.tab()
  await tv.goto(link.replace(/^https?:\/\/[^/]+/, ''))
  await tv.getByTestId('tv-talking').or(tv.getByTestId('tv-operator')).first().waitFor()
  for (const look of ['ru-dark', 'ru-light'] as const) {
    await tv.emulateMedia({ colorScheme: look === 'ru-dark' ? 'dark' : 'light' })
    await tv.setViewportSize({ width: 1280, height: 720 })
    await album.take(tv, `tv-${look}`)
  }
  await tv.close()
  await page.bringToFront()
  second.hangup()
  // Hung up before anybody answered: that call ends as it may.
  await calling.catch(() => undefined)
}

/** The client has hung up: notes, codes, and the code that is still owed when the time is over. */
export async function afterTalk(album: Album, office: Office, page: Page): Promise<void> {
  await office.instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 25, requireWrapUpCode: true })
  await page.getByTestId('hangup').click()
  await vanished(page)
  await page.getByTestId('wrap-up-codes').waitFor()
  await album.each(page, 'wrap-up', everyLook)
  const isOwed = page.getByTestId('wrap-up-left')
  await isOwed.waitFor({ state: 'detached', timeout: 60_000 })
  await album.each(page, 'codes', twoLooks)
}

/** A number that the rules of dialling do not allow. */
export async function refused(album: Album, page: Page): Promise<void> {
  await page.getByTestId('dial-input').fill('+44 20 7946 0000')
  await page.keyboard.press('Enter')
  await page.getByTestId('dial-error').waitFor()
  await album.each(page, 'refused', twoLooks)
  await page.getByTestId('dial-input').fill('')
}
