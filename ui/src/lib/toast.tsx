import { Button, Notification } from '@mantine/core'
import { useSyncExternalStore } from 'react'

interface Toast {
  id: number
  color: 'pine' | 'amber' | 'rust'
  message: string
  action: ToastAction | null
}

/** What the user may still do about it, such as taking it back. */
export interface ToastAction {
  label: string
  run: () => void
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
export function toast(
  color: Toast['color'],
  message: string,
  showMs = color === 'rust' ? 9000 : 5000,
  action: ToastAction | null = null
): void {
  const id = nextId++
  set([...shown.filter((each) => each.message !== message), { id, color, message, action }].slice(-limit))
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
      {toasts.map(({ id, color, message, action }) => (
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
          {action && (
            <Button
              size="compact-sm"
              variant="light"
              ml="sm"
              onClick={() => {
                drop(id)
                action.run()
              }}
              data-testid="toast-action"
            >
              {action.label}
            </Button>
          )}
        </Notification>
      ))}
    </div>
  )
}
