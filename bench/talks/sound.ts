/** RTP of one telephone: 20 ms of A-law each, with a mark in the sound that tells where it came from and when. */
export const packetMs = 20
const headerBytes = 12
const soundBytes = 160
const magic = 0x52_74_6d_6b
/** In the midst of the sound. */
const markAt = headerBytes + 40

export interface Mark {
  stream: number
  number: number
  /** Milliseconds of the sender's clock. */
  sentMs: number
  isCounted: boolean
}

/** A packet with quiet noise in it, of which `stamp` makes the next one. */
export function blankPacket(stream: number): Buffer {
  const packet = Buffer.alloc(headerBytes + soundBytes)
  packet[0] = 0x80
  packet[1] = 8
  packet.writeUInt32BE(0x10_00_00_00 + stream, 8)
  // Silence and what is near it, in A-law: recorders must write it like any other sound.
  for (let at = headerBytes; at < packet.length; at += 1) packet[at] = 0xd5 ^ ((at * 7 + stream) & 7)
  packet.writeUInt32BE(magic, markAt)
  packet.writeUInt16BE(stream, markAt + 4)
  return packet
}

/** Makes it the packet of this number: RTP's own number and time, and the mark. */
export function stamp(packet: Buffer, { number, sentMs, isCounted }: Omit<Mark, 'stream'>): void {
  packet[1] = number === 0 ? 0x88 : 8
  packet.writeUInt16BE(number & 0xff_ff, 2)
  packet.writeUInt32BE((number * soundBytes) >>> 0, 4)
  packet.writeUInt32BE(number, markAt + 6)
  packet.writeDoubleBE(sentMs, markAt + 10)
  packet[markAt + 18] = isCounted ? 1 : 0
}

/** @returns null for sound that is not as it was sent */
export function readMark(packet: Buffer): Mark | null {
  if (packet.length !== headerBytes + soundBytes || packet.readUInt32BE(markAt) !== magic) return null
  return {
    stream: packet.readUInt16BE(markAt + 4),
    number: packet.readUInt32BE(markAt + 6),
    sentMs: packet.readDoubleBE(markAt + 10),
    isCounted: packet[markAt + 18] === 1
  }
}
