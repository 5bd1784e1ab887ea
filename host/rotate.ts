import { copyFile, rename, rm, stat, truncate } from 'node:fs/promises'
import { codeOf } from './setup-error.ts'

/** A file that a program of ours writes on and on. */
export interface GrowingFile {
  readonly file: string
  /** Above this it is put aside. */
  readonly maxBytes: number
  /** How many old ones stay: `file.1` is the youngest. */
  readonly keep: number
  /**
   * `rename`: the writer opens the file for every line, or does so when `reopen` tells it to; nothing is lost.
   * `copy`: the writer keeps it open for appending; what it writes in the instant between copying and emptying is lost.
   */
  readonly how: 'rename' | 'copy'
  readonly reopen?: () => Promise<unknown>
}

export interface Rotation {
  /** Looks at once; for tests. */
  look(): Promise<void>
  stop(): void
}

/**
 * Puts a file aside when it has grown too large.
 * @returns whether it did
 */
export async function rotate({ file, maxBytes, keep, how, reopen }: GrowingFile): Promise<boolean> {
  const size = await sizeOf(file)
  if (size <= maxBytes) return false
  await rm(`${file}.${keep}`, { force: true })
  for (let number = keep - 1; number >= 1; number--) {
    if ((await sizeOf(`${file}.${number}`)) >= 0) await rename(`${file}.${number}`, `${file}.${number + 1}`)
  }
  if (how === 'rename') await rename(file, `${file}.1`)
  else {
    await copyFile(file, `${file}.1`)
    await truncate(file, 0)
  }
  await reopen?.()
  return true
}

/** Keeps an eye on such files, one look a minute. A failure is told and tried again at the next look. */
export function keepSmall(
  files: readonly GrowingFile[],
  log: { info(about: object, text: string): void; warn(about: object, text: string): void },
  everyMs = 60_000
): Rotation {
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    for (const growing of files) {
      try {
        if (await rotate(growing))
          log.info({ file: growing.file }, 'A log was put aside, and a new one begun')
      } catch (err) {
        log.warn({ err, file: growing.file }, 'A log could not be put aside')
      }
    }
  }
  const inTurn = (): Promise<void> => (looking = looking.then(look))
  const timer = setInterval(() => {
    inTurn().catch((err: unknown) => log.warn({ err }, 'The logs could not be looked at'))
  }, everyMs)
  timer.unref()
  return { look: inTurn, stop: () => clearInterval(timer) }
}

/** -1 when there is no such file. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return -1
    throw error
  }
}
