import { execFileSync } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import type { Sound } from '../../ivr/block.ts'
import { createMedia } from '../../media/media.ts'
import type { Media } from '../../media/media.ts'
import { createAmi } from '../../pbx/ami/client.ts'
import type { Ami } from '../../pbx/ami/client.ts'
import type { Ari } from '../../pbx/ari/client.ts'
import { wantedObjects } from '../../pbx/provision/objects.ts'
import { createObjects } from '../../pbx/provision/reconcile.ts'
import { createDictations } from '../../pbx/runtime/dictation.ts'
import { createParty } from '../ari/party.ts'
import type { Party } from '../ari/party.ts'
import { listen, log, startRig, up } from '../ari/rig.ts'
import type { Rig } from '../ari/rig.ts'
import { loudness, wavSamples } from '../ari/tone.ts'
import { testHome } from '../support/asterisk-root.ts'
import { comesWithin } from '../support/clock.ts'
import { until } from '../support/until.ts'

const perSecond = 8000

/** What callers hear and what recordings hold, on a real Asterisk with telephones that speak tones. */
describe('sounds in calls', function () {
  this.timeout(60_000)
  let rig: Rig
  let ari: Ari
  let ami: Ami
  let media: Media
  let operator: Party
  let client: Party
  let heard: ReturnType<typeof listen>
  let count = 0

  before(async function () {
    this.timeout(180_000)
    rig = await startRig(22_400)
    ari = rig.ari()
    const { amiPort: port, amiUser: user, amiPassword: password } = rig.settings
    ami = createAmi({ host: '127.0.0.1', port, user, password, log })
    ami.connect()
    await up(ari)
    await until(() => ami.isUp)
    media = createMedia({
      home: await testHome(),
      dataDir: path.join(rig.dir, 'data'),
      asteriskDir: path.join(rig.dir, 'ast'),
      reloadMusic: () => rig.cli('moh reload'),
      log
    })
    const sipAddress = 'sip:op-a@127.0.0.1:22490'
    const anna = { name: 'Anna', sipUser: 'op-a', sipSecret: 'secret', device: 'sip' as const, sipAddress }
    const trunk = {
      ...{
        id: '1-1',
        endpoint: 'trunk-11',
        name: 'Carrier',
        kind: 'address' as const,
        host: '127.0.45.3',
        port: 22_491
      },
      ...{ transport: 'udp' as const, username: null, secret: null, matchAddresses: [], codecs: ['ulaw'] }
    }
    const wanted = wantedObjects({ operators: [anna], trunks: [trunk] })
    expect((await createObjects({ ari, log }).reconcile(wanted)).failures).to.deep.equal([])
    const { server } = rig
    operator = await createParty({ host: '127.0.0.1', port: 22_490, server, user: 'op-a', toneHz: 440 })
    client = await createParty({
      host: '127.0.45.3',
      port: 22_491,
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
    await Promise.all([operator.close(), client.close()])
  })
  beforeEach(() => (heard = listen(ari)))
  afterEach(async () => {
    heard.stop()
    const [channels, bridges] = [await ari.listChannels(), await ari.listBridges()]
    if (channels.ok) await Promise.all(channels.value.map(({ id }) => ari.hangup(id, 16)))
    if (bridges.ok) await Promise.all(bridges.value.map(({ id }) => ari.destroyBridge(id)))
    await until(async () => {
      const left = await ari.listChannels()
      return left.ok && left.value.length === 0 && !client.isUp() && !operator.isUp()
    })
  })

  async function arrive(): Promise<string> {
    client.call('+74951234567').catch((err: unknown) => log.error({ err }))
    const { id } = (await heard.wait('StasisStart')).channel
    await ari.answer(id)
    return id
  }
  /** Rings the operator's telephone, which answers and records itself. */
  async function ring(recording: string): Promise<string> {
    const channelId = `0190a000-0000-7000-8000-000000000044.op${++count}`
    await ari.originate({
      ...{ channelId, endpoint: 'PJSIP/op-a', context: 'operator-leg', extension: 's', timeoutSeconds: 20 },
      variables: { RT_RECORDING: recording }
    })
    await heard.wait('StasisStart', channelId)
    return channelId
  }
  /** Plays to the client, to the end. */
  async function play(channel: string, media: string | Promise<string>): Promise<{ isFailed: boolean }> {
    const playId = `play${++count}`
    await ari.play(channel, playId, [await media])
    return until(() =>
      heard.events.find((event) => event.type === 'PlaybackFinished' && event.playbackId === playId)
    ) as Promise<{ isFailed: boolean }>
  }
  const side = async (name: string, which: 'in' | 'out'): Promise<Int16Array> =>
    wavSamples(await readFile(path.join(rig.recordingsDir, `${name}-${which}.wav`)))
  const hears = (party: Party, hz: number): Promise<boolean> =>
    until(() => loudness(party.lately(400), hz) > 0.2, { what: `${hz} Hz is heard`, timeoutMs: 5000 })
  /** Waits until a recording has grown to so many seconds. */
  const recorded = (name: string, seconds: number): Promise<boolean> =>
    until(async () => (await side(name, 'in')).length > seconds * perSecond)

  it('a caller who has heard a menu and then ringing: both sides of the recording are whole', async () => {
    const caller = await arrive()
    expect(await play(caller, media.soundOf({ text: 'Нажмите один' }, 'ru'))).to.include({ isFailed: false })
    await ari.createBridge('talk1')
    // Ringing after the answer, as the exchange lets an answered caller hear it.
    await ari.play(caller, 'ring1', [await media.soundOf({ tone: 'ring' }, 'ru')])
    const leg = await ring('whole1')
    await ari.stopPlayback('ring1')
    await ari.addToBridge('talk1', [caller, leg])
    await Promise.all([hears(operator, 1000), hears(client, 440)])
    await recorded('whole1', 3)
    const tail = async (which: 'in' | 'out'): Promise<Int16Array> =>
      (await side('whole1', which)).slice(-2 * perSecond, -800)
    expect(loudness(await tail('in'), 440), 'the operator').to.be.above(0.2)
    expect(loudness(await tail('out'), 1000), 'the client').to.be.above(0.2)
    expect(loudness(await tail('in'), 1000), 'the client on the operator’s side').to.be.below(0.02)
  })

  it('an operator who is recorded and hears ringing from the bridge: both sides are whole afterwards', async () => {
    const caller = await arrive()
    await ari.createBridge('talk2')
    const leg = await ring('whole2')
    await ari.addToBridge('talk2', [leg])
    await ari.playOnBridge('talk2', 'ring2', ['tone:ring;tonezone=ru'])
    await until(() => operator.lately(400).some((sample) => Math.abs(sample) > 1000))
    await ari.stopPlayback('ring2')
    await ari.addToBridge('talk2', [caller])
    await Promise.all([hears(operator, 1000), hears(client, 440)])
    const before = (await side('whole2', 'in')).length / perSecond
    await recorded('whole2', before + 2.5)
    for (const [which, hz] of [
      ['in', 440],
      ['out', 1000]
    ] as const) {
      expect(loudness((await side('whole2', which)).slice(-2 * perSecond, -800), hz), which).to.be.above(0.2)
    }
  })

  it('a paused recording goes on as silence: times in it stay true', async () => {
    const caller = await arrive()
    await ari.createBridge('talk3')
    const leg = await ring('paused')
    const startedMs = Date.now()
    await ari.addToBridge('talk3', [caller, leg])
    await hears(operator, 1000)
    await recorded('paused', 2)
    expect(await ami.muteRecording(leg, true)).to.equal(true)
    const muted = (await side('paused', 'in')).length / perSecond
    await recorded('paused', muted + 2)
    expect(await ami.muteRecording(leg, false)).to.equal(true)
    const back = (await side('paused', 'in')).length / perSecond
    await recorded('paused', back + 2)
    const tookSeconds = (Date.now() - startedMs) / 1000
    for (const [which, hz] of [
      ['in', 440],
      ['out', 1000]
    ] as const) {
      const samples = await side('paused', which)
      const part = (from: number, to: number): number =>
        loudness(samples.slice(from * perSecond, to * perSecond), hz)
      // The file is written a moment behind, hence the margins.
      expect(part(muted - 1, muted - 0.1), `${which} before`).to.be.above(0.2)
      expect(part(muted + 0.6, back - 0.1), `${which} paused`).to.be.below(0.01)
      expect(part(back + 0.6, back + 1.8), `${which} after`).to.be.above(0.2)
      expect(samples.length / perSecond, which).to.be.closeTo(tookSeconds, 0.6)
    }
  })

  it('a prompt is spoken into a telephone: heard back, spoken again, kept, and it holds what was said', async () => {
    // The system's own prompts are not made here.
    const words = (sound: Sound, locale: 'ru' | 'en'): string | Promise<string> =>
      media.soundOf(
        'sound' in sound && sound.sound.startsWith('ringtrace/') ? { text: 'Hash ends' } : sound,
        locale
      )
    const dictations = createDictations({ ari, media: words, recordingsDir: rig.recordingsDir, log })
    const off = ari.on('event', (event) => void dictations.handle(event))
    try {
      const { id } = dictations.start({ userId: 'anna', devices: ['op-a'], locale: 'en' })
      const state = (wanted: string): Promise<boolean> =>
        until(() => dictations.get(id)?.state === wanted, { what: `it is ${wanted}`, timeoutMs: 15_000 })
      const speaking = async (): Promise<void> => {
        const before = new Set(await spoken(id))
        await state('speaking')
        await until(
          async () => {
            const file = (await spoken(id)).find((name) => !before.has(name))
            if (file === undefined) return false
            return wavSamples(await readFile(path.join(rig.recordingsDir, file))).length > 2 * perSecond
          },
          { what: 'two seconds are recorded', timeoutMs: 20_000 }
        )
        operator.press('#')
        await state('checking')
      }
      await speaking()
      await until(() => loudness(operator.lately(400), 440) > 0.1, { what: 'they hear themselves' })
      operator.press('2')
      await speaking()
      expect(dictations.fileOf(id)).to.equal(null)
      operator.press('1')
      await state('kept')
      expect(dictations.get(id)?.seconds).to.be.at.least(2)
      await until(() => !operator.isUp(), { what: 'the telephone is let go' })
      const promptId = '0190b0a0-0000-7000-8000-000000000002'
      await media.savePrompt(promptId, await readFile(dictations.fileOf(id) ?? ''))
      const kept = wavSamples(await readFile(path.join(rig.dir, `data/sounds/prompts/${promptId}.wav`)))
      expect(loudness(kept.slice(0.3 * perSecond, 1.5 * perSecond), 440)).to.be.above(0.05)
      // Somebody who hangs up keeps nothing.
      const other = dictations.start({ userId: 'anna', devices: ['op-a'], locale: 'en' })
      await until(() => other.state === 'speaking', { what: 'it is speaking' })
      operator.hangup()
      await until(() => other.state === 'ended', { what: 'it is over' })
      expect(other.reason).to.equal('hungUp')
      expect(dictations.fileOf(other.id)).to.equal(null)
    } finally {
      off()
      dictations.close()
    }
  })
  const spoken = async (id: string): Promise<string[]> =>
    (await readdir(rig.recordingsDir)).filter((name) => name.startsWith(`dictation-${id}`))

  it('an uploaded prompt is heard in calls of every language', async () => {
    const id = '0190b0a0-0000-7000-8000-000000000001'
    await media.savePrompt(id, await toneOf(1700, 2))
    const caller = await arrive()
    for (const locale of ['ru', 'en'] as const) {
      const startedMs = Date.now()
      const playing = play(caller, media.soundOf({ sound: `prompts/${id}` }, locale))
      expect(await comesWithin(3000, playing), locale).to.equal(true)
      expect(await playing).to.include({ isFailed: false })
      expect(Date.now() - startedMs).to.be.at.least(1800)
      expect(loudness(client.lately(1500), 1700), locale).to.be.above(0.1)
    }
  })

  it('music: Asterisk plays the class that is asked for, in its order, without being started anew', async () => {
    const classId = '0190b0a0-0000-7000-8000-00000000000a'
    const [low, high] = [
      '0190b0a0-0000-7000-8000-00000000000b',
      '0190b0a0-0000-7000-8000-00000000000c'
    ] as const
    await media.saveTrack(low, await toneOf(600, 1.5))
    await media.saveTrack(high, await toneOf(1900, 1.5))
    const pid = rig.pid()
    await media.setMusic([{ id: classId, sort: 'order', trackIds: [high, low] }])
    const caller = await arrive()
    await ari.startMoh(caller, classId)
    const first: number[] = []
    // So loud that the whole window holds one track.
    for (const hz of [1900, 600, 1900]) {
      await until(() => loudness(client.lately(300), hz) > 0.15, {
        what: `${hz} Hz of the music`,
        timeoutMs: 6000
      })
      first.push(hz)
    }
    expect(first).to.deep.equal([1900, 600, 1900])
    await ari.stopMoh(caller)
    await media.setMusic([{ id: classId, sort: 'order', trackIds: [low] }])
    await ari.startMoh(caller, classId)
    await until(() => loudness(client.lately(300), 600) > 0.08, {
      what: 'the changed music',
      timeoutMs: 6000
    })
    await ari.stopMoh(caller)
    // Without tracks of its own it plays what comes with the system, which begins with C4.
    await media.setMusic([{ id: classId, sort: 'order', trackIds: [] }])
    await ari.startMoh(caller, classId)
    await until(() => loudness(client.lately(300), 262) > 0.02, {
      what: 'the music of the system',
      timeoutMs: 30_000
    })
    expect(rig.pid()).to.equal(pid)
  })

  async function toneOf(hz: number, seconds: number): Promise<Buffer> {
    const file = path.join(rig.dir, `tone-${hz}.wav`)
    const shape = ['-r', '8000', '-c', '1', '-b', '16', file, 'synth', String(seconds), 'sine', String(hz)]
    const call = (await testHome()).command('sox', ['-n', ...shape, 'gain', '-6'])
    execFileSync(call.file, call.args)
    return readFile(file)
  }
})
