/** A failure of setting up or starting, told to the person at the terminal: what happened, and what to do. */
export class SetupError extends Error {
  /** One or two sentences that say what to do now. */
  readonly hint: string

  /** @param message what happened, a sentence without its full stop; @param hint what to do about it */
  constructor(message: string, hint: string, options?: { cause?: unknown }) {
    super(`${message}. ${hint}`, options)
    this.name = 'SetupError'
    this.hint = hint
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of a system error (`ENOENT`, `ENOSPC`, …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
