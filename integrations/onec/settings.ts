import { z } from 'zod'
import { timeZone } from '../connectors/zones.ts'

/** Of what a document of theirs can be made. The order is that of the form. */
export const ourFields = [
  ...['callId', 'at', 'isIncoming', 'client', 'clientName', 'line', 'person', 'subject', 'note'],
  ...['channel', 'source', 'campaign', 'keyword', 'page'],
  ...['outcome', 'talkSeconds', 'waitSeconds', 'record', 'rating']
] as const
/** What is known only after the document was made. */
const lateFields: readonly string[] = ['record', 'rating']

/** Names of the phone call of 1C's own library; the rest has to be added to most configurations. */
const usualFields = {
  ...{ callId: 'ИдентификаторЗвонка', at: 'Date', isIncoming: 'Входящий', client: 'АбонентКакСвязаться' },
  ...{ clientName: 'АбонентПредставление', person: 'Ответственный_Key', subject: 'Тема' },
  ...{ note: 'Комментарий', channel: 'Канал', source: 'Источник' }
}

/** Names of 1C: letters of any script, digits and low lines. */
const word = '[\\p{L}_][\\p{L}\\p{N}_]{0,79}'
const entityName = new RegExp(`^(Document|Catalog)_${word}$`, 'u')
const fieldName = new RegExp(`^${word}(/${word})?$`, 'u')
const odata = '/odata/standard.odata'
/** Only a system in the own network may go without TLS. */
const insideHost = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/
const urlError = 'must be the address of an infobase, such as https://1c.example.com/base'

const fields = z.record(z.string(), z.string().trim().max(200)).transform((given, context) => {
  const kept = Object.fromEntries(Object.entries(given).filter(([, name]) => name !== ''))
  const wrong = wrongIn(kept)
  if (wrong === null) return kept
  context.addIssue({ code: 'custom', message: wrong })
  return z.NEVER
})

/** What is wrong with a table of names; null when nothing is. Pure. */
export function wrongIn(kept: Readonly<Record<string, string>>): string | null {
  const known: readonly string[] = ourFields
  const entries = Object.entries(kept)
  for (const [ours, theirs] of entries) {
    if (!known.includes(ours)) return `there is no field ${ours} here`
    if (!fieldName.test(theirs)) return `${theirs} is no name of a field in 1C`
    if (theirs.endsWith('_Key') !== (ours === 'person'))
      return ours === 'person'
        ? `${theirs} cannot hold a person: its name must end with _Key`
        : `${theirs} is a reference: only the field person goes into one`
    if (theirs.includes('/') && (ours === 'callId' || lateFields.includes(ours)))
      return `${theirs} is in a table of the document: ${ours} must stand in the document itself`
  }
  const theirs = entries.map(([, name]) => name.toLowerCase())
  if (kept['callId'] === undefined) return 'callId is needed: by it a call is written once'
  if (new Set(theirs).size < theirs.length) return 'two of them go into one field'
  return null
}

export const onecSettings = z.object({
  /** The infobase as it is published, without the path of OData. */
  url: z
    .string()
    .trim()
    .max(500)
    .refine((text) => URL.canParse(text), { error: urlError })
    .transform((text) => new URL(text))
    .refine(
      ({ protocol, hostname, username, search }) =>
        username === '' &&
        search === '' &&
        (protocol === 'https:' || (protocol === 'http:' && insideHost.test(hostname))),
      { error: urlError }
    )
    .transform(({ origin, pathname }) => {
      const path = pathname.replace(/\/+$/, '')
      return origin + (path.endsWith(odata) ? path.slice(0, -odata.length) : path)
    }),
  /** Where calls are written. */
  entity: z
    .string()
    .trim()
    .regex(entityName, { error: 'must be like Document_ТелефонныйЗвонок' })
    .default('Document_ТелефонныйЗвонок'),
  /** Our field → theirs; `Table/Field` lies in a table of the document. */
  fields: fields.default(usualFields),
  /** Whom to match our people with. */
  usersEntity: z
    .string()
    .trim()
    .regex(entityName, { error: 'must be like Catalog_Пользователи' })
    .default('Catalog_Пользователи'),
  /** Users there, by the ids of ours. */
  people: z.record(z.uuid(), z.guid()).default({}),
  /** Who stands in calls that nobody of them took. */
  defaultPerson: z.guid().nullable().default(null),
  /** In which the infobase lives: its times have none. */
  timeZone: timeZone.default('Europe/Moscow'),
  /** Of the texts that we make. */
  locale: z.enum(['ru', 'en']).default('ru')
})

export type OnecSettings = z.infer<typeof onecSettings>
