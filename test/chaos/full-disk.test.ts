import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { openSpool, type Spool } from '../../pbx/runtime/spool.ts'
import { createTapeWriter, readTape, type TapeWriter } from '../../pbx/runtime/tape-writer.ts'
import { callId, initiated, tapeOf } from '../api/support/calls.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { openDatabasePipe, type Pipe } from './pipe.ts'

const log = pino({ level: 'silent' })

describe('A disk that is full while PostgreSQL is away', function () {
  this.timeout(30_000)
  let base: TestDatabase
  let pipe: Pipe
  let db: TestDatabase['db']
  let dir: string
  let spool: Spool
  let tape: TapeWriter
  let hasRoom = true

  before(async () => {
    base = await createTestDatabase()
    const found = await openDatabasePipe(base.url)
    pipe = found.pipe
    db = connect(found.url, log, 2)
    dir = await mkdtemp(path.join(os.tmpdir(), 'ringtrace-test-spool-'))
    spool = await openSpool(dir)
    const append = spool.append.bind(spool)
    spool.append = (batch) =>
      hasRoom ? append(batch) : Promise.reject(Object.assign(new Error('No room'), { code: 'ENOSPC' }))
    const nothing = (): Promise<void> => Promise.resolve()
    const fence = { node: 'test', owner: randomUUID(), epoch: 1 }
    await base.db('node_leases').insert({ ...fence, expires_at: new Date() })
    tape = createTapeWriter({
      ...{ db, log, fence, spool },
      outbox: { enqueueDeliveries: nothing, enqueueRecordings: nothing, takeMoments: nothing },
      onCommitted: () => undefined,
      onFlush: () => undefined
    })
  })
  after(async () => {
    pipe.heal()
    await tape.close()
    await db.destroy()
    await pipe.close()
    await base.drop()
    await rm(dir, { recursive: true, force: true })
  })

  it('loses no row: they wait in memory, and come in order when one of the two is back', async () => {
    const [spooled, kept, last] = [callId(), callId(), callId()]
    const arrived = (id: string): void => tape.importTape([tapeOf(id)('call.initiated', initiated())], [])
    pipe.cut()
    arrived(spooled)
    await tape.flush()
    expect(tape.status().spooledBatches).to.equal(1)
    hasRoom = false
    arrived(kept)
    arrived(last)
    await tape.flush()
    expect(tape.status().spooledBatches, 'behind').to.be.greaterThan(1)
    expect(await readFile(path.join(dir, 'tape.jsonl'), 'utf8')).not.to.include(kept)

    pipe.heal()
    await until(() => tape.status().spooledBatches === 0, { what: 'all is written' })
    for (const id of [spooled, kept, last])
      expect((await readTape(base.db, id)).map(({ seq }) => seq)).to.deep.equal([1])
    expect(await readFile(path.join(dir, 'tape.jsonl'), 'utf8')).to.equal('')
  })
})
