import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { createMedia } from '../../media/media.ts'
import { musicConfig } from '../../media/music.ts'
import { measureWave } from '../../media/wave.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { idOf, itemsOf, startRig } from '../api/support/rig.ts'
import type { Answer, Json, Rig } from '../api/support/rig.ts'
import { testHome } from '../support/asterisk-root.ts'

const scheme = (sounds: object[], more: object = {}): object => ({
  locale: 'ru',
  start: 'hello',
  blocks: { hello: { type: 'greeting', settings: { sounds, ...more }, exits: { next: null } } }
})

describe('Uploaded prompts and music on hold', function () {
  this.timeout(60_000)
  let home: AsteriskHome
  let dir: string
  let dataDir: string
  let rig: Rig

  before(async () => {
    home = await testHome()
    dir = await mkdtemp(join(tmpdir(), 'rt-media-up-'))
    dataDir = join(dir, 'data')
    const reloadMusic = (): Promise<void> => Promise.resolve()
    const log = pino({ level: 'silent' })
    rig = await startRig({
      media: createMedia({ home, dataDir, asteriskDir: join(dataDir, 'pbx'), reloadMusic, log })
    })
  })
  after(async () => {
    await rig.close()
    await rm(dir, { recursive: true, force: true })
  })

  function tool(program: 'sox' | 'lame' | 'opusenc', ...args: string[]): void {
    const call = home.command(program, args)
    execFileSync(call.file, call.args, { stdio: 'pipe' })
  }
  /** Two seconds of a quiet stereo tone with a pause, 44.1 kHz. */
  async function audio(ending: string, seconds = 2): Promise<Buffer> {
    const [wav, file] = [join(dir, `tone-${seconds}.wav`), join(dir, `tone-${seconds}.${ending}`)]
    const shape = ['synth', String(seconds), 'sine', '440', 'gain', '-30']
    tool('sox', '-n', '-r', '44100', '-c', '2', '-b', '16', wav, ...shape)
    if (ending === 'opus') tool('opusenc', '--quiet', wav, file)
    else if (ending === 'mp3') tool('lame', '--quiet', wav, file)
    else if (ending !== 'wav') tool('sox', wav, file)
    return readFile(file)
  }

  async function send(
    method: string,
    path: string,
    body: Buffer | FormData,
    type?: string,
    who = rig.as.admin
  ): Promise<Answer> {
    const response = await fetch(rig.url + path, {
      method,
      headers: {
        cookie: who.cookie,
        'X-CSRF-Token': who.csrfToken,
        ...(type !== undefined && { 'Content-Type': type })
      },
      body: body instanceof FormData ? body : new Uint8Array(body)
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as Json }
  }
  function form(bytes: Buffer, fileName: string, fields: Record<string, string> = {}): FormData {
    const made = new FormData()
    for (const [key, value] of Object.entries(fields)) made.set(key, value)
    made.set('file', new Blob([new Uint8Array(bytes)]), fileName)
    return made
  }
  const filesIn = (folder: string): Promise<string[]> => readdir(join(dataDir, 'sounds', folder))
  let number = 0
  const upload = (bytes: Buffer, fileName = `prompt ${++number}.wav`): Promise<Answer> =>
    send('POST', '/api/prompts', form(bytes, fileName))

  for (const ending of ['wav', 'mp3', 'ogg', 'opus', 'flac', 'aiff']) {
    it(`become sounds of both rates, mono, as loud as our own, from ${ending}`, async () => {
      const answer = await upload(await audio(ending), `Обеденный перерыв.${ending}.bin`)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
      expect(answer.body).to.deep.include({
        name: `Обеденный перерыв.${ending}`,
        originalName: `Обеденный перерыв.${ending}.bin`,
        state: 'ready',
        sound: `prompts/${idOf(answer)}`
      })
      expect(answer.body['seconds']).to.be.closeTo(2, 0.06)
      for (const [kind, hertz] of [['wav', 8000] as const, ['wav16', 16_000] as const]) {
        const measured = measureWave(
          await readFile(join(dataDir, 'sounds/prompts', `${idOf(answer)}.${kind}`))
        )
        expect(measured).to.include({ hertz, channels: 1, clippedShare: 0 })
        expect(measured.seconds).to.be.closeTo(2, 0.06)
        // -20 dB of full scale, though the file was ten times as quiet.
        expect(measured.level[0]).to.be.within(0.07, 0.12)
      }
    })
  }

  it('are refused with a reason when they are no audio, and leave nothing behind', async () => {
    const wav = await audio('wav')
    const flac = await audio('flac')
    const before = await filesIn('prompts')
    const silence = Buffer.concat([wav.subarray(0, 44), Buffer.alloc(200_000)])
    silence.writeUInt32LE(200_036, 4)
    silence.writeUInt32LE(200_000, 40)
    const cases: [string, Buffer, number, string][] = [
      ['text.mp3', Buffer.from('This is not music at all, only words. '.repeat(50)), 415, 'audio_format'],
      ['empty.wav', Buffer.alloc(0), 415, 'audio_format'],
      ['film.m4a', Buffer.from('\0\0\0\u0020ftypM4A \0\0\0\0M4A mp42isom'), 415, 'audio_format'],
      ['list.m3u', Buffer.from('#EXTM3U\n/etc/passwd\n'), 415, 'audio_format'],
      ['pipe.wav', Buffer.from('|touch /tmp/rt-pipe'), 415, 'audio_format'],
      ['cut.flac', flac.subarray(0, 30), 422, 'audio_unreadable'],
      [
        'lies.wav',
        Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt and then nothing of the kind', 'latin1'),
        422,
        'audio_unreadable'
      ],
      ['silence.wav', silence, 422, 'audio_silent']
    ]
    for (const [name, bytes, status, code] of cases) {
      const answer = await upload(bytes, name)
      expect([answer.status, answer.body['code']], name).to.deep.equal([status, code])
      expect(String(answer.body['detail']).length, name).to.be.above(10)
    }
    expect(await filesIn('prompts')).to.deep.equal(before)
    expect(itemsOf(await rig.as.admin.get('/api/prompts?limit=200'))).to.have.length(before.length / 2)
  })

  it('are refused when they are too large or too long, however small they came', async () => {
    const large = await upload(Buffer.alloc(20 * 1024 ** 2 + 1, 'a'), 'large.wav')
    expect([large.status, large.body['code']]).to.deep.equal([413, 'body_too_large'])
    const hours = join(dir, 'hours.flac')
    tool('sox', '-n', '-r', '8000', '-c', '1', '-b', '8', hours, 'synth', '601', 'sine', '440', 'gain', '-12')
    const long = await upload(await readFile(hours), 'hours.flac')
    expect([long.status, long.body['code']]).to.deep.equal([422, 'audio_too_long'])
  })

  it('lie under ids of ours, whatever their files are called', async () => {
    const wav = await audio('wav')
    for (const name of ['../../../../tmp/rt-evil.wav', '..\\..\\evil.wav', '/etc/passwd', '\u202ewav.exe']) {
      const answer = await upload(wav, name)
      expect(answer.status, name).to.equal(201)
      expect(String(answer.body['originalName']), name).to.not.match(/[/\\\u202e]/)
      await rig.as.admin.send('DELETE', `/api/prompts/${idOf(answer)}`)
    }
    for (const id of ['../x', '%2e%2e%2fx', 'x']) {
      expect((await rig.as.admin.get(`/api/prompts/${id}/audio`)).status).to.be.oneOf([404])
    }
  })

  it('come as the body too, with their name in the query, and as a text that is spoken', async () => {
    const raw = await send('POST', '/api/prompts?name=Raw&locale=en', await audio('mp3'), 'audio/mpeg')
    expect(raw.status, JSON.stringify(raw.body)).to.equal(201)
    expect(raw.body).to.deep.include({ name: 'Raw', locale: 'en', originalName: null, text: null })
    const wish = { name: 'Spoken', locale: 'ru', text: 'Мы перезвоним вам завтра утром.' }
    const spoken = await rig.as.admin.send('POST', '/api/prompts', wish)
    expect(spoken.status, JSON.stringify(spoken.body)).to.equal(201)
    expect(spoken.body).to.deep.include({ ...wish, state: 'ready' })
    expect(spoken.body['seconds']).to.be.within(1, 5)
    for (const body of [
      {},
      { name: 'x' },
      { name: 'x', text: 'x' },
      { name: 'x', text: 'x', locale: 'fr' }
    ]) {
      expect((await rig.as.admin.send('POST', '/api/prompts', body)).status, JSON.stringify(body)).to.equal(
        422
      )
    }
    const nothing = await send(
      'POST',
      '/api/prompts',
      Buffer.from('a=b'),
      'application/x-www-form-urlencoded'
    )
    expect([nothing.status, nothing.body['code']]).to.deep.equal([415, 'upload_expected'])
    const noFile = new FormData()
    noFile.set('name', 'x')
    expect((await send('POST', '/api/prompts', noFile)).body['code']).to.equal('upload_expected')
    const broken = await send(
      'POST',
      '/api/prompts',
      Buffer.from('--x\r\nnot a form'),
      'multipart/form-data; boundary=x'
    )
    expect([broken.status, broken.body['code']]).to.deep.equal([400, 'bad_request'])
  })

  it('take names that are taken by nobody, and a refused one leaves no file', async () => {
    const before = await filesIn('prompts')
    const answer = await send('POST', '/api/prompts?name=Raw', await audio('wav'), 'audio/wav')
    expect([answer.status, answer.body['code']]).to.deep.equal([409, 'already_exists'])
    expect(await filesIn('prompts')).to.deep.equal(before)
  })

  it('are heard whole or in part, also before they are made', async () => {
    const { id } = itemsOf(await rig.as.admin.get('/api/prompts?limit=1'))[0] as { id: string }
    const headers = { cookie: rig.as.marketer.cookie }
    const whole = await fetch(`${rig.url}/api/prompts/${id}/audio`, { headers })
    expect([whole.status, whole.headers.get('content-type')]).to.deep.equal([200, 'audio/wav'])
    expect(measureWave(Buffer.from(await whole.arrayBuffer())).hertz).to.equal(16_000)
    const part = await fetch(`${rig.url}/api/prompts/${id}/audio`, {
      headers: { ...headers, range: 'bytes=0-99' }
    })
    expect([part.status, (await part.arrayBuffer()).byteLength]).to.deep.equal([206, 100])
    const preview = await fetch(`${rig.url}/api/prompts/preview`, {
      method: 'POST',
      headers: {
        cookie: rig.as.admin.cookie,
        'X-CSRF-Token': rig.as.admin.csrfToken,
        'Content-Type': 'application/json'
      },
      body: JSON.stringify({ text: 'Just to hear it', locale: 'en' })
    })
    expect([preview.status, preview.headers.get('content-type')]).to.deep.equal([200, 'audio/wav'])
    expect(measureWave(Buffer.from(await preview.arrayBuffer())).seconds).to.be.within(0.5, 3)
    const empty = await rig.as.admin.send('POST', '/api/prompts/preview', {
      text: '\u0001\u0002',
      locale: 'en'
    })
    expect([empty.status, empty.body['code']]).to.deep.equal([422, 'text_not_speakable'])
  })

  it('keep their id when their audio is replaced; a bad replacement leaves the old audio', async () => {
    const id = idOf(await upload(await audio('wav')))
    const file = join(dataDir, 'sounds/prompts', `${id}.wav`)
    const bad = await send('PUT', `/api/prompts/${id}/audio`, form(Buffer.from('nothing'), 'x.wav'))
    expect(bad.status).to.equal(415)
    expect(measureWave(await readFile(file)).seconds).to.be.closeTo(2, 0.05)
    const good = await send('PUT', `/api/prompts/${id}/audio`, form(await audio('mp3', 3), 'longer.mp3'))
    expect(good.status, JSON.stringify(good.body)).to.equal(200)
    expect(good.body).to.deep.include({ id, originalName: 'longer.mp3' })
    expect(measureWave(await readFile(file)).seconds).to.be.closeTo(3, 0.1)
    const spoken = await rig.as.admin.send('PUT', `/api/prompts/${id}/audio`, {
      text: 'Новый текст',
      locale: 'ru'
    })
    expect(spoken.body).to.deep.include({ id, text: 'Новый текст', originalName: null })
  })

  it('stay while a scheme plays them, in its draft or in what is published', async () => {
    const id = idOf(await upload(await audio('wav')))
    const draft = scheme([{ sound: `prompts/${id}` }])
    const made = await rig.as.admin.send('POST', '/api/schemes', { name: 'Lunch', draft })
    const schemeId = idOf(made)
    const refusal = async (): Promise<unknown[]> => {
      const { status, body } = await rig.as.admin.send('DELETE', `/api/prompts/${id}`)
      return [status, body['code'], body['detail']]
    }
    const used = [409, 'in_use', 'It is still used by scheme “Lunch”.']
    expect(await refusal()).to.deep.equal(used)
    expect((await rig.as.admin.send('POST', `/api/schemes/${schemeId}/publish`)).status).to.equal(200)
    await rig.as.admin.send('PATCH', `/api/schemes/${schemeId}`, { draft: scheme([{ sound: 'beep' }]) })
    expect(await refusal()).to.deep.equal(used)
    expect((await rig.as.admin.send('POST', `/api/schemes/${schemeId}/publish`)).status).to.equal(200)
    expect((await rig.as.admin.send('DELETE', `/api/prompts/${id}`)).status).to.equal(204)
    expect((await filesIn('prompts')).filter((name) => name.startsWith(id))).to.deep.equal([])
  })

  it('that a scheme names and that are not there stop its publishing; so do texts that cannot be spoken', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    const made = await rig.as.admin.send('POST', '/api/schemes', {
      name: 'Broken',
      draft: scheme([{ sound: `prompts/${nobody}` }])
    })
    const problems = made.body['problems'] as { code: string; path: string }[]
    expect(problems.filter(({ code }) => code === 'soundUnknown')).to.have.length(1)
    const refused = await rig.as.admin.send('POST', `/api/schemes/${idOf(made)}/publish`)
    expect([refused.status, refused.body['code']]).to.deep.equal([422, 'scheme_invalid'])
    const draft = {
      locale: 'en',
      start: 'say',
      blocks: {
        say: { type: 'announce', settings: { say: [{ text: '\u200b\u200e' }] }, exits: { next: null } }
      }
    }
    await rig.as.admin.send('PATCH', `/api/schemes/${idOf(made)}`, { draft })
    const unspoken = await rig.as.admin.send('POST', `/api/schemes/${idOf(made)}/publish`)
    expect([unspoken.status, unspoken.body['code']]).to.deep.equal([422, 'scheme_invalid'])
    expect(JSON.stringify(unspoken.body['errors']))
      .to.contain('draft.blocks.say')
      .and.contain('cannot be spoken')
  })

  it('are changed by admins only, and each change is in the audit', async () => {
    for (const who of [rig.as.supervisor, rig.as.marketer, rig.as.operator]) {
      const answer = await send('POST', '/api/prompts', form(await audio('wav'), 'x.wav'), undefined, who)
      expect(answer.status).to.equal(403)
    }
    expect((await rig.as.operator.get('/api/prompts')).status).to.equal(403)
    const actions = (await rig.db('audit').distinct('action').pluck('action')) as string[]
    expect(actions).to.include.members(['prompt.create', 'prompt.replace', 'prompt.delete'])
  })

  it('say that their audio is gone when it is', async () => {
    const id = idOf(await upload(await audio('wav')))
    await rm(join(dataDir, 'sounds/prompts', `${id}.wav16`))
    expect((await rig.as.admin.get(`/api/prompts/${id}`)).body).to.include({ state: 'missing' })
    expect((await rig.as.admin.get(`/api/prompts/${id}/audio`)).status).to.equal(404)
  })

  it('music: classes hold tracks in an order, which can be changed, and go with their files', async () => {
    const made = await rig.as.admin.send('POST', '/api/music-classes', { name: 'Jazz' })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    const id = idOf(made)
    for (const [name, seconds] of [
      ['one.mp3', 2],
      ['two.mp3', 3]
    ] as const) {
      const answer = await send(
        'POST',
        `/api/music-classes/${id}/tracks`,
        form(await audio('mp3', seconds), name)
      )
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    }
    const tracks = async (): Promise<{ id: string; name: string }[]> =>
      (await rig.as.admin.get(`/api/music-classes/${id}`)).body['tracks'] as { id: string; name: string }[]
    const [one, two] = await tracks()
    expect([one?.name, two?.name]).to.deep.equal(['one.mp3', 'two.mp3'])
    const order = { trackIds: [two?.id, one?.id], sort: 'random' }
    expect((await rig.as.admin.send('PATCH', `/api/music-classes/${id}`, order)).status).to.equal(200)
    expect((await tracks()).map(({ name }) => name)).to.deep.equal(['two.mp3', 'one.mp3'])
    const wrong = await rig.as.admin.send('PATCH', `/api/music-classes/${id}`, {
      trackIds: [one?.id, one?.id]
    })
    expect(wrong.status).to.equal(422)
    expect(
      (await send('POST', `/api/music-classes/${id}/tracks`, form(Buffer.from('x'), 'x.mp3'))).status
    ).to.equal(415)
    expect((await rig.as.admin.send('DELETE', `/api/music-tracks/${one?.id}`)).status).to.equal(204)
    expect(await filesIn('music')).to.have.members([`${two?.id}.wav`, `${two?.id}.wav16`])
    expect((await rig.as.admin.send('DELETE', `/api/music-classes/${id}`)).status).to.equal(204)
    expect(await filesIn('music')).to.deep.equal([])
  })

  it('music: what Asterisk could not be told is told again, and only what is new is told', async () => {
    let answers: ('fails' | 'absent' | 'works')[] = ['absent', 'fails', 'works']
    const told: string[] = []
    const reloadMusic = (): Promise<void> | null => {
      const answer = answers.shift() ?? 'works'
      told.push(answer)
      if (answer === 'absent') return null
      return answer === 'works' ? Promise.resolve() : Promise.reject(new Error('Asterisk is busy'))
    }
    const log = pino({ level: 'silent' })
    const media = createMedia({ home, dataDir, asteriskDir: join(dir, 'other'), reloadMusic, log })
    const classes = [{ id: '0190b0a0-0000-7000-8000-000000000001', sort: 'order' as const, trackIds: [] }]
    await media.setMusic(classes)
    const failure: unknown = await media.asteriskStarted().catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error)
    await media.setMusic(classes)
    await media.setMusic(classes)
    expect(told).to.deep.equal(['absent', 'fails', 'works'])
    answers = ['works']
    await media.setMusic([])
    expect(told).to.have.length(4)
  })

  it('music: a class without tracks plays what comes with the system', () => {
    const id = '0190b0a0-0000-7000-8000-000000000001'
    const text = musicConfig([{ id, sort: 'order', trackIds: [] }], '/data', '/data/pbx/moh')
    expect(text).to.contain(`[${id}]\nmode = files\ndirectory = /data/pbx/moh\n`)
  })
})
