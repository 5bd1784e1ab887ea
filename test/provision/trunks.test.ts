import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect } from 'chai'
import type { JournalCall, JournalCallWithLegs } from '../../api/contract/calls.ts'
import type { CallTrace } from '../../api/contract/sip-trace.ts'
import type { Trunk, TrunkEvent, TrunkLive } from '../../api/contract/trunks.ts'
import type { DialPolicySettings } from '../../dialling/policy/settings.ts'
import type { Dialog, DialogOptions } from '../sip/dialog.ts'
import { bothHear, openOffice, type Desk, type Office } from '../sip/office.ts'
import { header, parse } from '../sip/message.ts'
import { bareResponse, createPeer, type Peer } from '../sip/peer.ts'
import { until } from '../support/until.ts'

/** Trunks of a real Asterisk and what carriers may do to them. Each trunk has a carrier on an address of its own. */
describe('Trunks', function () {
  this.timeout(90_000)
  let office: Office
  const peers: Peer[] = []
  const desks: Desk[] = []
  const trunks = new Map<string, Trunk>()

  const at = (host: number): string => `127.0.59.${host}`
  async function trunk(name: string, host: number, fields: object = {}): Promise<Trunk> {
    const made = await office.instance.api<Trunk>('POST', '/api/trunks', {
      ...{ name, kind: 'address', host: at(host), outgoing: outgoing({ isUsed: false }) },
      ...fields
    })
    trunks.set(name, made)
    return made
  }
  const outgoing = (change: object): object => ({
    ...{ isUsed: true, countries: [], prefixes: [], maxConcurrent: null, callerNumberId: null },
    ...{ callerNumberIds: null, format: 'e164', rewrites: [] },
    ...change
  })
  async function carrier(host: number, dialog: DialogOptions = {}): Promise<Peer> {
    const peer = await createPeer({
      ...{ host: at(host), port: 5060, user: 'carrier', dialog: { hertz: 600, ...dialog } },
      server: { host: '127.0.0.1', port: office.instance.sipPort }
    })
    peers.push(peer)
    return peer
  }
  const live = async (name: string): Promise<TrunkLive | undefined> => {
    const { items } = await office.instance.api<{ items: TrunkLive[] }>('GET', '/api/trunk-states')
    return items.find(({ trunkId }) => trunkId === trunks.get(name)?.id)
  }

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(16_000, 59, 8)
    for (let index = 0; index < 8; index += 1) desks.push(await office.desk())
    const { items } = await office.instance.api<{ items: Trunk[] }>('GET', '/api/trunks')
    await office.instance.api('PATCH', `/api/trunks/${items[0]?.id ?? ''}`, {
      outgoing: outgoing({ isUsed: false })
    })
    // Each number goes out by the trunk of its beginning.
    await trunk('Broken', 11, {
      ...{ username: 'shop', secret: 'carriers-password', outgoing: outgoing({ prefixes: ['+7495'] }) }
    })
    await trunk('Silent', 12, { isChecked: true, outgoing: outgoing({ prefixes: ['+7812'] }) })
    await trunk('Mute', 17, { silentSeconds: 3, outgoing: outgoing({ prefixes: ['+7383'] }) })
    await trunk('Narrow', 13, { maxCalls: 1, outgoing: outgoing({ prefixes: ['+7343'] }) })
    await trunk('Spare', 14, {
      outgoing: outgoing({ rewrites: [{ prefix: '+7812', strip: 1, prepend: '9977' }] })
    })
    await trunk('Forwarding', 15, { numberHeaders: ['diversion', 'pCalledPartyId', 'ruri'] })
    await trunk('Lines', 16, { maxIn: 1 })
    const policy = await office.instance.api<DialPolicySettings>('GET', '/api/dial-policy')
    const caps = { ...policy.caps, userConcurrent: null, allConcurrent: null }
    await office.instance.api('PUT', '/api/dial-policy', { ...policy, caps })
  })
  after(async () => {
    for (const peer of peers) await peer.close()
    await office.close()
  })

  const numberOf = (call: Dialog): string =>
    /^INVITE sip:([^@]+)@/.exec(call.heard[0]?.first ?? '')?.[1] ?? ''
  const dialled = (peer: Peer, number: string): Promise<Dialog> =>
    until(() => peer.calls.find((call) => numberOf(call) === number), { what: `${number} is dialled` })

  /** An operator places a call, and takes up the telephone. */
  async function place(desk: Desk, to: string): Promise<Dialog> {
    await office.instance.api('POST', '/api/calls', { to, userId: desk.operators[0]?.id })
    const operator = await desk.phone.incoming()
    operator.ring()
    operator.answer()
    return operator
  }
  async function talks(operator: Dialog, outside: Dialog, to: string): Promise<JournalCallWithLegs> {
    outside.answer()
    await bothHear(outside, operator, 600)
    await outside.hangup()
    await operator.waitFor('BYE')
    return office.ended(to)
  }
  /** Somebody at a carrier calls; the header names the number that was meant. */
  async function calledBy(peer: Peer, to: string, headers: string[], desk: Desk): Promise<void> {
    const caller = await peer.call(to, { headers })
    const operator = await desk.phone.incoming()
    operator.ring()
    operator.answer()
    expect(await caller.final()).to.equal(200)
    await bothHear(caller, operator, 600)
    await caller.hangup()
    await operator.waitFor('BYE')
    expect((await office.ended(desk.number)).dialedNumber).to.equal(desk.number)
  }

  it('tell why a carrier refuses them, and when it takes them after all', async () => {
    const socket = createSocket('udp4')
    let isRefusing = true
    socket.on('message', (data, from) => {
      const message = parse(data.toString())
      if (message.method !== 'REGISTER') return
      const lines = isRefusing ? [] : [`contact: ${header(message, 'contact')};expires=120`]
      const status = isRefusing ? '403 Forbidden' : '200 OK'
      socket.send(bareResponse(message, status, 'registrar', lines), from.port, from.address)
    })
    socket.bind(5060, at(18))
    await once(socket, 'listening')
    try {
      await trunk('Registering', 18, { kind: 'registration', username: 'shop', secret: 'wrong' })
      const refused = await until(
        async () => {
          const now = await live('Registering')
          return now?.lastError ? now : null
        },
        { timeoutMs: 20_000, what: 'the refusal is known' }
      )
      expect(refused.state).to.equal('rejected')
      expect(refused.lastError).to.include({ about: 'registration', code: 403 })
      expect(Date.parse(refused.nextAttemptAt ?? '')).to.be.greaterThan(Date.now())
      isRefusing = false
      const { id = '' } = trunks.get('Registering') ?? {}
      await office.instance.api('PATCH', `/api/trunks/${id}`, { secret: 'right' })
      await until(async () => (await live('Registering'))?.state === 'registered', {
        timeoutMs: 20_000,
        what: 'the trunk is registered'
      })
      const { items } = await office.instance.api<{ items: TrunkEvent[] }>('GET', `/api/trunks/${id}/history`)
      expect(items.map(({ state, about }) => about ?? state)).to.include.members([
        'rejected',
        'registration',
        'registered'
      ])
    } finally {
      socket.close()
    }
  })

  it('are tried one after the other, kept to their limits, and know the number called wherever it stands', async () => {
    // Asked every half a minute.
    await until(async () => (await live('Silent'))?.state === 'unreachable', {
      timeoutMs: 45_000,
      what: 'the trunk that answers nothing is known to be silent'
    })
    const proofs: string[] = []
    const broken = await carrier(11, {
      onRequest(dialog, message) {
        if (message.method !== 'INVITE') return false
        proofs.push(/response="([^"]+)"/.exec(header(message, 'authorization'))?.[1] ?? '')
        dialog.respond(message, '503 Service Unavailable')
        return true
      }
    })
    const narrow = await carrier(13)
    const spare = await carrier(14)
    const forwarding = await carrier(15)
    const lines = await carrier(16)
    const [one, two, three, four, five, six, seven, eight] = desks
    if (!one || !two || !three || !four || !five || !six || !seven || !eight) throw new Error('Too few desks')

    const broke = async (): Promise<void> => {
      const operator = await place(one, '+74951230001')
      // It wants to know who calls, and has no room then.
      const asked = await dialled(broken, '+74951230001')
      const [invite] = asked.heard
      if (invite) asked.respond(invite, '401 Unauthorized', ['www-authenticate: Digest realm="c", nonce="n"'])
      const call = await talks(operator, await dialled(spare, '+74951230001'), '+74951230001')
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'failed', 'answered'])
      const state = await live('Broken')
      expect(state?.lastError).to.include({ about: 'call', code: 503 })

      const { ladder } = await office.instance.api<CallTrace>('GET', `/api/calls/${call.id}/trace`)
      const messages = ladder?.messages ?? []
      const methods = messages.filter(({ status }) => status === null).map(({ method }) => method)
      expect([methods[0], methods.at(-1)]).to.deep.equal(['INVITE', 'BYE'])
      const kept = messages.map(({ text }) => text).join('\n')
      expect(kept).to.include('response="***"')
      expect(proofs.map((proof) => proof.length)).to.deep.equal([32])
      for (const secret of [...proofs, 'carriers-password']) expect(kept).to.not.include(secret)
    }
    const silent = async (): Promise<void> => {
      // Not even tried first; and the spare one writes such numbers in its own way.
      const operator = await place(two, '+78121230002')
      const call = await talks(operator, await dialled(spare, '99778121230002'), '+78121230002')
      expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'answered'])
    }
    const mute = async (): Promise<void> => {
      // It hears and says nothing, which nobody asked it about before: Asterisk alone would wait for 32 seconds.
      const heard: string[] = []
      const socket = createSocket('udp4')
      socket.on('message', (data) => heard.push(data.toString().split('\r\n', 1)[0] ?? ''))
      socket.bind(5060, at(17))
      await once(socket, 'listening')
      try {
        const operator = await place(eight, '+73831230005')
        await until(() => heard.some((line) => line.startsWith('INVITE')), { what: 'the mute one is asked' })
        const call = await talks(operator, await dialled(spare, '+73831230005'), '+73831230005')
        expect(call.legs.map((leg) => leg.result)).to.deep.equal(['answered', 'failed', 'answered'])
        expect((await live('Mute'))?.lastError).to.include({ about: 'call' })
        const trace = await office.instance.api<CallTrace>('GET', `/api/calls/${call.id}/trace`)
        const said = (trace.ladder?.messages ?? []).filter(({ status }) => status === null)
        expect(said.map(({ method }) => method)).to.include.members(['INVITE', 'ACK', 'BYE'])
        expect(trace.ladder?.parties.map(({ name }) => name)).to.include.members(['Mute', 'Spare'])
      } finally {
        socket.close()
      }
    }
    const full = async (): Promise<void> => {
      const first = await place(three, '+73431230003')
      const taken = await dialled(narrow, '+73431230003')
      taken.answer()
      await bothHear(taken, first, 600)
      expect((await live('Narrow'))?.callsOut).to.equal(1)
      const second = await place(four, '+73431230004')
      await talks(second, await dialled(spare, '+73431230004'), '+73431230004')
      expect(narrow.calls.map(numberOf)).to.deep.equal(['+73431230003'])
      await taken.hangup()
      await first.waitFor('BYE')
      await office.ended('+73431230003')
    }
    const recognised = async (): Promise<void> => {
      await calledBy(
        forwarding,
        'line-7',
        [`diversion: "A, B" <sip:8${five.number.slice(2)}@carrier.example>;reason=unconditional`],
        five
      )
      await calledBy(forwarding, 'line-7', [`p-called-party-id: <sip:${six.number}@ims.example>`], six)
    }
    const limited = async (): Promise<void> => {
      const caller = await lines.call(seven.number)
      const operator = await seven.phone.incoming()
      operator.ring()
      operator.answer()
      expect(await caller.final()).to.equal(200)
      await bothHear(caller, operator, 600)
      const late = await lines.call(seven.number)
      expect(await late.final()).to.equal(486)
      await caller.hangup()
      await operator.waitFor('BYE')
      const { items } = await until(
        async () => {
          const page = await office.instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=100')
          const both = page.items.filter(({ dialedNumber }) => dialedNumber === seven.number)
          return both.length === 2 && both.every(({ endedAt }) => endedAt !== null) ? { items: both } : null
        },
        { what: 'both calls are in the journal' }
      )
      expect(items.map(({ outcome, reason }) => `${outcome ?? ''} ${reason ?? ''}`)).to.include(
        'missed trunk_full'
      )
      expect((await live('Lines'))?.lastError).to.include({ about: 'limit', code: 486 })
    }
    await Promise.all([broke(), silent(), mute(), full(), recognised(), limited()])
  })
})
