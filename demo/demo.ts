import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { wipeDemo } from '../db/demo/wipe.ts'
import type { Wiped } from '../db/demo/wipe.ts'
import { messageOf } from '../host/setup-error.ts'
import { isOpen, schedule } from '../ivr/blocks/schedule.ts'
import type { Scheme } from '../ivr/scheme.ts'
import type { TapeRow } from '../pbx/call/effects.ts'
import type { AsteriskHome } from '../pbx/provision/home.ts'
import { finishedFile } from '../recordings/files.ts'
import { normalise } from '../tracking/phones.ts'
import { startCarrier } from './carrier.ts'
import type { Carrier, CarrierOptions } from './carrier.ts'
import { scenarios } from './client.ts'
import type { Scenario } from './client.ts'
import { talkNames } from './talks.ts'

export interface TestCallWish {
  /** A number of ours; by default some number of the demo company. */
  readonly to?: string
  /** Who calls; by default a known contact or a stranger. */
  readonly from?: string
  /** `usual` (default), `passive`, `impatient`. */
  readonly scenario?: string
  /** Who asks for it: the call goes, if it can, to a number whose operators they are among. */
  readonly userId?: string
}

export type TestCallResult =
  | { ok: true; from: string; to: string }
  | { ok: false; code: 'badNumber' | 'badScenario' | 'noNumber' | 'carrierDown'; detail: string }

export interface Demo {
  /** Brings the carrier up. A carrier that cannot start is logged and tried again with the first test call. */
  start(): Promise<void>
  placeTestCall(wish: TestCallWish): Promise<TestCallResult>
  /** To be told every tape row, so that the client presses keys, speaks and rates. */
  onRow(row: TapeRow): void
  /** Removes the demo company with its calls and recordings; what people made themselves stays. */
  wipe(): Promise<Wiped['counts']>
  stop(): Promise<void>
}

/**
 * The demo: a carrier that calls, and the demo company it calls.
 * @param options.dir the carrier's folder, inside DATA_DIR
 */
export function createDemo(options: {
  home: AsteriskHome
  dir: string
  config: Pick<Config, 'sip' | 'rtp' | 'ariPort' | 'amiPort' | 'demoSipPort' | 'dataDir'>
  db: Knex
  log: Logger
}): Demo {
  const { home, dir, config, db, log } = options
  let carrier: Carrier | undefined
  let starting: Promise<Carrier> | undefined

  /** One start at a time, however many ask. */
  async function running(): Promise<Carrier> {
    if (carrier?.isUp === true) return carrier
    starting ??= restart().finally(() => (starting = undefined))
    return starting
  }

  async function restart(): Promise<Carrier> {
    await carrier?.stop()
    carrier = undefined
    carrier = await startCarrier({ home, dir, ports: portsOf(config), pbx: pbxAddress(config), log })
    return carrier
  }

  return {
    async start() {
      try {
        await running()
      } catch (error) {
        log.warn({ err: error }, 'The demo carrier could not start: test calls will fail, all else works')
      }
    },

    async placeTestCall(wish) {
      const scenario = scenarios.find((one) => one === (wish.scenario ?? 'usual'))
      if (scenario === undefined) {
        return { ok: false, code: 'badScenario', detail: `Scenarios are ${scenarios.join(', ')}` }
      }
      const to =
        wish.to === undefined ? await someNumber(db, Date.now(), wish.userId) : normalise(wish.to)?.e164
      const from = wish.from === undefined ? await someCaller(db) : normalise(wish.from)?.e164
      if (from === undefined || (to === undefined && wish.to !== undefined)) {
        return { ok: false, code: 'badNumber', detail: 'Numbers are written like +74950102030' }
      }
      if (to === undefined) {
        return {
          ok: false,
          code: 'noNumber',
          detail: 'No active number has a published scheme to lead the call'
        }
      }
      return place(from, to, scenario)
    },

    onRow: (row) => carrier?.onRow(row),

    async wipe() {
      const wiped = await wipeDemo(db)
      const folder = join(config.dataDir, 'recordings')
      for (const name of new Set([...talkNames, ...wiped.files])) {
        await rm(finishedFile(folder, name), { force: true })
      }
      log.info({ counts: wiped.counts }, 'The demo company is gone')
      return wiped.counts
    },

    async stop() {
      await starting?.catch((error: unknown) =>
        log.debug({ err: error }, 'The demo carrier was just starting')
      )
      await carrier?.stop()
      carrier = undefined
    }
  }

  async function place(from: string, to: string, scenario: Scenario): Promise<TestCallResult> {
    try {
      const result = await (await running()).call({ from, to, scenario })
      if (!result.ok) return { ok: false, code: 'carrierDown', detail: result.detail }
      log.info({ to, scenario }, 'The demo carrier places a test call')
      return { ok: true, from, to }
    } catch (error) {
      return { ok: false, code: 'carrierDown', detail: messageOf(error) }
    }
  }
}

/** Beside the ports of the PBX, so that two instances with their own ports do not meet here either. */
function portsOf(
  config: Pick<Config, 'rtp' | 'ariPort' | 'amiPort' | 'demoSipPort'>
): CarrierOptions['ports'] {
  const rtpStart = config.rtp.end + 41 <= 65_535 ? config.rtp.end + 1 : config.rtp.start - 41
  return {
    sip: config.demoSipPort,
    ari: config.ariPort + 1,
    ami: config.amiPort + 1,
    rtpStart,
    rtpEnd: rtpStart + 39
  }
}

function pbxAddress(config: Pick<Config, 'sip'>): CarrierOptions['pbx'] {
  const { host, port } = config.sip
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port }
}

/**
 * A number that leads somewhere, the demo company's first. Whoever tries the product at night wants to hear a phone
 * ring too, so numbers whose scheme is closed now come last; before that, one that can ring whoever asked. Numbers with a
 * source of their own come first: a number of a pool that no visitor holds could not say why it rang.
 */
async function someNumber(db: Knex, nowMs: number, userId: string | undefined): Promise<string | undefined> {
  const rows = await db('numbers')
    .join('schemes', 'schemes.id', 'numbers.scheme_id')
    .join('scheme_versions', function () {
      this.on('scheme_versions.scheme_id', 'schemes.id').on(
        'scheme_versions.version',
        'schemes.published_version'
      )
    })
    .where('numbers.is_active', true)
    .orderByRaw('numbers.is_demo desc, numbers.source_id is null, random()')
    .limit(100)
    .select<{ e164: string; is_demo: boolean; body: Scheme }[]>(
      'numbers.e164',
      'numbers.is_demo',
      'scheme_versions.body'
    )
  const ofDemo = rows.filter((row) => row.is_demo)
  const choice = ofDemo.length > 0 ? ofDemo : rows
  const groups = new Set(
    userId === undefined
      ? []
      : await db('group_members').where({ user_id: userId }).pluck<string[]>('group_id')
  )
  const open = choice.filter(({ body }) => isOpenNow(body, nowMs))
  return (open.find(({ body }) => rings(body, groups)) ?? open[0] ?? choice[0])?.e164
}

function rings(scheme: Scheme, groups: ReadonlySet<string>): boolean {
  return Object.values(scheme.blocks).every(({ type, settings }) => {
    const { groupId } = settings
    return type !== 'ring' || (typeof groupId === 'string' && groups.has(groupId))
  })
}

function isOpenNow(scheme: Scheme, nowMs: number): boolean {
  return Object.values(scheme.blocks).every((block) => {
    if (block.type !== 'schedule') return true
    const hours = schedule.settings.safeParse(block.settings)
    return hours.success && isOpen(hours.data, nowMs)
  })
}

/** Every third caller is someone the company knows. */
async function someCaller(db: Knex): Promise<string> {
  const known = await db('contact_phones')
    .join('contacts', 'contacts.id', 'contact_phones.contact_id')
    .where('contacts.is_demo', true)
    .orderByRaw('random()')
    .first<{ e164: string } | undefined>('contact_phones.e164')
  if (known !== undefined && Math.random() < 1 / 3) return known.e164
  return `+7945${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`
}
