import type { Knex } from 'knex'
import { isOpen, nextOpenMs } from '../../ivr/blocks/schedule.ts'
import { schedulesOf, type ScheduleRow } from '../../ivr/schedules.ts'
import { companyZone } from '../company-zone.ts'
import {
  holidayList,
  holidayQuery,
  schedule,
  scheduleCreate,
  schedulePatch,
  type Schedule
} from '../contract/schedules.ts'
import { crud, schemesNaming } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { russianHolidays } from '../holidays.ts'
import { itemOf, type Row } from '../rows.ts'

/** Hours that schemes share, with holidays, special days, and what somebody says for now. */
export const scheduleRoutes = ({ db }: ApiDeps): Endpoint[] => [
  ...crud(db, {
    things: 'schedules',
    thing: 'schedule',
    item: schedule,
    create: scheduleCreate,
    patch: schedulePatch,
    sorts: { name: { column: 'name', type: 'text' }, createdAt: { column: 'created_at', type: 'time' } },
    firstSort: 'name',
    read: scheduleItems,
    columns: ({ name, timeZone, hours, days, override }) =>
      Promise.resolve({
        ...(name !== undefined && { name }),
        ...(timeZone !== undefined && { time_zone: timeZone }),
        ...(hours !== undefined && { hours: JSON.stringify(hours) }),
        ...(days !== undefined && {
          days: JSON.stringify(days.toSorted((a, b) => (a.date < b.date ? -1 : 1)))
        }),
        ...(override !== undefined && { override: override && JSON.stringify(override) })
      }),
    usedBy: (trx, row) => schemesNaming(trx, String(row['id']))
  }),
  endpoint({
    route: 'GET /api/holidays',
    summary: 'Public holidays of a country in a year, to be put into schedules',
    query: holidayQuery,
    answer: holidayList,
    handle: ({ query }) => Promise.resolve(russianHolidays(query.year))
  })
]

async function scheduleItems(db: Knex, rows: Row[]): Promise<Schedule[]> {
  const zone = await companyZone(db)
  const stored: ScheduleRow[] = rows.map((row) => ({
    id: String(row['id']),
    timeZone: typeof row['time_zone'] === 'string' ? row['time_zone'] : null,
    hours: row['hours'],
    days: row['days'],
    override: row['override']
  }))
  const ready = schedulesOf(stored, zone)
  const nowMs = Date.now()
  return rows.map((row) => {
    const hours = ready.get(String(row['id']))
    const opensMs = hours ? nextOpenMs(hours, nowMs) : null
    const said = row['override'] as Schedule['override']
    const isOver = said !== null && said.until !== null && Date.parse(said.until) <= nowMs
    return itemOf(schedule, row, {
      ownTimeZone: hours?.timeZone ?? zone,
      override: isOver ? null : said,
      isOpen: hours ? isOpen(hours, nowMs) : false,
      opensAt: opensMs === null ? null : new Date(opensMs).toISOString()
    })
  })
}
