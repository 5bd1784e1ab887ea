import { Readable, pipeline } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

export interface ZipEntry {
  /** Plain Latin letters. */
  name: string
  content: AsyncIterable<string | Buffer> | Iterable<string>
}

const deflated = 8
/** Sizes and checksum come after the content: they are not known before it. */
const sizesFollow = 0x0008
const version = 20
/** 1 January 1980, the first day that ZIP knows: the same table gives the same bytes. */
const firstDay = 0x0021
const most = 0xffffffff

interface Written {
  name: Buffer
  crc: number
  packed: number
  bytes: number
  offset: number
}

/** A ZIP archive while it is made (APPNOTE 4.3); of the contents only a few blocks are in memory. */
export async function* zipped(entries: Iterable<ZipEntry>): AsyncGenerator<Buffer> {
  const done: Written[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const entry: Written = { name: Buffer.from(name, 'latin1'), crc: 0, packed: 0, bytes: 0, offset }
    const head = localHeader(entry)
    yield head
    for await (const block of packed(content, entry)) yield block
    if (entry.bytes > most || offset + entry.packed > most)
      throw new RangeError('A file of more than 4 GB does not fit into an archive of this kind')
    const descriptor = descriptorOf(entry)
    yield descriptor
    offset += head.length + entry.packed + descriptor.length
    done.push(entry)
  }
  const directory = Buffer.concat(done.map(directoryRow))
  yield directory
  yield endRecord(done.length, directory.length, offset)
}

async function* packed(content: ZipEntry['content'], entry: Written): AsyncGenerator<Buffer> {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const text of content) {
      const block = typeof text === 'string' ? Buffer.from(text) : text
      entry.crc = crc32(block, entry.crc)
      entry.bytes += block.length
      yield block
    }
  }
  const deflate = createDeflateRaw({ level: 6 })
  pipeline(Readable.from(counted()), deflate, () => {
    // A failure of the content has destroyed the deflater with it: the loop below throws it.
  })
  for await (const block of deflate as AsyncIterable<Buffer>) {
    entry.packed += block.length
    yield block
  }
}

function localHeader({ name }: Written): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(version, 4)
  head.writeUInt16LE(sizesFollow, 6)
  head.writeUInt16LE(deflated, 8)
  head.writeUInt16LE(firstDay, 12)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, name])
}

function descriptorOf({ crc, packed, bytes }: Written): Buffer {
  const tail = Buffer.alloc(16)
  tail.writeUInt32LE(0x08074b50, 0)
  tail.writeUInt32LE(crc, 4)
  tail.writeUInt32LE(packed, 8)
  tail.writeUInt32LE(bytes, 12)
  return tail
}

function directoryRow({ name, crc, packed, bytes, offset }: Written): Buffer {
  const row = Buffer.alloc(46)
  row.writeUInt32LE(0x02014b50, 0)
  row.writeUInt16LE(version, 4)
  row.writeUInt16LE(version, 6)
  row.writeUInt16LE(sizesFollow, 8)
  row.writeUInt16LE(deflated, 10)
  row.writeUInt16LE(firstDay, 14)
  row.writeUInt32LE(crc, 16)
  row.writeUInt32LE(packed, 20)
  row.writeUInt32LE(bytes, 24)
  row.writeUInt16LE(name.length, 28)
  row.writeUInt32LE(offset, 42)
  return Buffer.concat([row, name])
}

function endRecord(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(bytes, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
