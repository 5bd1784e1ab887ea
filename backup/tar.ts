import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** One file of an archive. */
export interface Member {
  readonly name: string
  readonly bytes: number
}

/** What is not an archive of this kind, or not a whole one. */
export class ArchiveError extends Error {
  override name = 'ArchiveError'
}

const blockBytes = 512
const longestName = 100
/** The largest number that eleven octal digits hold; above it the size is written in binary, as GNU tar does. */
const largestOctal = 8 ** 11 - 1

/** Writes a tar (ustar) of plain files into a stream, at the pace of that stream. */
export function tarWriter(out: Writable) {
  const write = async (chunk: Buffer): Promise<void> => {
    if (out.errored) throw out.errored
    if (!out.write(chunk)) await once(out, 'drain')
  }
  return {
    /** @throws Error when `body` is not exactly `bytes` long */
    async add({ name, bytes }: Member, body: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
      await write(headerOf(name, bytes))
      let written = 0
      for await (const chunk of body) {
        written += chunk.length
        await write(chunk)
      }
      if (written !== bytes) throw new Error(`${name} has ${written} bytes instead of ${bytes}`)
      await write(Buffer.alloc(padding(bytes)))
    },
    /** The end mark; the stream itself stays open. */
    end: () => write(Buffer.alloc(2 * blockBytes))
  }
}

const padding = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes

function headerOf(name: string, bytes: number): Buffer {
  if (Buffer.byteLength(name) > longestName) throw new Error(`${name} is too long for the archive`)
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0)
  header.write('0000600\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (bytes <= largestOctal) header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  else {
    header.writeUInt8(0x80, 124)
    header.writeBigUInt64BE(BigInt(bytes), 128)
  }
  header.write('00000000000\0', 136)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** The sum of a header's bytes, with its own field read as blanks. */
function checksum(header: Buffer): number {
  let sum = 8 * 32
  for (const [at, byte] of header.entries()) if (at < 148 || at >= 156) sum += byte
  return sum
}

/**
 * Reads a tar one member after the other. Only plain files: a link, a folder or a device is no part of our archives, and
 * neither is anything behind the end mark.
 * @param handle must read `body` to its end
 * @throws ArchiveError when the archive is cut short, damaged or of another kind
 */
export async function readTar(
  source: AsyncIterable<Buffer>,
  handle: (member: Member, body: AsyncIterable<Buffer>) => Promise<void>
): Promise<void> {
  const bytes = byteReader(source)
  for (;;) {
    const header = await bytes.exactly(blockBytes)
    if (header.every((byte) => byte === 0)) break
    const member = memberOf(header)
    const body = bytes.next(member.bytes)
    await handle(member, body)
    for await (const chunk of body) {
      if (chunk.length > 0) throw new Error(`${member.name} was not read to its end`)
    }
    await bytes.exactly(padding(member.bytes))
  }
  const second = await bytes.exactly(blockBytes)
  if (!second.every((byte) => byte === 0)) throw new ArchiveError('it goes on behind its end')
  if (!(await bytes.isAtEnd())) throw new ArchiveError('it goes on behind its end')
}

function memberOf(header: Buffer): Member {
  const stated = Number.parseInt(text(header, 148, 8).trim(), 8)
  if (stated !== checksum(header)) throw new ArchiveError('it is damaged or no tar archive')
  const type = text(header, 156, 1)
  if (type !== '0' && type !== '') throw new ArchiveError('it holds something else than plain files')
  if (text(header, 345, 155) !== '') throw new ArchiveError('it holds a file with a strange name')
  const isBinary = (header[124] ?? 0) >= 0x80
  const bytes = isBinary ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(header, 124, 12), 8)
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new ArchiveError('it states a size that cannot be')
  return { name: text(header, 0, longestName), bytes }
}

/** A field up to its first zero byte. */
function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('utf8')
}

function byteReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  /** False at the end of the source. */
  const more = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await chunks.next()
      if (next.done === true) return false
      rest = next.value
    }
    return true
  }
  async function* next(wanted: number): AsyncGenerator<Buffer> {
    let left = wanted
    while (left > 0) {
      if (!(await more())) throw new ArchiveError('it is cut short')
      const piece = rest.subarray(0, left)
      rest = rest.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }
  return {
    next,
    isAtEnd: async () => !(await more()),
    async exactly(wanted: number): Promise<Buffer> {
      const pieces: Buffer[] = []
      for await (const piece of next(wanted)) pieces.push(piece)
      return Buffer.concat(pieces)
    }
  }
}
