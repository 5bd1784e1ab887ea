import { z } from 'zod'
import type { OperatorQuery } from '../block.ts'
import { idOf } from './common.ts'

const share = z.number().min(0, 'must not be below 0').max(100, 'must not be above 100')

/** Settings of a block that looks for operators in a group. */
export const wantedFields = {
  groupId: idOf('a group'),
  strategy: z
    .enum(['longestIdle', 'roundRobin', 'ringAll', 'inOrder', 'byRating', 'leastLoaded', 'weighted'])
    .default('longestIdle'),
  /** What the strategy `weighted` weighs by: the mark, the time without a talk, the talk time of today. */
  weights: z
    .object({ rating: share.default(1), idle: share.default(1), load: share.default(1) })
    .refine(({ rating, idle, load }) => rating + idle + load > 0, { error: 'must not all be 0' })
    .default({ rating: 1, idle: 1, load: 1 }),
  /** Only operators who have all of these are rung. */
  skills: z
    .array(z.string().trim().min(1, 'must not be empty').max(60, 'takes at most 60 letters'))
    .max(20, 'takes at most twenty skills')
    .default([])
}

type Wanted = z.infer<z.ZodObject<typeof wantedFields>>

/** The question for operators of a group by these settings. */
export function groupQuery(
  { strategy, skills, weights }: Wanted,
  groupId: string,
  except: readonly string[]
): OperatorQuery {
  return {
    kind: 'group',
    groupId,
    strategy,
    except,
    ...(skills.length > 0 && { skills }),
    ...(strategy === 'weighted' && { weights })
  }
}
