import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf, pidAlive } from './process.ts'
import { SetupError, codeOf } from './setup-error.ts'

/** What makes this installation itself; made once, kept in DATA_DIR. */
export interface Instance {
  /** Identity of the Asterisk node: the lease and the call ids hang on it. */
  node: string
  ariPassword: string
  amiPassword: string
}

/** Reads the installation's identity and secrets, or makes them: readable by the owner alone. */
export async function readInstance(dataDir: string): Promise<Instance> {
  const file = join(dataDir, 'instance.json')
  const secret = (): string => randomBytes(24).toString('base64url')
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Instance
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      throw new SetupError(
        `${file} cannot be read`,
        'Restore it from a backup, or remove DATA_DIR to start anew.',
        { cause: error }
      )
    }
  }
  const instance: Instance = { node: randomUUID(), ariPassword: secret(), amiPassword: secret() }
  await writeFile(`${file}.next`, JSON.stringify(instance, null, 2), { mode: 0o600 })
  await rename(`${file}.next`, file)
  return instance
}

/**
 * Takes DATA_DIR for this process until it ends; a dead process's claim is taken over.
 * @throws SetupError when another Ringtrace works here
 */
export async function claimDataDir(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const file = join(dataDir, 'ringtrace.pid')
  const owner = Number(
    await readFile(file, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return '0'
      throw error
    })
  )
  if (owner > 0 && owner !== process.pid && pidAlive(owner) && /node/.test(commandLineOf(owner))) {
    throw new SetupError(
      `Another Ringtrace (process ${owner}) already works in ${dataDir}`,
      'Stop it first, or give this one its own DATA_DIR and ports.'
    )
  }
  await writeFile(file, String(process.pid))
}
