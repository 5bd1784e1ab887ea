import { isSame } from './diff.ts'
import type { Scheme, SchemeBlock } from './scheme.ts'

/** Where both sides changed the same thing in different ways. */
export interface MergeConflict {
  /** Id of the block; null for the scheme's own language or start. */
  block: string | null
  /** Label of the block, or its id. */
  label: string
  /** `settings.<name>`, `exits.<name>`, `label`, `type`, `locale`, `start`; `block` where one side removed it. */
  part: string
}

export interface Merge {
  scheme: Scheme
  conflicts: readonly MergeConflict[]
}

/**
 * Puts together what two people made of one draft. What only one of them changed is taken from that one. Where both
 * changed the same thing, `prefer` says whose stands, and the conflict is named. A block that one removed and the other
 * changed stays. Where a block stands on the canvas is nobody's quarrel: it is taken from `mine`.
 */
export function mergeSchemes(base: Scheme, mine: Scheme, theirs: Scheme, prefer: 'mine' | 'theirs'): Merge {
  const conflicts: MergeConflict[] = []
  const pick = picker(prefer, (part) => conflicts.push({ block: null, label: '', part }))
  const blocks: Record<string, SchemeBlock> = {}
  for (const id of new Set([...Object.keys(theirs.blocks), ...Object.keys(mine.blocks)])) {
    const [was, my, their] = [base, mine, theirs].map((scheme) =>
      Object.hasOwn(scheme.blocks, id) ? scheme.blocks[id] : undefined
    )
    const label = my?.label ?? their?.label ?? id
    const block = mergeBlock(was, my, their, prefer, (part) => conflicts.push({ block: id, label, part }))
    if (block !== undefined) blocks[id] = block
  }
  const locale = pick('locale', base.locale, mine.locale, theirs.locale)
  const start = pick('start', base.start, mine.start, theirs.start)
  return { scheme: { locale, start, blocks }, conflicts }
}

type Tell = (part: string) => void

function mergeBlock(
  was: SchemeBlock | undefined,
  mine: SchemeBlock | undefined,
  theirs: SchemeBlock | undefined,
  prefer: 'mine' | 'theirs',
  tell: Tell
): SchemeBlock | undefined {
  if (mine === undefined || theirs === undefined) {
    const kept = mine ?? theirs
    if (was === undefined) return kept
    // One side removed it: it goes, unless the other side worked on it meanwhile.
    if (kept === undefined || isSame(plain(kept), plain(was))) return undefined
    tell('block')
    return kept
  }
  const pick = picker(prefer, tell)
  const base = was ?? { type: '', settings: {}, exits: {} }
  const label = pick('label', base.label, mine.label, theirs.label)
  const position = isSame(mine.position, base.position) ? theirs.position : mine.position
  return {
    type: pick('type', base.type, mine.type, theirs.type),
    ...(label !== undefined && { label }),
    settings: mergeFields('settings', base.settings, mine.settings, theirs.settings, pick),
    exits: mergeFields('exits', base.exits, mine.exits, theirs.exits, pick),
    ...(position !== undefined && { position })
  }
}

type Pick = <T>(part: string, base: T | undefined, mine: T, theirs: T) => T

function picker(prefer: 'mine' | 'theirs', tell: Tell): Pick {
  return (part, base, mine, theirs) => {
    if (isSame(mine, theirs) || isSame(theirs, base)) return mine
    if (isSame(mine, base)) return theirs
    tell(part)
    return prefer === 'mine' ? mine : theirs
  }
}

function mergeFields<T>(
  part: string,
  base: Record<string, T>,
  mine: Record<string, T>,
  theirs: Record<string, T>,
  pick: Pick
): Record<string, T> {
  const merged: Record<string, T> = {}
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = pick(`${part}.${name}`, base[name], mine[name], theirs[name])
    if (value !== undefined) merged[name] = value
  }
  return merged
}

function plain({ type, label, settings, exits }: SchemeBlock): unknown {
  return { type, label, settings, exits }
}
