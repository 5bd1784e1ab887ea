import { fork } from 'node:child_process'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'
import { answerOf } from '../live/company.ts'

/** Opens so many panels at the live feed of a running product; they hear everything, as an admin does. */
export async function openPanels(httpUrl: string, count: number): Promise<() => void> {
  const answer = await fetch(`${httpUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'admin', password: 'a-long-bench-password' })
  })
  if (!answer.ok) throw new Error(`The panels could not sign in: ${answer.status}`)
  const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  const child = fork(path.join(projectRoot(), 'bench/live/clients.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced'
  })
  await answerOf(child)
  child.send({ url: httpUrl, cookies: Array.from({ length: count }, () => cookie) })
  await answerOf(child)
  return () => void child.kill()
}
