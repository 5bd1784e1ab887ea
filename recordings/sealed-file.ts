import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'

/*
 * A sealed file: header (magic, which key, salt), then pieces of the audio, each AES-256-GCM with its tag, so that any
 * byte is read without reading all that stand before it. A file has a key of its own, made of the installation's and the
 * salt. The nonce of a piece is its number, and whether it is the last: pieces that were swapped, doubled or cut off do
 * not open. Bound to the recording's name: a file under another name does not open.
 */
const magic = Buffer.from('RTSEAL01')
const keyIdBytes = 8
const saltBytes = 16
const headerBytes = magic.length + keyIdBytes + saltBytes
const pieceBytes = 64 * 1024
const tagBytes = 16

/** Why a sealed file cannot be read: its key is not here, or it is not as it was written. */
export type Unreadable = 'locked' | 'damaged'

/** Thrown in the middle of reading; what was read before is genuine. */
export class DamagedFile extends Error {
  override name = 'DamagedFile'
}

export interface SealedAudio {
  /** Of the audio, without what sealing adds. */
  bytes: number
  /**
   * The bytes from `start` to `end`, both included; all without a range.
   * @throws DamagedFile
   */
  read(range?: ByteRange): AsyncGenerator<Buffer>
}

/** Both included. */
export interface ByteRange {
  start: number
  end: number
}

/** Tells which key sealed a file, and nothing about the key. */
export const keyId = (key: Buffer): string =>
  createHash('sha256')
    .update('ringtrace recording key')
    .update(key)
    .digest('hex')
    .slice(0, keyIdBytes * 2)

/**
 * Writes the sealed form of a file; on the disk when it returns, whole or not at all.
 * @param from a file in clear, or an opened one that another key has sealed
 * @param name what it is bound to
 */
export async function sealFile(
  key: Buffer,
  from: string | SealedAudio,
  to: string,
  name: string
): Promise<void> {
  const header = Buffer.concat([magic, Buffer.from(keyId(key), 'hex'), randomBytes(saltBytes)])
  const lock = lockOf(key, header, name)
  const partial = `${to}.${randomUUID()}.partial`
  const plain = typeof from === 'string' ? inPieces(from) : from.read()
  try {
    const output = await open(partial, 'wx', 0o600)
    try {
      await output.write(header)
      let n = 0
      let held: Buffer | null = null
      // One piece behind: which is the last is known when no other comes.
      for await (const piece of plain) {
        if (held !== null) await output.write(lock.seal(n++, false, held))
        held = piece
      }
      await output.write(lock.seal(n, true, held ?? Buffer.alloc(0)))
      await output.sync()
    } finally {
      await output.close()
    }
    await rename(partial, to)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function* inPieces(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  try {
    for (let at = 0; ; at += pieceBytes) {
      const piece = await readAt(file, at, pieceBytes)
      if (piece.length > 0) yield piece
      if (piece.length < pieceBytes) return
    }
  } finally {
    await file.close()
  }
}

/** Which key sealed a file; null: it is not sealed. @throws when it cannot be read */
export async function sealOf(path: string): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    const header = await readAt(file, 0, headerBytes)
    const isSealed = header.subarray(0, magic.length).equals(magic)
    return isSealed ? header.toString('hex', magic.length, magic.length + keyIdBytes) : null
  } finally {
    await file.close()
  }
}

/**
 * Opens a sealed file, and makes sure that its length is genuine.
 * @param keys any of them may fit
 * @returns null when the file is not sealed
 * @throws when it cannot be read at all, such as ENOENT
 */
export async function openSealed(
  keys: readonly Buffer[],
  path: string,
  name: string
): Promise<SealedAudio | Unreadable | null> {
  const file = await open(path, 'r')
  try {
    const header = await readAt(file, 0, headerBytes)
    if (!header.subarray(0, magic.length).equals(magic)) return null
    const id = header.toString('hex', magic.length, magic.length + keyIdBytes)
    const key = keys.find((each) => keyId(each) === id)
    const { size } = await file.stat()
    const body = size - headerBytes
    const pieces = Math.ceil(body / (pieceBytes + tagBytes))
    const bytes = body - pieces * tagBytes
    if (header.length < headerBytes || pieces < 1 || bytes < 0) return 'damaged'
    if (key === undefined) return 'locked'
    const lock = lockOf(key, header, name)
    const piece = async (from: FileHandle, n: number): Promise<Buffer> => {
      const found = await readAt(from, headerBytes + n * (pieceBytes + tagBytes), pieceBytes + tagBytes)
      return lock.open(n, n === pieces - 1, found)
    }
    // Only the whole file ends with the piece that says so.
    const last = await piece(file, pieces - 1).catch(damagedOrThrow)
    if (last === 'damaged') return last
    return { bytes, read: (range) => readPieces(path, piece, range ?? { start: 0, end: bytes - 1 }) }
  } finally {
    await file.close()
  }
}

async function* readPieces(
  path: string,
  piece: (file: FileHandle, n: number) => Promise<Buffer>,
  { start, end }: ByteRange
): AsyncGenerator<Buffer> {
  if (end < start) return
  const file = await open(path, 'r')
  try {
    for (let n = Math.floor(start / pieceBytes); n <= Math.floor(end / pieceBytes); n += 1) {
      const from = n * pieceBytes
      yield (await piece(file, n)).subarray(Math.max(0, start - from), end - from + 1)
    }
  } finally {
    await file.close()
  }
}

function damagedOrThrow(error: unknown): 'damaged' {
  if (error instanceof DamagedFile) return 'damaged'
  throw error
}

/** Seals and opens the pieces of one file. */
function lockOf(key: Buffer, header: Buffer, name: string) {
  const own = Buffer.from(hkdfSync('sha256', key, header.subarray(-saltBytes), 'ringtrace recording', 32))
  const bound = Buffer.concat([header, Buffer.from(name)])
  const nonce = (n: number, isLast: boolean): Buffer => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt32BE(n, 7)
    bytes.writeUInt8(isLast ? 1 : 0, 11)
    return bytes
  }
  return {
    seal(n: number, isLast: boolean, plain: Buffer): Buffer {
      const cipher = createCipheriv('aes-256-gcm', own, nonce(n, isLast)).setAAD(bound)
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(n: number, isLast: boolean, sealed: Buffer): Buffer {
      if (sealed.length < tagBytes) throw new DamagedFile('A sealed recording is shorter than it was')
      const body = sealed.length - tagBytes
      const decipher = createDecipheriv('aes-256-gcm', own, nonce(n, isLast), { authTagLength: tagBytes })
      decipher.setAAD(bound).setAuthTag(sealed.subarray(body))
      const plain = decipher.update(sealed.subarray(0, body))
      try {
        decipher.final()
      } catch (cause) {
        throw new DamagedFile('A sealed recording is not as it was written', { cause })
      }
      return plain
    }
  }
}

/** Fewer than `length` only where the file ends. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
