import { createHash, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type { Secrets } from '../../db/secrets.ts'
import type { Keys } from './kind.ts'

const purpose = (connectorId: string): string => `connector:${connectorId}`

/** The token in the address for a connector's incoming events, and what is kept to find it by. */
export const newHookToken = (): string => randomBytes(24).toString('base64url')
export const hookHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Keys and tokens of connectors: sealed in their rows, one change at a time. */
export interface Vault {
  seal(connectorId: string, keys: Keys): string
  /** Empty when they cannot be opened: the installation's key has changed. */
  open(connectorId: string, sealed: string): Keys
  read(connectorId: string): Promise<Keys>
  change(connectorId: string, change: (keys: Keys) => Keys | Promise<Keys>): Promise<Keys>
  /** See `Connection.renew`. */
  renew(connectorId: string, stale: Keys, ask: (keys: Keys) => Promise<Keys>): Promise<Keys>
}

export function createVault(db: Knex, secrets: Secrets): Vault {
  const renewing = new Map<string, Promise<Keys>>()

  const seal: Vault['seal'] = (id, keys) => secrets.seal(JSON.stringify(keys), purpose(id))
  const open: Vault['open'] = (id, sealed) => {
    const text = secrets.open(sealed, purpose(id))
    return text === null ? {} : (JSON.parse(text) as Keys)
  }

  /**
   * The row is locked meanwhile: a refresh token that works once must not be used by two. Not its key: the tape's
   * transactions and the log go on beside it.
   */
  const change: Vault['change'] = (id, make) =>
    db.transaction(async (trx) => {
      const row = await trx('connectors')
        .where({ id })
        .forNoKeyUpdate()
        .first<{ secrets: string } | undefined>('secrets')
      if (!row) throw new Error('The connector is gone')
      const before = open(id, row.secrets)
      const after = await make(before)
      if (after !== before)
        await trx('connectors')
          .where({ id })
          .update({ secrets: seal(id, after) })
      return after
    })

  return {
    seal,
    open,
    change,
    async read(id) {
      const row = await db('connectors').where({ id }).first<{ secrets: string } | undefined>('secrets')
      return row ? open(id, row.secrets) : {}
    },
    renew(id, stale, ask) {
      const running = renewing.get(id)
      if (running) return running
      const asked = change(id, (kept) =>
        // Somebody else was faster.
        kept['accessToken'] !== stale['accessToken'] ? kept : ask(kept)
      ).finally(() => renewing.delete(id))
      renewing.set(id, asked)
      return asked
    }
  }
}
