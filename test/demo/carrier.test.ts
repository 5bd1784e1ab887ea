import { expect } from 'chai'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { startCarrier } from '../../demo/carrier.ts'
import type { Carrier } from '../../demo/carrier.ts'
import { soundPath } from '../../media/places.ts'
import { ensureSounds } from '../../media/sounds.ts'
import { measureWave } from '../../media/wave.ts'
import { projectRoot } from '../../host/project-root.ts'
import { createAri } from '../../pbx/ari/client.ts'
import type { Ari } from '../../pbx/ari/client.ts'
import type { AriEvent } from '../../pbx/ari/events.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { startAsterisk } from '../../pbx/provision/asterisk.ts'
import { comesWithin } from '../support/clock.ts'
import { until } from '../support/until.ts'
import { testHome } from '../support/asterisk-root.ts'

const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' })
const sipPort = 26_060
const ports = { sip: 26_070, ari: 26_071, ami: 26_072, rtpStart: 26_400, rtpEnd: 26_440 }

/** A real PBX that does nothing by itself, and the demo carrier that calls it. */
describe('The demo carrier', function () {
  this.timeout(60_000)
  let dir: string
  const closing: (() => Promise<void>)[] = []
  let pbx: Ari
  let carrier: Carrier
  const events: AriEvent[] = []

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rt-demo-carrier-'))
    const home = await testHome()
    closing.push(() => rm(dir, { recursive: true, force: true }))
    const asterisk = await startAsterisk({
      home,
      dir: join(dir, 'pbx'),
      templatesDir: join(projectRoot(), 'dialplan'),
      settings: {
        app: 'ringtrace',
        sipHost: '0.0.0.0',
        sipPort,
        rtpStart: 26_200,
        rtpEnd: 26_300,
        ariPort: 26_061,
        ariUser: 'pbx',
        ariPassword: 'test-secret',
        amiPort: 26_062,
        amiUser: 'pbx',
        amiPassword: 'test-secret',
        recordingsDir: join(dir, 'recordings'),
        systemName: 'pbx'
      },
      log
    })
    closing.push(() => asterisk.stop())
    pbx = createAri({
      host: '127.0.0.1',
      port: 26_061,
      user: 'pbx',
      password: 'test-secret',
      app: 'ringtrace',
      log
    })
    closing.push(() => pbx.close())
    pbx.on('event', (event) => events.push(event))
    pbx.connect()
    await until(() => pbx.isUp)
    const trunk = {
      context: 'from-trunk',
      allow: '!all,alaw,ulaw',
      direct_media: 'no',
      rtp_timeout: '5',
      callerid: 'trunk-demo'
    }
    await put('endpoint', trunk)
    await put('identify', { endpoint: 'trunk-demo', match: '127.0.0.2' })
    carrier = await startCarrier({
      home,
      dir: join(dir, 'carrier'),
      ports,
      pbx: { host: '127.0.0.1', port: sipPort },
      log,
      pace: 0.1
    })
    closing.push(() => carrier.stop())
  })

  after(async () => {
    for (const close of closing.reverse()) await close()
  })

  async function put(type: string, fields: Record<string, string>): Promise<void> {
    const list = Object.entries(fields).map(([attribute, value]) => ({ attribute, value }))
    expect(await pbx.putObject(type, 'trunk-demo', list)).to.include({ ok: true })
  }

  async function seen<T extends AriEvent['type']>(type: T): Promise<Extract<AriEvent, { type: T }>> {
    return until(() => events.find((event): event is Extract<AriEvent, { type: T }> => event.type === type), {
      what: type
    })
  }

  function row(type: string, data: Record<string, unknown>, effects: TapeRow['effects'] = []): TapeRow {
    return { callId: 'the-call', seq: 1, atMs: 0, type, from: null, to: null, data, effects }
  }

  it('calls like a telephone company, is quiet at prompts, speaks when it should, and presses keys', async () => {
    expect(await carrier.call({ from: '+79450001122', to: '+74950102030', scenario: 'usual' })).to.deep.equal(
      { ok: true }
    )
    const arrival = await seen('StasisStart')
    const id = arrival.channel.id
    expect(arrival.args.slice(0, 2)).to.deep.equal(['inbound', '+74950102030'])
    expect(arrival.channel.callerNumber).to.equal('+79450001122')

    carrier.onRow(row('call.initiated', { caller: { number: '+79450001122' }, dialed: '+74950102030' }))
    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'greeting' }))
    await pbx.answer(id)
    const quiet = await recorded(id, 'quiet', 1)
    expect(quiet.seconds).to.be.above(0.5)
    expect(quiet.level[0]).to.be.within(0.00001, 0.005)

    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'menu' }))
    expect((await seen('ChannelDtmfReceived')).digit).to.equal('1')
    events.length = 0

    carrier.onRow(row('call.answered', {}))
    const voice = await recorded(id, 'voice', 4)
    expect(voice.level[0]).to.be.above(0.02)
    expect(voice.clippedShare).to.be.below(0.0001)

    carrier.onRow(row('call.talk_ended', {}))
    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'rating' }))
    expect((await seen('ChannelDtmfReceived')).digit).to.equal('5')

    expect(carrier.callCount).to.equal(1)
    await pbx.hangup(id, 16)
    await until(() => carrier.callCount === 0, { what: 'the carrier has let the call go' })
  })

  it('does not answer a question that is no longer asked', async () => {
    events.length = 0
    await carrier.call({ from: '+79450001133', to: '+74950102030', scenario: 'usual' })
    const { channel } = await seen('StasisStart')
    await pbx.answer(channel.id)
    carrier.onRow(row('call.initiated', { caller: { number: '+79450001133' }, dialed: '+74950102030' }))
    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'rating' }))
    carrier.onRow(row('call.forwarding_step', { state: 'ended', blockType: 'rating' }))
    // A menu's key comes earlier than the rating's would: what arrives first tells that the other never will.
    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'menu' }))
    expect((await seen('ChannelDtmfReceived')).digit).to.equal('1')
    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'rating' }))
    await until(() => events.filter(({ type }) => type === 'ChannelDtmfReceived').length === 2)
    await pbx.hangup(channel.id, 16)
    await until(() => carrier.callCount === 0)
  })

  it('hangs up while it rings when it is impatient', async () => {
    events.length = 0
    await carrier.call({ from: '+79450001144', to: '+74950102030', scenario: 'impatient' })
    await seen('StasisStart')
    carrier.onRow(row('call.initiated', { caller: { number: '+79450001144' }, dialed: '+74950102030' }))
    carrier.onRow(row('call.forwarding_step', { state: 'started', blockType: 'ring' }))
    await seen('ChannelDestroyed')
    await until(() => carrier.callCount === 0)
  })

  it('hears our prompts by their absolute path, also under a hidden folder, in the language asked for', async () => {
    const dataDir = join(dir, '.runtime')
    await ensureSounds({ home: await testHome(), dataDir, log })
    events.length = 0
    await carrier.call({ from: '+79450001155', to: '+74950102030', scenario: 'passive' })
    const { channel } = await seen('StasisStart')
    await pbx.answer(channel.id)
    for (const locale of ['ru', 'en'] as const) {
      const file = soundPath(dataDir, 'ringtrace/thank-you', locale)
      const { seconds } = measureWave(await readFile(`${file}.wav`))
      const startedMs = Date.now()
      const playing = pbx
        .play(channel.id, `p-${locale}`, [`sound:${file}`])
        .then(() =>
          until(() =>
            events.find((event) => event.type === 'PlaybackFinished' && event.playbackId === `p-${locale}`)
          )
        )
      expect(await comesWithin((seconds + 1) * 1000, playing), locale).to.equal(true)
      expect(await playing).to.include({ isFailed: false })
      expect((Date.now() - startedMs) / 1000, locale).to.be.at.least(seconds - 0.3)
    }
    await pbx.hangup(channel.id, 16)
    await until(() => carrier.callCount === 0)
  })

  async function recorded(channelId: string, name: string, seconds: number) {
    await pbx.record(channelId, name, { maxSeconds: seconds, silenceSeconds: 0 })
    await until(() => events.some((event) => event.type === 'RecordingFinished' && event.name === name), {
      what: `the recording ${name} is finished`
    })
    return measureWave(await readFile(join(dir, 'pbx/spool/recording', `${name}.wav`)))
  }
})
