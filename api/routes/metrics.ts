import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'

/** Figures for Prometheus. They count; they name nobody. */
export const metricsRoutes = ({ metrics }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /metrics',
    summary: 'Figures for Prometheus, from this machine and private networks, or with a token',
    raw: 'text/plain',
    async handle({ res }) {
      const text = await metrics.metrics()
      res.set('Content-Type', metrics.contentType).send(text)
    }
  })
]
