import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Chunks beside the entry that an operator needs before the panel can be used: the panel and one language. */
const alsoFirst = [
  'src/operator/operator-page.tsx',
  'src/operator/dial-box.tsx',
  'src/operator/my-work.tsx',
  'src/i18n/ru/first.ts'
]

/**
 * Measures what the browser fetches before the operator panel works, gzipped as the server does it, and fails the build
 * above the budget.
 * Sizes are in kB of 1000 bytes.
 */
export function firstLoad(options: { budgetKb: number }): Plugin {
  return {
    name: 'ringtrace-first-load',
    apply: 'build',
    generateBundle(_, bundle) {
      const wanted = new Set<string>()
      const add = (fileName: string): void => {
        const chunk = bundle[fileName]
        if (!chunk || wanted.has(fileName)) return
        wanted.add(fileName)
        if (chunk.type !== 'chunk') return
        for (const next of chunk.imports) add(next)
        const css = (chunk as { viteMetadata?: { importedCss?: Set<string> } }).viteMetadata?.importedCss
        for (const next of css ?? []) add(next)
      }
      for (const [fileName, chunk] of Object.entries(bundle)) {
        if (chunk.type !== 'chunk') continue
        const holds = [chunk.facadeModuleId ?? '', ...chunk.moduleIds]
        if (chunk.isEntry || holds.some((id) => alsoFirst.some((name) => id.endsWith(name)))) add(fileName)
      }
      let total = 0
      const lines: string[] = []
      for (const fileName of wanted) {
        const item = bundle[fileName]
        if (!item) continue
        const bytes = gzipSync(item.type === 'chunk' ? item.code : item.source, { level: 9 }).length
        total += bytes
        lines.push(`  ${(bytes / 1000).toFixed(1).padStart(6)} kB  ${fileName}`)
      }
      this.info(
        `first load, gzip: ${(total / 1000).toFixed(1)} kB of ${options.budgetKb} kB\n${lines.join('\n')}`
      )
      if (total > options.budgetKb * 1000)
        this.error(`The first load is above its budget of ${options.budgetKb} kB`)
    }
  }
}
