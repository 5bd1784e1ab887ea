import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type HttpAnswer
} from '../connectors/kind.ts'
import { costRows, reportOf } from './report.ts'
import type { YandexDirectSettings } from './settings.ts'

/** A report is made in minutes; whoever asks is told when to come again. */
const mostAsks = 40
const mostPauseMs = 60_000

/** A connection to one account of Direct. */
export function createClient(connection: Connection, baseUrl: string): Client {
  const { clientLogin, currency, isWithVat } = connection.settings as YandexDirectSettings

  async function ask(name: string, json: unknown, token?: string): Promise<HttpAnswer> {
    const keys = await connection.keys()
    return connection.http({
      ...{ name, method: 'POST', url: `${baseUrl}/json/v5/${name}`, json },
      headers: {
        authorization: `Bearer ${token ?? keys['token'] ?? ''}`,
        'accept-language': 'en',
        ...(clientLogin !== null && { 'client-login': clientLogin }),
        ...(name === 'reports' && {
          processingmode: 'auto',
          returnmoneyinmicros: 'true',
          skipreportheader: 'true',
          skipreportsummary: 'true'
        })
      }
    })
  }

  async function check(token?: string): Promise<void> {
    const params = { SelectionCriteria: {}, FieldNames: ['Id'], Page: { Limit: 1 } }
    const answer = await ask('campaigns', { method: 'get', params }, token)
    const error = errorOf(answer)
    if (error) throw error
  }

  return {
    ...knowsNobody,
    do: () => Promise.reject(new Error('Nothing is told to Direct')),
    prepare: () => check(),
    async join(keys) {
      const token = (keys['token'] ?? '').trim()
      if (token === '') throw new ForeignError('login', 'noToken', 'There is no token')
      await check(token)
      return { token }
    },
    async costs(fromDay, toDay) {
      const report = reportOf(fromDay, toDay, isWithVat)
      for (let asks = 0; asks < mostAsks; asks += 1) {
        const answer = await ask('reports', report)
        const { status, headers, body } = answer
        if (status === 200 && typeof body === 'string') return costRows(body, currency)
        if (status !== 201 && status !== 202) throw errorOf(answer) ?? new Error('Direct gave no report')
        const seconds = Number(headers['retryin'] ?? 10)
        await connection.pause(Math.min(mostPauseMs, Math.max(1, seconds || 10) * 1000))
      }
      throw new ForeignError('away', 'reportNotReady', 'The report was not ready in time')
    }
  }
}

/** Codes of Direct for a token that is taken no more, and for an account that has no access. */
const loginCodes = new Set([52, 53, 54, 58, 513])

function errorOf({ status, body }: HttpAnswer): ForeignError | null {
  const said = (typeof body === 'object' && body !== null ? body : {}) as {
    error?: { error_code?: unknown; error_string?: unknown; error_detail?: unknown }
  }
  // Errors come with 200 as well.
  if (status >= 200 && status < 300 && !said.error && typeof body === 'object') return null
  const code = Number(said.error?.error_code ?? 0)
  const text = [said.error?.error_string, said.error?.error_detail].filter((one) => typeof one === 'string')
  const message = text.join(': ') || `Direct answered ${status}`
  if (loginCodes.has(code) || status === 401) return new ForeignError('login', `direct${code}`, message)
  if (code === 152 || code === 506 || status === 429)
    return new ForeignError('limit', `direct${code}`, message)
  if (status === 502 || status === 503 || status === 504)
    return new ForeignError('away', `http${status}`, message)
  return new ForeignError(
    status >= 500 ? 'broken' : 'refused',
    code ? `direct${code}` : `http${status}`,
    message
  )
}
