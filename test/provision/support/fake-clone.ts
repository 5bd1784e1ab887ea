import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectRoot } from '../../../host/project-root.ts'

/** The server of a fake clone: says its pid, tells of each signal, and leaves a second after the first. */
const server = `
const idle = setInterval(() => {}, 1000)
process.on('SIGINT', () => { process.stdout.write('SIGINT\\n'); clearInterval(idle); process.exitCode = 3; setTimeout(() => {}, 1000) })
process.on('SIGTERM', () => { process.stdout.write('SIGTERM\\n'); process.exit(4) })
process.stdout.write('server ' + process.pid + '\\n')
`

/** Stands for tsc: notes that it ran. */
const compiler = `
require('node:fs').appendFileSync('checked', 'x')
`

/** Stands for vite: notes that it ran, and copies the sources. */
const bundler = `
const fs = require('node:fs')
fs.appendFileSync('built', 'x')
if (fs.readFileSync('main.ts', 'utf8').includes('syntax error')) { console.log('main.ts (1:8): Expected a semicolon'); process.exit(1) }
for (const name of fs.readdirSync('.')) if (name.endsWith('.ts')) fs.copyFileSync(name, 'dist/' + name.replace('.ts', '.js'))
`

/** Stands for npm: does what \`npm ci\` does to the list of what is installed. */
const npm = `
const fs = require('node:fs')
fs.appendFileSync('installed', process.argv[2] + ' ')
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
`

/** A folder with the real scripts, and stand-ins for the compiler, npm and the server. */
export async function makeFakeClone(folder: string): Promise<void> {
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  await cp(join(projectRoot(), 'scripts'), join(folder, 'scripts'), { recursive: true })
  await put('package.json', '{"type":"commonjs"}')
  await put('package-lock.json', '{"packages":{"":{},"node_modules/typescript":{"version":"6.0.0"}}}')
  await put('node_modules/.package-lock.json', '{"packages":{"node_modules/typescript":{"version":"6.0.0"}}}')
  await put('node_modules/typescript/bin/tsc', compiler)
  await put('node_modules/vite/bin/vite.js', bundler)
  await put('npm.js', npm)
  await put('main.ts', server)
  await put('.runtime/asterisk/there', '')
}

export type Started = { child: ChildProcess; said: () => string; code: Promise<number | null> }

/** Runs \`npm start\` of the fake clone. */
export function startFakeClone(folder: string, httpPort: number): Started {
  const child = spawn(process.execPath, [join(folder, 'scripts/start.mjs')], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HTTP_PORT: String(httpPort),
      HTTP_HOST: '127.0.0.1',
      npm_execpath: join(folder, 'npm.js')
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  }
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, said: () => said, code }
}

/** What a stand-in has noted; empty when it never ran. */
export async function noted(folder: string, file: 'built' | 'checked' | 'installed'): Promise<string> {
  return readFile(join(folder, file), 'utf8').catch(() => '')
}
