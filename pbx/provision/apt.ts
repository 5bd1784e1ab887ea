import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { run } from '../../host/process.ts'
import type { Finished, RunOptions } from '../../host/process.ts'
import { SetupError, codeOf } from '../../host/setup-error.ts'
import type { PackageFile } from './packages.ts'

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

/** apt with a state of its own: the machine's package database is neither read nor changed, and no root is needed. */
export type PrivateApt = { folder: string; options: string[] }

/**
 * Makes the private state in `folder` and fetches the archive's list of packages, whose signature apt checks.
 * @throws SetupError when apt is missing, the archive cannot be reached, or its keys are not here
 */
export async function openApt(folder: string, debianArchitecture: string): Promise<PrivateApt> {
  await Promise.all([
    mkdir(join(folder, 'state/lists/partial'), { recursive: true }),
    mkdir(join(folder, 'archives/partial'), { recursive: true })
  ])
  await writeFile(join(folder, 'status'), '')
  const source = `deb [signed-by=${await debianKeyring(folder)}] ${await debianMirror()} ${release} main\n`
  await writeFile(join(folder, 'sources.list'), source)
  const options = aptOptions(folder, debianArchitecture)
  const update = await runApt([...options, 'update'])
  // apt ends with 0 even if a list could not be fetched.
  if (update.code !== 0 || /^(Err:|E: |W: Failed to fetch)/m.test(update.stdout + update.stderr)) {
    throw aptFailure('The list of Debian packages could not be fetched', update)
  }
  return { folder, options }
}

/** What the archive offers now for the wanted packages and all they depend on. */
export async function offeredPackages(
  apt: PrivateApt,
  wanted: readonly string[] = wantedPackages
): Promise<PackageFile[]> {
  const asked = await runApt([
    ...[
      ...apt.options,
      '-o',
      'Acquire::ForceHash=SHA256',
      '-o',
      `Dir::Cache::archives=${join(apt.folder, 'none')}`
    ],
    ...['--yes', '--print-uris', 'install', ...wanted]
  ])
  if (asked.code !== 0) throw aptFailure(`${wanted[0] ?? ''} is not to be had from the Debian archive`, asked)
  const lines = asked.stdout.matchAll(/^'[^']+' (\S+\.deb) \d+ SHA256:([0-9a-f]{64})$/gm)
  const offered = [...lines].map(([, file = '', sha256 = '']) => ({ file, sha256 }))
  return offered.sort((one, other) => (one.file < other.file ? -1 : 1))
}

/**
 * Downloads the offered packages into `debsDir`; apt checks their hashes. What an earlier download left there is used.
 * @throws SetupError when the archive cannot be reached, or the disk is full
 */
export async function downloadPackages(
  apt: PrivateApt,
  offered: readonly PackageFile[],
  debsDir: string,
  onFraction: (fraction: number) => void,
  names: readonly string[] = wantedPackages
): Promise<void> {
  await mkdir(debsDir, { recursive: true })
  const archives = join(apt.folder, 'archives')
  const kept = new Set(await debFiles(debsDir))
  for (const { file } of offered) if (kept.has(file)) await rename(join(debsDir, file), join(archives, file))
  const install = await runApt(
    [...apt.options, '-o', 'APT::Status-Fd=1', '--yes', '--download-only', 'install', ...names],
    (line) => {
      const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1]
      if (percent !== undefined) onFraction(Number(percent) / 100)
    }
  )
  // Also after a failure: the next try goes on from what is there.
  for (const file of await debFiles(archives)) await rename(join(archives, file), join(debsDir, file))
  if (install.code !== 0)
    throw aptFailure(`The Debian packages of ${names[0] ?? ''} could not be fetched`, install)
  const wanted = new Set(offered.map(({ file }) => file))
  for (const file of await debFiles(debsDir)) if (!wanted.has(file)) await rm(join(debsDir, file))
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

async function runApt(args: string[], onLine?: (line: string) => void): Promise<Finished> {
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

export function aptFailure(what: string, finished: Finished): SetupError {
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
  const listed = await runApt(['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'])
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
    await extractPackage(join(folder, deb), folder)
    if (await exists(unpacked)) return unpacked
  }
  throw new SetupError(
    "Debian's signing keys are not on this machine, so its packages cannot be checked",
    'Run "apt-get update && apt-get install debian-archive-keyring" as root and start again.'
  )
}

/** Unpacks one package, without running its install scripts. */
export async function extractPackage(deb: string, folder: string): Promise<void> {
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
