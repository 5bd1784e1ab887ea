import type { Knex } from 'knex'
import { call, type JournalCall } from '../contract/calls.ts'
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
  return rows.map((row) => callItem(row, byId))
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const named = (id: unknown, name: unknown): { id: string; name: string } | null =>
  typeof id === 'string' ? { id, name: text(name) ?? '' } : null

function callItem(row: Row, numbers: ReadonlyMap<string, NumberRow>): JournalCall {
  const scheme = named(row['scheme_id'], row['scheme_name'])
  const numberId = text(row['number_id'])
  return itemOf(call, row, {
    number: numberId === null ? null : numberOf(numberId, row, numbers),
    source: named(row['source_id'], row['source_name']),
    operator: named(row['operator_id'], row['operator_name']),
    contact: named(row['contact_id'], row['contact_name']),
    scheme: scheme && { ...scheme, version: Number(row['scheme_version'] ?? 0) },
    recording: recordingOf(row)
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
