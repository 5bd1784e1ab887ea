import type { Knex } from 'knex'
import { call, callVisit, type JournalCall } from '../contract/calls.ts'
import { itemOf, type Row } from '../rows.ts'

interface NumberRow {
  id: string
  e164: string
  label: string | null
}

/** Journal rows in the shape of the contract. Names are those of the time of the call, except a number's label. */
export async function callItems(db: Knex, rows: Row[]): Promise<JournalCall[]> {
  const numberIds = new Set(rows.flatMap((row) => text(row['number_id']) ?? []))
  const numbers =
    numberIds.size === 0
      ? []
      : await db('numbers')
          .whereIn('id', [...numberIds])
          .select<NumberRow[]>('id', 'e164', 'label')
  const byId = new Map(numbers.map((number) => [number.id, number]))
  const counts = await callNumbers(db, rows)
  return rows.map((row) => {
    const callNumber = counts.get(String(row['id'])) ?? null
    return callItem(
      { ...row, call_number: callNumber, is_first_call: callNumber === null ? null : callNumber === 1 },
      byId
    )
  })
}

/** Which call of its caller each one is, from 1: counted on reading, so that it is right whatever arrives late. */
async function callNumbers(db: Knex, rows: Row[]): Promise<ReadonlyMap<string, number>> {
  const ids = rows.filter((row) => row['caller_number'] !== null).map((row) => String(row['id']))
  if (ids.length === 0) return new Map()
  const result = await db.raw<{ rows: { id: string; n: number }[] }>(
    `select c.id, (select count(*)::int from calls p where p.caller_number = c.caller_number
       and (p.started_at, p.id) <= (c.started_at, c.id)) as n
     from calls c where c.id = any(?::uuid[])`,
    [ids]
  )
  return new Map(result.rows.map(({ id, n }) => [id, n]))
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const named = (id: unknown, name: unknown): { id: string; name: string } | null =>
  typeof id === 'string' ? { id, name: text(name) ?? '' } : null

function callItem(row: Row, numbers: ReadonlyMap<string, NumberRow>): JournalCall {
  const scheme = named(row['scheme_id'], row['scheme_name'])
  const numberId = text(row['number_id'])
  return itemOf(call, row, {
    number: numberId === null ? null : numberOf(numberId, row, numbers),
    source: sourceOf(row),
    visit: visitOf(row),
    operator: named(row['operator_id'], row['operator_name']),
    contact: named(row['contact_id'], row['contact_name']),
    scheme: scheme && { ...scheme, version: Number(row['scheme_version'] ?? 0) },
    recording: recordingOf(row)
  })
}

function sourceOf(row: Row): JournalCall['source'] {
  const [id, name] = [text(row['source_id']), text(row['source_name'])]
  return id === null && name === null ? null : { id, name: name ?? '' }
}

const words = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}

/** Null where the number called was lent to nobody. */
function visitOf(row: Row): JournalCall['visit'] {
  if (row['visit_id'] === null && row['pool_id'] === null) return null
  return itemOf(callVisit, row, {
    model: text(row['attribution_model']),
    confidence: row['attribution_confidence'] === null ? null : Number(row['attribution_confidence']),
    utm: words(row['utm']),
    clickIds: words(row['click_ids'])
  })
}

function numberOf(id: string, row: Row, numbers: ReadonlyMap<string, NumberRow>): JournalCall['number'] {
  // A number that was deleted since is still known by what was dialled.
  const known = numbers.get(id)
  return { id, e164: known?.e164 ?? text(row['dialed_number']) ?? '', label: known?.label ?? null }
}

function recordingOf(row: Row): JournalCall['recording'] {
  const id = text(row['recording_id'])
  if (id === null) return null
  const state = (text(row['recording_state']) ?? 'processing') as NonNullable<
    JournalCall['recording']
  >['state']
  return {
    id,
    state,
    seconds: row['recording_seconds'] === null ? null : Number(row['recording_seconds']),
    url: state === 'ready' ? `/api/calls/${String(row['id'])}/recording` : null
  }
}
