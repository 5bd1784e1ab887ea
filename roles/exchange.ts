import path from 'node:path'
import { createDialling, type Dialling } from '../dialling/dialling.ts'
import { takeMoments } from '../dialling/inbox.ts'
import type { Moments } from '../pbx/call/moments.ts'
import { tellOfBans } from '../crm/tasks/alarms.ts'
import { overloadAlarm } from '../crm/tasks/overload-alarm.ts'
import { createSipGuard, type SipGuard } from '../pbx/guard/guard.ts'
import { openFront } from '../pbx/edge/front.ts'
import { openNodes } from '../pbx/nodes/wire.ts'
import { hepPassword } from '../pbx/provision/asterisk.ts'
import type { Lease } from '../pbx/runtime/lease.ts'
import { createMetrics, type Metrics } from '../pbx/runtime/metrics.ts'
import { createPbx, type Pbx } from '../pbx/runtime/pbx.ts'
import { createSipTrace, type SipTrace } from '../pbx/trace/trace.ts'
import { normalise } from '../tracking/phones.ts'
import { app } from './asterisk.ts'
import type { Ground } from './ground.ts'
import type { Behind, Tools } from './tools.ts'

/** Q.850 of a call in which nothing came in time: it goes on through the next trunk. */
const timerExpired = 102

/** The telephone exchange with all that decides in it, in this process. */
export interface Exchange {
  readonly pbx: Pbx
  readonly dialling: Dialling
  readonly sipTrace: SipTrace
  readonly sipGuard: SipGuard
  readonly metrics: Metrics
}

/** Parts of an exchange that is on its way. */
export type Late = { -readonly [Part in keyof Exchange]?: Exchange[Part] }

/**
 * Brings the exchange up; when it resolves, calls can come.
 * @param lease of these calls; who loses it ends the exchange
 * @param late told of its parts as soon as they are there: the tools ask for them
 */
export async function openExchange(
  ground: Ground,
  { outside, recordings, tracking }: Tools,
  late: Late,
  lease: Lease
): Promise<Exchange> {
  const { config, db, databaseUrl, instance, log, aside, asteriskDir, recordingsDir, media, disk } = ground
  let metrics: Metrics | undefined
  const { edge } = config
  const front = edge && openFront({ db, databaseUrl, address: `${edge.host}:${edge.port}`, log })
  if (front) aside.push('the front', () => front.stop())
  const nodes = openNodes({
    ...{ db, databaseUrl, app, front, log },
    ariPassword: instance.ariPassword,
    amiPassword: instance.amiPassword,
    own: {
      host: config.ariHost,
      ariPort: config.ariPort,
      amiPort: config.amiPort,
      celFile: path.join(asteriskDir, 'log/cel-custom/Master.csv')
    },
    observe: (name, outcome, tookMs) => metrics?.ari(name, outcome, tookMs),
    mayAct: () => lease.mayAct()
  })
  aside.push('nodes', () => nodes.stop())
  const { ari, ami, members } = nodes
  const pbx = await createPbx({
    db,
    disk,
    databaseUrl,
    ...{ ari, ami, members },
    fence: lease.fence,
    dir: config.dataDir,
    asteriskLog: path.join(asteriskDir, 'log/messages.log'),
    recordingsDir,
    outbox: {
      enqueueDeliveries: (trx, rows) => outside.enqueue(trx, rows),
      enqueueRecordings: (trx, started) => recordings.enqueueRecordings(trx, started),
      takeMoments
    },
    normalise: (raw, country) => normalise(raw, country),
    media: (sound, locale) => media.soundOf(sound, locale),
    sourceOf: (numberId, atMs, caller) => tracking.sourceOf(numberId, atMs, caller),
    dialPolicy: {
      decide: (asked) => late.dialling?.policy.decide(asked) ?? { allowed: false, reason: 'starting' }
    },
    lookup: (url, timeoutMs, facts) => outside.lookup(url, timeoutMs, facts),
    // What the last controller dialled counts from the first call on.
    beforeEvents: async () => late.dialling?.recall(),
    metrics: (read) => (metrics = createMetrics(read)),
    log
  })
  if (!metrics) throw new Error('The exchange made no metrics')
  Object.assign(late, { pbx, metrics })
  const dialling = createDialling({
    ...{ db, databaseUrl, log },
    fence: pbx.fence,
    ports: {
      feed: pbx.feed,
      operators: () => pbx.operators(),
      isAnyoneFree: (query) => pbx.isAnyoneFree(query),
      endWrapUp: (userId) => pbx.endWrapUp(userId),
      place: (order) => pbx.place(order),
      waitVirtually: (wait, onReserved) => pbx.waitVirtually(wait, onReserved),
      trunkState: (trunkId) => pbx.trunkStates().get(trunkId),
      callsIn: (trunkId) => pbx.callsIn(trunkId),
      endCall: (callId) => {
        pbx.hangup(callId, { userId: '' }).catch((err: unknown) => log.warn({ err }, 'A call was not ended'))
      }
    },
    registry: metrics.registry
  })
  late.dialling = dialling
  const sipTrace = await createSipTrace({
    ...{ db, ami, log },
    port: config.amiPort,
    password: hepPassword(instance.amiPassword),
    ownPorts: [config.sip.port, config.ariPort],
    isCurrent: (trunkId) => pbx.isTrunkCurrent(trunkId),
    refused: () => pbx.refusedObjects(),
    giveUp: (channelId) => {
      ari.hangup(channelId, timerExpired).catch((err: unknown) => log.warn({ err }, 'A silent leg stays'))
    }
  })
  aside.push('the SIP trace', () => sipTrace.close())
  pbx.feed.onRow((row) => sipTrace.onRow(row))
  pbx.feed.onRow(overloadAlarm(db, log))
  ari.on('event', (event) => {
    if ('channel' in event) sipTrace.onChannel(event.channel)
    if (event.type === 'ChannelDestroyed') sipTrace.onChannelGone(event.channel.id)
  })
  pbx.feed.onRow(({ type, data }) => {
    if (type === 'call.initiated') tracking.onInitiated(data as unknown as Moments['call.initiated'])
  })
  ari.on('replaced', () => {
    // Whoever took Asterisk's events has the lease, or had no right to: then we take them back.
    lease.confirm().then(
      (isOurs) => {
        if (isOurs) ari.connect()
      },
      (err: unknown) => log.error({ err }, 'Who leads the calls could not be asked')
    )
  })
  await dialling.prepare()
  ground.say(7, 'Connecting to Asterisk')
  // Also one that never came up is ended.
  aside.push('the exchange', async () => {
    await pbx.stop()
    await ari.close()
  })
  // It could be lost meanwhile; then Asterisk is another's already.
  if (!(await lease.mayAct())) throw new Error('Another controller leads the calls now')
  await pbx.start()
  const sipGuard = createSipGuard({
    ...{ db, databaseUrl, ari, ami, log },
    tellMany: tellOfBans,
    registry: metrics.registry
  })
  sipGuard.start()
  aside.push('the guard', () => sipGuard.stop())
  await dialling.start()
  aside.push('dialling', () => dialling.stop())
  return { pbx, dialling, sipTrace, sipGuard, metrics }
}

/** The exchange of this process, as the tools reach it: they are there before it. */
export function behindOf(late: Late): Behind {
  return {
    appendMoment: (callId, type, data) => {
      if (!late.pbx) throw new Error('The exchange is not up yet')
      return late.pbx.appendMoment(callId, type, data)
    },
    findOperator: (name) => late.pbx?.findOperator(name) ?? null,
    dialling: () => late.dialling,
    lostRecording: (outcome) => late.metrics?.lostRecording(outcome)
  }
}
