import { expect } from 'chai'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page, Response } from 'playwright-core'
import type { Scheme, SchemeBlock } from '../../ivr/scheme.ts'
import { createParty, type Party } from '../ari/party.ts'
import { loudness } from '../ari/tone.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { soundInfo, toneFile, tonesIn } from '../support/sound.ts'
import { until } from '../support/until.ts'
import { buildPages, hears, openBrowser, shot, signIn, sitDown, waitMs, type Desk } from './browser.ts'

const microphoneHz = 440
const clientHz = 1000
const number = {
  talk: '+74953500001',
  decline: '+74953500002',
  plain: '+74953500003',
  two: '+74953500004'
}
const password = 'an-operator-password'

describe('An operator who answers in a browser', function () {
  this.timeout(90_000)
  let instance: Instance
  let company: Company
  let browser: Browser
  let vera: { id: string; name: string }
  let gleb: { id: string; name: string }
  let desk: Desk
  let page: Page
  const others: Desk[] = []
  const callers: Party[] = []

  before(async function () {
    this.timeout(180_000)
    await buildPages()
    instance = await startInstance(35_000)
    browser = await openBrowser(path.join(instance.dataDir, 'tones'), microphoneHz)
    company = await foundCompany(instance, 35, 1)
    vera = await operator('vera', 'Вера Смирнова')
    gleb = await operator('gleb', 'Глеб Ильин')
    await numbers()
    desk = await sitDown(browser, instance)
    page = desk.page
  })
  after(async function () {
    this.timeout(60_000)
    await browser?.close()
    await instance?.stop()
  })

  /** No script of a stranger ran, nothing broke a rule of the content policy, and no call is left. */
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(await company.account())
      await shot(page, 'failed')
    }
    const faults = (await Promise.all([desk, ...others].map((each) => each.faults()))).flat()
    for (const other of others.splice(0)) await other.close()
    for (const tab of desk.context.pages()) if (tab !== page) await tab.close()
    for (const caller of callers.splice(0)) {
      caller.hangup()
      await caller.close()
    }
    await company.clear()
    expect(faults).to.deep.equal([])
  })

  /** A number for every test. */
  async function numbers(): Promise<void> {
    const veras = await group('Отдел окон', [vera])
    const everybody = await group('Все', [vera, ...company.operators])
    const browsers = await group('Двое', [vera, gleb])
    const long = { ringSeconds: 30 }
    await company.number(number.talk, menuScheme(veras))
    await company.number(number.decline, {
      locale: 'ru',
      start: 'first',
      blocks: {
        first: ringBlock(veras, { talked: null, noAnswer: 'then' }),
        then: ringBlock(everybody, { talked: null, noAnswer: null }, { rounds: 2 })
      }
    })
    await company.number(number.plain, ringScheme(veras, long))
    await company.number(number.two, ringScheme(browsers, { ...long, strategy: 'ringAll' }))
  }

  async function operator(login: string, name: string): Promise<{ id: string; name: string }> {
    const user = { login, name, role: 'operator', password, device: 'browser' }
    const { id } = await instance.api<{ id: string }>('POST', '/api/users', user)
    return { id, name }
  }

  async function group(name: string, members: { id: string }[]): Promise<string> {
    const memberIds = members.map(({ id }) => id)
    return (await instance.api<{ id: string }>('POST', '/api/groups', { name, memberIds })).id
  }

  /** A client at the trunk who speaks a tone. */
  async function client(user: string): Promise<Party> {
    const port = 6100 + callers.length * 2
    const server = { host: '127.0.0.1', port: instance.sipPort }
    const party = await createParty({ host: company.trunkHost, port, server, user, toneHz: clientHz })
    callers.push(party)
    return party
  }

  async function ready(at: Page): Promise<void> {
    await at.locator('[data-testid=softphone-state][data-state=registered]').waitFor({ timeout: waitMs })
  }

  async function takesCalls(at: Page): Promise<void> {
    await at.getByTestId('presence').click()
    await at.getByTestId('presence-available').click()
    await at.locator('[data-testid=presence][data-presence=available]').waitFor()
  }

  async function colleague(login: string, look?: Parameters<typeof sitDown>[2]): Promise<Desk> {
    const other = await sitDown(browser, instance, look)
    others.push(other)
    await signIn(other.page, login, login === 'admin' ? instance.password : password)
    return other
  }

  const card = (at: Page = page) => at.getByTestId('ring-card')
  const vanished = (at: Page = page) => card(at).waitFor({ state: 'detached', timeout: waitMs })
  const rings = (at: Page = page) =>
    at.locator('[data-testid=ring-card][data-phase=ringing]').waitFor({ timeout: waitMs })
  const talks = (at: Page = page) =>
    at.locator('[data-testid=ring-card][data-phase=talking]').waitFor({ timeout: waitMs })
  const answer = (at: Page = page) => at.locator('[data-testid=answer]:enabled').click()

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
    const to = number.talk
    const caller = await client('+79161112233')
    expect(await caller.call(to)).to.equal(200)
    caller.key('1')
    await rings()
    const words = await card().innerText()
    for (const told of ['8 (916) 111-22-33', 'Yandex.Direct', 'windows', 'buy windows', 'Site header'])
      expect(words).to.include(told)
    expect(words).to.include('8 (495) 350-00-01')
    expect(words).to.include('Продажи окон')
    await shot(page, 'ringing-ru-light')
    await answer()
    await talks()
    await until(async () => loud(await hears(page, [clientHz])), { timeoutMs: waitMs, what: 'she hears him' })
    const [ofClient = 0, ofHerself = 1] = (await hears(page, [clientHz, microphoneHz])) ?? []
    expect(ofClient).to.be.greaterThan(0.1)
    expect(ofHerself, 'her own voice comes back').to.be.lessThan(0.02)
    await shot(page, 'talking-ru-light')
    await until(() => loudness(caller.audio().slice(-4000), microphoneHz) > 0.1, { what: 'he hears her' })
    await page.waitForTimeout(1500)
    await page.getByTestId('hangup').click()
    await vanished()
    await shot(page, 'ended-ru-light')
    const call = await current(to)
    await reaches(call, 'rating')
    caller.key('5')
    await until(() => !caller.isUp(), { timeoutMs: waitMs, what: 'the caller was thanked and let go' })

    const ended = await company.ended(to)
    expect(ended).to.include({ outcome: 'answered', rating: 5, pressed: '1', hangupBy: 'operator' })
    expect(ended.operator?.name).to.equal(vera.name)
    await until(async () => (await company.ended(to)).recording?.state === 'ready', {
      timeoutMs: waitMs,
      what: 'the recording is ready'
    })
    const file = path.join(instance.dataDir, 'heard.mp3')
    const url = `${instance.url}/api/calls/${call}/recording`
    const recording = await fetch(url, { headers: await instance.headers() })
    await fs.writeFile(file, Buffer.from(await recording.arrayBuffer()))
    expect(await soundInfo(file)).to.include({ channels: 2 })
    const [left = {}, right = {}] = await tonesIn(file, [microphoneHz, clientHz])
    expect(left[clientHz], 'the client in the client’s channel').to.be.greaterThan(0.1)
    expect(left[microphoneHz], 'the operator in the client’s channel').to.be.lessThan(0.02)
    expect(right[microphoneHz], 'the operator in the operator’s channel').to.be.greaterThan(0.1)
    expect(right[clientHz], 'the client in the operator’s channel').to.be.lessThan(0.02)
    await seesInJournal(call)
  })

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
    for (const told of ['Yandex.Direct', 'windows → «buy windows»', vera.name, '5 ★']) {
      expect(words).to.include(told)
    }
    await shot(page, 'journal-ru-light')
    await row.click()
    const drawer = page.getByRole('dialog')
    const player = drawer.getByTestId('player')
    await player.waitFor()
    expect(await drawer.getByTestId('tape-lane').count()).to.be.at.least(2)
    expect(await drawer.getByTestId('tape').innerText()).to.include(vera.name)
    const wave = drawer.getByTestId('waveform')
    await until(async () => ((await wave.boundingBox())?.height ?? 0) > 30, { what: 'the sound is drawn' })
    await shot(page, 'call-ru-light')
    await player.getByTestId('play').click()
    await page.locator('[data-testid=player][data-playing=true]').waitFor()
    const { width = 0, height = 0 } = (await wave.boundingBox()) ?? {}
    await wave.click({ position: { x: width * 0.75, y: height / 2 } })
    const seconds = (await company.ended(number.talk)).recording?.seconds ?? 0
    await until(async () => Number(await player.getAttribute('data-position')) > seconds * 0.7, {
      what: 'it plays from where she pointed'
    })
    await until(() => answers.some((response) => response.status() === 206), { what: 'a part was asked for' })
    await page.getByRole('button', { name: 'Закрыть' }).click()
    await page.getByTestId('nav-desk').click()
    page.off('response', note)
  }

  it('declines, is not rung again in this call, and the next operator gets it', async () => {
    const to = number.decline
    const [anna] = company.operators
    if (!anna) throw new Error('No operator')
    const tone = await toneFile(path.join(instance.dataDir, 'tones'), clientHz)
    await company.phone(anna, { scenario: 'operator-answers', keys: { ring: 300 }, tone })
    const caller = await company.caller(to, { scenario: 'caller-hangs-up', keys: { talk: 1500 } })
    await rings()
    await page.locator('[data-testid=decline]:enabled').click()
    await vanished()
    await caller.done
    const call = await company.ended(to)
    expect(call.operator?.name).to.equal(anna.name)
    expect(call.legs.map((leg) => [leg.userName, leg.result])).to.deep.equal([
      [vera.name, 'declined'],
      [anna.name, 'answered']
    ])
  })

  it('sees the card vanish when the caller gives up, and a missed call in the journal', async () => {
    const to = number.plain
    const caller = await company.caller(to, { scenario: 'caller-cancels', keys: { before: 1500 } })
    await rings()
    await vanished()
    await caller.done
    const { id } = await company.ended(to)
    await page.getByTestId('nav-journal').click()
    const row = page.locator(`[data-testid=journal-row][data-call="${id}"]`)
    await row.waitFor()
    expect(await row.innerText()).to.include('Пропущен')
    await page.getByTestId('nav-desk').click()
  })

  it('opens a second tab: it is told where the phone is, and may take it over; so may a reload', async () => {
    const second = await desk.tab()
    await second.getByTestId('elsewhere').waitFor()
    await shot(second, 'elsewhere-ru-light')
    await second.getByTestId('take-over').click()
    await ready(second)
    await page.getByTestId('elsewhere').waitFor()
    const to = number.plain
    const caller = await client('+79161112244')
    const calling = caller.call(to)
    await rings(second)
    await answer(second)
    await talks(second)
    expect(await calling).to.equal(200)
    await card().getByText('в другой вкладке').waitFor()
    expect(await page.getByTestId('hangup').count()).to.equal(0)
    await shot(page, 'talks-elsewhere-ru-light')
    await until(async () => loud(await hears(second, [clientHz])), { what: 'the second tab hears him' })
    caller.hangup()
    await vanished(second)
    await second.close()
    await ready(page)
    await page.reload()
    await ready(page)
  })

  it('rings together with a colleague; one answers, and the other’s card vanishes', async () => {
    const to = number.two
    const other = await colleague('gleb', { locale: 'en-US', colorScheme: 'dark' })
    await ready(other.page)
    await takesCalls(other.page)
    const caller = await client('+79161112255')
    const calling = caller.call(to)
    await Promise.all([rings(), rings(other.page)])
    await shot(other.page, 'ringing-en-dark')
    await answer(other.page)
    await Promise.all([talks(other.page), vanished()])
    expect(await calling).to.equal(200)
    await until(async () => loud(await hears(other.page, [clientHz])), { what: 'the colleague hears him' })
    await shot(other.page, 'talking-en-dark')
    caller.hangup()
    await vanished(other.page)
    const call = await company.ended(to)
    expect(call.operator?.name).to.equal(gleb.name)
    expect(call.legs.find((leg) => leg.userName === vera.name)?.result).to.equal('cancelled')
  })

  it('reads a caller’s name as text wherever it stands, also one that is a page of its own', async () => {
    const to = number.plain
    const name = '<img src=x onerror=alert(1)>'
    const admin = await colleague('admin', { locale: 'en-US' })
    await admin.page.getByTestId('nav-live').click()
    const from = `"${name}" <sip:+79161112266@${company.trunkHost}>`
    const caller = await company.caller(to, { scenario: 'caller-hangs-up', keys: { talk: 2000 }, from })
    await rings()
    expect(await card().getByTestId('caller').innerText()).to.equal(name)
    const live = admin.page.getByTestId('live-row')
    await live.waitFor()
    expect(await live.innerText()).to.include(name)
    await shot(admin.page, 'live-en-light')
    await answer()
    await talks()
    await caller.done
    const { id } = await company.ended(to)
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
    const page = await instance.api<{ items: { id: string; dialedNumber: string }[] }>('GET', '/api/calls')
    const call = page.items.find((item) => item.dialedNumber === to)
    if (!call) throw new Error(`There is no call to ${to}`)
    return call.id
  }

  async function reaches(call: string, blockType: string): Promise<void> {
    await until(
      async () =>
        (await company.tape(call)).some(
          (row) => row.data['blockType'] === blockType && row.data['state'] === 'started'
        ),
      { what: `the call reaches the ${blockType}` }
    )
  }
})

const loud = (heard: number[] | null): boolean => (heard?.[0] ?? 0) > 0.1

function ringBlock(groupId: string, exits: SchemeBlock['exits'], settings = {}): SchemeBlock {
  const usual = { assignedFirst: true, groupId, strategy: 'longestIdle', ringSeconds: 20, rounds: 1 }
  return { type: 'ring', settings: { ...usual, record: true, ...settings }, exits }
}

/** 1 → the group under a name for people → the rating. */
function menuScheme(groupId: string): Scheme {
  return {
    locale: 'ru',
    start: 'menu',
    blocks: {
      menu: {
        type: 'menu',
        label: 'Меню',
        settings: { prompt: [{ sound: 'ringtrace/menu-shop' }], options: [{ digit: '1' }] },
        exits: { '1': 'sales', noInput: null, wrongInput: null }
      },
      sales: { ...ringBlock(groupId, { talked: 'rate', noAnswer: null }), label: 'Продажи окон' },
      rate: { type: 'rating', label: 'Оценка', settings: {}, exits: { next: null } }
    }
  }
}
