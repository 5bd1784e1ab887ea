/** The fraction of a root of a prime, as SHA-256 takes its constants from. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0
const primes: number[] = []
for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
const rounds = primes.map((prime) => fraction(Math.cbrt(prime)))
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))

/**
 * SHA-256 of plain ASCII. Not WebCrypto: that is absent on pages without https, and asks for a promise per hash.
 * @returns eight words of 32 bits
 */
export function sha256(text: string): Int32Array {
  const length = text.length
  const words = new Int32Array((((length + 8) >> 6) + 1) * 16)
  for (let i = 0; i < length; i += 1)
    words[i >> 2] = (words[i >> 2] ?? 0) | (text.charCodeAt(i) << (24 - (i & 3) * 8))
  words[length >> 2] = (words[length >> 2] ?? 0) | (0x80 << (24 - (length & 3) * 8))
  words[words.length - 1] = length * 8
  const hash = Int32Array.from(initial)
  const w = new Int32Array(64)
  const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by))
  for (let block = 0; block < words.length; block += 16) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash
    for (let i = 0; i < 64; i += 1) {
      const early = w[i - 15] ?? 0
      const late = w[i - 2] ?? 0
      w[i] =
        i < 16
          ? (words[block + i] ?? 0)
          : (w[i - 16] ?? 0) +
            (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) +
            (w[i - 7] ?? 0) +
            (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10))
      const one =
        (h +
          (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
          ((e & f) ^ (~e & g)) +
          (rounds[i] ?? 0) +
          (w[i] ?? 0)) |
        0
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + one) | 0
      d = c
      c = b
      b = a
      a = (one + two) | 0
    }
    ;[a, b, c, d, e, f, g, h].forEach((value, i) => (hash[i] = ((hash[i] ?? 0) + value) | 0))
  }
  return hash
}

/** Longer than this at a time, and the page would stutter. */
const spellMs = 12

/** Finds what makes SHA-256 of `challenge:answer` begin with so many zero bits, with pauses for the page. */
export async function solve({ challenge, bits }: { challenge: string; bits: number }): Promise<string> {
  let answer = 0
  for (;;) {
    const endMs = Date.now() + spellMs
    do {
      // Never more than 32 bits are asked for.
      if (Math.clz32(sha256(`${challenge}:${answer}`)[0] ?? 0) >= bits) return String(answer)
      answer += 1
    } while (Date.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
