import type { TapeRow } from '../pbx/call/effects.ts'

/** How the demo client behaves: as most do, pressing nothing at all, or hanging up while it rings. */
export type Scenario = 'usual' | 'passive' | 'impatient'
export const scenarios: readonly Scenario[] = ['usual', 'passive', 'impatient']

/** One thing the client does, `afterMs` from the moment that made it do so. */
export type Reaction = { readonly afterMs: number } & (
  { readonly do: 'press'; readonly digit: string } | { readonly do: 'speak' | 'hush' | 'hangup' }
)

const menuThinkingMs = 2000
/** Most of the question is heard before the answer comes. */
const ratingThinkingMs = 4000
const messageMs = 12_000
const patienceMs = 9000

/**
 * What the client does at this moment of the call; nothing at most moments. What was planned at an earlier moment
 * is off as soon as a block is left (`endsPlans`): nobody answers a question that is no longer asked.
 */
export function reactionsTo(row: TapeRow, scenario: Scenario): readonly Reaction[] {
  switch (row.type) {
    case 'call.answered':
      return [{ do: 'speak', afterMs: 300 }]
    case 'call.talk_ended':
      return [{ do: 'hush', afterMs: 0 }]
    case 'call.forwarding_step':
      return row.data['state'] === 'started' ? atBlock(String(row.data['blockType']), scenario) : []
    default:
      return row.effects.some((effect) => effect.do === 'recordVoicemail') ? leaveMessage(scenario) : []
  }
}

/** Whether this moment makes earlier plans void. */
export function endsPlans(row: TapeRow): boolean {
  return (
    (row.type === 'call.forwarding_step' && row.data['state'] === 'ended') ||
    row.type === 'call.answered' ||
    row.type === 'call.ended'
  )
}

function atBlock(blockType: string, scenario: Scenario): readonly Reaction[] {
  const listen: Reaction = { do: 'hush', afterMs: 0 }
  switch (blockType) {
    case 'menu':
      return scenario === 'passive'
        ? [listen]
        : [listen, { do: 'press', digit: '1', afterMs: menuThinkingMs }]
    case 'rating':
      return scenario === 'passive'
        ? [listen]
        : [listen, { do: 'press', digit: '5', afterMs: ratingThinkingMs }]
    case 'ring':
      return scenario === 'impatient' ? [listen, { do: 'hangup', afterMs: patienceMs }] : [listen]
    default:
      return [listen]
  }
}

/** Speaks after the tone and ends with the key that the prompt names; the passive one leaves it to the silence. */
function leaveMessage(scenario: Scenario): readonly Reaction[] {
  const end: Reaction =
    scenario === 'passive'
      ? { do: 'hush', afterMs: messageMs }
      : { do: 'press', digit: '#', afterMs: messageMs }
  return [{ do: 'speak', afterMs: 200 }, end]
}
