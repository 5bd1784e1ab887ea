import path from 'node:path'
import { z } from 'zod'
import { audit } from '../audit.ts'
import type { Who } from '../auth/sessions.ts'
import { id } from '../contract/common.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { RecordingFound, StoredRecording } from '../../recordings/recordings.ts'
import type { Row } from '../rows.ts'
import { sendAudio } from '../send-file.ts'

/** A player asks for one recording in many ranges: within this time it is one play. */
const onePlayMs = 10 * 60_000

/**
 * What can be played of what was found.
 * @param detail why there is nothing
 * @throws ApiError recording_not_available, recording_locked, recording_damaged
 */
export function playable(found: RecordingFound, detail?: string): StoredRecording {
  if (found === null) throw new ApiError('recording_not_available', detail === undefined ? {} : { detail })
  if (found === 'locked') throw new ApiError('recording_locked')
  if (found === 'damaged') throw new ApiError('recording_damaged')
  return found
}

/** Audio of a call, with seeking. Every play is in the audit before the first byte leaves. */
export function recordingRoutes(deps: ApiDeps): Endpoint[] {
  const { db, recordings } = deps
  const plays = new Map<string, number>()

  async function auditPlay(context: Context, recordingId: string): Promise<void> {
    const key = `${context.who.key}:${recordingId}`
    const nowMs = Date.now()
    if (nowMs - (plays.get(key) ?? 0) < onePlayMs) return
    await audit(db, context, {
      action: 'recording.play',
      entity: 'call',
      entityId: context.id,
      data: { recordingId }
    })
    plays.set(key, nowMs)
    if (plays.size > 10_000) for (const [old, atMs] of plays) if (nowMs - atMs > onePlayMs) plays.delete(old)
  }

  return [
    endpoint({
      route: 'GET /api/calls/:id/recording',
      summary:
        'Get the audio of a call; takes byte ranges. Among several talks the main one, or that of `leg` or `recordingId`',
      query: z.object({
        recordingId: id.optional(),
        leg: z
          .string()
          .regex(/^[a-z]{1,10}\d{0,4}$/)
          .optional(),
        /** To keep the file rather than listen. */
        download: z.enum(['true', 'false']).optional()
      }),
      raw: 'audio/*',
      async handle(context) {
        const call = await findRow(db, 'calls', context.id)
        const { leg, recordingId = leg === undefined ? call['recording_id'] : undefined } = context.query
        if (leg === undefined && typeof recordingId !== 'string')
          throw new ApiError('recording_not_available')
        const row = await db('recordings')
          .where({
            call_id: context.id,
            ...(typeof recordingId === 'string' && { id: recordingId }),
            ...(leg !== undefined && { leg })
          })
          .orderBy('created_at')
          .first<Row | undefined>()
        if (!row) throw new ApiError('recording_not_available')
        if (context.who.role === 'operator') await refuseOthers(context.who, context.id, row)
        const file = playable(
          await recordings.open(String(row['id'])),
          `Its state is ${String(row['state'])}.`
        )
        if (context.query.download === 'true') {
          await audit(db, context, {
            action: 'recording.download',
            entity: 'call',
            entityId: context.id,
            data: { recordingId: row['id'] }
          })
          const ending = path.extname(file.name)
          await sendAudio(context, file, `call-${context.id.slice(0, 8)}-${String(row['leg'])}${ending}`)
          return
        }
        await auditPlay(context, String(row['id']))
        await sendAudio(context, file)
      }
    })
  ]

  /** Operators hear their own talks, and voicemail, for somebody must phone back. */
  async function refuseOthers(who: Who, callId: string, row: Row): Promise<void> {
    if (row['kind'] === 'voicemail') return
    const own: unknown = await db('call_legs').where({ call_id: callId, user_id: who.userId }).first('leg')
    if (own === undefined) {
      throw new ApiError('forbidden', { detail: 'Operators hear the recordings of their own calls.' })
    }
  }
}
