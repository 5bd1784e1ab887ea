import type { Knex } from 'knex'
import { writeBundle } from '../../upkeep/bundle.ts'
import type { LogLine } from '../../upkeep/log.ts'
import { markSeen, readUpdate } from '../../upkeep/updates.ts'
import { audit } from '../audit.ts'
import { logLevels, logLines, logQuery, systemState, systemUpdate } from '../contract/system.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { installationState } from '../installation.ts'

/** How the installation stands, for its admin. */
export const systemRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/system',
    summary: 'How each part of the installation stands, versions, disk and what is new',
    answer: systemState,
    handle: () => installationState(deps)
  }),
  endpoint({
    route: 'GET /api/system/log',
    summary: 'The last lines of the log since the start, without personal data, the newest first',
    query: logQuery,
    answer: logLines,
    handle: ({ query }) => Promise.resolve({ items: linesFrom(deps, query.level).slice(0, 200) })
  }),
  endpoint({
    route: 'GET /api/system/log/file',
    summary: 'The same lines as a text, all that are remembered, the oldest first',
    query: logQuery,
    raw: 'text/plain',
    async handle(context) {
      const { res, query } = context
      const lines = linesFrom(deps, query.level).toReversed()
      await audit(deps.db, context, { action: 'log.download', data: { lines: lines.length } })
      res.set('Content-Type', 'text/plain; charset=utf-8').attachment('ringtrace-log.txt')
      res.send(lines.map((line) => `${textOf(line)}\n`).join(''))
    }
  }),
  endpoint({
    route: 'GET /api/system/update',
    summary: 'What is new against the version that ran here before, and whether one has read it',
    answer: systemUpdate,
    async handle({ who }) {
      const found = await readUpdate(deps.db)
      if (!found)
        return {
          ...{ version: deps.version, previousVersion: null, updatedAt: null },
          ...{ fresh: [], isSeen: true }
        }
      const { version, previousVersion, updatedAt, fresh, seenBy } = found
      const isSeen = fresh.length === 0 || seenBy.includes(who.userId)
      return { version, previousVersion, updatedAt, fresh, isSeen }
    }
  }),
  endpoint({
    route: 'POST /api/system/update/seen',
    summary: 'Note that one has read what is new',
    handle: ({ who }) => markSeen(deps.db, who.userId)
  }),
  endpoint({
    route: 'GET /api/system/diagnostics',
    summary: 'State, log and sizes in one archive for whoever helps; no personal data, no secrets',
    raw: 'application/gzip',
    async handle(context) {
      const { res } = context
      const state = await installationState(deps)
      const files = {
        'state.json': JSON.stringify(state, null, 2),
        'log.ndjson': (deps.upkeep?.log() ?? []).map((line) => `${JSON.stringify(line)}\n`).join(''),
        'tables.json': JSON.stringify(await tableSizes(deps.db), null, 2)
      }
      await audit(deps.db, context, { action: 'system.diagnostics' })
      const day = state.at.slice(0, 10)
      res.set('Content-Type', 'application/gzip').attachment(`ringtrace-diagnostics-${day}.tar.gz`)
      await writeBundle(files, res)
    }
  })
]

/** The newest first. */
function linesFrom({ upkeep }: ApiDeps, level: LogLine['level'] = 'info'): LogLine[] {
  const least = logLevels.indexOf(level)
  return (upkeep?.log() ?? []).filter((line) => logLevels.indexOf(line.level) >= least)
}

function textOf({ at, level, part, text, about }: LogLine): string {
  const rest = Object.entries(about).map(([name, value]) => ` ${name}=${value}`)
  return `${at} ${level.toUpperCase()} ${part === null ? '' : `${part}: `}${text}${rest.join('')}`
}

/** About how many rows each table has, and its size. */
async function tableSizes(db: Knex): Promise<Record<string, { rows: number; bytes: number }>> {
  const { rows } = await db.raw<{ rows: { name: string; rows: string; bytes: string }[] }>(`
    select relname as name, greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by 3 desc`)
  return Object.fromEntries(
    rows.map(({ name, rows: count, bytes }) => [name, { rows: Number(count), bytes: Number(bytes) }])
  )
}
