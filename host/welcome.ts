import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from './setup-error.ts'
import type { InUse } from './tls/keeper.ts'

const fileOf = (dataDir: string): string => path.join(dataDir, 'first-login.json')

/** The first password of an installation, in a file that only its user reads; `url` is added once it is known. */
export function firstPasswordIn(dataDir: string): {
  read(): Promise<string | null>
  write(password: string, url?: string): Promise<void>
} {
  return {
    async read() {
      try {
        const login = JSON.parse(await readFile(fileOf(dataDir), 'utf8')) as { password?: unknown }
        return typeof login.password === 'string' ? login.password : null
      } catch (error) {
        // Cut off by a crash: as good as none.
        if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null
        throw error
      }
    },
    write: (password, url) =>
      writeFile(fileOf(dataDir), JSON.stringify({ url, login: 'admin', password }), { mode: 0o600 })
  }
}

/**
 * Tells where the product is, and the first login until somebody has signed in.
 * @param certificate of the web port; of a self-signed one browsers warn, and people must know why
 */
export async function welcome(
  url: string,
  password: string | null,
  dataDir: string,
  certificate: InUse | null
): Promise<void> {
  if (password !== null) await firstPasswordIn(dataDir).write(password, url)
  const lines = [`Ringtrace is ready: ${url}`]
  if (password !== null)
    lines.push(`  login: admin`, `  password: ${password}`, '  (change it after the first sign-in)')
  if (certificate?.source === 'selfSigned') {
    lines.push(
      'The certificate is self-signed: browsers warn at the first visit. Compare its SHA-256 with this one and go on,',
      `  ${certificate.facts.fingerprint}`,
      '  or bring a certificate of your own: Settings → Certificate, or TLS_CERT_FILE and TLS_KEY_FILE.'
    )
  }
  lines.push('Press Ctrl-C to stop.')
  process.stdout.write(`\n${lines.join('\n')}\n`)
}
