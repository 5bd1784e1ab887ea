/** One softphone per user in a browser: the tab that holds the lock is the phone. */
export interface TabLock {
  /** Takes the phone over from the other tab; false when that tab is in a call. */
  takeOver(): Promise<boolean>
  release(): void
}

type Word = { type: 'mayI'; id: string } | { type: 'inCall'; id: string }

const answerMs = 250

/**
 * Tries to become the phone. `onHeld` comes when this tab holds it (at once, or when the other tab closes);
 * `onElsewhere` when another tab holds it, also when it takes it from us.
 */
export function lockSoftphone(
  userId: string,
  hooks: { onHeld: () => void; onElsewhere: () => void; isInCall: () => boolean }
): TabLock {
  const name = `ringtrace-softphone-${userId}`
  const words = new BroadcastChannel(name)
  const end = new AbortController()
  let letGo: (() => void) | null = null
  let isReleased = false

  const hold = (): Promise<void> => {
    if (isReleased) return Promise.resolve()
    hooks.onHeld()
    return new Promise<void>((resolve) => {
      letGo = resolve
    })
  }
  /** A stolen lock rejects with AbortError: so does an ended wait. Neither is a fault. */
  const lostOrEnded = (): void => {
    letGo = null
    if (isReleased) return
    hooks.onElsewhere()
    wait()
  }
  const wait = (): void => {
    navigator.locks.request(name, { signal: end.signal }, hold).catch(lostOrEnded)
  }
  const steal = (): void => {
    navigator.locks.request(name, { steal: true }, hold).catch(lostOrEnded)
  }

  words.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    if (data.type === 'mayI' && letGo && hooks.isInCall()) words.postMessage({ type: 'inCall', id: data.id })
  })

  navigator.locks
    .request(name, { ifAvailable: true }, (lock) => {
      if (isReleased) return undefined
      if (lock) return hold()
      hooks.onElsewhere()
      wait()
      return undefined
    })
    .catch(lostOrEnded)

  return {
    takeOver: () =>
      new Promise((resolve) => {
        const id = String(Math.random())
        const refused = ({ data }: MessageEvent<Word>): void => {
          if (data.type !== 'inCall' || data.id !== id) return
          clearTimeout(timer)
          words.removeEventListener('message', refused)
          resolve(false)
        }
        const timer = setTimeout(() => {
          words.removeEventListener('message', refused)
          steal()
          resolve(true)
        }, answerMs)
        words.addEventListener('message', refused)
        words.postMessage({ type: 'mayI', id })
      }),
    release: () => {
      isReleased = true
      end.abort()
      letGo?.()
      words.close()
    }
  }
}
