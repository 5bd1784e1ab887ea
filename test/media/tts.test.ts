import { expect } from 'chai'
import { chmod, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { run } from '../../host/process.ts'
import { TextError } from '../../media/errors.ts'
import { createMedia } from '../../media/media.ts'
import type { Media } from '../../media/media.ts'
import { readTtsSettings } from '../../media/speakers.ts'
import { createTts, longestText } from '../../media/tts.ts'
import { measureWave } from '../../media/wave.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { testHome } from '../support/asterisk-root.ts'

const scheme = (...texts: string[]) => ({
  locale: 'ru' as const,
  start: 'b0',
  blocks: Object.fromEntries(
    texts.map((text, index) => [
      `b${index}`,
      { type: 'announce', settings: { say: [{ sound: 'beep' }, { text }] }, exits: { next: null } }
    ])
  )
})

describe('Spoken texts', function () {
  this.timeout(60_000)
  let home: AsteriskHome
  let dataDir: string
  let media: Media
  const log = pino({ level: 'silent' })

  before(async () => {
    home = await testHome()
    dataDir = await mkdtemp(join(tmpdir(), 'rt-media-tts-'))
    const reloadMusic = (): Promise<void> => Promise.resolve()
    media = createMedia({ home, dataDir, asteriskDir: join(dataDir, 'pbx'), reloadMusic, log })
  })
  after(() => rm(dataDir, { recursive: true, force: true }))

  async function spoken(text: string, locale: 'ru' | 'en'): Promise<string> {
    return (await media.soundOf({ text }, locale)).replace(/^sound:/, '')
  }

  for (const [locale, text] of [
    ['ru', 'Вы третий в очереди, ожидание около двух минут.'],
    ['en', 'You are number three in the queue.']
  ] as const) {
    it(`are audible, of a plausible length and in both rates (${locale})`, async () => {
      const path = await spoken(text, locale)
      expect(path).to.match(new RegExp(`/sounds/tts/${locale}/[0-9a-f]{40}$`))
      for (const [ending, hertz] of [['wav', 8000] as const, ['wav16', 16_000] as const]) {
        const measured = measureWave(await readFile(`${path}.${ending}`))
        expect(measured).to.include({ hertz, channels: 1, clippedShare: 0 })
        expect(measured.peak).to.be.within(0.3, 0.95)
        expect((measured.seconds - 0.25) / text.length).to.be.within(0.03, 0.16)
      }
    })
  }

  it('are made once: the second time the sound is there at once, and its file is the same', async () => {
    const path = await spoken('Один раз', 'ru')
    const { mtimeMs } = await stat(`${path}.wav`)
    const again = media.soundOf({ text: ' Один\n раз ' }, 'ru')
    expect(again).to.equal(`sound:${path}`)
    expect((await stat(`${path}.wav`)).mtimeMs).to.equal(mtimeMs)
  })

  it('that ten calls want at once are spoken once', async () => {
    const paths = await Promise.all(Array.from({ length: 10 }, () => spoken('Всем сразу', 'ru')))
    expect(new Set(paths).size).to.equal(1)
  })

  it('of another language are other sounds, and numbers are words', async () => {
    expect(await spoken('12', 'ru')).not.to.equal(await spoken('12', 'en'))
    expect(await media.soundOf({ number: 12 }, 'ru')).to.equal(`sound:${await spoken('12', 'ru')}`)
    const long = measureWave(await readFile(`${await spoken('1234567', 'ru')}.wav`)).seconds
    const short = measureWave(await readFile(`${await spoken('1', 'ru')}.wav`)).seconds
    expect(long).to.be.above(short * 2)
  })

  it('are words, whatever they hold: no option, command, path or markup of theirs is obeyed', async () => {
    const before = new Set(await readdir(dataDir))
    for (const hostile of [
      '-w /tmp/rt-hostile.wav --stdin',
      '$(touch rt-hostile) `touch rt-hostile`; touch rt-hostile',
      '../../etc/passwd',
      '<speak><audio src="/etc/passwd"/>слово</speak>',
      '[[h@l@U]] \u0001+100S \u0000 слово',
      '\u202eслово\u200f',
      '|sox -n x.wav слово'
    ]) {
      const path = await spoken(hostile, 'ru')
      expect(path.startsWith(join(dataDir, 'sounds/tts/ru/')), hostile).to.equal(true)
      expect(measureWave(await readFile(`${path}.wav`)).peak, hostile).to.be.above(0.2)
    }
    expect(new Set(await readdir(dataDir))).to.deep.equal(before)
    expect(await stat('/tmp/rt-hostile.wav').catch(() => 'absent')).to.equal('absent')
    expect(await stat('rt-hostile').catch(() => 'absent')).to.equal('absent')
  })

  it('that cannot be said are refused with the reason, and leave nothing behind', async () => {
    const tts = createTts({ command: home.command, dataDir, log })
    const files = (await readdir(join(dataDir, 'sounds/tts/ru'))).length
    for (const [text, reason] of [
      ['', 'empty'],
      [' \u0001\n ', 'empty'],
      ['а'.repeat(longestText + 1), 'longer']
    ] as const) {
      const error: unknown = await tts.make(text, 'ru').catch((thrown: unknown) => thrown)
      expect(error, JSON.stringify(text.slice(0, 9))).to.be.instanceOf(TextError)
      expect((error as Error).message).to.contain(reason)
    }
    expect((await readdir(join(dataDir, 'sounds/tts/ru'))).length).to.equal(files)
  })

  it('of a scheme are spoken before its calls come; the ones that cannot be are named with their block', async () => {
    const failed = await media.prepare(scheme('Приготовлено заранее', '   '))
    expect(failed).to.have.length(1)
    expect(failed[0]).to.include({ block: 'b1', text: '   ' })
    expect(media.soundOf({ text: 'Приготовлено заранее' }, 'ru')).to.be.a('string')
  })

  it('go after a long time, unless a published scheme says them', async () => {
    const [old, kept] = [await spoken('Давно забыто', 'ru'), await spoken('Ещё нужно', 'ru')]
    for (const path of [old, kept]) {
      for (const ending of ['wav', 'wav16']) await utimes(`${path}.${ending}`, 0, 0)
    }
    const partial = join(dataDir, 'sounds/tts/ru/.x.partial.wav')
    await writeFile(partial, '')
    await utimes(partial, 0, 0)
    await media.sweep([scheme('Ещё нужно')])
    expect(await stat(`${old}.wav`).catch(() => 'gone')).to.equal('gone')
    expect(await stat(partial).catch(() => 'gone')).to.equal('gone')
    expect((await stat(`${kept}.wav`)).size).to.be.above(1000)
  })

  describe('by a voice of the admin’s choice', () => {
    let program: string

    before(async () => {
      program = join(dataDir, 'voice.sh')
      const { file, args } = home.command('sox', [])
      // A voice that hums as long as its text is: what comes by standard input decides.
      const sox = [file, ...args].map((part) => `'${part}'`).join(' ')
      const hum = `-n -r 22050 -c 1 -b 16 -t wav "$2" synth "$(wc -c | awk '{print $1 / 10}')" sine 300`
      await writeFile(program, `#!/bin/sh\n[ "$1" = en ] && exit 3\n${sox} ${hum}\n`)
      await chmod(program, 0o700)
    })
    after(() => media.useVoice(null))

    it('are its sounds, in both rates, under names of their own', async () => {
      const shipped = await spoken('0123456789', 'ru')
      media.useVoice({ kind: 'command', command: [program, '{locale}', '{output}'] })
      const path = await spoken('0123456789', 'ru')
      expect(path).not.to.equal(shipped)
      const measured = measureWave(await readFile(`${path}.wav`))
      expect(measured).to.include({ hertz: 8000 })
      expect(measured.seconds).to.be.closeTo(1, 0.02)
    })

    it('are spoken by the shipped voice when it fails', async () => {
      media.useVoice({ kind: 'command', command: [program, '{locale}', '{output}'] })
      const path = await spoken('A caller must hear something', 'en')
      expect(measureWave(await readFile(`${path}.wav`)).seconds).to.be.within(1, 4)
    })

    it('need a program by its full path, and a place for its file', () => {
      for (const wrong of [
        'espeak',
        { kind: 'cloud' },
        { kind: 'command' },
        { kind: 'command', command: [] },
        { kind: 'command', command: ['piper', '{output}'] },
        { kind: 'command', command: ['/usr/bin/piper'] },
        { kind: 'command', command: ['/usr/bin/piper', 7] }
      ]) {
        expect(() => readTtsSettings(wrong), JSON.stringify(wrong)).to.throw('setting tts')
      }
      expect(readTtsSettings(undefined)).to.deep.equal({ kind: 'espeak' })
    })
  })

  it('are made by programs that stand back when they are told to', async () => {
    const { stdout } = await run('sh', ['-c', 'sleep 0.2; nice'], { niceness: 19 })
    expect(Number(stdout)).to.equal(19)
  })
})
