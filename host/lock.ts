import { link, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beginningOf, pidAlive } from './process.ts'
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
  await writeFile(mine, `${process.pid} ${beginningOf(process.pid) ?? ''}`)
  try {
    let told = false
    while (!(await tryLink(mine, file))) {
      const owner = await ownerOf(file)
      if (owner === undefined) continue
      if (!lives(owner)) {
        await dropStale(file, mine, owner)
        continue
      }
      if (!told) onWait(owner.pid)
      told = true
      await delay(100)
    }
    try {
      await sweep(file)
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
async function dropStale(file: string, mine: string, deadOwner: Owner): Promise<void> {
  const aside = `${mine}.stale`
  try {
    await rename(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const found = await ownerOf(aside)
  if (found?.pid !== deadOwner.pid || found.beginning !== deadOwner.beginning) await tryLink(aside, file)
  await rm(aside, { force: true })
}

type Owner = { pid: number; beginning: string | undefined }

async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return parseOwner(await readFile(file, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function parseOwner(text: string): Owner {
  const [pid = '', beginning] = text.trim().split(' ')
  return { pid: Number(pid), beginning }
}

function lives({ pid, beginning }: Owner): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !pidAlive(pid)) return false
  return beginning === undefined || beginningOf(pid) === beginning
}

/** Removes what killed processes left beside the lock. */
async function sweep(file: string): Promise<void> {
  const prefix = `${basename(file)}.`
  for (const name of await readdir(dirname(file))) {
    const pid = name.startsWith(prefix) ? /^(\d+)\./.exec(name.slice(prefix.length))?.[1] : undefined
    if (pid !== undefined && !pidAlive(Number(pid))) await rm(join(dirname(file), name), { force: true })
  }
}
