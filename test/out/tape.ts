import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { newSecret } from '../../integrations/webhooks/sign.ts'

/** A tape row as the machine writes it. */
export const tapeRow = (type: string, rest: Partial<TapeRow> = {}): TapeRow => ({
  callId: randomUUID(),
  seq: 1,
  atMs: Date.now(),
  type,
  from: null,
  to: 'inScheme',
  data: { leg: 'l1', operator: { id: 'u1', name: 'Анна' }, waitSeconds: 4, recordingId: null },
  effects: [],
  ...rest
})

/** An active webhook; gives its id and secrets. */
export async function webhook(
  db: Knex,
  url: string,
  rest: { events?: string[]; secrets?: string[]; is_active?: boolean; failing_since?: Date } & object = {}
): Promise<{ id: string; secrets: string[] }> {
  const secrets = rest.secrets ?? [newSecret()]
  const [row] = await db<{ id: string }>('webhooks')
    .insert({ name: 'crm', url, events: ['call.answered', 'call.ended'], ...rest, secrets } as Record<
      string,
      unknown
    >)
    .returning('id')
  if (row === undefined) throw new Error('no row came back')
  return { id: row.id, secrets }
}

/** The journal row that the tape writer makes when a call arrives. */
export async function journalRow(db: Knex, callId: string): Promise<void> {
  await db('calls').insert({
    id: callId,
    pbx_unique_id: '1.1',
    direction: 'in',
    call_type: 'tracking_static',
    started_at: new Date(),
    caller_number: '+79991234567',
    source_name: 'Direct'
  })
}
