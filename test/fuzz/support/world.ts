import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { clientJobs } from '../../../api/client-jobs.ts'
import { callExport } from '../../../api/call-export.ts'
import { settingsImport } from '../../../api/imports-job.ts'
import { loadDemo } from '../../../db/demo/index.ts'
import { migrateJobs } from '../../../db/jobs.ts'
import { openChannels } from '../../../integrations/channels/wire.ts'
import { openIntegrations } from '../../../integrations/wire.ts'
import { createJobs } from '../../../jobs/jobs.ts'
import { createTracking, type Tracking } from '../../../tracking/store/tracking.ts'
import { startRig, type Rig } from '../../api/support/rig.ts'
import type { ApiDeps, MediaStore } from '../../../api/deps.ts'
import { MediaError } from '../../../media/errors.ts'
import { createRebuildJob } from '../../../reports/facts/job.ts'
import { createRecomputeJob } from '../../../tracking/recompute/job.ts'

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
const file = { file: 'demo-talk', contentType: 'audio/mpeg', channels: 2, seconds: 20, bytes: 1 }
// The audio is given, so that nothing of the home is run.
const home = {
  ...{ root: '/', version: '0', modulesDir: '/', dataDir: '/' },
  command: () => ({ file: 'false', args: [] })
}

const no = (): never => {
  throw new MediaError('There are no voices here')
}
const none = (): Promise<null> => Promise.resolve(null)
const nothing = (): Promise<void> => Promise.resolve()
/** Voice programs that do not work. */
const silence: MediaStore = {
  ...{ preview: no, savePrompt: no, speakPrompt: no, saveTrack: no },
  prepare: () => Promise.resolve([]),
  ...{ removePrompt: nothing, removeTrack: nothing },
  keepingBefore: (_id, _about, make) => make(),
  ...{ promptBefore: none, swapBefore: none, promptFile: none, trackFile: none }
}

/** The demo company, small, in an empty database. */
export async function foundDemo(db: Rig['db'], calls: number): Promise<void> {
  const audio = { talks: [file], message: file }
  await loadDemo(db, {
    ...{ nowMs: Date.now(), sipPort: 18_471, dataDir: '/nowhere', log, home, audio },
    calls
  })
}

/** More parts of the API than its tests usually have, as `main.ts` puts them together; none of them works by itself. */
export function manyParts() {
  let dir = ''
  let tracking: Tracking | undefined
  const ends: (() => Promise<unknown>)[] = []

  async function before(deps: ApiDeps, databaseUrl: string): Promise<ApiDeps> {
    const { db } = deps
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-fuzz-'))
    await migrateJobs(databaseUrl, log)
    const outside = await openIntegrations({
      ...{ db, databaseUrl, dataDir: dir, log, secretKey: undefined, webhookPausesMs: undefined },
      ...{ allowPrivate: false, publicUrl: 'https://pbx.example.test' },
      findOperator: () => null,
      normalise: () => null,
      ports: {
        audio: () => Promise.resolve(null),
        lines: () => Promise.resolve([]),
        call: () => Promise.resolve({ callId: randomUUID() }),
        orderCallback: () => Promise.resolve({ refused: null })
      }
    })
    const channels = await openChannels({ db, databaseUrl, dataDir: dir, log, secretKey: undefined })
    const appendMoment = (): Promise<void> => Promise.resolve()
    const kinds = [
      ...[callExport(db), settingsImport(db)],
      ...clientJobs({ db, dialling: deps.dialling, pbx: deps.pbx }, { open: none, remove: nothing }),
      ...[createRebuildJob({ db, log }), createRecomputeJob({ db, appendMoment })]
    ]
    const jobs = createJobs({ db, dir, kinds, log })
    const tracked = createTracking({ db, databaseUrl, log })
    tracking = tracked
    await tracked.start()
    ends.push(
      () => tracked.stop(),
      () => outside.stop(),
      () => channels.stop()
    )
    // One machine asks as often as a whole town.
    const admit = (): boolean => true
    return {
      ...deps,
      tracking: Object.assign(Object.create(tracked) as Tracking, { admit }),
      media: silence,
      ...{ jobs, channels, publicUrl: 'http://pbx.example.test' },
      ...{ mail: outside.mail, connectors: outside.connectors, recordLinks: outside.recordLinks }
    }
  }

  return {
    before,
    tracking(): Tracking {
      if (!tracking) throw new Error('There is no tracking yet')
      return tracking
    },
    async close(): Promise<void> {
      for (const end of ends.splice(0)) await end()
      await rm(dir, { recursive: true, force: true })
    }
  }
}

/** The whole API with all of its parts, and the demo company in it. */
export async function startWorld(calls = 60) {
  const parts = manyParts()
  const rig = await startRig({ before: (deps, url) => parts.before(deps, url) })
  await foundDemo(rig.db, calls)
  await parts.tracking().reload()
  await rig.dialling.policy.reload()
  return {
    rig,
    tracking: parts.tracking(),
    async close() {
      await parts.close()
      await rig.close()
    }
  }
}
