import { createBucket } from '../connectors/bucket.ts'
import { faultOf } from '../connectors/faults.ts'
import {
  ForeignError,
  type Connection,
  type HttpAnswer,
  type HttpRequest,
  type Keys
} from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'

/** No limit is published. */
const burst = 5
const perSecond = 3
const limitMs = 30_000

/** Requests to one account, with the token of a login. */
export function createApi(connection: Connection, baseUrl: string) {
  const bucket = createBucket(burst, perSecond)

  async function send(request: Omit<HttpRequest, 'url'>, path: string): Promise<HttpAnswer> {
    const waitMs = bucket.take(connection.now())
    if (waitMs > 0) await connection.pause(waitMs)
    return connection.http({ ...request, url: `${baseUrl}/${path}` })
  }

  /** A login. @returns the keys with a token that works */
  async function login(keys: Keys): Promise<Keys> {
    const json = {
      ...{ login: keys['login'] ?? '', password: keys['password'] ?? '' },
      ...{ service: 'Ringtrace', version: '1.0' }
    }
    const answer = await send({ name: 'login', method: 'POST', json }, 'login')
    const accessToken = textOf(recordOf(recordOf(answer.body)['result'])['token'])
    if (accessToken !== '') return { ...keys, accessToken }
    const error = errorOf(answer, connection.now())
    if (error && error.fault !== 'refused' && error.fault !== 'login') throw error
    throw new ForeignError('login', 'wrongPassword', error?.message ?? 'The login is not taken')
  }

  return {
    login,
    /** The `result` of one request; a token that has ended is renewed once. @throws ForeignError */
    async ask(method: HttpRequest['method'], path: string, json?: object): Promise<unknown> {
      for (let isRenewed = false; ; isRenewed = true) {
        const keys = await connection.keys()
        const { accessToken: token } = keys
        if (!token) throw new ForeignError('login', 'notInstalled', 'There is no login for LPTracker yet')
        const [name = ''] = path.split('?')
        const answer = await send(
          { name, method, headers: { token }, ...(json !== undefined && { json }) },
          path
        )
        const error = errorOf(answer, connection.now())
        if (!error) return recordOf(answer.body)['result']
        if (error.fault !== 'login' || isRenewed) throw error
        await connection.renew(keys, login)
      }
    }
  }
}

/** What is wrong with an answer; null when nothing is. Some errors come with 200. */
function errorOf({ status, body }: HttpAnswer, nowMs: number): ForeignError | null {
  const said = recordOf(body)
  const [first] = listOf(said['errors']).map(recordOf)
  if (status >= 200 && status < 300 && said['status'] === 'success') return null
  const message = textOf(first?.['message']) || `LPTracker answered ${status}`
  const isToken = status === 401 || textOf(first?.['code']) === '401' || /token|токен|auth/i.test(message)
  const isSaid = first !== undefined && status >= 200 && status < 300
  const fault = isToken ? 'login' : isSaid ? 'refused' : faultOf(status)
  return new ForeignError(fault, `http${status}`, message, fault === 'limit' ? nowMs + limitMs : null)
}
