import type { Knex } from 'knex'
import { wallFigures as readFigures } from '../../reports/queries/wall.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import { page } from '../contract/common.ts'
import { randomToken, tokenHash } from '../auth/secrets.ts'
import {
  tvBoard,
  tvLink,
  tvLinkCreate,
  tvLinkMade,
  tvQuery,
  wall,
  wallSettings,
  type TvBoard,
  type Wall,
  type WallSettings
} from '../contract/wall.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { projectAll } from '../live/board.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'

const settingsKey = 'wall'
/** However many screens look, the figures are read this often. */
const freshMs = 1000

const sorts: Sorts = {
  createdAt: { column: 'created_at', type: 'time' },
  name: { column: 'name', type: 'text' }
}

async function readSettings(db: Knex): Promise<WallSettings> {
  const row = await db('settings').where({ key: settingsKey }).first<{ value: unknown } | undefined>('value')
  return wallSettings.parse(row?.value ?? {})
}

/** The supervisor's wall: today's figures, their limits, and screens that nobody is signed in on. */
export function wallRoutes(deps: ApiDeps): Endpoint[] {
  const { db } = deps
  let last: { atMs: number; wall: Promise<Wall> } | null = null

  function current(): Promise<Wall> {
    const nowMs = Date.now()
    if (last && nowMs - last.atMs < freshMs) return last.wall
    const reading = (async (): Promise<Wall> => {
      const settings = await readSettings(db)
      return { settings, figures: await readFigures(db, settings.withinSeconds, nowMs) }
    })()
    last = { atMs: nowMs, wall: reading }
    return reading
  }

  return [
    endpoint({
      route: 'GET /api/wall',
      summary: 'Today’s figures for a screen on the wall, and when they turn amber and red',
      answer: wall,
      handle: current
    }),
    endpoint({
      route: 'PUT /api/wall-settings',
      summary: 'Set when the wall turns amber and red; fields that are left out take their usual values',
      body: wallSettings,
      answer: wallSettings,
      async handle(context) {
        const value = JSON.stringify(context.body)
        await db.transaction(async (trx) => {
          const before = await readSettings(trx)
          const row = { key: settingsKey, value, updated_at: trx.fn.now() }
          await trx('settings').insert(row).onConflict('key').merge()
          await audit(trx, context, {
            action: 'wall settings.change',
            entity: 'settings',
            change: { before, after: context.body }
          })
        })
        last = null
        return context.body
      }
    }),
    endpoint({
      route: 'GET /api/tv-links',
      summary: 'List screens on walls, without their links',
      query: listQuery(sorts, '-createdAt', {}),
      answer: page(tvLink),
      async handle({ query }) {
        const { rows, nextCursor } = await listPage(db, db('tv_links').select('*'), query, sorts)
        return { items: rows.map((row) => itemOf(tvLink, row)), nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/tv-links',
      summary: 'Make a link for a screen on the wall; it is shown in this answer only',
      body: tvLinkCreate,
      answer: tvLinkMade,
      status: 201,
      isUnrepeatable: true,
      async handle(context) {
        const token = randomToken()
        const { name, locale } = context.body
        const row = await db.transaction(async (trx) => {
          const values = { name, locale, token_hash: tokenHash(token), created_by: context.who.userId }
          const [made] = (await trx('tv_links').insert(values).returning('*')) as Row[]
          if (!made) throw new Error('No row came back from tv_links')
          await audit(trx, context, {
            action: 'tv link.create',
            entity: 'tv link',
            entityId: String(made['id'])
          })
          return made
        })
        return { ...itemOf(tvLink, row), path: `/tv#${token}` }
      }
    }),
    endpoint({
      route: 'DELETE /api/tv-links/:id',
      summary: 'Take a link back: its screen goes dark within seconds',
      async handle(context) {
        await db.transaction(async (trx) => {
          const gone = await trx('tv_links').where({ id: context.id }).delete()
          if (gone === 0) throw new ApiError('not_found')
          await audit(trx, context, { action: 'tv link.delete', entity: 'tv link', entityId: context.id })
        })
      }
    }),
    endpoint({
      route: 'GET /api/tv',
      summary: 'What a screen on the wall shows, by the token of its link',
      query: tvQuery,
      answer: tvBoard,
      async handle({ query }) {
        const [link] = await db('tv_links')
          .where({ token_hash: tokenHash(query.token) })
          .update({ last_used_at: db.fn.now() })
          .returning<{ locale: 'ru' | 'en' }[]>('locale')
        if (!link) throw new ApiError('not_found')
        return { ...(await current()), ...board(deps), locale: link.locale }
      }
    })
  ]
}

/** What happens this second, without anything by which a client could be told. */
function board({ pbx }: ApiDeps): Omit<TvBoard, 'settings' | 'figures' | 'locale'> {
  const calls = [...projectAll(pbx.openCallRows()).values()].filter((call) => call.phase !== 'ended')
  return {
    at: new Date().toISOString(),
    operators: pbx.operators().map(({ name, presence, since }) => ({ name, presence, since })),
    queues: pbx.queues().map(({ queueId, name, waiting, longestSince }) => ({
      queueId,
      name,
      longestSince,
      waiting: waiting.length
    })),
    calls: calls.map((call) => ({
      phase: call.phase !== 'talking' && call.ringing.length > 0 ? 'ringing' : call.phase,
      since: (call.phase === 'talking' ? call.answeredAt : null) ?? call.queue?.since ?? call.startedAt,
      source: call.source?.name ?? null,
      operator: call.operator?.name ?? null
    }))
  }
}
