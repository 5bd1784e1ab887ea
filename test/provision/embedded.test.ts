import { expect } from 'chai'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../db/embedded.ts'
import type { RunningPostgres } from '../../db/embedded.ts'
import { pidAlive } from '../../host/process.ts'
import { startThenKillStarter } from './support/killable.ts'
import { log, withFolder } from './support/machine.ts'

describe('the embedded PostgreSQL', function () {
  this.timeout(60_000)

  async function withPostgres(
    dir: string,
    work: (running: RunningPostgres) => Promise<void>,
    port?: number
  ): Promise<void> {
    const running = await startPostgres({ dir, log, ...(port === undefined ? {} : { port }) })
    try {
      await work(running)
    } finally {
      await running.stop()
    }
    expect(pidAlive(running.pid)).to.equal(false)
  }

  async function ask(url: string, sql: string): Promise<unknown> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql)
      return Object.values(rows[0] ?? {})[0]
    } finally {
      await client.end()
    }
  }

  it('keeps what was written over a stop and a start, and folds Cyrillic case on any machine', async () => {
    await withFolder(async (folder) => {
      await withPostgres(folder, async ({ url }) => {
        await ask(url, "create table names as select 'ЁЛКА Ltd' as name")
      })
      await withPostgres(folder, async ({ url }) => {
        expect(await ask(url, 'select lower(name) from names')).to.equal('ёлка ltd')
        expect(await ask(url, 'show synchronous_commit')).to.equal('on')
        expect(await ask(url, 'show server_encoding')).to.equal('UTF8')
      })
    })
  })

  it('copies a template database for a test', async () => {
    await withFolder(async (folder) => {
      await withPostgres(folder, async (server) => {
        const template = await server.createDatabase('template "one"')
        await ask(template, 'create table t as select 42 as answer')
        const copy = await server.cloneDatabase('template "one"', 'copy')
        expect(await ask(copy, 'select answer from t')).to.equal(42)
        expect(await server.createDatabase('copy')).to.equal(copy)
        await server.dropDatabase('copy')
        await server.dropDatabase('copy')
        expect(
          await ask(server.url, "select count(*)::int from pg_database where datname = 'copy'")
        ).to.equal(0)
      })
    })
  })

  it('lets nobody in without the password', async () => {
    await withFolder(async (folder) => {
      await withPostgres(folder, async ({ url }) => {
        const wrong = new URL(url)
        wrong.password = 'guess'
        const error = await ask(wrong.toString(), 'select 1').catch((thrown: unknown) => thrown)
        expect(String(error)).to.include('password authentication failed')
      })
    })
  })

  it('listens on a port of loopback when asked', async () => {
    await withFolder(async (folder) => {
      await withPostgres(
        folder,
        async ({ url }) => {
          const tcp = new URL(url)
          tcp.search = ''
          tcp.hostname = '127.0.0.1'
          expect(await ask(tcp.toString(), 'select inet_server_port()')).to.equal(21650)
        },
        21650
      )
    })
  })

  it('is adopted after its starter was killed', async () => {
    await withFolder(async (folder) => {
      const pid = await startThenKillStarter('postgres', folder, 0)
      expect(pidAlive(pid)).to.equal(true)
      await withPostgres(folder, async (running) => {
        expect(running.pid).to.equal(pid)
        expect(running.adopted).to.equal(true)
        await Promise.resolve()
      })
    })
  })

  it('comes back with everything committed after it was killed itself', async () => {
    await withFolder(async (folder) => {
      const first = await startPostgres({ dir: folder, log })
      await ask(first.url, 'create table t as select 7 as kept')
      process.kill(first.pid, 'SIGKILL')
      await first.exited
      await withPostgres(folder, async (running) => {
        expect(running.pid).not.to.equal(first.pid)
        expect(await ask(running.url, 'select kept from t')).to.equal(7)
      })
    })
  })

  it('begins anew where a killed run left a half-made database', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, 'data.partial'))
      await writeFile(join(folder, 'data.partial/left-over'), '')
      await withPostgres(folder, async ({ url }) => {
        expect(await ask(url, 'select current_database()')).to.equal('ringtrace')
      })
    })
  })
})
