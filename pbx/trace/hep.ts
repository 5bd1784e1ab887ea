/** One address of a datagram that was copied to us. */
export interface HepAddress {
  address: string
  port: number
}

/** A copy of one message, as Asterisk's `res_hep` sends it. */
export interface HepPacket {
  atMs: number
  source: HepAddress
  destination: HepAddress
  /** 1 is SIP. */
  type: number
  password: string
  payload: Buffer
}

const magic = 0x48455033 // HEP3
const headerBytes = 6
const chunkHeader = 6

/** Chunks of the vendor 0 ("generic"), by number. */
const chunk = {
  family: 0x01,
  source4: 0x03,
  destination4: 0x04,
  source6: 0x05,
  destination6: 0x06,
  sourcePort: 0x07,
  destinationPort: 0x08,
  seconds: 0x09,
  microseconds: 0x0a,
  type: 0x0b,
  password: 0x0e,
  payload: 0x0f
} as const

/**
 * Reads a HEP version 3 datagram. Pure; never reads past the end and never throws.
 * @returns null for anything that is no whole, plain HEPv3 packet
 */
export function decodeHep(data: Buffer): HepPacket | null {
  if (data.length < headerBytes || data.readUInt32BE(0) !== magic) return null
  const end = data.readUInt16BE(4)
  if (end > data.length) return null
  const found = new Map<number, Buffer>()
  let at = headerBytes
  while (at < end) {
    if (at + chunkHeader > end) return null
    const length = data.readUInt16BE(at + 4)
    if (length < chunkHeader || at + length > end) return null
    if (data.readUInt16BE(at) === 0)
      found.set(data.readUInt16BE(at + 2), data.subarray(at + chunkHeader, at + length))
    at += length
  }
  const number = (id: number, bytes: 1 | 2 | 4): number | null => {
    const value = found.get(id)
    return value?.length === bytes ? value.readUIntBE(0, bytes) : null
  }
  const source = addressOf(found.get(chunk.source4), found.get(chunk.source6))
  const destination = addressOf(found.get(chunk.destination4), found.get(chunk.destination6))
  const [sourcePort, destinationPort] = [number(chunk.sourcePort, 2), number(chunk.destinationPort, 2)]
  const [seconds, microseconds] = [number(chunk.seconds, 4), number(chunk.microseconds, 4)]
  const type = number(chunk.type, 1)
  const payload = found.get(chunk.payload)
  if (source === null || destination === null || sourcePort === null || destinationPort === null) return null
  if (seconds === null || type === null || payload === undefined) return null
  return {
    atMs: seconds * 1000 + Math.min(999, Math.floor((microseconds ?? 0) / 1000)),
    source: { address: source, port: sourcePort },
    destination: { address: destination, port: destinationPort },
    type,
    password: found.get(chunk.password)?.toString('latin1') ?? '',
    payload
  }
}

function addressOf(four: Buffer | undefined, six: Buffer | undefined): string | null {
  if (four?.length === 4) return four.join('.')
  if (six?.length !== 16) return null
  const groups = Array.from({ length: 8 }, (_, index) => six.readUInt16BE(index * 2).toString(16))
  return groups.join(':')
}
