import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { install, isInstalled } from './install.mjs'
import { tell } from './problem.mjs'
import { root } from './project.mjs'

/** The longest first. */
const checks = [
  { name: 'eslint', args: ['eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  { name: 'types of the server', args: ['typescript-native/bin/tsc', '--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'types of the browser part',
    args: ['typescript-native/bin/tsc', '--noEmit', '-p', 'ui/tsconfig.json']
  },
  {
    name: 'types of the snippet',
    args: ['typescript-native/bin/tsc', '--noEmit', '-p', 'tracking/snippet/tsconfig.json']
  },
  { name: 'licences', args: ['../scripts/licences.mjs'] },
  { name: 'known weaknesses of packages', args: ['../scripts/audit.mjs'], isTold: true },
  { name: 'prettier', args: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  {
    name: 'fast tests',
    args: ['mocha/bin/mocha.js', '--reporter', 'dot', 'test/{pure,arch,ui}/**/*.test.ts']
  }
]

/** @returns {Promise<number>} the exit code */
export async function check() {
  try {
    if (!isInstalled()) await install()
    const waiting = [...checks]
    let failed = 0
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (!(await passes(next))) failed++
      }
    }
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane))
    console.log(failed === 0 ? '\nAll is well' : `\n${failed} of ${checks.length} checks failed`)
    return failed === 0 ? 0 : 1
  } catch (error) {
    return tell(error)
  }
}

async function passes({ name, args: [script, ...args], isTold = false }) {
  const startedMs = Date.now()
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let words = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (words += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk) => (words += chunk))
  const code = await new Promise((settle, reject) => child.once('error', reject).once('close', settle))
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0)
  console.log(
    `${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)${code === 0 && !isTold ? '' : `\n${words.trim()}\n`}`
  )
  return code === 0
}
