import { Readable } from 'node:stream'
import { contentOf, looksLikeFormula, roundedFor, type Cell, type CellKind, type Column } from './sheet.ts'
import type { Sheet, SheetRows } from './sheet.ts'
import { zipped } from './zip.ts'
import { offsetsIn } from './zone.ts'

/** Of a sheet, less its heading. */
export const mostXlsxRows = 1_048_575
const longestText = 32_767
const batchLength = 64 * 1024
const dayMs = 86_400_000
/** Day 0 of the calendar of table programs; right from 1 March 1900 on. */
const epochMs = Date.UTC(1899, 11, 30)

/** More rows than a sheet of a table program can hold. */
export class TooManyRows extends Error {
  override name = 'TooManyRows'
}

/** How cells look; the place in this list is the style's number. The first is the plain one. */
const looks = [
  'text',
  'heading',
  'formulaText',
  'number',
  'integer',
  'money',
  'percent',
  'seconds',
  'day',
  'time'
] as const
type Look = (typeof looks)[number]
const styleOf = Object.fromEntries(looks.map((look, i) => [look, i])) as Record<Look, number>
const widths: Record<CellKind, number> = {
  text: 26,
  number: 12,
  integer: 11,
  money: 15,
  percent: 11,
  seconds: 11,
  day: 12,
  time: 20
}

/**
 * A table as XLSX: real numbers and dates, a frozen heading with a filter, columns wide enough. Texts are kept to the
 * letter; one that looks like a formula is marked as text, so that it stays one when somebody edits the cell.
 * The stream fails with `TooManyRows` after `mostXlsxRows`.
 */
export function xlsxRows(sheet: Sheet, rows: SheetRows): Readable {
  const entries = [
    { name: '[Content_Types].xml', content: [contentTypes] },
    { name: '_rels/.rels', content: [packageLinks] },
    { name: 'xl/workbook.xml', content: [workbook(sheet.name)] },
    { name: 'xl/_rels/workbook.xml.rels', content: [workbookLinks] },
    { name: 'xl/styles.xml', content: [styles] },
    { name: 'xl/worksheets/sheet1.xml', content: sheetXml(sheet, rows) }
  ]
  return Readable.from(zipped(entries), { objectMode: false })
}

async function* sheetXml({ columns, timeZone }: Sheet, rows: SheetRows): AsyncGenerator<string> {
  const offsetAt = offsetsIn(timeZone)
  const letters = columns.map((_, i) => letterOf(i))
  let batch = sheetHead(columns)
  let count = 0
  for await (const row of rows) {
    count += 1
    if (count > mostXlsxRows)
      throw new TooManyRows(`A sheet holds at most ${mostXlsxRows} rows: take CSV, or choose fewer`)
    const place = count + 1
    batch += `<row r="${place}">`
    for (const [i, { kind }] of columns.entries())
      batch += cellXml(`${letters[i]}${place}`, row[i] ?? null, kind, offsetAt)
    batch += '</row>'
    if (batch.length < batchLength) continue
    yield batch
    batch = ''
  }
  const filter = columns.length === 0 ? '' : `<autoFilter ref="A1:${letters.at(-1)}${count + 1}"/>`
  yield `${batch}</sheetData>${filter}</worksheet>`
}

function cellXml(place: string, cell: Cell, kind: CellKind, offsetAt: (atMs: number) => number): string {
  const content = contentOf(cell, kind)
  switch (content?.is) {
    case undefined:
      return ''
    case 'text':
      return textXml(place, content.text, looksLikeFormula(content.text) ? 'formulaText' : 'text')
    case 'number':
      return numberXml(place, roundedFor(kind, content.number), kind)
    case 'day':
      return numberXml(place, (Date.parse(content.day) - epochMs) / dayMs, 'day')
    case 'time': {
      const atMs = content.at.getTime()
      return numberXml(place, (atMs + offsetAt(atMs) - epochMs) / dayMs, 'time')
    }
  }
}

const textXml = (place: string, text: string, look: Look): string =>
  `<c r="${place}" s="${styleOf[look]}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`
const numberXml = (place: string, value: number, look: Look): string =>
  `<c r="${place}" s="${styleOf[look]}"><v>${value}</v></c>`

/** No control characters, which XML cannot hold, and no `_x000D_`, which table programs read as one. */
function xmlText(text: string): string {
  return text
    .slice(0, longestText)
    .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}

/** 0 → A, 26 → AA. */
const letterOf = (index: number): string =>
  (index >= 26 ? letterOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))

function sheetHead(columns: readonly Column[]): string {
  const cols = columns
    .map(({ kind, title, width }, i) => {
      const wide = width ?? Math.min(40, Math.max(widths[kind], title.length + 4))
      return `<col min="${i + 1}" max="${i + 1}" width="${wide}" customWidth="1"/>`
    })
    .join('')
  const heading = columns.map(({ title }, i) => textXml(`${letterOf(i)}1`, title, 'heading')).join('')
  return (
    `${xmlHead}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `${cols === '' ? '' : `<cols>${cols}</cols>`}<sheetData><row r="1">${heading}</row>`
  )
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const links = 'http://schemas.openxmlformats.org/package/2006/relationships'
const media = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const contentTypes = `${xmlHead}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="${media}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${media}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="${media}.styles+xml"/></Types>`
const packageLinks = `${xmlHead}<Relationships xmlns="${links}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`
const workbookLinks = `${xmlHead}<Relationships xmlns="${links}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`

function workbook(name: string): string {
  // What table programs refuse in the name of a sheet.
  const allowed = name
    .replace(/[[\]:*?/\\]/g, ' ')
    .replace(/^'+|'+$/g, '')
    .slice(0, 31)
    .trim()
  const text = xmlText(allowed === '' ? 'Sheet' : allowed).replaceAll('"', '&quot;')
  return `${xmlHead}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${text}" sheetId="1" r:id="rId1"/></sheets></workbook>`
}

/** Formats of numbers by look: those of the standard by number, our own from 164 on. */
const formats: Partial<Record<Look, number>> = {
  integer: 3,
  money: 4,
  percent: 10,
  seconds: 3,
  day: 164,
  time: 165
}
const styles =
  `${xmlHead}<styleSheet xmlns="${main}"><numFmts count="2">` +
  '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>' +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FFE9ECEF"/></patternFill></fill></fills>' +
  '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
  `<cellXfs count="${looks.length}">${looks.map(lookXml).join('')}</cellXfs></styleSheet>`

function lookXml(look: Look): string {
  if (look === 'heading') return '<xf fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
  // Text, whatever it begins with: also after somebody has edited the cell.
  if (look === 'formulaText') return '<xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/>'
  const format = formats[look]
  return format === undefined ? '<xf/>' : `<xf numFmtId="${format}" applyNumberFormat="1"/>`
}
