/** Reads a choice kept in this browser; null when there is none, or when the browser keeps nothing for us. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`ringtrace.${key}`)
  } catch {
    // Storage may be forbidden by the browser's settings: then choices last until the page closes.
    return null
  }
}

/** Keeps a choice in this browser, if the browser lets us. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`ringtrace.${key}`, value)
  } catch {
    // As above: a choice that cannot be kept is not worth an error.
    return
  }
}
