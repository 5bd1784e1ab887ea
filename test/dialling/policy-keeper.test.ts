import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createPolicyKeeper, type DialAsked, type PolicyKeeper } from '../../dialling/policy-keeper.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { createFakeExchange, takeNode, type FakeExchange } from './support/exchange.ts'

const client = '+79161112233'
const anna = '00000000-0000-4000-8000-00000000000a'

describe('The policy in memory', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let exchange: FakeExchange
  let trunkId: string
  const keepers: PolicyKeeper[] = []
  const states = new Map<string, string>()

  before(async () => {
    database = await createTestDatabase()
    const { db } = database
    exchange = createFakeExchange(db, await takeNode(db, 'node'))
    const [trunk] = await db('trunks')
      .insert({ name: 'MTS', kind: 'registration', host: 'sip.example' })
      .returning<{ id: string }[]>('id')
    trunkId = trunk?.id ?? ''
    await db('numbers').insert({ e164: '+74951112233', trunk_id: trunkId })
  })
  after(() => database.drop())
  afterEach(async () => {
    for (const keeper of keepers.splice(0)) await keeper.stop()
    for (const table of ['settings', 'do_not_call', 'calls', 'call_legs', 'call_events'])
      await database.db(table).delete()
    states.clear()
  })

  async function keep(registry = new Registry()): Promise<PolicyKeeper> {
    const keeper = createPolicyKeeper({
      ...{ db: database.db, databaseUrl: database.url, registry, log: pino({ level: 'silent' }) },
      feed: exchange.ports.feed,
      trunkState: (id) => states.get(id) ?? 'registered'
    })
    keepers.push(keeper)
    await keeper.reload()
    await keeper.start()
    return keeper
  }
  const asked = (change: Partial<DialAsked> = {}): DialAsked => ({
    ...{ callId: randomUUID(), leg: 'ext1', target: { number: client }, byUserId: anna, numberId: null },
    ...change
  })
  const caps = (change: object): Promise<unknown> =>
    database
      .db('settings')
      .insert({ key: 'dialPolicy', value: JSON.stringify({ caps: change }) })
      .onConflict('key')
      .merge()
  const reasonOf = (keeper: PolicyKeeper, change: Partial<DialAsked> = {}): string => {
    const decision = keeper.decide(asked(change))
    return decision.allowed ? 'allowed' : decision.reason
  }

  it('decides at once from what the tables say, and counts each refusal by its reason', async () => {
    const registry = new Registry()
    const keeper = await keep(registry)
    const [trunk] = await database.db('trunks').where({ id: trunkId }).select<{ sip_endpoint: string }[]>()
    expect(keeper.decide(asked())).to.deep.equal({
      ...{ allowed: true, trunkId, endpoint: trunk?.sip_endpoint, number: client, callerId: '+74951112233' }
    })
    expect(reasonOf(keeper, { target: { number: '+882161234567' } })).to.equal('prefix_blocked')
    const metrics = await registry.metrics()
    expect(metrics).to.include('pbx_dials_refused_total{reason="prefix_blocked"} 1')
  })

  it('stops a stolen account at its limit of calls at once and of the day, and nobody else', async () => {
    await caps({ userConcurrent: 2, userCallsPerDay: 4 })
    const keeper = await keep()
    const first = asked()
    expect(keeper.decide(first).allowed).to.equal(true)
    expect(reasonOf(keeper)).to.equal('allowed')
    // Decisions count before a single row is on the tape: a burst does not slip through.
    expect(reasonOf(keeper)).to.equal('concurrency_cap')
    expect(reasonOf(keeper, { byUserId: randomUUID() })).to.equal('allowed')
    expect(reasonOf(keeper, { target: { number: '112' } })).to.equal('allowed')
    for (const callId of [first.callId]) ends(callId)
    expect(reasonOf(keeper)).to.equal('concurrency_cap')
    expect(keeper.explain({ number: client, byUserId: anna }).decision).to.include({ allowed: false })
  })

  function ends(callId: string): void {
    feedRow(callId, 'call.ended')
  }
  function feedRow(callId: string, type: string, data: object = {}): void {
    const feed = exchange.ports.feed as unknown as { row(row: unknown): void }
    feed.row({ ...{ callId, seq: 1, atMs: Date.now(), type, from: null, to: null, effects: [] }, data })
  }

  it('lets calls go that have ended, and remembers that they were made', async () => {
    await caps({ userConcurrent: 1, userCallsPerDay: 2 })
    const keeper = await keep()
    for (const wanted of ['allowed', 'allowed', 'user_daily_cap']) {
      const one = asked()
      const decision = keeper.decide(one)
      expect(decision.allowed ? 'allowed' : decision.reason).to.equal(wanted)
      ends(one.callId)
    }
  })

  it('knows after a restart what was dialled today', async () => {
    await exchange.ports.place({
      ...{ callType: 'click_to_call', orderId: null, phone: null, numberId: null, source: null, site: null },
      target: { kind: 'external', number: client },
      operators: { kind: 'user', userId: anna, except: [] },
      ...{ byUserId: anna, contact: null, parentCallId: null, ringSeconds: 30, record: false }
    })
    await caps({ userCallsPerDay: 1 })
    const keeper = await keep()
    expect(reasonOf(keeper)).to.equal('user_daily_cap')
    expect(reasonOf(keeper, { byUserId: randomUUID() })).to.equal('allowed')
    await caps({ userCallsPerDay: 10, userMinutesPerDay: 0 })
    await until(() => reasonOf(keeper) === 'user_daily_cap')
  })

  it('follows the tables by itself: rules, trunks and wishes for no calls', async () => {
    const keeper = await keep()
    const wouldSay = (isUnsolicited = false): string => {
      const { decision } = keeper.explain({ number: client, byUserId: anna, isUnsolicited })
      return decision.allowed ? 'allowed' : decision.reason
    }
    await database.db('do_not_call').insert({ phone: client })
    await until(() => wouldSay(true) === 'do_not_call')
    expect(reasonOf(keeper, { callType: 'dialer' })).to.equal('do_not_call')
    expect(reasonOf(keeper, { callType: 'callback_missed' })).to.equal('do_not_call')
    expect(reasonOf(keeper, { callType: 'click_to_call' })).to.equal('allowed')
    await database.db('settings').insert({ key: 'dialPolicy', value: JSON.stringify({ countries: ['FR'] }) })
    await until(() => wouldSay() === 'country_not_allowed')
    await database
      .db('settings')
      .where({ key: 'dialPolicy' })
      .update({ value: JSON.stringify({}) })
    await until(() => wouldSay() === 'allowed')
    states.set(trunkId, 'rejected')
    expect(reasonOf(keeper)).to.equal('no_trunk')
  })

  it('keeps the last good rules when somebody breaks the row by hand', async () => {
    await database.db('settings').insert({ key: 'dialPolicy', value: JSON.stringify({ countries: ['FR'] }) })
    const keeper = await keep()
    await database
      .db('settings')
      .where({ key: 'dialPolicy' })
      .update({ value: JSON.stringify({ countries: 7 }) })
    await keeper.reload()
    expect(reasonOf(keeper)).to.equal('country_not_allowed')
    expect(keeper.policy.rules.countries).to.deep.equal(['FR'])
  })
})
