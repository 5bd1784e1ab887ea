import { Registry } from 'prom-client'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { installationFigures } from '../installation-figures.ts'
import { installationState } from '../installation.ts'

/** Figures for Prometheus. They count; they name nobody. */
export function metricsRoutes(deps: ApiDeps): Endpoint[] {
  const { metrics, log } = deps
  // Of this web port: another one over the same exchange looks for itself.
  const own = new Registry()
  const refresh = deps.upkeep ? installationFigures(own, () => installationState(deps)) : null
  return [
    endpoint({
      route: 'GET /metrics',
      summary: 'Figures for Prometheus, from this machine and private networks, or with a token',
      raw: 'text/plain',
      async handle({ res }) {
        // Figures of calls are worth having while the rest cannot be told.
        await refresh?.().catch((err: unknown) =>
          log.warn({ err }, 'Figures of the installation are missing')
        )
        const mine = await Registry.merge([metrics, own]).metrics()
        const others = await deps.exchangeMetrics?.().catch((err: unknown) => {
          log.warn({ err }, 'Figures of the exchange are missing')
          return ''
        })
        const text = others ? `${mine}\n${others}` : mine
        res.set('Content-Type', metrics.contentType).send(text)
      }
    })
  ]
}
