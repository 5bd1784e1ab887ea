import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { startPostgres } from '../../db/embedded.ts'
import { connect, migrate } from '../../db/knex.ts'
import { hashPassword } from '../../db/passwords.ts'

const secret = 'a password of the bench'

/** The product without telephones, on a database of its own that goes away afterwards. */
export interface Company {
  readonly url: string
  readonly server: ChildProcess
  /** @returns the session cookie */
  signIn(login: string): Promise<string>
  /** Another process of the bench, once it has said its first word. */
  start(file: string): Promise<ChildProcess>
  close(): Promise<void>
}

/** What a process of the bench says next; throws when it ends instead. */
export async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = once(child, 'exit').then(() => {
    throw new Error('A process of the bench has ended')
  })
  const [answer] = (await Promise.race([once(child, 'message'), gone])) as unknown[]
  return answer
}

/**
 * @param users by login, all with one password
 * @param fill puts what else it shall have into its database
 */
export async function startCompany(
  users: readonly { login: string; role: 'operator' | 'supervisor' | 'admin' }[],
  env: NodeJS.ProcessEnv = {},
  fill: (db: Knex) => Promise<void> = () => Promise.resolve()
): Promise<Company> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rt-bench-live-'))
  await chmod(dir, 0o755)
  const postgres = await startPostgres({ dir, log: pino({ level: 'warn' }) })
  const children: ChildProcess[] = []

  async function run(file: string): Promise<[ChildProcess, unknown]> {
    const child = fork(path.join(import.meta.dirname, file), {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: postgres.url, ...env },
      serialization: 'advanced'
    })
    children.push(child)
    return [child, await answerOf(child)]
  }

  async function close(): Promise<void> {
    for (const child of children) child.kill()
    await postgres.stop()
    await rm(dir, { recursive: true, force: true })
  }

  try {
    const db = connect(postgres.url, pino({ level: 'warn' }), 2)
    await migrate(db)
    const hash = await hashPassword(secret)
    await db.batchInsert(
      'users',
      users.map(({ login, role }) => ({ login, role, name: `The ${login}`, password_hash: hash }))
    )
    await fill(db)
    await db.destroy()
    const [server, port] = await run('server.ts')
    const url = `http://127.0.0.1:${String(port)}`
    return {
      url,
      server,
      async signIn(login) {
        const answer = await fetch(`${url}/api/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ login, password: secret })
        })
        if (!answer.ok) throw new Error(`${login} could not sign in: ${answer.status}`)
        return (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
      },
      start: async (file) => (await run(file))[0],
      close
    }
  } catch (error) {
    await close()
    throw error
  }
}
