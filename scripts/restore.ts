// npm run restore -- file [--replace] [--fingerprint …]
// Brings the installation in DATA_DIR to the state of an archive, wholly or not at all. Ringtrace must be stopped.
import { parseArgs } from 'node:util'
import { restoreCommand } from '../backup/command.ts'
import { readConfig } from '../config.ts'
import { messageOf } from '../host/setup-error.ts'

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { replace: { type: 'boolean', default: false }, fingerprint: { type: 'string' } }
  })
  const [file] = positionals
  if (file === undefined || positionals.length > 1)
    throw new Error('Say which archive: npm run restore -- path/to/ringtrace-….tar.gz')
  const { replace, fingerprint } = values
  await restoreCommand(
    readConfig(process.env),
    { file, replace, ...(fingerprint !== undefined && { fingerprint }) },
    (text) => console.log(text)
  )
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
