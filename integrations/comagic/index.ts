import type { Kind } from '../connectors/kind.ts'
import { createClient, type MakeLink } from './client.ts'
import type { Pipeline } from './funnels.ts'
import { mapping } from './mapping.ts'
import { serve } from './serve.ts'
import { comagicSettings, type ComagicSettings } from './settings.ts'
import { notificationTemplate } from './template.ts'

const urls = { comagic: 'https://dataapi.comagic.ru', uiscom: 'https://dataapi.uiscom.ru' }

/** @param baseUrl for tests */
export const comagic = (options: {
  makeLink: MakeLink
  pipelines: () => Promise<Pipeline[]>
  baseUrl?: string
}): Kind => {
  const urlOf = (settings: unknown): string => options.baseUrl ?? urls[(settings as ComagicSettings).server]
  return {
    name: 'comagic',
    settings: comagicSettings,
    keys: ['accessKey', 'login', 'password'],
    mapping,
    // Everything comes to `serve`.
    isGenuine: () => false,
    origin: urlOf,
    open: (connection) => createClient(connection, { ...options, baseUrl: urlOf(connection.settings) }),
    serve,
    files: {
      'notification.json': () =>
        Promise.resolve({ contentType: 'application/json', bytes: Buffer.from(notificationTemplate()) })
    }
  }
}
