import { randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { DamagedFile, openSealed, sealFile, sealOf, keyId } from '../../recordings/sealed-file.ts'
import type { ByteRange, SealedAudio } from '../../recordings/sealed-file.ts'

const piece = 64 * 1024
const header = 32
const key = randomBytes(32)

describe('A sealed file', () => {
  let dir: string
  let file: string
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-sealed-'))
    file = path.join(dir, 'sealed')
  })
  after(() => rm(dir, { recursive: true, force: true }))

  async function sealed(plain: Buffer): Promise<SealedAudio> {
    const from = path.join(dir, 'plain')
    await writeFile(from, plain)
    await sealFile(key, from, file, 'name')
    return opened(await openSealed([key], file, 'name'))
  }

  function opened(found: Awaited<ReturnType<typeof openSealed>>): SealedAudio {
    if (found === null || typeof found === 'string') throw new Error(`It is ${String(found)}`)
    return found
  }

  async function bytesOf(audio: SealedAudio, range?: ByteRange): Promise<Buffer> {
    const pieces: Buffer[] = []
    for await (const each of audio.read(range)) pieces.push(each)
    return Buffer.concat(pieces)
  }

  /** What comes of reading all of it: `damaged` also where that is found in the middle. */
  async function outcome(name = 'name', where = file): Promise<string> {
    const found = await openSealed([key], where, name)
    if (found === null) return 'plain'
    if (typeof found === 'string') return found
    return bytesOf(found).then(
      () => 'readable',
      (error: unknown) => (error instanceof DamagedFile ? 'damaged' : String(error))
    )
  }

  it('gives back what was put in, of any length, and shows nothing of it', async () => {
    for (const length of [0, 1, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 77]) {
      const plain = Buffer.concat([Buffer.from('RIFF'), randomBytes(Math.max(0, length))]).subarray(0, length)
      const audio = await sealed(plain)
      expect(audio.bytes, `${length}`).to.equal(length)
      expect((await bytesOf(audio)).equals(plain), `${length}`).to.equal(true)
      const stored = await readFile(file)
      expect(stored.includes('RIFF')).to.equal(false)
      if (length > 100) expect(stored.includes(plain.subarray(length - 50, length - 18))).to.equal(false)
    }
    expect(await readdir(dir), 'no halves are left').to.have.members(['plain', 'sealed'])
  })

  it('looks different each time, though it holds the same', async () => {
    const plain = randomBytes(1000)
    await sealed(plain)
    const first = await readFile(file)
    await sealed(plain)
    expect((await readFile(file)).subarray(header).equals(first.subarray(header))).to.equal(false)
  })

  it('gives any range exactly', async () => {
    const plain = randomBytes(3 * piece + 500)
    const audio = await sealed(plain)
    const last = plain.length - 1
    const edges = [0, 1, piece - 1, piece, piece + 1, 2 * piece - 1, 2 * piece, 3 * piece, last - 1, last]
    for (const start of edges)
      for (const end of edges.filter((each) => each >= start)) {
        const got = await bytesOf(audio, { start, end })
        expect(got.equals(plain.subarray(start, end + 1)), `${start}-${end}`).to.equal(true)
      }
  })

  it('is refused when a single bit was changed, wherever', async () => {
    await sealed(randomBytes(2 * piece + 500))
    const whole = await readFile(file)
    const sealedPiece = piece + 16
    const places = [20, header, header + piece, header + sealedPiece, header + 2 * sealedPiece + 3]
    for (const at of [...places, whole.length - 1]) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0x10
      await writeFile(file, changed)
      expect(await outcome(), `byte ${at}`).to.equal('damaged')
    }
    // What is named first is which key it was: another one, as far as anybody can tell.
    const other = Buffer.from(whole)
    other[9] = (other[9] ?? 0) ^ 1
    await writeFile(file, other)
    expect(await outcome()).to.equal('locked')
    await writeFile(file, whole)
    expect(await outcome()).to.equal('readable')
  })

  it('is refused when it was cut, lengthened, or its pieces stand in another order', async () => {
    await sealed(randomBytes(3 * piece))
    const whole = await readFile(file)
    const at = (n: number): number => header + n * (piece + 16)
    const order = [header, at(1), at(0), at(2)]
    const swapped = Buffer.concat([
      whole.subarray(0, header),
      whole.subarray(order[1], at(2)),
      whole.subarray(order[2], at(1)),
      whole.subarray(at(2))
    ])
    const forms = {
      swapped,
      'the last piece is gone': whole.subarray(0, at(2)),
      'half a piece is gone': whole.subarray(0, whole.length - 30_000),
      'only the header is left': whole.subarray(0, header),
      'a byte was added': Buffer.concat([whole, Buffer.alloc(1)]),
      'a piece was added': Buffer.concat([whole, whole.subarray(at(2))])
    }
    for (const [form, bytes] of Object.entries(forms)) {
      await writeFile(file, bytes)
      expect(await outcome(), form).to.equal('damaged')
    }
  })

  it('does not open under the name of another recording', async () => {
    await sealed(randomBytes(100))
    const other = path.join(dir, 'other')
    await copyFile(file, other)
    expect(await outcome('other', other)).to.equal('damaged')
    await rm(other)
  })

  it('tells which key it needs, and a file in clear from a sealed one', async () => {
    await sealed(randomBytes(100))
    expect(await sealOf(file)).to.equal(keyId(key))
    expect(await openSealed([randomBytes(32)], file, 'name')).to.equal('locked')
    expect(await openSealed([], file, 'name')).to.equal('locked')
    expect(await openSealed([randomBytes(32), key], file, 'name')).to.have.property('bytes', 100)
    const plain = path.join(dir, 'plain')
    expect([await sealOf(plain), await openSealed([key], plain, 'name')]).to.deep.equal([null, null])
    await truncate(plain, 0)
    expect(await sealOf(plain)).to.equal(null)
  })
})
