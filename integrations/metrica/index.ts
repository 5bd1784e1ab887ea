import type { Kind } from '../connectors/kind.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { metricaSettings } from './settings.ts'

/** @param baseUrl for tests */
export const metrica = (baseUrl = 'https://api-metrika.yandex.net'): Kind => ({
  name: 'metrica',
  settings: metricaSettings,
  keys: ['token'],
  mapping,
  // So that the rows of one file are there together.
  atOnce: 25,
  isGenuine: () => false,
  origin: () => baseUrl,
  open: (connection) => createClient(connection, baseUrl)
})
