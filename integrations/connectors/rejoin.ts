import type { Knex } from 'knex'
import { ForeignError, type Client, type Connection, type Keys, type Kind } from './kind.ts'
import type { ConnectorPorts } from './ports.ts'
import type { ConnectorRow } from './store.ts'
import type { Vault } from './vault.ts'

/** Who the account is, and who we are to it: they stay with other keys, and at another address. */
const identity = ['hookToken', 'memberId', 'accountId']
/** What other keys begin anew. */
const session = ['accessToken', 'expiresMs']

/** As it shall be: settings as a whole, keys that are left out stay. */
export interface Wanted {
  settings: Readonly<Record<string, unknown>>
  keys: Keys
}

interface Tried {
  /** What is kept from now on. */
  keys: Keys
  /** Null: the link works with them. */
  error: ForeignError | null
  /** The settings are kept as well; never with an error, except where the other side has to begin. */
  isTaken: boolean
}

/**
 * Tries other keys, or another address, on a link that was joined: what does not work changes nothing. Keys of ours go to
 * an address only that belongs to the same site as before; elsewhere they have to be brought anew.
 * @param connect a connection that lives by these settings and keys, and nothing else
 * @param ready whether all is ready there, for a kind whose joining proves nothing
 */
async function tryChange(
  kind: Kind,
  kept: Keys,
  from: unknown,
  wanted: Wanted,
  connect: (settings: Wanted['settings'], keys: () => Keys, renewed: (keys: Keys) => void) => Connection,
  ready: (client: Client) => Promise<void>
): Promise<Tried> {
  const [before, after] = [kind.origin(from), kind.origin(wanted.settings)]
  const isMoved = before !== after
  const isNew = Object.keys(wanted.keys).length > 0
  const base =
    isMoved && !isSameSite(before, after)
      ? pick(kept, (name) => identity.includes(name))
      : isNew && kind.knowsAccount !== true
        ? pick(kept, (name) => !session.includes(name))
        : kept
  let keys: Keys = { ...base, ...wanted.keys }
  /** A pair that was renewed on the way: the one before works no more. */
  let renewed: Keys | null = null
  const connection = connect(
    wanted.settings,
    () => keys,
    (made) => {
      keys = made
      renewed = made
    }
  )
  try {
    const client = kind.open(connection)
    keys = { ...keys, ...(await client.join(keys, isMoved)) }
    if (kind.knowsAccount !== true) await ready(client)
    return { keys, error: null, isTaken: true }
  } catch (error) {
    if (!(error instanceof ForeignError)) throw error
    const isOther = isNew && 'clientId' in wanted.keys && wanted.keys['clientId'] !== kept['clientId']
    if (kind.isJoinedFromThere === true && error.fault === 'login' && isOther)
      return {
        keys: { ...pick(kept, (name) => identity.includes(name)), ...wanted.keys },
        error: new ForeignError('login', 'installAgain', 'The new application has to be installed there'),
        isTaken: true
      }
    return { keys: renewed ?? kept, error, isTaken: false }
  }
}

/**
 * Tries other keys or settings on a link that was joined, and keeps them where they work.
 * @param hookUrl where the other side reaches us; null where it cannot
 * @returns what is wrong with them
 */
export async function change(
  of: {
    db: Knex
    vault: Vault
    connectionOf: (row: ConnectorRow) => Connection
    lines: ConnectorPorts['lines']
  },
  { row, kind }: { row: ConnectorRow; kind: Kind },
  wanted: Wanted,
  hookUrl: (row: ConnectorRow) => string | null
): Promise<ForeignError | null> {
  let tried: Tried | undefined
  // The row is locked meanwhile: a token that works once is not used by two.
  await of.vault.change(row.id, async (kept) => {
    tried = await tryChange(
      ...([kind, kept, row.settings, wanted] as const),
      (settings, keys, renewed) => ({
        ...of.connectionOf({ ...row, settings }),
        keys: () => Promise.resolve(keys()),
        async renew(stale, ask) {
          if (keys()['accessToken'] === stale['accessToken']) renewed(await ask(keys()))
          return keys()
        }
      }),
      async (client) => client.prepare({ hookUrl: hookUrl(row), lines: await of.lines() })
    )
    return tried.keys
  })
  const { error = null, isTaken = false } = tried ?? {}
  if (isTaken)
    await of
      .db('connectors')
      .where({ id: row.id })
      .update({
        ...{ settings: JSON.stringify(wanted.settings), failures: 0, paused_until: null },
        state: error ? 'needsLogin' : 'ready',
        ...{ trouble: error?.code ?? null, trouble_detail: error?.message ?? null }
      })
  return error
}

const pick = (keys: Keys, isWanted: (name: string) => boolean): Keys =>
  Object.fromEntries(Object.entries(keys).filter(([name]) => isWanted(name)))

/** `firm.example.com` and `company.example.com`; of an address without a name, the address itself. */
function isSameSite(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  if (a.protocol !== b.protocol) return false
  if (a.hostname === b.hostname) return true
  const isName = ({ hostname }: URL): boolean => /[a-z]$/i.test(hostname) && hostname.split('.').length > 2
  const siteOf = ({ hostname }: URL): string => hostname.split('.').slice(-2).join('.')
  return isName(a) && isName(b) && siteOf(a) === siteOf(b)
}
