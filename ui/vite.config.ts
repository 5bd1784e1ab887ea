import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './compress.ts'
import { firstLoad } from './first-load.ts'

const server = process.env['RINGTRACE_URL'] ?? 'http://127.0.0.1:3000'

/** What stands around every page and is fetched as soon as the first of it can be seen. */
const frame =
  /src[\\/](shell[\\/](presence-menu|user-menu)|tasks[\\/]bell|jobs[\\/]tray|messages[\\/]unread|system[\\/]update-banner|tracking[\\/]coverage-banner)\./
const textsOfFrame = (language: string): RegExp =>
  new RegExp(`i18n[\\\\/]${language}[\\\\/](coverage|jobs|notices|phone-links|unread|updates)\\.`)
/** Of what pages are made. */
const kit = /node_modules[\\/](@mantine|@floating-ui|@tabler|@tanstack)[\\/]/

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), firstLoad({ budgetKb: 250 }), compressed()],
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
          // Few files: one each of what nobody can do without, of the operator's desk, of the frame around every page, of the
          // parts that pages are made of. Cut by what pages share, they would be four hundred, a hundred for each page: a
          // browser fetches six at a time, and they compress worse.
          groups: [
            { name: 'app', tags: ['$initial'], priority: 5 },
            { name: 'desk', test: /src[\\/]operator[\\/](operator-page|dial-box|my-work)\./, priority: 4 },
            { name: 'frame', test: frame, priority: 3 },
            { name: 'texts-of-frame', test: textsOfFrame('en'), priority: 3 },
            { name: 'texts-of-frame', test: textsOfFrame('ru'), priority: 3 },
            { name: 'kit', test: kit, minShareCount: 2, priority: 2 },
            { name: 'common', test: /ui[\\/]src[\\/](?!i18n)/, minShareCount: 4, priority: 1 }
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
