import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { decodeUlaw, keyEvents, loudness, tonePacket } from '../ari/tone.ts'
import { createSrtp, type Srtp } from './srtp.ts'

export interface Remote {
  host: string
  port: number
}

/** One end of an RTP stream: says a tone, presses keys, and tells what it hears now. */
export interface Media {
  readonly port: number
  /** From now on everything said is sealed with this key and salt (SRTP). */
  seal(master: Buffer): void
  /** From now on only what was sealed with this key and salt is heard. */
  open(master: Buffer): void
  /** All packets heard so far, keys included. */
  readonly packets: () => number
  /** Payload types heard so far. */
  readonly payloads: () => number[]
  /** Where the tone goes from now on; null stops it. Only 0 (µ-law) and 8 (A-law) can be said. */
  speak(to: Remote | null, payload: number): void
  /** Presses a key by RFC 4733, in the midst of the tone. */
  key(digit: string, payload: number): void
  /** Amplitude of a tone in what was heard in the last `ms`; full scale is 1. */
  heard(hertz: number, ms?: number): number
  /** How loud everything was in the last `ms`: the root of the mean square, full scale is 1. */
  level(ms?: number): number
  close(): Promise<void>
}

/** @param hertz the tone that is said; `echo` sends back whatever comes, which works for any codec */
export async function createMedia(host: string, hertz: number | 'echo'): Promise<Media> {
  const socket = createSocket('udp4')
  socket.bind(0, host)
  await once(socket, 'listening')
  const audio: { atMs: number; payload: number; bytes: Buffer }[] = []
  const payloadsHeard = new Set<number>()
  let count = 0
  let remote: Remote | null = null
  let spoken = 8
  /** Null is a moment of tone between two keys, as fingers leave it: without, they would be one key. */
  let keys: ({ body: Buffer; payload: number } | null)[] = []
  let speaker: NodeJS.Timeout | undefined

  let own: Srtp | null = null
  let theirs: { key: string; srtp: Srtp } | null = null
  const send = (packet: Buffer, to: Remote): void =>
    socket.send(own ? own.protect(packet) : packet, to.port, to.host)

  socket.on('message', (bytes) => {
    if (bytes.length < 12 || (theirs && bytes.length < 22)) return
    const packet = theirs ? theirs.srtp.unprotect(bytes) : bytes
    if (packet === null) return
    const payload = packet.readUInt8(1) & 0x7f
    count += 1
    payloadsHeard.add(payload)
    if (hertz === 'echo' && remote !== null) send(packet, remote)
    if (payload > 34) return
    audio.push({ atMs: Date.now(), payload, bytes: packet.subarray(12) })
    if (audio.length > 500) audio.shift()
  })

  /** Samples of what was heard in the last `ms`. */
  function last(ms: number): Int16Array {
    const sinceMs = Date.now() - ms
    const parts = audio
      .filter(({ atMs }) => atMs >= sinceMs)
      .map(({ payload, bytes }) => (payload === 8 ? decodeAlaw(bytes) : decodeUlaw(bytes)))
    return Int16Array.from(parts.flatMap((part) => [...part]))
  }

  let index = 0
  let keyAt: number | null = null
  function tick(): void {
    if (remote === null || hertz === 'echo') return
    const key = keys.shift()
    keyAt = key ? (keyAt ?? index) : null
    const packet = Buffer.alloc(12)
    packet.writeUInt8(0x80, 0)
    packet.writeUInt8(key?.payload ?? spoken, 1)
    packet.writeUInt16BE(index & 0xffff, 2)
    packet.writeUInt32BE(((keyAt ?? index) * 160) >>> 0, 4)
    packet.writeUInt32BE(0x1234, 8)
    const tone = tonePacket(hertz, index)
    send(Buffer.concat([packet, key?.body ?? (spoken === 8 ? toAlaw(tone) : tone)]), remote)
    index += 1
  }

  return {
    port: socket.address().port,
    seal: (master) => void (own = createSrtp(master)),
    open(master) {
      const key = master.toString('hex')
      // A new offer with the same key goes on where it was.
      if (theirs?.key !== key) theirs = { key, srtp: createSrtp(master) }
    },
    packets: () => count,
    payloads: () => [...payloadsHeard],
    speak(to, payload) {
      remote = to
      spoken = payload
      if (to === null) {
        clearInterval(speaker)
        speaker = undefined
      } else speaker ??= setInterval(tick, 20)
    },
    key(digit, payload) {
      if (speaker === undefined) throw new Error('Keys go with the tone, and there is none')
      keys = [...keys, ...keyEvents(digit).map((body) => ({ body, payload })), null, null]
    },
    heard: (hz, ms = 400) => loudness(last(ms), hz),
    level(ms = 400) {
      const samples = last(ms)
      const sum = samples.reduce((total, sample) => total + (sample / 32_768) ** 2, 0)
      return Math.sqrt(sum / Math.max(1, samples.length))
    },
    close() {
      clearInterval(speaker)
      return new Promise((resolve) => socket.close(() => resolve()))
    }
  }
}

function toAlaw(ulaw: Buffer): Buffer {
  return Buffer.from(Uint8Array.from(decodeUlaw(ulaw), encodeAlaw))
}

/** G.711 A-law of a 16-bit sample. */
function encodeAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(4095, (sample >= 0 ? sample : -sample - 1) >> 3)
  const segment = magnitude < 32 ? 0 : 31 - Math.clz32(magnitude) - 4
  const bits = segment < 2 ? (magnitude >> 1) & 0x0f : (magnitude >> segment) & 0x0f
  return (sign | (segment << 4) | bits) ^ 0x55
}

function decodeAlaw(bytes: Buffer): Int16Array {
  return Int16Array.from(bytes, (byte) => {
    const a = byte ^ 0x55
    const segment = (a >> 4) & 7
    const base = ((a & 0x0f) << 4) + 8
    const magnitude = segment === 0 ? base : (base + 0x100) << (segment - 1)
    return a & 0x80 ? magnitude : -magnitude
  })
}
