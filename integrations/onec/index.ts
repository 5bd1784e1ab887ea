import type { Kind } from '../connectors/kind.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { createClient } from './client.ts'
import { mapping } from './mapping.ts'
import { onecSettings, type OnecSettings } from './settings.ts'

/** @param makeLink an address under which a record opens without a login */
export const onec = (makeLink: MakeLink): Kind => ({
  name: 'onec',
  settings: onecSettings,
  keys: ['login', 'password'],
  mapping,
  isGenuine: () => false,
  origin: (settings) => new URL((settings as OnecSettings).url).origin,
  open: (connection) => createClient(connection, makeLink)
})
