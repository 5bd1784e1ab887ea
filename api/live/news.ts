/** Word that something of clients was changed: whoever shows them asks again. */
export interface ClientNews {
  /** May be said often; it is heard once a while. */
  tell(): void
  /** @returns what ends the hearing */
  hear(listener: () => void): () => void
}

/** An import changes many, one after the other. */
const gatherMs = 250

export function createClientNews(): ClientNews {
  const listeners = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  return {
    tell() {
      timer ??= setTimeout(() => {
        timer = undefined
        for (const listener of listeners) listener()
      }, gatherMs).unref()
    },
    hear(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}
