import type { ReadyBlock } from './blocks/define.ts'
import { blockKinds } from './blocks/index.ts'
import { blockOf, exitTarget } from './run.ts'
import type { Scheme } from './scheme.ts'
import { promptFolder, prompts } from './sounds.ts'

/** Stable codes of what can be wrong with a scheme; a screen translates by them. */
export type SchemeProblemCode =
  | 'startMissing'
  | 'blockTypeUnknown'
  | 'settingsInvalid'
  | 'settingUnknown'
  | 'groupUnknown'
  | 'trunkUnknown'
  | 'schemeUnknown'
  | 'scheduleUnknown'
  | 'soundUnknown'
  | 'exitUnknown'
  | 'exitTargetMissing'
  | 'exitOpen'
  | 'fallbackMissing'
  | 'loopWithoutWait'
  | 'blockUnreachable'

export interface SchemeProblem {
  /** A scheme with an error cannot be published. */
  severity: 'error' | 'warning'
  /** Id of the block at fault, or null for the scheme as a whole. */
  block: string | null
  code: SchemeProblemCode
  /** English, for people who read JSON. */
  message: string
  /** The setting (dotted) or the exit at fault within the block. */
  path: string | null
}

/** What exists outside the scheme. A set that is left out is not checked against. */
export interface KnownThings {
  groupIds?: ReadonlySet<string>
  trunkIds?: ReadonlySet<string>
  schemeIds?: ReadonlySet<string>
  scheduleIds?: ReadonlySet<string>
  /** Sounds beside our own prompts, by name: uploaded ones and Asterisk's. */
  sounds?: ReadonlySet<string>
}

/** After these the caller has got what there was to get: the call may well end there, unless they came at once. */
const naturalEnds: ReadonlySet<string> = new Set(['next', 'talked', 'callback'])

/** Ways out for when it did not come to a talk: a caller who is cut off there is lost. */
const fallbacks: ReadonlyMap<string, string> = new Map([
  ['noAnswer', 'When nobody answers'],
  ['busy', 'When the number is busy'],
  ['refused', 'When the number may not be called'],
  ['timeout', 'When the caller has waited too long'],
  ['full', 'When the queue is full'],
  ['missing', 'When there is no such scheme'],
  ['noNumber', 'When the number of the caller is not known'],
  ['failed', 'When there is no answer from outside']
])

const ownSounds: ReadonlySet<string> = new Set(prompts.map(({ id }) => `${promptFolder}/${id}`))

/**
 * Everything that is wrong with a scheme: errors forbid publishing, warnings tell what callers would meet.
 * Never throws, whatever the settings hold; the scheme itself has the shape that the HTTP contract checks.
 */
export function validateScheme(scheme: Scheme, known: KnownThings = {}): SchemeProblem[] {
  const problems: SchemeProblem[] = []
  if (blockOf(scheme, scheme.start) === null) {
    problems.push(
      error(null, 'startMissing', `The scheme starts at "${scheme.start}", which is not among its blocks`)
    )
  }
  const ready = new Map<string, ReadyBlock>()
  for (const id of Object.keys(scheme.blocks)) {
    const block = readBlock(scheme, id, problems)
    if (block === null) continue
    ready.set(id, block)
    problems.push(...settingProblems(scheme, id, block, known), ...exitProblems(scheme, id, block))
  }
  for (const id of spinning(scheme, ready)) {
    problems.push(
      error(id, 'loopWithoutWait', 'A call could go round in a circle here without ever waiting for anything')
    )
  }
  const reachable = reachableFrom(scheme)
  for (const id of Object.keys(scheme.blocks)) {
    if (!reachable.has(id)) problems.push(warning(id, 'blockUnreachable', 'No call can get to this block'))
  }
  return problems
}

function readBlock(scheme: Scheme, id: string, problems: SchemeProblem[]): ReadyBlock | null {
  const block = blockOf(scheme, id)
  if (block === null) return null
  const kind = blockKinds.get(block.type)
  if (kind === undefined) {
    problems.push(error(id, 'blockTypeUnknown', `There is no block of the type "${block.type}"`))
    return null
  }
  const result = kind.read(block.settings)
  if ('ready' in result) return result.ready
  for (const { path, message } of result.issues) {
    problems.push(error(id, 'settingsInvalid', path === '' ? message : `${path}: ${message}`, path))
  }
  return null
}

function settingProblems(scheme: Scheme, id: string, block: ReadyBlock, known: KnownThings): SchemeProblem[] {
  const problems: SchemeProblem[] = []
  const settings = Object(block.settings) as Record<string, unknown>
  for (const name of Object.keys(blockOf(scheme, id)?.settings ?? {})) {
    // Not an error: a published scheme must outlive a setting that a later version drops.
    if (!Object.hasOwn(settings, name)) {
      problems.push(warning(id, 'settingUnknown', `${name}: a ${block.type} block has no such setting`, name))
    }
  }
  for (const { setting, id: named, thing, ids, code } of namedThings(settings, known)) {
    if (ids?.has(named) !== false) continue
    problems.push(error(id, code, `${setting}: there is no ${thing} ${named}`, setting))
  }
  for (const [setting, value] of Object.entries(settings)) {
    for (const name of soundsIn(value)) {
      if (isSoundThere(name, known)) continue
      problems.push(error(id, 'soundUnknown', `${setting}: there is no sound ${name}`, setting))
    }
  }
  return problems
}

interface NamedThing {
  setting: string
  id: string
  thing: string
  /** Those that exist; not checked when undefined. */
  ids: ReadonlySet<string> | undefined
  code: SchemeProblemCode
}

/** Settings that name something outside the scheme are told by how they are called. */
function namedThings(settings: Record<string, unknown>, known: KnownThings): NamedThing[] {
  return Object.entries(settings).flatMap(([setting, value]) => {
    const kind = /groupIds?$/i.test(setting)
      ? ({ thing: 'group', ids: known.groupIds, code: 'groupUnknown' } as const)
      : /trunkId$/i.test(setting)
        ? ({ thing: 'trunk', ids: known.trunkIds, code: 'trunkUnknown' } as const)
        : setting === 'schemeId'
          ? ({ thing: 'scheme', ids: known.schemeIds, code: 'schemeUnknown' } as const)
          : setting === 'scheduleId'
            ? ({ thing: 'schedule', ids: known.scheduleIds, code: 'scheduleUnknown' } as const)
            : null
    const named: readonly unknown[] = Array.isArray(value) ? value : [value]
    return kind === null
      ? []
      : named.filter((each) => typeof each === 'string').map((each) => ({ setting, id: each, ...kind }))
  })
}

function soundsIn(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'sound' in item && typeof item.sound === 'string'
      ? [item.sound]
      : []
  )
}

function isSoundThere(name: string, { sounds }: KnownThings): boolean {
  if (ownSounds.has(name)) return true
  return sounds === undefined ? !name.startsWith(`${promptFolder}/`) : sounds.has(name)
}

function exitProblems(scheme: Scheme, id: string, block: ReadyBlock): SchemeProblem[] {
  const problems: SchemeProblem[] = []
  for (const [exit, target] of Object.entries(blockOf(scheme, id)?.exits ?? {})) {
    if (!block.exits.includes(exit)) {
      problems.push(warning(id, 'exitUnknown', `The block has no exit "${exit}"`, exit))
    } else if (target !== null && blockOf(scheme, target) === null) {
      problems.push(
        error(
          id,
          'exitTargetMissing',
          `Exit "${exit}" leads to "${target}", which is not among the blocks`,
          exit
        )
      )
    }
  }
  for (const exit of block.exits) {
    if (exitTarget(scheme, id, exit) !== null) continue
    if (naturalEnds.has(exit) && !block.instantExits.includes(exit)) continue
    const when = fallbacks.get(exit)
    if (when === undefined) {
      problems.push(warning(id, 'exitOpen', `Exit "${exit}" leads nowhere: the call is cut off there`, exit))
      continue
    }
    const message = `${when}, the call is cut off: connect "${exit}"`
    // Outside systems fail as a matter of course, and the scheme is all that is left then.
    problems.push((exit === 'failed' ? error : warning)(id, 'fallbackMissing', message, exit))
  }
  return problems
}

/** Blocks on a circle of exits that need no waiting: what is left when blocks off any circle are taken away. */
function spinning(scheme: Scheme, ready: ReadonlyMap<string, ReadyBlock>): string[] {
  const forward = new Map<string, Set<string>>()
  for (const [id, block] of ready) {
    const targets = block.instantExits.map((exit) => exitTarget(scheme, id, exit))
    forward.set(id, new Set(targets.filter((target): target is string => target !== null)))
  }
  const circles = withoutLeaves(reversed(withoutLeaves(forward)))
  return [...ready.keys()].filter((id) => circles.has(id))
}

/** Takes away nodes that lead nowhere, again and again, until every node left leads to another one left. */
function withoutLeaves(graph: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  const cameFrom = reversed(graph)
  const left = new Map([...graph].map(([id, targets]) => [id, new Set(targets)]))
  for (const id of cameFrom.keys()) if (!left.has(id)) left.set(id, new Set())
  const leaves = [...left].filter(([, targets]) => targets.size === 0).map(([id]) => id)
  for (let id = leaves.pop(); id !== undefined; id = leaves.pop()) {
    left.delete(id)
    for (const previous of cameFrom.get(id) ?? []) {
      const targets = left.get(previous)
      if (targets?.delete(id) && targets.size === 0) leaves.push(previous)
    }
  }
  return left
}

function reversed(graph: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  const back = new Map([...graph.keys()].map((id) => [id, new Set<string>()]))
  for (const [id, targets] of graph) {
    for (const target of targets) {
      const sources = back.get(target) ?? new Set<string>()
      back.set(target, sources.add(id))
    }
  }
  return back
}

function reachableFrom(scheme: Scheme): ReadonlySet<string> {
  const seen = new Set<string>()
  const open = [scheme.start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const block = blockOf(scheme, id)
    if (block === null || seen.has(id)) continue
    seen.add(id)
    open.push(...Object.values(block.exits).filter((target) => target !== null))
  }
  return seen
}

function error(
  block: string | null,
  code: SchemeProblemCode,
  message: string,
  path: string | null = null
): SchemeProblem {
  return { severity: 'error', block, code, message, path }
}

function warning(
  block: string,
  code: SchemeProblemCode,
  message: string,
  path: string | null = null
): SchemeProblem {
  return { severity: 'warning', block, code, message, path }
}
