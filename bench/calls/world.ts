import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { projectRoot } from '../../host/project-root.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'
import { startBaseline } from './baseline.ts'
import { startRingtrace, type RunningRingtrace } from './ringtrace.ts'
import type { Variant } from './variant.ts'

/** Enough to talk at the highest rate that anything with a choice of operators holds. */
const operators = 400

/** What the systems that are compared stand in; all of it goes with `end`. */
export interface World {
  dir: string
  /** A folder of recordings for each variant, by its name. */
  audioDir: string
  home: AsteriskHome
  variants: readonly Variant[]
  ringtrace: RunningRingtrace | undefined
  /** Done at the end, before whatever was begun earlier is ended. */
  onEnd(end: () => unknown): void
  /** Ends everything that was started, last first; whoever asks again waits for the same end. */
  end(): Promise<void>
}

export interface WorldOptions {
  /** Of `dial`, `queue` and `ringtrace`. */
  wanted: readonly string[]
  audio: 'disk' | 'memory'
  /** Ringtrace's sources, instead of the build. */
  isFromSources: boolean
  profileDir?: string | undefined
  /** Where the controller lets its memory be looked into. */
  inspectPort?: number
  say: (text: string) => void
}

/**
 * Starts the systems that are compared, each with a PostgreSQL of its own, so that what it uses is its own. Ctrl-C and
 * `kill` end all of them.
 */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { say } = options
  const ending: (() => unknown)[] = []
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => {
    ended ??= (async () => {
      for (const one of ending.splice(0).reverse()) {
        try {
          await one()
        } catch (error) {
          console.error(error)
        }
      }
    })()
    return ended
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      end().then(
        () => process.exit(1),
        () => process.exit(1)
      )
    })
  }
  try {
    return await openWithin(options, ending, end)
  } catch (error) {
    say('It could not be started; ending what was')
    await end()
    throw error
  }
}

async function openWithin(
  { wanted, audio, isFromSources, profileDir, inspectPort, say }: WorldOptions,
  ending: (() => unknown)[],
  end: () => Promise<void>
): Promise<World> {
  const log = pino({ level: 'warn' }, pino.destination(2))
  const folder = async (under: string, name: string): Promise<string> => {
    const made = await fs.mkdtemp(path.join(under, name))
    ending.push(() => fs.rm(made, { recursive: true, force: true }))
    return made
  }
  const dir = await folder(os.tmpdir(), 'rt-bench-')
  // PostgreSQL runs as another user when we are root, and must get through.
  await fs.chmod(dir, 0o711)
  const home = await ensureAsterisk({
    runtimeDir: path.join(projectRoot(), '.runtime'),
    ...{ log, progress: say },
    ...(process.env['ASTERISK_HOME'] ? { asteriskHome: process.env['ASTERISK_HOME'] } : {})
  })
  const audioDir = await folder(audio === 'memory' ? '/dev/shm' : os.tmpdir(), 'rt-bench-audio-')
  const postgres = async (name: string) => {
    const server = await startPostgres({ dir: path.join(dir, `postgres-${name}`), log })
    ending.push(() => server.stop())
    return server
  }
  let ringtrace: RunningRingtrace | undefined
  const starts: Record<string, () => Promise<Variant>> = {
    dial: async () =>
      startBaseline({
        ...{ name: 'dial', title: 'Dial', basePort: 31_000, rtpStart: 40_000, operators },
        ...{ home, log, audioDir, dir: path.join(dir, 'dial'), postgres: await postgres('dial') }
      }),
    queue: async () =>
      startBaseline({
        ...{ name: 'queue', title: 'Queue', basePort: 31_500, rtpStart: 44_000, operators },
        ...{ home, log, audioDir, dir: path.join(dir, 'queue'), postgres: await postgres('queue') }
      }),
    ringtrace: async () => {
      ringtrace = await startRingtrace({
        ...{ basePort: 32_000, rtpStart: 48_000, operators, home, audioDir, profileDir, isFromSources },
        ...{ dir: path.join(dir, 'ringtrace'), postgres: await postgres('ringtrace') },
        ...(inspectPort === undefined ? {} : { inspectPort })
      })
      return ringtrace
    }
  }
  const variants: Variant[] = []
  for (const name of wanted) {
    const start = starts[name]
    if (start === undefined) throw new Error(`There is no variant "${name}"`)
    say(`Starting ${name}`)
    const variant = await start()
    ending.push(() => variant.stop())
    variants.push(variant)
  }
  return { dir, audioDir, home, variants, ringtrace, onEnd: (one) => void ending.push(one), end }
}
