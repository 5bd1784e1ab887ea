import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { receive, type Incoming } from '../../../crm/messages/receive.ts'

/** What happens outside, as tape and pages leave it in the database. */
export interface Outside {
  /** A call that has ended; comes in at once, as one that is found late does. */
  call(change?: Record<string, unknown>): Promise<string>
  /** A call that goes on, until `end`. */
  begin(
    change?: Record<string, unknown>
  ): Promise<{ id: string; end(change?: Record<string, unknown>): Promise<void> }>
  form(change?: Record<string, unknown>): Promise<string>
  callback(change?: Record<string, unknown>): Promise<string>
  /** A mail from this address; one that is given a `foreignId` may come again. */
  mail(from: string, change?: Partial<Incoming>): Promise<void>
  site(): Promise<string>
}

const iso = (ms: number): string => new Date(ms).toISOString()

export function createOutside(db: Knex): Outside {
  let siteId: Promise<string> | undefined

  const site = (): Promise<string> =>
    (siteId ??= db('sites')
      .insert({ name: 'Shop', domain: `shop-${randomUUID()}.example` })
      .returning<{ id: string }[]>('id')
      .then(([row]) => row?.id ?? ''))

  let channelId: Promise<string> | undefined
  const channel = (): Promise<string> =>
    (channelId ??= db('message_channels')
      .insert({ kind: 'mail', name: 'Shop', settings: JSON.stringify({ address: 'shop@firm.example' }) })
      .returning<{ id: string }[]>('id')
      .then(([row]) => row?.id ?? ''))

  async function insertCall(change: Record<string, unknown>): Promise<string> {
    const id = randomUUID()
    await db('calls').insert({
      id,
      pbx_unique_id: id,
      direction: 'in',
      call_type: 'tracking_static',
      ...change
    })
    return id
  }

  return {
    site,
    call({ atMs, ...change }: Record<string, unknown> = {}) {
      const startMs = typeof atMs === 'number' ? atMs : Date.now() - 60_000
      const isAnswered = (change['outcome'] ?? 'missed') === 'answered'
      return insertCall({
        started_at: iso(startMs),
        ended_at: iso(startMs + 40_000),
        outcome: 'missed',
        ...(isAnswered && { answered_at: iso(startMs + 5000), clean_talk_seconds: 35 }),
        ...change
      })
    },
    async begin(change = {}) {
      const id = await insertCall({ started_at: iso(Date.now()), ...change })
      return {
        id,
        end: async (last = {}) => {
          await db('calls')
            .where({ id })
            .update({ ended_at: iso(Date.now()), outcome: 'missed', ...last })
        }
      }
    },
    async form({ atMs, ...change }: Record<string, unknown> = {}) {
      const at = iso(typeof atMs === 'number' ? atMs : Date.now())
      const [row] = await db('form_submissions')
        .insert({ site_id: await site(), at, form_name: 'Order', ...change })
        .returning<{ id: string }[]>('id')
      return row?.id ?? ''
    },
    async mail(peer, change = {}) {
      const id = await channel()
      const it: Incoming = {
        ...{ foreignId: randomUUID(), at: new Date(), peer, name: null, phone: null, subject: 'Roof' },
        ...{ text: 'What does it cost?', html: null, messageId: `${randomUUID()}@client.example`, refs: [] },
        ...{ to: [], cc: [], isAuto: false, files: [], bounce: null, ...change }
      }
      await db.transaction((trx) => receive(trx, { id, kind: 'mail' }, it))
    },
    async callback({ atMs, ...change }: Record<string, unknown> = {}) {
      const created_at = iso(typeof atMs === 'number' ? atMs : Date.now())
      const [row] = await db('callbacks')
        .insert({ kind: 'form', state: 'done', created_at, site_id: await site(), ...change })
        .returning<{ id: string }[]>('id')
      return row?.id ?? ''
    }
  }
}
