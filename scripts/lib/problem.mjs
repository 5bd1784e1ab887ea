/** A failure for the person at the terminal: what happened, and what to do. */
export class Problem extends Error {
  constructor(message, hint) {
    super(message)
    this.hint = hint
  }
}

/**
 * Prints a failure; a Problem without its stack, for it is no fault of the program.
 * @returns {number} the exit code
 */
export function tell(error) {
  if (error instanceof Problem) console.error(`\n${error.message}.\n${error.hint}`)
  else console.error(error)
  return 1
}
