// npm run build: the server into dist/, the browser's part into dist/ui/; nothing when both are fresh. With --measure it
// tells how soon the panel can be used.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from './lib/build.mjs'
import { tell } from './lib/problem.mjs'
import { root } from './lib/project.mjs'

const longestMs = 90_000

/**
 * Tells how soon the panel can be used, where a Chromium is at hand. It fails nothing, because a busy machine is no fault
 * of what was built: `npm run bench:ui` fails above the budget. Tests and starts build without this.
 */
async function measure() {
  const bench = join(root, 'bench/ui/run.ts')
  if (!existsSync(bench) || !existsSync(join(root, 'node_modules/playwright-core'))) return
  const child = spawn(process.execPath, ['--import', 'tsx', bench, '--tell'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'ignore'],
    timeout: longestMs
  })
  const code = await new Promise((resolve) => child.once('error', resolve).once('close', resolve))
  if (code !== 0) console.log('How soon the panel can be used could not be measured; see npm run bench:ui')
}

try {
  const isNew = await build((text) => console.log(text))
  if (isNew && process.argv.includes('--measure')) await measure()
} catch (error) {
  process.exitCode = tell(error)
}
