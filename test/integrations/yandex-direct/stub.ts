import { startServer, type Came, type Said } from '../server.ts'

export interface Direct {
  readonly url: string
  readonly token: string
  /** Status of each answer to an order of a report. */
  readonly statuses: number[]
  /** Answers "being made" so often. */
  waits: number
  isAway: boolean
  close(): Promise<void>
}

const reportTypes = ['CAMPAIGN_PERFORMANCE_REPORT']
const paramNames = [
  ...['SelectionCriteria', 'FieldNames', 'ReportName', 'ReportType', 'DateRangeType', 'Format'],
  ...['IncludeVAT', 'IncludeDiscount']
]

/** Reports of Yandex Direct: ordered, made in a while, then given as lines. */
export async function startDirect(): Promise<Direct> {
  const direct: Omit<Direct, 'url' | 'close'> = { token: 'y0_direct', statuses: [], waits: 0, isAway: false }
  const error = (code: number, text: string): Said => ({
    status: 400,
    body: { error: { error_code: code, error_string: text, error_detail: '', request_id: '1' } }
  })
  function answer({ url, headers, text }: Came): Said {
    if (direct.isAway) return { status: 503, body: 'Service Unavailable' }
    if (headers.authorization !== `Bearer ${direct.token}`) return error(53, 'Authorization error')
    const body = JSON.parse(text) as { method?: string; params: Record<string, unknown> }
    if (url.pathname === '/json/v5/campaigns' && body.method === 'get')
      return { status: 200, body: { result: { Campaigns: [] } } }
    if (url.pathname !== '/json/v5/reports') return error(8000, 'Invalid request')
    const { params } = body
    const strange = Object.keys(params).find((name) => !paramNames.includes(name))
    if (strange !== undefined) return error(8000, `Unknown parameter ${strange}`)
    if (!reportTypes.includes(String(params['ReportType']))) return error(8000, 'ReportType')
    if (params['Format'] !== 'TSV' || headers['returnmoneyinmicros'] !== 'true') return error(8000, 'Format')
    const fields = params['FieldNames'] as string[]
    const give = (status: number, said: unknown, more: Record<string, string> = {}): Said => {
      direct.statuses.push(status)
      return { status, body: said, headers: more }
    }
    if (direct.waits > 0) {
      direct.waits -= 1
      return give(direct.statuses.length === 0 ? 201 : 202, '', { retryin: '5' })
    }
    const values: Record<string, string> = {
      ...{ CampaignName: 'Окна Москва', Clicks: '7', Impressions: '100', Cost: '987650000' }
    }
    const { DateFrom } = params['SelectionCriteria'] as { DateFrom: string }
    const line = fields.map((name) => (name === 'Date' ? DateFrom : (values[name] ?? '--'))).join('\t')
    return give(200, `${fields.join('\t')}\n${line}\n`)
  }
  const server = await startServer(answer)
  return Object.assign(direct, server)
}
