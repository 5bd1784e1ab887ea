import { enterBlock, stopTimer, tellBlock } from './blocks.ts'
import { answerLeg, closeLeg, stopRinging } from './legs.ts'
import { quieten } from './talk.ts'
import { effect, moment, type Turn } from './turn.ts'
import type { Refusal } from './events.ts'
import type { Leg, Order } from './types.ts'

type Test = NonNullable<Order['test']>

/** Whoever tests has answered: from here on they are the client, in a scheme that is not published yet. */
export function startTest(turn: Turn, leg: Leg, test: Test): void {
  const { call } = turn
  stopRinging(turn, leg.purpose, leg.id, 'cancelled')
  stopTimer(turn)
  answerLeg(turn, leg.id, false)
  moment(turn, 'leg.answered', { leg: leg.id, userId: leg.userId, recordingId: null })
  call.clientLeg = leg.id
  call.clientChannel = leg.channelId ?? `${call.id}.${leg.id}`
  call.isAnswered = true
  call.phase = 'inScheme'
  call.scheme = test.scheme
  call.groupNames = test.groupNames
  enterBlock(turn, test.scheme.body.start)
}

/** The operator that whoever tests plays: nobody whom a real call could ring, or who could be freed of one. */
export const playerId = 'played'

/** Blocks in which somebody else is called: there whoever tests says what they do. */
const callingBlocks: ReadonlySet<string> = new Set(['ring', 'queue', 'external', 'lookup'])

/** Nobody is really rung: whoever tests plays the one who is, and a talk is over as soon as it begins. */
export function playOther(turn: Turn, does: 'answers' | 'declines'): Refusal | null {
  const { call } = turn
  const test = call.order?.test
  if (!test || test.isReal || call.phase !== 'inScheme' || !callingBlocks.has(call.block?.type ?? ''))
    return 'not_in_talk'
  const asked = call.legs.filter((leg) => leg.state === 'asked')
  for (const leg of asked) closeLeg(turn, leg, does === 'answers' ? 'cancelled' : 'declined', null)
  if (does === 'answers') {
    if (call.isQueued) effect(turn, { do: 'leaveQueue' })
    call.isQueued = false
    quieten(turn)
    tellBlock(turn, { type: 'talkEnded' })
    return null
  }
  const [outside] = asked
  if (outside) {
    const number = outside.number ?? outside.name
    tellBlock(turn, { type: 'dialFailed', number, result: 'declined', reason: null })
    return null
  }
  call.declined = [...call.declined, playerId]
  tellBlock(turn, { type: 'legFailed', userId: playerId, result: 'declined' })
  return null
}
