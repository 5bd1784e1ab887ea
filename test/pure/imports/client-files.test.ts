import { deflateRawSync } from 'node:zlib'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { openTable } from '../../../api/client-imports.ts'
import { xlsxLines } from '../../../api/imports-sheet.ts'
import { XlsxFault } from '../../../api/imports-xlsx.ts'
import { guessColumns } from '../../../crm/imports/fields.ts'
import { amountOf, readRow, timeOf, type Known } from '../../../crm/imports/row.ts'
import { zipped } from '../../../reports/sheets/zip.ts'

const known: Known = {
  users: new Map([['anna', 'u1']]),
  custom: [{ id: 'f1', name: 'Level', kind: 'choice', choices: ['Gold'] }],
  stages: [
    { id: 's1', name: 'New', kind: 'open', pipelineId: 'p', pipeline: 'Sales' },
    { id: 's2', name: 'Won', kind: 'won', pipelineId: 'p', pipeline: 'Sales' }
  ],
  currency: 'RUB'
}

async function workbook(sheet: string, styles = '', shared = ''): Promise<Buffer> {
  const entries = [
    { name: 'xl/workbook.xml', content: ['<workbook><sheets><sheet r:id="r1"/></sheets></workbook>'] },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: ['<Relationship Id="r1" Target="worksheets/sheet1.xml"/>']
    },
    { name: 'xl/styles.xml', content: [styles] },
    { name: 'xl/sharedStrings.xml', content: [shared] },
    { name: 'xl/worksheets/sheet1.xml', content: [`<worksheet><sheetData>${sheet}</sheetData></worksheet>`] }
  ]
  const parts: Buffer[] = []
  for await (const part of Readable.from(zipped(entries), { objectMode: false })) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
const rowsOf = async (bytes: Buffer) => {
  const rows = []
  for await (const row of xlsxLines(bytes)) rows.push(row)
  return rows
}

describe('A file of clients', () => {
  it('in a workbook gives dates, zeros in front and what formulas have come to', async () => {
    const styles = `<numFmts><numFmt numFmtId="170" formatCode="00000"/><numFmt numFmtId="171" formatCode="dd.mm.yyyy\\ hh:mm"/></numFmts>
      <cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs>`
    const sheet = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Дом &amp; сад</t></is></c></row>
      <row r="2"/><row r="4"><c r="A4" s="1"><v>45658</v></c><c r="B4" s="2"><v>77</v></c><c r="C4" s="3"><v>45658.5</v></c>
      <c r="D4"><f>1+1</f><v>2</v></c><c r="E4" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F4"><v>7.9161112233E10</v></c></row>`
    expect(await rowsOf(await workbook(sheet, styles, '<sst><si><t>Имя</t></si></sst>'))).to.deep.equal([
      { line: 1, cells: ['Имя', '', 'Дом & сад'] },
      { line: 4, cells: ['2025-01-01', '00077', '2025-01-01 12:00', '2', '', '79161112233'] }
    ])
  })

  it('that unpacks to far more than a table is refused before it fills the memory', async () => {
    // Zeros that nobody could type: 60 MB in 60 kB.
    const bomb = deflateRawSync(Buffer.alloc(60 * 1024 ** 2), { level: 9 })
    expect(bomb.length).to.be.lessThan(100_000)
    const forged = withSheet(bomb)
    let refused: unknown
    await rowsOf(forged).catch((error: unknown) => (refused = error))
    expect(refused).to.be.instanceOf(XlsxFault)
    for (const broken of [forged.subarray(0, 200), Buffer.from('PK\u0003\u0004')]) {
      refused = null
      await rowsOf(broken).catch((error: unknown) => (refused = error))
      expect(refused).to.be.instanceOf(XlsxFault)
    }
  })

  it('tells its encoding and separator by itself', async () => {
    const windows = Buffer.from([0xc8, 0xec, 0xff, 0x3b, 0x31, 0x0a, 0xc0, 0x3b, 0x32])
    const file = await openTable(windows)
    expect([file.headings, file.dialect]).to.deep.equal([
      ['Имя', '1'],
      { format: 'csv', encoding: 'windows-1251', separator: ';' }
    ])
    expect((await openTable(Buffer.from('\uFEFFA\tB\n1\t2'))).dialect.separator).to.equal('\t')
    let refused: unknown
    await openTable(Buffer.from('  \n')).catch((error: unknown) => (refused = error))
    expect(refused).to.have.property('code', 'invalid')
  })

  it('has columns with names as people and programs write them', () => {
    const guess = (headings: string[], things: 'contacts' | 'deals' = 'contacts') =>
      guessColumns(things, headings, known.custom)
    expect(
      guess(['ФИО', 'Мобильный телефон', 'Телефон 2', 'E-mail', 'Организация', 'Теги', 'level', '?'])
    ).to.deep.equal(['name', 'phone', 'phone', 'email', 'company', 'tags', 'custom:f1', null])
    expect(guess(['Фамилия', 'Имя', 'Отчество'])).to.deep.equal(['lastName', 'firstName', 'middleName'])
    expect(
      guess(['Название сделки', 'Бюджет', 'Этап сделки', 'Контакт', 'Комментарий'], 'deals')
    ).to.deep.equal([...['title', 'amount', 'stage', 'name', 'note']])
  })

  it('has rows whose every fault is told', () => {
    const columns = ['name', 'phone', 'phone', 'email', 'owner', 'custom:f1']
    const good = readRow(
      'contacts',
      columns,
      ['Anna', '8 (916) 111-22-33, 84951234567 доб. 12', '', 'A@B.ru; c@d.ru', 'ANNA', 'gold'],
      known
    )
    expect(good.problems).to.deep.equal([])
    expect(good.contact).to.deep.include({
      ...{ phones: ['+79161112233', '+74951234567'], emails: ['a@b.ru', 'c@d.ru'], ownerId: 'u1' },
      custom: { f1: 'Gold' }
    })
    const bad = readRow('contacts', columns, ['', '12', '', 'nobody', 'Boris', 'Tin'], known)
    expect(bad.problems.map(({ field, code }) => `${field} ${code}`)).to.deep.equal([
      ...['phone phone', 'email email', 'owner reference', 'custom:f1 reference']
    ])
    expect(readRow('contacts', columns, [], known).problems[0]?.code).to.equal('noOne')
    const deal = readRow(
      'deals',
      ['title', 'amount', 'stage', 'createdAt'],
      ['Окна', '12 500,50 ₽', 'won', '31.12.2025'],
      known
    )
    expect(deal.deal).to.deep.include({
      amount: 12500.5,
      stageId: 's2',
      createdAt: new Date('2025-12-31T12:00:00Z')
    })
    expect(readRow('deals', ['title', 'stage'], ['X', 'None'], known).problems[0]).to.include({
      field: 'stage'
    })
  })

  it('has sums and days in the writing of both countries', () => {
    expect(['1 234,50', '1,234.50', '1.234.567', '5', '12,5', '1e9', '-3', ''].map(amountOf)).to.deep.equal([
      ...[1234.5, 1234.5, 1_234_567, 5, 12.5, null, null, null]
    ])
    expect(
      ['2025-02-29', '29.02.2024 9:05', '2025-12-31T14:05:00Z', 'soon'].map(
        (text) => timeOf(text)?.toISOString() ?? null
      )
    ).to.deep.equal([null, '2024-02-29T09:05:00.000Z', '2025-12-31T14:05:00.000Z', null])
  })
})

/** An archive whose sheet is these packed bytes, with only what a reader looks at. */
function withSheet(packed: Buffer): Buffer {
  const name = Buffer.from('xl/worksheets/sheet1.xml')
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, name, packed, central, name, end])
}
