import type { Packet } from 'asterisk-manager'
import type { Logger } from 'pino'
import { createSignals } from '../ari/signals.ts'
import type { Signals } from '../ari/signals.ts'
import { openAmi, textOf } from './connection.ts'
import type { AmiConnection } from './connection.ts'

export type RegistrationState = 'registered' | 'registering' | 'rejected' | 'unknown'

/** One of our registrations at a carrier. */
export interface RegistrationDetail {
  state: RegistrationState
  /** Until the next request; null while none is planned. */
  nextSeconds: number | null
}

export interface AmiContact {
  /** The operator's or trunk's id, `op-…`. */
  aor: string
  uri: string
  /**
   * `unreachable`: registered, but does not answer; `removed`: unregistered, expired, or its tab was closed.
   * The best of all its phones: when a second tab takes the place of a first, nothing is removed.
   */
  state: 'reachable' | 'unreachable' | 'removed'
  /** How long the last OPTIONS took; absent where none is sent, or none was answered. */
  roundtripMs?: number
}

export interface AmiAttack {
  kind: 'unknownAccount' | 'wrongPassword' | 'challengeFailed'
  /** What they called themselves: a stranger's text. */
  account: string
  /** Such as `IPV4/UDP/192.0.2.7/5060`. */
  remoteAddress: string
}

export type AmiSignals = {
  up: []
  down: [reason: string]
  contact: [contact: AmiContact]
  /** All outbound registrations by trunk endpoint id, after one of them has changed. */
  registrations: [states: ReadonlyMap<string, RegistrationDetail>]
  attack: [attack: AmiAttack]
}

export interface Ami {
  readonly isUp: boolean
  on: Signals<AmiSignals>['on']
  /** Connects, and again for ever when the connection breaks (100 ms to 2 s). Listeners are added before. */
  connect(): void
  /** Who can be reached now, by AOR; null when Asterisk cannot be asked. */
  contacts(): Promise<Map<string, AmiContact> | null>
  /** Outbound registrations now, by trunk endpoint id; null when Asterisk cannot be asked. */
  registrations(): Promise<Map<string, RegistrationDetail> | null>
  /**
   * Writes `DB(family/key)`, which the dialplan reads; here because ARI may not ("dangerous").
   * @returns false when it was not written
   */
  putDb(family: string, key: string, value: string): Promise<boolean>
  /**
   * Records a channel from now on, as the dialplan does: `<file>-in.wav` what comes in from it, `<file>-out.wav` what
   * it is sent. It ends with the channel.
   * @param file absolute, without an ending; no comma and no parenthesis
   * @returns false when it was not begun
   */
  startRecording(channelId: string, file: string): Promise<boolean>
  /** Fills a channel's recordings with silence, or ends that. @returns false when it was not done */
  muteRecording(channelId: string, isMuted: boolean): Promise<boolean>
  /** Sends an OPTIONS to whoever an endpoint stands for. @returns false when there is no such endpoint, or no Asterisk */
  qualify(endpoint: string): Promise<boolean>
  /** Sends a REGISTER at once. @returns false when there is no such registration, or no Asterisk */
  registerNow(registration: string): Promise<boolean>
  /** Leaves no timer and no connection. */
  close(): void
}

export interface AmiOptions {
  host: string
  port: number
  user: string
  password: string
  log: Logger
}

const firstPauseMs = 100
const longestPauseMs = 2000

/**
 * The one manager connection: registrations, device states and attacks, nothing that happens within calls.
 * It has no watchdog: an Asterisk that hangs is found by the one of `pbx/ari`, and its death closes this socket.
 */
export function createAmi(options: AmiOptions): Ami {
  const { log } = options
  const signals = createSignals<AmiSignals>(log)
  let connection: AmiConnection | undefined
  let wanted = false
  let isUp = false
  let pauseMs = firstPauseMs
  let timer: NodeJS.Timeout | undefined
  let asking = false
  let askAgain = false
  /** Phones of each AOR by address. */
  const phones = new Map<string, Map<string, AmiContact>>()

  function open(): void {
    connection = openAmi({
      host: options.host,
      port: options.port,
      user: options.user,
      password: options.password,
      onOpen: () => void settle().catch((error: unknown) => log.error({ err: error }, 'Manager login')),
      onEvent,
      onClose(reason) {
        if (isUp) {
          isUp = false
          log.warn({ reason }, 'The manager connection is closed')
          signals.emit('down', reason)
        }
        if (!wanted) return
        timer = setTimeout(open, pauseMs)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
    })
  }

  async function settle(): Promise<void> {
    const mine = connection
    phones.clear()
    const items = await listContacts()
    if (mine !== connection || items === null) return
    items.forEach(remember)
    isUp = true
    pauseMs = firstPauseMs
    signals.emit('up')
  }

  async function listContacts(): Promise<AmiContact[] | null> {
    const items = await (connection?.list('PJSIPShowContacts') ?? null)
    return items === null ? null : items.flatMap((item) => contactOf(item, 'status') ?? [])
  }

  /** Gives what is now true of the contact's AOR. */
  function remember(contact: AmiContact): AmiContact {
    const { aor, uri, state } = contact
    const all = phones.get(aor) ?? new Map<string, AmiContact>()
    if (state === 'removed') all.delete(uri)
    else all.set(uri, contact)
    if (all.size === 0) phones.delete(aor)
    else phones.set(aor, all)
    return best([...all.values()]) ?? contact
  }

  function onEvent(event: Packet): void {
    const attack = attacks.get(textOf(event, 'event'))
    if (attack !== undefined) {
      const account = textOf(event, 'accountid')
      return signals.emit('attack', { kind: attack, account, remoteAddress: textOf(event, 'remoteaddress') })
    }
    switch (textOf(event, 'event')) {
      case 'ContactStatus': {
        const contact = contactOf(event, 'contactstatus')
        return contact === null ? undefined : signals.emit('contact', remember(contact))
      }
      case 'Registry':
        return void tellRegistrations().catch((error: unknown) => log.error({ err: error }, 'Registrations'))
      default:
        return undefined
    }
  }

  /** The event names addresses, not the trunk, so the list is asked; many events at once cost two askings. */
  async function tellRegistrations(): Promise<void> {
    askAgain = true
    if (asking) return
    asking = true
    try {
      while (askAgain) {
        askAgain = false
        const states = await registrations()
        if (states !== null) signals.emit('registrations', states)
      }
    } finally {
      asking = false
    }
  }

  async function registrations(): Promise<Map<string, RegistrationDetail> | null> {
    const items = await (connection?.list('PJSIPShowRegistrationsOutbound') ?? null)
    if (items === null) return null
    const details = items.filter((item) => textOf(item, 'event') === 'OutboundRegistrationDetail')
    return new Map(
      details.map((item) => {
        const seconds = Number(textOf(item, 'nextreg'))
        const nextSeconds = Number.isFinite(seconds) && seconds > 0 ? seconds : null
        return [textOf(item, 'objectname'), { state: registrationState(textOf(item, 'status')), nextSeconds }]
      })
    )
  }

  return {
    get isUp() {
      return isUp
    },
    on: (name, listener) => signals.on(name, listener),
    connect() {
      if (wanted) return
      wanted = true
      open()
    },
    async contacts() {
      const contacts = await listContacts()
      if (contacts === null) return null
      const found = new Map<string, AmiContact>()
      for (const contact of contacts) {
        const other = found.get(contact.aor)
        found.set(contact.aor, best(other === undefined ? [contact] : [other, contact]) ?? contact)
      }
      return found
    },
    registrations,
    async putDb(family, key, value) {
      return (await (connection?.ask({ action: 'DBPut', family, key, val: value }) ?? null)) !== null
    },
    async startRecording(channelId, file) {
      // Commas and parentheses are the syntax of its options; such a folder cannot be recorded into.
      if (!/^\/[^,()"\r\n]+$/.test(file)) return false
      const options = `r(${file}-in.wav)t(${file}-out.wav)`
      const packet = { action: 'MixMonitor', channel: channelId, file: '', options, command: '' }
      return (await (connection?.ask(packet) ?? null)) !== null
    },
    async muteRecording(channelId, isMuted) {
      const packet = {
        action: 'MixMonitorMute',
        channel: channelId,
        direction: 'both',
        state: isMuted ? '1' : '0'
      }
      return (await (connection?.ask(packet) ?? null)) !== null
    },
    async qualify(endpoint) {
      return (await (connection?.ask({ action: 'PJSIPQualify', endpoint }) ?? null)) !== null
    },
    async registerNow(registration) {
      return (await (connection?.ask({ action: 'PJSIPRegister', registration }) ?? null)) !== null
    },
    close() {
      wanted = false
      clearTimeout(timer)
      connection?.close()
      connection = undefined
      signals.clear()
    }
  }
}

const attacks: ReadonlyMap<string, AmiAttack['kind']> = new Map([
  ['InvalidAccountID', 'unknownAccount'],
  ['InvalidPassword', 'wrongPassword'],
  ['ChallengeResponseFailed', 'challengeFailed']
])

function best(contacts: readonly AmiContact[]): AmiContact | undefined {
  return contacts.find(({ state }) => state === 'reachable') ?? contacts[0]
}

/** An event and a list item say the same under other keys. */
function contactOf(packet: Packet, stateKey: string): AmiContact | null {
  const aor =
    textOf(packet, 'aor') ||
    textOf(packet, 'aorname') ||
    (textOf(packet, 'objectname').split(/;@|\//)[0] ?? '')
  if (aor === '') return null
  const word = textOf(packet, stateKey)
  const state =
    word === 'Removed'
      ? 'removed'
      : word === 'Unreachable' || word === 'Unavail'
        ? 'unreachable'
        : 'reachable'
  const microseconds = Number(textOf(packet, 'roundtripusec'))
  const roundtrip = microseconds > 0 ? { roundtripMs: Math.round(microseconds / 100) / 10 } : {}
  return { aor, uri: textOf(packet, 'uri'), state, ...roundtrip }
}

function registrationState(word: string): RegistrationState {
  if (word === 'Registered') return 'registered'
  if (word.startsWith('Rejected')) return 'rejected'
  return word === 'Unregistered' ? 'registering' : 'unknown'
}
