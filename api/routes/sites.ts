import { site, siteCreate, sitePatch } from '../contract/config.ts'
import { widgetSettings } from '../contract/widget.ts'
import { crud } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { columnsOf, itemOf } from '../rows.ts'

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
    columns: ({ numberGroups, widget, ...rest }) =>
      Promise.resolve({
        ...columnsOf(rest),
        ...(numberGroups && { number_groups: JSON.stringify(numberGroups) }),
        ...(widget && { widget: JSON.stringify(widget) })
      }),
    // What a site has not set is as usual.
    read: (_db, rows) =>
      Promise.resolve(rows.map((row) => itemOf(site, row, { widget: widgetSettings.parse(row['widget']) })))
  })
