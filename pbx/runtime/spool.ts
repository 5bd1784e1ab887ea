import fs from 'node:fs/promises'
import path from 'node:path'

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
  let lines = await readLines(file)

  async function rewrite(): Promise<void> {
    // Nothing is left: that needs no room, which a full disk does not have.
    if (lines.length === 0) return fs.truncate(file)
    const next = `${file}.next`
    await writeDurably(next, lines.map((line) => `${line}\n`).join(''), 'w')
    await fs.rename(next, file)
  }

  return {
    get isEmpty() {
      return lines.length === 0
    },
    get batches() {
      return lines.length
    },
    async append(batch) {
      const line = JSON.stringify(batch)
      await writeDurably(file, `${line}\n`, 'a')
      lines.push(line)
    },
    reject: (batch, reason) =>
      writeDurably(path.join(dir, 'rejected.jsonl'), `${JSON.stringify({ reason, batch })}\n`, 'a'),
    async replay(write) {
      let done = 0
      try {
        for (const line of lines) {
          await write(JSON.parse(line))
          done += 1
        }
      } finally {
        if (done > 0) {
          lines = lines.slice(done)
          await rewrite()
        }
      }
    }
  }
}

async function readLines(file: string): Promise<string[]> {
  let text: string
  try {
    text = await fs.readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const end = text.lastIndexOf('\n')
  if (end < text.length - 1) await fs.truncate(file, Buffer.byteLength(text.slice(0, end + 1)))
  return text
    .slice(0, end + 1)
    .split('\n')
    .filter((line) => line !== '')
}

/** Writes all of it, or nothing: on a disk that is full half a line must not stay in front of the next. */
async function writeDurably(file: string, text: string, flags: 'a' | 'w'): Promise<void> {
  const handle = await fs.open(file, flags)
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
