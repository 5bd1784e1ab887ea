import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { build } from './build.mjs'
import { install, isInstalled } from './install.mjs'
import { Problem, tell } from './problem.mjs'
import { alone, root } from './project.mjs'

/** Steps of the whole start; the server itself tells of the last four. */
const steps = 7
const bytesForFirstStart = 1.5e9

/** Does everything up to the end of the server; gives the exit code. */
export async function start() {
  try {
    await checkMachine()
    await alone(prepare, (pid) => console.log(`Waiting for process ${pid}, which is setting up this copy`))
  } catch (error) {
    return tell(error)
  }
  return serve()
}

async function checkMachine() {
  const dataDir = resolve(root, process.env['DATA_DIR'] || '.runtime')
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (error) {
    throw new Problem(
      `The folder ${dataDir} cannot be made (${error.code})`,
      'Set DATA_DIR to a folder you may write to.'
    )
  }
  const firstStart = !existsSync(join(root, 'node_modules')) || !existsSync(join(dataDir, 'asterisk'))
  for (const folder of firstStart ? [root, dataDir] : []) {
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize >= bytesForFirstStart) continue
    const free = (bavail * bsize) / 1e9
    throw new Problem(
      `The first start needs 1.5 GB of disk space, and ${folder} has ${free.toFixed(1)} GB`,
      'Free some space, or set DATA_DIR to a folder on a larger disk.'
    )
  }
  await checkPort(process.env['HTTP_HOST'] || '0.0.0.0', Number(process.env['HTTP_PORT'] || 3000))
}

/** Only the web port: those of telephony may be held by an Asterisk of ours that outlived its controller. */
async function checkPort(host, port) {
  const code = await new Promise((settle) => {
    const server = createServer()
    server.once('error', (error) => settle(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => settle(undefined)))
  })
  if (code === undefined) return
  const why =
    { EADDRINUSE: 'is taken by another program', EACCES: 'may not be used by this user' }[code] ??
    `cannot be used (${code})`
  throw new Problem(
    `The web port ${port} on ${host} ${why}`,
    'Stop that program, or choose another: HTTP_PORT=3100 npm start'
  )
}

async function prepare() {
  step(1, 'The machine is fit')
  if (!isInstalled()) {
    step(2, 'Installing packages (a minute or two)')
    await install()
  } else step(2, 'Packages are there')
  const built = await build((text) => step(3, text), { checksTypes: false })
  step(3, built ? 'Built' : 'The build is fresh')
}

function step(number, text) {
  console.log(`[${number}/${steps}] ${text}`)
}

/** Runs the server to its end. It has a session of its own, so that it gets each signal once: from here. */
async function serve() {
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/main.js')], {
    cwd: root,
    stdio: 'inherit',
    detached: true
  })
  let last = 0
  const forward = (signal) => {
    // Ctrl-C reaches us from the terminal and once more from npm; a second press, later, is meant.
    if (Date.now() - last < 700) return
    last = Date.now()
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  return new Promise((settle) => {
    child.once('error', (error) => settle(tell(error)))
    child.once('exit', (code, signal) => settle(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}
