import type { Knex } from 'knex'
import type { Scheme } from '../../ivr/scheme.ts'
import type { Order, TestCall } from '../../pbx/call/types.ts'
import { madeVersion } from '../../pbx/call/detour.ts'
import { normalise } from '../../tracking/phones.ts'
import { audit } from '../audit.ts'
import { wishAnswer } from '../contract/call-wishes.ts'
import { playOtherBody, schemeTestCall, schemeTestCallAnswer } from '../contract/schemes.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { refuseErrors, refuseUnspoken } from './scheme-state.ts'

/** Longer than an announcement of a queue: whoever tests may have to put the headset on first. */
const ringSeconds = 40

/** A draft tried out by telephone, before anybody's call goes through it. */
export const schemeTestRoutes = ({ db, media, pbx }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/schemes/:id/test-call',
    summary: 'Ring your own telephone and lead you through the draft as a client; kept out of every figure',
    body: schemeTestCall,
    answer: schemeTestCallAnswer,
    status: 202,
    async handle(context) {
      const { body, who } = context
      if ((await pbx.devicesOf(who.userId)).length === 0) throw new ApiError('no_phone')
      const row = await findRow(db, 'schemes', context.id)
      const draft = row['draft'] as Scheme
      refuseUnspoken(await media.prepare(draft))
      const around = await db.transaction(async (trx) => {
        await refuseErrors(trx, draft)
        return aroundCall(trx, body)
      })
      const { number, source, site, contact, groupNames } = around
      const phone = body.callerNumber === null ? null : normalise(body.callerNumber)
      const test: TestCall = {
        scheme: { id: context.id, name: String(row['name']), version: madeVersion, body: draft },
        groupNames,
        caller: {
          number: body.callerNumber,
          name: contact?.name ?? null,
          country: phone?.country ?? null,
          region: phone?.region ?? null
        },
        number,
        aheadMs: body.at === undefined ? 0 : Date.parse(body.at) - Date.now(),
        isReal: body.isReal
      }
      const placed = await pbx.place(orderOf(test, who.userId, { source, site, contact }))
      if ('refused' in placed) throw new ApiError('no_phone')
      const { callId } = placed
      const { callerNumber, isReal } = body
      await audit(db, context, {
        ...{ action: 'scheme.test', entity: 'scheme', entityId: context.id },
        data: { callId, callerNumber, isReal }
      })
      return { callId }
    }
  }),
  endpoint({
    route: 'POST /api/calls/:id/play-other',
    summary:
      'In a test of a draft in which nobody is really called: whoever would be rung answers or declines',
    body: playOtherBody,
    answer: wishAnswer,
    async handle({ id, body, who }) {
      const { name } = await findRow(db, 'users', who.userId)
      const by = { userId: who.userId, name: String(name) }
      const result = await pbx.wish(id, by, { type: 'playOther', does: body.does })
      if (result === 'notFound') throw new ApiError('not_found')
      if (result !== 'done') throw new ApiError(result)
      return { result }
    }
  })
]

type Around = Pick<Order, 'source' | 'site' | 'contact'>

/** A call of ours that tries a scheme: nobody outside is its client. */
export function orderOf(test: TestCall, userId: string, { source, site, contact }: Around): Order {
  return {
    callType: 'test',
    orderId: null,
    // A call inside the company: nobody outside is its client.
    target: { kind: 'user', userId },
    operators: { kind: 'user', userId, isOwnWish: true, except: [] },
    phone: null,
    byUserId: userId,
    numberId: null,
    ...{ source, site, contact },
    parentCallId: null,
    ringSeconds,
    record: false,
    test
  }
}

/** What routing would know of such a call. @throws ApiError not_found for a number or source that is not there */
export async function aroundCall(
  trx: Knex.Transaction,
  wanted: { callerNumber: string | null; numberId: string | null; sourceId: string | null }
): Promise<Around & Pick<TestCall, 'number' | 'groupNames'>> {
  const number = wanted.numberId === null ? null : await findRow(trx, 'numbers', wanted.numberId)
  const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  const sourceId = wanted.sourceId ?? textOf(number?.['source_id'])
  const source = sourceId === null ? null : await findRow(trx, 'sources', sourceId)
  const siteId = textOf(number?.['site_id'])
  const site = siteId === null ? null : await findRow(trx, 'sites', siteId)
  const contact =
    wanted.callerNumber === null
      ? null
      : await trx('contact_phones as p')
          .join('contacts as c', 'c.id', 'p.contact_id')
          .where('p.e164', wanted.callerNumber)
          .first<Order['contact'] | undefined>('c.id', 'c.name', 'c.company', 'c.owner_id as ownerId')
  const groups = await trx('groups').select<{ id: string; name: string }[]>('id', 'name')
  return {
    number: number && {
      id: String(number['id']),
      e164: String(number['e164']),
      label: textOf(number['label'])
    },
    source: source && {
      id: String(source['id']),
      name: String(source['name']),
      inquiryChannel: String(source['inquiry_channel']),
      medium: textOf(source['medium']),
      campaign: textOf(source['campaign']),
      keyword: textOf(source['keyword'])
    },
    site: site && { id: String(site['id']), name: String(site['name']) },
    contact: contact ?? null,
    groupNames: Object.fromEntries(groups.map(({ id, name }) => [id, name]))
  }
}
