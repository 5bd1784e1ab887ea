import { parseSip } from './sip-message.ts'
import type { Dialog, SipCopy } from './types.ts'

/** How much is kept in memory; the oldest goes first. */
export const limits = {
  /** Registrations of ours, by Call-ID, and messages of each: they go on for years under one id. */
  registers: 500,
  registerMessages: 60,
  registerCharacters: 8 * 1024 ** 2,
  options: 300,
  optionsMessages: 20,
  optionsCharacters: 2 * 1024 ** 2,
  /** Calls that are not known as ours (yet): refused by Asterisk, or tried by strangers. */
  strangers: 300,
  /** Anybody at all can make these long. */
  strangerCharacters: 4 * 1024 ** 2,
  /** Dialogs of our calls. */
  calls: 3000,
  callMessages: 300,
  /** Characters of one dialog. */
  dialogCharacters: 300 * 1024,
  /** Characters of all calls together. */
  callCharacters: 16 * 1024 ** 2
} as const

interface Kept {
  id: string
  kind: Dialog['kind']
  messages: SipCopy[]
  first: Dialog['first']
  endpoint: string | null
  callId: string | null
  isCut: boolean
  characters: number
}

/** Dialogs of one kind, the oldest first. */
interface Pool {
  readonly dialogs: Map<string, Kept>
  readonly most: number
  readonly mostCharacters: number
  /** Of all messages together. */
  characters: number
}

const poolFor = (most: number, mostCharacters: number): Pool => ({
  ...{ dialogs: new Map(), most, mostCharacters, characters: 0 }
})

/** Bounded memory of what was said lately. */
export interface Store {
  add(copy: SipCopy): void
  /** A channel of ours belongs to this dialog. */
  link(dialog: string, endpoint: string, callId: string | null): void
  /** The last dialogs first. */
  registers(): readonly Dialog[]
  options(): readonly Dialog[]
  /** Calls at Asterisk's door that became none of ours. */
  strangers(): readonly Dialog[]
  ofCall(callId: string): readonly Dialog[]
  /** Dialogs of calls, the last first. */
  calls(): readonly Dialog[]
  /** Told after each message that was kept. */
  onAdded(listener: (dialog: Dialog, copy: SipCopy) => void): () => void
}

/** Methods that may be the first that we hear of a call: the controller may have begun in its middle. */
const ofCalls = new Set(['INVITE', 'ACK', 'BYE', 'CANCEL', 'UPDATE', 'PRACK', 'INFO', 'REFER'])

export function createStore(): Store {
  const registers = poolFor(limits.registers, limits.registerCharacters)
  const options = poolFor(limits.options, limits.optionsCharacters)
  const strangers = poolFor(limits.strangers, limits.strangerCharacters)
  const calls = poolFor(limits.calls, limits.callCharacters)
  const pools = [calls, strangers, registers, options]
  const byCall = new Map<string, Set<Kept>>()
  /** Channels whose first message has not come yet: HEP and ARI are two roads. */
  const early = new Map<string, { endpoint: string; callId: string | null }>()
  const listeners = new Set<(dialog: Dialog, copy: SipCopy) => void>()

  function begin(copy: SipCopy): Kept | null {
    const isRequest = copy.status === null
    const kind = ofCalls.has(copy.method)
      ? 'call'
      : // What telephones and strangers ask of us is none of a trunk's.
        isRequest && copy.direction === 'out' && copy.method === 'REGISTER'
        ? 'register'
        : isRequest && copy.direction === 'out' && copy.method === 'OPTIONS'
          ? 'options'
          : null
    // Browsers' telephones talk of themselves all day; their calls count.
    if (kind === null || (kind === 'options' && /^ws/.test(copy.transport))) return null
    const message = kind === 'call' ? null : parseSip(copy.text)
    const first = {
      direction: copy.direction,
      user: message?.from?.user ?? '',
      host: message?.from?.host ?? '',
      target: `${message?.uri?.host ?? ''}:${message?.uri?.port ?? 5060}`
    }
    const found = early.get(copy.dialog)
    early.delete(copy.dialog)
    const { dialog: id } = copy
    const made: Kept = {
      id,
      kind,
      messages: [],
      first,
      endpoint: null,
      callId: null,
      isCut: false,
      characters: 0
    }
    poolOf(kind, found?.callId ?? null).dialogs.set(id, made)
    if (found) attach(made, found.endpoint, found.callId)
    return made
  }

  const poolOf = (kind: Dialog['kind'], callId: string | null): Pool =>
    kind === 'register' ? registers : kind === 'options' ? options : callId === null ? strangers : calls

  function attach(kept: Kept, endpoint: string, callId: string | null): void {
    kept.endpoint = endpoint
    if (callId === null || kept.callId !== null) return
    kept.callId = callId
    if (strangers.dialogs.delete(kept.id)) {
      strangers.characters -= kept.characters
      calls.characters += kept.characters
    }
    calls.dialogs.set(kept.id, kept)
    const all = byCall.get(callId) ?? new Set()
    byCall.set(callId, all.add(kept))
  }

  function forgetOldest(): void {
    for (const pool of pools) {
      for (const kept of pool.dialogs.values()) {
        if (pool.dialogs.size <= pool.most && pool.characters <= pool.mostCharacters) break
        pool.dialogs.delete(kept.id)
        pool.characters -= kept.characters
        if (kept.callId === null) continue
        const all = byCall.get(kept.callId)
        all?.delete(kept)
        if (all?.size === 0) byCall.delete(kept.callId)
      }
    }
    for (const id of early.keys()) {
      if (early.size <= limits.strangers) break
      early.delete(id)
    }
  }

  const find = (id: string): Kept | undefined =>
    pools.map(({ dialogs }) => dialogs.get(id)).find((kept) => kept !== undefined)

  const lastFirst = ({ dialogs }: Pool): Kept[] =>
    [...dialogs.values()].sort((a, b) => (b.messages.at(-1)?.atMs ?? 0) - (a.messages.at(-1)?.atMs ?? 0))

  return {
    add(copy) {
      const kept = find(copy.dialog) ?? begin(copy)
      if (kept === null) return
      const most =
        kept.kind === 'call'
          ? limits.callMessages
          : kept.kind === 'register'
            ? limits.registerMessages
            : limits.optionsMessages
      const isLong = kept.characters + copy.text.length > limits.dialogCharacters
      if (kept.kind === 'call' && (kept.messages.length >= most || isLong)) {
        kept.isCut = true
        return
      }
      kept.messages.push(copy)
      let added = copy.text.length
      if (kept.messages.length > most) {
        added -= kept.messages.shift()?.text.length ?? 0
        kept.isCut = true
      }
      kept.characters += added
      poolOf(kept.kind, kept.callId).characters += added
      forgetOldest()
      for (const listener of listeners) listener(kept, copy)
    },
    link(dialog, endpoint, callId) {
      const kept = find(dialog)
      if (!kept) early.set(dialog, { endpoint, callId })
      else if (kept.kind === 'call') attach(kept, endpoint, callId)
      forgetOldest()
    },
    registers: () => lastFirst(registers),
    options: () => lastFirst(options),
    strangers: () => lastFirst(strangers),
    calls: () => lastFirst(calls),
    ofCall: (callId) => [...(byCall.get(callId) ?? [])],
    onAdded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}
