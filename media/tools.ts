import { run } from '../host/process.ts'
import type { Finished } from '../host/process.ts'
import { codeOf } from '../host/setup-error.ts'
import { MediaError } from './errors.ts'

/** Programs that make and change audio; they come with the Asterisk root. */
export type MediaProgram = 'sox' | 'lame' | 'espeak-ng'

/** Finds out how to run a media program: `AsteriskHome.command`. */
export type MediaCommand = (
  program: MediaProgram,
  args: readonly string[]
) => { file: string; args: readonly string[] }

export interface ToolOptions {
  timeoutMs?: number
  /** 0 to 19: how far it stands back for calls. */
  niceness?: number
}

/**
 * Runs a media program to its end. Arguments are a list and reach no shell; names of files are always ours.
 * @throws MediaError when it fails, takes too long or is not there
 */
export async function tool(
  command: MediaCommand,
  program: MediaProgram,
  args: readonly string[],
  { timeoutMs = 15 * 60_000, niceness = 0 }: ToolOptions = {}
): Promise<Finished> {
  const call = command(program, args)
  let finished: Finished
  try {
    finished = await run(call.file, call.args, { timeoutMs, niceness })
  } catch (error) {
    const text =
      codeOf(error) === 'ENOENT'
        ? `There is no ${program}: install it with "apt-get install ${program}", or unset ASTERISK_HOME`
        : `${program} did not end`
    throw new MediaError(text, { cause: error })
  }
  if (finished.code === 0) return finished
  throw new MediaError(`${program} ended with ${finished.code}: ${finished.stderr.trim().slice(-300)}`)
}
