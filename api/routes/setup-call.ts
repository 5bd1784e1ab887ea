import type { Scheme } from '../../ivr/scheme.ts'
import type { DialRefusal } from '../../dialling/policy/decide.ts'
import { madeVersion } from '../../pbx/call/detour.ts'
import type { TestCall } from '../../pbx/call/types.ts'
import { normalise } from '../../tracking/phones.ts'
import { audit } from '../audit.ts'
import { setupCall, setupCallAnswer } from '../contract/setup.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { aroundCall, orderOf } from './scheme-test.ts'

/** "Call me now": a mobile is called over the carrier, and led through a number's scheme as if it had called in. */
export const setupCallRoutes = ({ db, dialling, pbx }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/setup/call-me',
    summary:
      'Call a mobile and lead it through the scheme of a number: operators really ring, and no figure counts it',
    body: setupCall,
    answer: setupCallAnswer,
    status: 202,
    async handle(context) {
      const { numberId } = context.body
      const { userId } = context.who
      // The same answer as at the dial itself, only before anything has begun.
      const asked = dialling.policy.explain({ number: context.body.phone, byUserId: userId, numberId })
      const refuse = async (reason: string): Promise<void> =>
        audit(db, context, {
          action: 'dial.refused',
          entity: 'call',
          data: { to: context.body.phone, reason }
        })
      if (!asked.decision.allowed) {
        await refuse(asked.decision.reason)
        throw new ApiError(asked.decision.reason as DialRefusal)
      }
      const phone = asked.number === null ? null : normalise(asked.number)
      // Emergency services are never to be rung for a trial, though the policy lets everybody dial them.
      if (asked.isEmergency || !phone) {
        await refuse('emergency')
        throw new ApiError('not_a_mobile')
      }
      const { test, source, site, contact } = await db.transaction(async (trx) => {
        const scheme = await publishedOf(trx, numberId)
        const around = await aroundCall(trx, { callerNumber: phone.e164, numberId, sourceId: null })
        const trial: TestCall = {
          scheme: { ...scheme, version: madeVersion },
          groupNames: around.groupNames,
          caller: {
            ...{ number: phone.e164, name: around.contact?.name ?? null },
            ...{ country: phone.country, region: phone.region }
          },
          number: around.number,
          aheadMs: 0,
          isReal: true,
          rings: { kind: 'external', number: phone.e164 }
        }
        return { test: trial, ...around }
      })
      const order = orderOf(test, userId, { source, site, contact })
      const placed = await pbx.place({ ...order, operators: null, numberId })
      if ('refused' in placed) throw new ApiError('not_placed', { detail: placed.refused })
      const { callId } = placed
      await audit(db, context, {
        ...{ action: 'setup.call', entity: 'number', entityId: numberId },
        data: { callId, to: phone.e164 }
      })
      return { callId }
    }
  })
]

/** What callers of a number go through now. @throws ApiError not_found, number_without_scheme */
async function publishedOf(
  trx: Parameters<typeof findRow>[0],
  numberId: string
): Promise<Pick<TestCall['scheme'], 'id' | 'name' | 'body'>> {
  const number = await findRow(trx, 'numbers', numberId)
  const schemeId = number['scheme_id']
  if (typeof schemeId !== 'string') throw new ApiError('number_without_scheme')
  const row = await trx('schemes as s')
    .join('scheme_versions as v', (on) =>
      on.on('v.scheme_id', 's.id').andOn('v.version', 's.published_version')
    )
    .where('s.id', schemeId)
    .first<{ id: string; name: string; body: Scheme } | undefined>('s.id', 's.name', 'v.body')
  if (!row) throw new ApiError('number_without_scheme')
  return row
}
