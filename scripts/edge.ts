// npm run edge
// The SIP edge before several Asterisk nodes (docs/scale.md), until Ctrl-C. It shares DATABASE_URL and SECRET_KEY with
// the rest of the installation, and may run on a machine of its own.
import { mkdir } from 'node:fs/promises'
import { readConfig } from '../config.ts'
import { connect, waitForDatabase } from '../db/knex.ts'
import { sealWith } from '../db/sealed.ts'
import { openSecrets } from '../db/secrets.ts'
import { messageOf } from '../host/setup-error.ts'
import { runEdge } from '../pbx/edge/run.ts'
import { openLog } from '../upkeep/log.ts'

try {
  const { edge, databaseUrl, dataDir, secretKey, logLevel } = readConfig(process.env)
  if (edge === null) throw new Error('Set SIP_EDGE to the address of the edge, such as 10.0.0.5:5060')
  if (databaseUrl === undefined) throw new Error('The edge needs DATABASE_URL, the same as the controller')
  const { log } = openLog(logLevel)
  await mkdir(dataDir, { recursive: true })
  const db = connect(databaseUrl, log)
  await waitForDatabase(db)
  // Only opened: nothing is sealed anew by somebody who may hold another key.
  sealWith(await openSecrets(dataDir, secretKey))
  const running = await runEdge({
    ...{ db, databaseUrl, dataDir, edge, log },
    progress: (text) => console.log(text)
  })
  console.log(`The SIP edge is ready at ${edge.host}:${edge.port}`)
  let isEnding = false
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    running
      .stop()
      .then(() => db.destroy())
      .catch((error: unknown) => {
        console.error(messageOf(error))
        process.exitCode = 1
      })
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
} catch (error) {
  console.error(messageOf(error))
  process.exit(1)
}
