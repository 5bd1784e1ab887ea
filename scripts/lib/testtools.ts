import { access, constants } from 'node:fs/promises'
import { run } from '../../host/process.ts'
import { SetupError, codeOf } from '../../host/setup-error.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
/** Chromium without windows: the same pages, without notifications, for half of the computing that a new context costs. */
const shell = 'chromium-headless-shell'

/**
 * Finds a Chromium for browser tests: the one in the environment variable CHROMIUM, one on PATH, else Debian's is
 * installed when this user may do that.
 * @param say told before the installation, which takes a minute
 * @returns the program's path
 * @throws SetupError saying what to do
 */
export async function ensureChromium(say: (text: string) => void = () => undefined): Promise<string> {
  const present = await presentChromium()
  if (present !== undefined) return present
  say('Installing Chromium for the browser tests')
  // Other distributions have no package of the shell.
  if ((await aptInstall('chromium', shell)) !== undefined) await installChromium()
  const installed = await findFirst(names)
  if (installed !== undefined) return installed
  throw new SetupError(
    'Chromium was installed but is not on PATH',
    'Name it in the environment variable CHROMIUM.'
  )
}

/**
 * Finds a Chromium for tests that open many windows and need nothing but pages: the one without windows where it is on
 * PATH, else that of `ensureChromium`.
 */
export async function ensureShell(): Promise<string> {
  return (isNamed() ? undefined : await findFirst([shell])) ?? ensureChromium()
}

const isNamed = (): boolean => (process.env['CHROMIUM'] ?? '') !== ''

/** Brings what `ensureChromium` and `ensureShell` find, before the tests; without the shell they only take longer. */
export async function installBrowsers(say: (text: string) => void): Promise<void> {
  await ensureChromium(say)
  if (isNamed() || process.getuid?.() !== 0 || (await findFirst([shell])) !== undefined) return
  say('Installing Chromium without windows')
  const problem = await aptInstall(shell)
  if (problem !== undefined) say(`Going on without it (${problem})`)
}

/**
 * The Chromium that is here already: the one in the environment variable CHROMIUM, else one on PATH.
 * @throws SetupError when CHROMIUM names none
 */
export async function presentChromium(): Promise<string | undefined> {
  const named = process.env['CHROMIUM']
  if (named === undefined || named === '') return findFirst(names)
  if (await isProgram(named)) return named
  throw new SetupError(`CHROMIUM names ${named}, which is no program`, 'Correct it, or leave it unset.')
}

async function findFirst(of: readonly string[]): Promise<string | undefined> {
  for (const name of of) {
    const { code, stdout } = await run('/bin/sh', ['-c', 'command -v "$1"', 'sh', name])
    // Ubuntu's chromium-browser without its snap is a script that only says so.
    if (code === 0 && (await runs(stdout.trim()))) return stdout.trim()
  }
  return undefined
}

async function runs(program: string): Promise<boolean> {
  const { code } = await run(program, ['--version'], { timeoutMs: 30_000 })
  return code === 0
}

async function installChromium(): Promise<void> {
  const problem = await aptInstall('chromium')
  if (problem === undefined) return
  throw new SetupError(
    `There is no Chromium for the browser tests, and it could not be installed (${problem})`,
    'Run "apt-get install chromium" as root, or name a Chromium or Chrome in the environment variable CHROMIUM.'
  )
}

/** @returns undefined when all went well, else the last words */
async function aptInstall(...packages: string[]): Promise<string | undefined> {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y']
  await tryRun([...sudo, ...apt, 'update'])
  return tryRun([...sudo, ...apt, 'install', '--no-install-recommends', ...packages])
}

/** @returns undefined when all went well, else the last words */
async function tryRun([file = '', ...args]: string[]): Promise<string | undefined> {
  try {
    const { code, stdout, stderr } = await run(file, args)
    return code === 0 ? undefined : (stderr || stdout).trim().split('\n').slice(-2).join(' / ')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return `${file} is not on this machine`
    throw error
  }
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
}
