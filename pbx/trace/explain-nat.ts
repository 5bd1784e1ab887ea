import type { Heard } from './exchanges.ts'
import { addressOf, type Finding } from './findings.ts'

/** Addresses that lead nowhere from outside. */
export function isPrivate(address: string): boolean {
  return /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i.test(
    address
  )
}

const isAddress = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || text.includes(':')

/** Addresses in messages that the other side cannot use: most silence on the line comes from these. */
export function explainNat(heard: readonly Heard[]): Finding[] {
  return heard.flatMap((one) => {
    const { host } = addressOf(one.remote)
    // Inside one network a private address is the right one.
    if (isPrivate(host) || !isAddress(host)) return []
    return one.direction === 'out' ? fromUs(one, host) : fromThem(one, host)
  })
}

function fromUs(one: Heard, remote: string): Finding[] {
  const told: [place: string, address: string | null | undefined][] = [
    ['Contact', one.status === null || one.method === 'INVITE' ? one.sip?.contact?.host : null],
    ['Via', one.status === null ? one.sip?.via?.host : null],
    ['SDP', one.sip?.sdp?.address]
  ]
  return told.flatMap(([place, address]) =>
    address && isAddress(address) && isPrivate(address)
      ? [
          {
            code: 'nat_private_address' as const,
            level: place === 'SDP' ? ('problem' as const) : ('warning' as const),
            params: { place, address, peer: remote },
            message: one.index
          }
        ]
      : []
  )
}

function fromThem(one: Heard, remote: string): Finding[] {
  const findings: Finding[] = []
  const media = one.sip?.sdp?.address
  if (media && isAddress(media) && isPrivate(media)) {
    findings.push({
      code: 'nat_private_media',
      level: 'warning',
      params: { address: media, peer: remote },
      message: one.index
    })
  }
  // An answer shows as whom the other side saw us.
  const via = one.status === null ? null : one.sip?.via
  const isMoved = via?.received && isAddress(via.host) && via.received !== via.host
  if (via?.received && isMoved) {
    findings.push({
      code: 'nat_seen_differently',
      level: 'warning',
      params: { told: via.host, seen: via.received, port: String(via.rport ?? '') },
      message: one.index
    })
  }
  return findings
}
