import { expect } from 'chai'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { AmiAttack } from '../../pbx/ami/client.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { createPolicyKeeper } from '../../dialling/policy-keeper.ts'
import { createSipGuard, type SipGuard } from '../../pbx/guard/guard.ts'
import { tellOfBans } from '../../crm/tasks/alarms.ts'
import { itemsOf, idOf } from '../api/support/rig.ts'
import { startTrackedRig, type TrackedRig } from '../tracking/tracked-rig.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

/** Bans, stops and floods on a real database and the whole API; Asterisk is a list of what it was told. */
describe('Guards of money and of SIP', function () {
  this.timeout(60_000)
  let world: TrackedRig
  let guard: SipGuard
  let tell: (attack: AmiAttack) => void = () => undefined
  let up: () => void = () => undefined
  const refused = new Set<string>()
  const contacts = new Map<string, { aor: string; uri: string; state: 'reachable' }>()
  const registry = new Registry()

  before(async () => {
    const told: { whySpared?: SipGuard['whySpared'] } = {}
    world = await startTrackedRig((deps) => ({
      ...deps,
      sipGuard: {
        whySpared: (address) => told.whySpared?.(address) ?? Promise.reject(new Error('no guard yet'))
      }
    }))
    const { db } = world.rig
    await world.rig.dialling.start()
    const ok = { ok: true as const, value: undefined }
    const gone = { ok: false as const, code: 'gone' as const, done: true, message: 'gone', status: 404 }
    guard = createSipGuard({
      ...{ db, databaseUrl: world.databaseUrl, log, registry, tellMany: tellOfBans },
      ari: {
        isUp: true,
        on: (_name, listener) => {
          up = listener
          return () => undefined
        },
        putObject: (_type, id) => {
          refused.add(id)
          return Promise.resolve(ok)
        },
        getObject: (_type, id) => Promise.resolve(refused.has(id) ? { ok: true as const, value: [] } : gone),
        deleteObject: (_type, id) => Promise.resolve(refused.delete(id) ? ok : gone)
      },
      ami: {
        on: (_name, listener) => {
          tell = listener as typeof tell
          return () => undefined
        },
        contacts: () => Promise.resolve(contacts)
      }
    })
    told.whySpared = (address) => guard.whySpared(address)
    guard.start()
    await db('trunks').insert({
      name: 'MTS',
      kind: 'address',
      host: '203.0.113.10',
      match_addresses: ['203.0.113.64/28']
    })
  })
  after(async () => {
    await guard.stop()
    await world.close()
  })

  const admin = () => world.rig.as.admin
  /** Tries of an address until it must be banned. */
  function guess(address: string, count = 15, account = 'root'): void {
    for (let each = 0; each < count; each += 1)
      tell({ kind: 'unknownAccount', account, remoteAddress: `IPV4/UDP/${address}/5060` })
  }
  const isRefused = (address: string): boolean => refused.has(`ban-${address.replaceAll('.', '-')}`)
  const bans = async (search: string) =>
    itemsOf(await admin().get(`/api/sip-bans?search=${encodeURIComponent(search)}`))
  const notices = async (kind: string) => {
    const { body } = await admin().get('/api/me/notices')
    return (body['items'] as Record<string, unknown>[]).filter((one) => one['subject'] === kind)
  }

  it('ban an address that guesses, longer each time, and name what it tried', async () => {
    guess('198.51.100.1')
    await until(() => isRefused('198.51.100.1'), { what: 'Asterisk refuses it' })
    const [first] = await bans('198.51.100.1')
    expect(first).to.include({ cause: 'unknown_user', tries: 15, offence: 1, isActive: true, bannedBy: null })
    expect(first?.['accounts']).to.deep.equal(['root'])
    // It ends by the clock, and comes back worse.
    await world.rig.db('sip_bans').update({ until: new Date(Date.now() - 1000) })
    await until(() => !isRefused('198.51.100.1'), { what: 'the ban has ended' })
    guess('198.51.100.1')
    await until(() => isRefused('198.51.100.1'), { what: 'it is refused again' })
    const [second] = await bans('198.51.100.1')
    const minutes = (ban?: Record<string, unknown>): number =>
      Math.round((Date.parse(String(ban?.['until'])) - Date.parse(String(ban?.['since']))) / 60_000)
    expect(second).to.include({ offence: 2 })
    expect(minutes(second)).to.equal(60)
    expect(await registry.metrics()).to.include('sip_bans_total{cause="unknown_user"} 2')
  })

  it('never ban trunks, signed-in admins, registered telephones, this machine, or the allow list', async () => {
    await world.rig.db('sessions').where({ user_id: admin().userId }).update({ ip: '198.51.100.20' })
    contacts.set('op-anna', {
      aor: 'op-anna',
      uri: 'sip:op-anna@198.51.100.21:5060;transport=udp',
      state: 'reachable'
    })
    await admin().send('PUT', '/api/sip-guard', { allowed: ['198.51.100.128/25'] })
    const never = {
      '203.0.113.10': 'trunk',
      '203.0.113.70': 'trunk',
      '198.51.100.20': 'admin',
      '198.51.100.21': 'telephone',
      '198.51.100.200': 'allowed',
      '127.0.0.1': 'self'
    }
    for (const [address, why] of Object.entries(never)) {
      expect(await guard.whySpared(address), address).to.equal(why)
      guess(address, 40)
      const { status, body } = await admin().send('POST', '/api/sip-bans', { address })
      expect(status, address).to.equal(409)
      expect(body).to.include({ code: 'never_banned' })
    }
    guess('198.51.100.22')
    await until(() => isRefused('198.51.100.22'), { what: 'a stranger beside them is banned' })
    for (const address of Object.keys(never)) expect(await bans(address), address).to.deep.equal([])
  })

  it('lift a ban where an admin signs in later, and keep it in the list', async () => {
    guess('198.51.100.30')
    await until(() => isRefused('198.51.100.30'))
    await world.rig.db('sessions').where({ user_id: admin().userId }).update({ ip: '198.51.100.30' })
    // Told of any change, it looks again at who is spared.
    await world.rig.db('trunks').update({ updated_at: new Date() })
    await until(() => !isRefused('198.51.100.30'), { what: 'the admin gets through' })
    expect(await bans('198.51.100.30')).to.have.length(1)
  })

  it('are set by hand, lifted by hand, each with its name in the audit, and stand again in a new Asterisk', async () => {
    const made = await admin().send('POST', '/api/sip-bans', {
      address: '198.51.100.40',
      note: 'sipvicious',
      hours: null
    })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    expect(made.body).to.include({ cause: 'by_hand', bannedBy: 'The admin', until: null, isActive: true })
    await until(() => isRefused('198.51.100.40'))
    const again = await admin().send('POST', '/api/sip-bans', { address: '198.51.100.40' })
    expect(again.body).to.include({ code: 'already_banned' })
    for (const address of ['198.51.100.0/24', 'office', '', '1.2.3'])
      expect((await admin().send('POST', '/api/sip-bans', { address })).status, address).to.equal(422)
    // Asterisk has died, and with it what it was told.
    refused.clear()
    up()
    await until(() => isRefused('198.51.100.40'), { what: 'told afresh' })
    expect((await admin().send('DELETE', `/api/sip-bans/${idOf(made)}`)).status).to.equal(204)
    await until(() => !isRefused('198.51.100.40'), { what: 'lifted' })
    expect((await admin().send('DELETE', `/api/sip-bans/${idOf(made)}`)).status).to.equal(404)
    const [ban] = await bans('198.51.100.40')
    expect(ban).to.include({ isActive: false, liftedBy: 'The admin' })
    const actions = await world.rig
      .db('audit')
      .where({ entity_id: idOf(made) })
      .orderBy('at')
      .pluck<string[]>('action')
    expect(actions).to.deep.equal(['sip_ban.add', 'sip_ban.lift'])
  })

  it('tell admins once when many addresses are banned', async () => {
    await admin().send('PUT', '/api/sip-guard', { alarmAfterBans: 8 })
    // Settings come by a notice; a ban by hand, which does not count, shows that they have come.
    await admin().send('POST', '/api/sip-bans', { address: '198.51.100.50' })
    await until(() => isRefused('198.51.100.50'))
    for (let each = 60; each < 70; each += 1) {
      guess(`198.51.100.${each}`)
      await until(() => isRefused(`198.51.100.${each}`))
    }
    expect(await notices('sip_ban')).to.have.length(1)
  })

  it('stop a stolen session that clicks premium numbers, tell admins by notice and letter, until one lifts it', async () => {
    const { operator, supervisor } = world.rig.as
    const { db } = world.rig
    await db('reminder_settings').insert({ user_id: admin().userId, mail: 'admin@example.com' })
    for (let each = 0; each < 10; each += 1) {
      const { body } = await operator.send('POST', '/api/calls', { to: `+88216123450${each}` })
      expect(body).to.include({ code: 'prefix_blocked' })
    }
    const home = { to: '+79161112233' }
    const stopped = await operator.send('POST', '/api/calls', home)
    expect(stopped.body).to.include({ code: 'user_stopped' })
    expect((await supervisor.send('POST', '/api/calls', home)).body['code'], 'somebody else').to.not.equal(
      'user_stopped'
    )
    const [stop] = await until(async () => {
      const items = itemsOf(await admin().get('/api/dial-stops?active=true'))
      return items.length > 0 ? items : null
    })
    expect(stop).to.include({ userId: operator.userId, reason: 'prefix_blocked', tries: 10 })
    expect(await notices('dial_stop')).to.have.length(1)
    const jobs = await db('graphile_worker.jobs').where({ task_identifier: 'alarms.mail' }).select('id')
    expect(jobs, 'letters').to.not.be.empty
    expect((await operator.send('DELETE', `/api/dial-stops/${String(stop?.['id'])}`)).status).to.equal(403)
    expect((await admin().send('DELETE', `/api/dial-stops/${String(stop?.['id'])}`)).status).to.equal(204)
    expect((await operator.send('POST', '/api/calls', home)).body['code']).to.not.equal('user_stopped')
    const actions = await db('audit')
      .where({ entity_id: operator.userId })
      .whereLike('action', 'dial_stop.%')
      .orderBy('at')
      .pluck<string[]>('action')
    expect(actions).to.deep.equal(['dial_stop.set', 'dial_stop.lift'])
  })

  it('stop what a stolen account dials by transfer and telephone, but nobody for a forward or a callback of the machine', () => {
    const { policy } = world.rig.dialling
    const { operator, marketer } = world.rig.as
    const ask = (
      byUserId: string | null,
      callType: 'pbx' | 'tracking_static' | 'callback_form' | 'dialer',
      number: string
    ) => {
      const decision = policy.decide({
        callId: `c${Math.random()}`,
        leg: 'ext1',
        target: { number },
        byUserId,
        numberId: null,
        callType
      })
      return decision.allowed ? 'allowed' : decision.reason
    }
    for (let each = 0; each < 40; each += 1) {
      expect(ask(null, 'tracking_static', '+33612345678'), 'a forward').to.equal('country_not_allowed')
      expect(ask(operator.userId, 'callback_form', '+33612345678'), 'a callback').to.equal(
        'country_not_allowed'
      )
      expect(ask(operator.userId, 'dialer', '+33612345678'), 'a list').to.equal('country_not_allowed')
    }
    expect(policy.policy.stopped?.has(operator.userId)).to.equal(false)
    for (let each = 0; each < 5; each += 1) {
      // Into the softphone, and as the goal of a transfer of a client's call.
      ask(marketer.userId, 'pbx', '+79401234567')
      ask(marketer.userId, 'tracking_static', '+33612345678')
    }
    expect(ask(marketer.userId, 'pbx', '+79161112233')).to.equal('user_stopped')
    expect(policy.explain({ number: '112', byUserId: marketer.userId }).decision).to.not.include({
      reason: 'user_stopped'
    })
  })

  it('end a costly call that runs beyond the minutes of its user, and stop the user', async () => {
    const { db } = world.rig
    const { supervisor } = world.rig.as
    await db('settings')
      .insert({ key: 'dialPolicy', value: JSON.stringify({ countries: ['RU', 'FR'] }) })
      .onConflict('key')
      .merge()
    let nowMs = Date.parse('2026-11-20T09:00:00Z')
    let hear: (row: TapeRow) => void = () => undefined
    const ended: string[] = []
    const keeper = createPolicyKeeper({
      ...{ db, databaseUrl: world.databaseUrl, registry: new Registry(), log },
      feed: {
        onRow: (listener) => {
          hear = listener
          return () => undefined
        }
      },
      trunkState: () => 'registered',
      endCall: (callId) => ended.push(callId),
      now: () => nowMs
    })
    await keeper.reload()
    await keeper.start()
    try {
      const call = { leg: 'ext1', byUserId: supervisor.userId, numberId: null, callType: 'pbx' as const }
      const dial = (callId: string, number: string) => keeper.decide({ ...call, callId, target: { number } })
      expect(dial('costly', '+33612345678')).to.include({ allowed: true })
      expect(dial('cheap', '+79161112233')).to.include({ allowed: true })
      for (const callId of ['costly', 'cheap'])
        hear({
          ...{ callId, seq: 1, atMs: nowMs, type: 'leg.answered', from: null, to: null, effects: [] },
          data: { leg: 'ext1' }
        })
      nowMs += 61 * 60_000
      await until(() => ended.length > 0, { what: 'the costly call is ended' })
      expect(ended).to.deep.equal(['costly'])
      expect(dial('next', '+79161112233')).to.include({ allowed: false, reason: 'user_stopped' })
    } finally {
      await keeper.stop()
    }
  })

  it('turn a robot away that pumps callbacks, tell admins, and let a client order', async () => {
    const shop = await world.site(1)
    await world.rig.db.raw(`with c as (insert into contacts (name) values ('Anna') returning id)
      insert into contact_phones (contact_id, e164) select id, '+79031112233' from c`)
    const codes: unknown[] = []
    for (let each = 0; each < 45; each += 1) {
      const premium = each % 2 === 0
      const phone = premium
        ? `+8821612345${String(each).padStart(2, '0')}`
        : `+791677788${String(each).padStart(2, '0')}`
      const { body } = await world.browser(shop).post('callbacks', { phone })
      codes.push(body['code'] ?? 'ordered')
    }
    const count = (code: string): number => codes.filter((each) => each === code).length
    expect(count('prefix_blocked')).to.be.within(1, 23)
    expect(count('ordered'), 'of one range, before work is asked for').to.be.at.most(22)
    const open = await world.rig.db('callbacks').where({ site_id: shop.siteId }).pluck<string[]>('phone')
    expect(open.filter((phone) => phone.startsWith('+882'))).to.deep.equal([])
    expect(open.length).to.be.at.most(20)
    const { tracking } = world
    let alarms = 0
    for (let each = 0; each < 200; each += 1) if (tracking.isFlood('another')) alarms += 1
    expect(alarms).to.equal(1)
    expect(
      tracking.mayOrder(shop.siteId, '198.51.9.9', '+79031112233', { isClient: true, hasVisit: false })
    ).to.equal(true)
  })
})
