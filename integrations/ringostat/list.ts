import type { Knex } from 'knex'
import { z } from 'zod'
import type { RingostatSettings } from './settings.ts'

/** More than this nobody gets at once, there as here. */
export const mostCalls = 6500

type Row = Record<string, unknown>
/** Makes the values of one call. */
type Value = (row: Row, record: () => string | null) => unknown

const utm =
  (name: string): Value =>
  ({ utm: all }) =>
    (all as Record<string, string> | null)?.[name] ?? ''
const digits = (value: unknown): string => (typeof value === 'string' ? value.replace(/\D/g, '') : '')
const dispositions: Readonly<Record<string, string>> = {
  answered: 'ANSWERED',
  busy: 'BUSY',
  failed: 'FAILED',
  voicemail: 'VOICEMAIL'
}

/** Names of the export, and what they are of our journal. */
const fields: Readonly<Record<string, Value>> = {
  uniqueid: ({ id }) => id,
  calldate: ({ calldate }) => calldate,
  call_type: ({ call_type, direction }) =>
    String(call_type).startsWith('callback') ? 'callback' : direction,
  caller: ({ direction, caller_number, e164 }) => digits(direction === 'in' ? caller_number : e164),
  dst: ({ direction, caller_number, e164, dialed_number }) =>
    digits(direction === 'in' ? (e164 ?? dialed_number) : caller_number),
  caller_number: ({ caller_number }) => digits(caller_number),
  disposition: ({ outcome }) => dispositions[String(outcome)] ?? 'NO ANSWER',
  billsec: ({ talk_seconds }) => talk_seconds ?? 0,
  duration: ({ total_seconds }) => total_seconds ?? 0,
  waittime: ({ wait_seconds }) => wait_seconds ?? 0,
  employee_fio: ({ operator_name }) => operator_name ?? '',
  department: ({ group_name }) => group_name ?? '',
  scheme_name: ({ scheme_name }) => scheme_name ?? '',
  employee_mark: ({ rating }) => rating ?? '',
  has_recording: ({ recording_state }) => (recording_state === 'ready' ? 1 : 0),
  recording: (_row, record) => record() ?? '',
  ...{ utm_source: utm('source'), utm_medium: utm('medium'), utm_campaign: utm('campaign') },
  ...{ utm_content: utm('content'), utm_term: utm('term') },
  client_id: ({ ga_client_id }) => ga_client_id ?? ''
}
const usual = ['calldate', 'caller', 'dst', 'disposition', 'billsec', 'call_type', 'uniqueid', 'recording']

const stamp = z.string().regex(/^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?$/, {
  error: 'must be like 2026-11-22 18:05:09'
})
const asked = z.strictObject({
  export_type: z.enum(['json', 'csv']).default('json'),
  from: stamp,
  to: stamp,
  fields: z
    .string()
    .max(500)
    .default(usual.join())
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => Object.hasOwn(fields, name)), {
      error: `must be some of ${Object.keys(fields).join()}`
    }),
  order: z
    .string()
    .regex(/^calldate( (asc|desc))?$/i, { error: 'must be calldate, asc or desc' })
    .default('calldate')
})

/** What is asked for; a text that says what is wrong with it. Pure. */
export function readAsked(query: Readonly<Record<string, string>>): z.infer<typeof asked> | string {
  const found = asked.safeParse(query)
  if (found.success) return found.data
  const [first] = found.error.issues
  return `${first?.path.join('.') ?? ''} ${first?.message ?? ''}`.trim()
}

/** Ended calls of a time, by Ringostat's names; null when they are too many. */
export async function readCalls(
  db: Knex,
  wanted: z.infer<typeof asked>,
  { timeZone }: RingostatSettings,
  linkOf: (recordingId: string) => string | null
): Promise<Record<string, unknown>[] | null> {
  // A day alone means all of it.
  const to = wanted.to.includes(' ') ? wanted.to : `${wanted.to} 23:59:59`
  const rows = await db('calls as c')
    .leftJoin('numbers as n', 'n.id', 'c.number_id')
    .whereRaw('c.started_at >= cast(? as timestamp) at time zone ?', [wanted.from, timeZone])
    .whereRaw("c.started_at < cast(? as timestamp) at time zone ? + interval '1 second'", [to, timeZone])
    .whereIn('c.direction', ['in', 'out'])
    .whereNotNull('c.ended_at')
    .whereNot('c.call_type', 'test')
    .where({ 'c.is_demo': false, 'c.is_spam': false })
    .orderBy('c.started_at', /desc$/i.test(wanted.order) ? 'desc' : 'asc')
    .limit(mostCalls + 1)
    .select<Row[]>(
      'c.*',
      'n.e164',
      db.raw("to_char(c.started_at at time zone ?, 'YYYY-MM-DD HH24:MI:SS') as calldate", [timeZone])
    )
  if (rows.length > mostCalls) return null
  return rows.map((row) =>
    Object.fromEntries(
      wanted.fields.map((name) => [
        name,
        fields[name]?.(row, () =>
          row['recording_state'] === 'ready' ? linkOf(String(row['recording_id'])) : null
        )
      ])
    )
  )
}
