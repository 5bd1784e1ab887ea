import type { Kind } from '../connectors/kind.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { lptrackerSettings } from './settings.ts'

const usualUrl = 'https://direct.lptracker.ru'

/** @param makeLink an address under which a record opens without a login @param baseUrl for tests */
export const lptracker = (makeLink: MakeLink, baseUrl = usualUrl): Kind => ({
  name: 'lptracker',
  settings: lptrackerSettings,
  keys: ['login', 'password'],
  mapping,
  isGenuine: () => false,
  origin: () => baseUrl,
  open: (connection) => createClient(connection, makeLink, baseUrl)
})
