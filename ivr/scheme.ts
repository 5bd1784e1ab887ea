/**
 * A routing scheme as data: blocks by id, and where each exit leads. An exit that leads nowhere ends the call.
 * `position` is where the editor draws the block.
 */
export interface SchemeBlock {
  type: string
  label?: string | undefined
  settings: Record<string, unknown>
  exits: Record<string, string | null>
  position?: { x: number; y: number } | undefined
}

export interface Scheme {
  locale: 'ru' | 'en'
  start: string
  blocks: Record<string, SchemeBlock>
}
