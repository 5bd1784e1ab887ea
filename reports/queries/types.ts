import type { Model } from '../../tracking/attribution/models.ts'

export const reportNames = [
  'sources',
  'missed',
  'hours',
  'operators',
  'pools',
  'landing-pages',
  'regions'
] as const
export type ReportName = (typeof reportNames)[number]

/** What people look at; the meaning of each stands in `api/contract/reports.ts`, the arithmetic in `measures.ts`. */
export interface Measures {
  visits: number | null
  calls: number
  firstCalls: number
  uniqueCalls: number
  repeatCalls: number
  answered: number
  missed: number
  returned: number
  returnSeconds: number | null
  target: number
  waitSeconds: number | null
  talkSeconds: number | null
  totalTalkSeconds: number
  rating: number | null
  attributedShare: number | null
  confidence: number | null
  inquiries: number
  deals: number
  won: number
  revenue: number
  cost: number | null
  cpl: number | null
  costPerTarget: number | null
  cac: number | null
  roi: number | null
  conversion: number | null
}

export const pathFields = ['inquiryChannel', 'source', 'medium', 'campaign', 'keyword'] as const
export type PathField = (typeof pathFields)[number]
export type Path = Partial<Record<PathField, string>>

/** A checked question. `by`: what rows stand for; each report knows its own. */
export interface ReportQuery {
  from: string
  to: string
  /** Empty: all sites. */
  siteIds: readonly string[]
  model: Model
  compare: 'none' | 'previous'
  by?: string | undefined
  /** Of sources: what the rows lie below. */
  path?: Path
}

export interface ReportRow {
  key: string
  name: string | null
  values: Measures
  before: Measures | null
}

export interface PoolRow extends ReportRow {
  leases: number
  overflowed: number
  stolen: number
  coverage: number | null
}

export interface MissedRow extends ReportRow {
  medianReturnSeconds: number | null
}

export interface OperatorLoad {
  availableSeconds: number
  busySeconds: number
  wrapUpSeconds: number
  awaySeconds: number
  occupancy: number | null
  rings: number
  missedRings: number
  outCalls: number
}

export interface OperatorRow extends ReportRow {
  load: OperatorLoad | null
}

export interface Report<R extends ReportRow = ReportRow> {
  from: string
  to: string
  model: Model
  timeZone: string
  currency: string
  countedAt: string
  total: Measures
  totalBefore: Measures | null
  rows: R[]
  isCut: boolean
  missingRates: string[]
}

export interface MissedReport extends Report<MissedRow> {
  medianReturnSeconds: number | null
  medianReturnSecondsBefore: number | null
}
