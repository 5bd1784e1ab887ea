import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { inTurn } from '../db/in-turn.ts'
import { addressOf } from './nat-look.ts'

/** Where it is kept among the settings: the name or address as it was written. */
export const publicAddressKey = 'sip.publicAddress'

/** The public address as it is set, and by whom. */
export interface PublicAddressSet {
  /** As it was written: an address, or a host name. */
  readonly name: string
  /** The address it stands for, as far as known. */
  readonly address: string | null
  readonly by: 'environment' | 'setting'
}

/** Which address carriers and browsers outside are told. The environment rules the setting. */
export interface PublicAddress {
  /** Null: none is set, and everybody is told the address of this machine. */
  current(): PublicAddressSet | null
  /** Whether the telephone exchange has it, and not an older one. */
  isApplied(): boolean
  /** Takes up what the settings say now. */
  refresh(): Promise<void>
  /** Who tells the telephone exchange; it has the address of now already. */
  onChange(tell: (address: string | null) => Promise<void>): void
  stop(): void
}

export interface PublicAddressOptions {
  db: Knex
  /** EXTERNAL_ADDRESS. */
  environment: string | undefined
  log: Logger
  /** The IPv4 address of a name; null when nobody knows any. */
  resolve?: (name: string) => Promise<string | null>
  everyMs?: number
}

/** What stands behind a name may move: some routers get another address every night. */
const lookAgainMs = 60_000

export async function openPublicAddress(options: PublicAddressOptions): Promise<PublicAddress> {
  const { db, environment, log, resolve = addressOf, everyMs = lookAgainMs } = options
  let current: PublicAddressSet | null = null
  let tell: ((address: string | null) => Promise<void>) | undefined
  /** What the exchange was told last. */
  let told: string | null = null
  const addressNow = (): string | null => current?.address ?? null
  const warn = (err: unknown): void =>
    log.warn({ err }, 'The public address could not be taken up; it is tried again')
  const turn = inTurn(read, warn)

  async function read(): Promise<void> {
    const set = await nameSet()
    if (set === null) current = null
    else {
      const found = await resolve(set.name)
      // A name server that is away for a moment is no reason to forget where we are.
      const known = current?.name === set.name ? current.address : null
      current = { ...set, address: found ?? known }
    }
    if (!tell || told === addressNow()) return
    const address = addressNow()
    await tell(address)
    told = address
    log.info({ isSet: address !== null }, 'Asterisk has another public address')
  }

  async function nameSet(): Promise<Pick<PublicAddressSet, 'name' | 'by'> | null> {
    if (environment !== undefined) return { name: environment, by: 'environment' }
    const row = await db('settings')
      .where({ key: publicAddressKey })
      .first<{ value: unknown } | undefined>('value')
    return typeof row?.value === 'string' ? { name: row.value, by: 'setting' } : null
  }

  await turn.now()
  const timer = setInterval(() => turn.soon(), everyMs)
  return {
    current: () => current,
    isApplied: () => !tell || told === addressNow(),
    refresh: () => turn.now().catch(warn),
    onChange(to) {
      told = addressNow()
      tell = to
    },
    stop() {
      clearInterval(timer)
      turn.close()
    }
  }
}
