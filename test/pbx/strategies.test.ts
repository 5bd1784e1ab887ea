import { expect } from 'chai'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import type { Party } from '../ari/party.ts'
import { foundCompany, ringScheme, type Company, type Operator } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { rowsOf, telephones, type Telephones } from './chaos.ts'

describe('Operators are rung', function () {
  this.timeout(60_000)
  let instance: Instance
  let company: Company
  let phones: Telephones
  let desk: Party[]

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(20_000)
    company = await foundCompany(instance, 33, 3)
    phones = telephones(instance, company)
  })
  after(() => instance.stop())
  beforeEach(async () => {
    desk = []
    for (const operator of company.operators) desk.push(await phones.at(operator, { toneHz: 1000 }))
  })
  afterEach(async () => {
    await phones.close()
    await company.clear()
  })

  const invites = (): number[] =>
    desk.map((party) => party.heard.filter((first) => first.startsWith('INVITE')).length)

  /** Calls one after the other that ring somebody and are given up; who was rung by each. */
  async function givenUp(to: string, count: number): Promise<string[]> {
    for (let n = 0; n < count; n += 1) {
      const caller = await company.caller(to, { scenario: 'caller-cancels', keys: { before: 150 } })
      await caller.done
    }
    return rungBy(to, count)
  }

  /** Names of those who were rung by each call to a number, the oldest call first. */
  async function rungBy(to: string, count: number): Promise<string[]> {
    const rows = await until(
      async () => {
        const found = await rowsOf(instance, to)
        return found.length === count && found.every((row) => row.endedAt) ? found : null
      },
      { what: `${count} calls to ${to} have ended` }
    )
    const calls = await Promise.all(
      rows.map((row) => instance.api<JournalCallWithLegs>('GET', `/api/calls/${row.id}`))
    )
    return calls
      .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
      .map((call) => call.legs.map((leg) => leg.userName).join())
  }

  async function talk(to: string): Promise<void> {
    const caller = await phones.outside({ toneHz: 440 })
    expect(await caller.call(to)).to.equal(200)
    await until(() => desk.some((party) => party.isUp()))
    caller.hangup()
    await until(() => !desk.some((party) => party.isUp()), { what: 'the operator is free again' })
  }

  async function presence(operator: Operator | undefined, is: 'available' | 'away'): Promise<void> {
    await instance.api('PATCH', `/api/users/${operator?.id ?? ''}`, { presence: is })
    await until(async () => {
      const { items } = await instance.api<{ items: { id: string; presence: string }[] }>('GET', '/api/users')
      return items.find((user) => user.id === operator?.id)?.presence === is
    })
  }

  it('by longest idle: who talked last comes last, and an unanswered ring changes nothing', async () => {
    const [talked, unanswered] = ['+74955000001', '+74955000002']
    await company.number(talked, ringScheme(company.groupId, { strategy: 'longestIdle' }))
    for (let n = 0; n < 4; n += 1) await talk(talked)
    const names = await rungBy(talked, 4)
    expect(new Set(names.slice(0, 3)).size).to.equal(3)
    expect(names[3]).to.equal(names[0])
    await company.number(unanswered, ringScheme(company.groupId, { strategy: 'longestIdle' }))
    for (const party of desk) party.setManner('ring')
    expect(await givenUp(unanswered, 2)).to.deep.equal([names[1], names[1]])
  })

  it('in turn by round robin, whether they answer or not', async () => {
    const to = '+74955000003'
    await company.number(to, ringScheme(company.groupId, { strategy: 'roundRobin' }))
    for (const party of desk) party.setManner('ring')
    const names = await givenUp(to, 6)
    expect(new Set(names.slice(0, 3)).size).to.equal(3)
    expect(names.slice(3)).to.deep.equal(names.slice(0, 3))
  })

  it('all at once by ring all; when one answers the others stop', async () => {
    const to = '+74955000004'
    await company.number(to, ringScheme(company.groupId, { strategy: 'ringAll' }))
    for (const party of desk) party.setManner('ring')
    const caller = await phones.outside({ toneHz: 440 })
    const status = caller.call(to)
    await until(() => desk.every((party) => party.isRinging()), { what: 'all three ring' })
    desk[1]?.answer()
    expect(await status).to.equal(200)
    await until(() => !desk[0]?.isRinging() && !desk[2]?.isRinging(), { what: 'the others stop' })
    expect(desk.map((party) => party.isUp())).to.deep.equal([false, true, false])
    caller.hangup()
    await rungBy(to, 1)
    const [row] = await rowsOf(instance, to)
    expect(row?.operator?.name).to.equal('Boris')
  })

  for (const strategy of ['longestIdle', 'roundRobin', 'ringAll'] as const) {
    it(`by one call at a time, however many come at once (${strategy})`, async () => {
      const to = `+749551${String(strategy.length).padStart(5, '0')}`
      await company.number(to, ringScheme(company.groupId, { strategy, ringSeconds: 5, rounds: 1 }))
      for (const party of desk) party.setManner('ring')
      const caller = await company.caller(to, {
        scenario: 'caller-any-end',
        calls: 8,
        rate: 1000,
        keys: { talk: 300 }
      })
      const isForOne = strategy === 'ringAll'
      await until(() => desk.every((party) => party.isRinging()), { what: 'all three ring' })
      expect(invites(), 'no telephone is rung by two calls').to.deep.equal([1, 1, 1])
      await until(
        async () => (await rowsOf(instance, to)).filter((row) => row.endedAt).length === (isForOne ? 7 : 5),
        { what: 'whoever found nobody free has been told so' }
      )
      desk[0]?.answer()
      if (!isForOne) for (const party of desk.slice(1)) party.answer()
      await caller.done
      const names = (await rungBy(to, 8)).filter((text) => text !== '')
      expect(names.join().split(',').toSorted()).to.deep.equal(['Anna', 'Boris', 'Vera'])
      const rows = await rowsOf(instance, to)
      expect(rows.filter((row) => row.outcome === 'answered')).to.have.length(isForOne ? 1 : 3)
    })
  }

  it('never when they are away', async () => {
    const to = '+74955000005'
    await company.number(to, ringScheme(company.groupId, { strategy: 'ringAll' }))
    const [anna, boris] = company.operators
    await presence(anna, 'away')
    await presence(boris, 'away')
    for (const party of desk) party.setManner('ring')
    expect(await givenUp(to, 1)).to.deep.equal(['Vera'])
    await presence(anna, 'available')
    await presence(boris, 'available')
  })

  it('with the client’s own operator first, and the group when that one declines', async () => {
    const [answered, declined] = ['+74955000006', '+74955000007']
    const vera = company.operators[2]
    await instance.api('POST', '/api/contacts', {
      ...{ name: 'Ivan Petrov', company: null, ownerId: vera?.id, phones: ['+79165550011'] }
    })
    for (const to of [answered, declined]) {
      await company.number(to, ringScheme(company.groupId, { strategy: 'roundRobin', rounds: 1 }))
    }
    for (let n = 0; n < 2; n += 1) {
      const caller = await phones.outside({ toneHz: 440, user: '+79165550011' })
      expect(await caller.call(answered)).to.equal(200)
      caller.hangup()
      await rungBy(answered, n + 1)
    }
    expect(await rungBy(answered, 2)).to.deep.equal(['Vera', 'Vera'])
    const [row] = await rowsOf(instance, answered)
    expect(row?.contact?.name).to.equal('Ivan Petrov')

    desk[2]?.setManner({ status: 603, text: 'Decline' })
    const caller = await phones.outside({ toneHz: 440, user: '+79165550011' })
    expect(await caller.call(declined)).to.equal(200)
    caller.hangup()
    const [names = ''] = await rungBy(declined, 1)
    expect(names.split(',')[0]).to.equal('Vera')
    expect(names.split(',')).to.have.length(2)
  })
})
