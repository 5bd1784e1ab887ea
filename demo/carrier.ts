import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { projectRoot } from '../host/project-root.ts'
import { waitFor } from '../host/process.ts'
import { SetupError, codeOf } from '../host/setup-error.ts'
import { createAri } from '../pbx/ari/client.ts'
import type { Ari } from '../pbx/ari/client.ts'
import type { AriEvent } from '../pbx/ari/events.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import { startAsterisk } from '../pbx/provision/asterisk.ts'
import type { RunningAsterisk } from '../pbx/provision/asterisk.ts'
import type { AsteriskHome } from '../pbx/provision/home.ts'
import { endsPlans, reactionsTo } from './client.ts'
import type { Reaction, Scenario } from './client.ts'
import { ensureClientVoice } from './talks.ts'

/** Where the demo carrier lives: an address of its own, so that it cannot be taken for a softphone. */
export const carrierHost = '127.0.0.2'

export interface CarrierOptions {
  readonly home: AsteriskHome
  /** Everything of the carrier: `<DATA_DIR>/demo-carrier`. */
  readonly dir: string
  readonly ports: { sip: number; ari: number; ami: number; rtpStart: number; rtpEnd: number }
  /** Where our own PBX listens for calls. */
  readonly pbx: { host: string; port: number }
  readonly log: Logger
  /** 1 in life; tests make the client think faster. */
  readonly pace?: number
}

export interface Carrier {
  /** Calls `to` at our PBX, showing `from`; both E.164. `false` and why when the carrier could not even try. */
  call(options: {
    from: string
    to: string
    scenario: Scenario
  }): Promise<{ ok: true } | { ok: false; detail: string }>
  /** Tells the clients what becomes of their calls; rows of other calls are let pass. */
  onRow(row: TapeRow): void
  /** Calls that the carrier holds now. */
  readonly callCount: number
  readonly isUp: boolean
  stop(): Promise<void>
}

/** A client on the telephone. */
interface Client {
  readonly channelId: string
  readonly from: string
  readonly to: string
  readonly scenario: Scenario
  callId: string | null
  /** What the client wants to do with its mouth; done once the call is answered on its side. */
  isSpeaking: boolean
  isAnswered: boolean
  plans: Set<NodeJS.Timeout>
}

const app = 'demo-carrier'
const ringSeconds = 120

/**
 * Starts the demo carrier, or takes over the one that outlived a killed controller.
 * @throws SetupError when a port is taken or the carrier does not come up
 */
export async function startCarrier(options: CarrierOptions): Promise<Carrier> {
  const { home, dir, ports, pbx, pace = 1 } = options
  const log = options.log.child({ part: 'demo-carrier' })
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await ensureClientVoice(home, join(dir, 'voices'))
  const password = await keptSecret(join(dir, 'secret'))
  let isEnded = false
  const asterisk: RunningAsterisk = await startAsterisk({
    home,
    dir,
    templatesDir: join(projectRoot(), 'demo/carrier'),
    settings: {
      app,
      sipHost: carrierHost,
      sipPort: ports.sip,
      rtpStart: ports.rtpStart,
      rtpEnd: ports.rtpEnd,
      ariPort: ports.ari,
      ariUser: app,
      ariPassword: password,
      amiPort: ports.ami,
      amiUser: app,
      amiPassword: password,
      recordingsDir: join(dir, 'recordings'),
      systemName: app
    },
    log,
    onExit: () => (isEnded = true)
  })
  const ari = createAri({ host: '127.0.0.1', port: ports.ari, user: app, password, app, log })
  const clients = new Map<string, Client>()

  async function act(client: Client, reaction: Reaction): Promise<void> {
    switch (reaction.do) {
      case 'press':
        await ari.sendDtmf(client.channelId, reaction.digit)
        return
      case 'hangup':
        await ari.hangup(client.channelId, 16)
        return
      case 'speak':
      case 'hush':
        client.isSpeaking = reaction.do === 'speak'
        if (client.isAnswered) await useVoice(ari, client)
    }
  }

  function onEvent(event: AriEvent): void {
    if (event.type !== 'StasisStart' && event.type !== 'ChannelDestroyed') return
    const client = clients.get(event.channel.id)
    if (client === undefined) return
    if (event.type === 'ChannelDestroyed') {
      forget(client)
      log.info({ cause: event.cause, sipCode: event.sipCode }, 'The demo call has ended at the carrier')
    } else {
      client.isAnswered = true
      watched(useVoice(ari, client))
    }
  }

  function watched(work: Promise<void>): void {
    work.catch((error: unknown) => log.error({ err: error }, 'The demo client could not act'))
  }

  function forget(client: Client): void {
    dropPlans(client)
    clients.delete(client.channelId)
  }

  ari.on('event', onEvent)
  ari.connect()
  if (!(await waitFor(() => ari.isUp, { timeoutMs: 10_000, everyMs: 20 }))) {
    await ari.close()
    await asterisk.stop()
    throw new SetupError(
      'The demo carrier came up but sends no events',
      'Start again; DEMO=0 does without it.'
    )
  }

  return {
    async call({ from, to, scenario }) {
      const channelId = `demo-${randomUUID()}`
      const client: Client = {
        channelId,
        from,
        to,
        scenario,
        callId: null,
        isSpeaking: true,
        isAnswered: false,
        plans: new Set()
      }
      // Before the request: the first row of the tape may be here before its answer.
      clients.set(channelId, client)
      const result = await ari.originate({
        channelId,
        endpoint: `PJSIP/pbx/sip:${to}@${pbx.host}:${pbx.port}`,
        context: 'caller',
        extension: 'talk',
        callerId: { number: from },
        timeoutSeconds: ringSeconds,
        media: { formats: ['alaw'] }
      })
      if (result.ok) return { ok: true }
      forget(client)
      return { ok: false, detail: result.message }
    },

    onRow(row) {
      const client = clientOf(clients, row)
      if (client === undefined) return
      if (endsPlans(row)) dropPlans(client)
      for (const reaction of reactionsTo(row, client.scenario)) {
        const plan = setTimeout(() => {
          client.plans.delete(plan)
          watched(act(client, reaction))
        }, reaction.afterMs * pace)
        client.plans.add(plan)
      }
    },

    get callCount() {
      return clients.size
    },
    get isUp() {
      return !isEnded && ari.isUp
    },

    async stop() {
      for (const client of clients.values()) forget(client)
      await ari.close()
      await asterisk.stop()
    }
  }
}

/** A quiet client sends the murmur of a room: a carrier's stream never stops while its call lasts. */
async function useVoice(ari: Ari, client: Client): Promise<void> {
  await ari.startMoh(client.channelId, client.isSpeaking ? 'client' : 'quiet')
}

function dropPlans(client: Client): void {
  for (const plan of client.plans) clearTimeout(plan)
  client.plans.clear()
}

/** The client a row is about: known by the call's id, at its first row by who calls whom. */
function clientOf(clients: ReadonlyMap<string, Client>, row: TapeRow): Client | undefined {
  const all = [...clients.values()]
  const known = all.find(({ callId }) => callId === row.callId)
  if (known !== undefined || row.type !== 'call.initiated') return known
  const caller = row.data['caller']
  const number = typeof caller === 'object' && caller !== null && 'number' in caller ? caller.number : null
  const match = all.find(
    (client) => client.callId === null && client.from === number && client.to === row.data['dialed']
  )
  if (match !== undefined) match.callId = row.callId
  return match
}

/** A password that stays the same over restarts, so that a carrier left running is known again. */
async function keptSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    const secret = randomBytes(24).toString('hex')
    await writeFile(file, secret, { mode: 0o600 })
    return secret
  }
}
