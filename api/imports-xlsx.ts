import { inflateRawSync } from 'node:zlib'

/** A file that is no workbook, or one that nobody made by hand. */
export class XlsxFault extends Error {
  override name = 'XlsxFault'
}

/** What a part may have unpacked: a small archive can hold a huge nothing. */
const mostBytes = 50 * 1024 ** 2
const mostCells = 500_000
const mostColumns = 200

/** Whether these bytes begin as a ZIP archive does. */
export const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004'

/**
 * The cells of the first sheet of a workbook, as text; empty rows stay, so that a place is the row's number.
 * Formulas give the value that stands in the file. @throws XlsxFault
 */
export function xlsxTable(bytes: Buffer): string[][] {
  const parts = partsOf(bytes)
  const read = (name: string): string | null => {
    const part = parts.get(name)
    return part === undefined ? null : unpacked(bytes, part)
  }
  const sheet = read(firstSheet(read)) ?? read('xl/worksheets/sheet1.xml')
  if (sheet === null) throw new XlsxFault('there is no sheet in it')
  return cellsOf(sheet, sharedTexts(read('xl/sharedStrings.xml')))
}

export interface Part {
  method: number
  packed: number
  offset: number
}

/** The list at the end of a ZIP archive (APPNOTE 4.3.12). */
export function partsOf(bytes: Buffer): Map<string, Part> {
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  if (end < 0 || end + 22 > bytes.length) throw new XlsxFault('the archive is cut off')
  const parts = new Map<string, Part>()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw new XlsxFault('the archive is damaged')
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString('utf8')
    parts.set(name, {
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42)
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return parts
}

function unpacked(bytes: Buffer, { method, packed, offset }: Part): string {
  if (offset + 30 > bytes.length) throw new XlsxFault('the archive is damaged')
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  const content = bytes.subarray(start, start + packed)
  if (method === 0) return content.toString('utf8')
  if (method !== 8) throw new XlsxFault('it is packed in an unknown way')
  try {
    return inflateRawSync(content, { maxOutputLength: mostBytes }).toString('utf8')
  } catch (error) {
    throw new XlsxFault('the archive is damaged or too large', { cause: error })
  }
}

/** Which part is the sheet that comes first for people. */
function firstSheet(read: (name: string) => string | null): string {
  const id = /<(?:\w+:)?sheet\b[^>]*?\br:id="([^"]+)"/.exec(read('xl/workbook.xml') ?? '')?.[1]
  const links = read('xl/_rels/workbook.xml.rels') ?? ''
  const link = [...links.matchAll(/<Relationship\b[^>]*>/g)]
    .map(([text]) => text)
    .find((text) => attribute(text, 'Id') === id)
  const target = link === undefined ? null : attribute(link, 'Target')
  if (target === null) return 'xl/worksheets/sheet1.xml'
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`
}

function sharedTexts(xml: string | null): string[] {
  if (xml === null) return []
  return [...xml.matchAll(/<si\b[^>]*?(?:\/>|>([\s\S]*?)<\/si>)/g)].map(([, inner = '']) => textIn(inner))
}

/** All pieces of a text, without how it is read aloud (`rPh`). */
export const textIn = (xml: string): string =>
  [...xml.replace(/<rPh\b[\s\S]*?<\/rPh>/g, '').matchAll(/<t\b[^>]*?(?:\/>|>([\s\S]*?)<\/t>)/g)]
    .map(([, text = '']) => plain(text))
    .join('')

function cellsOf(xml: string, shared: readonly string[]): string[][] {
  const rows: string[][] = []
  let count = 0
  for (const [, head = '', body = ''] of xml.matchAll(/<row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/row>)/g)) {
    const place = Number(attribute(`<row ${head}>`, 'r') ?? rows.length + 1) - 1
    if (!Number.isInteger(place) || place < rows.length || place > mostCells)
      throw new XlsxFault('its rows are mixed up')
    while (rows.length < place) rows.push([])
    const row: string[] = []
    for (const [, about = '', inner = ''] of body.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const column = columnOf(attribute(`<c ${about}>`, 'r')) ?? row.length
      if (column >= mostColumns) continue
      if ((count += 1) > mostCells) throw new XlsxFault('there are too many cells in it')
      while (row.length < column) row.push('')
      row[column] = valueOf(attribute(`<c ${about}>`, 't') ?? 'n', inner, shared)
    }
    rows.push(row)
  }
  return rows
}

function valueOf(type: string, inner: string, shared: readonly string[]): string {
  if (type === 'inlineStr') return textIn(inner)
  const value = plain(/<v\b[^>]*>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? '')
  if (type === 's') return shared[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  // As 7.4951234567E10 stands in the file what people see as a telephone number.
  return type === 'n' && /e/i.test(value) ? String(Number(value)) : value
}

/** `AB12` → 27. */
export function columnOf(reference: string | null): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0]
  if (letters === undefined) return null
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

export const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? null : plain(found)
}

const signs: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

export const plain = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return signs[name] ?? whole
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    }
  )
