import type { Clicked } from '../../dialling/click-to-call.ts'
import { audit } from '../audit.ts'
import { clickToCall, clickToCallAnswer } from '../contract/dialling.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** Calls that somebody starts with a click: their own telephones ring first. */
export const clickToCallRoutes = ({ db, dialling }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/calls',
    summary: 'Call a number: the operator’s telephones ring first, then the client’s. Use an Idempotency-Key',
    body: clickToCall,
    answer: clickToCallAnswer,
    status: 202,
    async handle(context) {
      const { body, who } = context
      const userId = forWhom(context, body.userId)
      const result = await dialling.call({
        to: body.to,
        userId,
        byUserId: who.userId,
        numberId: body.numberId ?? null,
        contactId: body.contactId ?? null,
        isApi: who.csrfToken === null
      })
      await audit(db, context, {
        action: result.ok ? 'call.place' : 'dial.refused',
        entity: 'call',
        ...(result.ok && { entityId: result.callId }),
        data: { to: body.to, userId, ...(!result.ok && { reason: result.code }) }
      })
      return placed(result)
    }
  })
]

/** Operators call for themselves only. @throws ApiError forbidden */
export function forWhom({ who }: Pick<Context, 'who'>, userId: string | undefined): string {
  if (who.role === 'operator' && userId !== undefined && userId !== who.userId) {
    throw new ApiError('forbidden', { detail: 'Operators place calls for themselves only.' })
  }
  return userId ?? who.userId
}

/** @throws ApiError with the reason, when there is no call */
export function placed(result: Clicked): { callId: string; warnings: 'do_not_call'[] } {
  if (!result.ok)
    throw new ApiError(result.code, result.detail === undefined ? {} : { detail: result.detail })
  return { callId: result.callId, warnings: result.warnings }
}
