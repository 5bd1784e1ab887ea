import { access, readdir } from 'node:fs/promises'
import { arch } from 'node:os'
import { basename, join } from 'node:path'
import { run } from '../../host/process.ts'
import { SetupError, codeOf } from '../../host/setup-error.ts'

/** The programs that come with the root; `sipp` serves tests and the demo carrier, the rest make and change audio. */
export type Program = 'asterisk' | 'sox' | 'lame' | 'opusenc' | 'opusdec' | 'espeak-ng' | 'sipp'

/** A place from which Asterisk and its media tools can be run. */
export type AsteriskHome = {
  /** The unpacked root, or `/` for an Asterisk of the machine itself. */
  readonly root: string
  /** Such as `22.10.1`. */
  readonly version: string
  readonly modulesDir: string
  /** Holds `sounds/` and `documentation/`. */
  readonly dataDir: string
  /** What to spawn to run a program of this home. */
  command(program: Program, args: readonly string[]): { file: string; args: string[] }
}

/** Debian's words for this machine's processor. */
export type Architecture = { debian: string; triplet: string; loader: string }

/**
 * Debian's name, library folder and loader of this processor.
 * @throws SetupError on a processor for which Debian has no such packages tried by us
 */
export function architecture(machine: string = arch()): Architecture {
  if (machine === 'x64') {
    return { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' }
  }
  if (machine === 'arm64') {
    return { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' }
  }
  throw new SetupError(
    `Asterisk cannot be unpacked for the processor "${machine}"`,
    'Install Asterisk 22.10.1 or newer yourself, so that "asterisk" is on PATH, and start again.'
  )
}

/**
 * Whether this version may face the internet: 22.10.1 and above, or 20.20.1 and above within 20. Older ones can be
 * brought down by one unauthenticated SIP message (CVE-2026-57191).
 */
export function isSafeVersion(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major === 20) return minor > 20 || (minor === 20 && patch >= 1)
  if (major === 22) return minor > 10 || (minor === 10 && patch >= 1)
  return major > 22
}

/** Takes the number out of `Asterisk 22.10.1+dfsg+~cs6.17…`; undefined when the text holds none. */
export function parseVersion(text: string): string | undefined {
  return /Asterisk\s+(?:certified[/-])?(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1]
}

/** @throws SetupError naming the version and where it was found */
export function refuseUnsafe(version: string, where: string): void {
  if (isSafeVersion(version)) return
  throw new SetupError(
    `Asterisk ${version} in ${where} has a hole through which anyone can stop it (CVE-2026-57191)`,
    'Bring Asterisk 22.10.1 (or 20.20.1 within version 20) or newer, or remove it and let Ringtrace fetch its own.'
  )
}

/**
 * A home in a folder of unpacked Debian packages, run by the folder's own loader: needs neither root nor chroot, and
 * the folder may be moved.
 * @throws SetupError when the folder is no such root, or its Asterisk is too old
 */
export async function unpackedHome(root: string): Promise<AsteriskHome> {
  const { triplet, loader } = architecture()
  const libraries = join(root, 'usr/lib', triplet)
  const dataDir = join(root, 'usr/share/asterisk')
  const modulesDir = join(libraries, 'asterisk/modules')
  const command: AsteriskHome['command'] = (program, args) => ({
    file: join(libraries, loader),
    args: [
      '--library-path',
      `${libraries}:${join(libraries, 'pulseaudio')}`,
      '--argv0',
      program,
      join(root, program === 'asterisk' ? 'usr/sbin' : 'usr/bin', program),
      // Compiled-in absolute paths point into the machine's own /usr; espeak-ng is the one tool that has such data.
      ...(program === 'espeak-ng' ? [`--path=${libraries}`] : []),
      ...args
    ]
  })
  const { file, args } = command('asterisk', ['-V'])
  const version = parseVersion(await output(file, args))
  if (version === undefined) {
    throw new SetupError(
      `There is no working Asterisk under ${root}`,
      'ASTERISK_HOME must name a folder with usr/sbin/asterisk and its libraries; leave it unset to use a fetched one.'
    )
  }
  refuseUnsafe(version, root)
  return { root, version, modulesDir, dataDir, command }
}

/**
 * The Asterisk of the machine itself, if `asterisk` is on PATH.
 * @returns undefined when there is none, or it is too old (`notice` is told)
 */
export async function installedHome(notice: (text: string) => void): Promise<AsteriskHome | undefined> {
  const version = parseVersion(await output('asterisk', ['-V']))
  if (version === undefined) return undefined
  if (!isSafeVersion(version)) {
    notice(`The installed Asterisk ${version} is not used: below 22.10.1 / 20.20.1 (CVE-2026-57191).`)
    return undefined
  }
  const modulesDir = await firstWith('res_pjsip.so', [
    `/usr/lib/${architecture().triplet}/asterisk/modules`,
    '/usr/lib/asterisk/modules',
    '/usr/lib64/asterisk/modules',
    '/usr/local/lib/asterisk/modules'
  ])
  const dataDir = await firstWith('documentation', [
    '/usr/share/asterisk',
    '/var/lib/asterisk',
    '/usr/local/share/asterisk'
  ])
  if (modulesDir === undefined || dataDir === undefined) {
    notice(`The installed Asterisk ${version} is not used: its modules were not found.`)
    return undefined
  }
  return {
    root: '/',
    version,
    modulesDir,
    dataDir,
    command: (program, args) => ({ file: program, args: [...args] })
  }
}

/** What a program says on standard output; empty when it cannot be run. */
async function output(file: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(file, args, { timeoutMs: 20_000 })).stdout
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return ''
    throw error
  }
}

async function firstWith(entry: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    try {
      await access(join(folder, entry))
      return folder
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
    }
  }
  return undefined
}

/** The sound languages that a home has, such as `['en', 'ru']`. */
export async function soundLanguages(home: AsteriskHome): Promise<string[]> {
  const entries = await readdir(join(home.dataDir, 'sounds'))
  return entries.map((entry) => basename(entry)).filter((entry) => /^[a-z]{2}$/.test(entry))
}
