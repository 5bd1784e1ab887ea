import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriChannel } from '../ari/events.ts'
import type { Metrics } from './metrics.ts'
import type { Hold } from './operator-entry.ts'
import type { Operators } from './operators.ts'

/** What was wrong with an operator: held by a call that is over, by one that does not use their telephone, or by none. */
export interface Correction {
  kind: 'call_gone' | 'phone_idle' | 'order_not_placed'
  userId: string
  callId: string
}

export interface Comparison {
  corrections: Correction[]
  /** Operators whose telephones are in calls that we do not lead, such as a call of the fallback. */
  elsewhere: ReadonlySet<string>
}

export interface Truth {
  holds: readonly Hold[]
  channels: readonly Pick<AriChannel, 'id' | 'name' | 'application' | 'createdMs'>[]
  isCallOpen(callId: string): boolean
  nowMs: number
  idleAfterMs: number
}

/** Requests under way, events not yet read: no hold this young is doubted. */
const youngMs = 3000
/** A call is placed for an operator who was reserved for it well within this. */
const orderMs = 20_000
/** A telephone that has just dialled belongs to no call for a moment. */
const newChannelMs = 1500
const lookEveryMs = 4000
/** With thousands of channels a look takes its time: it never takes more than this part of it. */
const looksShare = 0.05
const idleAfterMs = 12_000

/** Compares whom we hold with what Asterisk has. Pure. */
export function compare({ holds, channels, isCallOpen, nowMs, idleAfterMs: idle }: Truth): Comparison {
  const byDevice = new Map<string, Truth['channels'][number][]>()
  for (const channel of channels) {
    const device = deviceOf(channel.name)
    if (device !== null) byDevice.set(device, [...(byDevice.get(device) ?? []), channel])
  }
  const corrections: Correction[] = []
  const elsewhere = new Set<string>()
  for (const { userId, devices, calls } of holds) {
    const own = devices.flatMap(({ sipUser, kind }) =>
      (byDevice.get(sipUser) ?? []).filter((channel) => !isOwnTest(channel, kind))
    )
    for (const { callId, sinceMs } of calls) {
      const heldMs = nowMs - sinceMs
      const isOrder = callId.startsWith('order:')
      if (isOrder && heldMs > orderMs) corrections.push({ kind: 'order_not_placed', userId, callId })
      if (isOrder) continue
      if (!isCallOpen(callId) && heldMs > youngMs) corrections.push({ kind: 'call_gone', userId, callId })
      else if (own.length === 0 && heldMs > idle) corrections.push({ kind: 'phone_idle', userId, callId })
    }
    const strange = own.some((channel) => !isLeg(channel.id) && nowMs - channel.createdMs > newChannelMs)
    if (strange && calls.length === 0) elsewhere.add(userId)
  }
  return { corrections, elsewhere }
}

/** A browser ends its test of the line as soon as a client rings; a telephone on the desk is busy with it. */
const isOwnTest = ({ application }: Truth['channels'][number], kind: 'browser' | 'sip'): boolean =>
  kind === 'browser' && application === 'Echo'

/** `PJSIP/op-…-0000001a` → `op-…`; null for anything but an operator's telephone. */
function deviceOf(channelName: string): string | null {
  return /^PJSIP\/(op-.+)-[0-9a-f]{8}$/.exec(channelName)?.[1] ?? null
}

/** Channels that we make are named after their call and leg; their end is on its way when the call is over. */
const isLeg = (channelId: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\./.test(channelId)

export interface OperatorWatchdog {
  /** Looks now; without an answer from Asterisk nothing is changed. */
  look(): Promise<void>
  start(): void
  stop(): Promise<void>
}

/**
 * Looks every few seconds whether those whom we hold as busy are, and whether those whom we hold as free are not. An
 * operator who is stuck is freed, which is logged, counted and audited: each correction is a mistake of ours.
 */
export function watchOperators(options: {
  ari: Ari
  operators: Operators
  isCallOpen(callId: string): boolean
  metrics: Pick<Metrics, 'operatorCorrection'>
  db: Knex
  log: Logger
}): OperatorWatchdog {
  const { ari, operators, log } = options
  /** What the last look found wrong: only what two looks in a row find is corrected. */
  let suspected = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let isStopped = false
  let pauseMs = lookEveryMs

  async function lookOnce(): Promise<void> {
    if (!ari.isUp) return
    const channels = await ari.listChannels()
    if (!channels.ok) return
    const nowMs = Date.now()
    const { corrections, elsewhere } = compare({
      holds: operators.holds(),
      channels: channels.value,
      isCallOpen: (callId) => options.isCallOpen(callId),
      nowMs,
      idleAfterMs
    })
    for (const { userId, isElsewhere } of operators.holds()) {
      if (isElsewhere !== elsewhere.has(userId)) {
        log.info(
          { userId, isElsewhere: !isElsewhere },
          'A telephone is used by a call that we do not lead, or no more'
        )
        operators.setElsewhere(userId, !isElsewhere, nowMs)
      }
    }
    const before = suspected
    suspected = new Set(corrections.map(keyOf))
    for (const found of corrections) if (before.has(keyOf(found))) await correct(found, nowMs)
  }

  async function correct(found: Correction, nowMs: number): Promise<void> {
    operators.release(found.callId, found.userId, false, nowMs)
    log.warn(found, 'An operator was held without a reason and is freed')
    options.metrics.operatorCorrection(found.kind)
    const { userId, ...data } = found
    try {
      await options.db('audit').insert({
        action: 'operator.correct',
        entity: 'user',
        entity_id: userId,
        data: JSON.stringify(data)
      })
    } catch (error) {
      log.warn({ err: error }, 'A correction could not be written to the audit; the log has it')
    }
  }

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => (looking = undefined))
    return looking
  }

  function plan(): void {
    if (isStopped) return
    timer = setTimeout(() => {
      const beganMs = performance.now()
      look()
        .finally(() => (pauseMs = Math.max(lookEveryMs, (performance.now() - beganMs) / looksShare)))
        .catch((error: unknown) => log.error({ err: error }, 'Operators could not be compared with Asterisk'))
        .finally(plan)
        .catch((error: unknown) => log.error({ err: error }, 'The watchdog of operators'))
    }, pauseMs)
    timer.unref()
  }

  return {
    look,
    start: plan,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await looking
    }
  }
}

const keyOf = ({ kind, userId, callId }: Correction): string => `${kind} ${userId} ${callId}`
