import type { Scheme } from '../../../ivr/scheme.ts'
import { exitsOf, type Point } from './model.ts'

/** How a block is drawn: everything that must know its size asks here. */
export const blockWidth = 236
export const headHeight = 58
export const exitHeight = 28
const gapX = 96
const gapY = 32

export function blockHeight(exits: number): number {
  return headHeight + exits * exitHeight + 6
}

/**
 * Places for all blocks: from left to right as a call goes, in layers; within a layer near the blocks that lead there.
 * Blocks that no call gets to stand below.
 */
export function layOut(scheme: Scheme): Record<string, Point> {
  const layers = inLayers(scheme)
  const columns: string[][] = []
  for (const [id, layer] of layers) (columns[layer] ??= []).push(id)
  const rank = new Map<string, number>()
  const leading = comingFrom(scheme)
  for (const column of columns) {
    // As its blocks are led to from the layer before; blocks without any stay in the order of the scheme.
    const weight = new Map(
      column.map((id, index) => {
        const ranks = (leading.get(id) ?? [])
          .map((from) => rank.get(from))
          .filter((each) => each !== undefined)
        return [id, ranks.length === 0 ? index : ranks.reduce((sum, each) => sum + each, 0) / ranks.length]
      })
    )
    column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0))
    const exits = new Map(column.map((id) => [id, heightOf(scheme, id)]))
    let y = 0
    for (const id of column) {
      rank.set(id, y)
      y += (exits.get(id) ?? 0) + gapY
    }
  }
  const places: Record<string, Point> = {}
  let bottom = 0
  for (const [index, column] of columns.entries()) {
    for (const id of column) {
      const y = rank.get(id) ?? 0
      places[id] = { x: index * (blockWidth + gapX), y }
      bottom = Math.max(bottom, y + heightOf(scheme, id) + gapY)
    }
  }
  const lost = Object.keys(scheme.blocks).filter((id) => !layers.has(id))
  for (const [index, id] of lost.entries()) {
    places[id] = { x: index * (blockWidth + gapX), y: bottom + gapY }
  }
  return places
}

function heightOf(scheme: Scheme, id: string): number {
  const block = scheme.blocks[id]
  return blockHeight(block ? exitsOf(block).length : 0)
}

/** The layer of each block that a call can get to: one behind the last block that leads there, circles left aside. */
function inLayers(scheme: Scheme): Map<string, number> {
  const back = backward(scheme)
  const layers = new Map<string, number>()
  // In the order of a walk backwards from the ends, every block comes after all that lead to it.
  for (const id of back.order) {
    const layer = layers.get(id) ?? 0
    layers.set(id, layer)
    for (const target of targetsOf(scheme, id)) {
      if (back.isBack(id, target)) continue
      layers.set(target, Math.max(layers.get(target) ?? 0, layer + 1))
    }
  }
  return layers
}

/** A walk to the depth, without recursion: the order in which blocks can be placed, and the ways that close a circle. */
function backward(scheme: Scheme): { order: string[]; isBack: (from: string, to: string) => boolean } {
  const open = new Set<string>()
  const done: string[] = []
  const seen = new Set<string>()
  const backs = new Set<string>()
  const stack: { id: string; left: string[] }[] = []
  const begin = (id: string): void => {
    seen.add(id)
    open.add(id)
    stack.push({ id, left: targetsOf(scheme, id) })
  }
  if (Object.hasOwn(scheme.blocks, scheme.start)) begin(scheme.start)
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = top.left.shift()
    if (target === undefined) {
      open.delete(top.id)
      done.push(top.id)
      stack.pop()
    } else if (open.has(target)) backs.add(`${top.id} ${target}`)
    else if (!seen.has(target)) begin(target)
  }
  return { order: done.toReversed(), isBack: (from, to) => backs.has(`${from} ${to}`) }
}

function targetsOf(scheme: Scheme, id: string): string[] {
  const targets = Object.values(scheme.blocks[id]?.exits ?? {})
  return [...new Set(targets)].filter((to): to is string => to !== null && Object.hasOwn(scheme.blocks, to))
}

function comingFrom(scheme: Scheme): Map<string, string[]> {
  const from = new Map<string, string[]>()
  for (const id of Object.keys(scheme.blocks)) {
    for (const target of targetsOf(scheme, id)) from.set(target, [...(from.get(target) ?? []), id])
  }
  return from
}

/** To the right of the block that is drawn on from, below whatever stands there; else at the end of the first row. */
export function freePlace({ blocks }: Scheme, from: Point | undefined): Point {
  const places = Object.values(blocks).flatMap(({ position }) => (position ? [position] : []))
  const right = from ?? {
    x: Math.max(-blockWidth - 96, ...places.map(({ x }) => x)),
    y: Math.min(0, ...places.map(({ y }) => y))
  }
  const place = { x: right.x + blockWidth + 96, y: right.y }
  const isTaken = (): boolean =>
    places.some(({ x, y }) => Math.abs(x - place.x) < blockWidth && Math.abs(y - place.y) < 120)
  while (isTaken()) place.y += 128
  return place
}
