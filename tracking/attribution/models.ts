/** Version of these rules: stored with what they computed. */
export const modelsVersion = 1

export const models = ['first', 'last', 'lastNonDirect', 'linear', 'position', 'timeDecay'] as const
export type Model = (typeof models)[number]
export const defaultModel: Model = 'lastNonDirect'

/** One visit of a client before the call. */
export interface Touchpoint {
  readonly atMs: number
  readonly isDirect: boolean
}

const halfLifeMs = 7 * 24 * 3_600_000
const positionShare = 0.4

/**
 * Shares one call among the visits before it.
 * @param touchpoints in order of time; those after the call or older than the window count for nothing
 * @param windowMs how long a call may follow a visit
 * @returns a credit for each touchpoint given, adding up to 1; all 0 when none lies in the window
 */
export function credits(
  model: Model,
  touchpoints: readonly Touchpoint[],
  callMs: number,
  windowMs: number
): number[] {
  const result = touchpoints.map(() => 0)
  const counted = touchpoints.flatMap(({ atMs }, index) =>
    atMs <= callMs && callMs - atMs <= windowMs ? [index] : []
  )
  const weights = weightsOf(model, counted, touchpoints, callMs)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum === 0) return result
  let given = 0
  counted.forEach((index, place) => {
    const credit = (weights[place] ?? 0) / sum
    result[index] = credit
    given += credit
  })
  // Fractions do not add up to 1 exactly; the largest share can bear the difference.
  const largest = result.indexOf(Math.max(...result))
  if (largest >= 0) result[largest] = (result[largest] ?? 0) + (1 - given)
  return result
}

function weightsOf(
  model: Model,
  counted: readonly number[],
  touchpoints: readonly Touchpoint[],
  callMs: number
): number[] {
  const only = (place: number): number[] => counted.map((_, i) => (i === place ? 1 : 0))
  const last = counted.length - 1
  switch (model) {
    case 'first':
      return only(0)
    case 'last':
      return only(last)
    case 'lastNonDirect': {
      const place = counted.findLastIndex((index) => touchpoints[index]?.isDirect === false)
      return only(place < 0 ? last : place)
    }
    case 'linear':
      return counted.map(() => 1)
    case 'position': {
      if (counted.length <= 2) return counted.map(() => 1)
      const middle = (1 - 2 * positionShare) / (counted.length - 2)
      return counted.map((_, i) => (i === 0 || i === last ? positionShare : middle))
    }
    case 'timeDecay': {
      // Measured from the newest, so that very old touches alone do not all round to nothing.
      const newestMs = touchpoints[counted[last] ?? 0]?.atMs ?? callMs
      return counted.map((index) => 2 ** (((touchpoints[index]?.atMs ?? 0) - newestMs) / halfLifeMs))
    }
  }
}
