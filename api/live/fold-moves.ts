import { without, type Fold } from './fold.ts'

/** Where the call goes: steps of the scheme, queues, hold, transfers, parking. */
export const moves: Fold = {
  'call.forwarding_step': (call, data, at) => {
    const pressed = data.pressed ?? call.pressed
    if (data.state === 'ended') {
      // Whatever block the caller waited in, they wait in it no longer.
      if (pressed === call.pressed && call.queue === null) return call
      return { ...call, pressed, queue: null }
    }
    const { block, blockType, label, groupName: group } = data
    const step = { block, blockType, label, group, startedAt: at }
    return { ...call, pressed, step }
  },
  'call.scheme_changed': (call, { scheme }) => ({ ...call, scheme }),
  'call.looked_up': (call, { contactName }) =>
    contactName === null || call.contact || call.caller.name === contactName
      ? call
      : { ...call, caller: { ...call.caller, name: contactName } },
  'call.tagged': (call, { add, remove }) => ({
    ...call,
    tags: [...new Set([...call.tags, ...add])].filter((tag) => !remove.includes(tag))
  }),
  'call.queued': (call, { queueId, priority }, at) => ({
    ...call,
    queue: { id: queueId, priority, since: call.queue?.since ?? at }
  }),
  'call.callback_promised': (call) => (call.queue ? { ...call, queue: null } : call),
  'call.held': (call, { on }, at) => ({ ...call, held: on ? (call.held ?? { since: at }) : null }),
  'call.transfer': (call, data, at) => {
    const { state, mode, from, target, to, note, reason } = data
    const transfer = { state, mode, from: from.name, to: to?.name ?? null, note, reason, at }
    if (state !== 'started') return { ...call, transfer, consult: null }
    if (mode === 'blind') return { ...call, transfer }
    return {
      ...call,
      transfer,
      consult: {
        target: { ...target },
        stage: 'finding',
        side: 'consulted',
        leg: null,
        name: null,
        note,
        since: at
      }
    }
  },
  'call.parked': (call, { slot, by }, at) => ({
    ...call,
    phase: 'parked',
    parked: { slot, by: by.name, since: at },
    held: null,
    members: without(call.members, call.members[0]?.leg ?? ''),
    operator: null
  }),
  'call.unparked': (call) => ({ ...call, parked: null }),
  'call.dial_refused': (call, { number, reason }, at) => ({ ...call, refusal: { number, reason, at } })
}
