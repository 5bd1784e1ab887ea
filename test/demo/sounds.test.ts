import { expect } from 'chai'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { ensureSounds, locales, soundPath } from '../../demo/sounds.ts'
import { measureWave } from '../../demo/wave.ts'
import { prompts } from '../../ivr/sounds.ts'
import { testHome } from '../support/asterisk-root.ts'

const log = pino({ level: 'silent' })

describe('The voice prompts', function () {
  this.timeout(120_000)
  let dataDir: string

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rt-demo-sounds-'))
  })
  after(() => rm(dataDir, { recursive: true, force: true }))

  it('are spoken in both languages, audible, of a plausible length and never clipped', async () => {
    const home = await testHome()
    const { soundFile, made } = await ensureSounds({ home, dataDir, log })
    expect(made).to.equal(prompts.length * locales.length * 2)
    for (const locale of locales) {
      for (const { id, [locale]: text } of prompts) {
        for (const [ending, hertz] of [['wav', 8000] as const, ['wav16', 16_000] as const]) {
          const name = `${soundFile(`ringtrace/${id}`, locale)}.${ending}`
          const measured = measureWave(await readFile(name))
          expect(measured, name).to.include({ hertz, channels: 1, clippedShare: 0 })
          expect(measured.peak, name).to.be.within(0.3, 0.95)
          expect(measured.level[0], name).to.be.within(0.03, 0.3)
          const perLetter = measured.seconds / text.length
          expect(perLetter, `${name}: ${measured.seconds} s for "${text}"`).to.be.within(0.03, 0.16)
        }
      }
    }
  })

  it('are not made again when nothing has changed, and are when one is lost', async () => {
    const home = await testHome()
    expect((await ensureSounds({ home, dataDir, log })).made).to.equal(0)
    const lost = `${soundPath(dataDir, 'ringtrace/welcome', 'ru')}.wav`
    await rm(lost)
    expect((await ensureSounds({ home, dataDir, log })).made).to.be.above(0)
    expect((await stat(lost)).size).to.be.above(1000)
  })

  it('are made anew when their stamp is of other words', async () => {
    await writeFile(join(dataDir, 'sounds/prompts.json'), 'of another version')
    expect((await ensureSounds({ home: await testHome(), dataDir, log })).made).to.be.above(0)
  })

  it('are named by absolute path, and other sounds as they are', () => {
    expect(soundPath('/data', 'ringtrace/welcome', 'en')).to.equal('/data/sounds/en/ringtrace/welcome')
    expect(soundPath('/data', 'beep', 'ru')).to.equal('beep')
    expect(soundPath('/data', 'ringtrace/../../etc/passwd', 'ru')).to.equal('ringtrace/../../etc/passwd')
  })
})
