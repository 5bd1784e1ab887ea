import type { CostRow } from '../costs/core/read.ts'

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
const count = (value: unknown): number | null => (textOf(value) === '' ? null : Number(value))

/** Rows of a search by day and campaign, as costs. Pure. @throws Error on one that cannot be understood */
export function costRows(rows: readonly Record<string, unknown>[]): CostRow[] {
  return rows.map((row) => {
    const metrics = recordOf(row['metrics'])
    const day = textOf(recordOf(row['segments'])['date'])
    const currency = textOf(recordOf(row['customer'])['currencyCode'])
    const micros = Number(metrics['costMicros'])
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^[A-Z]{3}$/.test(currency) || !Number.isFinite(micros))
      throw new Error('Google Ads gave a row without day, currency or cost')
    return {
      ...{ day, source: 'google', medium: 'cpc', keyword: '', currency, note: null },
      campaign: textOf(recordOf(row['campaign'])['name']),
      cents: Math.round(micros / 10_000),
      clicks: count(metrics['clicks']),
      impressions: count(metrics['impressions'])
    }
  })
}
