import { spawn } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  symlinkSync
} from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import process from 'node:process'
import { build } from './build.mjs'
import { install, isInstalled } from './install.mjs'
import { Problem, tell } from './problem.mjs'
import { alone, filesUnder, root, textOf } from './project.mjs'
import { sweep } from './sweep.mjs'

/** What breaks first is told first; areas not named here come after. */
const order = [
  'pure',
  'arch',
  'ui',
  'api',
  'out',
  'integrations',
  'backup',
  'db',
  'tracking',
  'operators',
  'crm',
  'fuzz',
  'dialling',
  'demo',
  'reports',
  'provision',
  'ari',
  'media',
  'tls',
  'pbx',
  'chaos',
  'roles',
  'sip',
  'browser'
]
/**
 * Files that are an area of their own in their folder's name, such as `sip-waits`, with ports and addresses of their own
 * within the folder too. `waits`: hardly do anything but wait, for timers of telephony, and for talks to last. `pages`:
 * pages over the API, without a telephone.
 */
const apart = {
  media: { waits: ['asterisk'] },
  pbx: { waits: ['losses'] },
  sip: { waits: ['silence'] },
  browser: {
    pages: [
      ...[
        'beside-talk',
        'contacts',
        'costs',
        'crm',
        'journal',
        'panel-access',
        'people',
        'reports',
        'schemes'
      ],
      ...['settings', 'wall', 'webhooks']
    ]
  }
}
/**
 * Each of these lists runs, in this order, beside the areas of `order` that are in none, and its areas are told when they are done. The
 * first two play calls in their own time: two cores carry two such lists, with another one talks have gaps. The third
 * needs little of a core. What is in none of them computes, and stands back for calls; so does the end of the first, which
 * comes when most calls are over. Areas of different lists have ports of their own.
 */
const beside = [
  ['media', 'tls', 'sip', 'demo', 'browser', 'reports', 'tracking'],
  ['dialling', 'provision', 'pbx', 'chaos', 'roles'],
  ['pbx-waits', 'sip-waits', 'media-waits', 'nodes', 'guard', 'scale', 'ari']
]
/** Areas that need the packages and nothing else: they run while the machine is being set up for the others. */
const needNothing = ['pure', 'arch', 'ui']
/** How far an area that computes stands back, as `nice` counts. */
const niceness = 7
const stands = (name) => !beside.flat().includes(name) || name === 'reports' || name === 'tracking'
/** Tests that are silent for longer hang. */
const quietMs = 10 * 60_000
/** After its last test mocha has this long to end. */
const endMs = 20_000
/** More than the database of the tests ever takes, with what it writes ahead. */
const roomBytes = 3 * 2 ** 30
/** Of the caller's environment, what would lead the tests' instances to the caller's own data. */
const foreign = [
  ...['DATABASE_URL', 'DATA_DIR', 'EXTERNAL_ADDRESS', 'PUBLIC_URL', 'ROLES', 'DEMO', 'SIP_HOST', 'SIP_TRACE'],
  ...['TLS', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'HTTP_REDIRECT_PORT', 'TRUST_PROXY', 'SIP_TLS_PORT']
]

/**
 * Sets up what is missing, runs the tests area by area and prints a summary; its last line is `N passed, N failed`.
 * @param {string[]} only areas to run; none: all
 * @returns {Promise<number>} the exit code
 */
export async function test(only) {
  const startedMs = Date.now()
  const areas = findAreas(only)
  let stopped
  // Everything the tests make lies here, and every process they start can be told by it. Short, for the sake of
  // unix sockets.
  const folder = mkdtempSync(join(tmpdir(), 'rt-test-'))
  const shelf = mkdtempSync(join(placeOfDatabase(), 'rt-test-'))
  const clear = () => [folder, shelf].forEach((each) => rmSync(each, { recursive: true, force: true }))
  const sweepAll = async () => void (await Promise.all([sweep(folder), sweep(shelf)]))
  // PostgreSQL runs as another user when this one is root.
  for (const each of [folder, shelf]) chmodSync(each, 0o755)
  let isReady = false
  const onSignal = (signal) => {
    stopped ??= signal
    const swept = sweepAll().catch(tell)
    if (isReady) return
    // What sets the machine up may be broken off anywhere, and goes on from there the next time.
    void swept.then(() => {
      clear()
      process.exit(130)
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => onSignal(signal))
  const results = []
  try {
    const isStopped = () => stopped !== undefined
    const plain = plainEnvironment()
    const early = areas.filter(({ name }) => needNothing.includes(name))
    const ran = await alone(
      () => prepare(() => runLane(early, folder, plain, isStopped, true)),
      (pid) => console.log(`Waiting for process ${pid}, which is setting up this copy`)
    )
    results.push(...ran)
    isReady = true
    const later = areas.filter((area) => !early.includes(area))
    const env =
      later.length === 0 ? plain : { ...plain, TEST_DATABASE_SERVER: await startDatabase(plain, shelf) }
    const [first = [], ...others] = lanesOf(later).filter((lane) => lane.length > 0)
    for (const lane of others) console.log(`\nBeside the rest: ${lane.map(({ name }) => name).join(', ')}`)
    const lanes = await Promise.all([
      runLane(first, folder, env, isStopped, false),
      ...others.map((lane) => runLane(lane, folder, env, isStopped, true))
    ])
    results.push(...lanes.flat())
  } catch (error) {
    tell(error)
    console.log('0 passed, 1 failed')
    return 1
  } finally {
    await sweepAll()
    clear()
  }
  if (stopped !== undefined) console.log(`\nStopped by ${stopped}`)
  return summary(results, Date.now() - startedMs, stopped !== undefined)
}

/**
 * What runs at the same time: the areas of one lane come one after the other.
 * @param {{ name: string, files: string[] }[]} areas
 */
export function lanesOf(areas) {
  const quiet = beside.map((names) => names.flatMap((own) => areas.filter(({ name }) => name === own)))
  return [areas.filter(({ name }) => !beside.flat().includes(name)), ...quiet]
}

/** @param {string[]} only areas; none: all */
export function findAreas(only) {
  const files = filesUnder(['test'])
    .map((file) => relative(root, file))
    .filter((file) => file.endsWith('.test.ts'))
  const folders = [...new Set([...order, ...files.map((file) => file.split('/')[1])])]
  return folders
    .filter((folder) => only.length === 0 || only.includes(folder))
    .flatMap((folder) => {
      const own = files.filter((file) => file.startsWith(`test/${folder}/`))
      const parts = Object.entries(apart[folder] ?? {}).map(([part, names]) => ({
        name: `${folder}-${part}`,
        files: own.filter((file) => names.some((name) => file === `test/${folder}/${name}.test.ts`))
      }))
      const rest = own.filter((file) => !parts.some((part) => part.files.includes(file)))
      return [{ name: folder, files: rest }, ...parts]
    })
    .filter(({ files: own }) => own.length > 0)
    .map((area, number) => ({ ...area, number, niceness: stands(area.name) ? niceness : 0 }))
}

/**
 * Brings what the tests need.
 * @param meanwhile begins once the packages are there, and runs beside the rest
 * @returns what `meanwhile` gives
 */
async function prepare(meanwhile) {
  if (!isInstalled()) {
    console.log('[1/6] Installing packages (a minute or two)')
    await install()
  } else console.log('[1/6] Packages are there')
  // One computes, the other fetches and unpacks.
  const [built, set, ran] = await Promise.allSettled([
    build((text) => console.log(`[2/6] ${text}`)),
    node(['--import', 'tsx', 'scripts/lib/test-setup.ts'], process.env),
    meanwhile()
  ])
  for (const { status, reason } of [built, set, ran]) if (status === 'rejected') throw reason
  if (!built.value) console.log('[2/6] The build is fresh')
  if (set.value !== 0)
    throw new Problem('The machine could not be set up for the tests', 'The lines above say why.')
  return ran.value
}

/**
 * Where the database of the tests lies: in memory where there is plenty. Each test file has a database of its own, of a
 * thousand files and more, and those cost ten times as much on a disk.
 */
function placeOfDatabase() {
  const memory = '/dev/shm'
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    if (bavail * bsize > roomBytes && process.availableMemory() > 2 * roomBytes) return memory
  } catch (error) {
    // There is none on other systems, and a container may keep it to itself.
    if (error.code === undefined) throw error
  }
  return tmpdir()
}

/** What all areas are run with: the build, and nothing that leads to the caller's own data. */
function plainEnvironment() {
  const env = { ...process.env, TEST_BUILT: '1' }
  for (const key of foreign) delete env[key]
  return env
}

/** One PostgreSQL for all areas, which the sweep of `folder` ends. @returns where it is */
async function startDatabase(env, folder) {
  let words = ''
  const args = ['--import', 'tsx', 'scripts/lib/test-database.ts', join(folder, 'postgres')]
  const code = await node(args, env, (text) => (words += text))
  if (code !== 0) throw new Problem('The database of the tests could not be started', words.trim())
  return words.trim()
}

/** Runs areas one after the other. With `isQuiet` their words are told when they are done. */
async function runLane(areas, folder, env, isStopped, isQuiet) {
  const results = []
  // Where tsx keeps what it has translated. Each group with a folder of its own would have everything translated anew.
  const cache = `tsx-${process.geteuid()}`
  mkdirSync(join(tmpdir(), cache), { recursive: true })
  for (const group of groupsOf(areas)) {
    if (isStopped()) break
    const names = group.map(({ name }) => name).join(', ')
    const title = `\n── ${names} ${'─'.repeat(Math.max(0, 60 - names.length))}`
    if (!isQuiet) console.log(title)
    // Numbers, since the paths of unix sockets below must stay short.
    const own = join(folder, String(group[0].number))
    mkdirSync(own)
    chmodSync(own, 0o755)
    symlinkSync(join(tmpdir(), cache), join(own, cache))
    const { words, areas: ran } = await runGroup(group, own, env, isQuiet)
    if (isQuiet) console.log(`${title}\n${words}`)
    results.push(...ran)
  }
  return results
}

/**
 * Which areas of a lane share a mocha. Its start, and to read the whole server, costs more than many an area that
 * computes. Areas with calls do not share: telephones live in their mocha, and hear how long it stands still.
 * @param {{ name: string, niceness: number }[]} areas
 */
export function groupsOf(areas) {
  const groups = []
  for (const area of areas) {
    const last = groups.at(-1)
    if (area.niceness > 0 && last?.[0].niceness === area.niceness) last.push(area)
    else groups.push([area])
  }
  return groups
}

/** Runs a group of areas in a mocha of its own; what it leaves behind is ended, and named. */
async function runGroup(group, folder, base, isQuiet) {
  const startedMs = Date.now()
  const resultsFile = join(folder, 'results.jsonl')
  const env = { ...base, TMPDIR: folder, RESULTS_FILE: resultsFile }
  const reporter = join(root, 'test/support/reporter.cjs')
  const words = []
  const files = group.flatMap((area) => area.files)
  // Not its `bin`, which starts another Node to hand on what `.mocharc.json` says of Node's own options.
  const mocha = ['--import', 'tsx', 'node_modules/mocha/lib/cli/cli.js', '--reporter', reporter, ...files]
  const running = node(mocha, env, isQuiet ? (text) => words.push(text) : undefined, group[0].niceness)
  let seen = ''
  let seenMs = startedMs
  let stuck
  const watch = setInterval(() => {
    const now = Date.now()
    const told = textOf(resultsFile) ?? ''
    if (told !== seen) [seen, seenMs] = [told, now]
    const isOver = seen.endsWith('"state":"end"}\n')
    if (now - seenMs < (isOver ? endMs : quietMs)) return
    stuck ??= isOver ? 'did not end after its last test' : `told of no test for ${quietMs / 60_000} minutes`
    sweep(folder).catch(tell)
  }, 500)
  const code = await running
  clearInterval(watch)
  const left = await sweep(folder)
  if (stuck === undefined && left.length > 0) {
    const text = `Left running, and ended now:\n  ${left.join('\n  ')}`
    if (isQuiet) words.push(text)
    else console.log(text)
  }
  const lines = (textOf(resultsFile) ?? '').split('\n').filter((line) => line !== '')
  const found = lines.map((line) => JSON.parse(line))
  const problem =
    stuck === undefined
      ? code !== 0 && !found.some(({ state }) => state === 'failed') && `ended with ${code}: see above`
      : `${stuck}: it was ended`
  return { words: words.join(''), areas: resultsOf(group, found, startedMs, problem) }
}

/**
 * What became of each area of a group.
 * @param {{ state: string, file?: string, at: number }[]} found in the order in which they ended
 * @param {string | false} problem of the group as a whole: told of the area in which it came to an end, and of those after it
 */
export function resultsOf(group, found, startedMs, problem) {
  let sinceMs = startedMs
  const reached = Math.max(
    0,
    group.findLastIndex(({ files }) => found.some(({ file }) => files.includes(file)))
  )
  const known = group.flatMap(({ files }) => files)
  return group.map(({ name, files }, index) => {
    const own = found.filter(({ file, state }) =>
      known.includes(file) ? files.includes(file) : index === reached && state !== 'end'
    )
    const failures = own.filter(({ state }) => state === 'failed')
    if (problem !== false && index >= reached) {
      const title = index === reached ? name : `${name} was not run`
      failures.push({ title, file: `test/${name}`, error: problem })
    }
    const count = (wanted) => own.filter(({ state }) => state === wanted).length
    const untilMs = own.at(-1)?.at ?? sinceMs
    const seconds = (untilMs - sinceMs) / 1000
    sinceMs = untilMs
    return { name, passed: count('passed'), skipped: count('skipped'), failures, seconds }
  })
}

function summary(results, tookMs, isStopped) {
  const sum = (of) => results.reduce((total, result) => total + of(result), 0)
  const failures = results.flatMap((result) => result.failures)
  console.log('\n── summary ' + '─'.repeat(53))
  for (const { name, passed, skipped, failures: own, seconds } of results) {
    const words = [`${passed} passed`, `${own.length} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])]
    console.log(`${name.padEnd(12)}${words.join(', ').padEnd(36)}${seconds.toFixed(0).padStart(5)} s`)
  }
  // All of them in a few lines first: whoever keeps only the beginning of a long account has them.
  for (const { title, file, error } of failures)
    console.log(
      `FAILED ${file.replace(/^test\//, '')}: …${title.slice(-70)}: ${firstLine(error).slice(0, 90)}`
    )
  for (const { title, file, error } of failures) console.log(`\nFAILED ${file}\n  ${title}\n  ${error}`)
  const skipped = sum((result) => result.skipped)
  console.log(`\n${(tookMs / 60_000).toFixed(1)} minutes${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  const passed = sum((result) => result.passed)
  console.log(`${passed} passed, ${failures.length} failed`)
  return failures.length > 0 || passed === 0 || isStopped ? 1 : 0
}

const firstLine = (text) => String(text).split('\n', 1)[0]

/** Runs Node; what it says goes to the terminal, or to `hear`. */
function node(args, env, hear, niceness = 0) {
  const stdio = hear ? ['ignore', 'pipe', 'pipe'] : 'inherit'
  const child = spawn(process.execPath, args, { cwd: root, env, stdio })
  // What it starts stands back with it.
  if (child.pid !== undefined && niceness > 0) setPriority(child.pid, niceness)
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
  return new Promise((settle, reject) =>
    child.once('error', reject).once('exit', (code, signal) => settle(code ?? signal))
  )
}
