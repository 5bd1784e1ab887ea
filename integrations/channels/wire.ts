import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { blocked, receive } from '../../crm/messages/receive.ts'
import { openSecrets } from '../../db/secrets.ts'
import { mailbox } from '../mail/box/box.ts'
import { telegram } from '../telegram/bot.ts'
import { createChannels, type Channels } from './channels.ts'

/** All ways to talk with clients, over the CRM's own store of messages. Another way goes into this list. */
export async function openChannels(options: {
  db: Knex
  databaseUrl: string
  dataDir: string
  secretKey: string | undefined
  log: Logger
}): Promise<Channels> {
  const { db, databaseUrl, log } = options
  const secrets = await openSecrets(options.dataDir, options.secretKey)
  return createChannels({
    ...{ db, databaseUrl, secrets, log },
    kinds: [mailbox({ db, secrets, log }), telegram()],
    ports: { receive, blocked }
  })
}
