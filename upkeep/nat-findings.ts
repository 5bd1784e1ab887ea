/** Which way sound goes between this server, carriers and browsers, and what to change. Pure: facts in, findings out. */

/** The words for each are in `ui/`; values go into them. */
export const findingCodes = [
  'soundNoServer',
  'soundRefused',
  'soundNoPath',
  'soundNoPathPrivate',
  'soundNothingBack',
  'soundInsecure',
  'soundNoMicrophone',
  'soundPoor',
  'soundGood',
  'externalUnresolved',
  'externalPrivate',
  'externalMissing',
  'externalMissingLater',
  'container',
  'forward',
  'portsChanged',
  'loopUnseen',
  'loopUnsent',
  'loopSeen',
  'direct'
] as const
export type FindingCode = (typeof findingCodes)[number]
export const findingLevels = ['failed', 'warning', 'hint', 'ok'] as const
export type FindingLevel = (typeof findingLevels)[number]

export interface Finding {
  code: FindingCode
  level: FindingLevel
  values: Record<string, string | number>
}

/** A packet sent to the own public address, from a free port of the range for sound. */
export type Loop =
  | { result: 'seen'; port: number; fromPort: number }
  | { result: 'unseen'; port: number }
  | { result: 'unsent'; reason: string }
  | { result: 'skipped' }

/** What a browser measured in a call to the echo number; see `soundMeasured` of the contract. */
export interface Sound {
  result: 'heard' | 'noServer' | 'refused' | 'noPath' | 'nothingBack' | 'insecure' | 'noMicrophone'
  sent: number
  received: number
  rttMs: number | null
  jitterMs: number | null
  loss: number
  pair: { protocol: string; localKind: string; remoteAddress: string; remoteKind: string } | null
}

export interface NatFacts {
  /** As it is set, and the address that it stands for; null when it is not set, or stands for none. */
  external: { name: string; address: string | null } | null
  /** Of the network cards, without the loopback. */
  localAddresses: readonly string[]
  /** In a container with a network of its own. */
  isBridged: boolean
  sipPort: number
  rtp: { start: number; end: number }
  /** Addresses of trunks in use, by name. */
  trunks: readonly { name: string; address: string | null }[]
  /** Where the browser found the pages: its host. */
  pageHost: string
  loop: Loop
  sound: Sound | null
}

/** Beyond that people complain (Twilio's network quality warnings). */
const limits = { rttMs: 400, jitterMs: 30, loss: 0.03 }

/** Addresses that no carrier on the internet can send to (RFC 1918, 6598, 3927, 4193; loopback). */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '').toLowerCase()
  return (
    /^(0|10|127)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./.test(plain) ||
    /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(plain) ||
    /^(::1?$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/.test(plain) ||
    plain === 'localhost'
  )
}

/** Everything worth telling, the gravest first. */
export function natFindings(facts: NatFacts): Finding[] {
  const found = [...soundFindings(facts), ...addressFindings(facts), ...loopFindings(facts)]
  return found.sort((a, b) => findingLevels.indexOf(a.level) - findingLevels.indexOf(b.level))
}

type Values = Finding['values']
const say = (level: FindingLevel, code: FindingCode, values: Values = {}): Finding => ({
  code,
  level,
  values
})

function soundFindings({ sound, external, localAddresses, pageHost, rtp }: NatFacts): Finding[] {
  if (!sound) return []
  switch (sound.result) {
    case 'noServer':
      return [say('failed', 'soundNoServer')]
    case 'refused':
      return [say('failed', 'soundRefused')]
    case 'insecure':
      return [say('failed', 'soundInsecure')]
    case 'noMicrophone':
      return [say('failed', 'soundNoMicrophone')]
    case 'noPath': {
      // The server offers no address that a browser outside of its network could reach.
      const offered = [...localAddresses, ...(external?.address ? [external.address] : [])]
      const isOutside = !isPrivateAddress(pageHost) && offered.every(isPrivateAddress)
      return [say('failed', isOutside ? 'soundNoPathPrivate' : 'soundNoPath', ports(rtp))]
    }
    case 'nothingBack':
      return [say('failed', 'soundNothingBack', { ...ports(rtp), sent: sound.sent })]
    case 'heard':
      return [say(...judged(sound), figures(sound))]
  }
}

function judged({ rttMs, jitterMs, loss }: Sound): [FindingLevel, FindingCode] {
  const isPoor = (rttMs ?? 0) > limits.rttMs || (jitterMs ?? 0) > limits.jitterMs || loss > limits.loss
  return isPoor ? ['warning', 'soundPoor'] : ['ok', 'soundGood']
}

const figures = ({ sent, received, rttMs, jitterMs, loss, pair }: Sound): Values => ({
  sent,
  received,
  rtt: rttMs === null ? '–' : Math.round(rttMs),
  jitter: jitterMs === null ? '–' : Math.round(jitterMs),
  loss: Math.round(loss * 1000) / 10,
  way: pair ? `${pair.protocol.toUpperCase()} ${pair.remoteAddress}` : '–'
})

const ports = ({ start, end }: NatFacts['rtp']): Values => ({ start, end })

function addressFindings(facts: NatFacts): Finding[] {
  const { external, localAddresses, isBridged, sipPort, rtp, trunks } = facts
  const own = localAddresses.find((address) => !isPrivateAddress(address))
  const publicTrunk = trunks.find(({ address }) => address !== null && !isPrivateAddress(address))
  const values = { sip: sipPort, ...ports(rtp) }
  const found: Finding[] = []
  if (!external) {
    if (own !== undefined) found.push(say('ok', 'direct', { address: own, ...values }))
    else if (publicTrunk) found.push(say('failed', 'externalMissing', { trunk: publicTrunk.name }))
    else found.push(say('hint', 'externalMissingLater'))
  } else if (external.address === null) {
    found.push(say('failed', 'externalUnresolved', { address: external.name }))
  } else if (isPrivateAddress(external.address)) {
    const address = external.address
    if (publicTrunk) found.push(say('failed', 'externalPrivate', { address, trunk: publicTrunk.name }))
    else if (!localAddresses.includes(address)) found.push(say('hint', 'forward', { address, ...values }))
    else found.push(say('ok', 'direct', { address, ...values }))
  } else if (localAddresses.includes(external.address)) {
    found.push(say('ok', 'direct', { address: external.address, ...values }))
  } else {
    found.push(say('hint', 'forward', { address: external.address, ...values }))
  }
  // Docker's own network forwards port by port, and hides who sent a packet.
  if (isBridged) found.push(say('warning', 'container', values))
  return found
}

function loopFindings({ loop, external }: NatFacts): Finding[] {
  const address = external?.name ?? ''
  switch (loop.result) {
    case 'skipped':
      return []
    case 'unsent':
      return [say('warning', 'loopUnsent', { address, reason: loop.reason })]
    case 'unseen':
      return [say('hint', 'loopUnseen', { address, port: loop.port })]
    case 'seen':
      return loop.port === loop.fromPort
        ? [say('ok', 'loopSeen', { address, port: loop.port })]
        : [say('warning', 'portsChanged', { port: loop.port, fromPort: loop.fromPort })]
  }
}
