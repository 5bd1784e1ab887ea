import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { withLock } from '../../host/lock.ts'
import { run } from '../../host/process.ts'
import { SetupError, codeOf } from '../../host/setup-error.ts'
import { debFiles, downloadPackages, extractPackage, offeredPackages, openApt } from '../provision/apt.ts'
import { architecture } from '../provision/home.ts'
import type { Progress } from '../provision/install.ts'

/** What the edge needs of Debian; apt adds what these depend on. */
const edgePackages: readonly string[] = [
  'kamailio',
  'kamailio-websocket-modules',
  'kamailio-postgres-modules',
  'kamailio-json-modules',
  'kamailio-utils-modules',
  'kamailio-extra-modules'
]

/** A Kamailio that can be run. */
export interface EdgeHome {
  readonly version: string
  readonly modulesDir: string
  command(args: readonly string[]): { file: string; args: string[] }
}

/**
 * Finds or makes the edge's root, `<runtimeDir>/edge/root`: Debian's packages, signed by Debian, unpacked and run by
 * their own loader. Nothing of the machine itself is changed. Safe to repeat and to interrupt.
 * @throws SetupError saying what to do
 */
export async function ensureEdge(options: { runtimeDir: string; progress: Progress }): Promise<EdgeHome> {
  const folder = path.join(options.runtimeDir, 'edge')
  const root = path.join(folder, 'root')
  if (!(await isMade(root))) {
    await mkdir(folder, { recursive: true })
    await withLock(path.join(folder, 'lock'), async () => {
      // Another process may have made it while this one waited.
      if (!(await isMade(root))) await makeRoot(folder, root, options.progress)
    })
  }
  return edgeHome(root)
}

const stamp = 'ringtrace.json'

async function makeRoot(folder: string, root: string, progress: Progress): Promise<void> {
  progress('Asking the Debian archive for Kamailio')
  const apt = await openApt(path.join(folder, 'apt'), architecture().debian)
  const offered = await offeredPackages(apt, edgePackages)
  const debs = path.join(folder, 'debs')
  const fetching = (fraction: number): void => progress('Fetching Kamailio', fraction)
  await downloadPackages(apt, offered, debs, fetching, edgePackages)
  const partial = `${root}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const files = await debFiles(debs)
  for (const [done, file] of files.entries()) {
    progress('Unpacking Kamailio', done / files.length)
    await extractPackage(path.join(debs, file), partial)
  }
  await writeFile(path.join(partial, stamp), JSON.stringify({ packages: offered }, null, 1))
  await rm(root, { recursive: true, force: true })
  await rename(partial, root)
  for (const used of ['apt', 'debs']) await rm(path.join(folder, used), { recursive: true, force: true })
}

async function isMade(root: string): Promise<boolean> {
  try {
    await readFile(path.join(root, stamp))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** @throws SetupError when there is no Kamailio under `root` that runs */
async function edgeHome(root: string): Promise<EdgeHome> {
  const { triplet, loader } = architecture()
  const libraries = path.join(root, 'usr/lib', triplet)
  const command: EdgeHome['command'] = (args) => ({
    file: path.join(libraries, loader),
    args: [
      '--library-path',
      `${libraries}:${path.join(libraries, 'kamailio')}`,
      '--argv0',
      'kamailio',
      path.join(root, 'usr/sbin/kamailio'),
      ...args
    ]
  })
  const { file, args } = command(['-v'])
  const { stdout } = await run(file, args, { timeoutMs: 20_000 })
  const version = /kamailio (\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (version === undefined)
    throw new SetupError(
      `There is no working Kamailio under ${root}`,
      'Remove that folder and start again: it is fetched anew.'
    )
  return { version, modulesDir: path.join(libraries, 'kamailio/modules'), command }
}
