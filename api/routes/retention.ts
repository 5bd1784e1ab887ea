import { z } from 'zod'
import {
  keptSettings,
  recordingQuota,
  recordingSealing,
  recordingSealingOrder,
  recordingSpace
} from '../contract/retention.ts'
import { addJob } from '../../db/jobs.ts'
import { readSpace, saveQuota, type RecordingSpace } from '../../recordings/quota.ts'
import { saveSealing } from '../../recordings/sealing.ts'
import { audit } from '../audit.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { countGone, readKept, saveKept } from '../retention.ts'

const count = z.number().int()
/** Kinds that are kept for good are not in it. */
const counts = z.object(
  Object.fromEntries(Object.keys(keptSettings.shape).map((kind) => [kind, count.optional()]))
)

/** How long each kind of data is kept. */
export const retentionRoutes = ({ db, recordings }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/retention',
    summary: 'For how many days each kind of data is kept; null: for good',
    answer: keptSettings,
    handle: () => readKept(db)
  }),
  endpoint({
    route: 'PUT /api/retention',
    summary: 'Set for how many days each kind of data is kept; what is older goes each night',
    body: keptSettings,
    answer: keptSettings,
    async handle(context) {
      await db.transaction(async (trx) => {
        const before = await readKept(trx)
        await saveKept(trx, context.body)
        const change = { before, after: context.body }
        await audit(trx, context, { action: 'retention.change', entity: 'settings', change })
      })
      return context.body
    }
  }),
  endpoint({
    route: 'POST /api/retention/preview',
    summary: 'Count what would go tonight with these periods; nothing is changed',
    body: keptSettings,
    answer: counts,
    handle: ({ body }) => countGone(db, body)
  }),
  endpoint({
    route: 'GET /api/recording-space',
    summary:
      'The space that recordings take, and the most that they may take; null: as much as the disk holds',
    answer: recordingSpace,
    handle: async () => spaceOf(await readSpace(db))
  }),
  endpoint({
    route: 'PUT /api/recording-space',
    summary:
      'Set the most space that recordings may take; the oldest are deleted, for good, until the others fit',
    body: recordingQuota,
    answer: recordingSpace,
    handle: (context) =>
      db.transaction(async (trx) => {
        const before = { quotaGigabytes: spaceOf(await readSpace(trx)).quotaGigabytes }
        const { quotaGigabytes } = context.body
        await saveQuota(trx, quotaGigabytes === null ? null : quotaGigabytes * gigabyte)
        const change = { before, after: context.body }
        await audit(trx, context, { action: 'recordingSpace.change', entity: 'settings', change })
        return spaceOf(await readSpace(trx))
      })
  }),
  endpoint({
    route: 'GET /api/recording-sealing',
    summary: 'Whether recordings are encrypted on the disk, and how many are, are not, or lack their key',
    answer: recordingSealing,
    handle: () => recordings.sealing()
  }),
  endpoint({
    route: 'PUT /api/recording-sealing',
    summary:
      'Encrypt recordings on the disk, those that lie there too; or encrypt no more: what is encrypted stays so, and plays',
    body: recordingSealingOrder,
    answer: recordingSealing,
    async handle(context) {
      const { isOn } = await recordings.sealing()
      await db.transaction(async (trx) => {
        await saveSealing(trx, context.body.isOn)
        const change = { before: { isOn }, after: context.body }
        await audit(trx, context, { action: 'recordingSealing.change', entity: 'settings', change })
        if (context.body.isOn) await addJob(trx, 'recordings.seal', {}, { jobKey: 'recordings.seal' })
      })
      return recordings.sealing()
    }
  })
]

const gigabyte = 1024 ** 3

function spaceOf({ quotaBytes, usedBytes, recordings }: RecordingSpace): z.output<typeof recordingSpace> {
  return { quotaGigabytes: quotaBytes === null ? null : quotaBytes / gigabyte, usedBytes, recordings }
}
