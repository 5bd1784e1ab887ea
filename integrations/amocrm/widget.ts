import { deflateSync, crc32 } from 'node:zlib'
import { zipOf } from '../connectors/zip.ts'
import { i18n, manifest, script } from './widget-files.ts'

/** Logos that amoCRM wants, by file name. */
const logos: Readonly<Record<string, readonly [width: number, height: number]>> = {
  'logo_main.png': [400, 272],
  'logo_small.png': [108, 108],
  'logo.png': [130, 100],
  'logo_medium.png': [240, 84],
  'logo_min.png': [84, 84],
  'logo_dp.png': [174, 109]
}

/**
 * The archive that makes numbers in amoCRM clickable. It holds no secret: the address of the link is entered in the
 * account, where only its users see it.
 */
export const widget = (): Buffer =>
  zipOf({
    'manifest.json': JSON.stringify(manifest, null, 2),
    'script.js': script,
    'i18n/ru.json': JSON.stringify(i18n.ru, null, 2),
    'i18n/en.json': JSON.stringify(i18n.en, null, 2),
    ...Object.fromEntries(
      Object.entries(logos).map(([name, [width, height]]) => [`images/${name}`, logo(width, height)])
    )
  })

const ground = [0x1f, 0x4d, 0x3f] as const
const mark = [0xff, 0xff, 0xff] as const

/** Two rings around a point, white on green, as a PNG. */
function logo(width: number, height: number): Buffer {
  const unit = Math.min(width, height) / 2
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const far = Math.hypot(x + 0.5 - width / 2, y + 0.5 - height / 2) / unit
      const isMark = Math.max(cover(far, 0, 0.18), cover(far, 0.36, 0.46), cover(far, 0.64, 0.74), 0)
      const at = y * (1 + width * 3) + 1 + x * 3
      ground.forEach((colour, index) => {
        rows[at + index] = Math.round(colour + ((mark[index] ?? 0) - colour) * isMark)
      })
    }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // Eight bits for each of red, green and blue.
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))
  ])

  /** How much of a ring lies at this distance, with soft edges. */
  function cover(far: number, from: number, to: number): number {
    const soft = 1 / unit
    const inside = Math.min((far - from) / soft + 0.5, (to - far) / soft + 0.5)
    return Math.max(0, Math.min(1, inside))
  }
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
