import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SetupError, codeOf } from '../../host/setup-error.ts'
import { extractPackage } from './apt.ts'

/** One package file: `asterisk_1%3a22.10.1…_amd64.deb` and the SHA-256 of its bytes in hexadecimal. */
export type PackageFile = { file: string; sha256: string }

/** `packages.lock.json`: what was tried, per architecture. */
export type PackageLock = { release: string; architectures: Record<string, PackageFile[]> }

/**
 * Unpacks the packages into `root` and mends what their install scripts would have made.
 * @param onFraction told the share done, 0 to 1
 */
export async function unpackPackages(
  debsDir: string,
  files: readonly string[],
  root: string,
  onFraction: (fraction: number) => void
): Promise<void> {
  await mkdir(root, { recursive: true })
  for (const [done, file] of files.entries()) {
    onFraction(done / files.length)
    await extractPackage(join(debsDir, file), root)
  }
  // The language folders are links of update-alternatives: absent or dangling without its install scripts.
  const sounds = join(root, 'usr/share/asterisk/sounds')
  const voices = await readdir(sounds)
  for (const [language, pattern] of [['en', /^en_US_/] as const, ['ru', /^ru_RU_/] as const]) {
    const voice = voices.find((name) => pattern.test(name))
    if (voice === undefined) continue
    await rm(join(sounds, language), { force: true })
    await symlink(voice, join(sounds, language))
  }
}

/** Hashes package files. */
export async function hashPackages(debsDir: string, files: readonly string[]): Promise<PackageFile[]> {
  const hashed: PackageFile[] = []
  for (const file of files) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(debsDir, file)), hash)
    hashed.push({ file, sha256: hash.digest('hex') })
  }
  return hashed
}

/**
 * Compares what was fetched with what was tried.
 * @returns names of files that the archive has moved on from
 * @throws SetupError when a file of a tried name has other bytes
 */
export function compareWithLock(fetched: readonly PackageFile[], locked: readonly PackageFile[]): string[] {
  const known = new Map(locked.map(({ file, sha256 }) => [file, sha256]))
  const newer: string[] = []
  for (const { file, sha256 } of fetched) {
    const expected = known.get(file)
    if (expected === undefined) newer.push(file)
    else if (expected !== sha256) {
      throw new SetupError(
        `The package ${file} is not the one that was tried: its SHA-256 is ${sha256} instead of ${expected}`,
        'Remove the folder cache/debs in the runtime folder and start again; if it stays so, mistrust the mirror.'
      )
    }
  }
  return newer
}

/** @returns undefined when there is no such file */
export async function readLock(file: string): Promise<PackageLock | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as PackageLock
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
