import type { BlockEffect, BlockEvent } from '../../ivr/block.ts'
import { brokenSchemeReason, enter, handle, type BlockRun } from '../../ivr/run.ts'
import { endCall } from './ending.ts'
import { changeLeg, contextOf, effect, moment, schemeOf, secondsBetween, type Turn } from './turn.ts'

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
  call.block = { id: blockId, type: block.type, state: null, enteredMs: turn.atMs }
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
  closeBlock(turn, run.exit)
  const next = schemeOf(call).blocks[block.id]?.exits[run.exit] ?? null
  if (next === null)
    endCall(
      turn,
      turn.because ?? { by: 'system', reason: call.route ? 'scheme_ended' : 'no_route', cause: null }
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
    step: call.stepNo,
    state: 'ended',
    block: block.id,
    blockType: block.type,
    label: settings?.label ?? null,
    exit,
    pressed: call.pressedInBlock,
    targets: call.legs
      .filter((leg) => leg.startedMs >= block.enteredMs)
      .map((leg) => ({ userId: leg.userId, name: leg.name })),
    groupName: groupNameOf(turn, settings?.settings ?? {}),
    seconds: secondsBetween(block.enteredMs, turn.atMs)
  })
  call.block = null
}

function groupNameOf(turn: Turn, settings: Record<string, unknown>): string | null {
  const groupId = settings['groupId']
  return (typeof groupId === 'string' && turn.call.route?.groupNames[groupId]) || null
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
      call.deadlineMs = turn.atMs + wanted.ms
      effect(turn, { do: 'timer', deadlineMs: call.deadlineMs })
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
      for (const operator of wanted.operators) ring(turn, operator, wanted.ringMs, wanted.record)
      return
    case 'stopRinging':
      for (const userId of wanted.userIds) stopRinging(turn, userId)
      return
    case 'recordVoicemail':
      call.voicemail = { recordingId: recordingIdOf(call.id, 'voicemail'), startedMs: turn.atMs }
      effect(turn, {
        do: 'recordVoicemail',
        recordingId: call.voicemail.recordingId,
        maxSeconds: wanted.maxSeconds,
        silenceSeconds: wanted.silenceSeconds
      })
      return
    case 'note':
      call.pressedInBlock = (call.pressedInBlock ?? '') + wanted.pressed
      return
    case 'rate':
      call.isRated = true
      moment(turn, 'call.rated', {
        rating: wanted.rating,
        operatorId: wanted.operatorId,
        operatorName: call.lastOperatorName
      })
      return
    case 'hangup':
      endCall(turn, { by: 'system', reason: wanted.reason, cause: null })
  }
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

export function stopTimer(turn: Turn): void {
  if (turn.call.deadlineMs !== null) effect(turn, { do: 'cancelTimer' })
  turn.call.deadlineMs = null
}

function ring(turn: Turn, operator: { userId: string; name: string }, ringMs: number, record: boolean): void {
  const { call } = turn
  const legId = `op${call.nextLeg}`
  call.nextLeg += 1
  call.rungSomebody = true
  const recordingId = record ? recordingIdOf(call.id, legId) : null
  call.legs = [
    ...call.legs,
    {
      id: legId,
      userId: operator.userId,
      name: operator.name,
      state: 'ringing',
      recordingId,
      startedMs: turn.atMs,
      answeredMs: null
    }
  ]
  moment(turn, 'leg.started', { leg: legId, userId: operator.userId, name: operator.name, ringMs })
  effect(turn, { do: 'originate', leg: legId, userId: operator.userId, ringMs, recordingId })
}

function stopRinging(turn: Turn, userId: string): void {
  const leg = turn.call.legs.find((candidate) => candidate.userId === userId && candidate.state === 'ringing')
  if (!leg) return
  changeLeg(turn, leg.id, { state: 'ended' })
  moment(turn, 'leg.ended', { leg: leg.id, userId, result: 'noAnswer', cause: null })
  effect(turn, { do: 'hangupLeg', leg: leg.id, reason: 'cancel' }, { do: 'release', userId, talked: false })
}

/**
 * Recording ids derive from the call and the leg (the call's UUIDv7 with its tail replaced by the leg's number),
 * so that a repeated step, a replay and the import from Asterisk's own log all name the same file.
 */
export function recordingIdOf(callId: string, leg: string): string {
  const number = leg === 'voicemail' ? 0xfff : Number(leg.replace(/\D/g, '')) || 0
  return `${callId.slice(0, 14)}8${number.toString(16).padStart(3, '0')}${callId.slice(18)}`
}
