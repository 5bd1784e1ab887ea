import { site, siteCreate, sitePatch } from '../contract/config.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { itemOf } from '../rows.ts'

/** Sites on which tracking numbers are shown. */
export const siteRoutes = ({ db }: ApiDeps) =>
  crud(db, {
    things: 'sites',
    thing: 'site',
    item: site,
    create: siteCreate,
    patch: sitePatch,
    sorts: {
      name: { column: 'name', type: 'text' },
      domain: { column: 'domain', type: 'text' },
      createdAt: { column: 'created_at', type: 'time' }
    },
    firstSort: 'name',
    hasUpdatedAt: false,
    read: (_db, rows) => Promise.resolve(rows.map((row) => itemOf(site, row)))
  })
