import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { openCollector } from './collector.ts'
import { repeatsOf } from './exchanges.ts'
import { createKeeper, type KeptMessage } from './keeper.ts'
import { createSilenceWatch } from './silence.ts'
import { createStore } from './store.ts'
import { registrationOf, runTrunkTest, type TestPorts, type TrunkTest } from './trunk-test.ts'
import type { Dialog, SipCopy, TraceTrunk } from './types.ts'

/** The SIP trace as the rest of the product sees it. */
export interface SipTrace {
  /** False where Asterisk's copies cannot be heard. */
  readonly isListening: boolean
  /** What was said in the last registration of a trunk, from its last REGISTER that began anew. */
  registration(trunk: TraceTrunk): readonly SipCopy[]
  /** The last test of a trunk since the start; it may be running. */
  test(trunkId: string): TrunkTest | null
  /** Begins a test, or gives the one that runs. */
  startTest(trunk: TraceTrunk): TrunkTest
  /** What is known of a call: kept messages, else those that are still in memory. */
  ofCall(callId: string): Promise<readonly KeptMessage[]>
  /** The last tries at the door that became no call: refused by Asterisk itself. */
  strangers(): readonly Dialog[]
  /** After each change of the switches. */
  reload(): Promise<void>
  /** A channel of Asterisk, in any event of it. */
  onChannel(channel: { id: string; name: string; protocolId: string }): void
  /** A channel of Asterisk is gone. */
  onChannelGone(channelId: string): void
  /** A row of a call's tape. */
  onRow(row: { callId: string; type: string; data: Readonly<Record<string, unknown>> }): void
  close(): Promise<void>
}

export interface SipTraceOptions {
  db: Knex
  /** UDP on loopback, at which Asterisk's copies arrive. */
  port: number
  password: string
  /** At which our Asterisk hears SIP: its own port and that of browsers' telephones. */
  ownPorts: readonly number[]
  ami: TestPorts['ami']
  /** Whether Asterisk has a trunk as it was saved last. */
  isCurrent: TestPorts['isCurrent']
  /** What Asterisk refused, by the id of the object: `trunk-…`. */
  refused(): readonly { id: string; message: string }[]
  /** Ends a channel to a trunk whose carrier says nothing, so that the call goes on through the next one. */
  giveUp(channelId: string): void
  log: Logger
  resolve?: TestPorts['resolve']
}

/** How long messages are kept. */
const keptDays = 7
/** Our own channels are called after their call. */
const ownChannel = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\./
const mostChannels = 5000

export async function createSipTrace(options: SipTraceOptions): Promise<SipTrace> {
  const { db, log } = options
  const store = createStore()
  const tests = new Map<string, TrunkTest>()
  /** Calls by the channel that they began with, and the dialog of each channel whose call is not known yet. */
  const callOf = new Map<string, string>()
  const linked = new Set<string>()
  const waiting = new Map<string, { dialog: string; endpoint: string }>()
  const keeper = await createKeeper({
    ...{ db, store, log },
    trunkOf: async (endpoint) => {
      const row = await db('trunks').where({ sip_endpoint: endpoint }).first<{ id: string } | undefined>('id')
      return row?.id ?? null
    }
  })
  const silence = createSilenceWatch({
    store,
    secondsOf: async (endpoint) => {
      const row = await db('trunks')
        .where({ sip_endpoint: endpoint })
        .first<{ seconds: number } | undefined>('silent_seconds as seconds')
      return row?.seconds ?? null
    },
    giveUp: (channelId) => {
      log.warn({ channelId }, 'A carrier has said nothing to a call out; it is given up')
      options.giveUp(channelId)
    },
    onError: (error) => log.warn({ err: error }, 'For how long a trunk may be silent could not be read')
  })
  const collector = await openCollector({ ...options, onCopy: (copy) => store.add(copy) })

  function link(callId: string, dialog: string, endpoint: string): void {
    store.link(dialog, endpoint, callId)
    keeper.linked(callId, endpoint)
  }

  return {
    isListening: collector.isListening,
    registration(trunk) {
      const messages = registrationOf(store, trunk).flatMap((dialog) => dialog.messages)
      const inOrder = messages.sort((a, b) => a.atMs - b.atMs)
      const repeats = repeatsOf(inOrder)
      // Where one begins: asked for without a proof, for the first time.
      const starts = inOrder.findLastIndex(
        ({ direction, status, text }, index) =>
          direction === 'out' && status === null && repeats[index] === false && !/^authorization/im.test(text)
      )
      return inOrder.slice(Math.max(0, starts))
    },
    test: (trunkId) => tests.get(trunkId) ?? null,
    startTest(trunk) {
      const running = tests.get(trunk.id)
      if (running?.state === 'running') return running
      const test: TrunkTest = {
        trunkId: trunk.id,
        startedMs: Date.now(),
        endedMs: null,
        state: 'running',
        steps: { settings: 'running', address: 'waiting', options: 'waiting', register: 'waiting' },
        problem: null,
        addresses: [],
        messages: []
      }
      tests.set(trunk.id, test)
      void runTrunkTest(trunk, test, {
        ...{ store, ami: options.ami, isCurrent: options.isCurrent },
        refusedOf: ({ endpoint }) => options.refused().find(({ id }) => id === endpoint)?.message ?? null,
        ...(options.resolve && { resolve: options.resolve })
      }).catch((error: unknown) => {
        log.error({ err: error }, 'The test of a trunk failed')
        test.state = 'failed'
        test.endedMs = Date.now()
      })
      return test
    },
    async ofCall(callId) {
      // What is kept of a call in progress is a second behind.
      await keeper.flush()
      const rows = await db('sip_messages').where({ call_id: callId }).orderBy('seq').select<Kept[]>('*')
      if (rows.length > 0) return rows.map(keptOf)
      const dialogs = store.ofCall(callId)
      return dialogs
        .flatMap(({ messages, endpoint }) => messages.map((copy) => ({ ...copy, endpoint })))
        .sort((a, b) => a.atMs - b.atMs)
    },
    strangers: () => store.strangers(),
    reload: () => keeper.reload(),
    onChannel({ id, name, protocolId }) {
      if (protocolId === '' || linked.has(id) || !name.startsWith('PJSIP/')) return
      const endpoint = name.replace(/^PJSIP\//, '').replace(/-[0-9a-f]{8}$/, '')
      const ownCallId = ownChannel.exec(id)?.[1]
      const callId = ownCallId ?? callOf.get(id)
      if (callId === undefined) bounded(waiting, mostChannels).set(id, { dialog: protocolId, endpoint })
      else {
        if (linked.size >= mostChannels) linked.clear()
        linked.add(id)
        link(callId, protocolId, endpoint)
        if (ownCallId !== undefined && endpoint.startsWith('trunk-'))
          silence.watch(protocolId, { channelId: id, callId, endpoint })
      }
    },
    onChannelGone: (channelId) => silence.ended(channelId),
    onRow({ callId, type, data }) {
      if (type !== 'call.initiated') return
      const { pbxUniqueId, caller, dialed, trunkId } = data as unknown as Initiated
      bounded(callOf, mostChannels).set(pbxUniqueId, callId)
      keeper.began(callId, { numbers: [caller.number, dialed], trunkId })
      const found = waiting.get(pbxUniqueId)
      waiting.delete(pbxUniqueId)
      if (found) link(callId, found.dialog, found.endpoint)
    },
    async close() {
      silence.close()
      await collector.close()
      await keeper.close()
    }
  }
}

/** For `startJobs`: removes what is too old. */
export const tidySipTrace = (db: Knex) => ({
  tasks: {
    'sip.traces': async (): Promise<void> => {
      await db('sip_messages').whereRaw('at < now() - make_interval(days => ?)', [keptDays]).delete()
      await db('trace_switches').where('until', '<', db.fn.now()).delete()
    }
  },
  schedules: [{ task: 'sip.traces', match: '17 * * * *' }]
})

interface Initiated {
  pbxUniqueId: string
  caller: { number: string | null }
  dialed: string
  trunkId: string | null
}

/** Makes room for one more; the oldest goes. */
function bounded<V>(map: Map<string, V>, most: number): Map<string, V> {
  for (const oldest of map.keys()) {
    if (map.size < most) break
    map.delete(oldest)
  }
  return map
}

interface Kept {
  at: Date
  direction: 'in' | 'out'
  transport: string
  local: string
  remote: string
  dialog: string
  endpoint: string | null
  method: string
  status: number | null
  reason: string | null
  body: string
}

const keptOf = ({ at, body, ...row }: Kept): KeptMessage => ({
  ...{ direction: row.direction, transport: row.transport, local: row.local, remote: row.remote },
  ...{
    dialog: row.dialog,
    endpoint: row.endpoint,
    method: row.method,
    status: row.status,
    reason: row.reason
  },
  atMs: at.getTime(),
  text: body
})
