import { hearsNothing, type Kind } from '../connectors/kind.ts'
import { createClient } from './client.ts'
import { yandexDirectSettings } from './settings.ts'

/** @param baseUrl for tests */
export const yandexDirect = (baseUrl = 'https://api.direct.yandex.com'): Kind => ({
  name: 'yandexDirect',
  settings: yandexDirectSettings,
  keys: ['token'],
  // It is told of nothing: its clicks are joined by Metrica.
  isOnlyAsked: true,
  mapping: {
    ...hearsNothing,
    next: () => null,
    took: (_step, _answer, memory) => ({ memory, links: [] }),
    isDone: () => false
  },
  isGenuine: () => false,
  origin: () => baseUrl,
  open: (connection) => createClient(connection, baseUrl)
})
