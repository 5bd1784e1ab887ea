import { expect } from 'chai'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAsterisk } from '../../pbx/provision/asterisk.ts'
import type { RunningAsterisk } from '../../pbx/provision/asterisk.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { until } from '../support/until.ts'
import { openAri, pushEndpoint, restOnly } from './support/ari.ts'
import { testHome } from '../support/asterisk-root.ts'
import { log, templatesDir, testSettings } from './support/machine.ts'
import { answering, calling, refused, sipp } from './support/sipp.ts'
import { loudnessOf, secondsOf, writeMuLawTone } from './support/tones.ts'

const carrier = { host: '127.0.0.2', port: 21770, mediaPort: 21800 }
const operator = { host: '127.0.0.3', port: 21771, mediaPort: 21820 }
const asterisk = '127.0.0.1:21700'

describe('the dialplan', function () {
  this.timeout(120_000)
  let folder = ''
  let home: AsteriskHome
  let running: RunningAsterisk
  let settings = testSettings('', 21700)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rt-prov-'))
    settings = testSettings(folder, 21700)
    home = await testHome()
    running = await startAsterisk({ home, dir: join(folder, 'a'), templatesDir, settings, log })
    const request = restOnly(settings)
    await pushEndpoint(request, { id: 'trunk-1', context: 'from-trunk', ...carrier })
    await pushEndpoint(request, { id: 'op-1', context: 'from-operator', ...operator })
    await writeMuLawTone(join(folder, '440.ulaw'), 440, 2)
    await writeMuLawTone(join(folder, '1000.ulaw'), 1000, 2)
  })

  after(async () => {
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('records an answered operator: "in" is the voice of the operator, "out" what the operator hears', async () => {
    const ari = await openAri(settings)
    const answered = await sipp(home, folder, answering(join(folder, '440.ulaw')), operator)
    try {
      const status = await ari.request('POST', 'channels/leg-1', {
        endpoint: 'PJSIP/op-1',
        context: 'operator-leg',
        extension: 's',
        priority: 1,
        variables: { RT_RECORDING: 'call-1.leg_2-a' }
      })
      expect(status).to.equal(200)
      const start = await ari.event((event) => event.type === 'StasisStart', 'the leg reaches the controller')
      expect(start.args).to.deep.equal(['leg'])
      await ari.request('POST', 'channels/leg-1/play', { media: `sound:${join(folder, '1000')}` })
      const name = join(settings.recordingsDir, 'call-1.leg_2-a')
      await until(async () => (await secondsOf(`${name}-in.wav`)) > 1.5, { what: 'the recording grows' })
      await ari.request('DELETE', 'channels/leg-1')
      await answered.done
      await until(async () => (await secondsOf(`${name}-out.wav`)) > 1, { what: 'the files are closed' })
      expect(await loudnessOf(`${name}-in.wav`, 440)).to.be.greaterThan(0.2)
      expect(await loudnessOf(`${name}-in.wav`, 1000)).to.be.lessThan(0.02)
      expect(await loudnessOf(`${name}-out.wav`, 1000)).to.be.greaterThan(0.2)
      expect(await loudnessOf(`${name}-out.wav`, 440)).to.be.lessThan(0.02)
    } finally {
      answered.stop()
      ari.close()
    }
  })

  it('hands a call from a carrier to the controller with nothing but letters and digits of the number', async () => {
    const ari = await openAri(settings)
    const service = '+7495;x=1(a),b'
    const call = await sipp(home, folder, refused(403), { ...carrier, to: asterisk, service })
    try {
      const start = await ari.event(
        (event) => event.type === 'StasisStart',
        'the call reaches the controller'
      )
      expect(start.args?.[0]).to.equal('inbound')
      // What follows is the dialplan's own word about the codec, never a piece of the number.
      expect(['ok', 'nocodec']).to.include.members(start.args?.slice(2) ?? [])
      expect(start.args?.[1]).to.match(/^\+7495[0-9a-zA-Z]*$/)
      await ari.request('DELETE', `channels/${start.channel?.id ?? ''}?reason_code=21`)
      await call.done
    } finally {
      call.stop()
      ari.close()
    }
  })

  it('rings the fallback group when the controller stays away, and records who answers', async () => {
    await running.cli('database put ringtrace fallback PJSIP/op-1')
    const answered = await sipp(home, folder, answering(join(folder, '440.ulaw')), operator)
    const call = await sipp(home, folder, calling(join(folder, '1000.ulaw'), 2500), {
      ...carrier,
      to: asterisk,
      service: '+74951112233'
    })
    try {
      await Promise.all([call.done, answered.done])
      const files = await until(
        async () => {
          const found = (await readdir(settings.recordingsDir))
            .filter((name) => name.startsWith('fallback-'))
            .sort()
          return found.length === 2 ? found : undefined
        },
        { what: 'both sides are recorded' }
      )
      const [inWav = '', outWav = ''] = files.map((name) => join(settings.recordingsDir, name))
      expect(inWav).to.match(/fallback-test-[\d.]+-in\.wav$/)
      await until(async () => (await loudnessOf(outWav, 440)) > 0.2, { what: 'the files are closed' })
      expect(await loudnessOf(inWav, 1000)).to.be.greaterThan(0.2)
      expect(await loudnessOf(inWav, 440)).to.be.lessThan(0.02)
      const cel = await readFile(join(folder, 'a/log/cel-custom/Master.csv'), 'utf8')
      expect(cel).to.match(/^"CHAN_START","\d+\.\d+","\+79161234567","","\+74951112233","PJSIP\/trunk-1-/m)
      expect(cel).to.match(/^"ANSWER",/m)
    } finally {
      answered.stop()
      call.stop()
    }
  })

  it('tells the caller politely that nobody is there when no fallback is set', async () => {
    await running.cli('database del ringtrace fallback')
    const call = await sipp(home, folder, refused(486), { ...carrier, to: asterisk, service: '74951112233' })
    await call.done
  })

  it('says nothing useful to a stranger', async () => {
    const stranger = { host: '127.0.0.9', port: 21779, mediaPort: 21840 }
    const call = await sipp(home, folder, refused(401), { ...stranger, to: asterisk, service: '74951112233' })
    await call.done
  })
})
