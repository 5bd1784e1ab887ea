import { ForeignError, type Connection, type Keys } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import { errorOf } from './errors.ts'
import type { AmocrmSettings } from './settings.ts'

/** A token that ends within this time is renewed before it is used. */
const spareMs = 60_000

/** The keys of one account: a long-lived token, or a pair whose second one works once. */
export function createTokens(connection: Connection, publicUrl: string | null) {
  const { portal, redirectUrl } = connection.settings as AmocrmSettings
  /** What stands in the integration there as the address to come back to: ours, unless somebody has said otherwise. */
  const comeBackTo = (keys: Keys): string =>
    redirectUrl || `${publicUrl ?? ''}/api/hooks/amocrm/${keys['hookToken'] ?? ''}`

  /** A new pair. @param grant what it is given for */
  async function ask(keys: Keys, grant: Record<string, string>): Promise<Keys> {
    const { clientId = '', clientSecret = '' } = keys
    const answer = await connection.http({
      name: 'oauth2/access_token',
      method: 'POST',
      url: `${portal}/oauth2/access_token`,
      json: { client_id: clientId, client_secret: clientSecret, redirect_uri: comeBackTo(keys), ...grant }
    })
    const body = recordOf(answer.body)
    const accessToken = textOf(body['access_token'])
    if (accessToken === '') {
      const error = errorOf(answer, connection.now())
      if (error && (error.fault === 'away' || error.fault === 'limit')) throw error
      throw new ForeignError('login', 'tokenRefused', error?.message ?? 'The keys are not taken any more')
    }
    return {
      ...keys,
      accessToken,
      refreshToken: textOf(body['refresh_token']),
      expiresMs: String(connection.now() + (Number(body['expires_in']) || 86_400) * 1000),
      code: '',
      // A long-lived one from before would be used again the next time.
      token: ''
    }
  }

  const refresh = (keys: Keys): Promise<Keys> =>
    ask(keys, { grant_type: 'refresh_token', refresh_token: keys['refreshToken'] ?? '' })

  return {
    /** Keys that can be used now. */
    async current(): Promise<Keys> {
      const keys = await connection.keys()
      if (!keys['accessToken'])
        throw new ForeignError('login', 'notInstalled', 'There are no keys for amoCRM yet')
      if (!keys['refreshToken'] || Number(keys['expiresMs']) > connection.now() + spareMs) return keys
      return connection.renew(keys, refresh)
    },
    /** After the account has refused them. @returns whether there are others now */
    async renew(refused: Keys): Promise<boolean> {
      if (!refused['refreshToken']) return false
      await connection.renew(refused, refresh)
      return true
    },
    /** The first keys, by what a person has brought. */
    async first(keys: Keys): Promise<Keys> {
      if (keys['code']) return ask(keys, { grant_type: 'authorization_code', code: keys['code'] })
      if (keys['token']) return { ...keys, accessToken: keys['token'], refreshToken: '', expiresMs: '' }
      if (keys['refreshToken']) return refresh(keys)
      throw new ForeignError('login', 'notInstalled', 'There are no keys for amoCRM yet')
    }
  }
}
