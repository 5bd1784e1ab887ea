import type { Kind } from '../connectors/kind.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { googleAdsSettings } from './settings.ts'

const usual = { api: 'https://googleads.googleapis.com', token: 'https://oauth2.googleapis.com/token' }

/** @param urls for tests */
export const googleAds = (urls = usual): Kind => ({
  name: 'googleAds',
  settings: googleAdsSettings,
  keys: ['developerToken', 'clientId', 'clientSecret', 'refreshToken'],
  mapping,
  // So that the rows of one request are there together.
  atOnce: 50,
  isGenuine: () => false,
  origin: () => urls.api,
  open: (connection) => createClient(connection, urls)
})
