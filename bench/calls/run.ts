import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { projectRoot } from '../../host/project-root.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'
import { startBaseline } from './baseline.ts'
import { setPatience } from './cpu.ts'
import { openLoad } from './load.ts'
import { comparison, heldTable, roundsTable } from './report.ts'
import { startRingtrace } from './ringtrace.ts'
import { measureRounds } from './rounds.ts'
import { searchRates, type Held } from './search.ts'
import { settle, type Variant } from './variant.ts'

const { values: args } = parseArgs({
  options: {
    /** Under three minutes instead of twelve: one coarse search, one short round. */
    quick: { type: 'boolean', default: false },
    /** Leaves the search out and measures at this many calls per second. */
    rate: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    /** Such as `ringtrace,dial`. */
    only: { type: 'string' },
    /** `memory` takes the disk's file system out of the comparison: see docs/performance.md. */
    audio: { type: 'string', default: 'disk' },
    /** Seconds to wait for quiet neighbours, all waits together. */
    patience: { type: 'string', default: '120' },
    /** Writes a CPU profile of the controller into this folder. */
    profile: { type: 'string' }
  }
})
const isQuick = args.quick
const rounds = Number(args.rounds ?? (isQuick ? 1 : 3))
const roundSeconds = Number(args.seconds ?? (isQuick ? 8 : 15))
const plan = isQuick
  ? { seconds: 5, ladder: [30, 60, 100, 160, 240], halvings: 0, longestMs: 60_000 }
  : { seconds: 8, ladder: [30, 60, 90, 120, 160, 200, 250, 310, 380], halvings: 1, longestMs: 360_000 }
/** Enough to talk at the highest rate that anything with a choice of operators holds. */
const operators = 400

const startedMs = Date.now()
const say = (text: string): void =>
  console.log(`[${String(Math.round((Date.now() - startedMs) / 1000)).padStart(3)} s] ${text}`)
const ending: (() => Promise<unknown>)[] = []

async function main(): Promise<void> {
  setPatience(Number(args.patience))
  const log = pino({ level: 'warn' }, pino.destination(2))
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-bench-'))
  // PostgreSQL runs as another user when we are root, and must get through.
  await fs.chmod(dir, 0o711)
  ending.push(() => fs.rm(dir, { recursive: true, force: true }))
  const home = await ensureAsterisk({
    runtimeDir: path.join(projectRoot(), '.runtime'),
    log,
    progress: say,
    ...(process.env['ASTERISK_HOME'] ? { asteriskHome: process.env['ASTERISK_HOME'] } : {})
  })
  const audioDir = await audioFolder()
  const load = await openLoad(home, dir)
  ending.push(() => Promise.resolve(load.stop()))

  const wanted = args.only?.split(',') ?? ['dial', 'queue', 'ringtrace']
  const postgres = async (name: string) => {
    const server = await startPostgres({ dir: path.join(dir, `postgres-${name}`), log })
    ending.push(() => server.stop())
    return server
  }
  // A server for each, so that what it uses is the variant's own.
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
    ringtrace: async () =>
      startRingtrace({
        ...{ basePort: 32_000, rtpStart: 48_000, operators, home, audioDir, profileDir: args.profile },
        ...{ dir: path.join(dir, 'ringtrace'), postgres: await postgres('ringtrace') }
      })
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
  say('Warming up')
  for (const variant of variants) {
    await load.run({ sipPort: variant.sipPort, rate: 60, seconds: isQuick ? 3 : 5 })
    await settle(variant)
  }

  let held = new Map<string, Held>()
  let rate = Number(args.rate ?? 0)
  if (rate === 0) {
    say('Looking for the highest rate each one holds')
    held = await searchRates(variants, load, { ...plan, onProbe: say })
    // "Half load" is one load for all, or the delays could not be compared: half of what the slowest but Queue holds.
    const rates = [...held].filter(([name]) => name !== 'queue').map(([, found]) => found.rate)
    rate = Math.max(20, Math.round(Math.min(...rates) / 20) * 10)
  }
  say(`Measuring at ${rate} calls/s, ${rounds} × ${roundSeconds} s each, in turn`)
  const measured = await measureRounds(variants, load, { rate, rounds, seconds: roundSeconds, onRound: say })

  if (held.size > 0) console.log(`\n${heldTable(variants, held)}`)
  console.log(`\n${roundsTable(variants, measured, rate)}`)
  const budgets = comparison(held, measured)
  if (budgets !== '') console.log(`\n${budgets}`)
  say('Done')
}

/** Where recordings go, for all variants alike. */
async function audioFolder(): Promise<string> {
  const folder = await fs.mkdtemp(
    path.join(args.audio === 'memory' ? '/dev/shm' : os.tmpdir(), 'rt-bench-audio-')
  )
  ending.push(() => fs.rm(folder, { recursive: true, force: true }))
  return folder
}

let ended: Promise<void> | undefined

/** Ends everything that was started, last first; whoever asks again waits for the same end. */
function endAll(): Promise<void> {
  ended ??= (async () => {
    for (const end of ending.splice(0).reverse()) {
      await end().catch((error: unknown) => console.error(error))
    }
  })()
  return ended
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll().then(
      () => process.exit(1),
      () => process.exit(1)
    )
  })
}
try {
  await main()
} finally {
  await endAll()
}
