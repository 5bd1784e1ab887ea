import { Readable, pipeline } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'

/** One row of a file of ours: its cells, and the line on which it begins, from 1. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** The file as a whole cannot be read on. The message is for people. */
export class CsvFault extends Error {
  override name = 'CsvFault'
  readonly code: 'unclosedQuote' | 'longLine'
  readonly line: number
  constructor(code: CsvFault['code'], line: number) {
    super(
      code === 'unclosedQuote' ? 'a quote is opened and never closed' : 'the line is longer than 64 kilobytes'
    )
    this.code = code
    this.line = line
  }
}

export const separators = [',', ';', '\t'] as const
export type Separator = (typeof separators)[number]
export type Encoding = 'utf-8' | 'utf-16le' | 'windows-1251'

const longestLine = 65_536
/** What is read at once: others get their turn in between. */
const sliceBytes = 65_536

/** The text of a file. Without a mark at its beginning, what is no UTF-8 is taken for Windows-1251. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const encoding: Encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { text: new TextDecoder('windows-1251').decode(bytes), encoding: 'windows-1251' }
  }
}

/** The separator by which most of the first lines fall into equally many cells; of equals the rarer in ordinary text. */
export function separatorOf(text: string): Separator {
  const lines = text
    .slice(0, 20_000)
    .replace(/"[^"]*"/g, '')
    .split(/\r\n|\n|\r/, 40)
    .filter((line) => line.trim() !== '')
  const order = ['\t', ';', ','] as const
  const rated = order.map((separator) => {
    const byCount = new Map<number, number>()
    for (const line of lines) {
      const count = line.split(separator).length - 1
      if (count > 0) byCount.set(count, (byCount.get(count) ?? 0) + 1)
    }
    const [best = [0, 0]] = [...byCount].sort((a, b) => b[1] - a[1] || b[0] - a[0])
    return { separator, cells: best[0], lines: best[1] }
  })
  const [first] = rated.sort((a, b) => b.lines - a.lines || b.cells - a.cells)
  return first && first.lines > 0 ? first.separator : ','
}

/**
 * Reads CSV row by row, with quotes as usual; empty lines are left out. A quote inside of a plain cell is just a sign,
 * and every kind of line end becomes a line feed.
 * @throws CsvFault
 */
export async function* csvRows(text: string, separator = separatorOf(text)): AsyncGenerator<CsvRow> {
  let lastLine = 0
  /** Lines on which rows begin that have been read and not yet been given. */
  const begun: number[] = []
  const parser = parse({
    delimiter: separator,
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    record_delimiter: '\n',
    max_record_size: longestLine,
    // A million empty lines would be a million rows on their way here, and minutes of work.
    skip_empty_lines: true,
    on_record(cells: string[], { lines }) {
      begun.push(lines - cells.reduce((sum, cell) => sum + (cell.split('\n').length - 1), 0))
      lastLine = lines
      return cells
    }
  })
  // Whoever reads from the parser hears of its errors; the source has none of its own.
  const bytes = Buffer.from(`${text.replace(/\r\n?/g, '\n')}\n`)
  pipeline(Readable.from(slices(bytes), { objectMode: false }), parser, () => undefined)
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const line = begun.shift() ?? lastLine
      if (cells.some((cell) => cell.trim() !== '')) yield { line, cells }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const isLong = error.code === 'CSV_MAX_RECORD_SIZE'
    throw new CsvFault(isLong ? 'longLine' : 'unclosedQuote', lastLine + 1)
  }
}

async function* slices(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += sliceBytes) {
    yield bytes.subarray(from, from + sliceBytes)
    await turn()
  }
}
