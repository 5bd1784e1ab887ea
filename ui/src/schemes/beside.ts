import { blockOf } from '../../../ivr/run.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { blockHeight, blockWidth } from './layout.ts'
import { exitsOf, type Point } from './model.ts'

export type Way = 'left' | 'right' | 'up' | 'down'

/**
 * The block that an arrow key leads to: to the right along the lines, to the left back along them, up and down to what
 * stands there. Where no line leads on, to the nearest block on that side.
 * @returns null when there is none
 */
export function blockBeside(scheme: Scheme, from: string, way: Way): string | null {
  const block = blockOf(scheme, from)
  if (block === null) return null
  if (way === 'right') {
    const next = exitsOf(block).map((exit) => block.exits[exit] ?? null)
    const first = next.find((id) => id !== null && id !== from && blockOf(scheme, id) !== null)
    if (first) return first
  }
  if (way === 'left') {
    const leading = Object.entries(scheme.blocks).filter(
      ([id, each]) => id !== from && Object.values(each.exits).includes(from)
    )
    const nearest = nearestOf(
      scheme,
      from,
      leading.map(([id]) => id)
    )
    if (nearest !== null) return nearest
  }
  const here = middleOf(scheme, from)
  const there = Object.keys(scheme.blocks).filter(
    (id) => id !== from && isThere(middleOf(scheme, id), here, way)
  )
  return nearestOf(scheme, from, there)
}

function middleOf(scheme: Scheme, id: string): Point {
  const block = blockOf(scheme, id)
  const { x, y } = block?.position ?? { x: 0, y: 0 }
  return { x: x + blockWidth / 2, y: y + blockHeight(block ? exitsOf(block).length : 0) / 2 }
}

/** On that side rather than on another one. */
function isThere({ x, y }: Point, from: Point, way: Way): boolean {
  const [dx, dy] = [x - from.x, y - from.y]
  if (way === 'left' || way === 'right') return (way === 'left' ? -dx : dx) > Math.abs(dy) * 0.5
  return (way === 'up' ? -dy : dy) > Math.abs(dx) * 0.5
}

function nearestOf(scheme: Scheme, from: string, ids: readonly string[]): string | null {
  const here = middleOf(scheme, from)
  let best: string | null = null
  let least = Infinity
  for (const id of ids) {
    const { x, y } = middleOf(scheme, id)
    const distance = Math.hypot(x - here.x, y - here.y)
    if (distance < least) [best, least] = [id, distance]
  }
  return best
}
