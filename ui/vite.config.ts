import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { firstLoad } from './first-load.ts'

const server = process.env['RINGTRACE_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), firstLoad({ budgetKb: 250 })],
  build: {
    outDir: fileURLToPath(new URL('../dist/ui', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Small pictures stay files: the content policy of the server allows only its own origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files for the first screen: one each of what nobody can do without and of the operator's desk. Cut by
          // what pages share, they would be sixty, which cost more to fetch and compress worse.
          groups: [
            { name: 'app', tags: ['$initial'], priority: 2 },
            { name: 'desk', test: /src[\\/]operator[\\/](operator-page|dial-box|my-work)\./, priority: 1 }
          ]
        }
      }
    },
    chunkSizeWarningLimit: 900
  },
  server: {
    proxy: {
      '/api': server,
      '/live': { target: server, ws: true },
      '/sip': { target: server, ws: true }
    }
  }
})
