import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { waitFor } from '../../host/process.ts'
import { projectRoot } from '../../host/project-root.ts'
import { ensureAsterisk } from '../../pbx/provision/install.ts'
import { setPatience, watchNeighbours } from '../calls/cpu.ts'
import { openLoad } from '../calls/load.ts'
import { startRingtrace } from '../calls/ringtrace.ts'
import { searchRates } from '../calls/search.ts'
import { settle } from '../calls/variant.ts'
import { growthBetween } from './growth.ts'
import { openHeap } from './heap.ts'
import { memoryPerCall } from './memory.ts'
import { countsText, courseTable, driftTable, restTable, type Counts } from './report.ts'
import { figureNames, figures, takeSample, type Sample } from './sample.ts'

const { values: args } = parseArgs({
  options: {
    /** It ends when both have been reached. */
    minutes: { type: 'string', default: '120' },
    calls: { type: 'string', default: '100000' },
    /** Calls a second; `auto`: half of what this machine holds now. */
    rate: { type: 'string', default: 'auto' },
    /** Samples go here, one JSON line each. Given one that is there, it goes on where that one ended. */
    out: { type: 'string' },
    /** Of recordings, how many are encoded as in life; the rest is deleted raw. */
    encoded: { type: 'string', default: '0.05' },
    /** So many people call, again and again: whoever is new becomes a contact, and stays in memory. */
    people: { type: 'string', default: '5000' },
    /** With so many calls in progress the memory of one is measured; 0 leaves it out. */
    held: { type: 'string', default: '100' },
    /** Minutes between the columns of the report's course. */
    every: { type: 'string', default: '15' },
    /** The report goes here too. */
    report: { type: 'string' },
    /** Looks into memory once all stores are full and at the end, and tells who holds what has come in between. */
    snapshots: { type: 'string' },
    /** Runs the sources as they are, instead of the build. */
    sources: { type: 'boolean', default: false },
    /** First of five hundred TCP ports. */
    ports: { type: 'string', default: '19400' }
  }
})
const budgetKilobytes = 50
/** Each sample has the controller collect its garbage twice: in a long run more rarely. */
const sampleMs = Number(args.minutes) >= 30 ? 30_000 : 10_000
/** So many looks in a row that fail, and there is nothing left to look at. */
const mostBlind = 6
/** SIPp is started anew this often, which leaves a second of quiet. */
const chunkSeconds = 60

const startedMs = Date.now()
const say = (text: string): void =>
  console.log(`[${String(Math.round((Date.now() - startedMs) / 1000)).padStart(4)} s] ${text}`)
const ending: (() => Promise<unknown>)[] = []

async function main(): Promise<boolean> {
  const log = pino({ level: 'warn' }, pino.destination(2))
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-soak-'))
  // PostgreSQL runs as another user when we are root, and must get through.
  await fs.chmod(dir, 0o711)
  ending.push(() => fs.rm(dir, { recursive: true, force: true }))
  const out = args.out ?? path.join(os.tmpdir(), `soak-${new Date().toISOString().replaceAll(':', '')}.jsonl`)
  const earlier = await readSamples(out)
  const [doneSeconds, doneCalls] = [earlier.at(-1)?.at ?? 0, earlier.at(-1)?.calls ?? 0]
  if (doneCalls > 0) say(`Going on after ${doneCalls} calls and ${Math.round(doneSeconds / 60)} minutes`)
  say(`Samples go to ${out}; \`kill ${process.pid}\` ends it all, with a report of what there is`)

  const home = await ensureAsterisk({
    runtimeDir: path.join(projectRoot(), '.runtime'),
    ...{ log, progress: say },
    ...(process.env['ASTERISK_HOME'] ? { asteriskHome: process.env['ASTERISK_HOME'] } : {})
  })
  const load = await openLoad(home, dir, Number(args.people))
  ending.push(() => Promise.resolve(load.stop()))
  const postgres = await startPostgres({ dir: path.join(dir, 'postgres'), log })
  ending.push(() => postgres.stop())
  const basePort = Number(args.ports)
  const own = path.join(dir, 'ringtrace')
  const audioDir = path.join(dir, 'audio')
  await fs.mkdir(audioDir)
  say('Starting Ringtrace')
  const product = await startRingtrace({
    ...{ basePort, rtpStart: 48_000, operators: 400, home, postgres, dir: own, audioDir },
    ...{ inspectPort: basePort + 90, isFromSources: args.sources, encoded: Number(args.encoded) }
  })
  ending.push(() => product.stop())
  const database = new Client({ connectionString: product.databaseUrl })
  await database.connect()
  ending.push(() => database.end())
  const heap = await openHeap(basePort + 90)
  ending.push(() => Promise.resolve(heap.close()))
  const counts: Counts = { offered: 0, failed: 0, journal: 0, answered: 0 }
  const drive = async (rate: number, seconds: number): Promise<void> => {
    const { offered, failed } = await load.run({ sipPort: product.sipPort, rate, seconds })
    counts.offered += offered
    counts.failed += failed
  }

  let rate = Number(args.rate)
  if (Number.isNaN(rate)) {
    setPatience(60)
    say('Looking for what this machine holds')
    const plan = {
      seconds: 8,
      ladder: [10, 20, 30, 45, 60, 80, 100, 130, 160],
      halvings: 0,
      longestMs: 240_000
    }
    const counting = {
      ...load,
      run: async (target: Parameters<typeof load.run>[0]) => {
        const result = await load.run(target)
        counts.offered += result.offered
        counts.failed += result.failed
        return result
      }
    }
    const held = await searchRates([product], counting, { ...plan, onProbe: say })
    rate = Math.max(5, Math.round((held.get('ringtrace')?.rate ?? 10) / 2))
  }
  say(`Warming up, then ${rate} calls a second`)
  await drive(rate, Math.min(20, chunkSeconds))
  const held = Number(args.held)
  const memory = held > 0 ? await memoryPerCall(product, load, heap, held) : null
  counts.offered += held
  if (memory) say(`A call in progress takes ${memory.kilobytes.toFixed(1)} kB (${memory.calls} calls)`)
  await settle(product)

  const beganMs = Date.now()
  const offeredBefore = counts.offered
  const neighbours = watchNeighbours()
  const look = async (): Promise<Sample> => ({
    at: doneSeconds + (Date.now() - beganMs) / 1000,
    calls: doneCalls + counts.offered - offeredBefore,
    ...(await takeSample(product, own, heap, database))
  })
  const samples: Sample[] = []
  const before = await look()
  interrupted = () => reportOf({ samples, doneSeconds, doneCalls }).text
  const goal = { seconds: Number(args.minutes) * 60, calls: Number(args.calls) }
  const isDone = (): boolean =>
    doneSeconds + (Date.now() - beganMs) / 1000 >= goal.seconds &&
    doneCalls + counts.offered - offeredBefore >= goal.calls
  let isDriving = true
  let blind = 0
  const watching = (async () => {
    while (isDriving) {
      const sample = await look().catch((error: unknown) => {
        // A busy machine may be late once; a product that is gone stays gone.
        if (!isEnding) say(`A look failed: ${String(error)}`)
        return null
      })
      blind = sample ? 0 : blind + 1
      if (blind >= mostBlind) return
      if (sample) {
        samples.push(sample)
        await fs.appendFile(out, `${JSON.stringify(sample)}\n`)
        if (samples.length % 6 === 0) say(lineOf(sample, counts))
      }
      await Promise.all([sweepAudio(path.join(audioDir, 'ringtrace')), delay(sampleMs)])
    }
  })()
  // Whoever breaks the run off ends the product under it: then it must not end us in the middle of ending.
  watching.catch(() => undefined)
  const pictures = args.snapshots === undefined ? [] : ['full', 'end']
  const picture = async (isFull: boolean): Promise<void> => {
    if (pictures.length < (isFull ? 2 : 1)) return
    await settle(product)
    await heap.snapshot(path.join(args.snapshots ?? '', `${pictures.shift()}.heapsnapshot`))
  }
  while (!isDone() && blind < mostBlind) {
    await drive(rate, chunkSeconds)
    if (counts.offered - offeredBefore >= warmUpCalls) await picture(true)
  }
  isDriving = false
  await watching
  if (blind >= mostBlind) throw new Error('The product cannot be looked at any more')
  const others = neighbours()
  await settle(product)
  await drained(product.httpUrl)
  let after = await look()
  // Connections that are kept for the next request go by themselves, and Asterisk's threads with them.
  for (let looks = 0; looks < 18 && !restTable(before, after).isRight; looks += 1) {
    await delay(5000)
    after = await look()
  }
  await picture(false)

  const { rows } = await database.query<{ journal: number; answered: number }>(
    `select count(*)::int as journal, count(*) filter (where outcome = 'answered')::int as answered
     from calls where ended_at is not null`
  )
  Object.assign(counts, rows[0])
  const seconds = after.at - doneSeconds
  const course = reportOf({ samples, doneSeconds, doneCalls })
  const [rest, counted] = [restTable(before, after), countsText(counts)]
  const isSmall = (memory?.kilobytes ?? 0) <= budgetKilobytes
  const isGood = course.isFlat && rest.isRight && counted.isRight && isSmall
  const parts = [
    `${os.cpus().length} processors, ${rate} calls a second for ${Math.round(seconds / 60)} minutes; others used ${Math.round(others * 100)} % of the machine, load average at the end ${after.load.toFixed(1)}`,
    ...[course.text, rest.text, counted.text],
    memory
      ? `Memory of a call in progress: ${memory.kilobytes.toFixed(1)} kB of heap, budget ${budgetKilobytes} kB: ${isSmall ? 'met' : 'missed'}`
      : 'Memory of a call in progress: not measured',
    ...(args.snapshots !== undefined && pictures.length === 0 ? [await growthText(args.snapshots)] : []),
    isGood ? 'Nothing grew and nothing was lost.' : 'SOMETHING GREW OR WAS LOST: see above.'
  ]
  await publish(parts.join('\n\n'))
  return isGood
}

/** What the samples say; a resumed run is a new process, which is judged by itself. */
function reportOf(run: { samples: readonly Sample[]; doneSeconds: number; doneCalls: number }): {
  text: string
  isFlat: boolean
} {
  const { samples, doneSeconds, doneCalls } = run
  const own = samples.map((sample) => ({ ...sample, at: sample.at - doneSeconds }))
  const { text, isFlat } = driftTable(own, warmUpOf(samples, doneSeconds, doneCalls))
  const isShort = (samples.at(-1)?.calls ?? 0) - doneCalls < warmUpCalls * 2
  const warning = isShort
    ? [`Too short to judge memory: what keeps the last calls fills for ${warmUpCalls} of them.`]
    : []
  return { isFlat, text: [courseTable(own, Number(args.every)), ...warning, text].join('\n\n') }
}

async function publish(text: string): Promise<void> {
  console.log(`\n${text}`)
  if (args.report !== undefined) await fs.writeFile(args.report, `${text}\n`)
}

/** While the database was late the tape went to the spool: what waits there is late, not lost. */
async function drained(httpUrl: string): Promise<void> {
  const waiting = async (): Promise<number> => {
    const text = await (await fetch(`${httpUrl}/metrics`)).text()
    return Number(/^tape_spooled_batches (\d+)/m.exec(text)?.[1] ?? 0)
  }
  const batches = await waiting()
  if (batches === 0) return
  say(`${batches} batches of the tape wait in the spool`)
  const isEmpty = await waitFor(async () => (await waiting()) === 0, { timeoutMs: 600_000, everyMs: 1000 })
  say(isEmpty ? 'The spool is empty' : 'The spool is not empty after ten minutes')
}

/** The SIP trace keeps the last 1500 calls, other parts less, and people become contacts: until then memory grows, and that is no fault. */
const warmUpCalls = Math.max(2000, Number(args.people))

/** What holds most of the memory that has come since all stores were full. */
async function growthText(folder: string): Promise<string> {
  const [full, end] = ['full', 'end'].map((name) => path.join(folder, `${name}.heapsnapshot`))
  const holders = await growthBetween(full ?? '', end ?? '')
  return ['', '| holds | kB | objects | of kinds |', '|---|---|---|---|']
    .concat(
      holders
        .slice(0, 25)
        .map(
          ({ way, bytes, objects, kinds }) =>
            `| ${way.replaceAll('|', '/')} | ${Math.round(bytes / 1024)} | ${objects} | ${kinds.join(', ')} |`
        )
    )
    .join('\n')
}

/** Seconds that are not judged. */
function warmUpOf(samples: readonly Sample[], sinceSeconds: number, sinceCalls: number): number {
  const full = samples.find(({ calls }) => calls - sinceCalls >= warmUpCalls)
  const seconds = (samples.at(-1)?.at ?? 0) - sinceSeconds
  return Math.max(60, Math.min(600, seconds / 6), full ? full.at - sinceSeconds : 0)
}

/** A line to watch while it runs. */
function lineOf(sample: Sample, { failed }: Counts): string {
  const some = (
    ['heap', 'rss', 'files', 'timers', 'asteriskRss', 'connections', 'jobs', 'load'] as const
  ).map((name) => `${figures[name].title.replace(/^.*?: /, '')} ${sample[name].toFixed(0)}`)
  return `${sample.calls} calls, ${failed} failed; ${some.join('; ')}`
}

async function readSamples(file: string): Promise<Sample[]> {
  const text = await fs.readFile(file, 'utf8').catch(() => '')
  const samples = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Sample)
  const isWhole = samples.every((sample) => figureNames.every((name) => name in sample))
  if (!isWhole) throw new Error(`${file} is no file of samples`)
  return samples
}

/** Raw audio that nobody will encode within this run; what is being encoded is younger. */
const staleMs = 300_000
async function sweepAudio(folder: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    if (!name.endsWith('.wav') && !name.endsWith('.wav16')) continue
    const file = path.join(folder, name)
    const age = await fs.stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0
    )
    if (age > staleMs) await fs.rm(file, { force: true })
  }
}

let ended: Promise<void> | undefined
let isEnding = false
/** What a run that is broken off can tell. */
let interrupted: (() => string) | undefined

/** Ends everything that was started, last first; whoever asks again waits for the same end. */
function endAll(): Promise<void> {
  ended ??= (async () => {
    for (const end of ending.splice(0).reverse()) {
      await end().catch((error: unknown) => console.error(error))
    }
  })()
  return ended
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    isEnding = true
    const told = interrupted ? publish(`BROKEN OFF by ${signal}\n\n${interrupted()}`) : Promise.resolve()
    told
      .catch((error: unknown) => console.error(error))
      .then(endAll)
      .then(
        () => process.exit(1),
        () => process.exit(1)
      )
  })
}
try {
  if (!(await main())) process.exitCode = 1
} catch (error) {
  // What ends under a run that is broken off is no failure of its own.
  if (!isEnding) throw error
} finally {
  await endAll()
}
