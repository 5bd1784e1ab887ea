import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The folder of this project. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The text of a file, or undefined when there is none. */
export function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  }
}

/** All files under the given files and folders, sorted, without hidden ones. */
export function filesUnder(paths) {
  const files = []
  const walk = (path) => {
    let entries
    try {
      entries = readdirSync(path, { withFileTypes: true })
    } catch (error) {
      if (error.code === 'ENOTDIR') return void files.push(path)
      if (error.code === 'ENOENT') return
      throw error
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
      walk(join(path, entry.name))
    }
  }
  paths.forEach((path) => walk(join(root, path)))
  return files.sort()
}

/** One hash over the names and contents of files. */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/** Two starts in one clone must not install or build at once: one process at a time, the lock of a dead one lapses. */
export async function alone(work, onWait) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `ringtrace-setup-${process.getuid?.() ?? 0}-${name}.lock`)
  const mine = `${lock}.${process.pid}`
  mkdirSync(dirname(lock), { recursive: true })
  writeFileSync(mine, `${process.pid} ${beginningOf(process.pid)}`)
  try {
    for (let told = false; !take(mine, lock);) {
      const [owner = '', beginning] = (textOf(lock) ?? '').split(' ')
      if (owner !== '' && beginningOf(owner) !== beginning) {
        rmSync(lock, { force: true })
        continue
      }
      if (!told) onWait(owner)
      told = true
      await delay(200)
    }
    try {
      return await work()
    } finally {
      rmSync(lock, { force: true })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function take(mine, lock) {
  try {
    linkSync(mine, lock)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** With its pid this names one process, though pids come round again, quickly in containers; empty when it is gone. */
function beginningOf(pid) {
  const stat = textOf(`/proc/${pid}/stat`) ?? ''
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
