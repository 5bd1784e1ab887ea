import { useCallback, useEffect, useRef, type RefObject } from 'react'
import { blockOf } from '../../../ivr/run.ts'
import type { SchemeBlock } from '../../../ivr/scheme.ts'
import { remember, remembered } from '../lib/storage.ts'
import type { Edit, Editing } from './model.ts'

const format = 'ringtrace-blocks'

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** A dialog or a list of choices lies over the editor: keys are theirs. Closed lists stay in the page, unseen. */
function isElsewhere(): boolean {
  const over = document.querySelectorAll('[role="dialog"], [role="listbox"], [role="menu"]')
  return [...over].some((each) => each.getClientRects().length > 0)
}

/** Text that was marked on the page is what somebody wants to copy then. */
function canCopy(chosen: readonly string[]): boolean {
  return chosen.length > 0 && (window.getSelection()?.toString() ?? '') === ''
}

/** Blocks out of what was copied, here or in another scheme; null when it is something else. */
export function readCopied(text: string): Record<string, SchemeBlock> | null {
  try {
    const copied = JSON.parse(text) as { format?: unknown; blocks?: unknown }
    if (copied.format !== format || typeof copied.blocks !== 'object' || copied.blocks === null) return null
    const blocks = Object.entries(copied.blocks as Record<string, Partial<SchemeBlock>>)
    const areBlocks = blocks.every(
      ([, each]) =>
        typeof each.type === 'string' && typeof each.settings === 'object' && typeof each.exits === 'object'
    )
    return areBlocks ? (Object.fromEntries(blocks) as Record<string, SchemeBlock>) : null
  } catch {
    // Whatever stands there is not ours to paste.
    return null
  }
}

function chosenBlocks({ scheme, chosen }: Editing): Record<string, SchemeBlock> {
  return Object.fromEntries(
    chosen.flatMap((id) => {
      const block = blockOf(scheme, id)
      return block ? [[id, block]] : []
    })
  )
}

/**
 * The keyboard of the editor: undo, copy, paste, choose all, delete. Keys by their place, so that they work in every
 * layout. Copies are kept in this browser, for other schemes and other tabs: its clipboard is closed to pages without
 * TLS. Gives back the command that duplicates what is chosen.
 */
export function useBlockKeys(
  host: RefObject<HTMLElement | null>,
  editing: Editing,
  onEdit: (edit: Edit) => void
): () => void {
  const latest = useRef(editing)
  useEffect(() => {
    latest.current = editing
  })
  const duplicate = useCallback((): void => {
    onEdit({ do: 'paste', blocks: chosenBlocks(latest.current), by: { x: 40, y: 40 } })
  }, [onEdit])

  useEffect(() => {
    const isOurs = (target: EventTarget | null): boolean => !isTyping(target) && !isElsewhere()
    const onKey = (event: KeyboardEvent): void => {
      const isCommand = event.ctrlKey || event.metaKey
      // Back and forth work while a field is being filled too: each letter is a stroke of the same draft.
      const isInside = host.current?.contains(event.target as Node) === true
      if (isCommand && event.code === 'KeyZ' && (isOurs(event.target) || (isInside && !isElsewhere()))) {
        event.preventDefault()
        onEdit({ do: event.shiftKey ? 'redo' : 'undo' })
        return
      }
      if (!isOurs(event.target) || event.altKey) return
      const { scheme, chosen } = latest.current
      if (isCommand && event.code === 'KeyY') onEdit({ do: 'redo' })
      else if (isCommand && event.code === 'KeyA')
        onEdit({ do: 'choose', blocks: Object.keys(scheme.blocks) })
      else if (isCommand && event.code === 'KeyD') duplicate()
      else if (isCommand && (event.code === 'KeyC' || event.code === 'KeyX') && canCopy(chosen)) {
        remember('blocks', JSON.stringify({ format, blocks: chosenBlocks(latest.current) }))
        if (event.code === 'KeyX') onEdit({ do: 'remove', blocks: chosen })
      } else if (isCommand && event.code === 'KeyV') {
        const blocks = readCopied(remembered('blocks') ?? '')
        if (blocks) onEdit({ do: 'paste', blocks, by: { x: 40, y: 40 } })
      } else if ((event.code === 'Delete' || event.code === 'Backspace') && chosen.length > 0) {
        onEdit({ do: 'remove', blocks: chosen })
      } else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
    }
  }, [host, onEdit, duplicate])
  return duplicate
}
