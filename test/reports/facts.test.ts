import { expect } from 'chai'
import fc from 'fast-check'
import { pino } from 'pino'
import { models } from '../../tracking/attribution/models.ts'
import { createFacts } from '../../reports/facts/facts.ts'
import { rebuildAll } from '../../reports/facts/rebuild.ts'
import { readFactSettings } from '../../reports/facts/settings.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { differences, kept } from './facts-kept.ts'
import { recount, type Recount } from './facts-recount.ts'
import { act, begin, history, worldStart } from './facts-world.ts'

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })

describe('Figures of reports', function () {
  this.timeout(120_000)
  let base: TestDatabase
  before(async () => {
    base = await createTestDatabase()
  })
  after(() => base.drop())

  it('equal a recount from the raw tables, whatever happens in whatever order', async () => {
    const { db } = base
    const now = (): number => worldStart + 3 * 86_400_000
    await fc.assert(
      fc.asyncProperty(history, async (one) => {
        await begin(db, one)
        const facts = createFacts({ db, log, now })
        await facts.settle()
        const { rules } = await readFactSettings(db)
        for (const [number, deed] of one.deeds.entries()) {
          if (deed.do !== 'settle') await act(db, deed, number)
          else {
            await facts.settle()
            same(await kept(db), await recount(db, rules, one.timeZone))
          }
        }
        await facts.settle()
        const counted = await recount(db, rules, one.timeZone)
        const found = await kept(db)
        same(found, counted)
        // Whatever went wrong before: made anew they are the same.
        await db.transaction(async (trx) => {
          await trx.raw(`set local ringtrace.facts = 'on'`)
          await trx.raw(
            `update calls set is_target = not is_target, call_number = 9, is_unique = null, returned_at = null`
          )
          await trx.raw(`delete from credits where place = 0`)
          await trx.raw(`update report_sums set calls = calls + 1`)
        })
        await rebuildAll({ db, log }, { from: null, to: null })
        same(await kept(db), counted)
        // The credits of each model add up to the calls.
        const whole = sumOf(found.sums, 'hour', '')
        for (const model of models) expect(sumOf(found.sums, 'source', model)).to.equal(whole)
      }),
      {
        numRuns: Number(process.env['RUNS'] ?? 12),
        ...(process.env['SEED'] && { seed: Number(process.env['SEED']) })
      }
    )
  })
})

function same(found: Recount, expected: Recount): void {
  const differing = differences(found, expected)
  if (differing.length > 0) expect.fail(differing.slice(0, 10).join('\n'))
}

function sumOf(sums: Record<string, string>, cut: string, model: string): bigint {
  return Object.entries(sums)
    .filter(([key]) => key.startsWith(`${cut}|${model}|`))
    .reduce((sum, [, row]) => sum + BigInt(row.split(',')[0] ?? 0), 0n)
}
