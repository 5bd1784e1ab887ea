import { expect } from 'chai'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Ari } from '../../pbx/ari/client.ts'
import { comesWithin } from '../support/clock.ts'
import { until } from '../support/until.ts'
import { listen, log, startRig, up } from './rig.ts'
import type { Rig } from './rig.ts'
import { createAri } from '../../pbx/ari/client.ts'

describe('the connection to Asterisk', () => {
  let rig: Rig
  const open: Ari[] = []
  before(async function () {
    this.timeout(180_000)
    rig = await startRig(22_100)
  })
  after(async () => {
    await Promise.all(open.map((ari) => ari.close()))
    await rig.close()
  })
  const client = (): Ari => {
    const ari = rig.ari()
    open.push(ari)
    return ari
  }
  function history(ari: Ari): string[] {
    const said: string[] = []
    ari.on('up', () => said.push('up'))
    ari.on('down', () => said.push('down'))
    ari.on('replaced', () => said.push('replaced'))
    return said
  }

  it('is up once the filter stands, and only then', async () => {
    const ari = client()
    const said = history(ari)
    await up(ari)
    const application = await ari.getApplication('ringtrace')
    expect(application).to.deep.include({ ok: true })
    expect(said).to.deep.equal(['up'])
    ari.disconnect()
    expect(said).to.deep.equal(['up', 'down'])
    expect(await ari.ping()).to.deep.include({ ok: true })
  })

  it('yields to another controller without a fight, and comes back when told', async () => {
    const [first, second] = [client(), client()]
    const said = history(first)
    await up(first)
    await up(second)
    await until(() => said.includes('replaced'))
    expect(said).to.deep.equal(['up', 'down', 'replaced'])
    // Asked over and over, longer than the first pauses of reconnecting: a fight would show by now.
    for (let i = 0; i < 300; i++) await second.ping()
    expect(first.stats().reconnects).to.equal(0)
    expect([first.isUp, second.isUp]).to.deep.equal([false, true])
    const saidSecond = history(second)
    await up(first)
    await until(() => saidSecond.includes('replaced'))
    first.disconnect()
  })

  it('comes back by itself after a restart of Asterisk, however long that takes', async function () {
    this.timeout(60_000)
    const ari = client()
    const said = history(ari)
    await up(ari)
    await rig.stopAsterisk()
    await until(() => !ari.isUp)
    expect(await ari.listChannels()).to.deep.include({ ok: false, code: 'unreachable', status: null })
    await until(() => ari.stats().reconnects >= 3)
    await rig.startAsterisk()
    await until(() => ari.isUp)
    expect(said).to.deep.equal(['up', 'down', 'up'])
    expect(await ari.listChannels()).to.deep.equal({ ok: true, value: [] })
    ari.disconnect()
  })

  it('notices within five seconds that Asterisk hangs', async function () {
    this.timeout(30_000)
    const ari = client()
    const said = history(ari)
    await up(ari)
    const noticed = new Promise<void>((resolve) => ari.on('down', () => resolve()))
    process.kill(rig.pid(), 'SIGSTOP')
    try {
      expect(await comesWithin(5200, noticed)).to.equal(true)
    } finally {
      process.kill(rig.pid(), 'SIGCONT')
    }
    await until(() => ari.isUp)
    // The old socket that Asterisk finds on waking must not silence the new one.
    const heard = listen(ari)
    const echo = {
      endpoint: 'Local/*43@from-operator',
      context: 'operator-leg',
      extension: 's',
      timeoutSeconds: 5
    }
    await until(async () => (await ari.originate({ channelId: 'echo.1', ...echo })).ok)
    await heard.wait('StasisStart', 'echo.1')
    await ari.hangup('echo.1', 16)
    await heard.wait('ChannelDestroyed', 'echo.1')
    expect(said).to.deep.equal(['up', 'down', 'up'])
    ari.disconnect()
  })

  it('notices that every packet is lost without a word, and hears of calls again when the way is open', async function () {
    this.timeout(30_000)
    const way = await openWay(rig.settings.ariPort)
    const ari = rig.ari({ port: way.port })
    open.push(ari)
    const said = history(ari)
    try {
      await up(ari)
      const noticed = new Promise<void>((resolve) => ari.on('down', () => resolve()))
      way.lose(true)
      expect(await comesWithin(5200, noticed)).to.equal(true)
      expect(await ari.ping()).to.deep.include({ ok: false, code: 'unreachable' })
      way.lose(false)
      await until(() => ari.isUp)
      expect(said).to.deep.equal(['up', 'down', 'up'])
      const heard = listen(ari)
      await ari.originate({
        ...{ channelId: 'way.1', endpoint: 'Local/*43@from-operator', context: 'operator-leg' },
        ...{ extension: 's', timeoutSeconds: 5 }
      })
      await heard.wait('StasisStart', 'way.1')
      await ari.hangup('way.1', 16)
      await heard.wait('ChannelDestroyed', 'way.1')
    } finally {
      ari.disconnect()
      await way.close()
    }
  })

  it('refused by its password says why, and goes on trying', async () => {
    const ari = rig.ari({ password: 'wrong' })
    open.push(ari)
    ari.connect()
    await until(() => ari.stats().reconnects >= 2)
    expect(ari.isUp).to.equal(false)
    expect(await ari.ping()).to.deep.include({ ok: false, code: 'rejected', status: 401 })
    ari.disconnect()
  })

  it('leaves nothing behind when closed, even in the middle of connecting', async () => {
    let sockets = 0
    const silent = createServer((socket) => {
      sockets++
      socket.resume()
      socket.on('close', () => sockets--)
      socket.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => silent.listen(22_195, '127.0.0.1', resolve))
    const ari = createAri({ host: '127.0.0.1', port: 22_195, user: 'u', password: 'p', app: 'x', log })
    ari.connect()
    const asked = ari.ping()
    await until(() => sockets === 2)
    await ari.close()
    expect(await asked).to.deep.include({ ok: false, code: 'unreachable' })
    await until(() => sockets === 0)
    expect(ari.stats().reconnects).to.equal(0)
    await new Promise((resolve) => silent.close(resolve))
  })

  it('survives a listener that throws', async () => {
    const ari = client()
    ari.on('up', () => {
      throw new Error('a bug of ours')
    })
    const said = history(ari)
    await up(ari)
    expect(said).to.deep.equal(['up'])
    ari.disconnect()
  })
})

/** A way to a port of this machine on which everything can get lost, as behind a dead cable: nothing is ever refused. */
async function openWay(to: number) {
  let isLost = false
  const pairs = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const [from, into] of [
      [near, far],
      [far, near]
    ] as const) {
      pairs.add(from)
      from.on('data', (data) => {
        if (!isLost) into.write(data)
      })
      from.on('error', () => from.destroy())
      from.on('close', () => {
        pairs.delete(from)
        if (!isLost) into.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    lose(on: boolean): void {
      isLost = on
    },
    async close(): Promise<void> {
      for (const socket of pairs) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
