import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** What is worth it; pictures and sound are compressed already. */
const isText = /\.(js|css|svg|json)$/

/**
 * Lays a `.br` and a `.gz` beside each text among the built files, so that no server compresses them again
 * (`api/assets.ts` hands them out). Stops short of the highest quality, which takes ten times as long for a few percent.
 */
export function compressed(): Plugin {
  return {
    name: 'ringtrace-compressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const texts = Object.values(bundle).filter(({ fileName }) => isText.test(fileName))
        await Promise.all(
          texts.map(async (item) => {
            const data = Buffer.from(item.type === 'chunk' ? item.code : item.source)
            const [br, gz] = await Promise.all([
              promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
              promisify(gzip)(data, { level: 9 })
            ])
            this.emitFile({ type: 'asset', fileName: `${item.fileName}.br`, source: br })
            this.emitFile({ type: 'asset', fileName: `${item.fileName}.gz`, source: gz })
          })
        )
      }
    }
  }
}
