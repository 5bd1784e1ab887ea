import path from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { Scheme, SchemeBlock } from '../../ivr/scheme.ts'
import { createParty, type Party } from '../ari/party.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { buildPages, openBrowser, shot, sitDown, waitMs, type Desk, type Look } from './browser.ts'

export const microphoneHz = 440
/** The voice of somebody who is to be told from Vera. */
export const otherHz = 620
export const clientHz = 1000
export const password = 'an-operator-password'
/** A number for every way of ringing: menu → Vera, Vera → everybody, Vera alone, Vera and Gleb at once. */
export const number = {
  menu: '+74953500001',
  inTurn: '+74953500002',
  vera: '+74953500003',
  both: '+74953500004'
}

/** A company with two operators in browsers (Vera, who sits at `desk`, and Gleb) and one with a SIP telephone. */
export interface Office {
  readonly instance: Instance
  readonly company: Company
  readonly vera: { id: string; name: string }
  readonly gleb: { id: string; name: string }
  readonly desk: Desk
  /** Another person at a computer of their own, signed in; `isDistinct` speaks another tone than Vera. */
  colleague(login: string, look?: Look & { isDistinct?: boolean }): Promise<Desk>
  /** A client at the trunk who speaks a tone. */
  client(user: string): Promise<Party>
  /** Somebody outside whom calls through the trunk reach: picks up, and speaks the client's tone. */
  callee(): Promise<Party>
  /** Ends what a test left behind. @returns what went wrong in the pages */
  clear(): Promise<string[]>
  close(): Promise<void>
}

/** Starts everything on ports from `base`. Nobody has signed in yet. */
export async function openOffice(base: number, lane: number, hasNotifications = false): Promise<Office> {
  await buildPages()
  const instance = await startInstance(base)
  const tones = path.join(instance.dataDir, 'tones')
  const browser: Browser = await openBrowser(tones, microphoneHz, hasNotifications)
  const company = await foundCompany(instance, lane, 1)
  const vera = await operator('vera', 'Вера Смирнова')
  const gleb = await operator('gleb', 'Глеб Ильин')
  await addNumbers()
  const desk = await sitDown(browser, instance)
  const others: Desk[] = []
  let secondBrowser: Promise<Browser> | undefined
  const callers: Party[] = []

  async function operator(login: string, name: string): Promise<{ id: string; name: string }> {
    const user = { login, name, role: 'operator', password, device: 'browser' }
    const { id } = await instance.api<{ id: string }>('POST', '/api/users', user)
    return { id, name }
  }

  /** Signs somebody in who is not a test of signing in. @returns their cookie, `name=value` */
  async function sessionOf(login: string): Promise<string> {
    const response = await fetch(`${instance.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password: login === 'admin' ? instance.password : password })
    })
    expect(response.status, `${login} signs in`).to.equal(200)
    return (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  }

  async function group(name: string, members: { id: string }[]): Promise<string> {
    const memberIds = members.map(({ id }) => id)
    return (await instance.api<{ id: string }>('POST', '/api/groups', { name, memberIds })).id
  }

  async function addNumbers(): Promise<void> {
    const veras = await group('Отдел окон', [vera])
    const everybody = await group('Все', [vera, ...company.operators])
    const both = await group('Двое', [vera, gleb])
    const long = { ringSeconds: 30 }
    await company.number(number.menu, menuScheme(veras))
    await company.number(number.inTurn, inTurnScheme(veras, everybody))
    await company.number(number.vera, ringScheme(veras, long))
    await company.number(number.both, ringScheme(both, { ...long, strategy: 'ringAll' }))
  }

  return {
    instance,
    company,
    vera,
    gleb,
    desk,
    async colleague(login, look) {
      if (look?.isDistinct) secondBrowser ??= openBrowser(path.join(instance.dataDir, 'other-tones'), otherHz)
      const ownBrowser = look?.isDistinct ? await secondBrowser : undefined
      const other = await sitDown(ownBrowser ?? browser, instance, look, await sessionOf(login))
      others.push(other)
      return other
    },
    async client(user) {
      const port = 6100 + callers.length * 2
      const server = { host: '127.0.0.1', port: instance.sipPort }
      const party = await createParty({ host: company.trunkHost, port, server, user, toneHz: clientHz })
      callers.push(party)
      return party
    },
    async callee() {
      const server = { host: '127.0.0.1', port: instance.sipPort }
      const there = { host: company.trunkHost, port: 5060, user: 'outside' }
      const party = await createParty({ ...there, server, toneHz: clientHz })
      callers.push(party)
      return party
    },
    async clear() {
      const faults = (await Promise.all([desk, ...others].map((each) => each.faults()))).flat()
      for (const other of others.splice(0)) await other.close()
      for (const tab of desk.context.pages()) if (tab !== desk.page) await tab.close()
      for (const caller of callers.splice(0)) {
        caller.hangup()
        await caller.close()
      }
      await company.clear()
      return faults
    },
    async close() {
      await (await secondBrowser)?.close()
      await browser.close()
      await instance.stop()
    }
  }
}

/**
 * One office for all tests of a `describe`. Each test ends with no call and no fault of a page; of a failed one there
 * is a tape and a picture.
 * @returns how to get at it, from the first test on
 */
export function officeForTests(
  name: string,
  options: {
    beforeClear?: (office: Office) => Promise<void>
    areFaultsExpected?: boolean
    hasNotifications?: boolean
    lane?: number
  } = {}
): () => Office {
  let opened: Office | undefined
  const office = (): Office => {
    if (!opened) throw new Error('The office is not open yet')
    return opened
  }
  before(async function () {
    this.timeout(240_000)
    opened = await openOffice(14_200, options.lane ?? 35, options.hasNotifications)
  })
  after(async function () {
    this.timeout(60_000)
    await opened?.close()
  })
  afterEach(async function () {
    await options.beforeClear?.(office())
    if (this.currentTest?.state === 'failed') {
      console.log(await office().company.account())
      await shot(office().desk.page, `failed-${name}`)
    }
    const faults = await office().clear()
    if (!options.areFaultsExpected) expect(faults).to.deep.equal([])
  })
  return office
}

/** What an operator does and sees. */
export const card = (at: Page) => at.getByTestId('ring-card')
export const vanished = (at: Page) => card(at).waitFor({ state: 'detached', timeout: waitMs })
export const rings = (at: Page) =>
  at.locator('[data-testid=ring-card][data-phase=ringing]').waitFor({ timeout: waitMs })
export const talks = (at: Page) =>
  at.locator('[data-testid=ring-card][data-phase=talking]').waitFor({ timeout: waitMs })
export const answer = (at: Page) => at.locator('[data-testid=answer]:enabled').click()
/** The page's telephone is registered. */
export const ready = (at: Page) =>
  at.locator('[data-testid=softphone-state][data-state=registered]').waitFor({ timeout: waitMs })

export async function takesCalls(at: Page): Promise<void> {
  await at.getByTestId('presence').click()
  await at.getByTestId('presence-available').click()
  await at.locator('[data-testid=presence][data-presence=available]').waitFor()
}

/** Of the first tone that was asked for. */
export const isLoud = (heard: number[] | null): boolean => (heard?.[0] ?? 0) > 0.1

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

function inTurnScheme(first: string, then: string): Scheme {
  return {
    locale: 'ru',
    start: 'first',
    blocks: {
      first: ringBlock(first, { talked: null, noAnswer: 'then' }),
      then: ringBlock(then, { talked: null, noAnswer: null }, { rounds: 2 })
    }
  }
}
