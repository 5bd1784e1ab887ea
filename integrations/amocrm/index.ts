import type { Kind } from '../connectors/kind.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { serve } from './serve.ts'
import { amocrmSettings, type AmocrmSettings } from './settings.ts'
import { widget } from './widget.ts'

/**
 * @param options `makeLink`: an address under which a record opens without a login; `publicUrl`: as the account's users
 * come back to us
 */
export const amocrm = (options: { makeLink: MakeLink; publicUrl: string | null }): Kind => ({
  name: 'amocrm',
  settings: amocrmSettings,
  keys: ['clientId', 'clientSecret', 'code', 'token'],
  mapping,
  knowsAccount: true,
  // A code proves itself when it is used; nothing else comes as an event.
  isGenuine: () => false,
  origin: (settings) => (settings as AmocrmSettings).portal,
  open: (connection) => createClient(connection, options),
  serve,
  files: { 'widget.zip': () => Promise.resolve({ contentType: 'application/zip', bytes: widget() }) }
})
