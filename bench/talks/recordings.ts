import { open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/** Seconds of sound in each file of a folder, by what the file's head says of its bytes a second; then they are deleted. */
export async function takeRecordings(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const seconds: number[] = []
  for (const name of names) {
    const file = path.join(folder, name)
    seconds.push(await secondsOf(file))
    await rm(file)
  }
  return seconds
}

const headBytes = 44

async function secondsOf(file: string): Promise<number> {
  const { size } = await stat(file)
  const handle = await open(file)
  try {
    const head = Buffer.alloc(headBytes)
    const { bytesRead } = await handle.read(head, 0, headBytes, 0)
    if (bytesRead < headBytes || head.toString('latin1', 0, 4) !== 'RIFF') return 0
    return (size - headBytes) / head.readUInt32LE(28)
  } finally {
    await handle.close()
  }
}
