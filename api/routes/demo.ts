import { audit } from '../audit.ts'
import { demoCall, demoCallAnswer, demoState } from '../contract/access.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** The demo company and its test calls. */
export const demoRoutes = ({ db, demo }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/demo',
    summary: 'Whether the demo company is loaded',
    answer: demoState,
    async handle() {
      if (!demo) return { isDemo: false }
      const loaded: unknown = await db('numbers').where({ is_demo: true }).first('id')
      return { isDemo: loaded !== undefined }
    }
  }),
  endpoint({
    route: 'POST /api/demo/calls',
    summary: 'Place a test call from the demo carrier',
    body: demoCall,
    answer: demoCallAnswer,
    status: 201,
    async handle(context) {
      if (!demo) throw new ApiError('demo_off')
      const { to, from, scenario } = context.body
      const result = await demo.placeTestCall({
        ...(to !== undefined && { to }),
        ...(from !== undefined && { from }),
        ...(scenario !== undefined && { scenario })
      })
      if (!result.ok) throw new ApiError('demo_call_failed', { detail: result.detail })
      await audit(db, context, { action: 'demo.call' })
      return { from: result.from, to: result.to }
    }
  }),
  endpoint({
    route: 'DELETE /api/demo',
    summary: 'Remove the demo company with all its calls',
    async handle(context) {
      if (!demo) throw new ApiError('demo_off')
      await demo.wipe()
      await audit(db, context, { action: 'demo.wipe' })
    }
  })
]
