import { expect } from 'chai'
import type { Device, Provisioning } from '../../api/contract/operators.ts'
import { asteriskPid, groupOf } from '../pbx/chaos.ts'
import { until } from '../support/until.ts'
import { bothHear, openOffice, type Office } from './office.ts'
import { header, type Message } from './message.ts'
import { createPeer, type Peer } from './peer.ts'
import { openRegistrar } from './registrar.ts'
import type { TrunkTest, TrunkTrace } from '../../api/contract/sip-trace.ts'

describe('A SIP phone that registers', function () {
  this.timeout(60_000)
  let office: Office
  let deviceId: string
  let account: Provisioning
  let number: string
  const open: Peer[] = []

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(12_400, 47, 1)
    const { instance } = office
    const { id } = await instance.api<{ id: string }>('POST', '/api/users', {
      ...{ login: 'desk', name: 'Elena', role: 'operator', password: 'an-operator-password' }
    })
    await instance.api('PATCH', `/api/users/${id}`, { presence: 'available' })
    const device = await instance.api<Device>('POST', '/api/devices', { userId: id, name: 'Desk phone' })
    deviceId = device.id
    account = await instance.api<Provisioning>('GET', `/api/devices/${deviceId}/provisioning`)
    const groupId = await groupOf(instance, { id, name: 'Elena', host: '', port: 0 })
    const settings = { assignedFirst: false, groupId, strategy: 'roundRobin', ringSeconds: 5, rounds: 1 }
    const blocks = { first: { type: 'ring', settings, exits: { talked: null, noAnswer: null } } }
    const desk = await office.desk({ operators: 0, blocks })
    number = desk.number
    const first = await phone(5209)
    await until(async () => (await first.register(0)).status === 200, {
      what: 'Asterisk knows the telephone'
    })
  })
  after(() => office.close())
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  async function phone(
    port: number,
    user = account.user,
    password: string | null = account.secret
  ): Promise<Peer> {
    const server = { host: '127.0.0.1', port: office.instance.sipPort }
    const options = { host: '127.0.47.4', port, server, user, dialog: { hertz: 1000 } }
    const made = await createPeer(password === null ? options : { ...options, password })
    open.push(made)
    return made
  }
  /** The first answer to a telephone that gives no password. */
  async function challenge(user: string): Promise<Message> {
    const one = await phone(5290, user, null)
    const answer = await one.register(60)
    await one.close()
    return answer
  }
  const isReachable = async (): Promise<boolean> =>
    (await office.instance.api<Device>('GET', `/api/devices/${deviceId}`)).isReachable

  /** Somebody calls; the telephone that rings answers, and both hear each other. */
  async function isCalledAt(wanted: Peer): Promise<void> {
    const caller = await (await office.outside()).call(number)
    const ringing = await wanted.incoming(wanted.calls.length)
    ringing.ring()
    ringing.answer()
    expect(await caller.final()).to.equal(200)
    await bothHear(caller, ringing)
    await caller.hangup()
    await ringing.waitFor('BYE')
  }

  it('with the password of its provisioning page rings and talks', async () => {
    const desk = await phone(5210)
    expect((await desk.register(120)).status).to.equal(200)
    await until(isReachable, { what: 'it is reachable' })
    await isCalledAt(desk)
  })

  it('with a wrong password is refused, as one that nobody knows is: neither can be told from the other', async () => {
    const [wrong, nobody] = [
      await phone(5211, account.user, 'a-wrong-password'),
      await phone(5212, 'op-nobody', 'a-wrong-password')
    ]
    const answers = [await wrong.register(120), await nobody.register(120)]
    expect(answers.map(({ status }) => status)).to.deep.equal([401, 401])
    const shape = (text: string): string =>
      text.replace(/(nonce|opaque)="[^"]*"/g, '$1').replace(/,stale=\w+/, '')
    const [first, second] = answers.map((answer) => shape(header(answer, 'www-authenticate')))
    expect(first).to.equal(second)
    const asked = [await challenge(account.user), await challenge('op-nobody')]
    expect(asked.map(({ status }) => status)).to.deep.equal([401, 401])
  })

  it('cannot call as another one, nor without a password', async () => {
    for (const user of [account.user, 'op-nobody']) {
      const thief = await phone(5213, user, 'a-wrong-password')
      const call = await thief.call(number)
      expect(await call.final()).to.be.oneOf([401, 403])
      await thief.close()
    }
  })

  it('from a second place replaces the first: calls ring there only', async () => {
    const [first, second] = [await phone(5214), await phone(5215)]
    expect((await first.register(120)).status).to.equal(200)
    expect((await second.register(120)).status).to.equal(200)
    await isCalledAt(second)
    expect(first.calls).to.have.length(0)
  })

  it('and takes itself off is unreachable at once, and nobody waits for it', async () => {
    const desk = await phone(5216)
    expect((await desk.register(120)).status).to.equal(200)
    await until(isReachable, { what: 'it is reachable' })
    expect((await desk.register(0)).status).to.equal(200)
    await until(async () => !(await isReachable()), { timeoutMs: 3000, what: 'it is unreachable' })
    const caller = await (await office.outside()).call(number)
    expect(await caller.final()).to.be.within(400, 699)
    expect(desk.calls).to.have.length(0)
  })

  it('for too short a time is told so (423), or gets the shortest that we allow', async () => {
    const desk = await phone(5217)
    const answer = await desk.register(5)
    expect(answer.status).to.be.oneOf([200, 423])
    if (answer.status === 423) expect(Number(header(answer, 'min-expires'))).to.equal(30)
    else expect(Number(/expires=(\d+)/.exec(header(answer, 'contact'))?.[1])).to.be.within(28, 30)
  })

  it('is there again after a restart of Asterisk, and can be called', async () => {
    const desk = await phone(5218)
    expect((await desk.register(120)).status).to.equal(200)
    await until(isReachable, { what: 'it is reachable' })
    process.kill(await asteriskPid(office.instance), 'SIGKILL')
    await until(async () => (await desk.register(120)).status === 200, {
      timeoutMs: 40_000,
      everyMs: 200,
      what: 'it registers again'
    })
    await until(isReachable, { timeoutMs: 20_000, what: 'it is reachable again' })
    await until(
      async () => {
        const health = await office.instance.api<{ checks: { asterisk: { status: string } } }>(
          'GET',
          '/api/health'
        )
        return health.checks.asterisk.status === 'ok'
      },
      { timeoutMs: 20_000, what: 'the controller is connected' }
    )
    await isCalledAt(desk)
  })

  it('with a password that has been changed must be given the new one', async () => {
    await office.instance.api('POST', `/api/devices/${deviceId}/rotate-secret`)
    const changed = await office.instance.api<Provisioning>('GET', `/api/devices/${deviceId}/provisioning`)
    expect(changed.secret).to.not.equal(account.secret)
    const [old, fresh] = [await phone(5219), await phone(5220, account.user, changed.secret)]
    await until(async () => (await fresh.register(120)).status === 200, { what: 'the new password is good' })
    expect((await old.register(120)).status).to.equal(401)
  })

  it('and is switched off by an admin is refused, and rings no more', async () => {
    await office.instance.api('PATCH', `/api/devices/${deviceId}`, { isActive: false })
    await until(async () => !(await isReachable()), { what: 'it is unreachable' })
    const changed = await office.instance.api<Provisioning>('GET', `/api/devices/${deviceId}/provisioning`)
    const desk = await phone(5221, account.user, changed.secret)
    await until(async () => (await desk.register(120)).status === 401, { what: 'it is refused' })
    const caller = await (await office.outside()).call(number)
    expect(await caller.final()).to.be.within(400, 699)
    expect(desk.calls).to.have.length(0)
  })

  it('at a carrier is tested as a trunk: a wrong password and a blocked account are told apart', async () => {
    const { instance } = office
    const host = '127.0.47.9'
    const carrier = await openRegistrar({ host, port: 5060, user: 'shop', password: 'right' })
    const trunk = { name: 'Tested', kind: 'registration', host, username: 'shop', secret: 'wrong' }
    const { id } = await instance.api<{ id: string }>('POST', '/api/trunks', trunk)
    async function tested(): Promise<TrunkTest> {
      await instance.api('POST', `/api/trunks/${id}/test`)
      return until(
        async () => {
          const { test } = await instance.api<TrunkTrace>('GET', `/api/trunks/${id}/trace`)
          return test?.state === 'running' ? null : test
        },
        { timeoutMs: 20_000, everyMs: 100, what: 'the test of the trunk has ended' }
      )
    }
    try {
      const wrong = await tested()
      expect(wrong.ladder.findings.map(({ code }) => code)).to.include('wrong_password')
      expect(wrong.ladder.messages.map(({ status }) => status)).to.include(401)
      carrier.mood = 'forbid'
      expect((await tested()).ladder.findings.map(({ code }) => code)).to.include('forbidden')
      carrier.mood = 'accept'
      await instance.api('PATCH', `/api/trunks/${id}`, { secret: 'right' })
      const right = await tested()
      expect(right.state, JSON.stringify(right.ladder.findings)).to.equal('passed')
    } finally {
      await instance.api('DELETE', `/api/trunks/${id}`)
      await carrier.close()
    }
  })
})
