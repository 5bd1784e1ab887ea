import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import type { TapeRow } from '../../pbx/call/effects.ts'
import type { CallVisit } from '../../pbx/call/types.ts'
import { foldJournal } from '../../pbx/call/journal.ts'
import { takeLease } from '../support/lease.ts'
import { openSpool } from '../../pbx/runtime/spool.ts'
import { createTapeWriter, readTape, type TapeWriter } from '../../pbx/runtime/tape-writer.ts'
import { createFacts } from '../../reports/facts/facts.ts'
import { createRecomputeJob, type RecomputeParams } from '../../tracking/recompute/job.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { foundSite, type TestSite } from '../tracking/site.ts'

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
const noon = Date.parse('2026-11-10T12:00:00Z')
const minute = 60_000
const thatDay = { from: '2026-11-10', to: '2026-11-10' }
const nobody: Pick<CallVisit, 'visitId' | 'visitorId' | 'rule' | 'model' | 'confidence' | 'candidates'> = {
  visitId: null,
  visitorId: null,
  rule: 'unknown',
  model: 'who/0',
  confidence: 0,
  candidates: []
}

describe('Attributing past calls anew', function () {
  this.timeout(60_000)
  let base: TestDatabase
  let db: Knex
  let tape: TapeWriter
  let dir: string
  let site: TestSite
  before(async () => {
    base = await createTestDatabase()
    db = base.db
    dir = await mkdtemp(path.join(os.tmpdir(), 'ringtrace-test-spool-'))
    const nothing = (): Promise<void> => Promise.resolve()
    tape = createTapeWriter({
      ...{ db, log, fence: await takeLease(db, 'test'), spool: await openSpool(dir) },
      outbox: { enqueueDeliveries: nothing, enqueueRecordings: nothing, takeMoments: nothing },
      onCommitted: () => undefined,
      onFlush: () => undefined
    })
    site = await foundSite(db, 2)
  })
  after(async () => {
    await tape.close()
    await base.drop()
    await rm(dir, { recursive: true, force: true })
  })

  const numberId = (): string => site.numberIds.get(site.numbers[0] ?? '') ?? ''
  /** A visit from a campaign that held the first number for some minutes around noon. */
  async function visit(
    campaign: string,
    from: number,
    seen: number
  ): Promise<{ id: string; visitor: string }> {
    const ids = { id: randomUUID(), visitor: randomUUID() }
    const at = (offset: number): Date => new Date(noon + offset * minute)
    const touch = { inquiry_channel: 'paid', source: 'yandex', medium: 'cpc', campaign, keyword: 'окна' }
    await db('visitors').insert({ id: ids.visitor, site_id: site.siteId, touch: '{}' })
    await db('visits').insert({
      ...{
        id: ids.id,
        visitor_id: ids.visitor,
        site_id: site.siteId,
        started_at: at(from),
        rule: 'campaign',
        ...touch
      },
      ...{
        landing_url: `https://s.ru/${campaign}`,
        page_url: 'https://s.ru/later',
        utm: JSON.stringify({ campaign })
      },
      pages: JSON.stringify([
        { at: at(from), url: `https://s.ru/${campaign}` },
        { at: at(60), url: 'https://s.ru/later' }
      ])
    })
    await db('touchpoints').insert({
      ...{
        visitor_id: ids.visitor,
        visit_id: ids.id,
        site_id: site.siteId,
        at: at(from),
        is_direct: false,
        ...touch
      }
    })
    await db('number_leases').insert({
      ...{ id: randomUUID(), number_id: numberId(), pool_id: site.poolId, site_id: site.siteId },
      ...{
        visit_id: ids.id,
        visitor_id: ids.visitor,
        from_at: at(from),
        seen_at: at(seen),
        until_at: at(seen + 3)
      }
    })
    return ids
  }
  /** A call as it was attributed then. */
  async function call(
    atMinute: number,
    caller: string,
    known: Partial<typeof nobody> | null = {}
  ): Promise<string> {
    const callId = randomUUID()
    const row = (seq: number, type: string, data: object): TapeRow => ({
      ...{ callId, seq, type, from: null, to: null, effects: [], data: { ...data } },
      atMs: noon + (atMinute + seq - 1) * minute
    })
    const none = {
      landingUrl: null,
      pageUrl: null,
      referrer: null,
      gaClientId: null,
      ymClientId: null,
      device: null
    }
    const pool = { poolId: site.poolId, poolName: 'Pool' }
    tape.importTape(
      [
        row(1, 'call.initiated', {
          ...{
            pbxUniqueId: callId,
            direction: 'in',
            callType: 'tracking_static',
            dialed: site.numbers[0],
            trunkId: null
          },
          caller: { number: caller, name: null, region: null, country: 'RU' },
          number: { id: numberId(), e164: site.numbers[0], label: null },
          ...{ source: null, site: { id: site.siteId, name: 'S' }, contact: null, scheme: null },
          ...(known && { visit: { ...nobody, ...pool, utm: {}, clickIds: {}, ...none, ...known } })
        }),
        row(2, 'call.ended', {
          ...{ outcome: 'missed', reason: 'x', hangupBy: 'client', cause: 16 },
          ...{ waitSeconds: 60, talkSeconds: 0, heldSeconds: 0, totalSeconds: 60 }
        })
      ],
      []
    )
    await tape.flush()
    return callId
  }
  async function run(params: RecomputeParams) {
    const told: [number, number | null][] = []
    const kind = createRecomputeJob({ db, appendMoment: (...moment) => tape.appendMoment(...moment) })
    const result = await kind.run({
      ...{ id: randomUUID(), userId: null, params, file: () => Promise.reject(new Error('makes no file')) },
      progress: (done, total) => Promise.resolve(void told.push([done, total]))
    })
    return { result, told }
  }

  it('finds the visit that held the number, tells the tape, and finds nothing more the next time', async () => {
    const { id, visitor } = await visit('okna', -10, 5)
    const held = await call(0, '+79160000001')
    const again = await call(30, '+79160000001')
    const stranger = await call(240, '+79160000002', { model: 'who/1' })
    // Attributed by leases that are kept no more.
    const old = await call(300, '+79160000003', {
      visitId: randomUUID(),
      visitorId: randomUUID(),
      rule: 'holder'
    })
    await createFacts({ db, log }).settle()

    const dry = await run({ ...thatDay, dryRun: true })
    expect(dry.result).to.deep.equal({ changed: 2, unchanged: 1, unknown: 1, dryRun: true })
    expect(await db('call_events').where({ type: 'call.attributed' })).to.deep.equal([])

    const { result, told } = await run({ ...thatDay, siteId: site.siteId })
    expect(result).to.deep.equal({ changed: 2, unchanged: 1, unknown: 1, dryRun: false })
    expect(told.at(-1)).to.deep.equal([4, 4])
    const row = await db('calls').where({ id: held }).first<Record<string, unknown>>()
    expect(row).to.include({
      ...{ visit_id: id, visitor_id: visitor, attribution_model: 'who/1', attribution_confidence: '0.9901' },
      ...{ source_name: 'yandex', inquiry_channel: 'paid', campaign: 'okna', keyword: 'окна', medium: 'cpc' },
      ...{ landing_url: 'https://s.ru/okna', page_url: 'https://s.ru/okna', pool_id: site.poolId }
    })
    expect(await db('calls').where({ id: again }).first('visit_id', 'attribution_confidence')).to.deep.equal({
      visit_id: id,
      attribution_confidence: '0.9406'
    })
    const visits = await db('calls')
      .whereIn('id', [stranger, old])
      .select<{ attribution_model: string }[]>('*')
    expect(visits.map((one) => one.attribution_model).sort()).to.deep.equal(['who/0', 'who/1'])

    const [moment] = (await readTape(db, held)).slice(-1)
    expect(moment?.type).to.equal('call.attributed')
    expect(moment?.data['before']).to.deep.equal({
      visitId: null,
      rule: 'unknown',
      model: 'who/0',
      confidence: 0
    })
    // The journal is what its tape says, still.
    const folded = foldJournal(await readTape(db, held))?.call
    expect(folded).to.deep.include({ visit_id: id, source_name: 'yandex', page_url: 'https://s.ru/okna' })

    expect((await run(thatDay)).result).to.deep.equal({ changed: 0, unchanged: 3, unknown: 1, dryRun: false })
    await createFacts({ db, log }).settle()
    const credited = await db('credits as c')
      .join('report_paths as p', 'p.id', 'c.path_id')
      .where('c.subject_id', held)
      .select('p.campaign', 'c.linear')
    expect(credited).to.deep.equal([{ campaign: 'okna', linear: 1_000_000 }])
  })

  it('leaves calls of other days and other sites alone', async () => {
    const days = { from: '2026-11-11', to: '2026-11-12' }
    expect((await run(days)).result).to.include({ changed: 0, unchanged: 0, unknown: 0 })
    expect((await run({ ...thatDay, siteId: randomUUID() })).result).to.include({ unchanged: 0 })
  })
})
