import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import type { Ari } from '../../pbx/ari/client.ts'
import { settled } from '../../pbx/ari/http.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import { createObjects } from '../../pbx/provision/reconcile.ts'
import { until } from '../support/until.ts'
import { createParty } from './party.ts'
import type { Manner, Party } from './party.ts'
import { listen, log, startRig, up } from './rig.ts'
import type { Rig } from './rig.ts'
import { loudness, wavSamples } from './tone.ts'

/** What the machine may lean on, seen on a real Asterisk 22.10.1. */
describe('calls through ARI', () => {
  let rig: Rig
  let ari: Ari
  let operator: Party
  let client: Party
  let heard: ReturnType<typeof listen>
  let legs = 0
  const tookMs: number[] = []

  before(async function () {
    this.timeout(180_000)
    rig = await startRig(22_000)
    ari = rig.ari({ observe: (_, __, ms) => tookMs.push(ms) })
    await up(ari)
    const sipAddress = 'sip:op-a@127.0.0.1:22090'
    const a = { name: 'Anna', sipUser: 'op-a', sipSecret: 'secret', device: 'sip' as const, sipAddress }
    const trunk = {
      id: '1-1',
      endpoint: 'trunk-11',
      name: 'Carrier',
      kind: 'address' as const,
      host: '127.0.0.2',
      port: 22_091
    }
    const rest = {
      transport: 'udp' as const,
      username: null,
      secret: null,
      matchAddresses: [],
      codecs: ['ulaw']
    }
    const wanted = wantedObjects({ operators: [a], trunks: [{ ...trunk, ...rest }] })
    expect(await createObjects({ ari, log }).reconcile(wanted)).to.deep.include({
      isComplete: true,
      failures: []
    })
    const { server } = rig
    operator = await createParty({ host: '127.0.0.1', port: 22_090, server, user: 'op-a', toneHz: 440 })
    client = await createParty({
      host: '127.0.0.2',
      port: 22_091,
      server,
      user: '+79161234567',
      toneHz: 1000
    })
  })
  after(async function () {
    this.timeout(20_000)
    await ari.close()
    await Promise.all([operator.close(), client.close()])
    await rig.close()
  })
  beforeEach(() => (heard = listen(ari)))
  afterEach(async () => {
    heard.stop()
    const left = await ari.listChannels()
    if (left.ok) await Promise.all(left.value.map(({ id }) => ari.hangup(id, 16)))
    await until(async () => {
      const channels = await ari.listChannels()
      return channels.ok && channels.value.length === 0
    })
  })

  async function arrive(): Promise<string> {
    client.call('+74951234567').catch((error: unknown) => log.error({ err: error }))
    return (await heard.wait('StasisStart')).channel.id
  }
  /** Rings the operator; gives the leg's id. */
  async function ring(
    manner: Manner,
    more: { timeoutSeconds?: number; originator?: string; recording?: string } = {}
  ) {
    operator.setManner(manner)
    const channelId = `call.leg${++legs}`
    const result = await ari.originate({
      channelId,
      endpoint: 'PJSIP/op-a',
      context: 'operator-leg',
      extension: 's',
      timeoutSeconds: more.timeoutSeconds ?? 20,
      callerId: { name: 'Клиент', number: '+79161234567' },
      variables: { RT_RECORDING: more.recording ?? '' },
      ...(more.originator === undefined ? {} : { media: { originator: more.originator } })
    })
    expect(result).to.deep.equal({ ok: true, value: undefined })
    return channelId
  }

  it('tell of a caller once, with number and dialled number, although we subscribe to everything', async () => {
    const id = await arrive()
    const start = await heard.wait('StasisStart', id)
    expect(start.args.slice(0, 2)).to.deep.equal(['inbound', '+74951234567'])
    expect(start.channel).to.deep.include({
      callerNumber: '+79161234567',
      state: 'Ring',
      context: 'trunk-call'
    })
    expect(start.channel.name).to.match(/^PJSIP\/trunk-11-/)
    await ari.answer(id)
    await until(() => client.isUp())
    client.hangup()
    await heard.wait('ChannelDestroyed', id)
    expect(heard.types(id)).to.deep.equal(['StasisStart', 'ChannelStateChange', 'ChannelDestroyed'])
  })

  it('name the cause of a leg that was refused, and nothing else about it', async () => {
    const seen: (number | null)[][] = []
    for (const status of [486, 600, 603, 480, 404, 503]) {
      const leg = await ring({ status, text: 'No' })
      const end = await heard.wait('ChannelDestroyed', leg)
      seen.push([status, end.cause, end.sipCode])
      expect(heard.types(leg)).to.deep.equal(['ChannelDestroyed'])
    }
    // Q.850: 17 busy, 21 rejected, 19 no answer, 1 unallocated, 34 no circuit.
    expect(seen).to.deep.equal([
      [486, 17, 486],
      [600, 17, 600],
      [603, 21, 603],
      [480, 19, 480],
      [404, 1, 404],
      [503, 34, 503]
    ])
  })

  it('end a leg that nobody answers by themselves, with cause 19', async () => {
    const leg = await ring('ring', { timeoutSeconds: 1 })
    const end = await heard.wait('ChannelDestroyed', leg)
    expect(end.cause).to.equal(19)
    expect(heard.types(leg)).to.deep.equal(['ChannelStateChange', 'ChannelDestroyed'])
    expect(operator.heard.at(-1)).to.match(/^(CANCEL|ACK)/)
  })

  it('give a cancelled leg the cause that we chose', async () => {
    const leg = await ring('ring')
    expect((await heard.wait('ChannelStateChange', leg)).channel.state).to.equal('Ringing')
    expect(settled(await ari.hangup(leg, 26))).to.equal(true)
    expect(await heard.wait('ChannelDestroyed', leg)).to.deep.include({ cause: 26, sipCode: null })
    expect(heard.types(leg)).to.deep.equal(['ChannelStateChange', 'ChannelDestroyed'])
  })

  it('can be cancelled before they have begun to ring', async () => {
    const leg = await ring('ring')
    expect(settled(await ari.hangup(leg, 26))).to.equal(true)
    expect(await heard.wait('ChannelDestroyed', leg)).to.deep.include({ cause: 26 })
    await until(() => !operator.isRinging())
  })

  it('are found again by a controller that was away', async () => {
    const caller = await arrive()
    await ari.setVariable(caller, 'RT_CALL', 'call-1')
    ari.disconnect()
    const leg = await ring('ring')
    await ari.createBridge('kept')
    await ari.addToBridge('kept', [caller])
    await up(ari)
    const [channels, bridges] = await Promise.all([ari.listChannels(), ari.listBridges()])
    const ids = channels.ok ? channels.value.map(({ id }) => id) : []
    expect(ids).to.have.members([caller, leg])
    expect(bridges).to.deep.equal({ ok: true, value: [{ id: 'kept', channelIds: [caller] }] })
    expect(await ari.getVariable(caller, 'RT_CALL')).to.deep.equal({ ok: true, value: 'call-1' })
    heard.events.length = 0
    operator.answer()
    expect((await heard.wait('StasisStart', leg)).args).to.deep.equal(['leg'])
    await ari.destroyBridge('kept')
  })

  it('bring an answered leg into the application, bridge it, and record each side in its own file', async () => {
    const caller = await arrive()
    expect(settled(await ari.ring(caller))).to.equal(true)
    const leg = await ring('answer', { originator: caller, recording: 'talk1' })
    expect((await heard.wait('StasisStart', leg)).args).to.deep.equal(['leg'])
    expect(heard.types(leg)).to.deep.equal(['ChannelStateChange', 'ChannelStateChange', 'StasisStart'])
    await ari.createBridge('bridge1')
    await ari.answer(caller)
    expect(await ari.addToBridge('bridge1', [caller, leg])).to.deep.include({ ok: true })
    await until(() => operator.audio().length > 6000 && client.audio().length > 6000)
    expect(loudness(operator.audio().slice(-3000), 1000)).to.be.above(0.4)
    expect(loudness(client.audio().slice(-3000), 440)).to.be.above(0.4)

    client.hangup()
    expect(await heard.wait('ChannelDestroyed', caller)).to.deep.include({ cause: 16 })
    await ari.hangup(leg, 16)
    await heard.wait('ChannelDestroyed', leg)
    await ari.destroyBridge('bridge1')

    const side = async (name: string): Promise<Int16Array> =>
      wavSamples(await readFile(path.join(rig.recordingsDir, `talk1-${name}.wav`)))
    const operatorSide = await side('in')
    const clientSide = await side('out')
    // MixMonitor's r() is what comes in from the operator, t() what goes out to them: the client's voice.
    expect([loudness(operatorSide, 440) > 0.3, loudness(operatorSide, 1000) > 0.05]).to.deep.equal([
      true,
      false
    ])
    expect([loudness(clientSide, 440) > 0.05, loudness(clientSide, 1000) > 0.3]).to.deep.equal([false, true])
    expect(Math.abs(operatorSide.length - clientSide.length)).to.be.below(400)
  })

  it('take a repeated wish as fulfilled, and say when the thing itself has gone', async () => {
    const leg = await ring('ring')
    await ari.createBridge('twice')
    expect(await ari.createBridge('twice')).to.deep.include({ ok: false, code: 'already', done: true })
    await ari.hangup(leg, 16)
    await heard.wait('ChannelDestroyed', leg)
    const gone = { ok: false, code: 'gone', done: true }
    expect(await ari.hangup(leg, 16)).to.deep.include(gone)
    expect(await ari.removeFromBridge('twice', [leg])).to.deep.include(gone)
    expect(settled(await ari.destroyBridge('twice'))).to.equal(true)
    expect(await ari.destroyBridge('twice')).to.deep.include(gone)
    expect(await ari.stopPlayback('never')).to.deep.include(gone)
    expect(await ari.stopRecording('never')).to.deep.include(gone)
    const lost = { ok: false, code: 'gone', done: false }
    expect(await ari.answer(leg)).to.deep.include(lost)
    expect(await ari.play(leg, 'p', ['sound:beep'])).to.deep.include(lost)
    expect(await ari.addToBridge('twice', [leg])).to.deep.include(lost)
  })

  it('do not ring a second time under the same id', async () => {
    const leg = await ring('ring')
    await heard.wait('ChannelStateChange', leg)
    const again = { endpoint: 'PJSIP/op-a', context: 'operator-leg', extension: 's', timeoutSeconds: 5 }
    const invites = operator.heard.filter((line) => line.startsWith('INVITE')).length
    expect(await ari.originate({ channelId: leg, ...again })).to.deep.include({ code: 'already', done: true })
    expect(operator.heard.filter((line) => line.startsWith('INVITE'))).to.have.length(invites)
  })

  it('reject a leg to somebody who is nowhere registered', async () => {
    const call = {
      channelId: 'x.1',
      endpoint: 'PJSIP/op-nobody',
      context: 'operator-leg',
      extension: 's',
      timeoutSeconds: 5
    }
    expect(await ari.originate(call)).to.deep.include({ ok: false, code: 'rejected', done: false })
  })

  it('play to the caller, stop on demand, and tell when either is over', async () => {
    const caller = await arrive()
    await ari.answer(caller)
    expect(settled(await ari.play(caller, 'play1', ['sound:beep', 'sound:beep']))).to.equal(true)
    const finished = await heard.wait('PlaybackFinished')
    expect(finished).to.deep.include({ playbackId: 'play1', channelId: caller, isFailed: false })
    heard.events.length = 0
    await ari.play(caller, 'play2', ['sound:vm-nobodyavail', 'sound:vm-nobodyavail'])
    expect(settled(await ari.stopPlayback('play2'))).to.equal(true)
    expect(await heard.wait('PlaybackFinished')).to.deep.include({ playbackId: 'play2' })
    heard.events.length = 0
    await ari.play(caller, 'play3', ['sound:there-is-no-such-file'])
    expect(await heard.wait('PlaybackFinished')).to.deep.include({ playbackId: 'play3', isFailed: true })
  })

  it('record a message once, however often it is asked for', async () => {
    const caller = await arrive()
    await ari.answer(caller)
    const options = { maxSeconds: 10, silenceSeconds: 0 }
    expect(await ari.record(caller, 'voicemail1', options)).to.deep.include({ ok: true })
    expect(await ari.record(caller, 'voicemail1', options)).to.deep.include({
      ok: false,
      code: 'already',
      done: true
    })
    await until(() => client.audio().length > 0 || client.isUp())
    expect(settled(await ari.stopRecording('voicemail1'))).to.equal(true)
    expect(await heard.wait('RecordingFinished')).to.deep.include({ name: 'voicemail1', channelId: caller })
    expect((await stat(path.join(rig.recordingsDir, 'voicemail1.wav'))).size).to.be.at.least(44)
    expect(await ari.record(caller, 'voicemail1', options)).to.deep.include({
      ok: false,
      code: 'gone',
      done: true
    })
  })

  it('hand over key presses', async () => {
    const caller = await arrive()
    await ari.answer(caller)
    const leg = await ring('answer')
    await heard.wait('StasisStart', leg)
    await ari.createBridge('keys')
    await ari.addToBridge('keys', [caller, leg])
    client.press('5')
    expect(await heard.wait('ChannelDtmfReceived', caller)).to.deep.include({ digit: '5' })
    expect(heard.types(caller).filter((type) => type === 'ChannelDtmfReceived')).to.have.length(1)
  })

  it('answer a request within a few milliseconds', async () => {
    for (let i = 0; i < 50; i++) await ari.ping()
    const sorted = tookMs.toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).to.be.below(5)
    expect(ari.stats()).to.deep.include({ malformed: 0, ignored: {} })
  })
})
