import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ForeignError, hearsNothing, knowsNobody, type Kind } from '../../../integrations/connectors/kind.ts'

const asked = z.object({ key: z.string(), phone: z.string().default('') })

/** A kind that asks: it shows what the frame hands it, and does what the path names. */
export const asker: Kind = {
  name: 'ringostat',
  settings: z.object({}),
  keys: ['password'],
  isOnlyAsked: true,
  mapping: {
    ...hearsNothing,
    next: () => null,
    took: (_step, _answer, memory) => ({ memory, links: [] }),
    isDone: () => false
  },
  isGenuine: () => false,
  origin: () => 'https://asker.example.com',
  open: () => ({
    ...knowsNobody,
    do: () => Promise.resolve(null),
    prepare: () => Promise.resolve(),
    join: (keys) => Promise.resolve(keys),
    costs: () => Promise.reject(new ForeignError('away', 'noAnswer', 'They are away')),
    lists: {
      goals: () => Promise.resolve([{ id: '1', name: 'Order' }]),
      broken: () => Promise.reject(new ForeignError('away', 'noAnswer', 'They are away'))
    }
  }),
  files: {
    'made.txt': ({ keys, hookUrl }) =>
      Promise.resolve({
        contentType: 'text/plain',
        bytes: Buffer.from(`${keys['password'] ?? ''} ${hookUrl}`)
      })
  },
  async serve({ method, path, query, body }, ask) {
    const { key, phone } = asked.safeParse(body).data ?? { key: '', phone: '' }
    const wanted = { key, phone, line: null }
    switch (path) {
      case '/refuses':
        throw new ForeignError('refused', 'noSuchThing', 'There is none')
      case '/breaks':
        throw new Error('A secret of ours')
      case '/long':
        return { status: 200, body: 'x'.repeat(17 * 1024 * 1024) }
      case '/once':
        return { status: 200, body: await ask.once(key, () => Promise.resolve({ made: randomUUID() })) }
      case '/call':
        return { status: 200, body: await ask.call({ ...wanted, userId: randomUUID() }) }
      case '/callback':
        return { status: 200, body: await ask.callback({ ...wanted, note: null }) }
      default:
        return { status: 200, body: { method, path, query, body, password: ask.keys['password'] } }
    }
  }
}
