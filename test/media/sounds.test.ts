import { expect } from 'chai'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { prompts } from '../../ivr/sounds.ts'
import { locales, soundPath } from '../../media/places.ts'
import { ensureSounds } from '../../media/sounds.ts'
import { measureWave } from '../../media/wave.ts'
import { testHome } from '../support/asterisk-root.ts'

const log = pino({ level: 'silent' })

describe('The voice prompts', function () {
  this.timeout(180_000)
  let dataDir: string

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rt-media-sounds-'))
  })
  after(() => rm(dataDir, { recursive: true, force: true }))

  it('are spoken in both languages, audible, of a plausible length and never clipped', async () => {
    const home = await testHome()
    const { made } = await ensureSounds({ home, dataDir, log })
    expect(made).to.equal(prompts.length * locales.length)
    for (const locale of locales) {
      for (const { id, [locale]: text } of prompts) {
        for (const [ending, hertz] of [['wav', 8000] as const, ['wav16', 16_000] as const]) {
          const name = `${soundPath(dataDir, `ringtrace/${id}`, locale)}.${ending}`
          const measured = measureWave(await readFile(name))
          expect(measured, name).to.include({ hertz, channels: 1, clippedShare: 0 })
          expect(measured.peak, name).to.be.within(0.3, 0.95)
          expect(measured.level[0], name).to.be.within(0.03, 0.3)
          // The pause at the end weighs more in the shortest ones.
          const perLetter = (measured.seconds - 0.25) / text.length
          expect(perLetter, `${name}: ${measured.seconds} s for "${text}"`).to.be.within(0.03, 0.16)
        }
      }
    }
  })

  it('are not made again when nothing has changed; one that is lost is made again alone', async () => {
    const home = await testHome()
    expect((await ensureSounds({ home, dataDir, log })).made).to.equal(0)
    const lost = `${soundPath(dataDir, 'ringtrace/welcome', 'ru')}.wav`
    await rm(lost)
    expect((await ensureSounds({ home, dataDir, log })).made).to.equal(1)
    expect((await stat(lost)).size).to.be.above(1000)
  })

  it('are made anew when their words have changed, and all of them when the stamp cannot be read', async () => {
    const home = await testHome()
    const stampFile = join(dataDir, 'sounds/prompts.json')
    const stamps = JSON.parse(await readFile(stampFile, 'utf8')) as Record<string, string>
    stamps['ru/welcome'] = 'of other words'
    await writeFile(stampFile, JSON.stringify(stamps))
    expect((await ensureSounds({ home, dataDir, log })).made).to.equal(1)
    await writeFile(stampFile, '{"half')
    expect((await ensureSounds({ home, dataDir, log })).made).to.equal(prompts.length * 2)
  })

  it('are named by absolute path, uploaded ones too, and other sounds as they are', () => {
    const id = '0190b0a0-0000-7000-8000-000000000001'
    expect(soundPath('/data', 'ringtrace/welcome', 'en')).to.equal('/data/sounds/en/ringtrace/welcome')
    expect(soundPath('/data', `prompts/${id}`, 'en')).to.equal(`/data/sounds/prompts/${id}`)
    expect(soundPath('/data', `prompts/${id}`, 'ru')).to.equal(`/data/sounds/prompts/${id}`)
    expect(soundPath('/data', 'beep', 'ru')).to.equal('beep')
    for (const hostile of [
      'ringtrace/../../etc/passwd',
      'prompts/../../etc/passwd',
      '/etc/passwd',
      'prompts/x'
    ]) {
      expect(soundPath('/data', hostile, 'ru')).to.equal(hostile)
    }
  })
})
