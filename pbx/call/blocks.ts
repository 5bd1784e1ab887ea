import type { BlockEffect, BlockEvent } from '../../ivr/block.ts'
import { brokenSchemeReason, enter, handle, type BlockRun } from '../../ivr/run.ts'
import { goBack } from './detour.ts'
import { endCall } from './ending.ts'
import { dropLeg, ringOperator, wantNumber } from './legs.ts'
import { recordingIdOf } from './recording-id.ts'
import { clientParty, contextOf, effect, moment, schemeOf, secondsBetween, type Turn } from './turn.ts'
import type { Leg } from './types.ts'

/** A scheme that goes on from block to block without ever waiting is broken; this many hops is far past any real one. */
const maxHopsPerStep = 40

/** Walks the caller into a block, and on through those that need no waiting. */
export function enterBlock(turn: Turn, blockId: string, hops = 0): void {
  const { call } = turn
  const scheme = schemeOf(call)
  const block = scheme.blocks[blockId]
  if (!block || hops > maxHopsPerStep) {
    endCall(turn, { by: 'system', reason: brokenSchemeReason, cause: null })
    return
  }
  call.stepNo += 1
  call.block = { id: blockId, type: block.type, state: null, enteredMs: turn.atMs, step: call.stepNo }
  call.pressedInBlock = null
  moment(turn, 'call.forwarding_step', {
    step: call.stepNo,
    state: 'started',
    block: blockId,
    blockType: block.type,
    label: block.label ?? null,
    exit: null,
    pressed: null,
    targets: [],
    groupName: groupNameOf(turn, block.settings),
    seconds: null
  })
  settle(turn, enter(scheme, blockId, contextOf(turn)), hops)
}

/** Gives the current block an event; one it has no row for is recorded and ignored. */
export function tellBlock(turn: Turn, event: BlockEvent): void {
  const { block } = turn.call
  const run = block && handle(schemeOf(turn.call), block, event, contextOf(turn))
  if (run) settle(turn, run, 0)
  else turn.ignored = true
}

/** Applies what a block answered: its state, its effects, and the way out when it is done. */
function settle(turn: Turn, run: BlockRun, hops: number): void {
  const { call } = turn
  const block = call.block
  if (!block) return
  call.block = { ...block, state: run.state }
  for (const wanted of run.effects) {
    apply(turn, wanted)
    if (call.phase === 'ended') return
  }
  if (run.exit === null) return
  const scheme = schemeOf(call)
  closeBlock(turn, run.exit)
  const next = scheme.blocks[block.id]?.exits[run.exit] ?? null
  if (next === null && call.detours.length > 0) goBack(turn, run.exit === 'talked')
  else if (next === null)
    endCall(
      turn,
      turn.because ?? {
        by: 'system',
        reason: call.route || call.order?.test ? 'scheme_ended' : 'no_route',
        cause: null
      }
    )
  else enterBlock(turn, next, hops + 1)
}

/** Writes the end of the current block to the tape; with `exit` null the call ended inside it. */
export function closeBlock(turn: Turn, exit: string | null): void {
  const { call } = turn
  const block = call.block
  if (!block) return
  if (block.type === 'rating' && !call.isRated) {
    // Integrators wait for this moment: "rated nothing" is an answer too.
    moment(turn, 'call.rated', {
      rating: null,
      operatorId: call.lastOperatorId,
      operatorName: call.lastOperatorName
    })
  }
  const settings = schemeOf(call).blocks[block.id]
  moment(turn, 'call.forwarding_step', {
    step: block.step,
    state: 'ended',
    block: block.id,
    blockType: block.type,
    label: settings?.label ?? null,
    exit,
    pressed: call.pressedInBlock,
    targets: targetsSince(call.legs, block.enteredMs),
    groupName: groupNameOf(turn, settings?.settings ?? {}),
    seconds: secondsBetween(block.enteredMs, turn.atMs)
  })
  call.block = null
}

function groupNameOf(turn: Turn, settings: Record<string, unknown>): string | null {
  const groupId = settings['groupId']
  const { groupNames, route } = turn.call
  return (typeof groupId === 'string' && (groupNames[groupId] ?? route?.groupNames[groupId])) || null
}

/** Whom a block rang, each once, whatever the number of their telephones. */
function targetsSince(legs: readonly Leg[], sinceMs: number): { userId: string | null; name: string }[] {
  const named = legs
    .filter((leg) => leg.startedMs >= sinceMs && leg.purpose === 'scheme')
    .map((leg) => [leg.userId ?? leg.name, { userId: leg.userId, name: leg.name }] as const)
  return [...new Map(named).values()]
}

/** Translates one wish of a block into what the machine room must do. */
function apply(turn: Turn, wanted: BlockEffect): void {
  const { call } = turn
  switch (wanted.do) {
    case 'answer':
      answerCaller(turn)
      return
    case 'play': {
      const playId = `${call.id}.p${call.nextPlay}`
      call.nextPlay += 1
      call.playing = playId
      effect(turn, { do: 'play', playId, sounds: wanted.sounds })
      return
    }
    case 'stopPlaying':
      stopPlaying(turn)
      return
    case 'timer':
      startTimer(turn, wanted.ms)
      return
    case 'cancelTimer':
      stopTimer(turn)
      return
    case 'ringback':
      if (call.ringbackOn === wanted.on) return
      call.ringbackOn = wanted.on
      effect(turn, { do: 'ringback', on: wanted.on, isAnswered: call.isAnswered })
      return
    case 'findOperators':
      call.reachedOperators = true
      effect(turn, { do: 'ask', what: 'operators', query: wanted.query })
      return
    case 'ring':
      for (const operator of wanted.operators) {
        const { ringMs, record } = wanted
        ringOperator(turn, operator, { purpose: 'scheme', ringMs, record, handover: call.handover })
      }
      return
    case 'stopRinging':
      for (const userId of wanted.userIds) stopOperator(turn, userId)
      return
    case 'dial':
      wantNumber(turn, wanted.target, {
        kind: 'external',
        purpose: 'scheme',
        ringMs: wanted.ringMs,
        record: wanted.record,
        byUserId: call.handover?.fromUserId ?? null,
        handover: call.handover
      })
      return
    case 'stopDialling':
      for (const leg of call.legs)
        if (leg.kind === 'external' && leg.state !== 'answered') dropLeg(turn, leg, 'noAnswer')
      return
    case 'music':
      if (call.musicOn === wanted.on) return
      call.musicOn = wanted.on
      effect(turn, { do: 'music', party: clientParty(turn), on: wanted.on, musicClass: wanted.musicClass })
      return
    case 'joinQueue':
      call.reachedOperators = true
      if (!call.isQueued || call.queuePriority !== wanted.request.priority)
        moment(turn, 'call.queued', { queueId: wanted.request.queueId, priority: wanted.request.priority })
      call.isQueued = true
      call.queuePriority = wanted.request.priority
      effect(turn, { do: 'joinQueue', request: wanted.request })
      return
    case 'leaveQueue':
      if (call.isQueued) effect(turn, { do: 'leaveQueue' })
      call.isQueued = false
      return
    case 'lookup':
      effect(turn, { do: 'ask', what: 'lookup', url: wanted.url, timeoutMs: wanted.timeoutMs })
      return
    case 'assign':
      call.ownerId = wanted.ownerId ?? call.ownerId
      if (wanted.contactName !== null) call.caller = { ...call.caller, name: wanted.contactName }
      return
    case 'tag':
      tag(turn, wanted.add, wanted.remove)
      return
    case 'setRecording':
      call.isRecorded = wanted.on
      return
    case 'promiseCallback':
      promiseCallback(turn, wanted)
      return
    case 'goToScheme':
      effect(turn, { do: 'ask', what: 'scheme', schemeId: wanted.schemeId })
      return
    case 'recordVoicemail':
      call.voicemail = {
        recordingId: recordingIdOf(call.id, 'voicemail'),
        startedMs: turn.atMs,
        task: call.order?.test ? null : wanted.task
      }
      effect(turn, {
        do: 'recordVoicemail',
        recordingId: call.voicemail.recordingId,
        maxSeconds: wanted.maxSeconds,
        silenceSeconds: wanted.silenceSeconds
      })
      return
    case 'note':
      call.pressedInBlock = (call.pressedInBlock ?? '') + wanted.pressed
      call.pressed += wanted.pressed
      return
    case 'rate':
      call.isRated = true
      moment(turn, 'call.rated', {
        rating: wanted.rating,
        // A mark that was tried out is nobody's.
        operatorId: call.order?.test ? null : wanted.operatorId,
        operatorName: call.lastOperatorName
      })
      return
    case 'hangup':
      endCall(turn, { by: 'system', reason: wanted.reason, cause: null })
  }
}

function tag(turn: Turn, add: readonly string[], remove: readonly string[]): void {
  const { call } = turn
  const kept = call.tags.filter((one) => !remove.includes(one))
  call.tags = [...kept, ...add.filter((one) => !kept.includes(one))]
  moment(turn, 'call.tagged', { add, remove })
}

function promiseCallback(turn: Turn, wanted: Extract<BlockEffect, { do: 'promiseCallback' }>): void {
  const { call } = turn
  const { atMs, groupId, queue } = wanted
  const phone = wanted.number ?? call.caller.number
  // Nobody to call: the block has asked for a number where it can.
  if (phone === null) return
  call.hasPromise = true
  if (call.order?.test) return
  moment(turn, 'call.callback_promised', { phone, atMs, groupId, queue })
}

export function answerCaller(turn: Turn): void {
  if (turn.call.isAnswered) return
  turn.call.isAnswered = true
  effect(turn, { do: 'answer' })
}

export function stopPlaying(turn: Turn): void {
  if (turn.call.playing) effect(turn, { do: 'stopPlaying', playId: turn.call.playing })
  turn.call.playing = null
}

/** One timer per call: starting one replaces the last. */
export function startTimer(turn: Turn, ms: number): void {
  turn.call.deadlineMs = turn.atMs + ms
  effect(turn, { do: 'timer', deadlineMs: turn.call.deadlineMs })
}

export function stopTimer(turn: Turn): void {
  if (turn.call.deadlineMs !== null) effect(turn, { do: 'cancelTimer' })
  turn.call.deadlineMs = null
}

/** A block gives up on these operators; one whom it was only given, and does not ring, goes back to the others. */
function stopOperator(turn: Turn, userId: string): void {
  const ringing = turn.call.legs.filter(
    (leg) => leg.userId === userId && leg.purpose === 'scheme' && leg.state === 'ringing'
  )
  for (const leg of ringing) dropLeg(turn, leg, 'noAnswer')
}
