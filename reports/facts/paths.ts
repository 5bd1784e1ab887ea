import type { Knex } from 'knex'
import { pathKey, type Path } from '../core/touches.ts'

/** Ids of paths; unknown ones are added. */
export interface PathIds {
  /** @returns ids by `pathKey` */
  of(paths: readonly Path[]): Promise<ReadonlyMap<string, number>>
}

/** More are not remembered: keywords of a hostile page must not fill the memory. */
const mostKnown = 100_000

/**
 * Paths are written outside any transaction of whoever asks: they stay whatever becomes of it, so their ids may be
 * remembered.
 */
export function createPathIds(db: Knex): PathIds {
  const known = new Map<string, number>()
  return {
    async of(paths) {
      const wanted = new Map(paths.map((path) => [pathKey(path), path]))
      const missing = [...wanted].filter(([key]) => !known.has(key)).map(([, path]) => path)
      const found = new Map<string, number>()
      if (missing.length > 0) {
        const { rows } = await db.raw<{ rows: (Path & { id: number })[] }>(
          `with given as (
             select * from jsonb_to_recordset(cast(? as jsonb))
               as g("inquiryChannel" text, source text, medium text, campaign text, keyword text)
           ), added as (
             insert into report_paths (inquiry_channel, source, medium, campaign, keyword)
             select * from given on conflict do nothing
             returning id, inquiry_channel as "inquiryChannel", source, medium, campaign, keyword
           )
           select * from added
           union
           select p.id, g.* from given g join report_paths p on
             md5(p.inquiry_channel || chr(31) || p.source || chr(31) || p.medium || chr(31) || p.campaign || chr(31) || p.keyword) =
             md5(g."inquiryChannel" || chr(31) || g.source || chr(31) || g.medium || chr(31) || g.campaign || chr(31) || g.keyword)`,
          [JSON.stringify(missing)]
        )
        for (const { id, ...path } of rows) found.set(pathKey(path), id)
      }
      for (const key of wanted.keys()) {
        const id = known.get(key)
        if (id !== undefined) found.set(key, id)
      }
      if (known.size > mostKnown) known.clear()
      for (const [key, id] of found) known.set(key, id)
      return found
    }
  }
}
