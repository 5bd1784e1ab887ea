import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { thin } from './lib/thin-map.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const migrations = readdirSync(join(root, 'db/migrations'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [`migrations/${name.slice(0, -'.ts'.length)}`, join(root, 'db/migrations', name)])

/** Packages that stay where npm has put them: of native code, that look for files of their own, or seldom needed. */
const apart = [
  ...[
    '@node-rs/argon2',
    'asterisk-manager',
    'drachtio-srf',
    'graphile-worker',
    'knex',
    'pg',
    'pg-copy-streams'
  ],
  ...['pino', 'socket.io', 'ws', 'imapflow', 'mailparser', 'nodemailer', 'sanitize-html', 'node-forge'],
  ...['@cantoo/fontkit', '@cantoo/pdf-lib', 'docxtemplater', 'pizzip', 'write-excel-file']
]

/**
 * The server in few files: to find, read and link two thousand modules takes Node longer at each start than all that they
 * do then. What finds its neighbours by its own place (threads, migrations) needs them beside it: all lie in `dist/` itself.
 */
export default defineConfig({
  configFile: false,
  root,
  logLevel: 'warn',
  ssr: { noExternal: true, external: apart },
  plugins: [
    {
      name: 'thin-maps',
      writeBundle({ dir }, files) {
        for (const name of Object.keys(files)) {
          if (!name.endsWith('.map')) continue
          const file = join(dir, name)
          writeFileSync(file, JSON.stringify(thin(JSON.parse(readFileSync(file, 'utf8')))))
        }
      }
    }
  ],
  build: {
    ssr: true,
    outDir: join(root, 'dist'),
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        main: join(root, 'main.ts'),
        thread: join(root, 'crm/documents/thread.ts'),
        ...Object.fromEntries(migrations)
      },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // Node reads them at each start, and needs of them only the lines.
        sourcemapExcludeSources: true
      }
    }
  }
})
