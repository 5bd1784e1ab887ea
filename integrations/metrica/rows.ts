/** Columns of the two kinds of uploads, in the order of their files. The first one is the client's id. */
export const columns = {
  calls: [
    'DateTime',
    'StaticCall',
    'PhoneNumber',
    'TalkDuration',
    'HoldDuration',
    'CallMissed',
    'Tag',
    'FirstTimeCaller',
    'URL'
  ],
  conversions: ['Target', 'DateTime', 'Price', 'Currency']
} as const

export type Upload = keyof typeof columns
export type IdType = 'CLIENT_ID' | 'YCLID'

/** One line of an upload. */
export interface UploadRow {
  idType: IdType
  id: string
  values: Readonly<Record<string, string>>
}

/** A file of rows that have the same type of id. Pure. */
export function csvOf(upload: Upload, rows: readonly UploadRow[]): string {
  const [first] = rows
  const head = [first?.idType === 'YCLID' ? 'Yclid' : 'ClientId', ...columns[upload]]
  const lines = rows.map(({ id, values }) => [id, ...columns[upload].map((name) => values[name] ?? '')])
  return [head, ...lines].map((line) => line.map(quoted).join(',')).join('\n') + '\n'
}

const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""').replace(/[\r\n]+/g, ' ')}"` : text
