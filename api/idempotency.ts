import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import type { Knex } from 'knex'
import { toApiError } from './errors.ts'
import { ApiError } from './problems.ts'

interface Answer {
  status: number
  body: unknown
}
interface KeyRow {
  request_hash: string
  status: number | null
  body: unknown
}

/** Keys are remembered for a day. */
const keptMs = 24 * 3_600_000

/**
 * Runs a POST once per user and `Idempotency-Key`: a repeat gets the first answer, marked `Idempotency-Replayed`.
 * Without the header it just runs. A refused or failed request may be repeated under the same key. When the
 * process died in between, nobody knows whether a call was placed: the key then stays refused.
 * @throws ApiError idempotency_key_reused, idempotency_in_progress
 */
export async function once(
  db: Knex,
  userId: string,
  req: Request,
  res: Response,
  run: () => Promise<Answer>
): Promise<Answer> {
  const key = req.get('Idempotency-Key')
  if (key === undefined) return run()
  if (key.length < 1 || key.length > 200) {
    throw new ApiError('invalid', { errors: [{ path: 'Idempotency-Key', message: '1 to 200 characters' }] })
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([req.method, req.originalUrl, req.body ?? null]))
    .digest('hex')
  await db('idempotency_keys')
    .where('created_at', '<', new Date(Date.now() - keptMs))
    .delete()
  const own = { user_id: userId, key }
  const inserted: unknown[] = await db('idempotency_keys')
    .insert({ ...own, request_hash: hash })
    .onConflict(['user_id', 'key'])
    .ignore()
    .returning('key')
  if (inserted.length === 0)
    return earlier(await db('idempotency_keys').where(own).first<KeyRow>(), hash, res)
  try {
    const answer = await run()
    await db('idempotency_keys')
      .where(own)
      .update({ status: answer.status, body: JSON.stringify(answer.body) })
    return answer
  } catch (error) {
    if (toApiError(error).status < 500) await db('idempotency_keys').where(own).delete()
    throw error
  }
}

function earlier(row: KeyRow | undefined, hash: string, res: Response): Answer {
  // Gone between insert and read: the first request was refused at this moment.
  if (!row) throw new ApiError('idempotency_in_progress', { retryAfterSeconds: 1 })
  if (row.request_hash !== hash) throw new ApiError('idempotency_key_reused')
  if (row.status === null) throw new ApiError('idempotency_in_progress', { retryAfterSeconds: 1 })
  res.set('Idempotency-Replayed', 'true')
  return { status: row.status, body: row.body }
}
