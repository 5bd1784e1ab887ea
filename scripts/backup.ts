// npm run backup [-- --with-recordings --out file]
// One archive of the whole installation in DATA_DIR, which may go on working meanwhile.
import { parseArgs } from 'node:util'
import { backupCommand } from '../backup/command.ts'
import { readConfig } from '../config.ts'
import { messageOf } from '../host/setup-error.ts'

try {
  const { values } = parseArgs({
    options: { 'with-recordings': { type: 'boolean', default: false }, out: { type: 'string' } }
  })
  const out = values.out
  await backupCommand(
    readConfig(process.env),
    { withRecordings: values['with-recordings'], ...(out !== undefined && { out }) },
    (text) => console.log(text)
  )
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
