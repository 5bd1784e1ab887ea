import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { startJobs } from '../../db/jobs.ts'
import type { Jobs } from '../../db/jobs.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { expire } from '../../recordings/expire.ts'
import { keepWithin, readSpace, saveQuota } from '../../recordings/quota.ts'
import { createRecordings } from '../../recordings/recordings.ts'
import type { Recordings, StoredRecording } from '../../recordings/recordings.ts'
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
const tone = (file: string, hertz: number, seconds: number): void => {
  const format = ['-r', '8000', '-c', '1', '-b', '16']
  tool('sox', '-n', ...format, file, ...['synth', String(seconds), 'sine', String(hertz)])
}

/** The frequency that dominates one channel (1 is left); 0 in silence. */
function frequency(wav: string, channel: number): number {
  const stderr = tool('sox', wav, '-n', 'remix', String(channel), 'stat')
  if (Number(/Maximum amplitude:\s*([\d.]+)/.exec(stderr)?.[1]) < 0.01) return 0
  return Number(/Rough\s+frequency:\s*(\d+)/.exec(stderr)?.[1])
}

const isGone = (file: string): Promise<boolean> =>
  access(file).then(
    () => false,
    () => true
  )

function rateOf(wav: string): number {
  const { file, args } = home.command('sox', ['--info', '-r', wav])
  return Number(spawnSync(file, args, { encoding: 'utf8' }).stdout)
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

  async function jobsLeft(id: string): Promise<number> {
    const { rows } = await postgres.db.raw<{ rows: unknown[] }>(
      `select 1 from graphile_worker._private_jobs where payload ->> 'recordingId' = ?`,
      [id]
    )
    return rows.length
  }

  /** Ends a leg and waits for what becomes of its recording. */
  async function finish(
    kind: 'talk' | 'voicemail' | 'fallback',
    write: (base: string) => void | Promise<void>,
    talked?: number,
    recorded?: number
  ): Promise<{ id: string; callId: string; row: Record<string, unknown>; wav: string }> {
    const [id, callId] = [randomUUID(), randomUUID()]
    await write(path.join(kind === 'voicemail' ? messagesDir : dir, id))
    if (talked !== undefined) {
      const startMs = Date.now() - 3_600_000
      const at = (ms: number): Date => new Date(startMs + ms)
      const times = { started_at: at(0), answered_at: at(1500), ended_at: at(1500 + talked * 1000) }
      await postgres
        .db('call_legs')
        .insert({ call_id: callId, leg: 'l1', ...times, recorded_seconds: recorded ?? null })
    }
    await postgres.db.transaction((trx) =>
      recordings.enqueueRecordings(trx, [{ recordingId: id, callId, leg: 'l1', kind }])
    )
    await until(() => moments.some(({ data }) => data['recordingId'] === id))
    const row = (await postgres.db('recordings').where({ id }).first()) as Record<string, unknown>
    const wav = path.join(dir, `${id}.test.wav`)
    if (row['state'] === 'ready') tool('lame', '--quiet', '--decode', path.join(dir, `${id}.mp3`), wav)
    return { id, callId, row, wav }
  }

  async function playable(id: string): Promise<StoredRecording> {
    const found = await recordings.open(id)
    if (found === null || typeof found === 'string') throw new Error(`It is ${String(found)}`)
    return found
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
    await until(() => isGone(path.join(dir, `${id}-in.wav`)))
    const stored = await playable(id)
    expect(stored.contentType).to.equal('audio/mpeg')
    let heard = 0
    for await (const piece of stored.read()) heard += piece.length
    expect([heard, Number(row['bytes'])]).to.deep.equal([stored.bytes, stored.bytes])
  })

  it('bytes and time are proportional, so that seeking is exact', async () => {
    const { id } = await finish('talk', (base) => {
      tone(`${base}-in.wav`, 1000, 20)
      tone(`${base}-out.wav`, 440, 20)
    })
    const stored = await playable(id)
    expect(stored.bytes / 20).to.be.closeTo(6000, 150)
  })

  it('narrow band stays 8 kHz, and a leg that spoke wide band is 16 kHz', async () => {
    const narrow = await finish('talk', (base) => {
      tone(`${base}-in.wav`, 1000, 1)
      tone(`${base}-out.wav`, 440, 1)
    })
    const wide = await finish('talk', (base) => {
      for (const [side, hertz] of [['-in', '6000'] as const, ['-out', '440'] as const]) {
        const file = ['-n', '-r', '16000', '-c', '1', '-b', '16', '-t', 'wav', `${base}${side}.wav16`]
        tool('sox', ...file, 'synth', '2', 'sine', hertz)
      }
    })
    expect(rateOf(narrow.wav)).to.equal(8000)
    expect(rateOf(wide.wav)).to.equal(16_000)
    // What lies above 4 kHz is still there: speech recognition hears it.
    expect(frequency(wide.wav, 2)).to.be.above(4200)
    const stored = await playable(wide.id)
    expect(stored.bytes / 2).to.be.closeTo(8000, 500)
  })

  it('an empty file of the other rate, of a leg that waited, does not hide the talk', async () => {
    const { row } = await finish('talk', async (base) => {
      tone(`${base}-out.wav`, 440, 1)
      await writeFile(`${base}-in.wav`, Buffer.alloc(44))
      const wide = ['-n', '-r', '16000', '-c', '1', '-b', '16', '-t', 'wav', `${base}-in.wav16`]
      tool('sox', ...wide, 'synth', '1', 'sine', '900')
    })
    expect(row).to.include({ state: 'ready', error: null })
  })

  it('is as long as the talk: then the originals go', async () => {
    const { id, row } = await finish(
      'talk',
      (base) => {
        tone(`${base}-in.wav`, 1000, 19.2)
        tone(`${base}-out.wav`, 440, 20)
      },
      20.9
    )
    expect(row).to.include({ state: 'ready', error: null })
    await until(() => isGone(path.join(dir, `${id}-in.wav`)))
  })

  it('a recording that began in the midst of the talk is compared with its own time', async () => {
    const { row } = await finish(
      'talk',
      (base) => {
        tone(`${base}-in.wav`, 1000, 5)
        tone(`${base}-out.wav`, 440, 5)
      },
      60,
      5
    )
    expect(row).to.include({ state: 'ready', error: null })
  })

  it('a recording that is shorter than its talk plays, says so, is counted, and keeps its originals', async () => {
    const { id, row } = await finish(
      'talk',
      (base) => {
        tone(`${base}-in.wav`, 1000, 5)
        tone(`${base}-out.wav`, 440, 5)
      },
      20
    )
    expect(row).to.include({ state: 'ready', error: 'shorter than the talk: 5.0 s of 20.0 s' })
    expect(outcomes).to.deep.equal(['length'])
    await until(async () => (await jobsLeft(id)) === 0)
    expect(await isGone(path.join(dir, `${id}-in.wav`))).to.equal(false)
    expect(await recordings.open(id)).not.to.equal(null)
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

  it('a message loses the silence around it, and one of nothing but silence stays as long as it was', async () => {
    const quiet = (file: string, before: number, after: number): void => {
      const shape = ['synth', '1', 'sine', '440', 'gain', '-6', 'pad', String(before), String(after)]
      tool('sox', '-n', '-r', '8000', '-c', '1', '-b', '16', file, ...shape)
    }
    const said = await finish('voicemail', (base) => quiet(`${base}.wav`, 2, 4))
    expect(Number(said.row['seconds'])).to.be.closeTo(1, 0.1)
    expect(frequency(said.wav, 1)).to.be.closeTo(440, 20)
    const silent = await finish('voicemail', (base) => {
      tool('sox', '-n', '-r', '8000', '-c', '1', '-b', '16', `${base}.wav`, 'trim', '0', '3')
    })
    expect(silent.row).to.include({ state: 'ready' })
    expect(Number(silent.row['seconds'])).to.be.closeTo(3, 0.01)
  })

  it('what is no audio fails after its last try and stays for people to look at', async () => {
    const id = randomUUID()
    await writeFile(
      path.join(dir, `${id}-in.wav`),
      'RIFF but not really, and long enough to be looked at by somebody'
    )
    await postgres
      .db('recordings')
      .insert({ id, call_id: id, leg: 'l1', kind: 'talk', state: 'processing', file: id })
    await utimes(path.join(dir, `${id}-in.wav`), 0, 0)
    const last = recordings.tasks['recording.finish']?.(
      { recordingId: id },
      { id: '1', attempt: 6, isLastAttempt: true }
    )
    await last
    expect(await postgres.db('recordings').where({ id }).first()).to.include({ state: 'failed' })
    expect(outcomes).to.deep.equal(['failed'])
    expect(await isGone(path.join(dir, `${id}-in.wav`))).to.equal(false)
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
    // The job goes a moment after the last thing it did.
    await until(async () => (await jobsLeft(id)) === 0)
    await recordings.enqueueRecordings(postgres.db, [
      { recordingId: id, callId, leg: 'l1', kind: 'voicemail' }
    ])
    expect(await jobsLeft(id)).to.equal(0)
    expect(await recordings.open('../../etc/passwd')).to.equal(null)
  })

  it('audio past its time is deleted, its row is not', async () => {
    const old = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    const young = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    const past = new Date(Date.now() - 31 * 86_400_000)
    await postgres.db('recordings').where('id', old.id).update({ created_at: past })
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

  it('the oldest audio goes when it takes more space than it may, and no more than that', async () => {
    const made = []
    for (const days of [1, 3, 2]) {
      const { id } = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
      const at = new Date(Date.now() - days * 86_400_000)
      await postgres.db('recordings').where({ id }).update({ created_at: at })
      made.push(id)
    }
    const [first = '', third = '', second = ''] = made
    await postgres.db('recordings').whereNotIn('id', made).update({ state: 'deleted', bytes: null })
    const keep = () => keepWithin({ db: postgres.db, dir, messagesDir, log: silent })
    const { usedBytes, ...space } = await readSpace(postgres.db)
    expect(space).to.deep.equal({ quotaBytes: null, recordings: 3 })
    expect(await keep()).to.equal(0)
    await saveQuota(postgres.db, usedBytes)
    expect(await keep()).to.equal(0)
    await saveQuota(postgres.db, usedBytes - 1)
    expect(await keep()).to.equal(1)
    const open = await Promise.all([third, second, first].map((id) => recordings.open(id)))
    expect(open.map((audio) => audio !== null)).to.deep.equal([false, true, true])
    expect((await readSpace(postgres.db)).usedBytes).to.be.within(1, usedBytes - 1)
    await saveQuota(postgres.db, null)
    expect(await keep()).to.equal(0)
  })

  it('a recording whose job was lost is tried again', async () => {
    const { id } = await finish('voicemail', (base) => tone(`${base}.wav`, 440, 1))
    await postgres.db('call_events').delete()
    moments.length = 0
    const past = new Date(Date.now() - 3_600_000)
    await postgres.db('recordings').where({ id }).update({ created_at: past })
    await recordings.tasks['recordings.resume']?.({}, { id: '1', attempt: 1, isLastAttempt: false })
    await until(() => moments.some(({ data }) => data['recordingId'] === id))
  })
})
