import { createBucket } from '../connectors/bucket.ts'
import { ForeignError, type Client, type Connection, type HttpAnswer, type Keys } from '../connectors/kind.ts'
import { errorOf } from './errors.ts'
import type { Bitrix24Settings } from './settings.ts'

/** Fifty at once, two a second: a portal takes no more from one address. */
const burst = 50
const perSecond = 2
/** How often a request is tried again that came too early all the same. */
const mostRetries = 3
/** A token that ends within this time is renewed before it is used. */
const spareMs = 60_000
const pageSize = 50
const mostPeople = 2000

/** A connection to one portal: limits, tokens, and the words of its methods. */
export function createClient(connection: Connection, oauthUrl: string): Client {
  const settings = connection.settings as Bitrix24Settings
  const bucket = createBucket(burst, perSecond)

  /** One method of REST. */
  async function rest(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    let isRenewed = false
    for (let retries = 0; ; retries += 1) {
      const waitMs = bucket.take(connection.now())
      if (waitMs > 0) await connection.pause(waitMs)
      const keys = await current()
      const answer = await connection.http({
        name: method,
        method: 'POST',
        url: `${endpointOf(keys)}${method}`,
        json: { ...params, auth: keys['accessToken'] }
      })
      const error = errorOf(answer, connection.now())
      if (!error) return (answer.body as { result: unknown }).result
      if (error.code === 'expired_token' && !isRenewed) {
        isRenewed = true
        await connection.renew(keys, refresh)
      } else if (error.code === 'QUERY_LIMIT_EXCEEDED' && retries < mostRetries) {
        await connection.pause(1000 * 2 ** retries)
      } else throw error
    }
  }

  /** Keys that can be used. */
  async function current(): Promise<Keys> {
    const keys = await connection.keys()
    if (!keys['accessToken'])
      throw new ForeignError('login', 'notInstalled', 'The application is not installed in the portal')
    if (Number(keys['expiresMs']) > connection.now() + spareMs) return keys
    return connection.renew(keys, refresh)
  }

  /** A new pair for a refresh token; works once for each. */
  async function refresh(keys: Keys): Promise<Keys> {
    const url = new URL(oauthUrl)
    for (const [name, value] of [
      ['grant_type', 'refresh_token'],
      ['client_id', keys['clientId']],
      ['client_secret', keys['clientSecret']],
      ['refresh_token', keys['refreshToken']]
    ] as const)
      url.searchParams.set(name, value ?? '')
    const answer = await connection.http({ name: 'oauth/token', method: 'GET', url: url.href })
    const body = (typeof answer.body === 'object' && answer.body !== null ? answer.body : {}) as Record<
      string,
      unknown
    >
    const token = body['access_token']
    if (typeof token !== 'string') throw loginError(answer, connection.now())
    const memberId = textOf(body['member_id'])
    if (keys['memberId'] && memberId !== '' && memberId !== keys['memberId'])
      throw new ForeignError('login', 'otherPortal', 'These keys belong to another portal')
    return {
      ...keys,
      accessToken: token,
      refreshToken: textOf(body['refresh_token']),
      expiresMs: String(connection.now() + Number(body['expires_in'] ?? 3600) * 1000),
      endpoint: textOf(body['client_endpoint']),
      memberId: memberId || (keys['memberId'] ?? '')
    }
  }

  const endpointOf = (keys: Keys): string =>
    (keys['endpoint'] || `${settings.portal}/rest/`).replace(/\/?$/, '/')

  /** A portal that has got another name takes the tokens that it gave under the old one; no other portal does. */
  async function proveHere(keys: Keys): Promise<void> {
    const answer = await connection.http({
      name: 'user.get',
      method: 'POST',
      url: `${settings.portal}/rest/user.get`,
      json: { ACTIVE: true, start: 0, auth: keys['accessToken'] }
    })
    const error = errorOf(answer, connection.now())
    if (error?.fault === 'login')
      throw new ForeignError('login', 'otherPortal', 'The portal at this address does not take our keys')
    if (error) throw error
  }

  /** First where to, then the audio itself. */
  async function attach(params: Readonly<Record<string, unknown>>, recordingId: string): Promise<unknown> {
    const audio = await connection.audio(recordingId)
    // It has expired or was deleted meanwhile: there is nothing left to send.
    if (!audio) return null
    const place = (await rest('telephony.externalCall.attachRecord', params)) as Record<string, unknown>
    const uploadUrl = textOf(place['uploadUrl'])
    if (uploadUrl === '')
      throw new ForeignError('broken', 'noUploadUrl', 'The portal did not say where the record goes')
    const { contentType, bytes } = audio
    const answer = await connection.http({
      name: 'upload',
      method: 'POST',
      url: uploadUrl,
      file: {
        field: textOf(place['fieldName']) || 'file',
        name: String(params['FILENAME']),
        contentType,
        bytes
      }
    })
    const error = errorOf(answer, connection.now())
    if (error) throw error
    return (answer.body as { result?: unknown }).result ?? null
  }

  /** What is there already is as good as made. */
  async function ensure(method: string, params: Record<string, unknown>, isThere: RegExp): Promise<void> {
    try {
      await rest(method, params)
    } catch (error) {
      if (!(error instanceof ForeignError && isThere.test(`${error.code} ${error.message}`))) throw error
    }
  }

  return {
    do: ({ method, params, recordingId }) =>
      recordingId === undefined ? rest(method, params) : attach(params, recordingId),
    async prepare({ hookUrl, lines }) {
      for (const { e164, name } of lines)
        await ensure('telephony.externalLine.add', { NUMBER: e164, NAME: name }, /already exists/i)
      if (hookUrl === null) return
      for (const event of ['ONEXTERNALCALLSTART', 'ONEXTERNALCALLBACKSTART'])
        await ensure('event.bind', { event, handler: hookUrl }, /already (binded|bound)/i)
    },
    async people() {
      const found: Record<string, unknown>[] = []
      for (let start = 0; start < mostPeople; start += pageSize) {
        const some = (await rest('user.get', { ACTIVE: true, start })) as Record<string, unknown>[]
        found.push(...some)
        if (some.length < pageSize) break
      }
      return found.map((user) => ({
        id: textOf(user['ID']),
        name:
          [user['NAME'], user['LAST_NAME']].map(textOf).filter(Boolean).join(' ') || textOf(user['EMAIL']),
        extension: textOf(user['UF_PHONE_INNER']) || null,
        mail: textOf(user['EMAIL']) || null
      }))
    },
    async owner(phone) {
      const found = await rest('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: phone })
      const [first] = Array.isArray(found) ? (found as Record<string, unknown>[]) : []
      if (!first) return null
      return {
        contactName: textOf(first['NAME']) || null,
        foreignUser: textOf(first['ASSIGNED_BY_ID']) || null
      }
    },
    async join(keys, isMoved = false) {
      const kept = await connection.keys()
      if (!keys['refreshToken'])
        throw new ForeignError('login', 'notInstalled', 'The application is not installed in the portal')
      if (kept['memberId'] && keys['memberId'] !== kept['memberId'])
        throw new ForeignError('login', 'otherPortal', 'These keys belong to another portal')
      if (isMoved) await proveHere(await current())
      // Only the real portal of this application can have a token that its secret renews.
      const joined = await refresh({ ...kept, ...keys })
      return { ...joined, ...(isMoved && { endpoint: `${settings.portal}/rest/` }) }
    },
    async couldNot({ foreignCall, foreignUser }, reason) {
      await rest('telephony.externalCall.finish', {
        ...{ CALL_ID: foreignCall, USER_ID: Number(foreignUser) },
        ...{ DURATION: 0, STATUS_CODE: '480', FAILED_REASON: reason }
      })
    }
  }
}

function loginError(answer: HttpAnswer, nowMs: number): ForeignError {
  const error = errorOf(answer, nowMs)
  if (error && (error.fault === 'away' || error.fault === 'limit')) return error
  return new ForeignError(
    'login',
    error?.code ?? 'invalid_grant',
    error?.message ?? 'The tokens are not taken any more'
  )
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
