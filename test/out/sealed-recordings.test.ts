import { spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { createSecrets } from '../../db/secrets.ts'
import { audioOf } from '../../integrations/connectors/audio.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { createRecordings, type Recordings } from '../../recordings/recordings.ts'
import { sealFile } from '../../recordings/sealed-file.ts'
import { saveSealing, sealingPurpose } from '../../recordings/sealing.ts'
import { insertCall } from '../api/support/calls.ts'
import { startRig, type Rig } from '../api/support/rig.ts'
import { testHome } from '../support/asterisk-root.ts'
import { silent } from './postgres.ts'

describe('recordings: encrypted on the disk', function () {
  this.timeout(600_000)
  const [first, second] = [randomBytes(32), randomBytes(32)]
  const of = (...keys: [Buffer, ...Buffer[]]) => createSecrets(...keys).keys(sealingPurpose)
  let home: AsteriskHome
  let dir: string
  let rig: Rig
  let recordings: Recordings
  let tone: Buffer
  /** Which the installation has at this moment. */
  const withKeys = (keys: readonly Buffer[]): Recordings =>
    createRecordings({
      ...{ db: rig.db, dir, home, keys, log: silent, settleMs: 0, missingAfterMs: 0 },
      appendMoment: async (callId, type, data) => {
        await rig.db('call_events').insert({ call_id: callId, seq: 1, at: new Date(), type, data })
      }
    })

  before(async () => {
    home = await testHome()
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-sealed-audio-'))
    rig = await startRig({
      before: (deps) => ({
        ...deps,
        recordings: { open: (id) => recordings.open(id), sealing: () => recordings.sealing() }
      })
    })
    const raw = path.join(dir, 'tone.wav')
    const { file, args } = home.command('sox', [
      ...['-n', '-r', '8000', '-c', '1', '-b', '16', raw],
      ...['synth', '30', 'sine', '440']
    ])
    expect(spawnSync(file, args).status).to.equal(0)
    tone = await readFile(raw)
    await rm(raw)
  })
  beforeEach(() => {
    recordings = withKeys(of(first))
  })
  after(async () => {
    await rig.close()
    await rm(dir, { recursive: true, force: true })
  })

  const job = { id: '1', attempt: 1, isLastAttempt: true }
  const run = (task: string, payload = {}): Promise<void> | undefined =>
    recordings.tasks[task]?.(payload, job)

  /** A message of some seconds as Asterisk leaves it, finished; always the same sound. @param talked how long the leg was */
  async function made(talked?: number): Promise<{ id: string; callId: string; file: string }> {
    const [id, kind] = [randomUUID(), talked === undefined ? 'voicemail' : 'talk'] as const
    const callId = await insertCall(rig.db, { recording_id: id, recording_state: 'ready' })
    const ends = talked === undefined ? ['.wav'] : ['-in.wav', '-out.wav']
    for (const end of ends) await writeFile(path.join(dir, id + end), tone)
    if (talked !== undefined) {
      const [start, end] = [new Date(0), new Date(talked * 1000)]
      const times = { started_at: start, answered_at: start, ended_at: end }
      await rig.db('call_legs').insert({ call_id: callId, leg: 'l1', ...times })
    }
    await recordings.enqueueRecordings(rig.db, [{ recordingId: id, callId, leg: 'l1', kind }])
    await run('recording.finish', { recordingId: id })
    return { id, callId, file: path.join(dir, `${id}.mp3`) }
  }

  const stateOf = async (): Promise<unknown> => (await rig.as.admin.get('/api/recording-sealing')).body

  async function heard(id: string): Promise<Buffer> {
    const found = await recordings.open(id)
    if (found === null || typeof found === 'string') throw new Error(`It is ${String(found)}`)
    const pieces: Buffer[] = []
    for await (const each of found.read()) pieces.push(each)
    expect(found.bytes).to.equal(Buffer.concat(pieces).length)
    return Buffer.concat(pieces)
  }

  let plain: Buffer
  let inClear: Awaited<ReturnType<typeof made>>
  let flawed: Awaited<ReturnType<typeof made>>

  it('is off until an admin switches it on, with the password, and that is in the audit', async () => {
    inClear = await made()
    flawed = await made(300)
    plain = await heard(inClear.id)
    expect(plain.length).to.be.greaterThan(70_000)
    expect((await readFile(inClear.file)).equals(plain)).to.equal(true)
    const { admin, supervisor } = rig.as
    expect(await stateOf()).to.deep.equal({ isOn: false, sealed: 0, plain: 2, locked: 0 })
    expect((await supervisor.send('PUT', '/api/recording-sealing', { isOn: true })).status).to.equal(403)
    await rig.db('sessions').update({ verified_at: null })
    const unverified = await admin.send('PUT', '/api/recording-sealing', { isOn: true })
    expect(unverified.body).to.include({ code: 'verify_first' })
    await rig.db('sessions').update({ verified_at: new Date() })
    expect((await admin.send('PUT', '/api/recording-sealing', { isOn: true })).status).to.equal(200)
    const row: unknown = await rig.db('audit').where({ action: 'recordingSealing.change' }).first()
    expect(row).to.include({ user_id: admin.userId })
    const { rows } = await rig.db.raw<{ rows: unknown[] }>(
      `select 1 from graphile_worker.jobs where key = 'recordings.seal'`
    )
    expect(rows, 'what lies there is sealed at once').to.have.length(1)
  })

  it('what was recorded lies sealed, without the raw sound beside it, and plays back byte for byte', async () => {
    const { id, file } = await made()
    const stored = await readFile(file)
    for (const sign of ['RIFF', 'WAVE', 'LAME', 'Xing', 'Info', plain.subarray(1000, 1032)])
      expect(stored.includes(sign), String(sign)).to.equal(false)
    expect(stored.readUInt16BE(0) & 0xffe0, 'no frame of MP3').not.to.equal(0xffe0)
    expect((await heard(id)).equals(plain)).to.equal(true)
    expect((await readdir(dir)).filter((name) => name.startsWith(id))).to.deep.equal([`${id}.mp3`])
    const sent = await audioOf((each) => recordings.open(each))(id)
    expect([sent?.name, sent?.bytes.equals(plain)]).to.deep.equal([`${id}.mp3`, true])
    const row = (await rig.db('recordings').where({ id }).first()) as Record<string, unknown>
    expect(Number(row['bytes'])).to.equal(plain.length)
  })

  it('what lay in clear is sealed afterwards, and the raw files of a flawed one with it', async () => {
    expect((await readdir(dir)).filter((name) => name.endsWith('.wav'))).to.have.members([
      `${flawed.id}-in.wav`,
      `${flawed.id}-out.wav`
    ])
    const before = await heard(flawed.id)
    await run('recordings.seal')
    expect(await stateOf()).to.deep.equal({ isOn: true, sealed: 3, plain: 0, locked: 0 })
    expect((await heard(inClear.id)).equals(plain)).to.equal(true)
    expect((await heard(flawed.id)).equals(before)).to.equal(true)
    for (const name of await readdir(dir))
      expect((await readFile(path.join(dir, name))).toString('latin1', 0, 8), name).to.equal('RTSEAL01')
    await recordings.remove([flawed.id])
    expect((await readdir(dir)).filter((name) => name.startsWith(flawed.id))).to.deep.equal([])
  })

  const ask = (callId: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${rig.url}/api/calls/${callId}/recording`, {
      method,
      headers: { cookie: rig.as.supervisor.cookie, ...headers }
    })

  it('the API plays them whole and by ranges, exactly', async () => {
    const whole = await ask(inClear.callId)
    expect(Object.fromEntries(whole.headers)).to.include({
      ...{ 'content-type': 'audio/mpeg', 'accept-ranges': 'bytes', 'cache-control': 'private, no-store' },
      'content-length': String(plain.length)
    })
    expect(Buffer.from(await whole.arrayBuffer()).equals(plain)).to.equal(true)
    const last = plain.length - 1
    const ranges: [string, number, number][] = [
      ['0-0', 0, 0],
      ['0-1', 0, 1],
      ['65530-65545', 65_530, 65_545],
      ['65536-', 65_536, last],
      ['-10', last - 9, last],
      [`${last}-${last + 500}`, last, last]
    ]
    for (const [asked, start, end] of ranges) {
      const part = await ask(inClear.callId, { range: `bytes=${asked}` })
      expect(part.status, asked).to.equal(206)
      expect(part.headers.get('content-range')).to.equal(`bytes ${start}-${end}/${plain.length}`)
      const got = Buffer.from(await part.arrayBuffer())
      expect(got.equals(plain.subarray(start, end + 1)), asked).to.equal(true)
    }
    const beyond = await ask(inClear.callId, { range: `bytes=${plain.length}-` })
    expect([beyond.status, beyond.headers.get('content-range')]).to.deep.equal([
      416,
      `bytes */${plain.length}`
    ])
    const head = await ask(inClear.callId, {}, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).to.deep.equal([200, String(plain.length)])
    const several = await ask(inClear.callId, { range: 'bytes=0-1,5-6' })
    expect([several.status, (await several.arrayBuffer()).byteLength]).to.deep.equal([200, plain.length])
  })

  it('one is refused when a bit was changed', async () => {
    const whole = await readFile(inClear.file)
    const flip = async (at: number): Promise<void> => {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(inClear.file, changed)
    }
    try {
      // In the first piece; and at the end, which is looked at before anything is sent.
      for (const at of [5000, whole.length - 1]) {
        await flip(at)
        const refused = await ask(inClear.callId)
        expect(refused.headers.get('content-type'), `byte ${at}`).to.equal(
          'application/problem+json; charset=utf-8'
        )
        expect(await refused.json()).to.include({ status: 409, code: 'recording_damaged' })
      }
    } finally {
      await writeFile(inClear.file, whole)
    }
    expect((await ask(inClear.callId)).status).to.equal(200)
  })

  it('one that turns out to be changed in the middle is cut there, and nothing false is sent', async () => {
    const whole = await readFile(inClear.file)
    const [long, raw] = [randomBytes(200_000), path.join(dir, 'long')]
    await writeFile(raw, long)
    try {
      await sealFile(of(first)[0], raw, inClear.file, inClear.id)
      const sealed = await readFile(inClear.file)
      sealed[100_000] = (sealed[100_000] ?? 0) ^ 1
      await writeFile(inClear.file, sealed)
      const answer = await ask(inClear.callId)
      expect([answer.status, answer.headers.get('content-length')]).to.deep.equal([200, '200000'])
      const got: Buffer[] = []
      const reading = async (): Promise<void> => {
        for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>)
          got.push(Buffer.from(piece))
      }
      const end = await reading().then(
        () => 'whole',
        () => 'cut'
      )
      expect(end).to.equal('cut')
      const heardBytes = Buffer.concat(got)
      expect(heardBytes.length).to.be.at.most(65_536)
      expect(heardBytes.equals(long.subarray(0, heardBytes.length))).to.equal(true)
      const beside = await ask(inClear.callId, { range: 'bytes=150000-150009' })
      expect(Buffer.from(await beside.arrayBuffer()).equals(long.subarray(150_000, 150_010))).to.equal(true)
    } finally {
      await writeFile(inClear.file, whole)
      await rm(raw)
    }
  })

  it('a key that is not there is said and counted, and they play again when it is brought back', async () => {
    recordings = withKeys(of(second))
    const locked = (await (await ask(inClear.callId)).json()) as Record<string, unknown>
    expect(locked).to.include({ status: 409, code: 'recording_locked' })
    expect(await stateOf()).to.deep.equal({ isOn: true, sealed: 0, plain: 0, locked: 2 })
    await run('recordings.seal')
    expect(await stateOf(), 'nothing is thrown away').to.include({ locked: 2 })
    recordings = withKeys(of(second, first))
    expect((await heard(inClear.id)).equals(plain)).to.equal(true)
  })

  it('a new key takes over all of them, and the old one can be thrown away', async () => {
    recordings = withKeys(of(second, first))
    await run('recordings.seal')
    recordings = withKeys(of(second))
    expect(await stateOf()).to.deep.equal({ isOn: true, sealed: 2, plain: 0, locked: 0 })
    expect((await heard(inClear.id)).equals(plain)).to.equal(true)
    recordings = withKeys(of(first))
    expect(await recordings.open(inClear.id)).to.equal('locked')
  })

  it('switched off, new ones lie in clear and the others still play', async () => {
    recordings = withKeys(of(second))
    await saveSealing(rig.db, false)
    const later = await made()
    expect((await readFile(later.file)).equals(plain)).to.equal(true)
    await run('recordings.seal')
    expect(await stateOf()).to.deep.equal({ isOn: false, sealed: 2, plain: 1, locked: 0 })
    expect((await heard(inClear.id)).equals(plain)).to.equal(true)
  })
})
