import { expect } from 'chai'
import type { DialStop, SipBan } from '../../api/contract/guard.ts'
import type { Device, Provisioning } from '../../api/contract/operators.ts'
import type { Notices } from '../../api/contract/tasks.ts'
import { asteriskPid } from '../pbx/chaos.ts'
import { openOffice, type Desk, type Office } from '../sip/office.ts'
import { until } from '../support/until.ts'
import { shapeOf, stranger, type Stranger } from './probe.ts'

const lane = 78
const tries = 6

/** On a real Asterisk: who guesses is sent away, who has stolen a telephone is stopped, and everybody else calls on. */
describe('A telephone system that strangers attack', function () {
  this.timeout(60_000)
  let office: Office
  let target: { host: string; port: number }
  let thief: Desk
  const open: Stranger[] = []

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(30_200, lane, 2)
    target = { host: '127.0.0.1', port: office.instance.sipPort }
    await office.instance.api('PUT', '/api/sip-guard', { tries, allowed: [`127.0.${lane}.65`] })
    thief = await office.desk()
  })
  after(async () => {
    for (const one of open) one.close()
    await office.close()
  })

  async function at(last: number): Promise<Stranger> {
    const made = await stranger(`127.0.${lane}.${last}`, 5080, target)
    open.push(made)
    return made
  }
  const bansOf = async (last: number): Promise<SipBan[]> => {
    const { items } = await office.instance.api<{ items: SipBan[] }>('GET', '/api/sip-bans')
    return items.filter(({ address }) => address === `127.0.${lane}.${last}`)
  }
  const statusOf = async (one: Stranger, method = 'OPTIONS'): Promise<number | undefined> =>
    (await one.ask(method, 'op-nobody'))?.status

  it('says the same, and as fast, to users that it knows and to users that it does not', async () => {
    const { instance } = office
    const { items } = await instance.api<{ items: Device[] }>(
      'GET',
      `/api/devices?userId=${thief.operators[0]?.id ?? ''}`
    )
    const device = items.find(({ kind }) => kind === 'sip')
    const { user } = await instance.api<Provisioning>('GET', `/api/devices/${device?.id ?? ''}/provisioning`)
    // As long as a real one: lengths are seen too.
    const nobody = `op-${'0'.repeat(user.length - 3)}`
    const scanner = await at(65)
    const took = { known: [] as number[], unknown: [] as number[] }
    for (let round = 0; round < 12; round += 1) {
      for (const method of ['REGISTER', 'INVITE', 'OPTIONS']) {
        for (const password of [undefined, 'guess']) {
          const options = password === undefined ? {} : { password }
          const known = await scanner.ask(method, user, options)
          const unknown = await scanner.ask(method, nobody, options)
          if (!known || !unknown) throw new Error(`No answer to ${method}`)
          expect(known.status, method).to.equal(401)
          expect(shapeOf(known, user), method).to.equal(shapeOf(unknown, nobody))
          took.known.push(known.tookMs)
          took.unknown.push(unknown.tookMs)
        }
      }
    }
    const [known, unknown] = [unhurried(took.known), unhurried(took.unknown)]
    expect(Math.abs(known - unknown), `${known} and ${unknown} ms`).to.be.lessThan(5)
    expect(await bansOf(65), 'the allow list').to.deep.equal([])
  })

  it('bans an address that guesses, answers it 403 whatever it asks, and serves all others', async () => {
    const [scanner, other] = [await at(66), await at(67)]
    for (const name of ['100', '101', '102', 'admin', 'root', 'test']) await scanner.ask('REGISTER', name)
    await until(async () => (await statusOf(scanner)) === 403, { what: 'the scanner is refused' })
    const [ban] = await bansOf(66)
    expect(ban).to.include({ cause: 'unknown_user', tries, isActive: true, offence: 1, bannedBy: null })
    expect(ban?.accounts).to.include.members(['100', 'admin', 'root'])
    for (const method of ['REGISTER', 'INVITE', 'OPTIONS', 'SUBSCRIBE', 'MESSAGE']) {
      const [asNobody, asSomebody] = [
        await scanner.ask(method, 'op-nobody'),
        await scanner.ask(method, 'root')
      ]
      expect(asNobody?.status, method).to.equal(403)
      expect(asNobody && shapeOf(asNobody, 'op-nobody')).to.equal(asSomebody && shapeOf(asSomebody, 'root'))
    }
    expect(await statusOf(other), 'another address').to.equal(401)
    // The trunk calls in meanwhile, and is never banned itself, whatever comes from its address.
    for (let count = 0; count < tries * 2; count += 1) {
      const guess = await office.outside({ user: `guess${count}` })
      await guess.register(60)
      await guess.close()
    }
    const caller = await (await office.outside()).call(thief.number)
    const operator = await thief.phone.incoming()
    operator.ring()
    operator.answer()
    expect(await caller.final()).to.equal(200)
    await caller.hangup()
    expect(await bansOf(3)).to.deep.equal([])

    await office.instance.api('DELETE', `/api/sip-bans/${ban?.id ?? ''}`)
    await until(async () => (await statusOf(scanner)) === 401, { what: 'the ban is lifted' })
  })

  it('keeps bans over a crash of Asterisk', async () => {
    const { instance } = office
    const scanner = await at(68)
    await instance.api('POST', '/api/sip-bans', { address: `127.0.${lane}.68`, note: 'Known scanner' })
    await until(async () => (await statusOf(scanner)) === 403, { what: 'banned by hand' })
    process.kill(await asteriskPid(instance), 'SIGKILL')
    await until(async () => (await scanner.ask('OPTIONS', 'op-nobody', { timeoutMs: 500 }))?.status === 403, {
      timeoutMs: 30_000,
      what: 'banned again after the crash'
    })
  })

  it('stops a stolen telephone that dials premium numbers, tells the admins, and lets the others call', async () => {
    const { instance } = office
    const carrier = await office.carrier()
    const honest = await office.desk()
    for (let count = 0; count < 10; count += 1) {
      const call = await thief.phone.call(`+88216123456${count}`)
      // Its own leg is taken up; nothing goes out, and it is hung up.
      await call.final()
      await call.waitFor((message) => message.method === 'BYE' || message.status >= 400)
    }
    const stop = await until(
      async () => {
        const { items } = await instance.api<{ items: DialStop[] }>('GET', '/api/dial-stops?active=true')
        return items[0]
      },
      { timeoutMs: 5000, what: 'the stop' }
    )
    expect(stop).to.include({ userId: thief.operators[0]?.id, reason: 'prefix_blocked', tries: 10 })
    const { items } = await instance.api<Notices>('GET', '/api/me/notices')
    expect(items[0]).to.include({ kind: 'alarm', subject: 'dial_stop', subjectId: stop.id })
    const atHome = await thief.phone.call('+74951230001')
    await atHome.waitFor((message) => message.method === 'BYE' || message.status >= 400)
    expect(carrier.calls).to.deep.equal([])

    const call = await honest.phone.call('+74951230002')
    const outside = await carrier.incoming()
    outside.answer()
    expect(await call.final()).to.equal(200)
    await call.hangup()

    await instance.api('DELETE', `/api/dial-stops/${stop.id}`)
    const again = await thief.phone.call('+74951230003')
    const reached = await carrier.incoming(1)
    reached.answer()
    expect(await again.final()).to.equal(200)
    await again.hangup()
  })
})

/** What an answer takes by itself: a busy machine only ever adds to it, so the quicker quarter knows. */
const unhurried = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 2] ?? 0
