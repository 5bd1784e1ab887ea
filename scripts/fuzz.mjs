import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { root } from './lib/project.mjs'

const parts = readdirSync(join(root, 'test/fuzz'))
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.replace('.test.ts', ''))
const usage = `npm run fuzz -- [--seed N] [--minutes M] [--only ${parts.join('|')}]`

/** Runs the fuzzing tests for a time, each part for its share; what fails is told with the seed that plays it again. */
function main() {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, minutes: { type: 'string' }, only: { type: 'string' } }
  })
  const { seed = String(Date.now() % 1_000_000), minutes = '0', only } = values
  const isKnown = only === undefined || parts.includes(only)
  if (!/^\d{1,9}$/.test(seed) || !/^\d{1,4}(\.\d+)?$/.test(minutes) || !isKnown) {
    console.error(`Usage: ${usage}`)
    process.exit(2)
  }
  const chosen = only === undefined ? parts : [only]
  const share = Number(minutes) / chosen.length
  console.log(
    `Seed ${seed}, ${chosen.join(', ')}: ${share === 0 ? 'one round' : `${share.toFixed(1)} minutes`} each`
  )
  const files = chosen.map((part) => `test/fuzz/${part}.test.ts`)
  const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SEED: seed, FUZZ_MINUTES: String(share) }
  })
  child.once('exit', (code) => process.exit(code ?? 1))
}

main()
