import http from 'node:http'
import type { Rig } from '../../api/support/rig.ts'
import { openSession } from '../../../api/auth/sessions.ts'
import { roles, type Role } from '../../../api/contract/common.ts'

export interface Asked {
  method: string
  /** As it stands in the first line of the request: nothing of it is made better. */
  path: string
  headers?: Record<string, string>
  body?: Buffer | string | undefined
}
export interface Heard {
  status: number
  type: string
  body: Buffer
}

/** No answer of the API takes longer, on a machine that has other work. */
const answerMs = 20_000

/** Sends one request word for word. @throws Error when no answer comes */
export function ask(port: number, { method, path, headers = {}, body }: Asked): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? 0 : Buffer.byteLength(body)
    const request = http.request({
      ...{ host: '127.0.0.1', port, method, path, agent },
      headers: { ...headers, ...(body !== undefined && { 'Content-Length': String(length) }) }
    })
    request.setTimeout(answerMs, () => request.destroy(new Error(`no answer within ${answerMs} ms`)))
    request.once('error', reject)
    request.once('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.once('error', reject)
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(parts)
        })
      )
    })
    request.end(body)
  })
}
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })

/** Sessions of one user of each role that no request can spoil for long. */
export async function createPeople(rig: Rig) {
  const users = new Map<Role, Record<string, unknown>>()
  for (const role of roles) {
    const row = await rig.db('users').where({ login: role }).first<Record<string, unknown>>()
    users.set(role, row)
  }
  const headers = new Map<Role, Record<string, string>>()

  /** Puts the user back as they were, and signs them in. */
  async function revive(role: Role): Promise<void> {
    const user = users.get(role) ?? {}
    const id = String(user['id'])
    await rig
      .db('users')
      .where({ login: role })
      .whereNot({ id })
      .update({ login: `${role}-other` })
    const kept = { ...user, skills: user['skills'] ?? [] }
    const changed = await rig
      .db('users')
      .where({ id })
      .update({ login: role, role, is_active: true, totp_secret: null })
    if (changed === 0) await rig.db('users').insert(kept)
    const { token, csrfToken } = await openSession(rig.db, id, { ip: undefined, userAgent: 'fuzz' })
    headers.set(role, { Cookie: `ringtrace=${token}`, 'X-CSRF-Token': csrfToken })
  }
  for (const role of roles) await revive(role)
  return { revive, headersOf: (role: Role): Record<string, string> => headers.get(role) ?? {} }
}
