import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { median, startApi } from '../reports/api.ts'
import { row, type Row } from '../reports/table.ts'
import { connections, measureLeases } from './leases.ts'
import { measureSnippet, measureVisits } from './snippet.ts'
import { foundTarget, tidyTarget } from './target.ts'

const rate = 300

/** Leases against pgbench, and what visitors' browsers ask for at a steady rate. */
export async function measureTracking(
  databaseUrl: string,
  { rounds, seconds }: { rounds: number; seconds: number }
): Promise<Row[]> {
  const db = connect(databaseUrl, pino({ level: 'warn' }), 2)
  try {
    const target = await foundTarget(db)
    const leases = await measureLeases(databaseUrl, target, { rounds, seconds })
    const rows: Row[] = [
      row(`leases a second, ${connections} connections`, leases.lease.toFixed(0), null),
      row('the same statement under pgbench', leases.pgbench?.toFixed(0) ?? 'no pgbench here', null)
    ]
    if (leases.ratio !== null) {
      const text = `${leases.ratio.toFixed(2)} (${leases.ratios.map((one) => one.toFixed(2)).join(', ')})`
      rows.push(row('lease ÷ pgbench, median of rounds', text, { value: leases.ratio, least: 0.5 }))
    }
    const api = await startApi(databaseUrl)
    try {
      await measureVisits(api.pool, target, 100, 3)
      for (const [name, measure] of [
        ['POST /api/track/visits', measureVisits],
        ['GET /t.js', measureSnippet]
      ] as const) {
        const found = []
        for (let round = 0; round < rounds; round += 1)
          found.push(await measure(api.pool, target, rate, seconds * 2))
        const p99 = median(found.map((one) => one.p99))
        const failed = found.reduce((sum, one) => sum + one.failed, 0)
        const rest = `p50 ${median(found.map((one) => one.p50)).toFixed(1)}, rounds ${found.map((one) => one.p99.toFixed(0)).join(', ')}${failed > 0 ? `, ${failed} FAILED` : ''}`
        const text = `${p99.toFixed(1)} ms (${rest})`
        rows.push(row(`${name} at ${rate}/s, p99`, text, { value: failed > 0 ? Infinity : p99, most: 25 }))
      }
    } finally {
      await api.close()
    }
    return rows
  } finally {
    await tidyTarget(db)
    await db.destroy()
  }
}
