import type { Measured } from './rounds.ts'
import type { Held } from './search.ts'
import type { Variant } from './variant.ts'

/** Markdown tables, fit for docs/performance.md. */
export function heldTable(variants: readonly Variant[], held: ReadonlyMap<string, Held>): string {
  const rows = variants.map(({ name, title }) => {
    const found = held.get(name)
    const limit = found?.failedAt ? `${found.failedAt.rate}/s: ${found.failedAt.why}` : 'not reached'
    return `| ${title} | ${found?.rate ?? 0} | ${limit} |`
  })
  return ['| variant | calls/s held | first not held |', '|---|---|---|', ...rows].join('\n')
}

export function roundsTable(
  variants: readonly Variant[],
  measured: ReadonlyMap<string, Measured>,
  rate: number
): string {
  const rows = variants.flatMap(({ name, title }) => {
    const one = measured.get(name)
    if (one === undefined) return []
    const cpu = [one.cpu.asterisk, one.cpu.node, one.cpu.postgres, one.total].map((ms) => ms.toFixed(2))
    return `| ${title} | ${one.p50.toFixed(1)} / ${one.p95.toFixed(1)} | ${cpu.join(' | ')} | ${one.failed} of ${one.offered} | ${Math.round(one.neighbours * 100)} % |`
  })
  return [
    `At ${rate} calls/s:`,
    '',
    '| variant | ring delay p50 / p95, ms | Asterisk, ms CPU a call | Node | PostgreSQL | total | failed | neighbours |',
    '|---|---|---|---|---|---|---|---|',
    ...rows
  ].join('\n')
}

/** Ringtrace against the budgets of DESIGN.md section 9; empty when not all three were measured. */
export function comparison(held: ReadonlyMap<string, Held>, measured: ReadonlyMap<string, Measured>): string {
  const [ours, dial, queue] = ['ringtrace', 'dial', 'queue'].map((name) => measured.get(name))
  if (!ours || !dial || !queue) return ''
  const rate = (name: string): number => held.get(name)?.rate ?? Number.NaN
  const rows: [string, number, string, boolean][] = []
  const atLeast = (what: string, value: number, limit: number): void => {
    rows.push([what, value, `≥ ${limit}`, value >= limit])
  }
  const atMost = (what: string, value: number, limit: number): void => {
    rows.push([what, value, `≤ ${limit}`, value <= limit])
  }
  if ([...held.values()].every((found) => found.rate > 0) && held.size === 3) {
    atLeast('calls/s held ÷ Queue', rate('ringtrace') / rate('queue'), 1.5)
    atLeast('calls/s held ÷ Dial', rate('ringtrace') / rate('dial'), 1)
  }
  atMost('CPU a call ÷ Queue', ours.total / queue.total, 0.65)
  atMost('CPU a call ÷ Dial', ours.total / dial.total, 1.1)
  atMost('ring delay p95 − Dial, ms', ours.p95 - dial.p95, 3)
  return [
    '| budget | measured | limit | |',
    '|---|---|---|---|',
    ...rows.map(
      ([what, value, limit, isMet]) =>
        `| ${what} | ${value.toFixed(2)} | ${limit} | ${isMet ? 'met' : 'missed'} |`
    )
  ].join('\n')
}
