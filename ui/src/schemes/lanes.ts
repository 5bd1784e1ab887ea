import { blockOf } from '../../../ivr/run.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { blockHeight, blockWidth, exitHeight, headHeight } from './layout.ts'
import { exitsOf, type Point } from './model.ts'

interface Box {
  id: string
  left: number
  right: number
  top: number
  bottom: number
}

/** Free space that a line keeps to a block. */
const clearance = 10
/** Between two lines that run beside one another. */
const lineGap = 8
/** How far a line goes out of a block before it turns. */
export const outward = 22
const targetY = 34

/**
 * The heights at which lines run that would else go behind a block, by the line's key. All other lines may go as they
 * like. Each such line gets a height of its own, so that lines do not lie upon one another.
 */
export function lanesOf(scheme: Scheme): Map<string, number> {
  const boxes = boxesOf(scheme)
  const lanes = new Map<string, number>()
  const taken: { left: number; right: number; y: number }[] = []
  for (const [id, block] of Object.entries(scheme.blocks)) {
    const { x, y } = block.position ?? { x: 0, y: 0 }
    for (const [index, exit] of exitsOf(block).entries()) {
      const target = block.exits[exit] ?? null
      const there = target === null ? null : blockOf(scheme, target)
      if (!there) continue
      const from = { x: x + blockWidth, y: y + headHeight + exitHeight * (index + 0.5) }
      const to = { x: there.position?.x ?? 0, y: (there.position?.y ?? 0) + targetY }
      if (!isCrossing(boxes, from, to, id, target ?? '')) continue
      const [left, right] = [Math.min(from.x, to.x - outward), Math.max(from.x + outward, to.x)]
      const between = boxes.filter((box) => box.right > left && box.left < right)
      const free = (at: number): boolean =>
        between.every((box) => at < box.top - clearance || at > box.bottom + clearance) &&
        taken.every((lane) => lane.right < left || lane.left > right || Math.abs(lane.y - at) >= lineGap)
      const lane = nearestFree(between, (from.y + to.y) / 2, free)
      taken.push({ left, right, y: lane })
      lanes.set(`${id} ${exit}`, lane)
    }
  }
  return lanes
}

/** Whether the same lines would be drawn: names and the like are of no matter. */
export function isSameShape(a: Scheme, b: Scheme): boolean {
  if (a === b) return true
  const [left, right] = [Object.entries(a.blocks), Object.entries(b.blocks)]
  return (
    left.length === right.length &&
    left.every(([id, block], index) => {
      const [otherId, other] = right[index] ?? []
      return (
        otherId === id &&
        other !== undefined &&
        (other === block ||
          (other.type === block.type &&
            other.settings === block.settings &&
            other.exits === block.exits &&
            other.position === block.position))
      )
    })
  )
}

function boxesOf(scheme: Scheme): Box[] {
  return Object.entries(scheme.blocks).map(([id, block]) => {
    const { x, y } = block.position ?? { x: 0, y: 0 }
    return { id, left: x, right: x + blockWidth, top: y, bottom: y + blockHeight(exitsOf(block).length) }
  })
}

const samples = 14

/** Whether the usual curve would go behind a block. A line that goes back always would: behind its own two. */
function isCrossing(boxes: readonly Box[], from: Point, to: Point, id: string, target: string): boolean {
  if (to.x < from.x + outward) return true
  const [low, high] = [Math.min(from.y, to.y) - clearance, Math.max(from.y, to.y) + clearance]
  const near = boxes.filter(
    (box) =>
      box.id !== id &&
      box.id !== target &&
      box.right > from.x &&
      box.left < to.x &&
      box.bottom > low &&
      box.top < high
  )
  if (near.length === 0) return false
  // As React Flow bends it: both ends level, halfway.
  const half = (to.x - from.x) / 2
  for (let step = 1; step < samples; step += 1) {
    const t = step / samples
    const u = 1 - t
    const x =
      u * u * u * from.x + 3 * u * u * t * (from.x + half) + 3 * u * t * t * (to.x - half) + t * t * t * to.x
    const y = (u * u * u + 3 * u * u * t) * from.y + (3 * u * t * t + t * t * t) * to.y
    const isBehind = near.some(
      (box) =>
        x > box.left - 4 && x < box.right + 4 && y > box.top - clearance / 2 && y < box.bottom + clearance / 2
    )
    if (isBehind) return true
  }
  return false
}

/** The free height nearest to the wanted one: at it, or just above or below a block. Below everything there is room. */
function nearestFree(between: readonly Box[], wanted: number, free: (at: number) => boolean): number {
  const edges = between.flatMap((box) => [box.top - clearance - 1, box.bottom + clearance + 1])
  const near = [wanted, ...edges.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))]
  for (const at of near) {
    for (let shift = 0; shift < 6; shift += 1) {
      for (const way of shift === 0 ? [0] : [shift * lineGap, -shift * lineGap]) {
        if (free(at + way)) return at + way
      }
    }
  }
  let bottom = Math.max(wanted, ...between.map((box) => box.bottom)) + clearance + 1
  while (!free(bottom)) bottom += lineGap
  return bottom
}

/** A line along a lane: out of the block, to the lane, along it, and into the other block, with round corners. */
export function pathAlong(from: Point, to: Point, lane: number, index: number): string {
  // Lines out of one block turn one after another.
  const out = from.x + outward + (index % 6) * 6
  const into = to.x - outward - (index % 6) * 4
  return rounded([
    from,
    { x: out, y: from.y },
    { x: out, y: lane },
    { x: into, y: lane },
    { x: into, y: to.y },
    to
  ])
}

const radius = 10

function rounded(points: readonly Point[]): string {
  const [first] = points
  if (!first) return ''
  let path = `M ${first.x} ${first.y}`
  for (let index = 1; index < points.length; index += 1) {
    const [before, at, after] = [points[index - 1], points[index], points[index + 1]]
    if (!before || !at) continue
    if (!after) {
      path += ` L ${at.x} ${at.y}`
      continue
    }
    const [a, b] = [towards(at, before), towards(at, after)]
    path += ` L ${a.x} ${a.y} Q ${at.x} ${at.y} ${b.x} ${b.y}`
  }
  return path
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  if (length === 0) return from
  const part = Math.min(radius, length / 2) / length
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}
