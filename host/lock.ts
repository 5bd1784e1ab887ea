import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { commandLineOf, pidAlive } from './process.ts'
import { codeOf } from './setup-error.ts'

/**
 * Runs `work` while no other process runs its own under the same lock file. The file holds the owner's pid, so the
 * lock of a killed process is taken over.
 * @param onWait called once, with the owner's pid, when another process has the lock
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void = () => undefined
): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  const mine = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(mine, String(process.pid))
  try {
    let told = false
    while (!(await tryLink(mine, file))) {
      const owner = await ownerOf(file)
      if (owner === undefined) continue
      if (!pidAlive(owner) || !/node/.test(commandLineOf(owner))) {
        await dropStale(file, mine, owner)
        continue
      }
      if (!told) onWait(owner)
      told = true
      await delay(100)
    }
    try {
      return await work()
    } finally {
      await rm(file, { force: true })
    }
  } finally {
    await rm(mine, { force: true })
  }
}

/** Linking a file that already holds the pid makes lock and owner appear in one step. */
async function tryLink(mine: string, file: string): Promise<boolean> {
  try {
    await link(mine, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Two processes may find the same dead owner. Renaming lets one of them win; whoever carried off a lock that had been
 * taken afresh in between puts it back.
 */
async function dropStale(file: string, mine: string, deadOwner: number): Promise<void> {
  const aside = `${mine}.stale`
  try {
    await rename(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if ((await ownerOf(aside)) !== deadOwner) await tryLink(aside, file)
  await rm(aside, { force: true })
}

async function ownerOf(file: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
