import { legQuality, legQualityList } from '../contract/quality.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const numbers = ['mos', 'worst_mos', 'jitter_ms', 'loss'] as const

/** How well operators heard and were heard, as their browsers measured it. */
export const legQualityRoutes = ({ db }: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'POST /api/calls/:id/quality',
    summary: 'Tell how well the own leg of a call sounded; a browser telephone does so at its end',
    body: legQuality,
    async handle({ id, who, body }) {
      const leg = await db('call_legs')
        .where({ call_id: id, user_id: who.userId })
        .whereNotNull('answered_at')
        .orderBy('answered_at', 'desc')
        .first<{ leg: string } | undefined>('leg')
      if (!leg) throw new ApiError('not_found', { detail: 'You have no answered leg in this call.' })
      const row = {
        call_id: id,
        leg: leg.leg,
        user_id: who.userId,
        mos: body.mos,
        worst_mos: body.worstMos,
        rtt_ms: body.rttMs,
        jitter_ms: body.jitterMs,
        loss: body.loss,
        seconds: body.seconds,
        problems: body.problems,
        reconnects: body.reconnects
      }
      await db('leg_quality').insert(row).onConflict(['call_id', 'leg']).merge()
    }
  }),
  endpoint({
    route: 'GET /api/calls/:id/quality',
    summary: 'How well the legs of a call sounded, where a browser telephone measured it',
    answer: legQualityList,
    async handle({ id }) {
      const rows = (await db('leg_quality').where({ call_id: id }).orderBy('leg')) as Row[]
      const plain = rows.map((row) => ({
        ...row,
        ...Object.fromEntries(numbers.map((name) => [name, row[name] === null ? null : Number(row[name])]))
      }))
      return { items: plain.map((row) => itemOf(legQualityList.shape.items.element, row)) }
    }
  })
]
