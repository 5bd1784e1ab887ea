import { fileURLToPath } from 'node:url'
import { build, defineConfig } from 'vite'

/** One file without dependencies: what every site has, and parts of it that are loaded only when needed. */
const part = (entry, file) => ({
  configFile: false,
  root: fileURLToPath(new URL('../tracking/snippet', import.meta.url)),
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('../dist', import.meta.url)),
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2020',
    reportCompressedSize: false,
    lib: { entry, formats: ['iife'], name: 'vpbxSnippet', fileName: () => file }
  }
})

/** `dist/t.js`; then `dist/t-widget.js` and `dist/t-debug.js`, since one build makes one file of this kind. */
export default defineConfig({
  ...part('main.ts', 't.js'),
  plugins: [
    {
      name: 'parts',
      async closeBundle() {
        await build(part('widget.ts', 't-widget.js'))
        await build(part('debug.ts', 't-debug.js'))
      }
    }
  ]
})
