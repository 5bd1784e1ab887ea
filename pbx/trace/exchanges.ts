import type { SipMessage } from './sip-message.ts'
import type { SipCopy } from './types.ts'

/** A message with its place in the trace, taken apart; `sip` is null where that failed. */
export interface Heard extends SipCopy {
  index: number
  sip: SipMessage | null
}

/** A request with its answers. */
export interface Exchange {
  method: string
  request: Heard
  /** How often it was sent again. */
  repeats: number
  provisional: Heard[]
  /** The first final answer. */
  final: Heard | null
}

/** Requests with their answers, in the order of the requests. Retransmissions are counted, not repeated. Pure. */
export function exchangesOf(heard: readonly Heard[]): Exchange[] {
  const open = new Map<string, Exchange>()
  const all: Exchange[] = []
  for (const one of heard) {
    // An answer goes the other way; ACK and CANCEL have the number of what they are about, and a method of their own.
    const way = (one.status === null) === (one.direction === 'out') ? 'ours' : 'theirs'
    const key = `${one.dialog} ${cseqOf(one)} ${one.method} ${way}`
    const known = open.get(key)
    if (one.status === null) {
      if (known) known.repeats += 1
      else {
        const exchange = { method: one.method, request: one, repeats: 0, provisional: [], final: null }
        open.set(key, exchange)
        all.push(exchange)
      }
    } else if (known) {
      if (one.status < 200) known.provisional.push(one)
      else known.final ??= one
    }
  }
  return all
}

const cseqOf = (one: Heard): string => /^\d+/.exec(one.sip?.header('cseq') ?? '')?.[0] ?? ''

/** Whether a message repeats one that went the same way, word for word in what matters. Pure. */
export function repeatsOf(copies: readonly SipCopy[]): boolean[] {
  const seen = new Set<string>()
  return copies.map((copy) => {
    const cseq = /^cseq[ \t]*:[ \t]*(\d{1,10})/im.exec(copy.text)?.[1] ?? ''
    const branch = /branch=([^;,\s]{1,200})/i.exec(copy.text)?.[1] ?? ''
    const tag = copy.status === null ? '' : (/^(?:to|t)[ \t]*:.*;tag=([^;\s]+)/im.exec(copy.text)?.[1] ?? '')
    const body = copy.status !== null && copy.status > 100 && copy.status < 200 ? copy.text.length : 0
    const key = [copy.dialog, copy.direction, copy.method, copy.status, cseq, branch, tag, body].join(' ')
    const isRepeat = seen.has(key)
    seen.add(key)
    return isRepeat
  })
}
