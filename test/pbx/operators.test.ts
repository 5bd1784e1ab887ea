import { expect } from 'chai'
import type { User } from '../../api/contract/config.ts'
import type { Device, Provisioning, QueueState } from '../../api/contract/operators.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import type { Party } from '../ari/party.ts'
import { createParty } from '../ari/party.ts'
import { foundCompany, ringScheme, type Company, type Operator } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { groupOf, hearsTone, onlyRow, rowsOf, telephones, type Telephones } from './chaos.ts'

const number = (index: number): string => `+749560000${String(index).padStart(2, '0')}`

describe('Operators at work', function () {
  this.timeout(60_000)
  let instance: Instance
  let company: Company
  let phones: Telephones
  let anna: Operator
  let boris: Operator
  let annas: string
  /** Devices of a test. */
  const added: string[] = []

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(20_600)
    company = await foundCompany(instance, 43, 2)
    phones = telephones(instance, company)
    ;[anna, boris] = company.operators as [Operator, Operator]
    annas = await groupOf(instance, anna)
  })
  after(() => instance.stop())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await company.account())
    await phones.close()
    await rules({ wrapUpSeconds: 0, autoPauseAfter: 0 })
    await instance.api('PATCH', `/api/groups/${annas}`, { wrapUpSeconds: null })
    for (const id of added.splice(0)) await instance.api('DELETE', `/api/devices/${id}`)
    for (const { id } of company.operators) {
      await instance.api('PATCH', `/api/users/${id}`, { presence: 'available' })
    }
    await company.clear()
  })

  /** They count a moment later, when the exchange has read them: set them before `company.number`, which waits for that. */
  const rules = (change: { wrapUpSeconds?: number; autoPauseAfter?: number }): Promise<unknown> =>
    instance.api('PATCH', '/api/operator-settings', change)

  async function seen({ id }: Operator): Promise<User> {
    return instance.api<User>('GET', `/api/users/${id}`)
  }
  const becomes = (operator: Operator, presence: string, timeoutMs = 15_000): Promise<User> =>
    until(
      async () => {
        const user = await seen(operator)
        return user.presence === presence ? user : null
      },
      { what: `${operator.name} is ${presence}`, timeoutMs }
    )

  /** What the operator asks for, as their own browser would. */
  async function asThemselves(
    operator: Operator,
    method: string,
    path: string,
    body?: unknown
  ): Promise<number> {
    const json = { 'content-type': 'application/json' }
    const login = await fetch(`${instance.url}/api/auth/login`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({
        login: `op${company.operators.indexOf(operator)}`,
        password: 'an-operator-password'
      })
    })
    const { csrfToken } = (await login.json()) as { csrfToken: string }
    const cookie = (login.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
    const answer = await fetch(`${instance.url}${path}`, {
      method,
      headers: { ...json, cookie, 'x-csrf-token': csrfToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return answer.status
  }

  /** Another telephone, once Asterisk knows it. */
  async function device(operator: Operator, change: Record<string, unknown>): Promise<Device> {
    const body = { userId: operator.id, name: 'Second', ...change }
    const made = await instance.api<Device>('POST', '/api/devices', body)
    added.push(made.id)
    const known = () =>
      instance.asterisk(`/endpoints/PJSIP/${made.sipUser}`).then(
        () => true,
        () => false
      )
    await until(known, { what: 'Asterisk knows the telephone' })
    return made
  }
  const provisioned = (id: string): Promise<Provisioning> =>
    instance.api<Provisioning>('GET', `/api/devices/${id}/provisioning`)

  async function calls(to: string): Promise<{ caller: Party; status: Promise<number> }> {
    const caller = await phones.outside({ toneHz: 440 })
    return { caller, status: caller.call(to) }
  }
  async function talk(to: string, answeredBy: Party): Promise<void> {
    const { caller, status } = await calls(to)
    expect(await status).to.equal(200)
    await until(() => answeredBy.isUp(), { what: 'they talk' })
    caller.hangup()
    await until(() => !answeredBy.isUp(), { what: 'the talk is over' })
  }

  it('ring on all their telephones; the first answer wins and the others stop', async () => {
    const to = number(1)
    await company.number(to, ringScheme(annas, { ringSeconds: 20 }))
    await device(anna, { sipAddress: `sip:second@${anna.host}:5190` })
    const desk = await phones.at(anna, { manner: 'ring' })
    const pocket = await phones.at({ ...anna, port: 5190 }, { manner: 'ring' })
    await until(async () => (await seen(anna)).presence === 'available')
    const { caller, status } = await calls(to)
    await until(() => desk.isRinging() && pocket.isRinging(), { what: 'both ring' })
    pocket.answer()
    expect(await status).to.equal(200)
    await until(() => !desk.isRinging(), { what: 'the other stops' })
    expect([desk.isUp(), pocket.isUp()]).to.deep.equal([false, true])
    await becomes(anna, 'busy')
    caller.hangup()
    const call = await onlyRow(instance, to)
    expect(call).to.include({ outcome: 'answered' })
    expect(call.operator?.name).to.equal(anna.name)
    expect(call.legs.map(({ userName, result }) => [userName, result])).to.have.deep.members([
      [anna.name, 'answered'],
      [anna.name, 'cancelled']
    ])
    await becomes(anna, 'available')
  })

  it('register an ordinary SIP phone by its sheet, which is cut off by a new password', async () => {
    const to = number(2)
    const group = await groupOf(instance, boris)
    await company.number(to, ringScheme(group, { ringSeconds: 20 }))
    const { id } = await device(boris, {})
    const sheet = await provisioned(id)
    expect(sheet).to.include({ port: instance.sipPort, displayName: boris.name })
    const server = { host: '127.0.0.1', port: sheet.port }
    const account = { host: boris.host, port: 5191, server, user: sheet.user, manner: 'ring' as const }
    const phone = await createParty(account)
    try {
      await until(async () => (await phone.register(sheet.secret)) === 200, {
        what: 'it registers',
        everyMs: 200
      })
      await until(async () => (await instance.api<Device>('GET', `/api/devices/${id}`)).isReachable)
      const desk = await phones.at(boris, { manner: 'ring' })
      const { caller, status } = await calls(to)
      await until(() => phone.isRinging() && desk.isRinging(), { what: 'both ring' })
      phone.answer()
      expect(await status).to.equal(200)
      caller.hangup()
      await onlyRow(instance, to)
      await instance.api('POST', `/api/devices/${id}/rotate-secret`)
      const fresh = await provisioned(id)
      expect(fresh.secret).not.to.equal(sheet.secret)
      await until(async () => (await phone.register(fresh.secret)) === 200, {
        what: 'the new password fits',
        everyMs: 200
      })
      expect(await phone.register(sheet.secret), 'the old one does not').to.equal(401)
    } finally {
      await phone.close()
    }
  })

  it('are not rung while they wrap up, until they end it', async () => {
    const to = number(3)
    await instance.api('PATCH', `/api/groups/${annas}`, { wrapUpSeconds: 60 })
    await company.number(to, ringScheme(annas, { ringSeconds: 5, rounds: 1 }))
    const desk = await phones.at(anna)
    await talk(to, desk)
    const { presenceUntil } = await becomes(anna, 'wrapUp')
    expect(Date.parse(presenceUntil ?? '') - Date.now()).to.be.within(50_000, 60_000)
    const { status } = await calls(to)
    expect(await status, 'nobody is free').not.to.equal(200)
    expect(await asThemselves(anna, 'POST', '/api/me/wrap-up/extend', { seconds: 30 })).to.equal(204)
    const longer = (await seen(anna)).presenceUntil
    expect(Date.parse(longer ?? '') - Date.parse(presenceUntil ?? '')).to.equal(30_000)
    expect(await asThemselves(anna, 'POST', '/api/me/wrap-up/end')).to.equal(204)
    expect((await seen(anna)).presence).to.equal('available')
    const first = await until(async () => {
      const rows = await rowsOf(instance, to)
      return rows.find((row) => row['wrapupSeconds'] !== null)
    })
    expect(first['wrapupSeconds'], 'what was asked for does not count').to.be.within(0, 20)
    await talk(to, desk)
    await becomes(anna, 'wrapUp')
  })

  it('are paused after three missed rings in a row', async () => {
    const to = number(4)
    await rules({ autoPauseAfter: 3 })
    await company.number(to, ringScheme(annas, { ringSeconds: 5, rounds: 1 }))
    await phones.at(anna, { manner: 'ring' })
    for (let n = 1; n <= 3; n += 1) {
      expect((await seen(anna)).presence).to.equal('available')
      const { status } = await calls(to)
      expect(await status).not.to.equal(200)
    }
    expect(await becomes(anna, 'away')).to.include({ presenceReason: 'auto_missed' })
    const rows = await until(async () => {
      const all = await rowsOf(instance, to)
      return all.length === 3 && all.every((row) => row.endedAt) ? all : null
    })
    expect(rows.map((row) => row.outcome)).to.deep.equal(['missed', 'missed', 'missed'])
  })

  const waiting = async (): Promise<QueueState['waiting']> =>
    (await instance.api<{ items: QueueState[] }>('GET', '/api/queues')).items[0]?.waiting ?? []

  /** Two callers wait for Anna, the first of them longer; both hear music. */
  async function twoWait(to: string): Promise<[Party, Party]> {
    await company.number(to, queueScheme(annas))
    await instance.api('POST', `/api/users/${anna.id}/presence`, { presence: 'away', reason: 'lunch' })
    const first = await phones.outside({ toneHz: 440, user: '+79160000001' })
    const answered = first.call(to)
    await until(async () => (await waiting()).length === 1, { what: 'the first waits' })
    const second = await phones.outside({ toneHz: 880, user: '+79160000002' })
    const next = second.call(to)
    await until(async () => (await waiting()).length === 2, { what: 'the second waits' })
    expect((await waiting()).map(({ position }) => position)).to.deep.equal([1, 2])
    expect([await answered, await next]).to.deep.equal([200, 200])
    return [first, second]
  }
  const comesBack = (): Promise<void> =>
    instance.api('POST', `/api/users/${anna.id}/presence`, { presence: 'available' })

  it('are served calls that wait in a queue, the first in turn first', async () => {
    const to = number(5)
    const desk = await phones.at(anna, { toneHz: 1000 })
    const [first, second] = await twoWait(to)
    await comesBack()
    await until(() => hearsTone(first, 1000) && hearsTone(desk, 440), { what: 'the first is served' })
    expect(desk.shown.at(-1)).to.include('+79160000001')
    expect((await waiting()).map(({ position }) => position)).to.deep.equal([1])
    first.hangup()
    await until(() => desk.shown.length === 2, { what: 'the second is rung for' })
    expect(desk.shown.at(-1)).to.include('+79160000002')
    await until(() => hearsTone(second, 1000) && hearsTone(desk, 880), { what: 'the second is served' })
    second.hangup()
    const rows = await until(async () => {
      const all = await rowsOf(instance, to)
      return all.length === 2 && all.every((row) => row.endedAt) ? all : null
    })
    expect(rows.map((row) => row.outcome)).to.deep.equal(['answered', 'answered'])
    expect(await waiting()).to.deep.equal([])
  })

  it('find the queue as it was when the controller comes back', async function () {
    this.timeout(90_000)
    const desk = await phones.at(anna, { toneHz: 1000 })
    const to = number(9)
    const [first, second] = await twoWait(to)
    await until(async () => (await rowsOf(instance, to)).length === 2, { what: 'both are written down' })
    const before = await waiting()
    await instance.kill()
    await instance.start()
    await until(async () => (await waiting()).length === 2, { what: 'both wait again' })
    expect(await waiting()).to.deep.equal(before)
    await comesBack()
    await until(() => hearsTone(first, 1000), { what: 'the first is served' })
    expect(desk.shown.at(-1)).to.include('+79160000001')
    for (const caller of [second, first]) caller.hangup()
    await until(async () => (await waiting()).length === 0)
  })

  it('count as busy while their telephone is in a call of its own', async () => {
    const to = number(6)
    await company.number(to, ringScheme(annas, { ringSeconds: 5, rounds: 1 }))
    const [desk] = (
      await instance.api<{ items: Device[] }>('GET', `/api/devices?userId=${anna.id}`)
    ).items.filter(({ kind, isActive }) => kind === 'sip' && isActive)
    const { user, secret } = await provisioned(desk?.id ?? '')
    const phone = await phones.at(anna, { user, password: secret, toneHz: 440 })
    expect(await phone.call('*43'), 'the echo test').to.equal(200)
    await becomes(anna, 'busy')
    const { status } = await calls(to)
    expect(await status).not.to.equal(200)
    expect((await onlyRow(instance, to)).legs, 'she was not rung').to.deep.equal([])
    phone.hangup()
    await becomes(anna, 'available')
  })

  it('go on with a wrap-up, and with a call of the fallback, when the controller comes back', async function () {
    this.timeout(90_000)
    const to = number(7)
    await instance.api('PATCH', `/api/groups/${annas}`, { wrapUpSeconds: 300 })
    await company.number(to, ringScheme(company.groupId, { ringSeconds: 5, rounds: 1 }))
    const before = number(8)
    await company.number(before, ringScheme(annas, { ringSeconds: 5 }))
    const annasDesk = await phones.at(anna)
    // Not silent: a restart may take longer than Asterisk waits for a telephone's sound (`rtp_timeout`).
    const borisDesk = await phones.at(boris, { toneHz: 660 })
    await talk(before, annasDesk)
    const { presenceUntil } = await becomes(anna, 'wrapUp')
    // What is not written by then is found in Asterisk's own log, to the millisecond of another clock.
    await onlyRow(instance, before)
    // Answered when everything said of presence so far is written.
    await instance.api('PATCH', `/api/users/${boris.id}`, { presence: 'available' })
    await instance.kill()

    annasDesk.setManner('ring')
    const { caller, status } = await calls(to)
    expect(await status, 'the fallback answers').to.equal(200)
    await until(() => hearsTone(borisDesk, 440), { what: 'Boris talks in a call that no controller leads' })
    await instance.start()
    await until(
      async () => {
        const { checks } = await instance.api<{ checks: { asterisk: { status: string } } }>(
          'GET',
          '/api/health'
        )
        return checks.asterisk.status === 'ok'
      },
      { what: 'calls are compared with Asterisk' }
    )
    expect(await seen(boris)).to.include({ presence: 'busy' })
    expect(await seen(anna)).to.include({ presence: 'wrapUp', presenceUntil })
    caller.hangup()
    await becomes(boris, 'available')
  })

  it('are held by nobody in the end, and no correction was needed for it', async () => {
    for (const operator of company.operators) await becomes(operator, 'available')
    const text = await (await fetch(`${instance.url}/metrics`)).text()
    const corrections = text.split('\n').filter((line) => /^pbx_operator_corrections_total\{/.test(line))
    expect(corrections).to.deep.equal([])
  })
})

/** Straight into the queue of a group, with music at once. */
function queueScheme(groupId: string): Scheme {
  return {
    locale: 'en',
    start: 'wait',
    blocks: {
      wait: {
        type: 'queue',
        settings: { groupId, welcome: [], announcePlace: false, announceWait: false, ringSeconds: 10 },
        exits: { talked: null, timeout: null, full: null }
      }
    }
  }
}
