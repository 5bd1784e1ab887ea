import i18next from 'i18next'
import type { SchemeChange } from '../../../ivr/diff.ts'
import { blockOf } from '../../../ivr/run.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import type { SchemeProblem } from '../../../ivr/validate.ts'

const { t } = i18next

/** A text whose key is put together; what has no text is shown as it is. */
function wordOr(key: string, fallback: string): string {
  return i18next.exists(key) ? (i18next.t as (key: string) => string)(key) : fallback
}

export const kindWord = (type: string): string => wordOr(`blocks.kind.${type}`, type)
export const settingWord = (name: string): string => wordOr(`blocks.setting.${name}`, name)
export const choiceWord = (value: string): string => wordOr(`blocks.choice.${value}`, value)

/** How a block is called on every screen. */
export function blockWord(scheme: Scheme, id: string): string {
  const block = blockOf(scheme, id)
  return block === null ? id : labelOf(block)
}

export function labelOf(block: SchemeBlock): string {
  return block.label === undefined || block.label.trim() === '' ? kindWord(block.type) : block.label
}

/** A way out in words: a key with what it is for, the name of a rule, or one of ours. */
export function exitWord(block: SchemeBlock | null, exit: string): string {
  if (/^[0-9*#]$/.test(exit)) {
    const label = keyLabel(block, exit)
    return label === '' ? exit : `${exit} · ${label}`
  }
  if (exit.startsWith('code:')) return exit.slice('code:'.length)
  if (block?.type === 'condition' && exit !== 'otherwise') return exit
  return wordOr(`blocks.exit.${exit}`, exit)
}

function keyLabel(block: SchemeBlock | null, digit: string): string {
  const keys = block?.settings[block.type === 'menu' ? 'options' : 'keys']
  if (!Array.isArray(keys)) return ''
  const found = (keys as { digit?: unknown; label?: unknown }[]).find((each) => each.digit === digit)
  return typeof found?.label === 'string' ? found.label : ''
}

const faults: readonly (readonly [RegExp, string])[] = [
  [/must name/, 'choose'],
  [/needs (at least|some|a tag)|must not be empty|expected .* received undefined/, 'fill'],
  [/only once|one option only|one rule only/, 'once'],
  [/must be a telephone number/, 'phone'],
  [/must be a time such as|must begin before/, 'time'],
  [/must be a date/, 'date'],
  [/must be a time zone/, 'zone'],
  [/must be an address/, 'address'],
  [/one to forty letters/, 'name'],
  [/Latin letters/, 'code'],
  [/another key/, 'taken']
]

/** What is wrong with a setting, in the reader's words. */
export function faultWord(message: string): string {
  const range = /from (-?\d+) to (-?\d+)/.exec(message)
  if (range) return t('blocks.fault.whole', { min: range[1] ?? '', max: range[2] ?? '' })
  const known = faults.find(([pattern]) => pattern.test(message))?.[1]
  return wordOr(`blocks.fault.${known ?? 'other'}`, message)
}

/** What is wrong with a block, in the reader's words. */
export function problemWord(problem: SchemeProblem, block: SchemeBlock | null): string {
  const key = `blocks.problem.${problem.code}`
  if (!i18next.exists(key)) return problem.message
  const path = problem.path ?? ''
  const values = {
    setting: settingWord(path.split('.')[0] ?? ''),
    exit: exitWord(block, path),
    fault: faultWord(problem.message)
  }
  return (i18next.t as (key: string, values: object) => string)(key, values)
}

/** One difference between two schemes, in the reader's words. */
export function changeWord(change: SchemeChange, before: Scheme, after: Scheme): string {
  switch (change.kind) {
    case 'localeChanged':
      return t('schemes.change.localeChanged')
    case 'startChanged':
      return t('schemes.change.startChanged', {
        before: blockWord(before, change.before),
        after: blockWord(after, change.after)
      })
    case 'blockAdded':
    case 'blockRemoved': {
      const type = kindWord(change.type)
      return change.kind === 'blockAdded'
        ? t('schemes.change.blockAdded', { type, label: blockWord(after, change.block) })
        : t('schemes.change.blockRemoved', { type, label: blockWord(before, change.block) })
    }
    case 'blockMoved':
      return t('schemes.change.blockMoved', { label: blockWord(after, change.block) })
    case 'typeChanged':
      return t('schemes.change.typeChanged', {
        label: blockWord(after, change.block),
        after: kindWord(change.after)
      })
    case 'labelChanged':
      return t('schemes.change.labelChanged', {
        before: blockWord(before, change.block),
        label: blockWord(after, change.block)
      })
    case 'settingChanged': {
      const label = blockWord(after, change.block)
      const setting = settingWord(change.setting)
      const [was, now] = [plainValue(change.before), plainValue(change.after)]
      if (was === null || now === null) return t('schemes.change.settingChanged', { label, setting })
      return t('schemes.change.settingFromTo', { label, setting, before: was, after: now })
    }
    case 'exitChanged':
      return t('schemes.change.exitChanged', {
        label: blockWord(after, change.block),
        exit: exitWord(blockOf(after, change.block), change.exit),
        after: change.after === null ? t('schemes.change.toEnd') : `«${blockWord(after, change.after)}»`
      })
  }
}

/** Short enough to be read in a line; null for lists and for ids, which say nothing. */
function plainValue(value: unknown): string | null {
  if (value === undefined) return t('schemes.change.usual')
  if (typeof value === 'boolean') return value ? t('schemes.change.yes') : t('schemes.change.no')
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || value.length > 60 || /^[\da-f]{8}-[\da-f-]{27}$/i.test(value)) return null
  return value === '' ? null : choiceWord(value)
}
