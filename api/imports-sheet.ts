import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { attribute, columnOf, isZip, partsOf, plain, textIn, XlsxFault, type Part } from './imports-xlsx.ts'

/** What may be unpacked of one part: a small archive can hold a huge nothing. */
const mostBytes = 400 * 1024 ** 2
/** A part that has shrunk more than this was made to be a trap; sheets of equal rows come to a hundred. */
const mostRatio = 400
const mostColumns = 100
const longestRow = 1024 ** 2
const longestTexts = 128 * 1024 ** 2
const longestCell = 32_767

/** One row of a sheet: its number there, and its cells as people see them. */
export interface SheetLine {
  line: number
  cells: string[]
}

/**
 * The rows of the first sheet of a workbook, unpacked piece by piece; empty ones are left out. Formulas give the value
 * that stands in the file, dates come as `2026-01-31`, numbers with leading zeros keep them. @throws XlsxFault
 */
export async function* xlsxLines(bytes: Buffer): AsyncGenerator<SheetLine> {
  if (!isZip(bytes)) throw new XlsxFault('it is no workbook')
  const parts = partsOf(bytes)
  const whole = async (name: string): Promise<string> => {
    const part = parts.get(name)
    if (!part) return ''
    let text = ''
    for await (const piece of unpackedParts(bytes, part)) {
      text += piece
      if (text.length > longestTexts) throw new XlsxFault('there is too much in it')
    }
    return text
  }
  const sheet =
    parts.get(firstSheet(await whole('xl/workbook.xml'), await whole('xl/_rels/workbook.xml.rels'))) ??
    parts.get('xl/worksheets/sheet1.xml')
  if (!sheet) throw new XlsxFault('there is no sheet in it')
  const workbook = await whole('xl/workbook.xml')
  const look = {
    shared: [...(await whole('xl/sharedStrings.xml')).matchAll(/<si\b[^>]*?(?:\/>|>([\s\S]*?)<\/si>)/g)].map(
      ([, inner = '']) => textIn(inner)
    ),
    formats: formatsOf(await whole('xl/styles.xml')),
    is1904: /<workbookPr\b[^>]*\bdate1904="(?:1|true)"/.test(workbook)
  }
  let rest = ''
  let line = 0
  for await (const piece of unpackedParts(bytes, sheet)) {
    rest += piece
    let from = 0
    for (;;) {
      const begin = rest.indexOf('<row', from)
      if (begin < 0) {
        from = Math.max(from, rest.length - 4)
        break
      }
      const headEnd = rest.indexOf('>', begin)
      if (headEnd < 0) {
        from = begin
        break
      }
      const isEmpty = rest[headEnd - 1] === '/'
      const end = isEmpty ? headEnd : rest.indexOf('</row>', headEnd)
      if (end < 0) {
        from = begin
        break
      }
      line = Number(attribute(rest.slice(begin, headEnd + 1), 'r') ?? line + 1)
      if (!Number.isInteger(line) || line < 1) throw new XlsxFault('its rows are mixed up')
      const cells = isEmpty ? [] : cellsOf(rest.slice(headEnd + 1, end), look)
      if (cells.some((cell) => cell.trim() !== '')) yield { line, cells }
      from = isEmpty ? headEnd + 1 : end + 6
    }
    rest = rest.slice(from)
    if (rest.length > longestRow) throw new XlsxFault('a row is too long')
  }
}

async function* unpackedParts(bytes: Buffer, { method, packed, offset }: Part): AsyncGenerator<string> {
  if (offset + 30 > bytes.length) throw new XlsxFault('the archive is damaged')
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  const content = bytes.subarray(start, start + packed)
  if (method !== 0 && method !== 8) throw new XlsxFault('it is packed in an unknown way')
  const source = Readable.from(pieces(content), { objectMode: false })
  const inflate = method === 8 ? createInflateRaw() : null
  if (inflate) {
    source.on('error', (error) => inflate.destroy(error))
    source.pipe(inflate)
  }
  const decoder = new TextDecoder()
  let size = 0
  try {
    for await (const piece of (inflate ?? source) as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > mostBytes || (size > 10 * 1024 ** 2 && size > packed * mostRatio))
        throw new XlsxFault('it unpacks to far more than a table')
      yield decoder.decode(piece, { stream: true })
    }
  } catch (error) {
    if (error instanceof XlsxFault) throw error
    throw new XlsxFault('the archive is damaged', { cause: error })
  }
}

function* pieces(content: Buffer): Generator<Buffer> {
  for (let from = 0; from < content.length; from += 65_536) yield content.subarray(from, from + 65_536)
}

interface Look {
  shared: readonly string[]
  formats: readonly (Format | null)[]
  is1904: boolean
}
type Format = { is: 'date'; hasTime: boolean } | { is: 'zeros'; length: number }

function cellsOf(body: string, look: Look): string[] {
  const row: string[] = []
  for (const [, about = '', inner = ''] of body.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
    const column = columnOf(attribute(`<c ${about}>`, 'r')) ?? row.length
    if (column >= mostColumns) continue
    while (row.length < column) row.push('')
    row[column] = valueOf(
      attribute(`<c ${about}>`, 't') ?? 'n',
      inner,
      look.formats[Number(attribute(`<c ${about}>`, 's') ?? 0)] ?? null,
      look
    )
      .slice(0, longestCell)
      .replace(/\p{Surrogate}/gu, '')
  }
  return row
}

function valueOf(type: string, inner: string, format: Format | null, look: Look): string {
  if (type === 'inlineStr') return textIn(inner)
  const value = plain(/<v\b[^>]*>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? '')
  if (type === 's') return look.shared[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  // What a formula could not work out is nothing that anybody wants to keep.
  if (type === 'e') return ''
  if (type !== 'n' || value === '') return value
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  if (format?.is === 'date') return dayOf(number, format.hasTime, look.is1904)
  if (format?.is === 'zeros') return value.padStart(format.length, '0')
  // As 7.4951234567E10 stands in the file what people see as a telephone number.
  return /e/i.test(value) ? String(number) : value
}

/** A day as table programs count them, from the last one of 1899 or from 1904. */
function dayOf(count: number, hasTime: boolean, is1904: boolean): string {
  const at = new Date(
    (is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30)) + Math.round(count * 86_400) * 1000
  )
  if (Number.isNaN(at.getTime())) return String(count)
  const text = at.toISOString()
  return hasTime && count % 1 !== 0 ? `${text.slice(0, 10)} ${text.slice(11, 16)}` : text.slice(0, 10)
}

/** Of each look of cells, whether it shows a day, or zeros in front. */
function formatsOf(styles: string): (Format | null)[] {
  const codes = new Map(
    [...styles.matchAll(/<numFmt\b[^>]*>/g)].map(([tag]) => [
      Number(attribute(tag, 'numFmtId')),
      attribute(tag, 'formatCode') ?? ''
    ])
  )
  const looks = /<cellXfs\b[^>]*>([\s\S]*?)<\/cellXfs>/.exec(styles)?.[1] ?? ''
  return [...looks.matchAll(/<xf\b[^>]*>/g)].map(([tag]) =>
    formatOf(Number(attribute(tag, 'numFmtId') ?? 0), codes)
  )
}

function formatOf(id: number, codes: ReadonlyMap<number, string>): Format | null {
  if (id >= 14 && id <= 17) return { is: 'date', hasTime: false }
  if (id === 22) return { is: 'date', hasTime: true }
  const code = (codes.get(id) ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')
  if (/^0{2,}$/.test(code)) return { is: 'zeros', length: code.length }
  return /[yд]|d.*m|m.*d/i.test(code) ? { is: 'date', hasTime: /h/i.test(code) } : null
}

function firstSheet(workbook: string, links: string): string {
  const id = /<(?:\w+:)?sheet\b[^>]*?\br:id="([^"]+)"/.exec(workbook)?.[1]
  const link = [...links.matchAll(/<Relationship\b[^>]*>/g)]
    .map(([text]) => text)
    .find((text) => attribute(text, 'Id') === id)
  const target = link === undefined ? null : attribute(link, 'Target')
  if (target === null) return 'xl/worksheets/sheet1.xml'
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`
}
