import type { Kind } from '../connectors/kind.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { calltouchSettings } from './settings.ts'

const usualUrl = 'https://ats.calltouch.ru'

/** @param baseUrl for tests */
export const calltouch = (baseUrl = usualUrl): Kind => ({
  name: 'calltouch',
  settings: calltouchSettings,
  keys: ['token'],
  mapping,
  isGenuine: () => false,
  origin: () => baseUrl,
  open: (connection) => createClient(connection, baseUrl)
})
