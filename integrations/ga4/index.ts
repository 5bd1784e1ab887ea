import type { Kind } from '../connectors/kind.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { ga4Settings } from './settings.ts'

/** @param baseUrl for tests */
export const ga4 = (baseUrl = 'https://www.google-analytics.com'): Kind => ({
  name: 'ga4',
  settings: ga4Settings,
  keys: ['apiSecret'],
  mapping,
  isGenuine: () => false,
  origin: () => baseUrl,
  open: (connection) => createClient(connection, baseUrl)
})
