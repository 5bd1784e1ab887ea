import { useCallback, useEffect, useRef, type RefObject } from 'react'
import { blockOf } from '../../../ivr/run.ts'
import type { SchemeBlock } from '../../../ivr/scheme.ts'
import { remember, remembered } from '../lib/storage.ts'
import { blockBeside, type Way } from './beside.ts'
import type { Edit, Editing, Point } from './model.ts'

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

function chosenBlocks({ scheme, chosen }: Pick<Editing, 'scheme' | 'chosen'>): Record<string, SchemeBlock> {
  return Object.fromEntries(
    chosen.flatMap((id) => {
      const block = blockOf(scheme, id)
      return block ? [[id, block]] : []
    })
  )
}

const ways: Readonly<Record<string, Way>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down'
}
const steps: Readonly<Record<Way, Point>> = {
  left: { x: -16, y: 0 },
  right: { x: 16, y: 0 },
  up: { x: 0, y: -16 },
  down: { x: 0, y: 16 }
}

/** Where arrows are not another widget's: on the canvas, or where nothing has the focus. */
function isOnCanvas(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof Element && target.closest('.react-flow') !== null)
}

/** The focus goes along with the choice, so that the block is read out; it may have to come into view first. */
function focusOn(id: string, tries = 20): void {
  const node = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
  if (node) node.focus({ preventScroll: true })
  else if (tries > 0) requestAnimationFrame(() => focusOn(id, tries - 1))
}

/** Arrows choose the next block; with Shift they move what is chosen. @returns whether the key did something */
function onArrow(
  { scheme, chosen }: Editing,
  way: Way,
  isMoving: boolean,
  onEdit: (edit: Edit) => void
): boolean {
  if (isMoving) {
    const { x, y } = steps[way]
    const to = Object.entries(chosenBlocks({ scheme, chosen })).map(([id, { position }]) => [
      id,
      { x: (position?.x ?? 0) + x, y: (position?.y ?? 0) + y }
    ])
    if (to.length > 0)
      onEdit({ do: 'move', to: Object.fromEntries(to) as Record<string, Point>, isStep: true })
    return to.length > 0
  }
  const from = chosen.at(-1)
  const next = from === undefined ? scheme.start : blockBeside(scheme, from, way)
  if (next === null || next === '') return false
  onEdit({ do: 'choose', blocks: [next] })
  focusOn(next)
  return true
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
      else if (!isCommand && ways[event.code] !== undefined) {
        const way = ways[event.code]
        if (way === undefined || !isOnCanvas(event.target)) return
        if (!onArrow(latest.current, way, event.shiftKey, onEdit)) return
      } else if (isCommand && event.code === 'KeyA')
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
