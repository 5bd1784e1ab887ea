import { writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Tells where the product is, and the first login while it is new. */
export async function welcome(url: string, password: string | null, dataDir: string): Promise<void> {
  if (password !== null) {
    const login = { url, login: 'admin', password }
    await writeFile(path.join(dataDir, 'first-login.json'), JSON.stringify(login), { mode: 0o600 })
  }
  const lines = [`Ringtrace is ready: ${url}`]
  if (password !== null)
    lines.push(`  login: admin`, `  password: ${password}`, '  (change it after the first sign-in)')
  lines.push('Press Ctrl-C to stop.')
  process.stdout.write(`\n${lines.join('\n')}\n`)
}
