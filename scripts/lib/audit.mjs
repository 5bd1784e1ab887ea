import { spawn } from 'node:child_process'
import process from 'node:process'
import { root } from './project.mjs'

const timeoutMs = 60_000

/**
 * Judges what `npm audit --json` has answered.
 * @param {string} answer
 * @returns {{ code: number, text: string }} a registry that does not answer is told, and is nobody's fault
 */
export function judgeAudit(answer) {
  let found
  try {
    found = JSON.parse(answer)
  } catch {
    // No JSON: npm itself could not start, or was cut off.
    found = null
  }
  const counts = found?.metadata?.vulnerabilities
  if (!counts) {
    const why = found?.message ?? found?.error?.summary ?? 'no answer'
    return {
      code: 0,
      text: `The registry could not be asked for known weaknesses (${why}): nothing was checked`
    }
  }
  const bad = Object.values(found.vulnerabilities ?? {}).filter(({ severity }) =>
    /^(high|critical)$/.test(severity)
  )
  const others = (counts.total ?? 0) - bad.length
  if (bad.length === 0) return { code: 0, text: `No high or critical weakness is known (${others} lesser)` }
  const lines = bad.map(({ name, severity, range, fixAvailable }) => {
    const way = fixAvailable ? 'an update mends it' : 'there is no update yet'
    return `${name} ${range}: ${severity}; ${way}`
  })
  return { code: 1, text: lines.join('\n') }
}

/** @returns {Promise<number>} the exit code */
export async function auditPackages() {
  const answer = await new Promise((settle) => {
    const child = spawn('npm', ['audit', '--json'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: timeoutMs
    })
    let words = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => (words += chunk))
    child.once('error', () => settle(''))
    child.once('close', () => settle(words))
  })
  const { code, text } = judgeAudit(answer)
  process.stdout.write(`${text}\n`)
  return code
}
