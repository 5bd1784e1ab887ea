import { ForeignError, hearsNothing, knowsNobody, type Kind } from '../connectors/kind.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import { serve, shortestKey } from './serve.ts'
import { ringostatSettings } from './settings.ts'

/** @param makeLink an address under which a record opens without a login */
export const ringostat = (makeLink: MakeLink): Kind => ({
  name: 'ringostat',
  settings: ringostatSettings,
  keys: ['authKey'],
  isOnlyAsked: true,
  mapping: {
    ...hearsNothing,
    next: () => null,
    took: (_step, _answer, memory) => ({ memory, links: [] }),
    isDone: () => false
  },
  isGenuine: () => false,
  origin: () => 'https://api.ringostat.net',
  open: () => ({
    ...knowsNobody,
    do: () => Promise.resolve(null),
    prepare: () => Promise.resolve(),
    join: (keys) =>
      (keys['authKey'] ?? '').length >= shortestKey
        ? Promise.resolve(keys)
        : Promise.reject(
            new ForeignError('login', 'shortKey', `The key has fewer than ${shortestKey} characters`)
          )
  }),
  serve: (request, ask) => serve(request, ask, makeLink)
})
