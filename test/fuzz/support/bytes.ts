import type { Random } from '../../../db/demo/random.ts'

const marks = [
  '\u0000',
  '\r\n',
  '\r\n\r\n',
  '\r',
  '"',
  '<',
  '>',
  ';',
  ':',
  ',',
  '@',
  '%',
  '\\',
  ' ',
  '\t',
  '&',
  '='
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0xff, 0xfe]), Buffer.from([0xc0, 0x80]), Buffer.from('\ufeff'), Buffer.from('👍')])

/** The same bytes with a few of them lost, turned, doubled, or others between them. */
export function spoilt(random: Random, bytes: Buffer, most = 4): Buffer {
  let made = bytes
  for (let left = random.whole(1, most); left > 0; left -= 1) {
    const at = random.whole(0, made.length)
    const end = Math.min(made.length, at + random.whole(0, 40))
    const [before, middle, after] = [made.subarray(0, at), made.subarray(at, end), made.subarray(end)]
    made = random.pick<() => Buffer>([
      () => Buffer.concat([before, after]),
      () => Buffer.concat([before, middle, middle, after]),
      () => Buffer.concat([before, random.pick(marks), after]),
      () =>
        Buffer.concat([before, Buffer.alloc(random.pick([1, 300, 5000]), random.pick(marks)), middle, after]),
      () =>
        Buffer.concat([before, Buffer.from(middle.map((byte) => byte ^ (1 << random.whole(0, 7)))), after]),
      () => Buffer.concat([after, before]),
      () =>
        Buffer.concat([before, Buffer.from(random.pick(['-1', '99999999999999999999', '0', 'NaN'])), after]),
      () => before
    ])()
  }
  return made
}
