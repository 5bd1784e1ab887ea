import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import { quantile, startApi } from '../reports/api.ts'

const contacts = 100_000
const budgetMs = 100
const kinds: Record<string, readonly string[]> = {
  'part of a name': ['Сидоров', 'петр', 'кузнец', 'zzz'],
  'two words': ['Иванова Ольга', 'smith john', 'Орлова 4321'],
  'digits of a number': ['8 916 004-21-', '+7495', '00042', '1234', '79160012345'],
  'part of a mail': ['client4567@', 'nt99@exam'],
  company: ['Компания 77', 'дом 12'],
  'one letter': ['и', 'K', 'о', '7', 'к', 's']
}

const log = pino({ level: 'silent' })
const dir = await mkdtemp(path.join(tmpdir(), 'ringtrace-bench-contacts-'))
const postgres = await startPostgres({ dir, log })
try {
  const bareUrl = await postgres.createDatabase('bare')
  const url = await postgres.createDatabase('bench')
  const bare = await prepared(bareUrl)
  const db = await prepared(url)
  // By turns: how loaded the machine is changes by the minute.
  const slices = 5
  let plainMs = 0
  let ourMs = 0
  for (let slice = 0; slice < slices; slice += 1) {
    const from = (slice * contacts) / slices
    plainMs += await timed(() => fill(bare, from, contacts / slices, true))
    ourMs += await timed(() => fill(db, from, contacts / slices, false))
  }
  console.log(
    `${contacts} contacts with numbers and mails written in ${seconds(ourMs)}, without triggers in ${seconds(plainMs)}: ${(ourMs / plainMs).toFixed(2)} x`
  )
  await bare.destroy()
  await db.raw('vacuum analyze')
  await db.destroy()
  await search(url)
} finally {
  await postgres.stop()
  await rm(dir, { recursive: true, force: true })
}

async function prepared(url: string): Promise<Knex> {
  const db = connect(url, log)
  await migrate(db)
  return db
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Types every word letter by letter, by turns with the first page of the list without a word. */
async function search(databaseUrl: string): Promise<void> {
  const api = await startApi(databaseUrl)
  try {
    const listed: number[] = []
    const all: number[] = []
    for (const [kind, words] of Object.entries(kinds)) {
      const times: { text: string; ms: number }[] = []
      for (let round = 0; round < 3; round += 1)
        for (const whole of words)
          for (let length = 1; length <= whole.length; length += 1) {
            const text = whole.slice(0, length)
            const { ms } = await api.timed(`/api/contacts?limit=50&search=${encodeURIComponent(text)}`)
            const list = await api.timed('/api/contacts?limit=50')
            if (round === 0) continue
            times.push({ text, ms })
            listed.push(list.ms)
          }
      all.push(...times.map(({ ms }) => ms))
      const [slowest] = times.toSorted((a, b) => b.ms - a.ms)
      console.log(`${kind}: ${told(times.map(({ ms }) => ms))}; slowest “${slowest?.text ?? ''}”`)
    }
    console.log(`the list without a search: ${told(listed)}`)
    const p95 = at(all, 0.95)
    console.log(
      `all searches: ${told(all)}; ${(p95 / at(listed, 0.95)).toFixed(2)} x the list at p95; budget ${budgetMs} ms`
    )
    if (p95 > budgetMs) process.exitCode = 1
  } finally {
    await api.close()
  }
}

function at(values: readonly number[], share: number): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    share
  )
}

function told(values: readonly number[]): string {
  const rounded = [0.5, 0.95, 1].map((share) => at(values, share).toFixed(1))
  return `p50 ${rounded[0]}, p95 ${rounded[1]}, max ${rounded[2]} ms of ${values.length}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

async function fill(db: Knex, from: number, count: number, isBare: boolean): Promise<void> {
  await db.transaction(async (trx) => {
    if (isBare) await trx.raw('set local session_replication_role = replica')
    await trx.raw(
      `with made as (
         insert into contacts (name, company)
         select (array['Иванова Ольга','Сидоров Иван','Кузнецов Пётр','Петрова Анна','Smith John','Орлова Вера'])[1 + n % 6] || ' ' || n,
           case when n % 3 = 0 then 'Компания ' || n % 2000 when n % 7 = 0 then 'Дом ' || n % 500 end
         from generate_series(cast(:from as int) + 1, cast(:to as int)) n returning id, name
       ), numbered as (select id, cast(substring(name from '\\d+$') as int) as n from made), phones as (
         insert into contact_phones (e164, contact_id)
         select '+7916' || lpad(n::text, 7, '0'), id from numbered
         union all select '+7495' || lpad(n::text, 7, '0'), id from numbered where n % 4 = 0
       )
       insert into contact_emails (contact_id, email)
       select id, 'client' || n || '@example.com' from numbered where n % 2 = 0`,
      { from, to: from + count }
    )
  })
}
