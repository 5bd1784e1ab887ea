import { expect } from 'chai'
import type { Knex } from 'knex'
import pino from 'pino'
import { loadDemo, wipeDemo } from '../../db/demo/index.ts'
import type { LoadDemoOptions } from '../../db/demo/index.ts'
import { momentTypes } from '../../pbx/call/moments.ts'
import { foldJournal } from '../../pbx/call/journal.ts'
import { cpuMsOf } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const file = (name: string, seconds: number) => ({
  file: name,
  contentType: 'audio/mpeg',
  channels: 2,
  seconds,
  bytes: 1
})
const options = {
  nowMs,
  sipPort: 26_070,
  dataDir: '/nowhere',
  log: pino({ level: 'silent' }),
  audio: { talks: [file('demo-talk-a', 21.5), file('demo-talk-b', 30)], message: file('demo-message', 9) }
} satisfies Partial<LoadDemoOptions>
// The audio is given, so that nothing of the home is run.
const home = {
  root: '/',
  version: '0',
  modulesDir: '/',
  dataDir: '/',
  command: () => ({ file: 'false', args: [] })
}

interface LoadCost {
  statements: number
  /** CPU time of this process, and of PostgreSQL for this database. */
  cpuMs: number
  /** CPU time of `usualWork`, just before and just after. */
  usualMs: number
}
/** Of `usualWork`: about four seconds where nobody else is at work. */
const mostUsualWork = 60

/** What such a machine does all day: makes rows, turns them into text and back. Some processors are slower than others. */
function usualWork(): void {
  for (let round = 0; round < 8; round += 1) {
    const rows = Array.from({ length: 3000 }, (_, index) => ({
      ...{ id: `row ${index}`, at: new Date(index * 1000).toISOString() },
      data: { index, list: [index, round], text: 'Кухни на заказ' }
    }))
    const read = JSON.parse(JSON.stringify(rows)) as typeof rows
    read.sort((a, b) => b.data.index - a.data.index)
  }
}

async function costOfLoading(db: Knex): Promise<LoadCost> {
  let statements = 0
  usualWork()
  const before = await cpuMsOf(usualWork)
  const count = (): void => void (statements += 1)
  db.on('query', count)
  const cpuMs = await cpuMsOf(() => loadDemo(db, { ...options, home }), db)
  db.off('query', count)
  const after = await cpuMsOf(usualWork)
  return { statements, cpuMs, usualMs: (before + after) / 2 }
}

interface EventRow {
  call_id: string
  seq: number
  at: Date
  type: string
  data: Record<string, unknown>
}

describe('The demo company', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let cost: LoadCost

  before(async () => {
    database = await createTestDatabase()
    await database.db('users').insert({ login: 'admin', name: 'Admin', role: 'admin' })
    cost = await costOfLoading(database.db)
  })
  after(() => database.drop())

  const count = async (sql: string): Promise<number> => {
    const { rows } = await database.db.raw<{ rows: { n: string }[] }>(`select count(*) n from ${sql}`)
    return Number(rows[0]?.n)
  }

  // Seconds on a clock on the wall are those of whoever else is busy on the machine: what is counted is the work.
  it('is loaded by few statements, and with little work for the processor', () => {
    expect(cost.statements).to.be.at.most(60)
    expect(cost.cpuMs / cost.usualMs, `${cost.cpuMs} ms, of which usual work is ${cost.usualMs}`).to.be.below(
      mostUsualWork
    )
  })

  it('has what a newcomer looks for, all marked as demo', async () => {
    expect(await count('users where is_demo')).to.equal(6)
    expect(await count('sites where is_demo')).to.equal(2)
    expect(await count('sources where is_demo')).to.equal(10)
    expect(await count('numbers where is_demo and scheme_id is not null and source_id is not null')).to.equal(
      11
    )
    expect(await count('schemes where is_demo and published_version = 1')).to.equal(3)
    // Sixty whom the company knew, and who has bought since.
    expect(await count('contacts where is_demo')).to.be.within(100, 350)
    expect(await count('contacts where owner_id is not null')).to.equal(20)
    expect(await count('calls where is_demo')).to.be.within(1300, 1700)
    expect(await count('calls where not is_demo')).to.equal(0)
  })

  it('has visits behind the calls to lent numbers, with their path, and never lends a number twice at once', async () => {
    const calls = await count('calls where pool_id is not null')
    expect(calls).to.be.within(300, 700)
    const tied = await count('calls c join visits v on v.id = c.visit_id where v.started_at < c.started_at')
    expect(tied / calls).to.be.within(0.75, 0.97)
    expect(await count('calls where visit_id is not null and attribution_confidence > 0.8')).to.equal(tied)
    expect(await count('visits')).to.equal(await count('touchpoints'))
    expect(
      await count('(select visitor_id from touchpoints group by 1 having count(*) > 2) paths')
    ).to.be.above(50)
    const twice = `number_leases a join number_leases b on a.number_id = b.number_id and a.id < b.id
      and a.from_at < b.until_at and b.from_at < a.until_at where a.kind = 'lease' and b.kind = 'lease'`
    expect(await count(twice)).to.equal(0)
  })

  it('rings the one who set the system up in every group', async () => {
    expect(await count("group_members m join users u on u.id = m.user_id where u.login = 'admin'")).to.equal(
      2
    )
  })

  it('has calls of every kind, most of them answered, many rated', async () => {
    const all = await count('calls')
    const share = async (where: string): Promise<number> => (await count(`calls where ${where}`)) / all
    expect(await share("outcome = 'answered'")).to.be.within(0.6, 0.92)
    expect(await share("outcome = 'missed'")).to.be.within(0.01, 0.2)
    expect(await share("outcome = 'abandoned'")).to.be.within(0.005, 0.15)
    expect(await share("outcome = 'voicemail'")).to.be.within(0.005, 0.15)
    expect(await share('rating is not null')).to.be.within(0.15, 0.6)
    expect(await share('contact_id is not null')).to.be.within(0.15, 0.35)
    expect(await share('is_first_call')).to.be.within(0.4, 0.8)
    expect(await share('pressed is not null')).to.be.within(0.2, 0.8)
    expect(await count('calls where outcome is null or ended_at is null')).to.equal(0)
    expect(await count(`calls where ended_at > '${new Date(nowMs).toISOString()}'`)).to.equal(0)
  })

  it('is busy in the daytime of working days and quiet at night', async () => {
    const hour = "extract(hour from started_at at time zone 'Europe/Moscow')"
    expect(await count(`calls where ${hour} between 10 and 13`)).to.be.above(300)
    expect(await count(`calls where ${hour} between 0 and 5`)).to.be.below(40)
  })

  it('lets some of the latest calls be heard, and none look like a lost recording', async () => {
    const audible = "calls where recording_state = 'ready' and outcome = 'answered'"
    expect(await count(audible)).to.be.within(6, 12)
    expect(await count(`${audible} and abs(talk_seconds - recording_seconds) > 1.5`)).to.equal(0)
    expect(await count("calls where recording_id is not null and recording_state <> 'ready'")).to.equal(0)
    expect(await count("recordings where state <> 'ready'")).to.equal(0)
    expect(
      await count(
        'calls c where recording_id is not null and not exists (select from recordings r where r.id = c.recording_id)'
      )
    ).to.equal(0)
  })

  it('never lets an operator talk to two clients at once', async () => {
    const legs = "call_legs where result = 'answered'"
    const overlaps = `(select * from ${legs}) a join (select * from ${legs}) b on a.user_id = b.user_id
      and (a.call_id, a.leg) < (b.call_id, b.leg) and a.answered_at < b.ended_at and b.answered_at < a.ended_at`
    expect(await count(overlaps)).to.equal(0)
  })

  it('has a journal that follows from its tapes', async () => {
    const calls = await database.db<Record<string, unknown>>('calls').orderBy('id').limit(40)
    for (const call of calls) {
      const rows = await database
        .db<EventRow>('call_events')
        .where({ call_id: String(call['id']) })
        .orderBy('seq')
      expect(rows.map(({ seq }) => seq)).to.deep.equal(rows.map((_, index) => index + 1))
      const journal = foldJournal(
        rows.map((row) => ({
          callId: row.call_id,
          seq: row.seq,
          atMs: row.at.getTime(),
          type: row.type,
          from: null,
          to: null,
          data: row.data,
          effects: []
        }))
      )
      for (const column of [
        'outcome',
        'talk_seconds',
        'wait_seconds',
        'operator_id',
        'rating',
        'note',
        'steps'
      ]) {
        expect(journal?.call[column], column).to.deep.equal(call[column])
      }
      expect(rows.some(({ type }) => type === 'call.ended')).to.equal(true)
    }
    const known = momentTypes.map((type) => `'${type}'`).join()
    expect(await count(`call_events where type like '%.%' and type not in (${known})`)).to.equal(0)
  })

  it('is not loaded twice', async () => {
    expect(await loadDemo(database.db, { ...options, home })).to.equal(null)
  })

  it('goes altogether when it is wiped, but what people made themselves stays', async () => {
    const { db } = database
    const scheme = await db<{ id: string; name: string }>('schemes')
      .where({ name: 'Кухни: сразу к продавцам' })
      .first('id')
    await db('numbers').insert({ e164: '+74959998877', scheme_id: scheme?.id })
    await db('contacts').insert({ name: 'Настоящий клиент' })

    const { counts, files } = await wipeDemo(db)

    expect(counts['calls']).to.be.above(1000)
    expect(counts['users']).to.equal(6)
    expect(files).to.include('demo-message')
    for (const table of [
      'users',
      'sites',
      'sources',
      'numbers',
      'number_pools',
      'trunks',
      'contacts',
      'calls',
      'inquiries',
      'deals'
    ]) {
      expect(await count(`${table} where is_demo`), table).to.equal(0)
    }
    for (const table of [
      ...['calls', 'call_legs', 'call_events', 'recordings'],
      ...['visits', 'visitors', 'touchpoints', 'number_leases']
    ]) {
      expect(await count(table), table).to.equal(0)
    }
    expect(await count('users')).to.equal(1)
    expect(await count('contacts')).to.equal(1)
    expect(
      await count("numbers n join schemes s on s.id = n.scheme_id where n.e164 = '+74959998877'")
    ).to.equal(1)
    expect(await count("groups where name = 'Отдел продаж'")).to.equal(1)
    expect(await count('groups')).to.equal(1)
  })

  it('does not come back by itself after a wipe', async () => {
    expect(await loadDemo(database.db, { ...options, home })).to.equal(null)
  })
})
