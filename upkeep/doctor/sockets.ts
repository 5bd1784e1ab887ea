import { readFile, readdir, readlink } from 'node:fs/promises'
import { commandLineOf } from '../../host/process.ts'
import { codeOf } from '../../host/setup-error.ts'

/** Who listens where on this machine: `tcp 3000` → pid; null for a program that this user may not look into. */
export async function listeners(): Promise<Map<string, number | null>> {
  const sockets = new Map<string, string>()
  for (const [table, protocol] of [
    ['tcp', 'tcp'],
    ['tcp6', 'tcp'],
    ['udp', 'udp'],
    ['udp6', 'udp']
  ] as const)
    for (const line of (await textOf(`/proc/net/${table}`)).split('\n').slice(1)) {
      const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/)
      // 0A: listens (TCP). 07: not connected, so it takes from everybody (UDP).
      if (state !== (protocol === 'tcp' ? '0A' : '07')) continue
      sockets.set(inode, `${protocol} ${parseInt(local.split(':')[1] ?? '', 16)}`)
    }
  const found = new Map<string, number | null>([...sockets.values()].map((name) => [name, null]))
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
    for (const inode of await socketsOf(pid)) {
      const name = sockets.get(inode)
      if (name !== undefined) found.set(name, Number(pid))
    }
  return found
}

/** A program in a few words. */
export const shortCommand = (pid: number): string => commandLineOf(pid).slice(0, 60) || 'unknown'

async function socketsOf(pid: string): Promise<string[]> {
  const names = await unlessGone(readdir(`/proc/${pid}/fd`), [])
  const links = await Promise.all(names.map((name) => unlessGone(readlink(`/proc/${pid}/fd/${name}`), '')))
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

const textOf = (file: string): Promise<string> => unlessGone(readFile(file, 'utf8'), '')

/** Programs end while they are looked at, and some may not be looked at. */
async function unlessGone<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return otherwise
    throw error
  }
}
