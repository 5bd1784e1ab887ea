import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { until } from '../support/until.ts'
import { hears, shot, waitMs } from './browser.ts'
import {
  answer,
  card,
  isLoud,
  microphoneHz,
  number,
  officeForTests,
  rings,
  talks,
  vanished
} from './office.ts'
import { bothHear, clientHearsMusic, startsShift, talk } from './talk.ts'

describe('A talk whose line or page breaks', function () {
  this.timeout(90_000)
  const office = officeForTests('line')
  let page: Page
  before(async () => {
    page = office().desk.page
    await startsShift(page, 'vera')
  })

  it('is tried before the shift: microphone, and a call to oneself with its figures', async () => {
    await page.getByTestId('open-sound').click()
    await page.locator('[data-testid=microphone-words][data-heard=true]').waitFor()
    await page.getByTestId('try-speaker').click()
    await page.getByTestId('try-ring').click()
    await page.getByTestId('echo-call').click()
    await until(async () => isLoud(await hears(page, [microphoneHz])), {
      timeoutMs: waitMs,
      what: 'her own voice comes back'
    })
    await page.getByTestId('echo-verdict').getByText('Хорошая связь').waitFor()
    await shot(page, 'sound-ru-light')
    // A client goes before a test.
    const client = await office().client('+79161113300')
    const calling = client.call(number.vera)
    await page.locator('[data-testid=echo-test][data-stage=idle]').waitFor({ state: 'detached' })
    await rings(page)
    await page.keyboard.press('Escape')
    await answer(page)
    await talks(page)
    expect(await calling).to.equal(200)
    await bothHear(page, client, 'after the test')
    client.hangup()
    await vanished(page)
  })

  it('goes on while the connection to the server is lost, and after it is back', async () => {
    const client = await talk(office(), page, '+79161113301')
    await page.evaluate('ears.sockets.at(-1).close()')
    await page.getByTestId('reconnecting').waitFor()
    await bothHear(page, client, 'without the connection')
    await shot(page, 'reconnecting-ru-light')
    await page.getByTestId('reconnecting').waitFor({ state: 'detached' })
    await bothHear(page, client, 'with the new connection')
    await page.getByTestId('hangup').click()
    await vanished(page)
    await until(() => !client.isUp(), { timeoutMs: waitMs, what: 'the client is let go' })
  })

  it('finds a new way for the sound when the network changes', async () => {
    const client = await talk(office(), page, '+79161113302')
    const name = (): Promise<string> =>
      page.evaluate(
        `ears.connections.at(-1).currentRemoteDescription.sdp.match(/ice-ufrag:(\\S+)/)[1] + ' ' +
         ears.connections.at(-1).currentLocalDescription.sdp.match(/ice-ufrag:(\\S+)/)[1]`
      )
    const [far = '', near = ''] = (await name()).split(' ')
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await until(async () => (await name()).split(' ')[1] !== near, {
      timeoutMs: 15_000,
      what: 'a new way is agreed upon'
    })
    expect((await name()).split(' ')[0], 'on both sides').to.not.equal(far)
    await bothHear(page, client, 'on the new way')
    await page.getByTestId('hangup').click()
    await vanished(page)
  })

  it('is gone on with after the page was loaded anew: the client hears music meanwhile', async () => {
    await office().instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 30 })
    const client = await talk(office(), page, '+79161113303')
    const call = await card(page).getAttribute('data-call')
    let asked = 0
    page.on('dialog', () => (asked += 1))
    await page.reload()
    expect(asked, 'a talk is not left by a slip of the hand').to.equal(1)
    await clientHearsMusic(client)
    await talks(page)
    expect(await card(page).getAttribute('data-call')).to.equal(call)
    await bothHear(page, client, 'again')
    await shot(page, 'rejoined-ru-light')
    await page.getByTestId('hangup').click()
    await vanished(page)
    await until(() => !client.isUp(), { timeoutMs: waitMs, what: 'the client is let go' })
    await page.getByTestId('wrap-up-codes').waitFor()
    await page.keyboard.press('1')
    await page.locator('[data-testid=code-lead][aria-pressed=true]').waitFor()
    await shot(page, 'wrap-up-codes-ru-light')
    await page.getByTestId('wrap-up-end').click()
    await page.locator('[data-testid=presence][data-presence=available]').waitFor()
    await office().instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 0 })
    const ended = await office().company.ended(number.vera)
    expect(ended.wrapUpCode).to.equal('lead')
    expect(ended).to.include({ id: call, outcome: 'answered' })
    expect(ended.legs.map(({ userName, result }) => [userName, result])).to.deep.equal([
      [office().vera.name, 'answered'],
      [office().vera.name, 'answered']
    ])
  })

  it('tells how it sounded, for the journal', async () => {
    const client = await talk(office(), page, '+79161113304')
    await page.locator('[data-testid=line-quality][data-level=good]').waitFor()
    client.hangup()
    await vanished(page)
    const { id } = await office().company.ended(number.vera)
    const [told] = await until(
      async () => {
        const path = `/api/calls/${id}/quality`
        const { items } = await office().instance.api<{ items: { mos: number; seconds: number }[] }>(
          'GET',
          path
        )
        return items.length > 0 ? items : null
      },
      { timeoutMs: waitMs, what: 'the quality is told' }
    )
    expect(told?.mos).to.be.greaterThan(4)
    expect(told?.seconds).to.be.greaterThan(0)
  })
})
