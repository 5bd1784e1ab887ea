import type { Node } from '@xyflow/react'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import type { SchemeProblem } from '../../../ivr/validate.ts'
import { blockHeight, blockWidth } from './layout.ts'
import type { LineEdge } from './line.tsx'
import { exitsOf } from './model.ts'
import { kindWord, labelOf } from './words.ts'

/** What a block on the canvas shows. */
export interface BlockData extends Record<string, unknown> {
  block: SchemeBlock
  exits: readonly string[]
  isStart: boolean
  /** The worst that is wrong with it. */
  severity: 'error' | 'warning' | null
  /** At which steps the imagined call stands in it. */
  steps: readonly number[]
  /** The exits that the imagined call took. */
  taken: readonly string[]
  /** Callers who stand in it now. */
  live: number
  /** How many calls went through it today. */
  passed: number
  /** The draft that is tried out by telephone stands in it now. */
  isTested: boolean
  /** The language that its words are in. */
  language: string
}

export type BlockNode = Node<BlockData, 'block'>

/** What lies over the scheme itself. */
export interface Overlay {
  problems: readonly SchemeProblem[]
  path: readonly { block: string; exit: string | null }[]
  live: ReadonlyMap<string, number>
  /** Of today, by block. */
  passed: ReadonlyMap<string, number>
  /** Where the call by which the draft is tried out stands. */
  tested: string | null
  language: string
}

const none: readonly never[] = []

/** Exits by settings, and those that lead somewhere although the settings know them no more: nothing is hidden. */
function drawnExits(block: SchemeBlock): readonly string[] {
  const exits = exitsOf(block)
  const stale = Object.entries(block.exits).filter(([exit, to]) => to !== null && !exits.includes(exit))
  return stale.length === 0 ? exits : [...exits, ...stale.map(([exit]) => exit)]
}

/**
 * The blocks as nodes. A node whose block shows nothing new is the very same object as in `before`, and nothing new at
 * all gives back the very same list, so that React draws only what has changed.
 */
export function nodesOf(
  scheme: Scheme,
  chosen: readonly string[],
  overlay: Overlay,
  before: BlockNode[]
): BlockNode[] {
  const known = new Map(before.map((node) => [node.id, node]))
  const worst = new Map<string, 'error' | 'warning'>()
  for (const { block, severity } of overlay.problems) {
    if (block !== null && worst.get(block) !== 'error') worst.set(block, severity)
  }
  const steps = new Map<string, number[]>()
  const taken = new Map<string, string[]>()
  for (const [index, { block, exit }] of overlay.path.entries()) {
    steps.set(block, [...(steps.get(block) ?? []), index + 1])
    if (exit !== null) taken.set(block, [...(taken.get(block) ?? []), exit])
  }
  const isChosen = new Set(chosen)
  const nodes = Object.entries(scheme.blocks).map(([id, block]): BlockNode => {
    const former = known.get(id)
    const position = block.position ?? { x: 0, y: 0 }
    const exits = former?.data.block === block ? former.data.exits : drawnExits(block)
    const data: BlockData = {
      block,
      exits,
      isStart: scheme.start === id,
      severity: worst.get(id) ?? null,
      steps: steps.get(id) ?? none,
      taken: taken.get(id) ?? none,
      live: overlay.live.get(id) ?? 0,
      passed: overlay.passed.get(id) ?? 0,
      isTested: overlay.tested === id,
      language: overlay.language
    }
    const selected = isChosen.has(id)
    if (former && isSameData(former.data, data) && former.selected === selected && isAt(former, position)) {
      return former
    }
    return {
      ...former,
      id,
      type: 'block',
      position,
      selected,
      data: former && isSameData(former.data, data) ? former.data : data,
      ariaLabel: spoken(block),
      width: blockWidth,
      height: blockHeight(exits.length)
    }
  })
  const isSame = nodes.length === before.length && nodes.every((node, index) => node === before[index])
  return isSame ? before : nodes
}

function isAt(node: BlockNode, { x, y }: { x: number; y: number }): boolean {
  return node.position.x === x && node.position.y === y
}

function isSameData(a: BlockData, b: BlockData): boolean {
  return (Object.keys(b) as (keyof BlockData)[]).every((key) => {
    const [left, right] = [a[key], b[key]]
    return left === right || (Array.isArray(left) && Array.isArray(right) && left.join() === right.join())
  })
}

/** A block as it is read out. */
function spoken(block: SchemeBlock): string {
  const [kind, label] = [kindWord(block.type), labelOf(block)]
  return kind === label ? kind : `${kind}: ${label}`
}

/**
 * The ways between blocks: `path` is that of the imagined call, `lanes` say past which blocks they must go. Nothing new
 * gives back the very same lines as `before`, as with blocks.
 */
export function edgesOf(
  scheme: Scheme,
  path: Overlay['path'],
  chosenEdge: string | null,
  lanes: ReadonlyMap<string, number>,
  before: LineEdge[]
): LineEdge[] {
  const former = new Map(before.map((edge) => [edge.id, edge]))
  const edges = drawnEdges(scheme, path, chosenEdge, lanes).map((edge) => {
    const old = former.get(edge.id)
    return old && isSameLine(old, edge) ? old : edge
  })
  const isSame = edges.length === before.length && edges.every((edge, index) => edge === before[index])
  return isSame ? before : edges
}

function isSameLine(a: LineEdge, b: LineEdge): boolean {
  return (
    a.target === b.target &&
    a.selected === b.selected &&
    a.className === b.className &&
    a.data?.lane === b.data?.lane &&
    a.data?.index === b.data?.index
  )
}

function drawnEdges(
  scheme: Scheme,
  path: Overlay['path'],
  chosenEdge: string | null,
  lanes: ReadonlyMap<string, number>
): LineEdge[] {
  const taken = new Set(path.map(({ block, exit }) => `${block} ${exit ?? ''}`))
  return Object.entries(scheme.blocks).flatMap(([id, block]) =>
    Object.entries(block.exits).flatMap(([exit, target], index) => {
      if (target === null || blockOf(scheme, target) === null) return []
      const key = `${id} ${exit}`
      return [
        {
          id: key,
          type: 'line' as const,
          data: { lane: lanes.get(key) ?? null, index },
          source: id,
          sourceHandle: exit,
          target,
          selected: key === chosenEdge,
          className: taken.has(key) ? 'taken' : '',
          ...(taken.has(key) && { zIndex: 1 })
        }
      ]
    })
  )
}

/** The exit that an edge is drawn from. */
export function exitOfEdge(id: string): { block: string; exit: string } {
  // Ids of blocks have no spaces; names of exits may.
  const space = id.indexOf(' ')
  return { block: id.slice(0, space), exit: id.slice(space + 1) }
}
