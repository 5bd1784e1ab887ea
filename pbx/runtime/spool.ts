import { createReadStream, createWriteStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

/** A file of batches that the database could not take, in order, each safe on disk before it counts as kept. */
export interface Spool {
  readonly isEmpty: boolean
  readonly batches: number
  append(batch: unknown): Promise<void>
  /** Keeps a batch that the database will never take, beside the spool, for a person to look at. */
  reject(batch: unknown, reason: string): Promise<void>
  /**
   * Replays the batches in order through `write`, oldest first. Stops at the first that fails and keeps it and all
   * after it. A crash in the middle replays some twice: `write` must give the same result then.
   */
  replay(write: (batch: unknown) => Promise<void>): Promise<void>
}

/**
 * Opens the spool in `dir`, with what an earlier run left in it.
 * A half-written last line (the machine died in the middle) is dropped: it was never acknowledged.
 */
export async function openSpool(dir: string): Promise<Spool> {
  await fs.mkdir(dir, { recursive: true })
  const file = path.join(dir, 'tape.jsonl')
  /** Only the lengths, in bytes: a database that is away for hours must not fill the memory with what is on disk. */
  let lengths = await readLengths(file)
  /** Bytes at the beginning of the file that have been replayed. */
  let replayed = 0

  async function letGoOfReplayed(): Promise<void> {
    // Nothing is left: that needs no room, which a full disk does not have.
    if (lengths.length === 0) await fs.truncate(file)
    else {
      const left = lengths.reduce((sum, length) => sum + length, 0)
      // A crash replays some twice; writing all the rest again after each batch would take ever longer.
      if (replayed < left) return
      const next = `${file}.next`
      await copyDurably(file, next, replayed)
      await fs.rename(next, file)
    }
    replayed = 0
  }

  return {
    get isEmpty() {
      return lengths.length === 0
    },
    get batches() {
      return lengths.length
    },
    async append(batch) {
      const line = `${JSON.stringify(batch)}\n`
      await writeDurably(file, line)
      lengths.push(Buffer.byteLength(line))
    },
    reject: (batch, reason) =>
      writeDurably(path.join(dir, 'rejected.jsonl'), `${JSON.stringify({ reason, batch })}\n`),
    async replay(write) {
      if (lengths.length === 0) return
      let done = 0
      const handle = await fs.open(file, 'a+')
      try {
        for (const length of lengths) {
          const line = await readLine(handle, replayed, length)
          if (line.trim() !== '') await write(JSON.parse(line))
          replayed += length
          done += 1
        }
      } finally {
        await handle.close()
        if (done > 0) {
          lengths = lengths.slice(done)
          await letGoOfReplayed()
        }
      }
    }
  }
}

/** Bytes of each whole line, with its end; what comes after the last is cut off. */
async function readLengths(file: string): Promise<number[]> {
  const lengths: number[] = []
  let [start, at] = [0, 0]
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, end + 1)) {
        lengths.push(at + end + 1 - start)
        start = at + end + 1
      }
      at += chunk.length
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  if (start < at) await fs.truncate(file, start)
  return lengths
}

const newline = 0x0a

async function readLine(handle: fs.FileHandle, at: number, length: number): Promise<string> {
  const line = Buffer.alloc(length)
  const { bytesRead } = await handle.read(line, 0, length, at)
  if (bytesRead < length) throw new Error(`The spool ends at ${at + bytesRead}, in the middle of a batch`)
  return line.toString('utf8')
}

async function copyDurably(from: string, to: string, start: number): Promise<void> {
  await pipeline(createReadStream(from, { start }), createWriteStream(to, { flush: true }))
}

/** Writes all of it, or nothing: on a disk that is full half a line must not stay in front of the next. */
async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await fs.open(file, 'a')
  const { size } = await handle.stat()
  try {
    await handle.writeFile(text)
    await handle.sync()
  } catch (error) {
    await handle.truncate(size)
    throw error
  } finally {
    await handle.close()
  }
}
