import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { createFacts, type Facts } from '../../reports/facts/facts.ts'
import { readFactSettings } from '../../reports/facts/settings.ts'
import { unconverted } from '../../reports/facts/sums.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { differences, kept } from './facts-kept.ts'
import { recount } from './facts-recount.ts'

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
const hour = 3_600_000

describe('The keeper of facts', function () {
  this.timeout(60_000)
  let base: TestDatabase
  let db: Knex
  const started: Facts[] = []
  const pools: Knex[] = []
  beforeEach(async () => {
    base = await createTestDatabase()
    db = base.db
  })
  afterEach(async () => {
    await Promise.all(started.splice(0).map((facts) => facts.stop()))
    await Promise.all(pools.splice(0).map((pool) => pool.destroy()))
    await base.drop()
  })

  /** A keeper of another process. */
  function keeper(): Facts {
    const pool = connect(base.url, log)
    const facts = createFacts({ db: pool, log })
    pools.push(pool)
    started.push(facts)
    return facts
  }
  async function call(wish: { ago?: number; client?: string; talk?: number | null } = {}): Promise<string> {
    const { ago = hour, client = '+79000000001', talk = 60 } = wish
    const id = randomUUID()
    const at = new Date(Date.now() - ago)
    await db('calls').insert({
      ...{ id, pbx_unique_id: id, direction: 'in', call_type: 'tracking_static', caller_number: client },
      ...{
        started_at: at,
        ended_at: new Date(at.getTime() + 90_000),
        wait_seconds: 5,
        talk_seconds: talk ?? 0
      },
      ...(talk === null
        ? { outcome: 'missed' }
        : { outcome: 'answered', answered_at: new Date(at.getTime() + 5000) })
    })
    return id
  }
  async function isRight(): Promise<boolean> {
    const { rules, timeZone } = await readFactSettings(db)
    return differences(await kept(db), await recount(db, rules, timeZone)).length === 0
  }
  const flagsOf = (id: string): Promise<Record<string, unknown> | undefined> =>
    db('calls')
      .where({ id })
      .first<Record<string, unknown> | undefined>('call_number', 'is_target', 'is_repeat', 'returned_call_id')

  it('has a call in the sums within three seconds of its end', async () => {
    keeper().start()
    await until(async () => (await readFactSettings(db)).state)
    await call()
    await until(async () => (await db('report_sums').where({ cut: 'source', model: 'last' })).length > 0, {
      timeoutMs: 3000 * (process.env['CI'] ? 3 : 2)
    })
    expect(await isRight()).to.equal(true)
  })

  it('stands two controllers at once, and connections that are cut in the middle', async () => {
    const both = [keeper(), keeper()]
    for (const facts of both) facts.start()
    for (let round = 0; round < 6; round += 1) {
      for (let i = 0; i < 15; i += 1)
        await call({
          ago: (round * 15 + i) * 20 * 60_000,
          client: `+7900000000${i % 4}`,
          talk: i % 3 === 0 ? null : 40
        })
      await db.raw(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`)
    }
    await until(
      async () =>
        (await db('fact_queue').first('id')) === undefined &&
        (await db('report_dirty_days').first('day')) === undefined,
      { timeoutMs: 40_000 }
    )
    expect(await isRight()).to.equal(true)
  })

  it('works the rest out when one entry cannot be, and that one after the next start', async () => {
    const bad = await call({ client: '+79000000002' })
    const good = await call()
    await db.raw(`create function refuse() returns trigger language plpgsql as $$ begin
      if new.subject_id = '${bad}' then raise exception 'no'; end if; return new; end $$;
      create trigger refuse before insert on credits for each row execute function refuse()`)
    const facts = keeper()
    await facts.settle()
    expect(await flagsOf(good)).to.include({ call_number: 1, is_target: true })
    expect(await flagsOf(bad)).to.include({ call_number: null })
    for (let i = 0; i < 6; i += 1) await facts.settle()
    expect(await db('fact_queue').select('subject_id', 'tries')).to.deep.equal([
      { subject_id: bad, tries: 5 }
    ])
    await db.raw('drop trigger refuse on credits')
    await keeper().settle()
    expect(await flagsOf(bad)).to.include({ call_number: 1 })
    expect(await isRight()).to.equal(true)
  })

  it('does not wait for a call that the tape is just writing, and comes back to it', async () => {
    const id = await call()
    const facts = keeper()
    await db.transaction(async (trx) => {
      await trx('calls').where({ id }).forUpdate().first('id')
      await facts.settle()
      expect(await flagsOf(id)).to.include({ call_number: null })
    })
    await facts.settle()
    expect(await flagsOf(id)).to.include({ call_number: 1 })
    expect(await isRight()).to.equal(true)
  })

  it('puts a call that arrives late into its place, and a deleted one out of it', async () => {
    const facts = keeper()
    const second = await call({ ago: 50 * hour })
    const missed = await call({ ago: 75 * hour, talk: null })
    await facts.settle()
    expect(await flagsOf(second)).to.include({ call_number: 2, is_target: true })
    expect(await flagsOf(missed)).to.include({ call_number: 1, returned_call_id: second })
    const first = await call({ ago: 100 * hour })
    await facts.settle()
    expect(await flagsOf(second)).to.include({ call_number: 3, is_target: false, is_repeat: true })
    // Its neighbour lies on another day.
    expect(await isRight()).to.equal(true)
    await db('calls').where({ id: second }).delete()
    await facts.settle()
    expect(await flagsOf(missed)).to.include({ call_number: 2, returned_call_id: null })
    expect(await isRight()).to.equal(true)
    await db('calls').whereIn('id', [first, missed]).delete()
    await facts.settle()
    expect(await db('report_sums')).to.deep.equal([])
    expect(await db('credits')).to.deep.equal([])
  })

  it('moves calls to other days when the company moves to another time zone', async () => {
    const facts = keeper()
    for (const ago of [1, 7, 13, 19]) await call({ ago: ago * hour })
    await facts.settle()
    const zone = (value: string) =>
      db('settings')
        .insert({ key: 'company.timeZone', value: JSON.stringify(value) })
        .onConflict('key')
        .merge()
    for (const timeZone of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      await zone(timeZone)
      await facts.settle()
      expect(await isRight()).to.equal(true)
    }
  })

  it('orders that a history without facts is worked out, once', async () => {
    await db.transaction(async (trx) => {
      await trx.raw(`set local ringtrace.facts = 'on'`)
      await trx('calls').insert({
        ...{
          id: randomUUID(),
          pbx_unique_id: 'x',
          direction: 'in',
          call_type: 'tracking_static',
          outcome: 'missed'
        },
        ...{ started_at: new Date(), ended_at: new Date() }
      })
    })
    const orders: unknown[] = []
    const orderRebuild = (_trx: Knex, wish: unknown): Promise<number> => Promise.resolve(orders.push(wish))
    for (let i = 0; i < 2; i += 1) await createFacts({ db, log, orderRebuild }).settle()
    expect(orders).to.deep.equal([{ onlySums: false }])
  })

  it('shows the money that it cannot convert', async () => {
    const stage = await db('pipeline_stages')
      .where({ kind: 'won' })
      .first<{ id: string; pipeline_id: string }>()
    await db('deals').insert({
      ...{ title: 'D', pipeline_id: stage.pipeline_id, stage_id: stage.id, amount: 10, currency: 'USD' },
      created_at: new Date('2026-03-10T12:00:00Z')
    })
    const facts = keeper()
    await facts.settle()
    const period = { from: '2026-03-01', to: '2026-03-31' }
    const revenue = (): Promise<unknown> =>
      db('report_sums')
        .where({ cut: 'hour' })
        .first(db.raw('cast(revenue as float8) as revenue, cast(won as int) as won'))
    expect(await unconverted(db, period)).to.deep.equal({ deals: 1, currencies: ['USD'] })
    expect(await revenue()).to.deep.equal({ revenue: 0, won: 1_000_000 })
    await db('currency_rates').insert({ currency: 'USD', day: '2026-03-10', rate: 90.5 })
    await facts.settle()
    expect(await unconverted(db, period)).to.deep.equal({ deals: 0, currencies: [] })
    expect(await revenue()).to.deep.equal({ revenue: 905_000_000, won: 1_000_000 })
  })
})
