import { z } from 'zod'
import { id, isoTime, locale, presence } from './common.ts'
import { queueState } from './operators.ts'

/** When the wall turns amber and red. */
export const wallSettings = z.object({
  /** An answer within so many seconds counts for the service level. */
  withinSeconds: z.number().int().min(1).max(600).default(20),
  /** Shares 0 … 1: below the first it is amber, below the second red. */
  levelAmber: z.number().min(0).max(1).default(0.9),
  levelRed: z.number().min(0).max(1).default(0.7),
  /** A caller who waits longer, seconds. */
  waitAmber: z.number().int().min(1).max(3600).default(45),
  waitRed: z.number().int().min(1).max(3600).default(120),
  /** So many callers wait at once. */
  waitingRed: z.number().int().min(1).max(1000).default(5),
  /** Red is heard too. */
  hasSound: z.boolean().default(true)
})

export const wallFigures = z.object({
  calls: z.number(),
  answered: z.number(),
  missed: z.number(),
  abandoned: z.number(),
  waitSeconds: z.number().nullable(),
  talkSeconds: z.number().nullable(),
  serviceLevel: z.number().nullable(),
  withinSeconds: z.number().int(),
  bySource: z.array(z.object({ source: z.string(), answered: z.number(), missed: z.number() })),
  countedAt: isoTime
})

/** Today's figures and their limits; what happens this second comes by the live feed. */
export const wall = z.object({ settings: wallSettings, figures: wallFigures })

/** What a screen on the wall shows: nobody is signed in there, so no client can be told by it. */
export const tvBoard = wall.extend({
  at: isoTime,
  locale,
  operators: z.array(z.object({ name: z.string(), presence, since: isoTime })),
  queues: z.array(
    queueState.pick({ queueId: true, name: true, longestSince: true }).extend({ waiting: z.number().int() })
  ),
  calls: z.array(
    z.object({
      phase: z.string(),
      since: isoTime,
      source: z.string().nullable(),
      operator: z.string().nullable()
    })
  )
})
export const tvQuery = z.object({ token: z.string().min(10).max(200) })

export const tvLink = z.object({
  id,
  name: z.string().trim().min(1).max(200),
  locale,
  lastUsedAt: isoTime.nullable(),
  createdAt: isoTime
})
export const tvLinkCreate = z.object({
  name: z.string().trim().min(1).max(200),
  locale: locale.default('ru')
})
/** The path of the screen, shown once. */
export const tvLinkMade = tvLink.extend({ path: z.string() })

export type WallSettings = z.infer<typeof wallSettings>
export type WallFigures = z.infer<typeof wallFigures>
export type Wall = z.infer<typeof wall>
export type TvBoard = z.infer<typeof tvBoard>
export type TvLink = z.infer<typeof tvLink>
