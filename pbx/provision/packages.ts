import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, copyFile, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { userInfo } from 'node:os'
import { run } from '../../host/process.ts'
import type { Finished, RunOptions } from '../../host/process.ts'
import { SetupError, codeOf } from '../../host/setup-error.ts'

/** What is asked of the archive; it adds what these depend on. */
export const wantedPackages: readonly string[] = [
  'asterisk',
  'asterisk-core-sounds-en',
  'asterisk-core-sounds-ru',
  'espeak-ng',
  'lame',
  'opus-tools',
  'sip-tester',
  'sox'
]

/** The Debian release that has Asterisk 22. */
export const release = 'forky'
const officialMirror = 'http://deb.debian.org/debian'
const keyringFile = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** One package file: `asterisk_1%3a22.10.1…_amd64.deb` and the SHA-256 of its bytes in hexadecimal. */
export type PackageFile = { file: string; sha256: string }

/** `packages.lock.json`: what was tried, per architecture. */
export type PackageLock = { release: string; architectures: Record<string, PackageFile[]> }

type AptOptions = {
  /** Private apt state and the downloaded packages live here. */
  cacheDir: string
  architecture: string
  onFraction: (fraction: number) => void
}

/**
 * Downloads `wantedPackages` with all they depend on, with apt's own checks of the archive's signature, as any user:
 * the machine's package database is neither read nor changed.
 * @returns the file names in `<cacheDir>/debs`, sorted
 * @throws SetupError when apt is missing, the archive cannot be reached, or the disk is full
 */
export async function downloadPackages(options: AptOptions): Promise<string[]> {
  const { cacheDir, onFraction } = options
  const state = join(cacheDir, 'apt')
  const debs = join(cacheDir, 'debs')
  await Promise.all([
    mkdir(join(state, 'state/lists/partial'), { recursive: true }),
    mkdir(join(state, 'archives/partial'), { recursive: true }),
    mkdir(debs, { recursive: true })
  ])
  await writeFile(join(state, 'status'), '')
  const keyring = await debianKeyring(state)
  const source = `deb [signed-by=${keyring}] ${await debianMirror()} ${release} main\n`
  await writeFile(join(state, 'sources.list'), source)
  const common = aptOptions(state, options.architecture)

  const update = await apt([...common, 'update'])
  // apt ends with 0 even if a list could not be fetched.
  if (update.code !== 0 || /^(Err:|E: |W: Failed to fetch)/m.test(update.stdout + update.stderr)) {
    throw aptFailure('The list of Debian packages could not be fetched', update)
  }
  // Packages of an earlier half-made download are taken along: apt checks their hashes itself.
  for (const file of await debFiles(debs)) {
    await copyFile(join(debs, file), join(state, 'archives', file))
  }
  const install = await apt(
    [...common, '-o', 'APT::Status-Fd=1', '--yes', '--download-only', 'install', ...wantedPackages],
    (line) => {
      const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1]
      if (percent !== undefined) onFraction(Number(percent) / 100)
    }
  )
  if (install.code !== 0) throw aptFailure('The Debian packages of Asterisk could not be fetched', install)
  await rm(debs, { recursive: true })
  await mkdir(debs)
  const files = await debFiles(join(state, 'archives'))
  for (const file of files) await rename(join(state, 'archives', file), join(debs, file))
  return files
}

function aptOptions(state: string, debianArchitecture: string): string[] {
  const settings = [
    `Dir::State=${join(state, 'state')}`,
    `Dir::State::status=${join(state, 'status')}`,
    `Dir::Cache=${state}`,
    `Dir::Cache::archives=${join(state, 'archives')}`,
    `Dir::Etc::sourcelist=${join(state, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    'Dir::Etc::preferences=/dev/null',
    'Dir::Etc::preferencesparts=/dev/null',
    `APT::Architecture=${debianArchitecture}`,
    `APT::Architectures::=${debianArchitecture}`,
    'APT::Install-Recommends=false',
    // As root apt would drop to its own user, who may not enter the runtime folder.
    `APT::Sandbox::User=${userInfo().username}`,
    // A mirror may stand still for a while; the signature is checked all the same.
    'Acquire::Check-Valid-Until=false',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    // Clean-up hooks of the machine's own configuration belong to the machine's own cache.
    'APT::Keep-Downloaded-Packages=true',
    'Dpkg::Use-Pty=0'
  ]
  return ['-q', ...settings.flatMap((setting) => ['-o', setting])]
}

async function apt(args: string[], onLine?: (line: string) => void): Promise<Finished> {
  const options: RunOptions = onLine === undefined ? {} : { onLine }
  // The answers are read, so they must be English; the rest of the environment (proxies) stays.
  const finished = await run(
    'env',
    ['LC_ALL=C', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args],
    options
  )
  // env's way to say that there is no such program.
  if (finished.code === 127) {
    throw new SetupError(
      'There is no apt-get on this machine, so Asterisk cannot be fetched',
      'Ringtrace fetches Asterisk by itself on Debian and Ubuntu. Elsewhere put Asterisk 22.10.1 or newer on PATH, ' +
        'name an unpacked Debian root in ASTERISK_HOME, or use docker compose.'
    )
  }
  return finished
}

function aptFailure(what: string, finished: Finished): SetupError {
  const text = finished.stdout + finished.stderr
  const lines = text.split('\n').filter((line) => /^(E|W|Err)[: ]/.test(line))
  const detail = (lines.length > 0 ? lines : text.trim().split('\n')).slice(-3).join(' / ')
  return new SetupError(`${what} (${detail.slice(0, 400)})`, hintFor(text))
}

function hintFor(text: string): string {
  if (/No space left|not have enough free space/i.test(text))
    return 'Free 1.5 GB of disk space and start again.'
  if (/NO_PUBKEY|not signed|public key is not available|signatures? (couldn't|could not)/i.test(text)) {
    return 'Bring the package debian-archive-keyring up to date (apt-get install debian-archive-keyring) and start again.'
  }
  if (
    /Temporary failure|Could not resolve|Could not connect|Unable to connect|Connection|Network is unreachable/i.test(
      text
    )
  ) {
    return 'Check the network, or the proxy that apt uses (/etc/apt/apt.conf.d), and start again; what was fetched is kept.'
  }
  return 'Start again; if it fails in the same way, put Asterisk 22.10.1 or newer on PATH.'
}

/** The Debian mirror that this machine already uses, else the official one. */
async function debianMirror(): Promise<string> {
  const listed = await apt(['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'])
  const mirror = listed.stdout.split('\n').find((uri) => /^https?:.*\/debian\/?$/.test(uri.trim()))
  return mirror === undefined ? officialMirror : mirror.trim().replace(/\/$/, '')
}

/** Ubuntu has Debian's keys as a package: without root it is fetched and unpacked here, trusted as Ubuntu trusts it. */
async function debianKeyring(state: string): Promise<string> {
  if (await exists(keyringFile)) return keyringFile
  const folder = join(state, 'keyring')
  const unpacked = join(folder, keyringFile)
  if (await exists(unpacked)) return unpacked
  await mkdir(folder, { recursive: true })
  const fetched = await run('apt-get', ['-q', 'download', 'debian-archive-keyring'], { cwd: folder })
  const [deb] = await debFiles(folder)
  if (fetched.code === 0 && deb !== undefined) {
    await extract(join(folder, deb), folder)
    if (await exists(unpacked)) return unpacked
  }
  throw new SetupError(
    "Debian's signing keys are not on this machine, so its packages cannot be checked",
    'Run "apt-get update && apt-get install debian-archive-keyring" as root and start again.'
  )
}

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
    await extract(join(debsDir, file), root)
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

async function extract(deb: string, folder: string): Promise<void> {
  let finished: Finished
  try {
    finished = await run('dpkg-deb', ['-x', deb, folder])
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    throw new SetupError(
      'There is no dpkg-deb on this machine',
      'Install the package dpkg and start again.',
      {
        cause: error
      }
    )
  }
  if (finished.code !== 0) throw aptFailure(`The package ${deb} could not be unpacked`, finished)
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

/** The package files in a folder, sorted. */
export async function debFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.deb')).sort()
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
