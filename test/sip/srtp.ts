import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto'

/** One direction of SRTP as RFC 3711 has it, with AES_CM_128_HMAC_SHA1_80: seals packets, and opens sealed ones. */
export interface Srtp {
  protect(packet: Buffer): Buffer
  /** Null when it was not sealed with this key. */
  unprotect(packet: Buffer): Buffer | null
}

const tagBytes = 10

/** @param master 16 bytes of key and 14 of salt, as `a=crypto` carries them */
export function createSrtp(master: Buffer): Srtp {
  const [key, salt] = [master.subarray(0, 16), master.subarray(16, 30)]
  const derived = (label: number, bytes: number): Buffer => {
    const iv = Buffer.concat([salt, Buffer.alloc(2)])
    iv[7] = (iv[7] ?? 0) ^ label
    return createCipheriv('aes-128-ctr', key, iv).update(Buffer.alloc(bytes))
  }
  const [cipherKey, authKey, cipherSalt] = [derived(0, 16), derived(1, 20), derived(2, 14)]
  let rollover = 0

  /** Sealing and opening are the same. */
  function crypt(packet: Buffer, roll: number): Buffer {
    const iv = Buffer.concat([cipherSalt, Buffer.alloc(2)])
    const counter = Buffer.alloc(16)
    packet.copy(counter, 4, 8, 12)
    counter.writeUInt32BE(roll, 8)
    packet.copy(counter, 12, 2, 4)
    for (let at = 0; at < 14; at += 1) iv[at] = (iv[at] ?? 0) ^ (counter[at] ?? 0)
    const head = headBytes(packet)
    const body = createCipheriv('aes-128-ctr', cipherKey, iv).update(packet.subarray(head))
    return Buffer.concat([packet.subarray(0, head), body])
  }
  function tag(sealed: Buffer, roll: number): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(roll)
    return createHmac('sha1', authKey).update(sealed).update(count).digest().subarray(0, tagBytes)
  }

  return {
    protect(packet) {
      const sealed = crypt(packet, rollover)
      return Buffer.concat([sealed, tag(sealed, rollover)])
    },
    unprotect(packet) {
      const sealed = packet.subarray(0, -tagBytes)
      // Their numbers may begin anywhere, and so come to their end soon.
      for (const roll of [rollover, rollover + 1]) {
        if (!timingSafeEqual(tag(sealed, roll), packet.subarray(-tagBytes))) continue
        rollover = roll
        return crypt(sealed, roll)
      }
      return null
    }
  }
}

function headBytes(packet: Buffer): number {
  const first = packet[0] ?? 0
  const plain = 12 + (first & 0x0f) * 4
  return first & 0x10 ? plain + 4 + packet.readUInt16BE(plain + 2) * 4 : plain
}
