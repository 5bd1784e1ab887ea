import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Problem } from './problem.mjs'
import { filesUnder, hashOf, root, textOf } from './project.mjs'

const notSource = new Set([
  'node_modules',
  'dist',
  'ui',
  'test',
  'docs',
  'bench',
  'scripts',
  'coverage',
  'dialplan'
])
const dist = join(root, 'dist')

/**
 * Builds what is not fresh, server and browser part at the same time.
 * @param {(text: string) => void} report told what is being done
 * @param {{ checksTypes?: boolean }} [options] checking takes longer than building; who only starts a clone needs none
 */
export async function build(report, { checksTypes = true } = {}) {
  const serverSources = filesUnder(
    readdirSync(root).filter((name) => !name.startsWith('.') && !notSource.has(name))
  ).filter((file) => /\.(ts|json)$/.test(file))
  const server = hashOf([...serverSources, join(root, 'scripts/server.vite.mjs')])
  // The browser's part shares the contract, and so changes with the server.
  const ui = hashOf([...serverSources, ...filesUnder(['ui'])])
  const snippet = hashOf([...filesUnder(['tracking/snippet']), join(root, 'scripts/snippet.vite.mjs')])
  const jobs = []
  if (!isFresh('server', server, 'main.js')) jobs.push(buildServer(server, report, checksTypes))
  if (existsSync(join(root, 'ui/vite.config.ts')) && !isFresh('ui', ui, 'ui/index.html'))
    jobs.push(buildUi(ui, report))
  if (existsSync(join(root, 'tracking/snippet')) && !isFresh('snippet', snippet, 't-widget.js'))
    jobs.push(buildSnippet(snippet, report))
  const results = await Promise.allSettled(jobs)
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const foreign = failures.find((failure) => !(failure instanceof Problem))
  if (foreign !== undefined) throw foreign
  if (failures.length > 0)
    throw new Problem(failures.map(({ message }) => message).join('\n'), failures[0].hint)
  return jobs.length > 0
}

function isFresh(part, hash, product) {
  return textOf(join(dist, `.${part}-stamp`)) === hash && existsSync(join(dist, product))
}

async function buildServer(hash, report, checksTypes) {
  report('Building the server')
  mkdirSync(dist, { recursive: true })
  // What was deleted in the sources must not live on in dist/.
  for (const name of readdirSync(dist)) {
    if (!['ui', '.ui-stamp', 't.js', 't-widget.js', 't-debug.js', '.snippet-stamp'].includes(name))
      rmSync(join(dist, name), { recursive: true })
  }
  const failure = 'The server could not be built'
  // Of one that fails the other is waited for: nothing writes into dist/ later.
  const [types, bundle] = await Promise.allSettled([
    checksTypes
      ? tool(failure, ['typescript-native/bin/tsc', '--noEmit', '-p', 'tsconfig.build.json'], root)
      : '',
    tool(failure, ['vite/bin/vite.js', 'build', '--config', 'scripts/server.vite.mjs'], root)
  ])
  for (const { status, reason } of [types, bundle]) if (status === 'rejected') throw reason
  writeFileSync(join(dist, '.server-stamp'), hash)
}

async function buildUi(hash, report) {
  report('Building the browser part')
  const words = await tool(
    'The browser part could not be built',
    ['vite/bin/vite.js', 'build', '--logLevel', 'info'],
    join(root, 'ui')
  )
  // Of all that the tool says, the size that has a budget (ui/first-load.ts).
  const size = /first load, gzip: .*/.exec(words)?.[0]
  if (size !== undefined) report(`The browser part: ${size}`)
  writeFileSync(join(dist, '.ui-stamp'), hash)
}

async function buildSnippet(hash, report) {
  report('Building the snippet for sites')
  mkdirSync(dist, { recursive: true })
  await tool(
    'The snippet could not be built',
    ['vite/bin/vite.js', 'build', '--config', 'scripts/snippet.vite.mjs'],
    root
  )
  writeFileSync(join(dist, '.snippet-stamp'), hash)
}

async function tool(failure, [script, ...args], cwd) {
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let words = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (words += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk) => (words += chunk))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code === 0) return words
  const tail = words.trim().split('\n').slice(-30).join('\n')
  throw new Problem(
    `${failure}:\n${tail}\n`,
    'If you changed the code, mend this; else fetch a clean copy of the project.'
  )
}
