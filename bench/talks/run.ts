import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { cpuMs, parts, setPatience, waitForQuiet, watchNeighbours } from '../calls/cpu.ts'
import { openPanels } from '../calls/panels.ts'
import { settle, type Variant } from '../calls/variant.ts'
import { openWorld, type World } from '../calls/world.ts'
import { percentile } from '../calls/numbers.ts'
import { judgeTalks, lossOf, tryText, type Try } from './judge.ts'
import { openTalkLoad, type TalkLoad } from './load.ts'
import { takeRecordings } from './recordings.ts'

const { values: args } = parseArgs({
  options: {
    only: { type: 'string', default: 'dial,ringtrace' },
    /** Talks at once, rung by rung. */
    ladder: { type: 'string', default: '30,50,70,90,110,130,160,200,250' },
    /** The knee is looked for between two rungs until they are so near. */
    step: { type: 'string', default: '10' },
    /** For so long sound is counted at each rung. */
    seconds: { type: 'string', default: '10' },
    /** New talks a second until all are there. */
    rate: { type: 'string', default: '12' },
    /** So many panels hear the live feed of Ringtrace all the time. */
    panels: { type: 'string', default: '200' },
    audio: { type: 'string', default: 'disk' },
    /** No new rung after so many minutes. */
    minutes: { type: 'string', default: '10' },
    /** Seconds to wait for quiet neighbours, all waits together. */
    patience: { type: 'string', default: '60' },
    sources: { type: 'boolean', default: false }
  }
})
const [step, seconds, rate] = [Number(args.step), Number(args.seconds), Number(args.rate)]
const budget = 0.95

const startedMs = Date.now()
const say = (text: string): void =>
  console.log(`[${String(Math.round((Date.now() - startedMs) / 1000)).padStart(3)} s] ${text}`)
const isLate = (): boolean => Date.now() - startedMs > Number(args.minutes) * 60_000

/** What was found of a variant. */
interface Found {
  held: Try | null
  failed: { one: Try; why: string } | null
}

async function main(world: World): Promise<void> {
  const load = openTalkLoad(world.home, world.dir)
  world.onEnd(() => load.stop())
  const { variants, ringtrace } = world
  if (ringtrace && Number(args.panels) > 0) {
    say(`Opening ${args.panels} panels`)
    world.onEnd(await openPanels(ringtrace.httpUrl, Number(args.panels)))
  }
  const found = new Map<string, Found>(variants.map(({ name }) => [name, { held: null, failed: null }]))
  const of = ({ name }: Variant): Found => found.get(name) ?? { held: null, failed: null }

  say('Warming up')
  for (const variant of variants) await attempt(world, load, variant, 10, 2)

  async function probe(variant: Variant, talks: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await waitForQuiet()
      const one = await attempt(world, load, variant, talks, seconds)
      const why = judgeTalks(one)
      say(`${variant.title}: ${talks} talks ${why === null ? 'held' : `not held, ${why}`} (${tryText(one)})`)
      if (why === null) of(variant).held = one
      // A neighbour may have had its moment: once more.
      else if (tries < 2 && !isLate()) continue
      else of(variant).failed = { one, why }
      return
    }
  }
  // By turns: drift of the machine hits all of them alike.
  for (const talks of args.ladder.split(',').map(Number)) {
    for (const variant of variants) if (!of(variant).failed && !isLate()) await probe(variant, talks)
  }
  for (let isNearer = true; isNearer && !isLate();) {
    isNearer = false
    for (const variant of variants) {
      const { held, failed } = of(variant)
      if (!held || !failed || failed.one.talks - held.talks <= step || isLate()) continue
      const middle = Math.round((held.talks + failed.one.talks) / 2 / step) * step
      if (middle <= held.talks || middle >= failed.one.talks) continue
      isNearer = true
      await probe(variant, middle)
    }
  }
  console.log(`\n${tableOf(variants, found)}`)
  const [ours, theirs] = ['ringtrace', 'dial'].map((name) => found.get(name))
  if (ours?.held && theirs?.held) {
    const isOpen = !ours.failed || !theirs.failed
    const ratio = ours.held.talks / theirs.held.talks
    const verdict = ratio >= budget ? 'met' : 'missed'
    console.log(
      `\nTalks at once ÷ Dial: ${ratio.toFixed(2)}, budget ≥ ${budget}: ${verdict}${isOpen ? ' as far as was looked' : ''}`
    )
  }
  const loads = os.loadavg().map((value) => value.toFixed(1))
  console.log(
    `\n${os.cpus().length} processors, load average ${loads.join(' / ')} at the end, ${args.panels} panels`
  )
}

/** So many talks at once through a variant, once. */
async function attempt(
  { audioDir }: World,
  load: TalkLoad,
  variant: Variant,
  talks: number,
  countedSeconds: number
): Promise<Try> {
  const folder = path.join(audioDir, variant.name)
  await takeRecordings(folder)
  let cpu: Try['cpu'] = { own: Number.NaN, telephones: Number.NaN, neighbours: Number.NaN }
  let counted = 0
  const result = await load.run({ sipPort: variant.sipPort, talks, rate, seconds: countedSeconds }, () => {
    const neighbours = watchNeighbours()
    const [before, beganMs] = [cpuMs(variant.processes), performance.now()]
    return () => {
      counted = (performance.now() - beganMs) * os.availableParallelism()
      const after = cpuMs(variant.processes)
      const own = parts.reduce((sum, part) => sum + after[part] - before[part], 0) / counted
      cpu = { own, telephones: Number.NaN, neighbours: neighbours() }
    }
  })
  await settle(variant)
  const recordings = await takeRecordings(folder)
  // One file a talk in a dialplan, one for each side in Ringtrace.
  const wanted = talks * (variant.name === 'ringtrace' ? 2 : 1)
  const long = recordings.filter((length) => length >= countedSeconds).length
  cpu.telephones = result.media.cpuMs / counted
  return { ...result, talks, shortRecordings: Math.max(0, wanted - long), cpu }
}

function tableOf(variants: readonly Variant[], found: ReadonlyMap<string, Found>): string {
  const rows = variants.map(({ name, title }) => {
    const { held, failed } = found.get(name) ?? { held: null, failed: null }
    const limit = failed ? `${failed.one.talks}: ${failed.why}` : 'not reached'
    if (!held) return `| ${title} | 0 | – | – | – | – | ${limit} |`
    const { media } = held
    const cpu = (held.cpu.own * os.availableParallelism() * 100) / held.talks
    return `| ${title} | ${held.talks} | ${(lossOf(held) * 100).toFixed(3)} % of ${media.sent} | ${percentile(media.jitterMs, 95).toFixed(1)} | ${media.delayMs.p50.toFixed(1)} / ${media.delayMs.p99.toFixed(1)} | ${cpu.toFixed(2)} % | ${limit} |`
  })
  return [
    '| variant | talks at once, held | lost | jitter p95, ms | delay p50 / p99, ms | of a core, each talk | first not held |',
    '|---|---|---|---|---|---|---|',
    ...rows
  ].join('\n')
}

setPatience(Number(args.patience))
const world = await openWorld({
  wanted: args.only.split(','),
  audio: args.audio === 'memory' ? 'memory' : 'disk',
  ...{ isFromSources: args.sources, say }
})
try {
  await main(world)
} finally {
  await world.end()
}
