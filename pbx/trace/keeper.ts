import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Store } from './store.ts'
import type { Dialog, SipCopy } from './types.ts'

/** A wish to keep: of a trunk, of one call, or of the calls of a number. */
export interface TraceSwitch {
  trunkId: string | null
  callId: string | null
  number: string | null
  untilMs: number
}

/** Keeps the messages of the calls that somebody wants to see. */
export interface Keeper {
  /** Reads the switches again. */
  reload(): Promise<void>
  /** A call has begun: who takes part in it. */
  began(callId: string, facts: { numbers: readonly (string | null)[]; trunkId: string | null }): void
  /** A dialog was found to be a leg of a call. */
  linked(callId: string, endpoint: string): void
  /** Resolves when everything so far is written, or has failed. */
  flush(): Promise<void>
  close(): Promise<void>
}

interface Wanted {
  /** False once nobody wants it any more: what is written stays. */
  isOn: boolean
  isStale: boolean
  /** Messages of each dialog that are written. */
  written: Map<string, number>
  /** Rows of the call; null before the database was asked. */
  count: number | null
}

export interface KeptMessage extends SipCopy {
  endpoint: string | null
}

/** Rows of one call; a talk of hours with a re-INVITE every minute ends there. */
export const mostOfCall = 300
const flushMs = 1000
/** Calls whose parties are remembered, in case a switch is set while they run. */
const mostKnown = 2000

export async function createKeeper(options: {
  db: Knex
  store: Store
  /** The trunk that an endpoint of Asterisk belongs to. */
  trunkOf: (endpoint: string) => Promise<string | null>
  log: Logger
  nowMs?: () => number
}): Promise<Keeper> {
  const { db, store, log } = options
  const nowMs = options.nowMs ?? Date.now
  let switches: TraceSwitch[] = []
  const known = new Map<string, { numbers: Set<string>; trunkIds: Set<string> }>()
  /** Calls whose messages are kept. */
  const wanted = new Map<string, Wanted>()
  let timer: NodeJS.Timeout | undefined
  let last = Promise.resolve()
  let isClosed = false

  const off = store.onAdded((dialog) => {
    if (dialog.callId !== null) touch(dialog.callId)
  })

  function touch(callId: string): void {
    const kept = wanted.get(callId)
    if (!kept?.isOn || isClosed) return
    kept.isStale = true
    timer ??= setTimeout(() => {
      timer = undefined
      last = last.then(writeAll)
    }, flushMs)
  }

  function judge(callId: string): void {
    const before = wanted.get(callId)
    if (switches.length === 0 && !before) return
    const facts = known.get(callId)
    const isOn = switches.some(
      (one) =>
        one.untilMs > nowMs() &&
        (one.callId === callId ||
          (one.trunkId !== null && facts?.trunkIds.has(one.trunkId) === true) ||
          (one.number !== null && facts?.numbers.has(one.number) === true))
    )
    if (before) before.isOn = isOn
    else if (isOn) wanted.set(callId, { isOn, isStale: true, written: new Map(), count: null })
    // With what was said before anybody wanted it.
    touch(callId)
  }

  async function writeAll(): Promise<void> {
    for (const [callId, kept] of [...wanted]) {
      if (!kept.isStale) continue
      kept.isStale = false
      try {
        await write(callId, kept)
      } catch (error) {
        // The trace is a help, not a record: what the database does not take is lost, and calls go on.
        log.warn({ err: error }, 'SIP messages of a call could not be kept')
      }
    }
    for (const callId of wanted.keys()) {
      if (wanted.size <= mostKnown) break
      wanted.delete(callId)
    }
  }

  async function write(callId: string, kept: Wanted): Promise<void> {
    const rows: { dialog: Dialog; copy: SipCopy }[] = []
    for (const dialog of store.ofCall(callId)) {
      const from = kept.written.get(dialog.id) ?? 0
      rows.push(...dialog.messages.slice(from).map((copy) => ({ dialog, copy })))
      kept.written.set(dialog.id, dialog.messages.length)
    }
    if (kept.count === null) {
      const found = await db('sip_messages').where({ call_id: callId }).max<{ max: number | null }[]>('seq')
      kept.count = found[0]?.max ?? 0
    }
    const start = kept.count
    const fitting = rows.sort((a, b) => a.copy.atMs - b.copy.atMs).slice(0, mostOfCall - start)
    if (fitting.length === 0) return
    kept.count += fitting.length
    await db('sip_messages').insert(
      fitting.map(({ dialog, copy }, index) => ({
        call_id: callId,
        seq: start + index + 1,
        at: new Date(copy.atMs),
        dialog: copy.dialog,
        endpoint: dialog.endpoint,
        direction: copy.direction,
        transport: copy.transport,
        local: copy.local,
        remote: copy.remote,
        method: copy.method,
        status: copy.status,
        reason: copy.reason,
        body: copy.text
      }))
    )
  }

  function factsOf(callId: string): { numbers: Set<string>; trunkIds: Set<string> } {
    const found = known.get(callId)
    if (found) return found
    const made = { numbers: new Set<string>(), trunkIds: new Set<string>() }
    known.set(callId, made)
    for (const oldest of known.keys()) {
      if (known.size <= mostKnown) break
      known.delete(oldest)
    }
    return made
  }

  async function reload(): Promise<void> {
    const rows = await db('trace_switches')
      .where('until', '>', new Date(nowMs()))
      .select<{ trunk_id: string | null; call_id: string | null; number: string | null; until: Date }[]>(
        ...(['trunk_id', 'call_id', 'number', 'until'] as const)
      )
    switches = rows.map((row) => ({
      trunkId: row.trunk_id,
      callId: row.call_id,
      number: row.number,
      untilMs: row.until.getTime()
    }))
    for (const callId of new Set([...known.keys(), ...wanted.keys()])) judge(callId)
    for (const { callId } of switches) if (callId !== null) judge(callId)
  }
  await reload()

  return {
    reload,
    began(callId, { numbers, trunkId }) {
      const facts = factsOf(callId)
      for (const number of numbers) if (number !== null) facts.numbers.add(number)
      if (trunkId !== null) facts.trunkIds.add(trunkId)
      judge(callId)
    },
    linked(callId, endpoint) {
      touch(callId)
      if (!endpoint.startsWith('trunk-') || !switches.some((one) => one.trunkId !== null)) return
      void options
        .trunkOf(endpoint)
        .then((trunkId) => {
          if (trunkId === null) return
          factsOf(callId).trunkIds.add(trunkId)
          judge(callId)
        })
        .catch((error: unknown) => log.warn({ err: error }, 'The trunk of a call could not be read'))
    },
    async flush() {
      clearTimeout(timer)
      timer = undefined
      last = last.then(writeAll)
      await last
    },
    async close() {
      off()
      isClosed = true
      clearTimeout(timer)
      last = last.then(writeAll)
      await last
    }
  }
}
