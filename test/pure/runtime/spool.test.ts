import { expect } from 'chai'
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import v8 from 'node:v8'
import vm from 'node:vm'
import { openSpool, type Spool } from '../../../pbx/runtime/spool.ts'

/** Bytes in use once all garbage is collected. */
function heapBytes(): number {
  v8.setFlagsFromString('--expose-gc')
  const collect = vm.runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

describe('The spool of the tape', () => {
  let dir: string
  let spool: Spool
  const file = (): string => path.join(dir, 'tape.jsonl')
  const replayed: unknown[] = []
  const take = (batch: unknown): Promise<void> => Promise.resolve(void replayed.push(batch))
  const takeUntil = (last: unknown) => (batch: unknown) =>
    batch === last ? Promise.reject(new Error('The database is away')) : take(batch)

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'ringtrace-test-spool-'))
    spool = await openSpool(dir)
    replayed.length = 0
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  async function failing(last: unknown): Promise<void> {
    const error = await spool.replay(takeUntil(last)).catch((thrown: unknown) => thrown)
    expect(error).to.be.an('error')
  }

  it('gives back what it took, in order, whatever letters are in it, and is empty then', async () => {
    const batches = ['Анна', { name: '𝄞 "\n" ' }, [1, 2], null]
    for (const batch of batches) await spool.append(batch)
    expect(spool.batches).to.equal(4)
    await spool.replay(take)
    expect(replayed).to.deep.equal(batches)
    expect(spool.isEmpty).to.equal(true)
    expect((await stat(file())).size).to.equal(0)
    await spool.append('next')
    await spool.replay(take)
    expect(replayed.at(-1)).to.equal('next')
  })

  it('goes on at the batch that failed, also after more have come, and keeps nothing twice', async () => {
    for (let n = 1; n <= 6; n += 1) await spool.append(n)
    await failing(2)
    await spool.append(7)
    await failing(6)
    await spool.append(8)
    expect(spool.batches).to.equal(3)
    await spool.replay(take)
    expect(replayed).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('lets go of what is written when that is most of it', async () => {
    for (let n = 1; n <= 6; n += 1) await spool.append(n)
    await failing(6)
    expect(await readFile(file(), 'utf8')).to.equal('6\n')
  })

  it('opened anew has all that was not replayed, and not the half of a line', async () => {
    for (let n = 1; n <= 4; n += 1) await spool.append({ n })
    await spool.replay(take)
    replayed.length = 0
    for (let n = 5; n <= 6; n += 1) await spool.append({ n })
    await appendFile(file(), '{"n":7')
    const again = await openSpool(dir)
    expect(again.batches).to.equal(2)
    await again.append({ n: 8 })
    await again.replay(take)
    expect(replayed).to.deep.equal([{ n: 5 }, { n: 6 }, { n: 8 }])
  })

  it('keeps what waits on disk and not in memory', async () => {
    const batch = { rows: 'x'.repeat(500_000) }
    await spool.append(batch)
    const before = heapBytes()
    for (let n = 0; n < 40; n += 1) await spool.append(batch)
    const grown = heapBytes() - before
    expect((await stat(file())).size).to.be.greaterThan(20_000_000)
    expect(grown).to.be.lessThan(4_000_000)
    let count = 0
    await spool.replay(() => Promise.resolve(void (count += 1)))
    expect(count).to.equal(41)
  })
})
