// npm run recording:open -- file to
// Writes a recording that is sealed on the disk in clear, with the key of the installation in DATA_DIR.
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readConfig } from '../config.ts'
import { openSecrets } from '../db/secrets.ts'
import { messageOf } from '../host/setup-error.ts'
import { sealedEnding } from '../recordings/files.ts'
import { openSealed } from '../recordings/sealed-file.ts'
import { sealingPurpose } from '../recordings/sealing.ts'

try {
  const [file, to] = process.argv.slice(2)
  if (file === undefined || to === undefined)
    throw new Error('Say which file, and where to: npm run recording:open -- <id>.mp3 sound.mp3')
  const { dataDir, secretKey } = readConfig(process.env)
  const secrets = await openSecrets(dataDir, secretKey)
  // A finished recording is bound to its name, a raw file to its name with the ending.
  const name = path.basename(file, file.endsWith(sealedEnding) ? sealedEnding : '.mp3')
  const found = await openSealed(secrets.keys(sealingPurpose), file, name)
  if (found === null) throw new Error(`${file} is not sealed`)
  if (found === 'locked') throw new Error(`${file} was sealed with a key that is not here`)
  if (found === 'damaged') throw new Error(`${file} is damaged, or has another name than it was sealed under`)
  await pipeline(found.read(), createWriteStream(to, { flags: 'wx', mode: 0o600 }))
  console.log(`${to}: ${found.bytes} bytes`)
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
