import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import pino from 'pino'
import { createMedia } from '../../media/media.ts'
import { measureWave } from '../../media/wave.ts'
import { idOf, itemsOf, startRig, type Answer, type Json, type Rig } from '../api/support/rig.ts'
import { testHome } from '../support/asterisk-root.ts'

const hertz = 8000

/** A tone as a WAV file. */
function tone(seconds: number): Buffer {
  const samples = Buffer.alloc(seconds * hertz * 2)
  for (let at = 0; at < seconds * hertz; at += 1)
    samples.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * at) / hertz)), at * 2)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(hertz, 24)
  head.writeUInt32LE(hertz * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

describe('The audio of prompts', function () {
  this.timeout(60_000)
  let dir: string
  let dataDir: string
  let rig: Rig

  before(async () => {
    const home = await testHome()
    dir = await mkdtemp(join(tmpdir(), 'rt-media-audio-'))
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

  async function send(method: string, path: string, body: FormData): Promise<Answer> {
    const { cookie, csrfToken } = rig.as.admin
    const headers = { cookie, 'X-CSRF-Token': csrfToken }
    const response = await fetch(rig.url + path, { method, headers, body })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json }
  }
  function form(bytes: Buffer, fileName: string): FormData {
    const made = new FormData()
    made.set('file', new Blob([new Uint8Array(bytes)]), fileName)
    return made
  }
  const filesIn = (folder: string): Promise<string[]> => readdir(join(dataDir, 'sounds', folder))

  it('take the last replacement back, and that back again', async () => {
    const made = await send('POST', '/api/prompts', form(tone(1), 'first.wav'))
    const id = idOf(made)
    expect(made.body['before']).to.equal(null)
    const undo = (): Promise<Answer> => rig.as.admin.send('POST', `/api/prompts/${id}/undo`)
    expect((await undo()).body['code']).to.equal('not_undoable')
    const put = (bytes: Buffer): Promise<Answer> =>
      send('PUT', `/api/prompts/${id}/audio`, form(bytes, 'second.wav'))
    const second = await put(tone(3))
    expect(second.body['before']).to.deep.include({ originalName: made.body['originalName'] })
    // A bad one changes neither the audio nor what can be taken back.
    expect((await put(Buffer.from('no sound '.repeat(50)))).status).to.equal(415)
    const back = await undo()
    expect(back.body['seconds']).to.be.closeTo(1, 0.1)
    expect(back.body['before']).to.deep.include({ originalName: 'second.wav' })
    const length = async (): Promise<number> =>
      measureWave(await readFile(join(dataDir, 'sounds/prompts', `${id}.wav`))).seconds
    expect(await length()).to.be.closeTo(1, 0.1)
    expect((await undo()).body['seconds']).to.be.closeTo(3, 0.1)
    expect(await length()).to.be.closeTo(3, 0.1)
    const audited = itemsOf(await rig.as.admin.get(`/api/audit?entityId=${id}`))
    expect(audited.map(({ action }) => action)).to.deep.equal([
      ...['prompt.undo', 'prompt.undo', 'prompt.replace', 'prompt.create']
    ])
    await rig.as.admin.send('DELETE', `/api/prompts/${id}`)
    expect((await filesIn('prompts/before')).filter((name) => name.startsWith(id))).to.deep.equal([])
  })

  it('are made of what somebody has spoken into their own telephone, and of nobody else’s', async () => {
    const { admin } = rig.as
    const file = join(dir, 'spoken.wav')
    await writeFile(file, tone(2))
    const spoken = { id: randomUUID(), userId: admin.userId, state: 'ringing', reason: null, seconds: 0 }
    const rung: (readonly string[])[] = []
    const dictations = {
      start: ({ devices }: { devices: readonly string[] }) => (rung.push(devices), spoken),
      get: (id: string) => (id === spoken.id ? spoken : null),
      fileOf: (id: string) => (id === spoken.id && spoken.state === 'kept' ? file : null),
      cancel: () => undefined
    }
    Object.assign(rig.pbx, { dictations })
    expect((await admin.send('POST', '/api/dictations', {})).body['code']).to.equal('no_phone')
    rig.pbx.phones.set(admin.userId, ['op-1'])
    expect((await admin.send('POST', '/api/dictations', {})).body['state']).to.equal('ringing')
    expect(rung).to.deep.equal([['op-1']])
    const make = (): Promise<Answer> =>
      admin.send('POST', '/api/prompts', { name: 'Spoken by phone', locale: 'ru', dictationId: spoken.id })
    expect((await make()).status).to.equal(404)
    Object.assign(spoken, { state: 'kept', seconds: 2 })
    expect((await admin.get(`/api/dictations/${spoken.id}`)).body).to.deep.include({ state: 'kept' })
    expect((await admin.get(`/api/dictations/${spoken.id}/audio`)).status).to.equal(200)
    const made = await make()
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    expect(made.body['seconds']).to.be.closeTo(2, 0.1)
    spoken.userId = randomUUID()
    expect((await make()).status).to.equal(404)
    expect((await admin.get(`/api/dictations/${spoken.id}`)).status).to.equal(404)
    expect((await rig.as.operator.send('POST', '/api/dictations', {})).status).to.equal(403)
  })
})
