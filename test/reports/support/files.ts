import { crc32, inflateRawSync } from 'node:zlib'
import type { Readable } from 'node:stream'

export async function bytesOf(stream: Readable): Promise<Buffer> {
  const blocks: Buffer[] = []
  for await (const block of stream as AsyncIterable<Buffer | string>) blocks.push(Buffer.from(block))
  return Buffer.concat(blocks)
}

/** The files of a ZIP archive, read by its directory; throws where a checksum is wrong. */
export function unzipped(archive: Buffer): Map<string, string> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const files = new Map<string, string>()
  let at = archive.readUInt32LE(end + 16)
  for (let i = 0; i < archive.readUInt16LE(end + 10); i += 1) {
    const [crc, packed] = [archive.readUInt32LE(at + 16), archive.readUInt32LE(at + 20)]
    const [nameBytes, extraBytes] = [archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30)]
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes)
    const local = archive.readUInt32LE(at + 42)
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const content = inflateRawSync(archive.subarray(begin, begin + packed))
    if (crc32(content) !== crc) throw new Error(`${name} is damaged`)
    files.set(name, content.toString('utf8'))
    at += 46 + nameBytes + extraBytes
  }
  return files
}

export interface XlsxCell {
  text: string | null
  number: number | null
  style: number
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#13': '\r' }
const plain = (xml: string): string =>
  xml
    .replace(/&(#?\w+);/g, (all, name: string) => entities[name] ?? all)
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))

/** Rows of the first sheet, the heading first; empty cells are left out as in the file. */
export function sheetOf(archive: Buffer): XlsxCell[][] {
  const xml = unzipped(archive).get('xl/worksheets/sheet1.xml') ?? ''
  return [...xml.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = '']) => {
    const cells: XlsxCell[] = []
    for (const [, letters = '', style = '', body = ''] of row.matchAll(
      /<c r="([A-Z]+)\d+" s="(\d+)"[^>]*>(.*?)<\/c>/gs
    )) {
      const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
      const text = /<t [^>]*>(.*?)<\/t>/s.exec(body)?.[1]
      const number = /<v>(.*?)<\/v>/.exec(body)?.[1]
      cells[column] = {
        text: text === undefined ? null : plain(text),
        number: number === undefined ? null : Number(number),
        style: Number(style)
      }
    }
    return cells
  })
}
