import type { Knex } from 'knex'
import { z } from 'zod'
import { audit } from '../audit.ts'
import { demoCall, demoCallAnswer, demoState } from '../contract/access.ts'
import type { ApiDeps } from '../deps.ts'
import type { Role } from '../contract/common.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** The demo company and its test calls. */
export const demoRoutes = ({ db, demo }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/demo',
    summary: 'Whether the demo company is loaded',
    answer: demoState,
    async handle({ req }) {
      if (!demo) return { isDemo: false }
      const loaded: unknown = await db('numbers').where({ is_demo: true }).first('id')
      if (loaded === undefined) return { isDemo: false }
      // Whoever sits at this machine may try the accounts; a visitor from elsewhere must be told by its owner.
      return { isDemo: true, ...(isThisMachine(req.ip) && (await accounts(db))) }
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
        ...(scenario !== undefined && { scenario }),
        userId: context.who.userId
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

const isThisMachine = (address = ''): boolean => /^(::ffff:)?127\.|^::1$/.test(address)

/** What the demo's loader left in the settings. */
const kept = z.object({ password: z.string(), logins: z.array(z.string()) })

interface Account {
  login: string
  name: string
  role: Role
}

async function accounts(db: Knex): Promise<{ password: string; logins: Account[] } | null> {
  const row = await db('settings').where({ key: 'demo' }).first<{ value: unknown } | undefined>('value')
  const { data } = kept.safeParse(row?.value)
  if (!data) return null
  const logins = await db('users')
    .whereIn('login', data.logins)
    .where({ is_demo: true, is_active: true })
    .orderBy('name')
    .select<Account[]>('login', 'name', 'role')
  return { password: data.password, logins }
}
