import type { CallFacts } from '../../ivr/block.ts'
import type { Effect } from '../call/effects.ts'
import type { CallEvent } from '../call/events.ts'
import { contextOf, startTurn } from '../call/turn.ts'
import { bridgeTone, closeBridge, connect, letGo, music, part, snoop, unsnoop } from './effect-bridges.ts'
import { dialOut, hangupLeg, mute, originate, pauseRecording, record, referAnswer } from './effect-legs.ts'
import { clientChannel, clientLane, inLanes, type EffectPorts } from './effect-ports.ts'
import type { LiveCall } from './mailbox.ts'
import { play, ringback } from './effect-sounds.ts'
import { findImagined, isImagined, joinImagined } from './test-calls.ts'

/** Does one effect of a step. What cannot be done comes back as an event. */
export function runEffect(live: LiveCall, effect: Effect, atMs: number, ports: EffectPorts): void {
  const { ari, log } = ports
  const { call } = live
  const client = clientChannel(call)
  const lane = clientLane(call)

  switch (effect.do) {
    case 'ask':
      ask(live, effect, atMs, ports)
      return
    case 'joinQueue':
      if (joinImagined(live, effect.request.query, atMs, ports)) return
      ports.queues.join(call.id, effect.request)
      return
    case 'leaveQueue':
      ports.queues.leave(call.id)
      return
    case 'answer':
      if (client !== null) inLanes(live, [lane], effect.do, () => ari.answer(client), log)
      return
    case 'ringback':
      ringback(live, effect, ports)
      return
    case 'play':
      play(live, effect, ports)
      return
    case 'stopPlaying':
      inLanes(live, [lane], effect.do, () => ari.stopPlayback(effect.playId), log)
      return
    case 'timer':
      startTimer(live, effect.deadlineMs, ports)
      return
    case 'cancelTimer':
      clearTimeout(live.timer)
      return
    case 'originate':
      originate(live, effect, ports)
      return
    case 'dialOut':
      dialOut(live, effect, ports)
      return
    case 'record':
      record(live, effect, ports)
      return
    case 'pauseRecording':
      pauseRecording(live, effect, ports)
      return
    case 'connect':
      connect(live, effect, ports)
      return
    case 'part':
      part(live, effect, ports)
      return
    case 'closeBridge':
      closeBridge(live, effect.bridge, ports)
      return
    case 'music':
      music(live, effect, ports)
      return
    case 'bridgeTone':
      bridgeTone(live, effect, ports)
      return
    case 'snoop':
      snoop(live, effect, ports)
      return
    case 'unsnoop':
      unsnoop(live, effect, ports)
      return
    case 'mute':
      mute(live, effect, ports)
      return
    case 'hangupLeg':
      hangupLeg(live, effect, ports)
      return
    case 'hangupCaller':
      if (client !== null) inLanes(live, [lane], effect.do, () => ari.hangup(client, effect.cause), log)
      return
    case 'referAnswer':
      referAnswer(live, effect, ports)
      return
    case 'release':
      release(live, effect, atMs, ports)
      return
    case 'recordVoicemail':
      if (client !== null) inLanes(live, [lane], effect.do, () => voicemail(live, client, effect, ports), log)
      return
    case 'forget':
      clearTimeout(live.timer)
      letGo(live, ports)
      ports.forget(live)
  }
}

/** Questions are answered from memory in the same breath; only an outside system takes its time. */
function ask(live: LiveCall, effect: Extract<Effect, { do: 'ask' }>, atMs: number, ports: EffectPorts): void {
  const { call } = live
  const tell = (event: CallEvent): void => ports.deliver(live, event)
  switch (effect.what) {
    case 'route':
      tell({ type: 'routed', atMs, ...ports.findRoute(live) })
      return
    case 'scheme':
      tell({ type: 'schemeFound', atMs, ...ports.findScheme(effect.schemeId) })
      return
    case 'operators': {
      if (findImagined(live, effect.query, atMs, ports)) return
      const orderId = call.order?.orderId ?? null
      const find = (nowMs: number) =>
        ports.operators.reserve(call.id, effect.query, ports.wallOf(live, nowMs), orderId)
      const operators = find(atMs)
      if (operators.length > 0 || !live.releasing) {
        tell({ type: 'operatorsFound', atMs, operators })
        return
      }
      // Whoever gave the call on a moment ago may be the one who is wanted, and their telephone not yet free.
      const findLater = (): void => {
        const nowMs = ports.now(live)
        tell({ type: 'operatorsFound', atMs: nowMs, operators: find(nowMs) })
      }
      live.releasing.then(findLater, (error: unknown) =>
        ports.log.error({ err: error }, 'Giving an operator back')
      )
      return
    }
    case 'dial': {
      // Whoever tests says what becomes of it.
      if (isImagined(call)) return
      const { leg, target, byUserId, numberId, exceptTrunkIds } = effect
      const { id: callId, callType } = call
      const asked = { callId, callType, leg, target, byUserId, numberId, exceptTrunkIds }
      tell({ type: 'dialDecided', atMs, leg, decision: ports.dialPolicy.decide(asked) })
      return
    }
    case 'lookup': {
      const { facts } = contextOf(startTurn(call, { type: 'lookedUp', atMs, answer: null }))
      void answerLookup(live, effect, facts, ports).catch((error: unknown) =>
        ports.log.error({ err: error, callId: call.id }, 'A lookup failed unexpectedly')
      )
    }
  }
}

async function answerLookup(
  live: LiveCall,
  { url, timeoutMs }: Extract<Effect, { what: 'lookup' }>,
  facts: CallFacts,
  ports: EffectPorts
): Promise<void> {
  const answer = await ports.lookup(url, timeoutMs, facts)
  ports.deliver(live, { type: 'lookedUp', atMs: ports.now(live), answer })
}

/**
 * Gives an operator back. After a talk only when Asterisk has taken the hang-up: the next call's INVITE would else be
 * at the telephone before the BYE.
 */
function release(
  live: LiveCall,
  { userId, talked, result }: Extract<Effect, { do: 'release' }>,
  atMs: number,
  { operators, wallOf, log }: EffectPorts
): void {
  const { call } = live
  const free = (): void => operators.release(call.id, userId, talked, wallOf(live, atMs), result)
  const legs = talked ? call.legs.filter((leg) => leg.userId === userId).map((leg) => leg.id) : []
  const lanes = legs.filter((leg) => live.lanes.has(leg))
  const [lane] = lanes
  if (lane === undefined) {
    free()
    return
  }
  inLanes(live, lanes, 'release', () => Promise.resolve(free()), log)
  const releasing = Promise.all([live.releasing, live.lanes.get(lane)]).then(() => {
    if (live.releasing === releasing) live.releasing = undefined
  })
  live.releasing = releasing
}

/** Sets the call's one timer; it carries its deadline, so that a stale one is told from the one that runs. */
export function startTimer(live: LiveCall, deadlineMs: number, ports: EffectPorts): void {
  clearTimeout(live.timer)
  live.timer = setTimeout(
    () => ports.deliver(live, { type: 'timeout', atMs: ports.now(live), deadlineMs }),
    Math.max(0, deadlineMs - ports.now(live))
  )
}

async function voicemail(
  live: LiveCall,
  client: string,
  effect: Extract<Effect, { do: 'recordVoicemail' }>,
  ports: EffectPorts
): Promise<void> {
  const result = await ports.ari.record(client, effect.recordingId, {
    maxSeconds: effect.maxSeconds,
    silenceSeconds: effect.silenceSeconds,
    terminateOn: '#'
  })
  if (!result.ok && result.code !== 'already' && result.code !== 'gone') {
    ports.deliver(live, { type: 'recorded', atMs: ports.now(live), seconds: 0 })
  }
}
