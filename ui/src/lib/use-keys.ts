import { useEffect, useRef } from 'react'

type Commands = Readonly<Record<string, ((event: KeyboardEvent) => void) | undefined>>

/**
 * Whose keys they are. A call comes first, wherever its card is shown; then the page or drawer; then what stands around
 * all pages, which is silent behind a dialog.
 */
const layers = ['call', 'page', 'frame'] as const
export type KeyLayer = (typeof layers)[number]

const listening: Record<KeyLayer, Set<{ current: Commands }>> = {
  call: new Set(),
  page: new Set(),
  frame: new Set()
}

/** Fields in which letters are letters; a switch or a choice that was clicked keeps the keyboard free. */
const noText = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'])

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !noText.has(target.type)
  return target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName)
}

const pressed = 'a, button, summary, [role=button], [role=menuitem], [role=option], [role=tab]'
const moved = 'input, [role=menu], [role=listbox], [role=tablist], [role=radiogroup], [role=slider]'

/** Whether the browser or a widget does something of its own with this key where the focus is. */
function isTaken({ code, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (code === 'Enter' || code === 'NumpadEnter' || code === 'Space') return target.closest(pressed) !== null
  return code.startsWith('Arrow') && target.closest(moved) !== null
}

const isBehindDialog = (): boolean => document.querySelector('[aria-modal=true]') !== null

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
  if (isTyping(event.target) || isTaken(event)) return
  // Signs lie on another key in each layout.
  const key = ['?', '*', '#'].includes(event.key) ? event.key : event.code
  for (const layer of layers) {
    if (layer === 'frame' && isBehindDialog()) return
    // Whoever came last lies on top.
    for (const { current } of [...listening[layer]].reverse()) {
      const command = current[key]
      if (!command) continue
      event.preventDefault()
      command(event)
      return
    }
  }
}

/**
 * Single-key commands by the key's place (`KeyA`, `Digit1`, …): the same key in the Russian and in the Latin layout.
 * Silent while somebody types, and with Ctrl, Alt or Meta held, so that no command of the browser is touched. One key
 * does one thing: see `KeyLayer`. What is new here belongs into the sheet too, `shell/keys.ts`; a test compares them.
 */
export function useKeys(keys: Commands, layer: KeyLayer = 'page'): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const all = listening[layer]
    if (Object.values(listening).every((each) => each.size === 0)) window.addEventListener('keydown', onKey)
    all.add(latest)
    return () => {
      all.delete(latest)
      if (Object.values(listening).every((each) => each.size === 0))
        window.removeEventListener('keydown', onKey)
    }
  }, [layer])
}
