import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { openSecrets } from '../db/secrets.ts'
import type { CallFacts, LookupAnswer } from '../ivr/block.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import { amocrm } from './amocrm/index.ts'
import { bitrix24 } from './bitrix24/index.ts'
import { clickUrl } from './click-url/index.ts'
import { calltouch } from './calltouch/index.ts'
import { readPipelines } from './comagic/funnels.ts'
import { comagic } from './comagic/index.ts'
import { createConnectors } from './connectors/connectors.ts'
import { createRecordLinks } from './connectors/record-links.ts'
import type { ConnectorPorts } from './connectors/ports.ts'
import { createCostKeeper } from './costs/keeper.ts'
import { createLookup, type LookupOptions } from './lookup/lookup.ts'
import { ga4 } from './ga4/index.ts'
import { googleAds } from './google-ads/index.ts'
import { megafon } from './megafon/index.ts'
import { metrica } from './metrica/index.ts'
import { onec } from './onec/index.ts'
import { yandexDirect } from './yandex-direct/index.ts'
import { lptracker } from './lptracker/index.ts'
import { openMail } from './mail/mail.ts'
import { openForRules } from './sms/rules.ts'
import { roistat } from './roistat/index.ts'
import { ringostat } from './ringostat/index.ts'
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
  const forRules = await openForRules({ db, log, dataDir, secretKey, allowPrivate, mail })
  const webhooks = createWebhooks({
    ...{ db, databaseUrl, log, publicUrl },
    allowPrivateAddresses: allowPrivate,
    mail: (letter) => mail.send(letter),
    ...(webhookPausesMs ? { pausesMs: webhookPausesMs } : {})
  })
  const secrets = await openSecrets(dataDir, secretKey)
  const recordLinks = createRecordLinks(secrets, publicUrl)
  const connectors = createConnectors({
    ...{ db, databaseUrl, log, allowPrivate, secrets },
    kinds: [
      bitrix24(),
      amocrm({ makeLink: recordLinks.make, publicUrl }),
      roistat(recordLinks.make),
      comagic({ makeLink: recordLinks.make, pipelines: () => readPipelines(db) }),
      calltouch(),
      lptracker(recordLinks.make),
      megafon({ db, makeLink: recordLinks.make }),
      ringostat(recordLinks.make),
      onec(recordLinks.make),
      clickUrl(),
      metrica(),
      ga4(),
      googleAds(),
      yandexDirect()
    ],
    ports: options.ports
  })
  const asked = createLookup({
    ...{ allowPrivate, log },
    findOperator: options.findOperator,
    normalise: options.normalise
  })
  const costs = createCostKeeper({ db, connectors: () => connectors.costs(), log })

  /** Whose client it is, as a system of ours in the middle of a call would have answered. */
  async function ownerThere(url: string, timeoutMs: number, facts: CallFacts): Promise<LookupAnswer | null> {
    const owner = facts.callerNumber && (await connectors.owner(url, facts.callerNumber, timeoutMs))
    if (!owner) return null
    return { targets: [], code: null, text: null, contactName: owner.contactName, ownerId: owner.userId }
  }

  return {
    ...{ mail, webhooks, connectors, costs, recordLinks },
    /** For rules of automation. */
    ...{ sms: forRules.sms, forRules: forRules.ports },
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
      await Promise.all([asked.close(), forRules.sms.close()])
    },
    /** For `startJobs`. */
    parts: [webhooks, connectors, costs]
  }
}
