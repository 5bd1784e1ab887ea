import type { CostRow } from '../costs/core/read.ts'

export const fields = ['Date', 'CampaignName', 'Clicks', 'Impressions', 'Cost'] as const

/** A report as it is ordered. Its name must be another for other contents. Pure. */
export const reportOf = (fromDay: string, toDay: string, isWithVat: boolean) => ({
  params: {
    SelectionCriteria: { DateFrom: fromDay, DateTo: toDay },
    FieldNames: fields,
    ReportName: `Ringtrace ${fromDay} ${toDay} ${isWithVat ? 'vat' : 'net'}`,
    ReportType: 'CAMPAIGN_PERFORMANCE_REPORT',
    DateRangeType: 'CUSTOM_DATE',
    Format: 'TSV',
    IncludeVAT: isWithVat ? 'YES' : 'NO',
    IncludeDiscount: 'NO'
  }
})

/** Costs out of a report with a line of names; money in millionths. Pure. @throws Error on one that is no such report */
export function costRows(tsv: string, currency: string): CostRow[] {
  const lines = tsv.split('\n').filter((line) => line.trim() !== '')
  const [head = '', ...rest] = lines
  if (head.trim() !== fields.join('\t')) throw new Error(`Direct gave other columns: ${head.slice(0, 100)}`)
  return rest.flatMap((line) => {
    const [day = '', campaign = '', clicks = '', impressions = '', cost = ''] = line.trimEnd().split('\t')
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d+$/.test(cost))
      throw new Error(`Direct gave a line that is no cost: ${line.slice(0, 100)}`)
    const cents = Math.round(Number(cost) / 10_000)
    if (cents === 0 && count(clicks) === 0) return []
    return [
      {
        ...{ day, source: 'yandex', medium: 'cpc', campaign, keyword: '', cents, currency },
        ...{ clicks: count(clicks), impressions: count(impressions), note: null }
      }
    ]
  })
}

const count = (text: string): number | null => (/^\d+$/.test(text) ? Number(text) : null)
