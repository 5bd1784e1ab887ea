import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { Counter, Gauge, type Registry } from 'prom-client'
import { inTurn } from '../../db/in-turn.ts'
import { listen, type Listening } from '../../db/listen.ts'
import type { Ami, AmiAttack } from '../ami/client.ts'
import type { Ari } from '../ari/client.ts'
import { guardKey, guardSettings, type GuardSettings } from './settings.ts'
import { readSpared, type Spared, type Sparing } from './spared.ts'
import { addressIn, banMs, createTries, type Culprit } from './tries.ts'

/** Keeps strangers who guess away from SIP. */
export interface SipGuard {
  /** Why no ban would meet an address now; null: one would. */
  whySpared(address: string): Promise<Sparing | null>
  start(): void
  stop(): Promise<void>
}

/** Many addresses were banned within an hour; told in the transaction given. */
export type TellMany = (trx: Knex, bans: number) => Promise<void>

/** Asterisk compares each message with each ban: more than these cost more than they spare. The newest stand. */
const mostBans = 1000
/** A ban that has ended lately may still stand in an Asterisk that was running while no controller was. */
const endedDays = 8
const lookEveryMs = 20_000
const sparedForMs = 15_000
const dayMs = 86_400_000

export function createSipGuard(options: {
  db: Knex
  databaseUrl: string
  ari: Pick<Ari, 'on' | 'isUp' | 'putObject' | 'getObject' | 'deleteObject'>
  ami: Pick<Ami, 'on' | 'contacts'>
  tellMany: TellMany
  registry: Registry
  log: Logger
  now?: () => number
}): SipGuard {
  const { db, databaseUrl, ari, ami, tellMany, now = Date.now } = options
  const log = options.log.child({ part: 'sipGuard' })
  const tries = createTries()
  const names = new Map<string, string[]>()
  let settings: GuardSettings = guardSettings.parse({})
  let spared: { is: Spared; atMs: number } | undefined
  /** Addresses that Asterisk refuses; null: it must be told afresh. */
  let pushed: Set<string> | null = null
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let listening: Listening | undefined
  const banning = new Set<string>()

  const registers = [options.registry]
  const banned = new Counter({
    ...{ name: 'sip_bans_total', help: 'Addresses banned from SIP, by cause', labelNames: ['cause'] },
    registers
  })
  const standing = new Gauge({ name: 'sip_bans', help: 'Addresses that SIP refuses now', registers })

  async function readSettings(): Promise<void> {
    const row = await db('settings').where({ key: guardKey }).first<{ value: unknown } | undefined>('value')
    const read = guardSettings.safeParse(row?.value ?? {})
    if (read.success) settings = read.data
    else log.error({ err: read.error }, 'A settings row cannot be read; the last good one stands')
  }

  async function sparedNow(mayBeOld = false): Promise<Spared> {
    if (mayBeOld && spared && now() - spared.atMs < sparedForMs) return spared.is
    const is = await readSpared({ db, ami, allowed: settings.allowed, known: names })
    spared = { is, atMs: now() }
    return is
  }

  /** Brings Asterisk what the table says. A ban that now meets one of ours is left out, and comes back when it does not. */
  async function sync(): Promise<void> {
    await readSettings()
    if (!ari.isUp || isStopped) return
    const rows = await db('sip_bans')
      .whereNull('lifted_at')
      .whereRaw('(until is null or until > ?)', [new Date(now())])
      .orderBy('since', 'desc')
      .limit(mostBans)
      .select<{ address: string }[]>(db.raw('host(address) as address'))
    const { why } = await sparedNow(true)
    const wanted = new Set(
      settings.isOn ? rows.map(({ address }) => address).filter((address) => why(address) === null) : []
    )
    const before = pushed ?? new Set([...(await endedLately()), ...rows.map(({ address }) => address)])
    const isAfresh = pushed === null
    for (const address of before) {
      if (wanted.has(address)) continue
      if (!(await done(address, ari.deleteObject('acl', objectOf(address))))) return
      before.delete(address)
    }
    for (const address of wanted) {
      if (before.has(address) && !isAfresh) continue
      // It may have outlived the controller: made anew, it would let everything through for a moment.
      if (isAfresh && (await ari.getObject('acl', objectOf(address))).ok) continue
      const fields = [{ attribute: 'deny', value: `${address}/${address.includes(':') ? 128 : 32}` }]
      if (!(await done(address, ari.putObject('acl', objectOf(address), fields)))) return
      before.add(address)
    }
    pushed = before
    standing.set(wanted.size)
  }

  /** False: Asterisk does not answer, and everything is told afresh when it does. */
  async function done(address: string, asked: ReturnType<Ari['deleteObject']>): Promise<boolean> {
    const result = await asked
    if (result.ok || result.done) return true
    pushed = null
    log.warn({ address, message: result.message }, 'Asterisk could not be told of a ban')
    return false
  }

  async function endedLately(): Promise<string[]> {
    const since = new Date(now() - endedDays * dayMs)
    const rows = await db('sip_bans')
      .whereRaw('greatest(lifted_at, until) > ?', [since])
      .distinct<{ address: string }[]>(db.raw('host(address) as address'))
      .limit(mostBans)
    return rows.map(({ address }) => address)
  }

  const syncing = inTurn(sync, (err) => log.warn({ err }, 'Bans could not be brought to Asterisk'))

  function onAttack(attack: AmiAttack): void {
    if (!settings.isOn) return
    const address = addressIn(attack.remoteAddress)
    if (address === null || banning.has(address)) return
    const culprit = tries.note(
      {
        ...{ address, account: attack.account, atMs: now() },
        cause: attack.kind === 'unknownAccount' ? 'unknown_user' : 'wrong_password'
      },
      { most: settings.tries, withinMs: settings.withinSeconds * 1000 }
    )
    if (culprit === null) return
    banning.add(address)
    ban(culprit)
      .catch((err: unknown) => log.warn({ err }, 'An address could not be banned'))
      .finally(() => banning.delete(address))
  }

  async function ban({ address, cause, tries: count, accounts }: Culprit): Promise<void> {
    const sparing = (await sparedNow()).why(address)
    if (sparing !== null) {
      log.warn({ address, sparing, tries: count }, 'SIP requests of somebody who is never banned are refused')
      return
    }
    const atMs = now()
    const isNew = await db.transaction(async (trx) => {
      // Two controllers may see the same address.
      await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 51))', [address])
      const past = await trx('sip_bans')
        .whereRaw('address = cast(? as inet)', [address])
        .where('since', '>', new Date(atMs - 30 * dayMs))
        .select<{ until: Date | null; lifted_at: Date | null }[]>('until', 'lifted_at')
      const isBanned = past.some(
        ({ until, lifted_at: lifted }) => lifted === null && (until === null || until.getTime() > atMs)
      )
      if (isBanned) return false
      // What a person has lifted was a mistake of ours.
      const offence = past.filter(({ lifted_at: lifted }) => lifted === null).length + 1
      const until = new Date(atMs + banMs(offence, settings))
      const [row] = await trx('sip_bans')
        .insert({ address, cause, tries: count, accounts, offence, until, since: new Date(atMs) })
        .returning<{ id: string }[]>('id')
      await trx('audit').insert({
        ...{ user_id: null, action: 'sip_ban.add', entity: 'sip_ban', entity_id: row?.id },
        data: JSON.stringify({ address, cause, tries: count })
      })
      await tellOfMany(trx, atMs)
      return true
    })
    if (isNew) {
      banned.inc({ cause })
      log.warn({ address, cause, tries: count }, 'An address is banned from SIP')
    }
    await syncing.now()
  }

  async function tellOfMany(trx: Knex, atMs: number): Promise<void> {
    const { alarmAfterBans } = settings
    if (alarmAfterBans === null) return
    const [found] = await trx('sip_bans')
      .whereNot({ cause: 'by_hand' })
      .where('since', '>', new Date(atMs - 3_600_000))
      .count<{ count: string }[]>('*')
    // At the number itself, not above it: one alarm for one wave.
    if (Number(found?.count) === alarmAfterBans) await tellMany(trx, alarmAfterBans)
  }

  return {
    whySpared: async (address) => {
      await readSettings()
      return (await sparedNow()).why(address)
    },
    start() {
      ami.on('attack', onAttack)
      ari.on('up', () => {
        pushed = null
        syncing.soon()
      })
      listening = listen({
        databaseUrl,
        channels: ['ringtrace_config'],
        log,
        onConnected: () => syncing.soon(),
        onNotice(_channel, payload) {
          const [table, key] = payload.split(':')
          if (table === 'trunks' || (table === 'settings' && key === guardKey)) spared = undefined
          else if (table !== 'sip_bans') return
          syncing.soon()
        }
      })
      // Bans end by the clock, and admins sign in.
      timer = setInterval(() => syncing.soon(), lookEveryMs)
      timer.unref()
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      syncing.close()
      await listening?.stop()
    }
  }
}

/** The name of an address's object in Asterisk. */
const objectOf = (address: string): string => `ban-${address.replace(/[^0-9a-f]/g, '-')}`
