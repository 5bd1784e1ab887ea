import type { Kind } from '../connectors/kind.ts'
import { createClient, type MakeLink } from './client.ts'
import { mapping } from './mapping.ts'
import { serve } from './serve.ts'
import { roistatSettings } from './settings.ts'

const usualUrl = 'https://cloud.roistat.com'

/** @param baseUrl for tests */
export const roistat = (makeLink: MakeLink, baseUrl = usualUrl): Kind => ({
  name: 'roistat',
  settings: roistatSettings,
  keys: ['apiKey', 'leadKey', 'password'],
  mapping,
  // Everything comes to `serve`, which looks at the name and the token itself.
  isGenuine: () => false,
  origin: () => baseUrl,
  open: (connection) => createClient(connection, baseUrl, makeLink),
  serve
})
