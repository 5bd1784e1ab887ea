import { expect } from 'chai'
import { createAmi } from '../../pbx/ami/client.ts'
import type { Ami, AmiContact } from '../../pbx/ami/client.ts'
import { openAmi, textOf } from '../../pbx/ami/connection.ts'
import type { Ari } from '../../pbx/ari/client.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import { createObjects } from '../../pbx/provision/reconcile.ts'
import { until } from '../support/until.ts'
import { createParty } from './party.ts'
import type { Party } from './party.ts'
import { listen, log, startRig, up } from './rig.ts'
import type { Rig } from './rig.ts'

describe('the manager connection', () => {
  let rig: Rig
  let ari: Ari
  const open: { close(): unknown }[] = []
  const operator = {
    name: 'Anna',
    sipUser: 'op-anna',
    sipSecret: 'secret',
    device: 'sip' as const,
    sipAddress: null
  }

  before(async function () {
    this.timeout(180_000)
    rig = await startRig(22_400)
    ari = rig.ari()
    await createObjects({ ari, log }).reconcile(wantedObjects({ operators: [operator], trunks: [] }))
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
  })
  after(async () => {
    await ari.close()
    await rig.close()
  })
  const access = (password = rig.settings.amiPassword) => {
    const { amiPort: port, amiUser: user } = rig.settings
    return { host: '127.0.0.1', port, user, password, log }
  }
  async function connected(): Promise<{ ami: Ami; contacts: AmiContact[] }> {
    const ami = createAmi(access())
    open.push(ami)
    const contacts: AmiContact[] = []
    ami.on('contact', (contact) => contacts.push(contact))
    ami.connect()
    await until(() => ami.isUp)
    return { ami, contacts }
  }
  async function phone(port: number): Promise<Party> {
    const party = await createParty({ host: '127.0.0.1', port, server: rig.server, user: 'op-anna' })
    open.push(party)
    return party
  }

  it('tells who can be reached, and does not lose an operator whose second tab takes over', async () => {
    const { ami, contacts } = await connected()
    const [first, second] = [await phone(22_490), await phone(22_491)]
    await first.register('secret')
    await until(() => contacts.at(-1)?.state === 'reachable')
    await second.register('secret')
    await until(() => contacts.at(-1)?.uri.includes('22491'))
    expect(contacts.map(({ state }) => state)).to.not.include('removed')
    expect((await ami.contacts())?.get('op-anna')).to.deep.include({ state: 'reachable' })
    await second.register('secret', 0)
    await until(() => contacts.at(-1)?.state === 'removed')
    expect([...((await ami.contacts()) ?? [])]).to.deep.equal([])
  })

  it('tells of strangers who try passwords', async () => {
    const ami = createAmi(access())
    open.push(ami)
    const attacks: string[] = []
    ami.on('attack', ({ kind, account, remoteAddress }) =>
      attacks.push(`${kind} ${account} ${remoteAddress}`)
    )
    ami.connect()
    await until(() => ami.isUp)
    const stranger = await createParty({
      host: '127.0.0.1',
      port: 22_492,
      server: rig.server,
      user: 'op-root'
    })
    open.push(stranger)
    expect(await stranger.register('guess')).to.equal(401)
    await until(() => attacks.length > 0)
    expect(attacks[0]).to.equal('unknownAccount op-root IPV4/UDP/127.0.0.1/22492')
  })

  it('comes back by itself after a restart of Asterisk', async function () {
    this.timeout(30_000)
    const { ami } = await connected()
    const said: string[] = []
    ami.on('down', () => said.push('down'))
    ami.on('up', () => said.push('up'))
    await rig.stopAsterisk()
    await until(() => !ami.isUp)
    expect(await ami.contacts()).to.equal(null)
    expect(await ami.putDb('ringtrace', 'x', 'y')).to.equal(false)
    await rig.startAsterisk()
    await until(() => ami.isUp)
    expect(said).to.deep.equal(['down', 'up'])
    expect(await ami.putDb('ringtrace', 'x', 'two\r\nlines')).to.equal(true)
    expect(await rig.cli('database get ringtrace x')).to.contain('two lines')
  })

  it('says why it was refused', async () => {
    const reason = await new Promise<string>((resolve) => {
      const nothing = (): void => undefined
      open.push(openAmi({ ...access('wrong'), onOpen: nothing, onEvent: nothing, onClose: resolve }))
    })
    expect(reason).to.contain('Authentication failed')
  })

  it('hears nothing of what happens within calls', async () => {
    const heard: string[] = []
    const raw = await new Promise<ReturnType<typeof openAmi>>((resolve) => {
      const connection = openAmi({
        ...access(),
        onOpen: () => resolve(connection),
        onEvent: (event) => heard.push(textOf(event, 'event')),
        onClose: () => undefined
      })
    })
    open.push(raw)
    await up(ari)
    const events = listen(ari)
    const echo = {
      endpoint: 'Local/*43@from-operator',
      context: 'operator-leg',
      extension: 's',
      timeoutSeconds: 5
    }
    expect(await ari.originate({ channelId: 'echo.1', ...echo })).to.deep.include({ ok: true })
    await events.wait('StasisStart', 'echo.1')
    await ari.hangup('echo.1', 16)
    await events.wait('ChannelDestroyed', 'echo.1')
    expect(await raw.ask({ action: 'Ping' })).to.deep.include({ response: 'Success' })
    expect(heard.filter((name) => name !== 'FullyBooted')).to.deep.equal([])
  })
})
