import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { InUse } from './tls/keeper.ts'

/**
 * Tells where the product is, and the first login while it is new.
 * @param certificate of the web port; of a self-signed one browsers warn, and people must know why
 */
export async function welcome(
  url: string,
  password: string | null,
  dataDir: string,
  certificate: InUse | null
): Promise<void> {
  if (password !== null) {
    const login = { url, login: 'admin', password }
    await writeFile(path.join(dataDir, 'first-login.json'), JSON.stringify(login), { mode: 0o600 })
  }
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
