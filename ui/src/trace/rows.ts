import type { SipLadder, SipMessage } from '../../../api/contract/sip-trace.ts'

type Party = SipLadder['parties'][number]

/** A column: somebody else, or us (null). */
export type Column = Party | null

/** One arrow; what was only said again is counted at the first time. */
export interface Row {
  /** Index into the messages of the ladder. */
  index: number
  message: SipMessage
  from: number
  to: number
  /** Since the first message. */
  offsetMs: number
  /** Where in the ladder it was said again. */
  repeats: number[]
}

/** Carriers on the left, telephones on the right, we between; with one other side, we are on the left. Pure. */
export function columnsOf(parties: readonly Party[]): Column[] {
  if (parties.length < 2) return [null, ...parties]
  const left = parties.filter(({ kind }) => kind !== 'operator')
  const right = parties.filter(({ kind }) => kind === 'operator')
  // Two carriers of one call: it goes through us from one to the other.
  if (left.length === 0 || right.length === 0) return [...parties.slice(0, 1), null, ...parties.slice(1)]
  return [...left, null, ...right]
}

/** The arrows of a ladder, in order. Pure. */
export function rowsOf({ messages }: SipLadder, columns: readonly Column[]): Row[] {
  const us = columns.indexOf(null)
  const startMs = Date.parse(messages[0]?.at ?? '')
  const rows: Row[] = []
  for (const [index, message] of messages.entries()) {
    if (message.isRepeat) {
      const first = rows.findLast(({ message: other }) => isSame(other, message))
      if (first) {
        first.repeats.push(index)
        continue
      }
    }
    const them = columns.findIndex((column) => column?.id === message.partyId)
    const [from, to] = message.direction === 'out' ? [us, them] : [them, us]
    rows.push({ index, message, from, to, offsetMs: Date.parse(message.at) - startMs, repeats: [] })
  }
  return rows
}

/** Whether a message is this arrow, or was folded into it. Pure. */
export const holds = ({ index, repeats }: Row, message: number | undefined): boolean =>
  message !== undefined && (index === message || repeats.includes(message))

const isSame = (one: SipMessage, other: SipMessage): boolean =>
  one.dialog === other.dialog &&
  one.direction === other.direction &&
  one.method === other.method &&
  one.status === other.status

/** How an arrow is coloured. Pure. */
export function toneOf({ status }: SipMessage): 'request' | 'wait' | 'good' | 'ask' | 'bad' {
  if (status === null) return 'request'
  if (status < 200) return 'wait'
  if (status < 300) return 'good'
  return status === 401 || status === 407 || status < 400 ? 'ask' : 'bad'
}

/** All messages as a text that carriers' support can read. Pure. */
export function asText({ messages }: SipLadder): string {
  return messages
    .map(({ at, direction, transport, local, remote, text }) => {
      const [from, to] = direction === 'out' ? [local, remote] : [remote, local]
      return `--- ${at} ${transport.toUpperCase()} ${from} -> ${to}\n\n${text.replaceAll('\r\n', '\n').trimEnd()}\n`
    })
    .join('\n')
}
