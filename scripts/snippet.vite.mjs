import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** One file without dependencies, for every site: `dist/t.js`. */
export default defineConfig({
  root: fileURLToPath(new URL('../tracking/snippet', import.meta.url)),
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('../dist', import.meta.url)),
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2020',
    reportCompressedSize: false,
    lib: { entry: 'main.ts', formats: ['iife'], name: 'vpbxSnippet', fileName: () => 't.js' }
  }
})
