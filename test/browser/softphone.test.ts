import { expect } from 'chai'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Page, Response } from 'playwright-core'
import type { Party } from '../ari/party.ts'
import { loudness } from '../ari/tone.ts'
import { soundInfo, toneFile, tonesIn } from '../support/sound.ts'
import { until } from '../support/until.ts'
import { hears, shot, signIn, volume, waitMs } from './browser.ts'
import {
  answer,
  card,
  clientHz,
  microphoneHz,
  number,
  officeForTests,
  password,
  ready,
  rings,
  takesCalls,
  talks,
  vanished
} from './office.ts'
import { answers, clientHears, hearsLoud } from './talk.ts'

describe('An operator who answers in a browser', function () {
  this.timeout(90_000)
  const office = officeForTests('softphone', { hasNotifications: true })
  let page: Page
  before(() => {
    page = office().desk.page
  })

  it('signs in, and the phone in the page is ready', async () => {
    await page.getByTestId('login-form').waitFor()
    await shot(page, 'login-ru-light')
    await signIn(page, 'vera', 'not-the-password')
    await page.getByTestId('login-error').waitFor()
    await signIn(page, 'vera', password)
    await ready(page)
    await takesCalls(page)
    await shot(page, 'desk-ru-light')
  })

  it('sees why the phone rings, talks with sound both ways, and finds the call in the journal', async () => {
    const to = number.menu
    await introduce('+79161112233')
    const caller = await office().client('+79161112233')
    expect(await caller.call(to)).to.equal(200)
    caller.key('1')
    await rings(page)
    const words = await card(page).innerText()
    for (const told of ['8 (916) 111-22-33', 'Yandex.Direct', 'windows', 'buy windows', 'Site header'])
      expect(words).to.include(told)
    expect(words).to.include('8 (495) 350-00-01')
    expect(words).to.include('Продажи окон')
    await card(page).getByTestId('client-deal').waitFor()
    const known = await card(page).innerText()
    for (const told of ['Пётр Окунев', 'Ваш клиент', 'Первый звонок', 'Просит счёт', 'Шесть окон', '184 500'])
      expect(known.replaceAll('\u00a0', ' ')).to.include(told)
    await shot(page, 'ringing-ru-light')
    await answer(page)
    await talks(page)
    await hearsLoud(page, clientHz, 'she hears him')
    const [ofClient = 0, ofHerself = 1] = (await hears(page, [clientHz, microphoneHz])) ?? []
    expect(ofClient).to.be.greaterThan(0.1)
    expect(ofHerself, 'her own voice comes back').to.be.lessThan(0.02)
    await shot(page, 'talking-ru-light')
    await clientHears(caller, microphoneHz, 'he hears her')
    await page.waitForTimeout(1500)
    await page.getByTestId('hangup').click()
    await vanished(page)
    await shot(page, 'ended-ru-light')
    const call = await current(to)
    await reaches(call, 'rating')
    caller.key('5')
    await until(() => !caller.isUp(), { timeoutMs: waitMs, what: 'the caller was thanked and let go' })

    const ended = await office().company.ended(to)
    expect(ended).to.include({ outcome: 'answered', rating: 5, pressed: '1', hangupBy: 'operator' })
    expect(ended.operator?.name).to.equal(office().vera.name)
    await until(async () => (await office().company.ended(to)).recording?.state === 'ready', {
      timeoutMs: waitMs,
      what: 'the recording is ready'
    })
    const file = path.join(office().instance.dataDir, 'heard.mp3')
    const url = `${office().instance.url}/api/calls/${call}/recording`
    const recording = await fetch(url, { headers: await office().instance.headers() })
    await fs.writeFile(file, Buffer.from(await recording.arrayBuffer()))
    expect(await soundInfo(file)).to.include({ channels: 2 })
    const [left = {}, right = {}] = await tonesIn(file, [microphoneHz, clientHz])
    expect(left[clientHz], 'the client in the client’s channel').to.be.greaterThan(0.1)
    expect(left[microphoneHz], 'the operator in the client’s channel').to.be.lessThan(0.02)
    expect(right[microphoneHz], 'the operator in the operator’s channel').to.be.greaterThan(0.1)
    expect(right[clientHz], 'the client in the operator’s channel').to.be.lessThan(0.02)
    await seesInJournal(call)
  })

  /** Vera has worked with this client before. */
  async function introduce(phone: string): Promise<void> {
    const { api } = office().instance
    const ownerId = office().vera.id
    const client = { name: 'Пётр Окунев', note: 'Просит счёт на почту', ownerId, phones: [phone] }
    const { id: contactId } = await api<{ id: string }>('POST', '/api/contacts', client)
    await api('POST', '/api/deals', { title: 'Шесть окон', amount: 184_500, contactId })
  }

  async function seesInJournal(call: string): Promise<void> {
    const answers: Response[] = []
    const note = (response: Response): void => {
      if (response.url().includes(`${call}/recording`)) answers.push(response)
    }
    page.on('response', note)
    await page.getByTestId('nav-journal').click()
    const row = page.locator(`[data-testid=journal-row][data-call="${call}"]`)
    await row.waitFor()
    const words = await row.innerText()
    for (const told of ['Yandex.Direct', 'windows → «buy windows»', office().vera.name, '5 ★']) {
      expect(words).to.include(told)
    }
    await shot(page, 'journal-ru-light')
    await row.click()
    const drawer = page.getByRole('dialog')
    const player = drawer.getByTestId('player')
    await player.waitFor()
    await drawer.getByTestId('tape-lane').nth(1).waitFor()
    expect(await drawer.getByTestId('tape').innerText()).to.include(office().vera.name)
    const wave = drawer.getByTestId('waveform')
    await until(async () => ((await wave.boundingBox())?.height ?? 0) > 30, { what: 'the sound is drawn' })
    await shot(page, 'call-ru-light')
    await player.getByTestId('play').click()
    await page.locator('[data-testid=player][data-playing=true]').waitFor()
    const { width = 0, height = 0 } = (await wave.boundingBox()) ?? {}
    await wave.click({ position: { x: width * 0.75, y: height / 2 } })
    const seconds = (await office().company.ended(number.menu)).recording?.seconds ?? 0
    await until(async () => Number(await player.getAttribute('data-position')) > seconds * 0.7, {
      what: 'it plays from where she pointed'
    })
    await until(() => answers.some((response) => response.status() === 206), { what: 'a part was asked for' })
    await page.getByRole('button', { name: 'Закрыть' }).click()
    await page.getByTestId('nav-desk').click()
    page.off('response', note)
  }

  it('declines, is not rung again in this call, and the next operator gets it', async () => {
    const to = number.inTurn
    const [anna] = office().company.operators
    if (!anna) throw new Error('No operator')
    const tone = await toneFile(path.join(office().instance.dataDir, 'tones'), clientHz)
    await office().company.phone(anna, { scenario: 'operator-answers', keys: { ring: 300 }, tone })
    const caller = await office().company.caller(to, { scenario: 'caller-hangs-up', keys: { talk: 1500 } })
    await rings(page)
    await page.locator('[data-testid=decline]:enabled').click()
    await vanished(page)
    await caller.done
    const call = await office().company.ended(to)
    expect(call.operator?.name).to.equal(anna.name)
    expect(call.legs.map((leg) => [leg.userName, leg.result])).to.deep.equal([
      [office().vera.name, 'declined'],
      [anna.name, 'answered']
    ])
  })

  it('sees the card vanish when the caller gives up, and a missed call in the journal', async () => {
    const to = number.vera
    const caller = await office().company.caller(to, { scenario: 'caller-cancels', keys: { before: 1500 } })
    await rings(page)
    await vanished(page)
    await caller.done
    const { id } = await office().company.ended(to)
    await page.getByTestId('nav-journal').click()
    const row = page.locator(`[data-testid=journal-row][data-call="${id}"]`)
    await row.waitFor()
    expect(await row.innerText()).to.include('Пропущен')
    await page.getByTestId('nav-desk').click()
  })

  it('opens a second tab: it is told where the phone is, and may take it over; so may a reload', async () => {
    const second = await office().desk.tab()
    await second.getByTestId('elsewhere').waitFor()
    await shot(second, 'elsewhere-ru-light')
    await second.getByTestId('take-over').click()
    await ready(second)
    await page.getByTestId('elsewhere').waitFor()
    const caller = await answers(office(), second, '+79161112244')
    await card(page).getByText('в другой вкладке').waitFor()
    expect(await page.getByTestId('hangup').count()).to.equal(0)
    await shot(page, 'talks-elsewhere-ru-light')
    await hearsLoud(second, clientHz, 'the second tab hears him')
    caller.hangup()
    await vanished(second)
    await second.close()
    await ready(page)
    await page.reload()
    await ready(page)
  })

  it('rings together with a colleague; one answers, and the other’s card vanishes', async () => {
    const to = number.both
    const other = await office().colleague('gleb', { locale: 'en-US', colorScheme: 'dark' })
    await ready(other.page)
    await takesCalls(other.page)
    /** How long the other card stays after the answer. The call goes on. */
    async function answeredByOne(): Promise<{ caller: Party; staysMs: number }> {
      const caller = await office().client('+79161112255')
      const calling = caller.call(to)
      await Promise.all([rings(page), rings(other.page)])
      await shot(other.page, 'ringing-en-dark')
      const [talked, gone] = [
        firstMs(other.page, '[data-phase=talking]'),
        lastMs(page, '[data-testid=ring-card]')
      ]
      await answer(other.page)
      await Promise.all([talks(other.page), vanished(page)])
      expect(await calling).to.equal(200)
      return { caller, staysMs: (await gone) - (await talked) }
    }
    let { caller, staysMs } = await answeredByOne()
    // What the product itself takes shows each time; one of two browsers that waits for a processor does not.
    for (let again = 0; staysMs >= 300 && again < 3; again += 1) {
      caller.hangup()
      await vanished(other.page)
      await office().company.clear()
      ;({ caller, staysMs } = await answeredByOne())
    }
    expect(staysMs, 'the other card stays, ms').to.be.below(300)
    await hearsLoud(other.page, clientHz, 'the colleague hears him')
    const voice = (): number => loudness(caller.audio().slice(-2400), microphoneHz)
    await clientHears(caller, microphoneHz, 'he hears the colleague')
    await other.page.keyboard.press('m')
    await until(() => voice() < 0.005, { what: 'he hears nothing of a muted colleague' })
    await other.page.keyboard.press('m')
    await until(() => voice() > 0.1, { what: 'he hears the colleague again' })
    await shot(other.page, 'talking-en-dark')
    caller.hangup()
    await vanished(other.page)
    const call = await office().company.ended(to)
    expect(call.operator?.name).to.equal(office().gleb.name)
    expect(call.legs.find((leg) => leg.userName === office().vera.name)?.result).to.equal('cancelled')
  })

  it('answers by the button of a notification; the colleague’s notification goes at once', async () => {
    const { api } = office().instance
    const { items } = await api<{ items: { id: string; name: string }[] }>('GET', '/api/groups?limit=100')
    const both = items.find(({ name }) => name === 'Двое')
    await api('PATCH', `/api/groups/${both?.id ?? ''}`, { ringTone: 'bright' })
    const other = await office().colleague('gleb')
    for (const { context, page: at } of [office().desk, other]) {
      await context.grantPermissions(['microphone', 'notifications'])
      await at.reload()
      await ready(at)
      await at.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
      // No window of this browser is ever away.
      await at.evaluate('document.hasFocus = () => false')
    }
    await takesCalls(other.page)
    const caller = await office().client('+79161112277')
    const calling = caller.call(number.both)
    await Promise.all([rings(page), rings(other.page)])
    expect(await card(page).getAttribute('data-tone')).to.equal('bright')
    for (const at of [page, other.page]) {
      await until(async () => (await notices(at))[0]?.text.includes('8 (916) 111-22-77') ?? false, {
        what: 'a notification says who calls'
      })
      expect((await notices(at))[0]?.buttons).to.deep.equal(['Ответить', 'Отклонить'])
    }
    await other.page.locator('[data-testid=answer]:enabled').waitFor()
    const worker = other.context.serviceWorkers()[0]
    expect(worker?.url()).to.include('/call-notices.js')
    // Nobody can press what a browser without windows shows; the worker is told as if somebody had.
    await worker?.evaluate(`registration.getNotifications().then(([notification]) => {
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: 'answer' }))
    })`)
    await Promise.all([talks(other.page), vanished(page)])
    expect(await calling).to.equal(200)
    for (const at of [page, other.page])
      await until(async () => (await notices(at)).length === 0, { what: 'no notification is left' })
    caller.hangup()
    await vanished(other.page)
    await page.evaluate('delete document.hasFocus')
  })

  /** What the notifications of a page say, and their buttons. */
  async function notices(at: Page): Promise<{ text: string; buttons: string[] }[]> {
    return at.evaluate(`navigator.serviceWorker.getRegistration()
      .then((worker) => worker.getNotifications())
      .then((list) => list.map(({ title, body, actions }) =>
        ({ text: title + ' ' + body, buttons: actions.map((action) => action.title) })))`)
  }

  /** When an element first is there, and when it is no more; by the clock of the machine. */
  const firstMs = (at: Page, css: string): Promise<number> => turnsMs(at, css, true)
  const lastMs = (at: Page, css: string): Promise<number> => turnsMs(at, css, false)
  const turnsMs = (at: Page, css: string, isThere: boolean): Promise<number> =>
    at.evaluate(`new Promise((resolve) => {
      const look = () => {
        if ((document.querySelector('${css}') !== null) !== ${isThere}) return
        watcher.disconnect()
        resolve(performance.timeOrigin + performance.now())
      }
      const watcher = new MutationObserver(look)
      watcher.observe(document.body, { subtree: true, childList: true, attributes: true })
    })`)

  it('rings the browser of an admin who tries a draft out; keys move the picture', async () => {
    const menu = {
      type: 'menu',
      settings: { prompt: [{ sound: 'ringtrace/menu-shop' }], options: [{ digit: '1' }] },
      exits: { '1': 'rate', noInput: null, wrongInput: null }
    }
    const rate = { type: 'rating', settings: {}, exits: { next: null } }
    const draft = { locale: 'ru', start: 'menu', blocks: { menu, rate } }
    const { id } = await office().instance.api<{ id: string }>('POST', '/api/schemes', {
      name: 'Проба',
      draft
    })
    const { page: at } = await office().colleague('admin')
    await ready(at)
    await at.goto(`/schemes/${id}`)
    await ready(at)
    await at.getByTestId('test-call').click()
    await at.getByTestId('test-from').fill('+79161112288')
    await at.getByTestId('test-start').click()
    const stands = (block: string) => at.locator(`[data-testid=block-${block}][data-tested]`).waitFor()
    const isHeard = (what: string) =>
      until(async () => (await volume(at)) > 0.02, { timeoutMs: waitMs, what })
    await stands('menu')
    await isHeard('the admin hears the greeting')
    await card(at).getByText('вы за клиента').waitFor()
    await at.getByTestId('keypad').click()
    await at.getByTestId('key-1').click()
    await stands('rate')
    await isHeard('the admin hears the question')
    await shot(at, 'draft-tried-ru-light')
    await at.getByTestId('key-5').click()
    await at.locator('[data-testid=test-bar][data-over]').waitFor()
    await vanished(at)
  })

  it('reads a caller’s name as text wherever it stands, also one that is a page of its own', async () => {
    const to = number.vera
    const name = '<img src=x onerror=alert(1)>'
    const admin = await office().colleague('admin', { locale: 'en-US' })
    await admin.page.getByTestId('nav-live').click()
    const from = `"${name}" <sip:+79161112266@${office().company.trunkHost}>`
    const caller = await office().company.caller(to, {
      scenario: 'caller-hangs-up',
      keys: { talk: 2000 },
      from
    })
    await rings(page)
    expect(await card(page).getByTestId('caller').innerText()).to.equal(name)
    const live = admin.page.getByTestId('live-row')
    await live.waitFor()
    expect(await live.innerText()).to.include(name)
    await shot(admin.page, 'live-en-light')
    await answer(page)
    await talks(page)
    await caller.done
    const { id } = await office().company.ended(to)
    await admin.page.getByTestId('nav-journal').click()
    const row = admin.page.locator(`[data-testid=journal-row][data-call="${id}"]`)
    await row.waitFor()
    expect(await row.innerText()).to.include(name)
    await row.click()
    await admin.page.getByRole('dialog').getByText(name).first().waitFor()
    await shot(admin.page, 'call-en-light')
    expect(await admin.page.locator('img[src="x"]').count()).to.equal(0)
  })

  /** The call to this number that is in progress. */
  async function current(to: string): Promise<string> {
    const page = await office().instance.api<{ items: { id: string; dialedNumber: string }[] }>(
      'GET',
      '/api/calls'
    )
    const call = page.items.find((item) => item.dialedNumber === to)
    if (!call) throw new Error(`There is no call to ${to}`)
    return call.id
  }

  async function reaches(call: string, blockType: string): Promise<void> {
    await until(
      async () =>
        (await office().company.tape(call)).some(
          (row) => row.data['blockType'] === blockType && row.data['state'] === 'started'
        ),
      { what: `the call reaches the ${blockType}` }
    )
  }
})
