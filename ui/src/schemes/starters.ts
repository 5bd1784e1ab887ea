import { blockKinds } from '../../../ivr/blocks/index.ts'

/** Settings that a new block begins with, where its defaults alone leave nothing to draw. */
const starters: Readonly<Record<string, Record<string, unknown>>> = {
  menu: {
    options: [
      { digit: '1', label: '' },
      { digit: '2', label: '' }
    ]
  },
  condition: {
    rules: [{ name: 'new', match: 'all', conditions: [{ fact: 'client', is: 'new' }] }]
  }
}

/** A new block of that kind: its settings, and exits that lead nowhere yet. */
export function starterOf(type: string): {
  settings: Record<string, unknown>
  exits: Record<string, string | null>
} {
  const settings = starters[type] ?? {}
  const exits = blockKinds.get(type)?.looseExits(settings) ?? []
  return { settings, exits: Object.fromEntries(exits.map((exit) => [exit, null])) }
}
