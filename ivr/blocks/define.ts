import { z } from 'zod'
import type { Block, BlockContext, BlockEvent, BlockStep } from '../block.ts'

/** One fault in a block's settings: where (dotted, empty for the whole) and what is wrong there. */
export interface SettingsIssue {
  path: string
  message: string
}

/** A block with its settings read: what the machine and the simulator drive. State goes in and out as JSON. */
export interface ReadyBlock {
  readonly type: string
  readonly exits: readonly string[]
  readonly instantExits: readonly string[]
  /** Settings as read, with defaults filled in. */
  readonly settings: unknown
  enter(context: BlockContext): BlockStep<unknown>
  /** What the event does, or null when this block has no row for it. */
  handle(state: unknown, event: BlockEvent, context: BlockContext): BlockStep<unknown> | null
}

/** A kind of block, whatever its settings are. */
export interface BlockKind {
  readonly type: string
  /** What its settings must be. */
  readonly schema: z.ZodType
  /** Its exits as far as settings that may still be wrong tell them: an editor draws them meanwhile. */
  looseExits(raw: Record<string, unknown>): readonly string[]
  read(raw: unknown): { ready: ReadyBlock } | { issues: readonly SettingsIssue[] }
}

/**
 * Hides a block's own types behind one shape, so that blocks of all kinds stand in one registry.
 * A row that gives back the very state it got, with no effects and no exit, counts as no row.
 */
export function define<Settings, State>(block: Block<Settings, State>): BlockKind {
  const read = (raw: unknown): ReturnType<BlockKind['read']> => {
    const result = block.settings.safeParse(raw)
    if (!result.success) {
      return {
        issues: result.error.issues.map(({ path, message }) => ({
          path: path.map(String).join('.'),
          message
        }))
      }
    }
    const settings = result.data
    return {
      ready: {
        type: block.type,
        exits: block.exits(settings),
        instantExits:
          typeof block.instantExits === 'function' ? block.instantExits(settings) : block.instantExits,
        settings,
        enter: (context) => block.enter(settings, context),
        handle(state, event, context) {
          // The key and the event agree by construction, which the compiler cannot see.
          const row = block.on[event.type] as
            | ((
                state: State,
                event: BlockEvent,
                settings: Settings,
                context: BlockContext
              ) => BlockStep<State>)
            | undefined
          const step = row?.(state as State, event, settings, context)
          if (step === undefined) return null
          const isIdle = step.state === state && step.effects.length === 0 && step.exit === undefined
          return isIdle ? null : step
        }
      }
    }
  }
  const looseExits = (raw: Record<string, unknown>): readonly string[] => {
    const result = block.settings.safeParse(raw)
    try {
      return block.exits(result.success ? result.data : (loose(block.settings, raw) as Settings))
    } catch {
      // Settings of another shape altogether: no exit can be told from them.
      return []
    }
  }
  return { type: block.type, schema: block.settings, read, looseExits }
}

/** Each setting by itself: as read, else the default, else as it stands. */
function loose(schema: z.ZodType, raw: Record<string, unknown>): Record<string, unknown> {
  if (!(schema instanceof z.ZodObject)) return raw
  return Object.fromEntries(
    Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
      const result = field.safeParse(raw[name])
      if (result.success) return [name, result.data]
      const initial = field.safeParse(undefined)
      return [name, initial.success && !Array.isArray(raw[name]) ? initial.data : raw[name]]
    })
  )
}
