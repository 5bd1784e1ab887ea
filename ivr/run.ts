import type { BlockContext, BlockEffect, BlockEvent, BlockStep } from './block.ts'
import { blockKinds, madeKinds } from './blocks/index.ts'
import type { ReadyBlock } from './blocks/define.ts'
import type { Scheme, SchemeBlock } from './scheme.ts'

/**
 * What entering a block, or an event in it, came to. `exit` is the exit's name; `exitTarget` says where it leads.
 * A block that is done (exit, or hang-up) has the state null, and takes no more events.
 */
export interface BlockRun {
  readonly state: unknown
  readonly effects: readonly BlockEffect[]
  readonly exit: string | null
}

/** The call's reason when its scheme names a block that is not there, of an unknown type or with bad settings. */
export const brokenSchemeReason = 'broken_scheme'

/** The block of that id, or null. Ids come from people: `constructor` must not find what objects inherit. */
export function blockOf(scheme: Scheme, blockId: string): SchemeBlock | null {
  return Object.hasOwn(scheme.blocks, blockId) ? (scheme.blocks[blockId] ?? null) : null
}

/** The id of the block that an exit leads to, or null when it ends the call. */
export function exitTarget(scheme: Scheme, blockId: string, exit: string): string | null {
  const block = blockOf(scheme, blockId)
  return block !== null && Object.hasOwn(block.exits, exit) ? (block.exits[exit] ?? null) : null
}

/**
 * Steps into a block. Never throws: a block that cannot be run hangs up with `brokenSchemeReason`.
 * An exit may come at once (schedule); following it, and bounding how many in a row, is the caller's part.
 */
export function enter(scheme: Scheme, blockId: string, context: BlockContext): BlockRun {
  const ready = readyBlock(scheme, blockId)
  if (ready === null)
    return { state: null, effects: [{ do: 'hangup', reason: brokenSchemeReason }], exit: null }
  return runOf(ready.enter(context))
}

/** Hands an event to the block the call stands in; null when it has no row for it now, and nothing changes. */
export function handle(
  scheme: Scheme,
  current: { readonly id: string; readonly state: unknown },
  event: BlockEvent,
  context: BlockContext
): BlockRun | null {
  if (current.state === null || current.state === undefined) return null
  const step = readyBlock(scheme, current.id)?.handle(current.state, event, context) ?? null
  return step === null ? null : runOf(step)
}

function runOf(step: BlockStep<unknown>): BlockRun {
  const isDone = step.exit !== undefined || step.effects.some((effect) => effect.do === 'hangup')
  return { state: isDone ? null : step.state, effects: step.effects, exit: step.exit ?? null }
}

// Settings are read once per published version, whose object all its calls share.
const readyBlocks = new WeakMap<Scheme, Map<string, ReadyBlock | null>>()

function readyBlock(scheme: Scheme, blockId: string): ReadyBlock | null {
  const ofScheme = readyBlocks.get(scheme) ?? new Map<string, ReadyBlock | null>()
  readyBlocks.set(scheme, ofScheme)
  const known = ofScheme.get(blockId)
  if (known !== undefined) return known
  const ready = read(blockOf(scheme, blockId))
  ofScheme.set(blockId, ready)
  return ready
}

function read(block: SchemeBlock | null): ReadyBlock | null {
  const kind = block === null ? undefined : (blockKinds.get(block.type) ?? madeKinds.get(block.type))
  const result = kind?.read(block?.settings)
  return result !== undefined && 'ready' in result ? result.ready : null
}
