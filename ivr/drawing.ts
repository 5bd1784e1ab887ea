import type { SchemeBlock } from './scheme.ts'

/** Words in each language. */
export interface Label {
  ru: string
  en: string
}

export type Draw = (
  type: string,
  label: Label,
  cell: readonly [column: number, row: number],
  exits: Record<string, string | null>,
  settings: Record<string, unknown>
) => SchemeBlock

/** Places blocks on a grid that an editor can draw at once. */
export function drawer(locale: 'ru' | 'en'): Draw {
  return (type, label, [column, row], exits, settings) => ({
    type,
    label: text(locale, label),
    settings,
    exits,
    position: { x: column * 260, y: row * 180 }
  })
}

/** The words of that language. */
export function text(locale: 'ru' | 'en', label: Label): string {
  return label[locale]
}
