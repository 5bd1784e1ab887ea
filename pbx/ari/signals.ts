import type { Logger } from 'pino'

/** Who listens to what: names to the arguments a listener gets. */
export interface Signals<Map extends Record<keyof Map, unknown[]>> {
  /** Adds a listener; the function returned removes it. */
  on<Name extends keyof Map>(name: Name, listener: (...args: Map[Name]) => void): () => void
  /** Tells every listener, in the order they came. A listener that throws is logged and spoils nothing. */
  emit<Name extends keyof Map>(name: Name, ...args: Map[Name]): void
  clear(): void
}

/**
 * Typed listeners for a source that must never die of a listener's mistake: one bad row for one call
 * would otherwise take the socket, and with it every call, down.
 */
export function createSignals<Map extends Record<keyof Map, unknown[]>>(log: Logger): Signals<Map> {
  type Listeners = { [Name in keyof Map]?: ((...args: Map[Name]) => void)[] }
  let listeners: Listeners = {}
  return {
    on(name, listener) {
      // Copied on change, so that a listener may leave while others are being told.
      listeners[name] = [...(listeners[name] ?? []), listener]
      return () => {
        listeners[name] = listeners[name]?.filter((one) => one !== listener)
      }
    },
    emit(name, ...args) {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(...args)
        } catch (error) {
          log.error({ err: error, signal: String(name) }, 'A listener failed')
        }
      }
    },
    clear() {
      listeners = {}
    }
  }
}
