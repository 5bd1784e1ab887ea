import { crc32, deflateRawSync } from 'node:zlib'

interface Options {
  /** Parts stand in it as they are. */
  isStored?: boolean
  /** So many blanks in the sheet, which pack to nearly nothing. */
  filler?: number
  /** How long the sheet says it is. */
  claimed?: number
}

const kinds = 'http://schemas.openxmlformats.org'
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A workbook of one sheet, as small as one can be, or with a trap in it. */
export function workbook(rows: readonly (readonly string[])[], options: Options = {}): Buffer {
  const cells = rows
    .map(
      (row, index) =>
        `<row r="${index + 1}">${row.map((text) => `<c t="inlineStr"><is><t>${escaped(text)}</t></is></c>`).join('')}</row>`
    )
    .join('')
  const filler = ' '.repeat(options.filler ?? 0)
  return archive(
    {
      'xl/workbook.xml': `<workbook xmlns:r="${kinds}/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
      'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${cells}${filler}</sheetData></worksheet>`
    },
    options
  )
}

function archive(parts: Record<string, string>, { isStored = false, claimed }: Options): Buffer {
  const files: Buffer[] = []
  const list: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(parts)) {
    const plain = Buffer.from(text)
    const packed = isStored ? plain : deflateRawSync(plain)
    const length = Buffer.from(name)
    const about = Buffer.alloc(24)
    about.writeUInt16LE(20, 0)
    about.writeUInt16LE(isStored ? 0 : 8, 4)
    about.writeUInt32LE(crc32(plain), 10)
    about.writeUInt32LE(claimed ?? packed.length, 14)
    about.writeUInt32LE(claimed ?? plain.length, 18)
    about.writeUInt16LE(length.length, 22)
    const head = Buffer.concat([Buffer.from('PK\u0003\u0004'), about, Buffer.alloc(2), length])
    const end = Buffer.alloc(12)
    end.writeUInt32LE(offset, 8)
    list.push(
      Buffer.concat([
        Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'),
        about,
        Buffer.alloc(4),
        end,
        length
      ])
    )
    files.push(head, packed)
    offset += head.length + packed.length
  }
  const listed = Buffer.concat(list)
  const last = Buffer.alloc(18)
  last.writeUInt16LE(list.length, 4)
  last.writeUInt16LE(list.length, 6)
  last.writeUInt32LE(listed.length, 8)
  last.writeUInt32LE(offset, 12)
  return Buffer.concat([...files, listed, Buffer.from('PK\u0005\u0006'), last])
}
