import { timingSafeEqual } from 'node:crypto'
import type { Kind } from '../connectors/kind.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { bitrix24Settings, type Bitrix24Settings } from './settings.ts'

/** Where tokens of all portals come from. */
const usualOauthUrl = 'https://oauth.bitrix24.tech/oauth/token/'

/** @param oauthUrl for tests */
export const bitrix24 = (oauthUrl = usualOauthUrl): Kind => ({
  name: 'bitrix24',
  settings: bitrix24Settings,
  keys: ['clientId', 'clientSecret'],
  mapping,
  knowsAccount: true,
  isJoinedFromThere: true,
  isGenuine(event, keys) {
    const auth = event['auth']
    const given =
      typeof auth === 'object' && auth !== null
        ? (auth as Record<string, unknown>)['application_token']
        : null
    const expected = keys['applicationToken'] ?? ''
    return typeof given === 'string' && expected !== '' && isSame(given, expected)
  },
  origin: (settings) => (settings as Bitrix24Settings).portal,
  open: (connection) => createClient(connection, oauthUrl)
})

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
