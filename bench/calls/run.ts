import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { projectRoot } from '../../host/project-root.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'
import { startBaseline } from './baseline.ts'
import { openHeap } from '../soak/heap.ts'
import { memoryPerCall } from '../soak/memory.ts'
import { setPatience, watchNeighbours } from './cpu.ts'
import { openLoad, type Load } from './load.ts'
import { openPanels } from './panels.ts'
import { comparison, heldTable, roundsTable } from './report.ts'
import { startRingtrace, type RunningRingtrace } from './ringtrace.ts'
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
    /** So many panels hear the live feed of Ringtrace all the time; the dialplans have none. */
    panels: { type: 'string', default: '0' },
    /** Calls that are held to measure what one takes of the controller's memory; 0 leaves it out. */
    held: { type: 'string', default: '100' },
    /** The sources as they are, instead of the build. */
    sources: { type: 'boolean', default: false },
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

/** The controller lets its memory be looked into here. */
const inspectPort = 32_090

const startedMs = Date.now()
const say = (text: string): void =>
  console.log(`[${String(Math.round((Date.now() - startedMs) / 1000)).padStart(3)} s] ${text}`)
const ending: (() => Promise<unknown>)[] = []

async function main(): Promise<void> {
  const others = watchNeighbours()
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
  let ringtrace: RunningRingtrace | undefined
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
    ringtrace: async () => {
      ringtrace = await startRingtrace({
        ...{ basePort: 32_000, rtpStart: 48_000, operators, home, audioDir, profileDir: args.profile },
        ...{ dir: path.join(dir, 'ringtrace'), postgres: await postgres('ringtrace') },
        ...{ inspectPort, isFromSources: args.sources }
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
  say('Warming up')
  for (const variant of variants) {
    await load.run({ sipPort: variant.sipPort, rate: 60, seconds: isQuick ? 3 : 5 })
    await settle(variant)
  }

  const memory =
    ringtrace && Number(args.held) > 0 ? await memoryOf(ringtrace, load, Number(args.held)) : null
  if (ringtrace && Number(args.panels) > 0) {
    say(`Opening ${args.panels} panels`)
    const close = await openPanels(ringtrace.httpUrl, Number(args.panels))
    ending.push(() => Promise.resolve(close()))
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
  if (memory) {
    const verdict = memory.kilobytes <= 50 ? 'met' : 'missed'
    console.log(
      `\nController memory per live call (${memory.calls} held): ${memory.kilobytes.toFixed(1)} kB of heap, budget ≤ 50 kB: ${verdict}`
    )
  }
  const loads = os.loadavg().map((load) => load.toFixed(1))
  console.log(
    `\n${os.cpus().length} processors, load average ${loads.join(' / ')} at the end, ${args.panels} panels; others used ${Math.round(others() * 100)} % of the machine in all`
  )
  say('Done')
}

async function memoryOf(
  ringtrace: RunningRingtrace,
  load: Load,
  calls: number
): Promise<{ calls: number; kilobytes: number }> {
  say(`Holding ${calls} calls`)
  const heap = await openHeap(inspectPort)
  try {
    return await memoryPerCall(ringtrace, load, heap, calls)
  } finally {
    heap.close()
  }
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
