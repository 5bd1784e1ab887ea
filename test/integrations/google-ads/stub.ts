import { startServer, type Came, type Said } from '../server.ts'

export interface Ads {
  readonly url: string
  readonly keys: Record<string, string>
  /** Conversions that were taken. */
  readonly taken: Record<string, unknown>[]
  readonly queries: string[]
  requests: number
  refreshes: number
  isAway: boolean
  losesAnswers: boolean
  isRefreshRevoked: boolean
  close(): Promise<void>
}

const known = [
  ...['gclid', 'gbraid', 'wbraid', 'conversion_action', 'conversion_date_time', 'conversion_value'],
  ...['currency_code', 'order_id', 'user_identifiers', 'consent']
]
const tokenMs = 3600_000

/** Google Ads with its tokens: takes nothing that the published contract does not have, and each order once. */
export async function startAds(now: () => number): Promise<Ads> {
  const tokens = new Map<string, number>()
  const ads: Omit<Ads, 'url' | 'close'> = {
    keys: { developerToken: 'dev', clientId: 'id', clientSecret: 'hush', refreshToken: 'again' },
    ...{ taken: [], queries: [], requests: 0, refreshes: 0 },
    ...{ isAway: false, losesAnswers: false, isRefreshRevoked: false }
  }
  const failure = (status: number, code: Record<string, string>, message: string): Said => ({
    status,
    body: { error: { code: status, message, details: [{ errors: [{ errorCode: code, message }] }] } }
  })

  function token(text: string): Said {
    const form = Object.fromEntries(new URLSearchParams(text))
    const { clientId, clientSecret, refreshToken } = ads.keys
    const isRight =
      form['grant_type'] === 'refresh_token' &&
      form['client_id'] === clientId &&
      form['client_secret'] === clientSecret &&
      form['refresh_token'] === refreshToken
    if (!isRight || ads.isRefreshRevoked)
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been revoked.' } }
    ads.refreshes += 1
    const made = `ya29.${ads.refreshes}`
    tokens.set(made, now() + tokenMs)
    return { status: 200, body: { access_token: made, expires_in: tokenMs / 1000, token_type: 'Bearer' } }
  }

  function wrongWith(row: Record<string, unknown>): string | null {
    if (Object.keys(row).some((name) => !known.includes(name))) return 'UNKNOWN_FIELD'
    const clicks = ['gclid', 'gbraid', 'wbraid'].filter((name) => row[name] !== undefined)
    if (clicks.length > 1) return 'VALUE_MUST_BE_UNSET'
    if (clicks.length === 0 && !row['user_identifiers']) return 'MISSING_CLICK_ID'
    if (clicks[0] !== 'gclid' && clicks.length > 0 && row['user_identifiers']) return 'VALUE_MUST_BE_UNSET'
    if (!/^customers\/1234567890\/conversionActions\/\d+$/.test(String(row['conversion_action'])))
      return 'NO_CONVERSION_ACTION_FOUND'
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(String(row['conversion_date_time'])))
      return 'INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET'
    if (row['gclid'] === 'unknown') return 'UNPARSEABLE_GCLID'
    if (ads.taken.some((one) => one['order_id'] === row['order_id'])) return 'CLICK_CONVERSION_ALREADY_EXISTS'
    return null
  }

  function upload(text: string): Said {
    const body = JSON.parse(text) as { conversions?: Record<string, unknown>[]; partial_failure?: unknown }
    if (body.partial_failure !== true || !Array.isArray(body.conversions))
      return failure(400, { requestError: 'PARTIAL_FAILURE_MODE_REQUIRED' }, 'partial_failure must be true')
    const errors: unknown[] = []
    const results = body.conversions.map((row, index) => {
      const wrong = wrongWith(row)
      if (wrong === null) {
        ads.taken.push(row)
        return { orderId: row['order_id'] }
      }
      errors.push({
        errorCode: { conversionUploadError: wrong },
        message: `The row was refused: ${wrong}`,
        location: { fieldPathElements: [{ fieldName: 'conversions', index }] }
      })
      return {}
    })
    if (ads.losesAnswers) {
      ads.losesAnswers = false
      return null
    }
    return {
      status: 200,
      body: {
        results,
        ...(errors.length > 0 && { partialFailureError: { code: 3, message: 'x', details: [{ errors }] } })
      }
    }
  }

  function search(text: string): Said {
    const { query } = JSON.parse(text) as { query: string }
    ads.queries.push(query)
    if (query.includes('FROM conversion_action'))
      return {
        status: 200,
        body: [{ results: [{ conversionAction: { id: '77', name: 'Продажа' } }] }]
      }
    if (query.includes('FROM campaign'))
      return {
        status: 200,
        body: ['2026-11-19', '2026-11-20'].map((date) => ({
          results: [
            {
              segments: { date },
              campaign: { name: 'Окна' },
              customer: { currencyCode: 'RUB' },
              metrics: { costMicros: '1234560000', clicks: '12', impressions: '345' }
            }
          ]
        }))
      }
    return { status: 200, body: [{ results: [{ customer: { id: '1234567890' } }] }] }
  }

  function answer({ url, headers, text }: Came): Said {
    if (ads.isAway) return { status: 503, body: 'Service Unavailable' }
    if (url.pathname === '/token') return token(text)
    const untilMs = tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''))
    if (untilMs === undefined || untilMs <= now())
      return failure(401, { authenticationError: 'OAUTH_TOKEN_EXPIRED' }, 'The token has ended')
    if (headers['developer-token'] !== ads.keys['developerToken'])
      return failure(403, { authorizationError: 'DEVELOPER_TOKEN_NOT_APPROVED' }, 'No developer token')
    const path = /^\/v22\/customers\/1234567890(:uploadClickConversions|\/googleAds:searchStream)$/.exec(
      url.pathname
    )
    if (!path) return { status: 404, body: 'Not found' }
    if (path[1] !== ':uploadClickConversions') return search(text)
    ads.requests += 1
    return upload(text)
  }

  const server = await startServer(answer)
  return Object.assign(ads, server)
}
