/** What was measured in a time: CPU in ms by part, and what else was used up. */
export interface Measured {
  calls: number
  talkSeconds: number
  used: Readonly<Record<string, number>>
}

/** What one call costs, however short, and what each second of its talk costs more. */
export interface Cost {
  perCall: number
  perTalkSecond: number
}

/**
 * Splits what was used into calls and seconds of talk: two measurements, one of short calls and one of long ones, are two
 * equations. Pure.
 */
export function costs(short: Measured, long: Measured): Record<string, Cost> {
  const determinant = short.calls * long.talkSeconds - long.calls * short.talkSeconds
  if (determinant === 0) throw new Error('Both measurements have talks of the same length')
  return Object.fromEntries(
    Object.entries(short.used).map(([part, a]) => {
      const b = long.used[part] ?? 0
      return [
        part,
        {
          perCall: (a * long.talkSeconds - b * short.talkSeconds) / determinant,
          perTalkSecond: (short.calls * b - long.calls * a) / determinant
        }
      ]
    })
  )
}

/** What so many talks at a time use each second, of which each lasts so long. Pure. */
export function planned(cost: Cost, talks: number, talkSeconds: number): number {
  return (talks / talkSeconds) * cost.perCall + talks * cost.perTalkSecond
}
