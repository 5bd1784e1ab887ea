import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { openSecrets } from '../db/secrets.ts'
import type { CallFacts, LookupAnswer } from '../ivr/block.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import { bitrix24 } from './bitrix24/index.ts'
import { createConnectors } from './connectors/connectors.ts'
import type { ConnectorPorts } from './connectors/ports.ts'
import { createCostKeeper } from './costs/keeper.ts'
import { createLookup, type LookupOptions } from './lookup/lookup.ts'
import { openMail } from './mail/mail.ts'
import { createWebhooks } from './webhooks/webhooks.ts'

/** All that speaks with outside systems. `main.ts` gives it what it needs of the rest, and hands it on as ports. */
export async function openIntegrations(options: {
  db: Knex
  databaseUrl: string
  dataDir: string
  secretKey: string | undefined
  /** Whether outside systems may live in the own network. */
  allowPrivate: boolean
  /** As others reach us from outside; null where nobody has said. */
  publicUrl: string | null
  webhookPausesMs: readonly number[] | undefined
  findOperator: LookupOptions['findOperator']
  normalise: LookupOptions['normalise']
  ports: ConnectorPorts
  log: Logger
}) {
  const { db, databaseUrl, dataDir, secretKey, allowPrivate, publicUrl, log, webhookPausesMs } = options
  const mail = await openMail({ db, dataDir, secretKey, log })
  const webhooks = createWebhooks({
    ...{ db, databaseUrl, log, publicUrl },
    allowPrivateAddresses: allowPrivate,
    mail: (letter) => mail.send(letter),
    ...(webhookPausesMs ? { pausesMs: webhookPausesMs } : {})
  })
  const connectors = createConnectors({
    ...{ db, databaseUrl, log, allowPrivate },
    secrets: await openSecrets(dataDir, secretKey),
    kinds: [bitrix24()],
    ports: options.ports
  })
  const asked = createLookup({
    ...{ allowPrivate, log },
    findOperator: options.findOperator,
    normalise: options.normalise
  })
  // Connectors to advertising systems go into this list.
  const costs = createCostKeeper({ db, connectors: [], log })

  /** Whose client it is, as a system of ours in the middle of a call would have answered. */
  async function ownerThere(url: string, timeoutMs: number, facts: CallFacts): Promise<LookupAnswer | null> {
    const owner = facts.callerNumber && (await connectors.owner(url, facts.callerNumber, timeoutMs))
    if (!owner) return null
    return { targets: [], code: null, text: null, contactName: owner.contactName, ownerId: owner.userId }
  }

  return {
    ...{ mail, webhooks, connectors, costs },
    /** The block `lookup`: an address behind a connector's own asks that connector, any other is asked as it stands. */
    lookup: (url: string, timeoutMs: number, facts: CallFacts): Promise<LookupAnswer | null> =>
      connectors.isOwn(url) ? ownerThere(url, timeoutMs, facts) : asked.ask(url, timeoutMs, facts),
    /** What the tape's transaction owes to the outside. */
    async enqueue(trx: Knex, rows: readonly TapeRow[]): Promise<void> {
      await webhooks.enqueueDeliveries(trx, rows)
      await connectors.enqueueCalls(trx, rows)
    },
    start(): void {
      webhooks.start()
      connectors.start()
    },
    async stop(): Promise<void> {
      await Promise.all([webhooks.stop(), connectors.stop()])
      await asked.close()
    },
    /** For `startJobs`. */
    parts: [webhooks, connectors, costs]
  }
}
