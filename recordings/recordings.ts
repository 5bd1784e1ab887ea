import { mkdir } from 'node:fs/promises'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { JobSchedule, JobTasks } from '../db/jobs.ts'
import type { Moments } from '../pbx/call/moments.ts'
import { expire, removeNamed } from './expire.ts'
import type { RecordingKind } from './files.ts'
import { addRecordings, finishRecording, finishTask, resumeStuck } from './finish.ts'
import type { RecordingOutcome } from './finish.ts'
import type { MediaCommand } from './media.ts'
import { contentType, openAudio } from './open.ts'
import type { RecordingFound } from './open.ts'
import { keepWithin } from './quota.ts'
import { readSealing, sealWaiting } from './sealing.ts'

export type { RecordingFound, StoredRecording } from './open.ts'

export interface RecordingStart {
  recordingId: string
  callId: string
  leg: string
  kind: RecordingKind
  /** Base name of the raw files when it is not the recording's id. */
  file?: string
}

export interface Recordings {
  /** Called by the tape writer in its transaction when recorded legs or messages have ended; repeating it adds nothing. */
  enqueueRecordings(trx: Knex, starts: readonly RecordingStart[]): Promise<void>
  /** The playable audio; null when there is none, yet or any more. */
  open(recordingId: string): Promise<RecordingFound>
  /** How many lie sealed, in clear, and sealed with a key that is not here. */
  sealing(): ReturnType<typeof readSealing>
  /** Deletes the audio for good; that there was a recording stays in the journal. */
  remove(recordingIds: readonly string[]): Promise<void>
  /** For `startJobs`. */
  readonly tasks: JobTasks
  readonly schedules: readonly JobSchedule[]
}

export interface RecordingsOptions {
  db: Knex
  /** Folder of raw legs and finished audio. */
  dir: string
  /** Where ARI leaves voicemail messages (`spool/recording` of Asterisk's folder); `dir` when absent. */
  messagesDir?: string
  /** Runs sox and lame. */
  home: { command: MediaCommand }
  appendMoment: (
    callId: string,
    type: 'call.recording_ready',
    data: Moments['call.recording_ready']
  ) => Promise<void>
  log: Logger
  onOutcome?: (outcome: RecordingOutcome) => void
  /** How long raw files must lie unchanged before they are taken. */
  settleMs?: number
  /** How long raw files may take to appear before the recording counts as missing. */
  missingAfterMs?: number
  /** Of sealing (`Secrets.keys`): the first seals, and all open. Without any, nothing is ever sealed. */
  keys?: readonly Buffer[]
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Recordings from finished legs to stored, playable, expiring files. */
export function createRecordings(options: RecordingsOptions): Recordings {
  const { db, dir, messagesDir = dir, settleMs = 1000, missingAfterMs = 30_000, keys = [] } = options
  const log = options.log.child({ part: 'recordings' })
  const command = options.home.command

  return {
    enqueueRecordings: (trx, starts) =>
      addRecordings(
        trx,
        starts.map((start) => ({ ...start, file: start.file ?? start.recordingId })),
        settleMs
      ),
    async open(recordingId) {
      if (!uuid.test(recordingId)) return null
      const [row] = await db<{ id: string; state: string; file: string }>('recordings')
        .select('file')
        .where({ id: recordingId, state: 'ready' })
      if (row === undefined) return null
      const found = await openAudio(keys, dir, row.file)
      if (found === null) log.error({ recordingId }, 'the file of a ready recording is gone from the disk')
      if (found === 'locked') log.error({ recordingId }, 'a recording is sealed with a key that is not here')
      if (found === 'damaged') log.error({ recordingId }, 'a sealed recording is not as it was written')
      return found
    },
    sealing: () => readSealing(db, keys),
    async remove(recordingIds) {
      await removeNamed({ db, dir, messagesDir }, recordingIds)
    },
    tasks: {
      [finishTask]: async (payload, job) => {
        const { recordingId } = payload as { recordingId: string }
        await mkdir(dir, { recursive: true })
        await finishRecording(
          { ...options, messagesDir, command, log, settleMs, missingAfterMs, contentType, keys },
          recordingId,
          job.isLastAttempt
        )
      },
      'recordings.resume': async () => {
        const resumed = await resumeStuck(db)
        if (resumed > 0) log.warn({ resumed }, 'recordings that were stuck are tried again')
      },
      'recordings.expire': async () => {
        await mkdir(dir, { recursive: true })
        await expire({ db, dir, messagesDir, log })
      },
      'recordings.keepWithin': async () => {
        await keepWithin({ db, dir, messagesDir, log })
      },
      'recordings.seal': async () => {
        await sealWaiting({ db, dir, messagesDir, log, keys })
      }
    },
    schedules: [
      { task: 'recordings.resume', match: '25 * * * *' },
      { task: 'recordings.expire', match: '10 3 * * *' },
      { task: 'recordings.keepWithin', match: '*/15 * * * *' },
      { task: 'recordings.seal', match: '7,17,27,37,47,57 * * * *' }
    ]
  }
}
