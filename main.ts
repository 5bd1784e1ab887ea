import { ConfigError, readConfig } from './config.ts'
import { createEnding } from './host/ending.ts'
import { SetupError, messageOf } from './host/setup-error.ts'
import { stepPrinter } from './host/steps.ts'
import { start } from './roles/start.ts'

const aside = createEnding()
/** `npm start` tells of the first three of seven steps (`scripts/lib/start.mjs`). */
const say = stepPrinter(7, (text) => process.stdout.write(text), process.stdout.isTTY)

try {
  await start(readConfig(process.env), aside, say)
} catch (error) {
  const isExpected = error instanceof SetupError || error instanceof ConfigError
  process.stderr.write(`\n${isExpected ? messageOf(error) : String((error as Error).stack)}\n`)
  await aside.stop(1)
}
