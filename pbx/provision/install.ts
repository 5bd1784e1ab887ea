import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { withLock } from '../../host/lock.ts'
import { projectRoot } from '../../host/project-root.ts'
import { SetupError, codeOf, messageOf } from '../../host/setup-error.ts'
import { debFiles, downloadPackages, offeredPackages, openApt } from './apt.ts'
import { architecture, installedHome, unpackedHome } from './home.ts'
import type { AsteriskHome } from './home.ts'
import { compareWithLock, hashPackages, readLock, unpackPackages } from './packages.ts'
import type { PackageFile } from './packages.ts'

/** Told what is being done, and the share done (0 to 1) where it is known. */
export type Progress = (text: string, fraction?: number) => void

export type EnsureOptions = {
  /** The runtime folder: the root goes to `<runtimeDir>/asterisk/root`, packages are kept in `<runtimeDir>/cache/debs`. */
  runtimeDir: string
  /** ASTERISK_HOME: an unpacked root to use as it is. */
  asteriskHome?: string
  /** Never look for an Asterisk on PATH (tests). */
  ignoreInstalled?: boolean
  log: Logger
  progress: Progress
}

/** `root/ringtrace.json`: written last, so a root without it is a half-made one. */
type Stamp = { version: string; packages: PackageFile[] }
const stampName = 'ringtrace.json'
const bytesNeeded = 700e6

/**
 * Finds or makes an Asterisk to run: the named home, the machine's own, or Debian's packages unpacked into the runtime
 * folder. Safe to call from several processes at once, and again after being killed at any point.
 * @throws SetupError saying what to do
 */
export async function ensureAsterisk(options: EnsureOptions): Promise<AsteriskHome> {
  const { runtimeDir, asteriskHome, log, progress } = options
  if (asteriskHome !== undefined && asteriskHome !== '') return unpackedHome(asteriskHome)
  if (options.ignoreInstalled !== true) {
    const installed = await installedHome((text) => log.warn(text))
    if (installed !== undefined) return installed
  }
  const root = join(runtimeDir, 'asterisk/root')
  if ((await readStamp(root)) === undefined) {
    await mkdir(join(runtimeDir, 'asterisk'), { recursive: true })
    await withLock(
      join(runtimeDir, 'asterisk/lock'),
      async () => {
        // Another process may have made it while this one waited for the lock.
        if ((await readStamp(root)) === undefined) await makeRoot(runtimeDir, root, log, progress)
      },
      (pid) => progress(`Waiting for process ${pid}, which is unpacking Asterisk`)
    )
  }
  return unpackedHome(root)
}

async function makeRoot(runtimeDir: string, root: string, log: Logger, progress: Progress): Promise<void> {
  await checkDisk(runtimeDir)
  const cacheDir = join(runtimeDir, 'cache')
  const packages = (await keptPackages(cacheDir)) ?? (await fetchPackages(cacheDir, log, progress))
  const partial = `${root}.partial`
  await rm(partial, { recursive: true, force: true })
  await rm(root, { recursive: true, force: true })
  try {
    const files = packages.map(({ file }) => file)
    await unpackPackages(join(cacheDir, 'debs'), files, partial, (fraction) =>
      progress('Unpacking Asterisk', fraction)
    )
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (codeOf(error) === 'ENOSPC') throw noSpace(runtimeDir, error)
    throw error
  }
  const { version } = await unpackedHome(partial)
  const stamp: Stamp = { version, packages }
  await writeFile(join(partial, stampName), JSON.stringify(stamp, null, 1))
  await rename(partial, root)
  progress(`Unpacking Asterisk ${version}`, 1)
  log.info({ version, root, packages: packages.length }, 'Asterisk is unpacked')
}

async function fetchPackages(cacheDir: string, log: Logger, progress: Progress): Promise<PackageFile[]> {
  const { debian } = architecture()
  progress('Asking the Debian archive for Asterisk')
  const aptFolder = join(cacheDir, 'apt')
  const apt = await openApt(aptFolder, debian)
  const offered = await offeredPackages(apt)
  const lock = await readLock(lockFile())
  const newer = compareWithLock(offered, lock?.architectures[debian] ?? [])
  if (newer.length > 0) {
    log.warn(
      { newer: newer.length, such: newer.slice(0, 5) },
      'The archive has newer packages than those Ringtrace was tried with; they are signed by Debian and used'
    )
  }
  await downloadPackages(apt, offered, join(cacheDir, 'debs'), (fraction) =>
    progress('Fetching Asterisk', fraction)
  )
  await writeFile(manifestFile(cacheDir), JSON.stringify(offered, null, 1))
  await rm(aptFolder, { recursive: true })
  return offered
}

/** The committed list of packages that were tried. */
export function lockFile(): string {
  return join(projectRoot(), 'pbx/provision/packages.lock.json')
}

function manifestFile(cacheDir: string): string {
  return join(cacheDir, 'packages.json')
}

/** Packages of an earlier complete download, so that a broken root is mended without the network. */
async function keptPackages(cacheDir: string): Promise<PackageFile[] | undefined> {
  let kept: PackageFile[]
  try {
    kept = JSON.parse(await readFile(manifestFile(cacheDir), 'utf8')) as PackageFile[]
    const files = await debFiles(join(cacheDir, 'debs'))
    const present = await hashPackages(join(cacheDir, 'debs'), files)
    const hashes = new Map(present.map(({ file, sha256 }) => [file, sha256]))
    if (!kept.every(({ file, sha256 }) => hashes.get(file) === sha256)) return undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
  return kept.length > 0 ? kept : undefined
}

async function readStamp(root: string): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(join(root, stampName), 'utf8')) as Stamp
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' || error instanceof SyntaxError)
      return undefined
    throw error
  }
}

async function checkDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytesNeeded) throw noSpace(folder)
}

function noSpace(folder: string, cause?: unknown): SetupError {
  return new SetupError(
    `There is too little disk space under ${folder} for Asterisk${cause === undefined ? '' : ` (${messageOf(cause)})`}`,
    'Free 1.5 GB, or set DATA_DIR to a folder on a larger disk, and start again.'
  )
}
