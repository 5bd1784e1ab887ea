import type { ApiDeps } from '../api/deps.ts'
import type { ProcessRole } from '../config.ts'
import { connect } from '../db/knex.ts'
import { listen } from '../db/listen.ts'
import { openSecrets } from '../db/secrets.ts'
import { createEndStack, told } from '../host/ending.ts'
import { openChannels } from '../integrations/channels/wire.ts'
import { waitForLease } from '../pbx/runtime/lease.ts'
import { doorPurpose, openRemote } from './door/remote.ts'
import { openDoor } from './door/server.ts'
import { behindOf, openExchange, type Late } from './exchange.ts'
import type { Ground } from './ground.ts'
import { leadCalls } from './lease.ts'
import { openParts, type Parts } from './parts.ts'
import { openTools, type Tools } from './tools.ts'
import { openWeb } from './web.ts'
import { startSoleWork, startWork } from './work.ts'

/** After the exchange could not be brought up. */
const retryMs = 2000
/** What consists of many parts, each with its own time to end. */
const stopMs = 25_000

/**
 * A process of several. Its API and its work reach the exchange through the door of whichever controller leads the
 * calls, also where that is this very process: so there is one way only.
 */
export async function startRoles(ground: Ground, roles: ReadonlySet<ProcessRole>): Promise<void> {
  const { aside } = ground
  const isApi = roles.has('api')
  const isWorker = roles.has('worker')
  const isController = roles.has('pbx')
  const late: Late = {}
  const here = behindOf(late)
  if (!isApi && !isWorker) {
    if (isController) await standBy(ground, await openTools(ground, here), late)
    return
  }
  const remote = await openRemote(ground)
  aside.push('the way to the exchange', () => remote.close())
  const behind = { ...remote.behind, findOperator: here.findOperator }
  const tools = await openTools(ground, behind, remote.tellOfVisit)
  if (isController) await standBy(ground, tools, late)
  const parts = await openParts(ground, tools, remote)
  parts.reminders.start()
  aside.push('reminders', () => parts.reminders.stop())
  if (isWorker) {
    tools.outside.start()
    startWork(ground, tools, parts, remote.pbx)
    takeSoleWork(ground, parts)
  }
  if (isApi) await openWeb(ground, tools, parts, { ...remote, demo: null }, insteadOf(ground, tools, parts))
}

/** A controller: waits until it leads the calls, leads them until it loses the lease, and waits again. */
async function standBy(ground: Ground, tools: Tools, late: Late): Promise<void> {
  const { config, log, aside } = ground
  const door = await openDoor({ ...config.door, log })
  const secrets = await openSecrets(config.dataDir, config.secretKey)
  const stopping = new AbortController()

  async function lead(): Promise<void> {
    const sealedKey = secrets.seal(door.key, doorPurpose)
    const led = await leadCalls(ground, {
      isAlone: false,
      door: { address: door.address, sealedKey },
      stop: stopping.signal
    })
    if (led === null) return
    const ledMs = performance.now()
    const cpu = process.cpuUsage()
    const own = createEndStack()
    own.push('the lease of calls', () => led.close())
    own.push('what the tools reach', () => {
      for (const name of Object.keys(late)) Reflect.deleteProperty(late, name)
    })
    const over = Promise.race([led.lease.lost, told(stopping.signal).then(() => 'This process ends')])
    try {
      // Visits that were signed since this process began.
      await tools.tracking.start()
      const opening = openExchange({ ...ground, aside: own }, tools, late, led.lease)
      const first = await Promise.race([opening, over])
      if (typeof first !== 'string') {
        const shut = door.open(first, tools.tracking)
        own.push('the door', shut)
        const { user, system } = process.cpuUsage(cpu)
        const afterMs = Math.round(performance.now() - ledMs)
        log.info({ afterMs, cpuMs: (user + system) / 1000 }, 'This controller is ready for calls')
      }
      log.warn(await over)
    } finally {
      await own.end()
    }
  }

  async function leadAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      await lead().catch((err: unknown) => log.error({ err }, 'The exchange could not be led'))
      if (!stopping.signal.aborted) await new Promise((resolve) => setTimeout(resolve, retryMs / 10))
    }
  }

  const leading = leadAgain()
  const end = async (): Promise<void> => {
    stopping.abort()
    await leading
    await door.close()
  }
  aside.push('the lead of calls', end, stopMs)
}

/** Does what only one worker may do, once no other one does. */
function takeSoleWork(ground: Ground, { jobs }: Parts): void {
  const { config, db, databaseUrl, instance, log, aside } = ground
  const { dataDir, secretKey } = config
  const stopping = new AbortController()

  async function once(): Promise<void> {
    const own = createEndStack()
    const leaseDb = connect(databaseUrl, log, 1)
    own.push('connection of the lease', () => leaseDb.destroy())
    try {
      const lease = await waitForLease({
        ...{ db: leaseDb, node: `${instance.node} work`, stop: stopping.signal },
        log: log.child({ part: 'work' })
      })
      if (lease === null) return
      own.push('the lease of work', () => lease.release())
      const channels = await openChannels({ db, databaseUrl, dataDir, log, secretKey })
      startSoleWork(ground, own, { jobs, channels })
      await Promise.race([lease.lost, told(stopping.signal)])
    } finally {
      await own.end()
    }
  }

  async function again(): Promise<void> {
    while (!stopping.signal.aborted) {
      await once().catch((err: unknown) => log.error({ err }, 'The work of one could not be begun'))
      if (!stopping.signal.aborted) await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }

  const working = again()
  const end = async (): Promise<void> => {
    stopping.abort()
    await working
  }
  aside.push('the work of one', end, stopMs)
}

/** Parts of the API that hear of what other processes do by the database. */
function insteadOf(
  { databaseUrl, log, aside }: Ground,
  { outside }: Tools,
  { channels }: Parts
): Partial<Pick<ApiDeps, 'webhooks' | 'channels'>> {
  const listeners = new Set<(conversationId: string) => void>()
  const listening = listen({
    ...{ databaseUrl, log, channels: ['ringtrace_messages'] },
    // What was missed stands in the list: screens ask for it again by themselves.
    onConnected: () => undefined,
    onNotice: (_, conversationId) => {
      for (const each of listeners) each(conversationId)
    }
  })
  aside.push('notices', () => listening.stop())
  return {
    // Nobody tells this process of the next change, so it asks the database each time.
    webhooks: { ...outside.webhooks, refresh: () => Promise.resolve() },
    channels: {
      ...channels,
      onNews(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      }
    }
  }
}
