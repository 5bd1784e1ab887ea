import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { io } from 'socket.io-client'
import { openPanel } from '../chaos/panel.ts'
import { groupOf, onlyRow, rowsOf, type Telephones } from '../pbx/chaos.ts'
import { hears, tones } from '../pbx/office.ts'
import { ringScheme, type Company } from '../support/company.ts'
import { until } from '../support/until.ts'
import { chrome, foundSite } from '../tracking/site.ts'
import type { World } from './world.ts'

const first = '+74950001711'
const second = '+74950001712'

/** What a screen is told of calls, as it comes. */
function listen(url: string, cookie: string) {
  const seqs: number[] = []
  const told: string[] = []
  const socket = io(url, {
    ...{ path: '/live', transports: ['websocket'], extraHeaders: { cookie }, forceNew: true }
  })
  const greeted = new Promise<void>((resolve) => void socket.once('hello', () => resolve()))
  socket.onAny((_name: string, data: { seq?: number; call?: unknown }) => {
    if (data.seq !== undefined) seqs.push(data.seq)
    if (data.call !== undefined) told.push(JSON.stringify(data.call))
  })
  return { seqs, told, greeted, close: () => socket.disconnect() }
}

/** Two web ports of one installation, behind whatever address: which of them a browser meets makes no difference. */
export function tellOfWebPorts(given: () => { world: World; company: Company; phones: Telephones }): void {
  const urls = (): [string, string] => [given().world.instance.url, given().world.web.url]

  async function signIn(url: string, login: string, password: string) {
    const response = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password })
    })
    const body = (await response.json()) as { csrfToken?: string; code?: string }
    const cookie = (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
    return { status: response.status, cookie, 'x-csrf-token': body.csrfToken ?? '' }
  }

  it('a second web port: whoever signs in at one is signed in at both, and guesses are counted together', async () => {
    const { world } = given()
    await world.web.start()
    const [here, there] = urls()
    const { status, ...headers } = await signIn(here, 'op0', 'an-operator-password')
    expect(status).to.equal(200)
    expect((await fetch(`${there}/api/me`, { headers })).status).to.equal(200)
    expect((await fetch(`${there}/api/auth/logout`, { method: 'POST', headers })).status).to.equal(204)
    expect((await fetch(`${here}/api/me`, { headers })).status).to.equal(401)

    // Five are free, wherever they are made.
    const statuses: number[] = []
    for (let n = 0; n < 5; n += 1)
      statuses.push((await signIn(n % 2 ? there : here, 'op1', 'a wrong one')).status)
    expect(statuses).to.deep.equal([401, 401, 401, 401, 401])
    for (const url of [here, there])
      expect((await signIn(url, 'op1', 'an-operator-password')).status, url).to.equal(429)
  })

  it('visits at both are never lent the same number', async () => {
    const { world } = given()
    const count = 12
    const shop = await foundSite(world.db, count)
    const { domain } = await world.db('sites').where({ id: shop.siteId }).first<{ domain: string }>('domain')
    const origin = `https://${domain}`
    const visit = async (url: string) => {
      const response = await fetch(`${url}/api/track/visits`, {
        method: 'POST',
        headers: { origin, 'user-agent': chrome, 'content-type': 'text/plain;charset=UTF-8' },
        body: JSON.stringify({
          ...{ key: shop.key, visitor: randomUUID(), url: `${origin}/`, at: 1, groups: ['main'] }
        })
      })
      const { numbers = [] } = (await response.json()) as { numbers?: { e164: string; kind: string }[] }
      return { status: response.status, ...numbers[0] }
    }
    // Until both know the site, they lend nothing.
    const early = await Promise.all(
      urls().map((url) =>
        until(async () => {
          const lent = await visit(url)
          return lent.kind === 'lease' ? lent : null
        })
      )
    )
    const later = await Promise.all(
      Array.from({ length: count - early.length }, (_, n) => visit(urls()[n % 2] ?? ''))
    )
    const lent = [...early, ...later]
    expect(lent.map(({ kind }) => kind)).to.deep.equal(lent.map(() => 'lease'))
    expect(new Set(lent.map(({ e164 }) => e164)).size, 'each has a number of its own').to.equal(count)
  })

  it('screens at both are told the same, once and in order; one whose web port is killed misses nothing', async () => {
    const { world, company, phones } = given()
    const { instance, web } = world
    const [anna] = company.operators
    const { cookie = '' } = await instance.headers()
    const screens = urls().map((url) => listen(url, cookie))
    const panel = await openPanel(web.url, cookie)
    try {
      await Promise.all(screens.map(({ greeted }) => greeted))
      const group = await groupOf(instance, anna)
      for (const to of [first, second]) await company.number(to, ringScheme(group, { ringSeconds: 20 }))
      const annaPhone = await phones.at(anna, { toneHz: tones.anna })
      const client = await phones.outside({ toneHz: tones.client })
      expect(await client.call(first)).to.equal(200)
      await hears(client, { anna: true })
      client.hangup()
      const { id } = await onlyRow(instance, first)
      const isOver = (text: string): boolean => text.includes(id) && text.includes('"phase":"ended"')
      await until(() => screens.every(({ told }) => told.some(isOver)), { what: 'both know that it is over' })
      const [here = [], there = []] = screens.map(({ told }) => told.filter((text) => text.includes(id)))
      expect(here.length).to.be.greaterThan(2)
      expect(there).to.deep.equal(here)
      expect(new Set(here).size, 'nothing twice').to.equal(here.length)
      for (const { seqs } of screens) expect(seqs).to.deep.equal([...new Set(seqs)].toSorted((a, b) => a - b))

      await until(() => !annaPhone.isUp())
      const before = panel.anewMs()
      const newcomer = await phones.outside({ toneHz: tones.client })
      expect(await newcomer.call(second)).to.equal(200)
      const talk = await until(async () => (await rowsOf(instance, second))[0]?.id, { what: 'it is written' })
      await until(() => panel.open().includes(talk), { what: 'the screen shows it' })
      await web.kill()
      await hears(newcomer, { anna: true })
      newcomer.hangup()
      await onlyRow(instance, second)
      await until(() => !annaPhone.isUp())
      const last = await phones.outside({ toneHz: tones.client })
      expect(await last.call(first)).to.equal(200)
      await web.start()
      await until(() => panel.isConnected() && panel.anewMs() > before, { what: 'the screen is told anew' })
      const going = (await rowsOf(instance, first)).filter(({ endedAt }) => !endedAt).map((row) => row.id)
      await until(() => panel.open().join() === going.join(), { what: 'it shows what goes on, and no more' })
      expect(going).to.have.length(1)
      last.hangup()
      await until(() => panel.open().length === 0, { what: 'it is told of the end' })
    } finally {
      panel.close()
      for (const screen of screens) screen.close()
    }
  })
}
