const dayMs = 86_400_000

/** The days of a period, ISO, both ends included; none when it ends before it begins. */
export function daysOf(from: string, to: string): string[] {
  const first = Date.parse(from)
  const count = Math.round((Date.parse(to) - first) / dayMs) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    new Date(first + index * dayMs).toISOString().slice(0, 10)
  )
}

/**
 * Shares a whole number out among equal parts: they add up to it exactly, and none is more than one above another. What
 * is left over goes, one each, to parts that are spaced evenly: by the largest remainder all of them are even.
 * @param total a safe integer, at least 0
 */
export function spread(total: number, parts: number): number[] {
  const each = Math.floor(total / parts)
  const rest = total - each * parts
  return Array.from(
    { length: parts },
    (_, index) => each + Math.floor(((index + 1) * rest) / parts) - Math.floor((index * rest) / parts)
  )
}
