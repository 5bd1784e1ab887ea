import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { startJobs } from '../../db/jobs.ts'
import type { Jobs } from '../../db/jobs.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { watchDisk } from '../../recordings/disk.ts'
import { expire } from '../../recordings/expire.ts'
import { createRecordings } from '../../recordings/recordings.ts'
import type { Recordings } from '../../recordings/recordings.ts'
import { testHome } from '../support/asterisk-root.ts'
import { until } from '../support/until.ts'
import { ownPostgres, silent } from './postgres.ts'
import type { TestPostgres } from './postgres.ts'

let home: AsteriskHome
before(async function () {
  // The very first run on a machine brings the tools.
  this.timeout(600_000)
  home = await testHome()
})

/** Runs a media tool of the Asterisk root. @returns what it said on standard error */
function tool(program: 'sox' | 'lame', ...args: string[]): string {
  const { file, args: all } = home.command(program, args)
  const { status, stderr } = spawnSync(file, all, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return stderr
}

/** A tone as Asterisk leaves it: mono, 8 kHz, 16 bit. */
const tone = (file: string, hertz: number, seconds: number): void =>
  void tool(
    'sox',
    '-n',
    '-r',
    '8000',
    '-c',
    '1',
    '-b',
    '16',
    file,
    'synth',
    String(seconds),
    'sine',
    String(hertz)
  )

/** The frequency that dominates one channel (1 is left); 0 in silence. */
function frequency(wav: string, channel: number): number {
  const stderr = tool('sox', wav, '-n', 'remix', String(channel), 'stat')
  if (Number(/Maximum amplitude:\s*([\d.]+)/.exec(stderr)?.[1]) < 0.01) return 0
  return Number(/Rough\s+frequency:\s*(\d+)/.exec(stderr)?.[1])
}

describe('recordings: from a finished leg to a file that plays', function () {
  this.timeout(60_000)
  let postgres: TestPostgres
  let dir: string
  let messagesDir: string
  let recordings: Recordings
  let jobs: Jobs
  const moments: { callId: string; type: string; data: Record<string, unknown> }[] = []
  const outcomes: string[] = []

  before(async () => {
    postgres = await ownPostgres(25_030)
    dir = await mkdtemp(path.join(tmpdir(), 'rt-out-audio-'))
    messagesDir = path.join(dir, 'spool')
    await mkdir(messagesDir)
    recordings = createRecordings({
      db: postgres.db,
      dir,
      home,
      messagesDir,
      log: silent,
      settleMs: 150,
      missingAfterMs: 800,
      onOutcome: (outcome) => outcomes.push(outcome),
      appendMoment: async (callId, type, data) => {
        moments.push({ callId, type, data })
        await postgres.db('call_events').insert({ call_id: callId, seq: 1, at: new Date(), type, data })
      }
    })
    jobs = startJobs({ databaseUrl: postgres.url, tasks: recordings.tasks, log: silent, pollMs: 50 })
  })
  beforeEach(() => {
    moments.length = 0
    outcomes.length = 0
  })
  after(async () => {
    await jobs.stop()
    await postgres.end()
    await rm(dir, { recursive: true, force: true })
  })

  /** Ends a leg and waits for what becomes of its recording. */
  async function finish(
    kind: 'talk' | 'voicemail' | 'fallback',
    write: (base: string) => void | Promise<void>
  ): Promise<{ id: string; callId: string; row: Record<string, unknown>; wav: string }> {
    const [id, callId] = [randomUUID(), randomUUID()]
    await write(path.join(kind === 'voicemail' ? messagesDir : dir, id))
    await postgres.db.transaction((trx) =>
      recordings.enqueueRecording(trx, { recordingId: id, callId, leg: 'l1', kind })
    )
    await until(() => moments.some(({ data }) => data['recordingId'] === id))
    const row = (await postgres.db('recordings').where({ id }).first()) as Record<string, unknown>
    const wav = path.join(dir, `${id}.test.wav`)
    if (row['state'] === 'ready') tool('lame', '--quiet', '--decode', path.join(dir, `${id}.mp3`), wav)
    return { id, callId, row, wav }
  }

  it('the client is on the left, the operator on the right, and the length is that of the longer side', async () => {
    const { id, callId, row, wav } = await finish('talk', (base) => {
      tone(`${base}-in.wav`, 1000, 1.7)
      tone(`${base}-out.wav`, 440, 2)
    })
    expect(row).to.include({ state: 'ready', channels: 2, content_type: 'audio/mpeg', error: null })
    expect(Number(row['seconds'])).to.be.closeTo(2, 0.01)
    expect(frequency(wav, 1)).to.be.closeTo(440, 20)
    expect(frequency(wav, 2)).to.be.within(800, 1020)
    expect(moments).to.deep.equal([
      {
        callId,
        type: 'call.recording_ready',
        data: { recordingId: id, leg: 'l1', state: 'ready', seconds: 2, channels: 2 }
      }
    ])
    await until(() =>
      access(path.join(dir, `${id}-in.wav`)).then(
        () => false,
        () => true
      )
    )
    const stored = await recordings.open(id)
    expect(stored?.contentType).to.equal('audio/mpeg')
    expect((await readFile(stored?.path ?? '')).length).to.equal(stored?.bytes)
    expect(Number(row['bytes'])).to.equal(stored?.bytes)
  })

  it('bytes and time are proportional, so that seeking is exact', async () => {
    const { id } = await finish('talk', (base) => {
      tone(`${base}-in.wav`, 1000, 20)
      tone(`${base}-out.wav`, 440, 20)
    })
    const stored = await recordings.open(id)
    expect((stored?.bytes ?? 0) / 20).to.be.closeTo(6000, 150)
  })

  it('a call that the static dialplan served was recorded on the client\u2019s side', async () => {
    const { wav } = await finish('fallback', (base) => {
      tone(`${base}-in.wav`, 440, 1)
      tone(`${base}-out.wav`, 1000, 1)
    })
    expect(frequency(wav, 1)).to.be.closeTo(440, 20)
  })

  it('a voicemail message is one channel', async () => {
    const { row } = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1.5))
    expect(row).to.include({ state: 'ready', channels: 1 })
    expect(Number(row['seconds'])).to.be.closeTo(1.5, 0.01)
  })

  it('one lost side is silence, said and counted', async () => {
    const { row, wav } = await finish('talk', (base) => tone(`${base}-in.wav`, 1000, 1))
    expect(row).to.include({ state: 'ready', channels: 2 })
    expect(row['error']).to.contain('client')
    expect([frequency(wav, 1), frequency(wav, 2) > 800]).to.deep.equal([0, true])
    expect(outcomes).to.deep.equal(['partial'])
  })

  it('a recording without files is missing: visible, counted, told to the tape', async () => {
    const { id, row } = await finish('talk', () => undefined)
    expect(row).to.include({ state: 'missing', error: 'no file was written' })
    expect(moments[0]?.data).to.include({ state: 'missing', seconds: null })
    expect(outcomes).to.deep.equal(['missing'])
    expect(await recordings.open(id)).to.equal(null)
  })

  it('a file whose writer was killed, its header without a length, keeps all of its audio', async () => {
    const { row } = await finish('talk', async (base) => {
      for (const side of ['-in.wav', '-out.wav']) {
        tone(base + side, 440, 2)
        const bytes = await readFile(base + side)
        bytes.writeUInt32LE(0, 4)
        bytes.writeUInt32LE(0, 40)
        await writeFile(base + side, bytes)
      }
    })
    expect(row['state']).to.equal('ready')
    expect(Number(row['seconds'])).to.be.closeTo(2, 0.01)
  })

  it('sides of different rates are joined', async () => {
    const { row, wav } = await finish('talk', (base) => {
      tone(`${base}-in.wav`, 1000, 1)
      tool('sox', '-n', '-r', '16000', '-c', '1', '-b', '16', `${base}-out.wav`, 'synth', '1', 'sine', '440')
    })
    expect(Number(row['seconds'])).to.be.closeTo(1, 0.01)
    expect(frequency(wav, 1)).to.be.closeTo(440, 20)
  })

  it('a recording told twice is one recording, and a name that leads out of the folder opens nothing', async () => {
    const { id, callId } = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    const jobsLeft = async (): Promise<number> => {
      const { rows } = await postgres.db.raw<{ rows: unknown[] }>(
        `select 1 from graphile_worker._private_jobs where payload ->> 'recordingId' = ?`,
        [id]
      )
      return rows.length
    }
    // The job goes a moment after the last thing it did.
    await until(async () => (await jobsLeft()) === 0)
    await recordings.enqueueRecording(postgres.db, { recordingId: id, callId, leg: 'l1', kind: 'voicemail' })
    expect(await jobsLeft()).to.equal(0)
    expect(await recordings.open('../../etc/passwd')).to.equal(null)
  })

  it('audio past its time is deleted, its row is not', async () => {
    const old = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    const young = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    await postgres
      .db('recordings')
      .where('id', old.id)
      .update({ created_at: new Date(Date.now() - 31 * 86_400_000) })
    const halfMade = path.join(dir, 'x.partial.wav')
    await writeFile(halfMade, '')
    await utimes(halfMade, 0, 0)
    expect(await expire({ db: postgres.db, dir, messagesDir, log: silent })).to.equal(0)
    await postgres.db('settings').insert({ key: 'recordings.retentionDays', value: '30' })
    expect(await expire({ db: postgres.db, dir, messagesDir, log: silent })).to.equal(1)
    expect(await recordings.open(old.id)).to.equal(null)
    expect(await recordings.open(young.id)).not.to.equal(null)
    expect(await postgres.db('recordings').where('id', old.id).first()).to.include({ state: 'deleted' })
    expect(await access(halfMade).catch(() => 'gone')).to.equal('gone')
  })

  it('a recording whose job was lost is tried again', async () => {
    const { id } = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    await postgres.db('call_events').delete()
    moments.length = 0
    await postgres
      .db('recordings')
      .where({ id })
      .update({ created_at: new Date(Date.now() - 3_600_000) })
    await recordings.tasks['recordings.resume']?.({}, { id: '1', attempt: 1, isLastAttempt: false })
    await until(() => moments.some(({ data }) => data['recordingId'] === id))
  })

  it('a full disk stops new recordings, and they go on when there is room', async () => {
    let freeBytes = 10e9
    const watch = watchDisk({
      dir,
      log: silent,
      space: () => Promise.resolve({ freeBytes, totalBytes: 20e9 })
    })
    try {
      expect((await watch.check()).status).to.equal('ok')
      freeBytes = 1e9
      expect([(await watch.check()).status, watch.hasRoom()]).to.deep.equal(['degraded', true])
      freeBytes = 1e8
      expect([(await watch.check()).status, watch.hasRoom()]).to.deep.equal(['failed', false])
      freeBytes = 10e9
      expect([(await watch.check()).status, watch.hasRoom()]).to.deep.equal(['ok', true])
    } finally {
      watch.stop()
    }
  })
})
