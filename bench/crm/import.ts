import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pino } from 'pino'
import { clientImport, clientImportUndo, keepRows, openTable } from '../../api/client-imports.ts'
import { guessColumns } from '../../crm/imports/fields.ts'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import type { JobKind, JobRun } from '../../jobs/jobs.ts'
import { xlsxRows } from '../../reports/sheets/xlsx.ts'

const rows = 50_000
const budgetMs = 60_000
const headings = ['Name', 'Phone', 'Phone 2', 'Email', 'Company', 'Tags', 'Note']

const log = pino({ level: 'silent' })
const dir = await mkdtemp(path.join(tmpdir(), 'ringtrace-bench-import-'))
const postgres = await startPostgres({ dir, log })
const db = connect(await postgres.createDatabase('bench'), log)
try {
  await migrate(db)
  const bytes = await buffer(
    xlsxRows(
      {
        ...{ name: 'clients', locale: 'en', timeZone: 'UTC' },
        columns: headings.map((title) => ({ title, kind: 'text' }))
      },
      made()
    )
  )
  const id = await timed(
    `${rows} rows of a workbook of ${(bytes.length / 1024 ** 2).toFixed(1)} MB read and kept`,
    () => read(bytes)
  )
  const tookMs = performance.now()
  await timed('taken', () => work(clientImport(db), id))
  if (performance.now() - tookMs > budgetMs) process.exitCode = 1
  await timed('a second time, everybody there already', async () => {
    await work(clientImport(db), await read(bytes))
  })
  await db('client_imports').where({ id }).update({ state: 'undoing' })
  await timed('undone', () => work(clientImportUndo(db), id))
  console.log(`left: ${JSON.stringify(await db('contacts').count('* as contacts').first())}`)
} finally {
  await db.destroy()
  await postgres.stop()
  await rm(dir, { recursive: true, force: true })
}

function* made(): Generator<string[]> {
  for (let n = 0; n < rows; n += 1)
    yield [
      `Client ${n}`,
      `8916${String(n).padStart(7, '0')}`,
      n % 4 === 0 ? `+7495${String(n).padStart(7, '0')}` : '',
      n % 2 === 0 ? `client${n}@example.com` : '',
      n % 3 === 0 ? `Company ${n % 2000}` : '',
      n % 10 === 0 ? 'vip, old' : '',
      `Note of ${n}`
    ]
}

async function read(bytes: Buffer): Promise<string> {
  const file = await openTable(bytes)
  return db.transaction(async (trx) => {
    const [kept] = await trx('client_imports')
      .insert({
        ...{ things: 'contacts', file_hash: file.hash, dialect: JSON.stringify(file.dialect), total: 0 },
        ...{ headings: file.headings, state: 'running' },
        columns: JSON.stringify(guessColumns('contacts', file.headings, []))
      })
      .returning<{ id: string }[]>('id')
    if (!kept) throw new Error('No import came back')
    const total = await keepRows(trx, kept.id, file.lines, file.headings.length)
    await trx('client_imports').where({ id: kept.id }).update({ total })
    return kept.id
  })
}

async function work(kind: JobKind<{ importId: string }>, importId: string): Promise<void> {
  const job = { id: '', userId: null, params: { importId }, progress: () => Promise.resolve() }
  console.log(`  ${JSON.stringify(await kind.run(job as unknown as JobRun<{ importId: string }>))}`)
}

async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await run()
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}
