import { auditAs } from '../audit.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { sendAudio } from '../send-file.ts'
import { playable } from './recording.ts'

/** A player asks for one recording in many ranges: within this time it is one play. */
const onePlayMs = 10 * 60_000
const mostPlays = 10_000

/** Records behind the links that foreign systems were given: whoever has a link that has not ended may listen. */
export function sharedRecordingRoutes({ db, recordings, recordLinks }: ApiDeps): Endpoint[] {
  const plays = new Map<string, number>()

  return [
    endpoint({
      route: 'GET /api/shared-recordings/:token',
      summary: 'Get the audio behind a link that a foreign system was given; takes byte ranges, no login',
      raw: 'audio/*',
      async handle(context) {
        const { token } = context.req.params
        const nowMs = Date.now()
        const recordingId = typeof token === 'string' ? (recordLinks?.open(token, nowMs) ?? null) : null
        if (recordingId === null) throw new ApiError('not_found')
        const file = playable(await recordings.open(recordingId))
        const key = `${context.req.ip ?? ''} ${recordingId}`
        if (nowMs - (plays.get(key) ?? 0) >= onePlayMs) {
          const row = await db('recordings').where({ id: recordingId }).first<Row | undefined>('call_id')
          await auditAs(db, null, context.req.ip, {
            action: 'recording.play',
            entity: 'call',
            ...(row && { entityId: String(row['call_id']) }),
            data: { recordingId, isByLink: true }
          })
          plays.set(key, nowMs)
          if (plays.size > mostPlays)
            for (const [old, atMs] of plays) if (nowMs - atMs > onePlayMs) plays.delete(old)
        }
        await sendAudio(context, file)
      }
    })
  ]
}
