import { repeatsOf } from './exchanges.ts'
import { explain } from './explain.ts'
import { addressOf, type Finding } from './findings.ts'
import { parseSip } from './sip-message.ts'
import type { SipCopy } from './types.ts'

/** One side of a ladder, apart from us. */
export interface LadderParty {
  /** `p1`, `p2` … in the order of appearance. */
  id: string
  /** Of Asterisk; null for a stranger. */
  endpoint: string | null
  address: string
}

export interface LadderMessage extends SipCopy {
  /** The party that it came from or went to. */
  partyId: string
  isRepeat: boolean
  codecs: string[]
}

export interface Ladder {
  parties: LadderParty[]
  messages: LadderMessage[]
  findings: Finding[]
}

/** Messages as a ladder with what they mean. Pure. @param nowMs what is not answered until then may still be */
export function ladderOf(
  copies: readonly (SipCopy & { endpoint?: string | null })[],
  nowMs: number,
  knownEndpoint: string | null = null
): Ladder {
  const parties = new Map<string, LadderParty>()
  const endpoints = new Map(
    copies.flatMap(({ dialog, endpoint }) => (endpoint ? [[dialog, endpoint] as const] : []))
  )
  const partyOf = (copy: SipCopy): LadderParty => {
    const endpoint = knownEndpoint ?? endpoints.get(copy.dialog) ?? null
    const { host } = addressOf(copy.remote)
    const key = endpoint ?? host
    const found = parties.get(key)
    if (found) return found
    const made = { id: `p${parties.size + 1}`, endpoint, address: host }
    parties.set(key, made)
    return made
  }
  const repeats = repeatsOf(copies)
  const messages = copies.map((copy, index) => ({
    ...copy,
    partyId: partyOf(copy).id,
    isRepeat: repeats[index] === true,
    codecs: parseSip(copy.text)?.sdp?.codecs ?? []
  }))
  return { parties: [...parties.values()], messages, findings: explain(copies, nowMs) }
}
