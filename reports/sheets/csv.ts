import { Readable } from 'node:stream'
import {
  contentOf,
  neutral,
  roundedFor,
  type Cell,
  type CellKind,
  type Sheet,
  type SheetRows
} from './sheet.ts'
import { offsetsIn, wallTime } from './zone.ts'

/** So that Excel reads it as UTF-8. */
const mark = '\uFEFF'
const batchLength = 64 * 1024

/**
 * A table as CSV in UTF-8: `;` and a decimal comma in Russian, as Excel expects there, `,` and a point in English.
 * Texts that look like formulas get an apostrophe; numbers stay numbers.
 */
export function csvRows(sheet: Sheet, rows: SheetRows): Readable {
  return Readable.from(written(sheet, rows), { objectMode: false })
}

async function* written(sheet: Sheet, rows: SheetRows): AsyncGenerator<string> {
  const separator = sheet.locale === 'ru' ? ';' : ','
  const needsQuotes = new RegExp(`[${separator}"\\r\\n\\t]|^\\s|\\s$`)
  const offsetAt = offsetsIn(sheet.timeZone)

  const quoted = (text: string): string => {
    const safe = neutral(text)
    return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const written = (cell: Cell, kind: CellKind): string => {
    const content = contentOf(cell, kind)
    switch (content?.is) {
      case undefined:
        return ''
      case 'text':
        return quoted(content.text)
      case 'day':
        return content.day
      case 'time':
        return wallTime(content.at, offsetAt(content.at.getTime()))
      case 'number': {
        const plain = plainNumber(roundedFor(kind, content.number))
        return sheet.locale === 'ru' ? plain.replace('.', ',') : plain
      }
    }
  }

  let batch = `${mark}${sheet.columns.map(({ title }) => quoted(title)).join(separator)}\r\n`
  for await (const row of rows) {
    batch += `${sheet.columns.map(({ kind }, i) => written(row[i] ?? null, kind)).join(separator)}\r\n`
    if (batch.length < batchLength) continue
    yield batch
    batch = ''
  }
  if (batch !== '') yield batch
}

/** Without an exponent: `1e21` is no number to everybody. */
function plainNumber(value: number): string {
  const text = String(value)
  return text.includes('e')
    ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : text
}
