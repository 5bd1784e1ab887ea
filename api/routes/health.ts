import { judgeHttps, ownHttps } from '../../upkeep/certificates.ts'
import { health, type Health } from '../contract/config.ts'
import type { ApiDeps, Check } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'

const databaseTimeoutMs = 2_000

/** The state of the machine's parts; a part that fails makes it degraded, never an error. */
export async function checkHealth({ db, pbx, version, log, outside }: ApiDeps): Promise<Health> {
  const [database, others] = await Promise.all([
    checkDatabase({ db, log }),
    pbx.checks().catch((error: unknown) => {
      log.warn({ err: error }, 'The checks of the exchange failed')
      const failed: Check = { status: 'failed', detail: 'its checks cannot be run' }
      return { asterisk: failed }
    })
  ])
  const checks: Record<string, Check> = { database, ...others, ...certificateCheck(outside) }
  const isOk = Object.values(checks).every((check) => check.status === 'ok')
  return { status: isOk ? 'ok' : 'degraded', checks, version }
}

/** Everybody is told while there is still time; where a proxy has the certificate, it is not ours to look at. */
function certificateCheck(outside: ApiDeps['outside']): Record<string, Check> {
  if (!outside?.isTls || !outside.keeper) return {}
  const { state, reason, detail } = judgeHttps({
    nowMs: Date.now(),
    https: ownHttps(outside.keeper.current(), undefined)
  })
  if (state !== 'failed') return { certificate: { status: 'ok' } }
  return { certificate: { status: 'failed', detail: detail ?? reason } }
}

async function checkDatabase({ db, log }: Pick<ApiDeps, 'db' | 'log'>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'failed', detail: 'does not answer' }), databaseTimeoutMs)
  })
  const asked = db.raw('select 1').then(
    (): Check => ({ status: 'ok' }),
    (error: unknown): Check => {
      log.debug({ err: error }, 'The database does not answer the health check')
      return { status: 'failed', detail: 'cannot be reached' }
    }
  )
  const check = await Promise.race([asked, late])
  clearTimeout(timer)
  return check
}

export const healthRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/health',
    summary: 'Whether everything works; 200 even when something does not',
    answer: health,
    handle: () => checkHealth(deps)
  })
]
