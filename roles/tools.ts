import { askedOutside } from '../dialling/asked-outside.ts'
import { openSecrets } from '../db/secrets.ts'
import type { Dialling } from '../dialling/dialling.ts'
import { audioOf } from '../integrations/connectors/audio.ts'
import { openIntegrations } from '../integrations/wire.ts'
import type { RecordingOutcome } from '../recordings/finish.ts'
import { sealingPurpose } from '../recordings/sealing.ts'
import { createRecordings, type Recordings, type RecordingsOptions } from '../recordings/recordings.ts'
import { normalise } from '../tracking/phones.ts'
import type { MemoryChange } from '../tracking/attribution/telling.ts'
import { createTracking, type Tracking } from '../tracking/store/tracking.ts'
import type { Ground } from './ground.ts'

/** What the exchange, the API and the work behind them all use. */
export interface Tools {
  readonly recordings: Recordings
  readonly outside: Awaited<ReturnType<typeof openIntegrations>>
  readonly tracking: Tracking
}

/** The exchange as the tools reach it: it begins after them, and may be in another process. */
export interface Behind {
  appendMoment: RecordingsOptions['appendMoment']
  findOperator(name: string): string | null
  dialling(): Pick<Dialling, 'policy' | 'call'> | undefined
  lostRecording(outcome: Exclude<RecordingOutcome, 'ready'>): void
}

/**
 * Opens them; nothing runs by itself before `outside.start()`.
 * @param tell told of visits, where calls are led in another process
 */
export async function openTools(
  ground: Ground,
  behind: Behind,
  tell?: (change: MemoryChange) => void
): Promise<Tools> {
  const { db, databaseUrl, config, home, log, aside, recordingsDir } = ground
  const secrets = await openSecrets(config.dataDir, config.secretKey)
  // The recordings tell the tape when a file is ready, and the tape tells them when a leg has ended.
  const recordings = createRecordings({
    db,
    dir: recordingsDir,
    home,
    log,
    keys: secrets.keys(sealingPurpose),
    appendMoment: (callId, type, data) => behind.appendMoment(callId, type, data),
    onOutcome: (outcome) => {
      if (outcome !== 'ready') behind.lostRecording(outcome)
    }
  })
  const outside = await openIntegrations({
    ...{ db, databaseUrl, dataDir: config.dataDir, log },
    ...{ secretKey: config.secretKey, webhookPausesMs: config.webhookPausesMs },
    allowPrivate: config.webhooksToPrivate,
    publicUrl: config.http.publicUrl ?? null,
    findOperator: (name) => behind.findOperator(name),
    normalise: (number) => normalise(number, 'RU')?.e164 ?? null,
    ports: { ...askedOutside(db, () => behind.dialling()), audio: audioOf((id) => recordings.open(id)) }
  })
  aside.push('links to the outside', () => outside.stop())
  // Before the exchange: the first call that is adopted or arrives may come from a visit.
  const tracking = createTracking({ db, databaseUrl, log, ...(tell && { tell }) })
  await tracking.start()
  aside.push('tracking', () => tracking.stop())
  return { recordings, outside, tracking }
}
