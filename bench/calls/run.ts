import os from 'node:os'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { openHeap } from '../soak/heap.ts'
import { memoryPerCall } from '../soak/memory.ts'
import { setPatience, watchNeighbours } from './cpu.ts'
import { openLoad, type Load } from './load.ts'
import { openPanels } from './panels.ts'
import { comparison, heldTable, roundsTable } from './report.ts'
import type { RunningRingtrace } from './ringtrace.ts'
import { measureRounds } from './rounds.ts'
import { searchRates, type Held } from './search.ts'
import { settle } from './variant.ts'
import { openWorld, type World } from './world.ts'

const { values: args } = parseArgs({
  options: {
    /** Under three minutes instead of twelve: one coarse search, one short round. */
    quick: { type: 'boolean', default: false },
    /** Leaves the search out and measures at this many calls per second. */
    rate: { type: 'string' },
    rounds: { type: 'string' },
    /** Rungs of the search, in calls per second; and how often the gap between two is halved. */
    ladder: { type: 'string' },
    halvings: { type: 'string' },
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
const usualPlan = isQuick
  ? { seconds: 5, ladder: [30, 60, 100, 160, 240], halvings: 0, longestMs: 60_000 }
  : { seconds: 8, ladder: [30, 60, 90, 120, 160, 200, 250, 310, 380], halvings: 1, longestMs: 360_000 }
const plan = {
  ...usualPlan,
  ...(args.ladder === undefined ? {} : { ladder: args.ladder.split(',').map(Number) }),
  ...(args.halvings === undefined ? {} : { halvings: Number(args.halvings) })
}

/** The controller lets its memory be looked into here. */
const inspectPort = 32_090

const startedMs = Date.now()
const say = (text: string): void =>
  console.log(`[${String(Math.round((Date.now() - startedMs) / 1000)).padStart(3)} s] ${text}`)

async function main(world: World): Promise<void> {
  const others = watchNeighbours()
  setPatience(Number(args.patience))
  const { home, dir, variants, ringtrace } = world
  const load = await openLoad(home, dir)
  world.onEnd(() => load.stop())
  say('Warming up')
  for (const variant of variants) {
    await load.run({ sipPort: variant.sipPort, rate: 60, seconds: isQuick ? 3 : 5 })
    await settle(variant)
  }
  if (ringtrace) await lookAt(ringtrace.databaseUrl)

  const memory =
    ringtrace && Number(args.held) > 0 ? await memoryOf(ringtrace, load, Number(args.held)) : null
  if (ringtrace && Number(args.panels) > 0) {
    say(`Opening ${args.panels} panels`)
    world.onEnd(await openPanels(ringtrace.httpUrl, Number(args.panels)))
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

/**
 * What autovacuum does by itself in the first minutes, or the plans of all rounds would be those for empty tables. The
 * dialplans only add rows: nothing is planned for them.
 */
async function lookAt(databaseUrl: string): Promise<void> {
  const db = connect(databaseUrl, pino({ level: 'silent' }), 1)
  await db.raw('analyze')
  await db.destroy()
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

const world = await openWorld({
  wanted: args.only?.split(',') ?? ['dial', 'queue', 'ringtrace'],
  audio: args.audio === 'memory' ? 'memory' : 'disk',
  isFromSources: args.sources,
  profileDir: args.profile,
  ...{ inspectPort, say }
})
try {
  await main(world)
} finally {
  await world.end()
}
