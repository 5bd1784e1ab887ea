import type { Knex } from 'knex'
import type { Kind } from '../connectors/kind.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { serveWith } from './serve.ts'
import { megafonSettings, type MegafonSettings } from './settings.ts'

/** @param db who our people are there: by their logins and short numbers */
export const megafon = ({ db, makeLink }: { db: Knex; makeLink: MakeLink }): Kind => ({
  name: 'megafon',
  settings: megafonSettings,
  keys: ['crmToken', 'apiKey'],
  mapping,
  // Everything comes to `serve`, which looks at the key itself.
  isGenuine: () => false,
  origin: (settings) => new URL((settings as MegafonSettings).url).origin,
  open: (connection) => createClient(connection, db, makeLink),
  serve: serveWith(makeLink)
})
