import { z } from 'zod'
import { id, inquiryChannel, isoTime, patchOf } from './common.ts'
import { widgetSettings } from './widget.ts'

const models = ['first', 'last', 'lastNonDirect', 'linear', 'position', 'timeDecay'] as const
const name = z.string().trim().min(1).max(200)
const e164 = z.string().regex(/^\+[1-9]\d{3,14}$/, 'must be a number in E.164, such as +74951234567')
const groupName = z
  .string()
  .trim()
  .regex(/^[\w-]{1,40}$/, 'Latin letters, digits and dashes, 40 at most')

/** The settings of a site that tracking goes by. */
export const siteTracking = {
  /** Other origins whose pages belong to the site: `https://shop.example`. */
  allowedOrigins: z
    .array(z.string().regex(/^https?:\/\/[^/\s]{1,255}$/, 'must be like https://shop.example'))
    .max(50),
  isIsolated: z.boolean(),
  consent: z.enum(['notNeeded', 'required']),
  attributionDays: z.number().int().min(1).max(730),
  attributionModel: z.enum(models),
  lingerSeconds: z.number().int().min(10).max(86_400),
  quarantineSeconds: z.number().int().min(0).max(604_800),
  idleSeconds: z.number().int().min(60).max(86_400),
  redialSeconds: z.number().int().min(0).max(2_592_000),
  visitsPerAddress: z.number().int().min(1).max(1_000_000),
  /** Which numbers written in the pages are replaced, by what they are for. */
  numberGroups: z.array(z.object({ name: groupName, replaces: z.array(e164).max(50) })).max(10),
  widget: widgetSettings,
  /** Which forms of the pages are sent along: none, those marked with `data-vpbx-form`, or all. */
  formCapture: z.enum(['off', 'marked', 'all'])
}
export const poolRule = z.object({
  channels: z.array(inquiryChannel).max(20).default([]),
  sources: z.array(z.string().trim().min(1).max(200)).max(200).default([]),
  campaigns: z.array(z.string().trim().min(1).max(300)).max(500).default([]),
  /** Time zones of browsers: `Europe/Moscow`, or a part of the world: `Europe`. */
  zones: z
    .array(z.string().regex(/^[\w+/-]{1,60}$/))
    .max(200)
    .default([]),
  /** Beginnings of the landing page's path, `*` for anything between. */
  pages: z.array(z.string().regex(/^[/*]/, 'must begin with / or *').max(300)).max(200).default([])
})
const emptyRule = { channels: [], sources: [], campaigns: [], zones: [], pages: [] }

export const numberPool = z.object({
  id,
  name,
  siteId: id,
  groupName: z.string(),
  mode: z.enum(['dynamic', 'static']),
  rule: poolRule,
  overflowNumberId: id.nullable(),
  numberIds: z.array(id),
  wantedCoverage: z.number(),
  /** The coverage has fallen below what is wanted, and since when. */
  isShort: z.boolean(),
  shortSince: isoTime.nullable(),
  isActive: z.boolean(),
  isDemo: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime
})
export const numberPoolCreate = z.object({
  name,
  siteId: id,
  groupName: groupName.default('main'),
  mode: z.enum(['dynamic', 'static']).default('dynamic'),
  rule: poolRule.default(emptyRule),
  /** Shown when every number is lent; in a static pool, always. */
  overflowNumberId: id.nullable().default(null),
  numberIds: z.array(id).max(10_000).default([]),
  wantedCoverage: z.number().gt(0).lt(1).default(0.95),
  isActive: z.boolean().default(true)
})
export const numberPoolPatch = patchOf(numberPoolCreate)

export const adviceQuery = z.object({ days: z.coerce.number().int().min(1).max(90).default(14) })
export const poolAdvice = z.object({
  numbers: z.number().int(),
  /** New visits in the busiest hour that was measured, and the mean time a number is held. */
  visitorsPerHour: z.number(),
  holdMinutes: z.number(),
  erlangs: z.number(),
  /** What so many numbers promise for that hour. */
  coverage: z.number(),
  wanted: z.array(z.object({ coverage: z.number(), numbers: z.number().int() })),
  /** What 0, 1, 2 … numbers would promise for that hour. */
  curve: z.array(z.number()),
  /** The fewest numbers with the coverage that is wanted of this pool. */
  needed: z.number().int(),
  measured: z.object({
    days: z.number().int(),
    visits: z.number().int(),
    overflowed: z.number().int(),
    stolen: z.number().int(),
    /** The share of visits that got a number of their own; null when nobody came. */
    coverage: z.number().nullable()
  }),
  wantedCoverage: z.number(),
  /** Measured or promised coverage is below what is wanted. */
  isShort: z.boolean()
})

/** Text from a page: cut, not refused, since people's addresses and titles are what they are. */
const cut = (longest: number) =>
  z
    .string()
    .max(20_000)
    .transform((text) => text.slice(0, longest))
const address = cut(2000)
const clock = z.number().min(0).max(1e15).transform(Math.round)

/** Values of known cookies: `_ga`, `_ym_uid`, `_fbp` … */
const foreignIds = z
  .record(z.string().max(40), cut(200))
  .refine((ids) => Object.keys(ids).length <= 20, 'at most 20')

export const trackVisit = z.object({
  key: z.string().max(100),
  /** The visitor's id, made by the page and kept in a first-party cookie. */
  visitor: id.optional(),
  visit: id.nullish(),
  url: address,
  referrer: address.nullish(),
  title: cut(300).nullish(),
  /** The visitor's clock, ms: only ever compared with itself. */
  at: clock,
  groups: z.array(z.string().max(40)).max(10).default([]),
  /** False asks for further numbers on the same page. */
  isPage: z.boolean().default(true),
  consent: z.boolean().default(false),
  /** Of a page that is only tried out: nothing is kept, and the numbers are examples. */
  check: z.string().max(500).optional(),
  zone: cut(60).nullish(),
  language: cut(35).nullish(),
  screen: cut(20).nullish(),
  ids: foreignIds.default({})
})
export const trackVisitAnswer = z.object({
  state: z.enum(['tracked', 'capped', 'machine', 'noConsent', 'tried']),
  visitor: id.nullable(),
  visit: id.nullable(),
  heartbeatSeconds: z.number().int(),
  numbers: z.array(
    z.object({
      group: z.string(),
      e164: z.string(),
      /** As people of the number's country write it. */
      formatted: z.string(),
      kind: z.enum(['lease', 'overflow', 'static'])
    })
  )
})

export const trackHeartbeat = z.object({
  key: z.string().max(100),
  visitor: id,
  visit: id,
  at: clock,
  active: z.boolean().default(false),
  leaving: z.boolean().default(false),
  /** Cookies that have come since the page was told of. */
  ids: foreignIds.optional()
})
export const trackHeartbeatAnswer = z.object({
  /** `lost`: another visitor may have the number now; ask for one again. `replayed`: nothing was done. */
  result: z.enum(['held', 'replayed', 'lost']),
  until: isoTime.nullable()
})

export const trackEvent = z.object({
  key: z.string().max(100),
  visitor: id,
  visit: id,
  kind: z.enum(['event', 'identify']),
  name: cut(100),
  data: z.record(z.string().max(60), z.union([cut(1000), z.number(), z.boolean(), z.null()])).default({})
})

export const trackForm = z.object({
  key: z.string().max(100),
  visitor: id.nullish(),
  visit: id.nullish(),
  form: cut(100).nullish(),
  name: cut(200).nullish(),
  phone: cut(40).nullish(),
  email: cut(200).nullish(),
  message: cut(5000).nullish(),
  url: address.nullish(),
  fields: z
    .record(z.string().max(60), cut(2000))
    .refine((fields) => Object.keys(fields).length <= 50, 'at most 50')
    .default({}),
  /** A field that people do not see and machines fill in. */
  trap: z.string().max(1000).optional()
})
export const trackFormAnswer = z.object({ id })

export const trackCallback = z.object({
  key: z.string().max(100),
  visitor: id.nullish(),
  visit: id.nullish(),
  phone: z.string().min(3).max(40),
  name: cut(200).nullish(),
  note: cut(2000).nullish(),
  /** The answer to the puzzle of a `work_needed` problem. */
  work: z.object({ challenge: z.string().max(500), answer: z.string().max(40) }).nullish(),
  /** When the client wishes it; left out: at once, in the company's hours. */
  wishedAt: isoTime.nullish(),
  url: address.nullish(),
  trap: z.string().max(1000).optional()
})
/** `isMerged`: an open callback to this phone was there already. */
export const trackCallbackAnswer = z.object({ id, isMerged: z.boolean() })

/** What the check page, and the list on a page that is looked into, ask about an address. */
export const addressCheck = z.object({
  url: address,
  referrer: address.nullish(),
  zone: cut(60).nullish()
})
export const trackExplain = addressCheck.extend({
  key: z.string().max(100),
  token: z.string().max(500),
  visitor: id.nullish()
})
const touch = z.object({
  inquiryChannel: inquiryChannel,
  source: z.string(),
  medium: z.string(),
  campaign: z.string().nullable(),
  keyword: z.string().nullable()
})
export const addressVerdict = z.object({
  /** Which rule spoke: `kept` means that nothing new was found and the present source stands. */
  rule: z.enum(['campaign', 'organic', 'referral', 'direct', 'kept']),
  /** Of this arrival, and what stands for the visitor from now on. */
  touch,
  current: touch,
  isNewVisit: z.boolean(),
  /** Of the landing page: what rules for pages look at. */
  path: z.string(),
  /** The address is one of the site. */
  isOwnAddress: z.boolean(),
  groups: z.array(
    z.object({
      group: z.string(),
      pools: z.array(
        z.object({
          id,
          name: z.string(),
          mode: z.enum(['dynamic', 'static']),
          isChosen: z.boolean(),
          /** Parts of its rule that the visit does not meet. */
          misses: z.array(z.enum(['channels', 'sources', 'campaigns', 'zones', 'pages']))
        })
      )
    })
  ),
  /** Numbers that the visitor holds now. */
  held: z.array(z.object({ group: z.string(), pool: z.string(), e164: z.string(), until: isoTime }))
})
export const debugLink = z.object({ url: z.string(), until: isoTime })
export const debugLinkWish = z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) })
export const checkPageWish = z.object({
  html: z.string().min(1).max(900_000),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  referrer: z.string().max(2000).nullish()
})
export const checkPage = z.object({ path: z.string(), until: isoTime })

/** How the numbers of a pool stand at this moment. */
export const poolOccupancy = z.object({
  numbers: z.array(
    z.object({
      numberId: id,
      e164: z.string(),
      /** `quarantine`: free, but its last holder may still call. */
      state: z.enum(['held', 'quarantine', 'free']),
      since: isoTime.nullable(),
      /** End of the hold, or of the quarantine. */
      until: isoTime.nullable(),
      visitId: id.nullable(),
      source: z.string().nullable(),
      campaign: z.string().nullable(),
      pageUrl: z.string().nullable()
    })
  )
})
/** How every pool does: numbers now, coverage lately, and calls that no visit stands behind (30 days). */
export const poolStates = z.object({
  items: z.array(
    z.object({
      id,
      numbers: z.number().int(),
      held: z.number().int(),
      quarantined: z.number().int(),
      hourCoverage: z.number().nullable(),
      dayCoverage: z.number().nullable(),
      dayVisits: z.number().int(),
      isShort: z.boolean(),
      shortSince: isoTime.nullable(),
      calls: z.number().int(),
      unattributed: z.number().int()
    })
  )
})
/** How long what visitors left is kept. */
export const trackingSettings = z.object({
  visitDays: z.number().int().min(30).max(3650),
  touchpointDays: z.number().int().min(30).max(3650)
})

export const scriptQuery = z.object({ key: z.string().max(100) })

export type NumberPool = z.infer<typeof numberPool>
export type PoolAdvice = z.infer<typeof poolAdvice>
export type TrackVisit = z.infer<typeof trackVisit>
export type TrackCallback = z.infer<typeof trackCallback>
export type TrackVisitAnswer = z.infer<typeof trackVisitAnswer>
export type AddressVerdict = z.infer<typeof addressVerdict>
export type PoolOccupancy = z.infer<typeof poolOccupancy>
export type PoolStates = z.infer<typeof poolStates>
export type TrackingSettings = z.infer<typeof trackingSettings>
