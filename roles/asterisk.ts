import path from 'node:path'
import { keepSmall } from '../host/rotate.ts'
import { keepAsterisk } from '../pbx/provision/kept.ts'
import { asteriskLogs } from '../pbx/provision/logs.ts'
import type { Ground } from './ground.ts'

/** Name of the ARI application, and of both users of Asterisk. */
export const app = 'ringtrace'

/** Longer than it is given to end its calls. */
const stopMs = 15_000

/**
 * Starts Asterisk and keeps it, with its logs small. It outlives this process when that is killed.
 * @throws SetupError when it cannot be started
 */
export async function keepAsteriskHere(ground: Ground): Promise<void> {
  const { home, instance, config, recordingsDir, publicAddress, keeper, log, aside, asteriskDir } = ground
  ground.say(7, 'Starting Asterisk')
  const asterisk = await keepAsterisk({
    ...{ home, app, instance, config, recordingsDir, publicAddress, keeper, log },
    dir: asteriskDir
  })
  aside.push('Asterisk', () => asterisk.stop(), stopMs)
  ground.running.asterisk = asterisk
  await ground.media
    .asteriskStarted()
    .catch((err: unknown) => log.warn({ err }, 'Asterisk has not read its music yet'))
  const postgresLog = path.join(config.dataDir, 'postgres/postgres.log')
  const logs = keepSmall(
    [
      ...asteriskLogs(asteriskDir, asterisk.cli),
      { file: postgresLog, maxBytes: 20 * 1024 ** 2, keep: 5, how: 'copy' }
    ],
    log
  )
  aside.push('the logs', () => logs.stop())
}
