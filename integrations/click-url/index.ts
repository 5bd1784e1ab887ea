import { hearsNothing, knowsNobody, type Kind } from '../connectors/kind.ts'
import { serve } from './serve.ts'
import { clickSettings } from './settings.ts'

/** Any system that can open an address: the secret is in the address, and nothing else is needed. */
export const clickUrl = (): Kind => ({
  name: 'clickUrl',
  settings: clickSettings,
  keys: [],
  isOnlyAsked: true,
  mapping: {
    ...hearsNothing,
    next: () => null,
    took: (_step, _answer, memory) => ({ memory, links: [] }),
    isDone: () => false
  },
  isGenuine: () => false,
  // There is nobody to be asked.
  origin: () => 'https://click-url.invalid',
  open: () => ({
    ...knowsNobody,
    do: () => Promise.resolve(null),
    prepare: () => Promise.resolve(),
    join: (keys) => Promise.resolve(keys)
  }),
  serve
})
