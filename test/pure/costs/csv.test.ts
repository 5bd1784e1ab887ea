import { expect } from 'chai'
import { stringify } from 'csv-stringify/sync'
import { csvRows, CsvFault, decodeText, separatorOf } from '../../../api/csv.ts'
import { createRandom } from '../../../db/demo/random.ts'

async function cellsOf(text: string): Promise<(readonly string[])[]> {
  const rows: (readonly string[])[] = []
  for await (const { cells } of csvRows(text)) rows.push(cells)
  return rows
}

async function faultOf(text: string): Promise<CsvFault> {
  try {
    await cellsOf(text)
  } catch (error) {
    if (error instanceof CsvFault) return error
    throw error
  }
  throw new Error('It was read')
}

describe('Reading CSV', () => {
  it('finds comma, semicolon or tab, with a mark at the beginning or without', async () => {
    const wanted = [
      ['a', 'b'],
      ['1', '2']
    ]
    for (const text of ['a,b\n1,2', '\uFEFFa;b\r\n1;2\r\n', 'a\tb\r1\t2\r', '\n\na;b\n\n\n1;2\n;\n'])
      expect(await cellsOf(text), JSON.stringify(text)).to.deep.equal(wanted)
  })

  it('is not misled by decimal commas, nor by signs inside of quotes', () => {
    expect(separatorOf('day;campaign;cost\n01.10.2026;Sofas;1,50\n02.10.2026;Sofas;2,50')).to.equal(';')
    expect(separatorOf('01.10.2026;100,50\n02.10.2026;200,00')).to.equal(';')
    expect(separatorOf('day,name\n1,"a;b;c"\n2,"d;e;f"\n3,"g;h;i"')).to.equal(',')
    expect(separatorOf('Report of November, 2026\nDay\tCost\n2026-11-01\t1,5\n2026-11-02\t2,5')).to.equal(
      '\t'
    )
    expect(separatorOf('one')).to.equal(',')
  })

  it('keeps quoted cells with quotes, separators and line breaks, and quotes inside of plain cells', async () => {
    expect(await cellsOf('name,note\n"OOO ""Rog, i\nKopyta""",VIP')).to.deep.equal([
      ['name', 'note'],
      ['OOO "Rog, i\nKopyta"', 'VIP']
    ])
    expect(await cellsOf('name;n\nООО "Рога";5\n"Рога" и "копыта";6')).to.deep.equal([
      ['name', 'n'],
      ['ООО "Рога"', '5'],
      ['"Рога" и "копыта"', '6']
    ])
  })

  it('tells on which line each row begins, whatever stands before', async () => {
    const lines: number[] = []
    for await (const { line } of csvRows('a,b\n"x\ny",1\n\n\nc,2\r\n"p\r\nq",3\nd,4')) lines.push(line)
    expect(lines).to.deep.equal([1, 2, 6, 7, 9])
  })

  it('names the line where a quote is opened and never closed', async () => {
    const fault = await faultOf('a;b\n1;2\n"Ivan\n3;4\n5;6')
    expect(fault).to.include({ code: 'unclosedQuote', line: 3 })
    expect((await faultOf('89161112233,"Ivan\n89161112244,Petr')).line).to.equal(1)
  })

  it('refuses a cell of a megabyte', async () => {
    const fault = await faultOf(`a,b\n1,2\n1,${'x'.repeat(1_000_000)}\n3,4`)
    expect(fault).to.include({ code: 'longLine', line: 3 })
  })

  it('decodes UTF-8, UTF-16 with its mark, and Windows-1251', () => {
    const text = 'Дата;Расход\n01.10.2026;1,50'
    const cp1251 = Uint8Array.from(text, (sign) => {
      const code = sign.codePointAt(0) ?? 0
      return code < 128 ? code : code - 0x410 + 0xc0
    })
    expect(decodeText(Buffer.from(text))).to.deep.equal({ text, encoding: 'utf-8' })
    expect(decodeText(Buffer.from(`\uFEFF${text}`))).to.deep.equal({ text, encoding: 'utf-8' })
    expect(decodeText(cp1251)).to.deep.equal({ text, encoding: 'windows-1251' })
    expect(decodeText(Buffer.from(`\uFEFF${text}`, 'utf16le'))).to.deep.equal({ text, encoding: 'utf-16le' })
    expect(decodeText(new Uint8Array()).text).to.equal('')
  })

  it('gives back whatever was written, cell by cell', async () => {
    const random = createRandom(7)
    const sign = () => random.pick(['a', 'ж', '"', ',', ';', '\t', '\n', ' ', '=', '0', '😀'])
    for (let round = 0; round < 200; round++) {
      const delimiter = random.pick([',', ';', '\t'])
      const width = random.whole(2, 5)
      const rows = Array.from({ length: random.whole(1, 8) }, () =>
        Array.from({ length: width }, () => `x${Array.from({ length: random.whole(0, 6) }, sign).join('')}`)
      )
      const text = stringify(rows, { delimiter, quoted: true })
      const back: (readonly string[])[] = []
      for await (const { cells } of csvRows(text, delimiter as ',')) back.push(cells)
      expect(back, JSON.stringify(text)).to.deep.equal(rows)
    }
  })

  it('lets others have their turn while it reads much', async () => {
    const text = 'day,cost\n' + '2026-10-01,1.50\n'.repeat(100_000)
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    let rows = 0
    for await (const row of csvRows(text)) rows += row.cells.length > 0 ? 1 : 0
    clearInterval(timer)
    expect(rows).to.equal(100_001)
    expect(turns).to.be.greaterThan(5)
  })
})
