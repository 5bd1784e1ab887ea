// Looks at this machine and installation and prints what it finds; the exit code is 1 when something is broken.
import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { styleText } from 'node:util'
import { ConfigError, readConfig, type Config } from '../../config.ts'
import { SetupError, messageOf } from '../../host/setup-error.ts'
import { installedHome, unpackedHome } from '../../pbx/provision/home.ts'
import { findingsOf, type Finding } from '../../upkeep/doctor/findings.ts'
import { lookAround } from '../../upkeep/doctor/look.ts'

/** With settings that cannot be used everything else is looked at as usual. */
function configured(): { config: Config; problem: string | null } {
  try {
    return { config: readConfig(process.env), problem: null }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: readConfig({}), problem: messageOf(error) }
  }
}

/** As `npm start` would find it, without bringing one. */
async function asteriskOf({ asteriskHome, dataDir }: Config): Promise<{ version: string }> {
  if (asteriskHome !== undefined) return unpackedHome(asteriskHome)
  const installed = await installedHome(() => undefined)
  if (installed) return installed
  const root = path.join(dataDir, 'asterisk/root')
  if (!existsSync(root)) throw new SetupError('There is no Asterisk yet', 'npm start brings it.')
  return unpackedHome(root)
}

const marks = {
  ok: ['ok', 'green'],
  warning: ['look', 'yellow'],
  failed: ['wrong', 'red'],
  unknown: ['?', 'gray']
} as const

function line({ name, state, text, advice }: Finding): string {
  const [word, colour] = marks[state]
  const head = `${styleText(colour, word.padEnd(6))} ${name.padEnd(15)} ${text}`
  return advice === '' ? head : `${head}\n${' '.repeat(23)}→ ${advice}`
}

const { config, problem } = configured()
const findings = findingsOf(await lookAround(config, problem, () => asteriskOf(config)))
const wrong = findings.filter(({ state }) => state === 'failed').length
if (process.argv.includes('--json')) console.log(JSON.stringify(findings, null, 2))
else {
  console.log(findings.map(line).join('\n'))
  console.log(
    wrong === 0 ? '\nNothing is broken.' : `\nBroken: ${wrong}. What to do stands behind the arrows.`
  )
}
process.exitCode = wrong === 0 ? 0 : 1
