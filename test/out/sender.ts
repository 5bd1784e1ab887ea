import { connect } from '../../db/knex.ts'
import { createWebhooks } from '../../integrations/webhooks/webhooks.ts'
import { silent } from './postgres.ts'

/** A process of its own that sends webhooks until it is killed: `tsx sender.ts <database URL>`. */
const [, , databaseUrl = ''] = process.argv
createWebhooks({
  db: connect(databaseUrl, silent),
  databaseUrl,
  log: silent,
  allowPrivateAddresses: true,
  timeoutMs: 5000,
  leaseMs: 800
}).start()
