import { randomUUID } from 'node:crypto'
import type { Pool } from 'undici'
import { quantile } from '../reports/api.ts'
import type { Target } from './target.ts'

export interface Delays {
  p50: number
  p95: number
  p99: number
  worst: number
  /** Answers other than 200. */
  failed: number
}

const agent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'
/** Of ten page views three are of somebody who was there before. */
const known: string[] = []

/** Page views, each lending a number: at a fixed rate, whether the last is answered or not. */
export const measureVisits = (pool: Pool, target: Target, rate: number, seconds: number): Promise<Delays> =>
  paced(rate, seconds, async (n) => {
    const visitor = n % 10 < 3 ? (known[n % Math.max(1, known.length)] ?? randomUUID()) : randomUUID()
    if (known.length < 5000) known.push(visitor)
    const answer = await pool.request({
      path: '/api/track/visits',
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: target.origin,
        'user-agent': agent,
        'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
      },
      body: JSON.stringify({
        ...{ key: target.key, visitor, at: Date.now(), groups: ['main'] },
        url: `${target.origin}/page-${n % 40}?utm_source=yandex&utm_medium=cpc&utm_campaign=campaign-${n % 50}&utm_term=word-${n % 300}`
      })
    })
    const body = (await answer.body.json()) as { numbers?: unknown[] }
    return answer.statusCode === 200 && body.numbers?.length === 1
  })

/** The snippet itself, as browsers that do not have it yet fetch it. */
export const measureSnippet = (pool: Pool, target: Target, rate: number, seconds: number): Promise<Delays> =>
  paced(rate, seconds, async () => {
    const answer = await pool.request({
      path: `/t.js?key=${target.key}`,
      method: 'GET',
      headers: { 'accept-encoding': 'gzip' }
    })
    const { byteLength } = await answer.body.arrayBuffer()
    return answer.statusCode === 200 && byteLength > 500
  })

async function paced(rate: number, seconds: number, work: (n: number) => Promise<boolean>): Promise<Delays> {
  const delays: number[] = []
  let failed = 0
  const startedMs = performance.now()
  const running: Promise<void>[] = []
  for (let n = 0; n < rate * seconds; n += 1) {
    const dueMs = startedMs + (n * 1000) / rate
    const waitMs = dueMs - performance.now()
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs))
    // From when it was due: a load that falls behind must not flatter.
    running.push(
      work(n).then((isRight) => {
        delays.push(performance.now() - dueMs)
        if (!isRight) failed += 1
      })
    )
  }
  await Promise.all(running)
  delays.sort((a, b) => a - b)
  const at = (share: number): number => quantile(delays, share)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), worst: delays.at(-1) ?? Number.NaN, failed }
}
