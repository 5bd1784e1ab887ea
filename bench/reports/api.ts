import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Pool } from 'undici'
import { connect } from '../../db/knex.ts'
import { hashPassword } from '../../db/passwords.ts'
import { projectRoot } from '../../host/project-root.ts'
import { pino } from 'pino'

/** The API over HTTP, as a signed-in admin. */
export interface Api {
  readonly pool: Pool
  get<T = unknown>(path: string): Promise<T>
  /** How long an answer took, ms; its size in bytes. */
  timed(path: string): Promise<{ ms: number; bytes: number }>
  close(): Promise<void>
}

const login = { login: 'bench', password: 'only-for-measuring' }

/** Starts a server of its own on this database. */
export async function startApi(databaseUrl: string): Promise<Api> {
  const db = connect(databaseUrl, pino({ level: 'warn' }), 1)
  await db('users')
    .insert({
      login: login.login,
      name: 'Bench',
      role: 'admin',
      password_hash: await hashPassword(login.password)
    })
    .onConflict('login')
    .ignore()
  await db.destroy()
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/reports/server.ts'], {
    cwd: projectRoot(),
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const lines = createInterface(child.stdout)
  const port = await Promise.race([
    once(lines, 'line').then(([line]) => Number(line)),
    once(child, 'exit').then(() => Promise.reject(new Error('The server did not start')))
  ])
  const origin = `http://127.0.0.1:${port}`
  const pool = new Pool(origin, { connections: 64 })
  const signedIn = await pool.request({
    ...{ path: '/api/auth/login', method: 'POST', body: JSON.stringify(login) },
    headers: { 'content-type': 'application/json', origin }
  })
  await signedIn.body.dump()
  if (signedIn.statusCode !== 200) throw new Error(`Signing in: ${signedIn.statusCode}`)
  const cookie = String([signedIn.headers['set-cookie']].flat()[0] ?? '').split(';')[0] ?? ''

  async function text(path: string): Promise<string> {
    const answer = await pool.request({ path, method: 'GET', headers: { cookie } })
    const body = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${body.slice(0, 500)}`)
    return body
  }
  return {
    pool,
    get: async <T>(path: string) => JSON.parse(await text(path)) as T,
    async timed(path) {
      const startedMs = performance.now()
      const body = await text(path)
      return { ms: performance.now() - startedMs, bytes: body.length }
    },
    async close() {
      await pool.close()
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    }
  }
}

/** Of sorted delays. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5
  )
