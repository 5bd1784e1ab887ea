import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { createAmi } from '../../pbx/ami/client.ts'
import type { Ami } from '../../pbx/ami/client.ts'
import type { Ari } from '../../pbx/ari/client.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import { createObjects } from '../../pbx/provision/reconcile.ts'
import { until } from '../support/until.ts'
import { createParty } from './party.ts'
import type { Manner, Party } from './party.ts'
import { listen, log, startRig, up } from './rig.ts'
import type { Rig } from './rig.ts'
import { loudness, wavSamples } from './tone.ts'

/** What talks of three, transfers, supervision and early media may lean on, seen on a real Asterisk 22.10.1. */
describe('talks with more than two parties', () => {
  let rig: Rig
  let ari: Ari
  let ami: Ami
  let operator: Party
  let second: Party
  let client: Party
  let heard: ReturnType<typeof listen>
  let count = 0

  before(async function () {
    this.timeout(180_000)
    rig = await startRig(14_800)
    ari = rig.ari()
    const { amiPort: port, amiUser: user, amiPassword: password } = rig.settings
    ami = createAmi({ host: '127.0.0.1', port, user, password, log })
    ami.connect()
    await up(ari)
    await until(() => ami.isUp)
    const phone = (sipUser: string, at: number) => ({
      name: sipUser,
      sipUser,
      sipSecret: 'secret',
      device: 'sip' as const,
      sipAddress: `sip:${sipUser}@127.0.0.1:${at}`
    })
    const trunk = {
      ...{
        id: '1-1',
        endpoint: 'trunk-11',
        name: 'Carrier',
        kind: 'address' as const,
        host: '127.0.40.3',
        port: 14_892
      },
      ...{ transport: 'udp' as const, username: null, secret: null, matchAddresses: [], codecs: ['ulaw'] }
    }
    const wanted = wantedObjects({
      operators: [phone('op-a', 14_890), phone('op-b', 14_891)],
      trunks: [trunk]
    })
    const { failures } = await createObjects({ ari, log }).reconcile(wanted)
    expect(failures).to.deep.equal([])
    const { server } = rig
    const local = { host: '127.0.0.1', server, password: 'secret' }
    operator = await createParty({ ...local, port: 14_890, user: 'op-a', toneHz: 440 })
    second = await createParty({ ...local, port: 14_891, user: 'op-b', toneHz: 1400 })
    client = await createParty({
      host: '127.0.40.3',
      port: 14_892,
      server,
      user: '+79161234567',
      toneHz: 1000
    })
  })
  after(async function () {
    this.timeout(20_000)
    ami.close()
    await ari.close()
    await rig.close()
    await Promise.all([operator, second, client].map((party) => party.close()))
  })
  beforeEach(() => (heard = listen(ari)))
  afterEach(async () => {
    heard.stop()
    for (const party of [operator, second, client]) party.setManner('answer')
    const [channels, bridges] = [await ari.listChannels(), await ari.listBridges()]
    if (channels.ok) await Promise.all(channels.value.map(({ id }) => ari.hangup(id, 16)))
    if (bridges.ok) await Promise.all(bridges.value.map(({ id }) => ari.destroyBridge(id)))
    await until(async () => {
      const left = await ari.listChannels()
      return left.ok && left.value.length === 0
    })
    await until(() => ![operator, second, client].some((party) => party.isUp()))
  })

  const leg = (): string => `0190a000-0000-7000-8000-000000000001.x${++count}`
  /** Rings an operator's telephone, which answers. */
  async function ring(user: string, recording = ''): Promise<string> {
    const channelId = leg()
    await ari.originate({
      ...{
        channelId,
        endpoint: `PJSIP/${user}`,
        context: 'operator-leg',
        extension: 's',
        timeoutSeconds: 20
      },
      variables: { RT_RECORDING: recording, 'PJSIP_TRANSFER_HANDLING()': 'ari-only' }
    })
    await heard.wait('StasisStart', channelId)
    return channelId
  }
  /** Makes and dials a channel to the client, heard in a bridge from the start. */
  async function dialOut(bridge: string, manner: Manner, seconds = 20): Promise<string> {
    client.setManner(manner)
    const channelId = leg()
    const endpoint = 'PJSIP/+79161234567@trunk-11'
    const made = await ari.create({
      ...{ channelId, endpoint, app: 'ringtrace', appArgs: 'dialled' },
      callerId: { number: '+74951000001' },
      media: { formats: ['alaw', 'ulaw'] },
      variables: { 'TALK_DETECT(set)': '' }
    })
    expect(made).to.deep.include({ ok: true })
    expect((await heard.wait('StasisStart', channelId)).args).to.deep.equal(['dialled'])
    expect(await ari.dial(channelId, seconds)).to.deep.include({ ok: true })
    // Earlier, the bridge would put its other party's name into the INVITE.
    const added = await ari.addToBridge(bridge, [channelId])
    // A number that is busy may have said so already.
    expect(added.ok || added.code === 'gone').to.equal(true)
    return channelId
  }
  /** The party hears each of these tones (true) or does not (false). */
  const hears = (party: Party, wanted: Record<number, boolean>) =>
    until(
      () => {
        const sound = party.lately(500)
        return Object.entries(wanted).every(([hz, is]) =>
          is ? loudness(sound, Number(hz)) > 0.2 : loudness(sound, Number(hz)) < 0.02
        )
      },
      { what: `hears ${JSON.stringify(wanted)}`, timeoutMs: 5000 }
    )
  const side = async (name: string, which: string): Promise<Int16Array> =>
    wavSamples(await readFile(path.join(rig.recordingsDir, `${name}-${which}.wav`)))

  it('hear a dialled number before its answer (183), and show it our number', async () => {
    const bridge = 'early'
    const a = await ring('op-a')
    await ari.createBridge(bridge)
    await ari.addToBridge(bridge, [a])
    await ari.playOnBridge(bridge, 'tone0', ['tone:ring;tonezone=ru'])
    const out = await dialOut(bridge, 'early')
    await heard.wait('ChannelTalkingStarted', out)
    await ari.stopPlayback('tone0')
    await hears(operator, { 1000: true })
    expect(client.shown.at(-1)).to.contain('sip:+74951000001@')
    expect(heard.types(out)).to.not.include('ChannelStateChange')
    client.answer()
    const up = await heard.wait('ChannelStateChange', out)
    expect(up.channel.state).to.equal('Up')
    await ari.setVariable(out, 'TALK_DETECT(remove)', '')
    await hears(client, { 440: true })
  })

  it('know a number that only rings (180) by its state, and its end by the cause', async () => {
    const bridge = 'rings'
    await ari.createBridge(bridge)
    const out = await dialOut(bridge, 'ring', 1)
    expect((await heard.wait('ChannelStateChange', out)).channel.state).to.equal('Ringing')
    expect(await heard.wait('ChannelDestroyed', out)).to.deep.include({ cause: 19 })
    const busy = await dialOut(bridge, { status: 486, text: 'Busy Here' })
    expect(await heard.wait('ChannelDestroyed', busy)).to.deep.include({ cause: 17 })
    expect(heard.types(busy)).to.not.include('ChannelStateChange')
  })

  it('are recorded from any moment on a channel that was dialled, and in silence while paused', async () => {
    const bridge = 'recorded'
    const a = await ring('op-a')
    await ari.createBridge(bridge)
    await ari.addToBridge(bridge, [a])
    const out = await dialOut(bridge, 'answer')
    await hears(operator, { 1000: true })
    await hears(client, { 440: true })
    const file = path.join(rig.recordingsDir, 'dialled1')
    expect(await ami.startRecording(out, file)).to.equal(true)
    await until(async () => (await side('dialled1', 'in').catch(() => [])).length > 8000)
    expect(await ami.muteRecording(out, true)).to.equal(true)
    const [before] = [(await side('dialled1', 'in')).length]
    await until(async () => (await side('dialled1', 'in')).length > before + 16_000)
    expect(await ami.muteRecording(out, false)).to.equal(true)
    await ari.hangup(out, 16)
    await heard.wait('ChannelDestroyed', out)
    const [said, wasTold] = [await side('dialled1', 'in'), await side('dialled1', 'out')]
    expect([
      loudness(said.slice(0, 6000), 1000) > 0.2,
      loudness(said.slice(0, 6000), 440) > 0.05
    ]).to.deep.equal([true, false])
    expect(loudness(wasTold.slice(0, 6000), 440)).to.be.above(0.2)
    expect(loudness(said.slice(before + 6000, before + 12_000), 1000)).to.be.below(0.01)
    expect(loudness(wasTold.slice(before + 6000, before + 12_000), 440)).to.be.below(0.01)
    expect(Math.abs(said.length - wasTold.length)).to.be.below(800)
  })

  it('hear a tone on the bridge that leaves the recordings whole', async () => {
    const bridge = 'tone'
    await ari.createBridge(bridge)
    const a = await ring('op-a', 'toned')
    await ari.addToBridge(bridge, [a])
    await ari.playOnBridge(bridge, 'tone1', ['tone:ring;tonezone=ru'])
    await hears(operator, { 425: true })
    await ari.stopPlayback('tone1')
    await heard.wait('PlaybackFinished')
    await hears(operator, { 425: false })
    const b = await ring('op-b')
    await ari.addToBridge(bridge, [b])
    await hears(operator, { 1400: true })
    await until(async () => (await side('toned', 'in')).length > 24_000)
    await ari.hangup(a, 16)
    await heard.wait('ChannelDestroyed', a)
    expect(loudness((await side('toned', 'in')).slice(-16_000, -1000), 440)).to.be.above(0.2)
    expect(loudness((await side('toned', 'out')).slice(-8000, -1000), 1400)).to.be.above(0.2)
  })

  it('are listened to and whispered into by a snoop channel of our name', async () => {
    client.call('+74951234567').catch((error: unknown) => log.error({ err: error }))
    const caller = (await heard.wait('StasisStart')).channel.id
    await ari.answer(caller)
    const a = await ring('op-a', 'watched')
    await ari.createBridge('talk')
    await ari.addToBridge('talk', [caller, a])
    const supervisor = await ring('op-b')
    await ari.mute(supervisor)
    const snoop = `${leg()}.snoop`
    expect(await ari.snoop(a, snoop, 'ringtrace', 'snoop')).to.deep.include({ ok: true })
    expect((await heard.wait('StasisStart', snoop)).args).to.deep.equal(['snoop'])
    await ari.createBridge('watch')
    await ari.addToBridge('watch', [supervisor, snoop])
    await hears(second, { 440: true, 1000: true })
    await hears(operator, { 1000: true, 1400: false })
    await ari.unmute(supervisor)
    await hears(operator, { 1000: true, 1400: true })
    await hears(client, { 440: true, 1400: false })
    await ari.hangup(a, 16)
    await heard.wait('ChannelDestroyed', a)
    await heard.wait('ChannelDestroyed', snoop)
    expect(loudness(await side('watched', 'out'), 1400)).to.be.below(0.02)
  })

  it('tell of a telephone that holds its side, while the other hears music', async () => {
    client.call('+74951234567').catch((error: unknown) => log.error({ err: error }))
    const caller = (await heard.wait('StasisStart')).channel.id
    await ari.answer(caller)
    const a = await ring('op-a')
    await ari.createBridge('held')
    await ari.addToBridge('held', [caller, a])
    await hears(client, { 440: true })
    expect(await operator.hold(true)).to.equal(200)
    await heard.wait('ChannelHold', a)
    await until(() => client.lately(400).some((sample) => Math.abs(sample) > 300), { what: 'music' })
    await hears(client, { 440: false })
    expect(await operator.hold(false)).to.equal(200)
    await heard.wait('ChannelUnhold', a)
    await hears(client, { 440: true })
    await ari.removeFromBridge('held', [caller])
    await ari.startMoh(caller)
    await hears(client, { 440: false })
    await until(() => client.lately(400).some((sample) => Math.abs(sample) > 300), { what: 'music' })
    await ari.stopMoh(caller)
    await ari.addToBridge('held', [caller])
    await hears(client, { 440: true })
  })

  it('hand a blind REFER to us, and its end to the telephone', async () => {
    const a = await ring('op-a')
    await ari.createBridge('refer')
    await ari.addToBridge('refer', [a])
    expect(await operator.refer('102')).to.equal(202)
    expect(await heard.wait('ChannelTransfer', a)).to.deep.include({
      destination: '102',
      replaces: null,
      state: null
    })
    expect(await ari.transferProgress(a, 'channel_answered')).to.deep.include({ ok: true })
    await until(() => operator.notified.some((text) => text.startsWith('SIP/2.0 200')))
    expect(await operator.refer('103')).to.equal(202)
    await until(() => heard.events.some((e) => e.type === 'ChannelTransfer' && e.destination === '103'))
    await ari.transferProgress(a, 'channel_declined')
    await until(() => operator.notified.some((text) => text.startsWith('SIP/2.0 603')))
  })

  it('hand an attended REFER to us with the channel that it replaces', async () => {
    const a = await ring('op-a')
    await ari.createBridge('one')
    await ari.addToBridge('one', [a])
    const other = second.call('102')
    const b = await until(() =>
      heard.events.find((e) => e.type === 'StasisStart' && e.args[0] === 'outbound')
    )
    const channelId = b.type === 'StasisStart' ? b.channel.id : ''
    await ari.answer(channelId)
    expect(await other).to.equal(200)
    expect(await operator.refer('102', second.replaces())).to.equal(202)
    expect(await heard.wait('ChannelTransfer', a)).to.deep.include({
      destination: '102',
      replaces: second.replaces().split(';')[0],
      replacesChannelId: channelId,
      state: null
    })
    await ari.transferProgress(a, 'channel_answered')
    await until(() => operator.notified.some((text) => text.startsWith('SIP/2.0 200')))
  })
})
