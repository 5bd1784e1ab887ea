import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { readTar, tarWriter } from '../../backup/tar.ts'

const run = promisify(execFile)

async function written(members: readonly { name: string; body: Buffer }[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    }
  })
  const tar = tarWriter(out)
  for (const { name, body } of members) await tar.add({ name, bytes: body.length }, [body])
  await tar.end()
  out.end()
  await finished(out)
  return Buffer.concat(chunks)
}

/** The archive in pieces of any size, as a stream would bring it. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function read(bytes: Buffer, size = 700): Promise<{ name: string; body: Buffer }[]> {
  const found: { name: string; body: Buffer }[] = []
  await readTar(inPieces(bytes, size), async ({ name }, body) => {
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk)
    found.push({ name, body: Buffer.concat(chunks) })
  })
  return found
}

async function refusal(bytes: Buffer): Promise<string> {
  try {
    await read(bytes)
  } catch (error) {
    return String(error)
  }
  return 'none'
}

describe('the tar of backups', () => {
  let dir = ''
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'ringtrace-tar-'))
  })
  after(() => rm(dir, { recursive: true, force: true }))

  it('gives back what was put in, however it arrives', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 2000 }),
        async (bodies, size) => {
          const members = bodies.map((body, n) => ({ name: `a/${n}`, body: Buffer.from(body) }))
          expect(await read(await written(members), size)).to.deep.equal(members)
        }
      ),
      { numRuns: 40 }
    ))

  it('is read by the tar of everybody else, and reads theirs', async () => {
    const file = path.join(dir, 'ours.tar')
    const out = createWriteStream(file)
    out.end(await written([{ name: 'folder/note.txt', body: Buffer.from('привет') }]))
    await finished(out)
    await run('tar', ['xf', file, '-C', dir])
    expect(await readFile(path.join(dir, 'folder/note.txt'), 'utf8')).to.equal('привет')
    await run('tar', ['--format=ustar', '-cf', path.join(dir, 'theirs.tar'), '-C', dir, 'folder/note.txt'])
    const theirs = await readFile(path.join(dir, 'theirs.tar'))
    // GNU tar fills its last record up with zero blocks: two of them are the end.
    const end = theirs.length - (theirs.length % 512)
    const used = theirs.subarray(0, Math.min(end, 512 + 512 + 1024))
    expect((await read(used)).map(({ name }) => name)).to.deep.equal(['folder/note.txt'])
  })

  it('refuses every cut, and every changed byte of a header', async () => {
    const whole = await written([
      { name: 'one', body: Buffer.alloc(700, 1) },
      { name: 'two', body: Buffer.alloc(3) }
    ])
    for (let length = 0; length < whole.length; length += 97)
      expect(await refusal(whole.subarray(0, length)), `${length} bytes`).to.match(/cut short/)
    // The last two bytes of the checksum's own field say nothing.
    for (let at = 0; at < 512; at += at === 147 ? 14 : 7) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0x55
      expect(await refusal(changed), `byte ${at}`).to.not.equal('none')
    }
    expect(await refusal(Buffer.concat([whole, Buffer.alloc(1, 7)]))).to.match(/behind its end/)
  })

  it('refuses links', async () => {
    await writeFile(path.join(dir, 'target'), 'x')
    await symlink('target', path.join(dir, 'link'))
    await run('tar', ['--format=ustar', '-cf', path.join(dir, 'link.tar'), '-C', dir, 'link'])
    expect(await refusal(await readFile(path.join(dir, 'link.tar')))).to.match(
      /something else than plain files/
    )
  })

  it('fails when a file is not as long as was said', async () => {
    const tar = tarWriter(new Writable({ write: (_chunk, _encoding, done) => done() }))
    const problem = await tar.add({ name: 'a', bytes: 4 }, [Buffer.alloc(3)]).then(
      () => 'none',
      (error: unknown) => String(error)
    )
    expect(problem).to.match(/3 bytes instead of 4/)
  })
})
