import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { ChannelError, type ChannelKind, type Outgoing, type Secrets } from './kind.ts'

export interface ChannelRow {
  id: string
  kind: string
  is_active: boolean
  settings: Record<string, unknown>
  secrets: string
  cursor: Record<string, unknown>
}

interface MessageRow {
  id: string
  conversation_id: string
  channel_id: string
  attempts: number
  done_parts: number
  to_addresses: string[]
  cc_addresses: string[]
  subject: string | null
  text: string
  message_id: string | null
  refs: string[]
  peer: string
  peer_name: string | null
}

/** Until then nobody else takes a message that is being sent; whoever took it may have been killed. */
const leaseMs = 180_000
const pausesMs = [10_000, 60_000, 300_000, 900_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000]

/** How long a message that could not be sent waits; null when it has waited often enough. */
export const pauseOf = (attempts: number): number | null => pausesMs[attempts - 1] ?? null

interface Sender {
  db: Knex
  log: Logger
  opened(row: ChannelRow): { kind: ChannelKind; secrets: Secrets }
  isStopped(): boolean
}

/**
 * Brings out everything that is due; messages of one conversation keep their order.
 * @returns in how long the next one is due
 */
export async function sendDue(sender: Sender): Promise<number | null> {
  const { db, isStopped } = sender
  while (!isStopped()) {
    const row = await next(db)
    if (!row) break
    await sendOne(sender, row)
  }
  const due = await db('messages')
    .whereIn('state', ['queued', 'sending'])
    .min<{ ms: string | null }[]>({ ms: db.raw('extract(epoch from next_at - now()) * 1000') })
    .first()
  return (due?.ms ?? null) === null ? null : Math.max(0, Number(due?.ms))
}

/** Takes the oldest that is due and before which nothing of its conversation waits. */
function next(db: Knex): Promise<MessageRow | undefined> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: MessageRow[] }>(
      `select m.*, c.peer, c.peer_name from messages m join conversations c on c.id = m.conversation_id
       where m.state in ('queued','sending') and m.next_at <= now() and m.channel_id is not null
         and not exists (select from messages b where b.conversation_id = m.conversation_id
           and b.state in ('queued','sending') and (b.at, b.id) < (m.at, m.id))
       order by m.at, m.id limit 1 for update of m skip locked`
    )
    const row = rows[0]
    if (!row) return undefined
    await trx('messages')
      .where({ id: row.id })
      .update({
        state: 'sending',
        attempts: row.attempts + 1,
        next_at: trx.raw("now() + ? * interval '1 millisecond'", [leaseMs])
      })
    return { ...row, attempts: row.attempts + 1 }
  })
}

async function sendOne({ db, log, opened }: Sender, row: MessageRow): Promise<void> {
  try {
    const channel = await db('message_channels').where({ id: row.channel_id }).first<ChannelRow | undefined>()
    if (!channel?.is_active) throw new ChannelError('other', 'The channel is switched off', { isFinal: true })
    const { kind, secrets } = opened(channel)
    const files = await db('message_files')
      .where({ message_id: row.id })
      .whereNotNull('content')
      .orderBy('position')
      .select<{ name: string; content_type: string; content: Buffer }[]>('name', 'content_type', 'content')
    const message: Outgoing = {
      ...{ id: row.id, peer: row.peer, peerName: row.peer_name, done: row.done_parts },
      ...{ to: row.to_addresses, cc: row.cc_addresses, subject: row.subject, text: row.text },
      ...{ messageId: row.message_id, refs: row.refs },
      files: files.map(({ name, content_type, content }) => ({ name, contentType: content_type, content }))
    }
    await kind.send({ id: channel.id, settings: channel.settings, secrets }, message, async (done) => {
      await db('messages').where({ id: row.id }).update({ done_parts: done })
    })
    await db('messages')
      .where({ id: row.id })
      .whereNot({ state: 'bounced' })
      .update({ state: 'sent', trouble: null, trouble_detail: null, next_at: null })
  } catch (error) {
    const told = error instanceof ChannelError ? error : new ChannelError('other', String(error))
    if (!(error instanceof ChannelError)) log.error({ err: error }, 'A message could not be sent')
    await failed(db, row, told)
  }
}

async function failed(db: Knex, row: MessageRow, error: ChannelError): Promise<void> {
  // A limit of the other side is held against no message.
  const isLimit = error.trouble === 'limited'
  const waitMs = error.isFinal ? null : isLimit ? error.afterMs : (error.afterMs ?? pauseOf(row.attempts))
  await db.transaction(async (trx) => {
    await trx('messages')
      .where({ id: row.id })
      .update({
        state: waitMs === null ? 'failed' : 'queued',
        attempts: isLimit ? row.attempts - 1 : row.attempts,
        trouble: error.trouble,
        trouble_detail: error.message,
        next_at: waitMs === null ? null : trx.raw("now() + ? * interval '1 millisecond'", [waitMs])
      })
    if (error.trouble === 'blocked')
      await trx('conversations').where({ id: row.conversation_id }).update({ is_blocked: true })
  })
}
