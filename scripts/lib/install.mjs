import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { Problem } from './problem.mjs'
import { root, textOf } from './project.mjs'

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes its own list at the very end of an
 * installation, so a half-made folder has none.
 */
export function isInstalled() {
  const installed = textOf(join(root, 'node_modules/.package-lock.json'))
  if (installed === undefined) return false
  const have = JSON.parse(installed).packages ?? {}
  const want = JSON.parse(textOf(join(root, 'package-lock.json')) ?? '{}').packages ?? {}
  return Object.entries(want).every(
    // Packages for other machines are optional and absent.
    ([path, entry]) => path === '' || entry.optional === true || have[path]?.version === entry.version
  )
}

/** Runs `npm ci`. */
export async function install() {
  const npm = process.env['npm_execpath']
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const viaNode = npm !== undefined && /\.c?js$/.test(npm)
  const child = viaNode
    ? spawn(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawn('npm', args, { cwd: root, stdio: 'inherit' })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code === 0) return
  throw new Problem(
    `The packages could not be installed (npm ended with ${code})`,
    'Check the network and the free disk space, and start again.'
  )
}
