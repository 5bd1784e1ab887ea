import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { io, type Socket } from 'socket.io-client'
import { WebSocket, WebSocketServer } from 'ws'
import { attachLive, type Live } from '../../api/live.ts'
import { attachSipProxy } from '../../api/sip-proxy.ts'
import { until } from '../support/until.ts'
import { anna, callId, initiated, rung, tapeOf } from './support/calls.ts'
import { createDoor } from './support/door.ts'
import { idOf, startRig, type Rig } from './support/rig.ts'
import { screensAt } from './support/screens.ts'

describe('The live feed', function () {
  this.timeout(60_000)
  let rig: Rig
  let live: Live
  const { open, screen, close } = screensAt(() => rig)
  before(async () => {
    rig = await startRig()
    live = attachLive(rig.server, rig.deps, { recheckMs: 50, healthMs: 50 })
  })
  after(async () => {
    close()
    await live.close()
    await rig.close()
  })

  const refusal = async (socket: Socket): Promise<string> =>
    new Promise((resolve, reject) => {
      socket.once('connect_error', (error) => resolve(error.message))
      socket.once('hello', () => reject(new Error('was let in')))
    })

  it('shows a call from its arrival to its end, each change once', async () => {
    const { events, socket } = await screen(rig.as.operator)
    const id = callId()
    const row = tapeOf(id)
    rig.pbx.say(row('call.initiated', initiated(), 'inScheme'))
    rig.pbx.say(row('leg.started', rung('1', anna)))
    rig.pbx.say(row('leg.ringing', { leg: '1', userId: anna.userId }))
    const operator = { id: anna.userId, name: anna.name }
    rig.pbx.say(row('call.answered', { leg: '1', operator, waitSeconds: 2, recordingId: null }, 'talking'))
    const end = { outcome: 'answered', reason: 'completed', hangupBy: 'client', cause: 16 } as const
    rig.pbx.say(
      row('call.ended', { ...end, waitSeconds: 2, talkSeconds: 1, heldSeconds: 0, totalSeconds: 4 }, 'ended')
    )
    const calls = () => events.filter(({ name }) => name === 'call')
    await until(() => calls().length >= 4)
    const phases = calls().map(({ data }) => (data['call'] as { phase: string }).phase)
    expect(phases).to.deep.equal(['inScheme', 'ringing', 'talking', 'ended'])
    const first = calls()[0]?.data['call'] as Record<string, Record<string, unknown>>
    expect(first['source']).to.include({ name: 'Яндекс.Директ', campaign: 'Autumn', keyword: 'windows' })
    expect(first['caller']?.['name']).to.equal('<b>Ivan</b>')
    socket.disconnect()
    rig.pbx.rows = []
  })

  it('gives a snapshot to a new screen, and to one that comes back exactly what it missed', async () => {
    const first = await screen(rig.as.supervisor)
    expect(first.hello).to.include({ resync: true })
    const id = callId()
    const row = tapeOf(id)
    rig.pbx.say(row('call.initiated', initiated(), 'inScheme'))
    // The call, and what is known of its client.
    await until(() => first.events.length === 2)
    const seen = first.events[1]?.data as { epoch: string; seq: number }
    first.socket.disconnect()

    rig.pbx.say(row('leg.started', rung('1', anna)))
    rig.pbx.feed.journal(id)
    const back = await screen(rig.as.supervisor, { epoch: seen.epoch, seq: seen.seq })
    expect(back.hello).to.deep.include({ resync: false, calls: [], clients: [], seq: seen.seq })
    await until(() => back.events.length === 2)
    expect(back.events.map(({ name, data }) => [name, data['seq']])).to.deep.equal([
      ['call', seen.seq + 1],
      ['journal', seen.seq + 2]
    ])

    for (const auth of [
      {},
      { epoch: 'of another process', seq: seen.seq },
      { epoch: seen.epoch, seq: 1e9 }
    ]) {
      const fresh = await screen(rig.as.supervisor, auth)
      expect(fresh.hello.resync).to.equal(true)
      expect(fresh.hello.calls.map((call) => [call.id, call.phase])).to.deep.equal([[id, 'ringing']])
      fresh.socket.disconnect()
    }
    back.socket.disconnect()
  })

  it('keeps calls from marketers, who hear of the journal only', async () => {
    const { events, hello, socket } = await screen(rig.as.marketer)
    expect(hello).to.deep.include({ calls: [], operators: [] })
    rig.pbx.say(tapeOf(callId())('call.initiated', initiated()))
    rig.pbx.feed.journal('x')
    await until(() => events.length > 0)
    expect(events.map(({ name }) => name)).to.deep.equal(['journal'])
    socket.disconnect()
  })

  it('refuses strangers, other sites and revoked tokens', async () => {
    expect(await refusal(open({}))).to.equal('not_signed_in')
    expect(await refusal(open({ cookie: 'ringtrace=guessed' }))).to.equal('not_signed_in')
    expect(await refusal(open({ cookie: rig.as.admin.cookie, Origin: 'https://evil.example' }))).to.not.equal(
      ''
    )
    expect(await refusal(open({}, { token: 'rt_guessed' }))).to.equal('not_signed_in')
  })

  it('lets machines in by token, and cuts them when it is revoked', async () => {
    const made = await rig.as.admin.send('POST', '/api/tokens', { name: 'Wallboard' })
    const socket = open({}, { token: made.body['token'] })
    await new Promise((resolve) => socket.once('hello', resolve))
    const cut = new Promise((resolve) => socket.once('disconnect', resolve))
    await rig.as.admin.send('DELETE', `/api/tokens/${idOf(made)}`)
    expect(await cut).to.equal('io server disconnect')
  })

  it('sets presence for the one who asks, checked anew each time', async () => {
    const person = await rig.signIn('operator')
    const { socket } = await screen(person)
    const set = (value: unknown): Promise<unknown> => socket.timeout(5_000).emitWithAck('setPresence', value)
    expect(await set('away')).to.deep.equal({ ok: true })
    const row = await rig.db('users').where({ id: person.userId }).first<{ presence: string }>()
    expect(row.presence).to.equal('away')
    expect(await set('king')).to.deep.equal({ ok: false, error: 'invalid' })
    const marketer = await screen(rig.as.marketer)
    const refused: unknown = await marketer.socket.timeout(5_000).emitWithAck('setPresence', 'available')
    expect(refused).to.deep.equal({ ok: false, error: 'forbidden' })
    const cut = new Promise((resolve) => socket.once('disconnect', resolve))
    await person.send('POST', '/api/auth/logout')
    await cut
  })

  it('tells everybody when the health of the machine changes', async () => {
    const { events, socket } = await screen(rig.as.marketer)
    rig.pbx.health = { asterisk: { status: 'failed', detail: 'is away' } }
    const news = await until(() => events.find(({ name }) => name === 'health'))
    expect(news.data).to.deep.include({ status: 'degraded', checks: { database: 'ok', asterisk: 'failed' } })
    rig.pbx.health = { asterisk: { status: 'ok' } }
    socket.disconnect()
  })
})

describe('Screens and softphones while the database is away', function () {
  this.timeout(60_000)

  it('come back for those who were seen before, and for nobody else', async () => {
    const door = await createDoor()
    const rig = await startRig({ before: door.behind })
    const live = attachLive(rig.server, rig.deps, { recheckMs: 20 })
    const stop = attachSipProxy(rig.server, { ...rig.deps, ariPort: 1 })
    const connect = async (cookie: string): Promise<string> => {
      const socket = io(rig.url, {
        path: '/live',
        transports: ['websocket'],
        extraHeaders: { cookie },
        reconnection: false,
        forceNew: true
      })
      const result = await new Promise<string>((resolve) => {
        socket.once('hello', () => resolve('hello'))
        socket.once('connect_error', (error) => resolve(error.message))
      })
      socket.disconnect()
      return result
    }
    // 502: let in, and no Asterisk behind the door.
    const phone = (Cookie: string): Promise<number> => {
      const headers = { Cookie, Origin: rig.url }
      return statusOf(new WebSocket(`ws://127.0.0.1:${rig.port}/sip`, ['sip'], { headers }))
    }
    try {
      const { operator, supervisor } = rig.as
      expect(await connect(operator.cookie)).to.equal('hello')
      expect(await phone(operator.cookie)).to.equal(502)
      door.shut()
      expect(await connect(operator.cookie)).to.equal('hello')
      expect(await phone(operator.cookie)).to.equal(502)
      expect(await connect(supervisor.cookie)).to.equal('database_away')
      expect(await phone('ringtrace=guessed')).to.equal(503)
    } finally {
      stop()
      await door.close()
      await live.close()
      await rig.close()
    }
  })
})

async function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_req, res) => {
      resolve(res.statusCode ?? 0)
      res.resume()
    })
    socket.on('open', () => {
      socket.close()
      resolve(101)
    })
    socket.on('error', reject)
  })
}

describe('The way of a softphone to Asterisk', function () {
  this.timeout(60_000)
  let rig: Rig
  let detach: () => void
  const asterisk = createServer()
  const telephones = new WebSocketServer({ server: asterisk, path: '/ws', handleProtocols: () => 'sip' })
  const heard: { headers: Record<string, unknown>; text: string }[] = []
  before(async () => {
    telephones.on('connection', (socket, req) => {
      socket.on('message', (data: Buffer) => {
        heard.push({ headers: req.headers, text: data.toString() })
        socket.send(`echo ${data.toString()}`)
      })
    })
    asterisk.listen(0, '127.0.0.1')
    await once(asterisk, 'listening')
    rig = await startRig()
    const live = attachLive(rig.server, rig.deps)
    const stop = attachSipProxy(rig.server, {
      ...rig.deps,
      ariPort: (asterisk.address() as AddressInfo).port
    })
    detach = () => {
      stop()
      live.close().catch((error: unknown) => console.error(error))
    }
  })
  after(async () => {
    detach()
    telephones.close()
    asterisk.closeAllConnections()
    asterisk.close()
    await rig.close()
  })

  function phone(headers: Record<string, string>, protocols = ['sip'], address = '/sip'): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${rig.port}${address}`, protocols, { headers })
  }

  it('carries SIP both ways for a signed-in operator, and gives Asterisk no cookie', async () => {
    const socket = phone({ Cookie: rig.as.operator.cookie, Origin: rig.url })
    await once(socket, 'open')
    expect(socket.protocol).to.equal('sip')
    const answer = once(socket, 'message')
    socket.send('REGISTER sip:example SIP/2.0')
    const [data] = (await answer) as [Buffer]
    expect(data.toString()).to.equal('echo REGISTER sip:example SIP/2.0')
    expect(heard[0]?.headers).to.not.have.any.keys('cookie', 'origin')
    const closed = once(socket, 'close')
    for (const client of telephones.clients) client.terminate()
    await closed
  })

  it('refuses strangers, other sites, other roles, other protocols and other addresses', async () => {
    const Cookie = rig.as.operator.cookie
    const Origin = rig.url
    expect(await statusOf(phone({ Origin }))).to.equal(401)
    expect(await statusOf(phone({ Cookie: 'ringtrace=guessed', Origin }))).to.equal(401)
    expect(await statusOf(phone({ Cookie, Origin: 'https://evil.example' }))).to.equal(403)
    expect(await statusOf(phone({ Cookie }))).to.equal(403)
    expect(await statusOf(phone({ Cookie: rig.as.marketer.cookie, Origin }))).to.equal(403)
    expect(await statusOf(phone({ Cookie, Origin }, ['chat']))).to.equal(400)
    expect(await statusOf(phone({ Cookie, Origin }, ['sip'], '/ws'))).to.equal(404)
    expect(await statusOf(phone({ Cookie, Origin }))).to.equal(101)
  })

  it('says so when Asterisk is away', async () => {
    const away = attachOther(1)
    const { port } = (await away.listening).address() as AddressInfo
    const socket = new WebSocket(`ws://127.0.0.1:${port}/sip`, ['sip'], {
      headers: { Cookie: rig.as.operator.cookie, Origin: `http://127.0.0.1:${port}` }
    })
    expect(await statusOf(socket)).to.equal(502)
    away.close()
  })

  function attachOther(ariPort: number) {
    const server = createServer()
    const stop = attachSipProxy(server, { ...rig.deps, ariPort })
    server.listen(0, '127.0.0.1')
    const listening = once(server, 'listening').then(() => server)
    return {
      listening,
      close: () => {
        stop()
        server.closeAllConnections()
        server.close()
      }
    }
  }
})
