import type { CallFacts } from '../connectors/facts.ts'
import { sourceComment } from '../connectors/source-text.ts'
import type { OnecSettings } from './settings.ts'

/** What one field of theirs may hold. */
export type Value = string | number | boolean

const words = {
  ru: {
    in: 'Входящий звонок',
    out: 'Исходящий звонок',
    ...{ answered: 'Отвечен', missed: 'Пропущен', abandoned: 'Клиент не дождался', busy: 'Занято' },
    ...{ failed: 'Не дозвонились', voicemail: 'Голосовое сообщение' }
  },
  en: {
    in: 'Incoming call',
    out: 'Outgoing call',
    ...{ answered: 'Answered', missed: 'Missed', abandoned: 'The client did not wait', busy: 'Busy' },
    ...{ failed: 'Not reached', voicemail: 'Voicemail' }
  }
} as const

/** `2026-11-22T18:05:09`, as a clock in that zone shows it: 1C's dates have no zone. Pure. */
export function localStamp(ms: number, timeZone: string): string {
  // This language writes dates as ISO does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    .format(new Date(ms))
    .replace(' ', 'T')
}

/** What is known of an ended call, by our names; what is not known is left out. Pure. */
export function valuesOf(
  call: CallFacts,
  settings: OnecSettings,
  people: Readonly<Record<string, string>>
): Partial<Record<string, Value>> {
  const { direction, client, clientName, source, landingUrl, ended, talks, orderedBy, rung, startedMs } = call
  const text: Readonly<Record<string, string>> = words[settings.locale]
  const ours = talks.findLast(({ userId }) => userId !== null)?.userId ?? orderedBy ?? rung.at(-1)
  const person = (ours === undefined ? undefined : people[ours]) ?? settings.defaultPerson
  const [answeredMs, endedMs] = [talks[0]?.fromMs, ended?.atMs ?? startedMs]
  const known: Readonly<Record<string, Value | null | undefined>> = {
    ...{ callId: call.callId, at: localStamp(startedMs, settings.timeZone), isIncoming: direction === 'in' },
    ...{ client, clientName, line: call.line, person },
    subject: [text[direction], client].filter(Boolean).join(' '),
    note: sourceComment(call, settings.locale),
    channel: source?.medium ?? call.path.channel,
    ...{ source: source?.name, campaign: source?.campaign, keyword: source?.keyword, page: landingUrl },
    outcome: ended && (text[ended.outcome] ?? ended.outcome),
    talkSeconds: talks.length > 0 ? Math.round(ended?.talkSeconds ?? 0) : 0,
    waitSeconds: Math.max(0, Math.round(((answeredMs ?? endedMs) - startedMs) / 1000)),
    rating: call.rating
  }
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === null || value === undefined || value === '' ? [] : [[name, value] as const]
    )
  )
}

/** Puts values under their names; those of a table into its one row. Pure. */
export function documentOf(
  values: Readonly<Partial<Record<string, Value>>>,
  fields: Readonly<Record<string, string>>
): Record<string, unknown> {
  const document: Record<string, unknown> = {}
  const rows: Record<string, Record<string, Value>> = {}
  for (const [ours, theirs] of Object.entries(fields)) {
    const value = values[ours]
    if (value === undefined) continue
    const [first = '', inRow] = theirs.split('/')
    if (inRow === undefined) document[first] = value
    else (rows[first] ??= { LineNumber: '1' })[inRow] = value
  }
  return { ...document, ...Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, [row]])) }
}
