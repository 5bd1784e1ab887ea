import path from 'node:path'
import { z } from 'zod'
import { audit } from '../audit.ts'
import type { Who } from '../auth/sessions.ts'
import { id } from '../contract/common.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps, StoredRecording } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'

/** A player asks for one recording in many ranges: within this time it is one play. */
const onePlayMs = 10 * 60_000

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
      summary: 'Get the audio of a call; takes byte ranges. `recordingId` chooses among several talks',
      query: z.object({ recordingId: id.optional() }),
      raw: 'audio/*',
      async handle(context) {
        const call = await findRow(db, 'calls', context.id)
        const recordingId = context.query.recordingId ?? call['recording_id']
        if (typeof recordingId !== 'string') throw new ApiError('recording_not_available')
        const row = await db('recordings')
          .where({ id: recordingId, call_id: context.id })
          .first<Row | undefined>()
        if (!row) throw new ApiError('recording_not_available')
        if (context.who.role === 'operator') await refuseOthers(context.who, context.id, row)
        const file = await recordings.open(recordingId)
        if (!file) {
          throw new ApiError('recording_not_available', { detail: `Its state is ${String(row['state'])}.` })
        }
        await auditPlay(context, recordingId)
        await send(context, file)
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

async function send({ res }: Context, file: StoredRecording): Promise<void> {
  const options = {
    root: path.dirname(file.path),
    // DATA_DIR may be a folder like `.runtime`; the name itself comes from our own id.
    dotfiles: 'allow' as const,
    cacheControl: false,
    headers: {
      'Content-Type': file.contentType,
      'Cache-Control': 'private, no-store',
      'Content-Disposition': 'inline'
    }
  }
  await new Promise<void>((resolve, reject) => {
    res.sendFile(path.basename(file.path), options, (error?: Error & { status?: number; code?: string }) => {
      // A listener who seeks or closes the page cuts the connection: that is normal.
      if (!error || res.headersSent || error.code === 'ECONNABORTED') resolve()
      else reject(refusalOf(error, res, file))
    })
  })
}

function refusalOf(error: Error & { status?: number }, res: Context['res'], file: StoredRecording): Error {
  if (error.status === 416) {
    res.set('Content-Range', `bytes */${file.bytes}`)
    return new ApiError('bad_range')
  }
  return error.status === 404 ? new ApiError('recording_not_available', { cause: error }) : error
}
