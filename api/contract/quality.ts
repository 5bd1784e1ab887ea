import { z } from 'zod'
import { id } from './common.ts'

/** What may be wrong with a leg for some time. */
export const qualityProblems = ['rtt', 'jitter', 'loss', 'mos', 'silentMicrophone', 'noSound'] as const

/** What a browser telephone measured over its whole leg. */
export const legQuality = z.object({
  /** Mean opinion score 1 … 4.5; null where nothing could be measured. */
  mos: z.number().min(1).max(5).nullable(),
  /** Of the worst five seconds. */
  worstMos: z.number().min(1).max(5).nullable(),
  rttMs: z.number().int().min(0).max(60_000).nullable(),
  jitterMs: z.number().min(0).max(60_000).nullable(),
  /** Share of packets that never came, 0 … 1. */
  loss: z.number().min(0).max(1).nullable(),
  seconds: z.number().int().min(0).max(86_400),
  problems: z.array(z.enum(qualityProblems)).max(qualityProblems.length),
  /** How often the sound had to find a new way. */
  reconnects: z.number().int().min(0).max(1000)
})
export const legQualityList = z.object({
  items: z.array(legQuality.extend({ leg: z.string(), userId: id.nullable() }))
})

export type LegQuality = z.infer<typeof legQuality>
