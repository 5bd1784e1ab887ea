import { Notification } from '@mantine/core'
import { useSyncExternalStore } from 'react'

interface Toast {
  id: number
  color: 'pine' | 'amber' | 'rust'
  message: string
}

const limit = 3
let shown: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  shown = next
  for (const listener of listeners) listener()
}

function drop(id: number): void {
  set(shown.filter((each) => each.id !== id))
}

/** Says something in the corner for a while: `pine` is well, `amber` is worth knowing, `rust` went wrong. */
export function toast(color: Toast['color'], message: string, showMs = color === 'rust' ? 9000 : 5000): void {
  const id = nextId++
  set([...shown.filter((each) => each.message !== message), { id, color, message }].slice(-limit))
  setTimeout(() => drop(id), showMs)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where toasts appear. */
export function Toasts({ closeLabel }: { closeLabel: string }) {
  const toasts = useSyncExternalStore(subscribe, () => shown)
  return (
    <div className="toasts" aria-live="polite">
      {toasts.map(({ id, color, message }) => (
        <Notification
          key={id}
          color={color}
          withBorder
          onClose={() => drop(id)}
          closeButtonProps={{ 'aria-label': closeLabel }}
          data-testid="toast"
          data-color={color}
        >
          {message}
        </Notification>
      ))}
    </div>
  )
}
