import type { Scheme, SchemeBlock } from './scheme.ts'

/** One difference between two schemes. `block` is its id; labels are those of the newer side where there is one. */
export type SchemeChange =
  | { kind: 'localeChanged'; before: string; after: string }
  | { kind: 'startChanged'; before: string; after: string }
  | { kind: 'blockAdded' | 'blockRemoved'; block: string; label: string; type: string }
  | { kind: 'blockMoved'; block: string; label: string }
  | { kind: 'typeChanged' | 'labelChanged'; block: string; label: string; before: string; after: string }
  | {
      kind: 'settingChanged'
      block: string
      label: string
      setting: string
      /** Undefined where the setting stands at its default. */
      before: unknown
      after: unknown
    }
  | {
      kind: 'exitChanged'
      block: string
      label: string
      exit: string
      /** Ids of blocks; null where the exit leads nowhere. */
      before: string | null
      after: string | null
    }

/** What was done to get from one scheme to the other: blocks in the order of the newer one, removed ones last. */
export function diffSchemes(before: Scheme, after: Scheme): SchemeChange[] {
  const changes: SchemeChange[] = []
  if (before.locale !== after.locale) {
    changes.push({ kind: 'localeChanged', before: before.locale, after: after.locale })
  }
  if (before.start !== after.start) {
    changes.push({ kind: 'startChanged', before: before.start, after: after.start })
  }
  for (const [block, now] of Object.entries(after.blocks)) {
    const was = own(before.blocks, block)
    if (was === undefined)
      changes.push({ kind: 'blockAdded', block, label: nameOf(now, block), type: now.type })
    else changes.push(...diffBlocks(block, was, now))
  }
  for (const [block, was] of Object.entries(before.blocks)) {
    if (Object.hasOwn(after.blocks, block)) continue
    changes.push({ kind: 'blockRemoved', block, label: nameOf(was, block), type: was.type })
  }
  return changes
}

function diffBlocks(block: string, was: SchemeBlock, now: SchemeBlock): SchemeChange[] {
  const changes: SchemeChange[] = []
  const about = { block, label: nameOf(now, block) }
  if (was.type !== now.type)
    changes.push({ kind: 'typeChanged', ...about, before: was.type, after: now.type })
  if ((was.label ?? '') !== (now.label ?? '')) {
    changes.push({ kind: 'labelChanged', ...about, before: was.label ?? '', after: now.label ?? '' })
  }
  for (const setting of keysOf(was.settings, now.settings)) {
    const [before, after] = [own(was.settings, setting), own(now.settings, setting)]
    if (!isSame(before, after)) changes.push({ kind: 'settingChanged', ...about, setting, before, after })
  }
  for (const exit of keysOf(was.exits, now.exits)) {
    const [before, after] = [own(was.exits, exit) ?? null, own(now.exits, exit) ?? null]
    if (before !== after) changes.push({ kind: 'exitChanged', ...about, exit, before, after })
  }
  if (!isSame(was.position, now.position)) changes.push({ kind: 'blockMoved', ...about })
  return changes
}

/** A change in English, for people who read JSON. Screens say it in their own language. */
export function changeInWords(change: SchemeChange): string {
  switch (change.kind) {
    case 'localeChanged':
      return `The language changed from ${change.before} to ${change.after}`
    case 'startChanged':
      return `The scheme starts at “${change.after}” instead of “${change.before}”`
    case 'blockAdded':
      return `“${change.label}” (${change.type}) was added`
    case 'blockRemoved':
      return `“${change.label}” (${change.type}) was removed`
    case 'blockMoved':
      return `“${change.label}” was moved on the canvas`
    case 'typeChanged':
      return `“${change.label}” became a ${change.after} block instead of ${change.before}`
    case 'labelChanged':
      return `“${change.before === '' ? change.block : change.before}” is now called “${change.label}”`
    case 'settingChanged':
      return `“${change.label}”: ${change.setting} changed from ${inJson(change.before)} to ${inJson(change.after)}`
    case 'exitChanged':
      return `“${change.label}”: exit ${change.exit} leads to ${target(change.after)} instead of ${target(change.before)}`
  }
}

/** Whether two values of JSON are equal, whatever the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return keysOf(left, right).every((key) => isSame(own(left, key), own(right, key)))
}

function keysOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
}

function own<T>(of: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined
}

function nameOf(block: SchemeBlock, id: string): string {
  return block.label === undefined || block.label === '' ? id : block.label
}

function inJson(value: unknown): string {
  return value === undefined ? 'the default' : JSON.stringify(value)
}

function target(block: string | null): string {
  return block === null ? 'the end of the call' : `“${block}”`
}
