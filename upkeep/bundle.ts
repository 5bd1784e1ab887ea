import { pipeline } from 'node:stream/promises'
import { PassThrough, type Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { tarWriter } from '../backup/tar.ts'

/** Writes texts as one packed archive into a stream, which ends with it. */
export async function writeBundle(files: Readonly<Record<string, string>>, out: Writable): Promise<void> {
  const plain = new PassThrough()
  const packed = pipeline(plain, createGzip(), out)
  const tar = tarWriter(plain)
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text)
    await tar.add({ name: `ringtrace-diagnostics/${name}`, bytes: body.length }, [body])
  }
  await tar.end()
  plain.end()
  await packed
}
