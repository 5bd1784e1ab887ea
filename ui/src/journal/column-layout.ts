/** Which columns are shown, in order, and how wide those are that somebody has pulled. */
export interface Layout {
  shown: readonly string[]
  widths: Readonly<Record<string, number>>
}

export const leastWidth = 60
export const mostWidth = 600

/** Reads what was kept; columns that there are no more are left out. Null: nothing of use. */
export function readLayout(kept: string | null, known: readonly string[]): Layout | null {
  if (!kept) return null
  try {
    const { shown, widths } = JSON.parse(kept) as Partial<Layout>
    const names = Array.isArray(shown) ? [...new Set(shown as string[])] : []
    const left = names.filter((name) => known.includes(name))
    if (left.length === 0) return null
    const pulled = Object.entries(widths ?? {})
      .filter(([name, width]) => known.includes(name) && Number.isFinite(width))
      .map(([name, width]) => [name, clampWidth(width)])
    return { shown: left, widths: Object.fromEntries(pulled) as Record<string, number> }
  } catch {
    // Somebody else's value under our key is as good as none.
    return null
  }
}

export const clampWidth = (width: number): number =>
  Math.round(Math.min(mostWidth, Math.max(leastWidth, width)))

/** Puts a column where another one stands; the others close up. */
export function moveTo(shown: readonly string[], name: string, target: string): readonly string[] {
  const to = shown.indexOf(target)
  if (!shown.includes(name) || to < 0 || name === target) return shown
  return shown.filter((each) => each !== name).toSpliced(to, 0, name)
}

/** Moves a column by so many places, within the row. */
export function moveBy(shown: readonly string[], name: string, places: number): readonly string[] {
  const from = shown.indexOf(name)
  const target = shown[from + places]
  return from < 0 || target === undefined ? shown : moveTo(shown, name, target)
}
