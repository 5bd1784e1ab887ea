import type { Knex } from 'knex'
import { z } from 'zod'
import type { Scheme } from '../../ivr/scheme.ts'
import { numberHeaders } from '../routing/number-called.ts'
import { schedulesOf, withSchedules } from '../../ivr/schedules.ts'
import { callersOf, readCallers } from './caller-rows.ts'
import { usualOverload, type OverloadRules } from '../routing/overload.ts'
import { usualRules, type DeviceEntry, type Directory, type OperatorRules } from '../routing/directory.ts'

const text = z.string().nullable()
const rows = {
  numbers: z.array(
    z.object({
      id: z.string(),
      e164: z.string(),
      label: text,
      sourceId: text,
      siteId: text,
      poolSiteId: text,
      schemeId: text,
      trunkId: text
    })
  ),
  sources: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      inquiryChannel: z.string(),
      medium: text,
      campaign: text,
      keyword: text
    })
  ),
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
  schemes: z.array(z.object({ id: z.string(), name: z.string(), version: z.number(), body: z.unknown() })),
  groups: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      wrapUpSeconds: z.number().nullable(),
      ringTone: z.string(),
      memberIds: z.array(z.string())
    })
  ),
  users: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      extension: text,
      skills: z.array(z.string()),
      presence: z.enum(['available', 'wrapUp', 'away', 'offline']),
      presenceReason: text,
      presenceUntilMs: z.number().nullable(),
      presenceAtMs: z.number()
    })
  ),
  devices: z.array(
    z.object({
      id: z.string(),
      userId: z.string(),
      name: z.string(),
      kind: z.enum(['browser', 'sip']),
      sipUser: z.string(),
      isFixed: z.boolean()
    })
  ),
  standIns: z.array(z.object({ id: z.string(), standInId: z.string() })),
  trunks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      country: z.string(),
      endpoint: z.string(),
      maxIn: z.number().nullable(),
      maxCalls: z.number().nullable(),
      headers: z.array(z.enum(numberHeaders)),
      strip: z.string()
    })
  ),
  schedules: z.array(
    z.object({ id: z.string(), timeZone: text, hours: z.unknown(), days: z.unknown(), override: z.unknown() })
  ),
  settings: z.array(z.object({ key: z.string(), value: z.unknown() }))
}

/** Everything that routing must know, but for the contacts. */
export async function readConfiguration(db: Knex): Promise<Omit<Directory, 'contacts'>> {
  const read = async <T extends z.ZodType>(schema: T, sql: string): Promise<z.infer<T>> =>
    schema.parse((await db.raw<{ rows: unknown }>(sql)).rows)
  const [
    numbers,
    sources,
    sites,
    schemes,
    groups,
    users,
    devices,
    standIns,
    trunks,
    settings,
    callers,
    schedules
  ] = await Promise.all([
    read(
      rows.numbers,
      `select n.id, n.e164, n.label, n.source_id as "sourceId", n.site_id as "siteId", p.site_id as "poolSiteId",
           n.scheme_id as "schemeId", n.trunk_id as "trunkId"
         from numbers n left join lateral (
           select site_id from number_pools
           where id = n.pool_id or overflow_number_id = n.id order by id = n.pool_id desc nulls last limit 1
         ) p on true where n.is_active`
    ),
    read(
      rows.sources,
      `select id, name, inquiry_channel as "inquiryChannel", medium, campaign, keyword from sources`
    ),
    read(rows.sites, `select id, name from sites`),
    read(
      rows.schemes,
      `select s.id, s.name, v.version, v.body from schemes s join scheme_versions v on v.scheme_id = s.id and v.version = s.published_version`
    ),
    read(
      rows.groups,
      `select g.id, g.name, g.wrap_up_seconds as "wrapUpSeconds", g.ring_tone as "ringTone",
           coalesce(array_agg(m.user_id order by m.position, m.user_id) filter (where m.user_id is not null), '{}') as "memberIds"
         from groups g left join group_members m on m.group_id = g.id group by g.id`
    ),
    read(
      rows.users,
      `select id, name, extension, skills, presence, presence_reason as "presenceReason",
           (extract(epoch from presence_until) * 1000)::float8 as "presenceUntilMs",
           (extract(epoch from presence_at) * 1000)::float8 as "presenceAtMs"
         from users where is_active`
    ),
    read(
      rows.devices,
      `select d.id, d.user_id as "userId", d.name, d.kind, d.sip_user as "sipUser", d.sip_address is not null as "isFixed"
         from devices d join users u on u.id = d.user_id where d.is_active and u.is_active
         order by d.kind, d.created_at, d.id`
    ),
    read(rows.standIns, `select id, stand_in_id as "standInId" from users where stand_in_id is not null`),
    read(
      rows.trunks,
      `select id, name, country, sip_endpoint as endpoint, max_in as "maxIn", max_calls as "maxCalls",
           number_headers as headers, number_strip as strip
         from trunks where is_active`
    ),
    read(
      rows.settings,
      `select key, value from settings where key like 'operators.%' or key like 'overload.%'
         or key in ('company.timeZone', 'callers', 'fallback.groupId')`
    ),
    readCallers(db),
    read(rows.schedules, `select id, time_zone as "timeZone", hours, days, override from schedules`)
  ])
  const devicesOf = new Map<string, DeviceEntry[]>()
  for (const { userId, ...device } of devices) {
    devicesOf.set(userId, [...(devicesOf.get(userId) ?? []), device])
  }
  const settingOf = new Map(settings.map(({ key, value }) => [key, value]))
  const rules = rulesOf(settingOf)
  const named = schedulesOf(schedules, rules.timeZone)
  const names = new Map(users.map((user) => [user.id, user.name]))
  return {
    numbers: new Map(numbers.map((number) => [number.e164, number])),
    sources: new Map(sources.map((source) => [source.id, source])),
    sites: new Map(sites.map((site) => [site.id, site.name])),
    // Bodies were validated when they were published; a broken one is found by the machine and ends in a clear reason.
    schemes: new Map(
      schemes.map((scheme) => [scheme.id, { ...scheme, body: withSchedules(scheme.body as Scheme, named) }])
    ),
    groups: new Map(groups.map((group) => [group.id, group])),
    users: new Map(
      users.map((user) => [
        user.id,
        {
          ...user,
          // The database keeps microseconds.
          presenceAtMs: Math.floor(user.presenceAtMs),
          devices: devicesOf.get(user.id) ?? []
        }
      ])
    ),
    devices: new Map(
      devices.map(({ sipUser, userId }) => [sipUser, { userId, userName: names.get(userId) ?? '' }])
    ),
    extensions: new Map(
      users.flatMap(({ id, extension }): [string, string][] => (extension === null ? [] : [[extension, id]]))
    ),
    standIns: new Map(standIns.map(({ id, standInId }) => [id, standInId])),
    trunks: new Map(
      trunks.map(({ endpoint, headers, strip, ...trunk }) => [
        endpoint,
        { ...trunk, reading: { from: headers, strip } }
      ])
    ),
    rules,
    overload: overloadOf(settingOf),
    callers: callersOf(callers, settingOf.get('callers'))
  }
}

/** What is not set, or set to something that cannot be, is as usual: calls must not depend on it. */
function rulesOf(settings: ReadonlyMap<string, unknown>): OperatorRules {
  const number = (key: string, usual: number): number => {
    const value = settings.get(key)
    return typeof value === 'number' && value >= 0 ? value : usual
  }
  const timeZone = settings.get('company.timeZone')
  return {
    wrapUpSeconds: number('operators.wrapUpSeconds', usualRules.wrapUpSeconds),
    autoPauseAfter: number('operators.autoPauseAfter', usualRules.autoPauseAfter),
    requireWrapUpCode: settings.get('operators.requireWrapUpCode') === true,
    timeZone: typeof timeZone === 'string' ? timeZone : usualRules.timeZone
  }
}

/** The same for what is done when no more calls can be carried. */
function overloadOf(settings: ReadonlyMap<string, unknown>): OverloadRules {
  const [maxCalls, groupId] = [settings.get('overload.maxCalls'), settings.get('fallback.groupId')]
  return {
    maxCalls: typeof maxCalls === 'number' && maxCalls >= 1 ? maxCalls : usualOverload.maxCalls,
    isAutomatic: settings.get('overload.isAutomatic') !== false,
    answer: settings.get('overload.answer') === 'group' ? 'group' : 'message',
    groupId: typeof groupId === 'string' ? groupId : null
  }
}
