import { useSyncExternalStore } from 'react'
import { serverNowMs } from './api.ts'

let nowMs = serverNowMs()
let timer: ReturnType<typeof setInterval> | null = null
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    nowMs = serverNowMs()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || !timer) return
    clearInterval(timer)
    timer = null
  }
}

/** The server's time, ms since the epoch, once a second: one timer for all clocks on the screen. */
export function useNow(): number {
  // A first reader after a pause must not see the time of the last pause.
  if (!timer) nowMs = serverNowMs()
  return useSyncExternalStore(subscribe, () => nowMs)
}
