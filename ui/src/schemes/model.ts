import { blockKinds } from '../../../ivr/blocks/index.ts'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import { starterOf } from './starters.ts'

/** What is being drawn, with the way back and forth. */
export interface Editing {
  readonly scheme: Scheme
  readonly past: readonly Scheme[]
  readonly future: readonly Scheme[]
  /** Ids of the chosen blocks. */
  readonly chosen: readonly string[]
  /** What the last change was about: typing on in one field is one step back. */
  readonly lastEdit: string | null
}

export interface Point {
  x: number
  y: number
}

export type Edit =
  | { do: 'add'; type: string; label: string; at: Point; from?: { block: string; exit: string } }
  /** `isStep`: one of several by the keyboard, which are taken back at once. */
  | { do: 'move'; to: Readonly<Record<string, Point>>; isStep?: true }
  | { do: 'connect'; block: string; exit: string; target: string | null }
  | { do: 'label'; block: string; label: string }
  | { do: 'setting'; block: string; name: string; value: unknown }
  | { do: 'remove'; blocks: readonly string[] }
  | { do: 'paste'; blocks: Readonly<Record<string, SchemeBlock>>; by: Point }
  | { do: 'start'; block: string }
  | { do: 'locale'; locale: Scheme['locale'] }
  | { do: 'replace'; scheme: Scheme }
  | { do: 'choose'; blocks: readonly string[] }
  | { do: 'undo' | 'redo' }

/** Steps that can be taken back. */
const mostSteps = 200

export function startEditing(scheme: Scheme): Editing {
  return { scheme, past: [], future: [], chosen: [], lastEdit: null }
}

/** One stroke of the pen. What changes nothing gives back the very same editing. */
export function edit(editing: Editing, change: Edit): Editing {
  switch (change.do) {
    case 'undo':
      return travel(editing, editing.past, 'undo')
    case 'redo':
      return travel(editing, editing.future, 'redo')
    case 'choose':
      return isSameList(editing.chosen, change.blocks) ? editing : { ...editing, chosen: change.blocks }
    default: {
      const { scheme, chosen = editing.chosen } = changed(editing, change)
      if (scheme === editing.scheme) return editing
      const about = subject(change)
      const goesOn = about !== null && about === editing.lastEdit
      const past = goesOn ? editing.past : [...editing.past, editing.scheme].slice(-mostSteps)
      return { scheme, past, future: [], chosen: chosen.filter((id) => blockOf(scheme, id)), lastEdit: about }
    }
  }
}

/** Whether the last change was a letter in a field. */
export function isTyping({ lastEdit }: Editing): boolean {
  return lastEdit !== null && !lastEdit.startsWith('move ')
}

/** Typing and dragging: many changes, one step back. */
function subject(change: Edit): string | null {
  if (change.do === 'move' && change.isStep) return `move ${Object.keys(change.to).join(' ')}`
  if (change.do === 'label') return `label ${change.block}`
  if (change.do === 'setting' && typeof change.value !== 'boolean') return `${change.block} ${change.name}`
  return null
}

function travel(editing: Editing, steps: readonly Scheme[], way: 'undo' | 'redo'): Editing {
  const scheme = steps.at(-1)
  if (!scheme) return editing
  const left = steps.slice(0, -1)
  return {
    scheme,
    past: way === 'undo' ? left : [...editing.past, editing.scheme],
    future: way === 'undo' ? [...editing.future, editing.scheme] : left,
    chosen: editing.chosen.filter((id) => blockOf(scheme, id)),
    lastEdit: null
  }
}

type Drawn = { scheme: Scheme; chosen?: readonly string[] }

function changed({ scheme }: Editing, change: Exclude<Edit, { do: 'undo' | 'redo' | 'choose' }>): Drawn {
  switch (change.do) {
    case 'add': {
      const id = freeId(scheme, change.type)
      const { settings, exits } = starterOf(change.type)
      const block = { type: change.type, label: change.label, settings, exits, position: change.at }
      const isFirst = Object.keys(scheme.blocks).length === 0
      const added = { ...scheme, ...(isFirst && { start: id }), blocks: { ...scheme.blocks, [id]: block } }
      const from = change.from
      return { scheme: from ? connected(added, from.block, from.exit, id) : added, chosen: [id] }
    }
    case 'move':
      return { scheme: moved(scheme, change.to) }
    case 'connect':
      return { scheme: connected(scheme, change.block, change.exit, change.target) }
    case 'label':
      return { scheme: withBlock(scheme, change.block, (block) => ({ ...block, label: change.label })) }
    case 'setting':
      return { scheme: withBlock(scheme, change.block, (block) => set(block, change.name, change.value)) }
    case 'remove':
      return { scheme: without(scheme, change.blocks), chosen: [] }
    case 'paste':
      return pasted(scheme, change.blocks, change.by)
    case 'start':
      return { scheme: scheme.start === change.block ? scheme : { ...scheme, start: change.block } }
    case 'locale':
      return { scheme: scheme.locale === change.locale ? scheme : { ...scheme, locale: change.locale } }
    case 'replace':
      return { scheme: change.scheme }
  }
}

function withBlock(scheme: Scheme, id: string, to: (block: SchemeBlock) => SchemeBlock): Scheme {
  const block = blockOf(scheme, id)
  if (block === null) return scheme
  const next = to(block)
  return next === block ? scheme : { ...scheme, blocks: { ...scheme.blocks, [id]: next } }
}

function connected(scheme: Scheme, id: string, exit: string, target: string | null): Scheme {
  return withBlock(scheme, id, (block) =>
    (block.exits[exit] ?? null) === target ? block : { ...block, exits: { ...block.exits, [exit]: target } }
  )
}

function moved(scheme: Scheme, to: Readonly<Record<string, Point>>): Scheme {
  return Object.entries(to).reduce(
    (next, [id, position]) =>
      withBlock(next, id, (block) =>
        block.position?.x === position.x && block.position.y === position.y ? block : { ...block, position }
      ),
    scheme
  )
}

/** Undefined takes the setting back to its default. Exits follow: one that got another name keeps its way. */
function set(block: SchemeBlock, name: string, value: unknown): SchemeBlock {
  const settings = { ...block.settings, [name]: value }
  if (value === undefined) delete settings[name]
  const [before, after] = [exitsOf(block), exitsOf({ ...block, settings })]
  const exits: Record<string, string | null> = {}
  for (const [index, exit] of after.entries()) {
    const former = before[index] ?? exit
    const isRenamed = before.length === after.length && !before.includes(exit) && !after.includes(former)
    exits[exit] = block.exits[isRenamed ? former : exit] ?? null
  }
  return { ...block, settings, exits }
}

function without(scheme: Scheme, ids: readonly string[]): Scheme {
  const gone = new Set(ids.filter((id) => blockOf(scheme, id)))
  if (gone.size === 0) return scheme
  const blocks = Object.entries(scheme.blocks)
    .filter(([id]) => !gone.has(id))
    .map(([id, block]) => {
      const leads = Object.values(block.exits).some((target) => target !== null && gone.has(target))
      if (!leads) return [id, block] as const
      const exits = Object.entries(block.exits).map(([exit, target]) => [
        exit,
        target !== null && gone.has(target) ? null : target
      ])
      return [id, { ...block, exits: Object.fromEntries(exits) as SchemeBlock['exits'] }] as const
    })
  const start = gone.has(scheme.start) ? (blocks[0]?.[0] ?? '') : scheme.start
  return { ...scheme, start, blocks: Object.fromEntries(blocks) }
}

/** Copies keep the ways among themselves; ways to other blocks stay where those are here too. */
function pasted(scheme: Scheme, copies: Readonly<Record<string, SchemeBlock>>, by: Point): Drawn {
  const names = new Map<string, string>()
  const blocks = { ...scheme.blocks }
  for (const [id, block] of Object.entries(copies)) {
    const name = freeId({ ...scheme, blocks }, block.type)
    names.set(id, name)
    blocks[name] = block
  }
  for (const [id, name] of names) {
    const block = copies[id]
    if (!block) continue
    const exits = Object.entries(block.exits).map(([exit, target]) => {
      const here = target === null ? null : (names.get(target) ?? (blockOf(scheme, target) ? target : null))
      return [exit, here]
    })
    const { x, y } = block.position ?? { x: 0, y: 0 }
    blocks[name] = {
      ...block,
      exits: Object.fromEntries(exits) as SchemeBlock['exits'],
      position: { x: x + by.x, y: y + by.y }
    }
  }
  if (names.size === 0) return { scheme }
  const start = blockOf(scheme, scheme.start) ? scheme.start : ([...names.values()][0] ?? '')
  return { scheme: { ...scheme, start, blocks }, chosen: [...names.values()] }
}

/** The exits that a block has by its settings, whatever is wrong with these. */
export function exitsOf(block: SchemeBlock): readonly string[] {
  const kind = blockKinds.get(block.type)
  return kind ? [...new Set(kind.looseExits(block.settings))] : Object.keys(block.exits)
}

/** `menu`, then `menu-2`, …: ids stand in the journal, so they shall be readable. */
function freeId(scheme: Scheme, type: string): string {
  if (!Object.hasOwn(scheme.blocks, type)) return type
  let number = 2
  while (Object.hasOwn(scheme.blocks, `${type}-${number}`)) number += 1
  return `${type}-${number}`
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index])
}
