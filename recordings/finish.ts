import { randomUUID } from 'node:crypto'
import { rename, rm, stat } from 'node:fs/promises'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { addJob } from '../db/jobs.ts'
import { prepared } from '../db/prepared.ts'
import type { Moments } from '../pbx/call/moments.ts'
import { fileIn, findRaw, finishedFile, removeRaw } from './files.ts'
import type { Folders, RawFiles, RecordingKind } from './files.ts'
import { expectedLength, isLengthFlaw, wrongLength } from './length.ts'
import { sealFinished, sealRaw, sealsNow } from './sealing.ts'
import { MediaError, convertMessage, encode, mergeTalk } from './media.ts'
import type { MediaCommand } from './media.ts'

/**
 * How a recording came out, for metrics. `partial`: ready with one side silent, because its file was missing; `length`:
 * ready, but of another length than the talk.
 */
export type RecordingOutcome = 'ready' | 'partial' | 'length' | 'missing' | 'failed'

export const finishTask = 'recording.finish'

/** Adds the job that finishes a recording; while one waits for it already, there is no second. */
export function addFinishJob(trx: Knex, recordingId: string, runAfterMs: number): Promise<void> {
  return addJob(
    trx,
    finishTask,
    { recordingId },
    { runAfterMs, maxAttempts: 6, jobKey: `recording:${recordingId}` }
  )
}

/**
 * Adds rows of recordings and their jobs; a repetition adds neither. One statement: this runs in the tape's transaction
 * for every call, where a round trip costs more than what it does.
 */
export async function addRecordings(
  trx: Knex,
  rows: readonly { recordingId: string; callId: string; leg: string; kind: RecordingKind; file: string }[],
  runAfterMs: number
): Promise<void> {
  if (rows.length === 0) return
  await prepared(trx, 'recordings-add', addText, {
    ...{ rows: JSON.stringify(rows), task: finishTask, runAfterMs }
  })
}

const addText = `
with added as (
  insert into recordings (id, call_id, leg, kind, state, file)
  select r."recordingId", r."callId", r.leg, r.kind, 'processing', r.file
  from jsonb_to_recordset(cast(:rows as jsonb)) as r("recordingId" uuid, "callId" uuid, leg text, kind text, file text)
  on conflict (id) do nothing returning id
)
select graphile_worker.add_job(:task, json_build_object('recordingId', id),
  run_at => now() + cast(:runAfterMs as float8) * interval '1 millisecond', max_attempts => 6,
  job_key => 'recording:' || id)
from added`

interface RecordingRow {
  id: string
  call_id: string
  leg: string
  kind: RecordingKind
  state: string
  file: string
  channels: number | null
  seconds: string | number | null
  error: string | null
  created_at: Date
}

export interface FinishOptions extends Folders {
  db: Knex
  command: MediaCommand
  appendMoment: (
    callId: string,
    type: 'call.recording_ready',
    data: Moments['call.recording_ready']
  ) => Promise<void>
  log: Logger
  onOutcome?: (outcome: RecordingOutcome) => void
  settleMs: number
  missingAfterMs: number
  contentType: string
  /** Of sealing; empty: nothing is ever sealed. */
  keys: readonly Buffer[]
}

/** What a recording became. */
type Finished =
  | {
      state: 'ready'
      channels: number
      seconds: number
      bytes: number
      error: string | null
      sealedBy: string | null
    }
  | { state: 'missing' | 'failed'; error: string }

/**
 * Makes one recording's playable file, or writes down that it is lost, and tells the call's tape. Safe to repeat at
 * any point: the file appears by rename, the raw files go last, and the moment is added only if the tape lacks it.
 * @throws when it should be tried again later
 */
export async function finishRecording(
  options: FinishOptions,
  id: string,
  isLastAttempt: boolean
): Promise<void> {
  const { db, log } = options
  const row = await db<RecordingRow>('recordings').where({ id }).first()
  if (row === undefined) {
    log.warn({ recordingId: id }, 'a recording to finish has no row')
    return
  }
  if (row.state === 'processing' || row.state === 'recording') {
    const finished = await make(options, row, isLastAttempt)
    if (typeof finished === 'number') return addFinishJob(db, id, finished)
    await store(options, row, finished)
  }
  await tellTape(options, id)
  const after = (await db<RecordingRow>('recordings').where({ id }).first()) ?? row
  // What could not be made playable, and what is not the whole talk, stays as it is, for people to look at.
  const isWhole = after.state !== 'failed' && !isLengthFlaw(after.error)
  if (isWhole) await removeRaw(options, row.file)
  else await sealRaw(options, row.file)
}

/** @returns what it became, or after how many milliseconds to look again */
async function make(
  options: FinishOptions,
  row: RecordingRow,
  isLastAttempt: boolean
): Promise<Finished | number> {
  const { settleMs, missingAfterMs } = options
  const raw = await findRaw(options, row.file, row.kind)
  const hasAudio = raw.client !== null || raw.operator !== null || raw.message !== null
  if (!hasAudio) {
    // A spooled tape may bring the row long after the talk: the files had their time then as well.
    const waitedMs = Date.now() - row.created_at.getTime()
    // The pauses double: under load, many recordings wait for Asterisk at once.
    if (waitedMs < missingAfterMs) return Math.min(Math.max(settleMs, waitedMs), missingAfterMs / 3)
    return { state: 'missing', error: raw.ageMs === null ? 'no file was written' : 'the files hold no audio' }
  }
  // Asterisk closes its files a moment after the leg has ended.
  if (raw.ageMs !== null && raw.ageMs < settleMs) return Math.max(10, settleMs - raw.ageMs)
  try {
    return await convert(options, row, raw)
  } catch (error) {
    if (!(error instanceof MediaError) || !isLastAttempt) throw error
    return { state: 'failed', error: error.message }
  }
}

async function convert(options: FinishOptions, row: RecordingRow, raw: RawFiles): Promise<Finished> {
  const { dir, command } = options
  // Two runs of the same job must not write into each other's files.
  const partial = fileIn(dir, row.file, `.${randomUUID()}.partial`)
  const [wav, mp3] = [`${partial}.wav`, `${partial}.mp3`]
  try {
    const isMessage = row.kind === 'voicemail' || (raw.client === null && raw.operator === null)
    const audio =
      isMessage && raw.message !== null
        ? await convertMessage(command, raw.message, wav)
        : await mergeTalk(command, raw, wav)
    const { channels, seconds } = audio
    await encode(command, wav, mp3, audio)
    const { size } = await stat(mp3)
    const key = await sealsNow(options.db, options.keys)
    const sealedBy = key && (await sealFinished(key, mp3, dir, row.file))
    if (sealedBy === null) await rename(mp3, finishedFile(dir, row.file))
    const expected = isMessage ? null : await expectedLength(options.db, row.call_id, row.leg)
    const error = lostSide(row, raw) ?? wrongLength(seconds, expected)
    return { state: 'ready', channels, seconds, bytes: size, error, sealedBy }
  } finally {
    await Promise.all([wav, mp3, `${wav}.side.wav`].map((file) => rm(file, { force: true })))
  }
}

function lostSide(row: RecordingRow, raw: RawFiles): string | null {
  if (row.kind === 'voicemail' || raw.message !== null) return null
  if (raw.client === null) return 'the client\u2019s side is missing'
  return raw.operator === null ? 'the operator\u2019s side is missing' : null
}

async function store(options: FinishOptions, row: RecordingRow, finished: Finished): Promise<void> {
  const { db, log, onOutcome, contentType } = options
  const ready = finished.state === 'ready' ? finished : null
  const changed = await db('recordings')
    .where({ id: row.id })
    .whereIn('state', ['recording', 'processing'])
    .update({
      state: finished.state,
      error: finished.error,
      content_type: ready && contentType,
      channels: ready && ready.channels,
      seconds: ready && ready.seconds.toFixed(3),
      bytes: ready && ready.bytes,
      sealed_by: ready && ready.sealedBy,
      ready_at: db.fn.now()
    })
  if (changed === 0) return
  const flaw = isLengthFlaw(finished.error) ? 'length' : 'partial'
  onOutcome?.(ready !== null && ready.error !== null ? flaw : finished.state)
  if (finished.error !== null) {
    log.error(
      { recordingId: row.id, callId: row.call_id, state: finished.state, reason: finished.error },
      'audio was lost'
    )
  }
}

/** Adds the moment unless the tape has it: the job may have been killed between the row and the moment. */
async function tellTape(options: FinishOptions, id: string): Promise<void> {
  const { db, appendMoment } = options
  const row = await db<RecordingRow>('recordings').where({ id }).first()
  if (row?.state !== 'ready' && row?.state !== 'missing' && row?.state !== 'failed') return
  const told = await db<{ call_id: string; type: string; seq: number }>('call_events')
    .select('seq')
    .where({ call_id: row.call_id, type: 'call.recording_ready' })
    .whereRaw(`data ->> 'recordingId' = ?`, [id])
    .first()
  if (told !== undefined) return
  await appendMoment(row.call_id, 'call.recording_ready', {
    recordingId: id,
    leg: row.leg,
    state: row.state,
    seconds: row.seconds === null ? null : Number(row.seconds),
    channels: row.channels
  })
}

/** Gives a new job to recordings that lost theirs: every attempt failed on something else than the audio (a full disk). */
export async function resumeStuck(db: Knex, stuckAfterMinutes = 15): Promise<number> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select r.id from recordings r
     where r.created_at < now() - ? * interval '1 minute'
       and (r.state = 'processing'
         or r.state in ('ready', 'missing', 'failed') and r.ready_at > now() - interval '1 day' and not exists (
           select 1 from call_events e
           where e.call_id = r.call_id and e.type = 'call.recording_ready' and e.data ->> 'recordingId' = r.id::text))
     limit 1000`,
    [stuckAfterMinutes]
  )
  for (const { id } of rows) await addFinishJob(db, id, 0)
  return rows.length
}
