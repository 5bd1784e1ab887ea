import fs from 'node:fs/promises'
import path from 'node:path'
import type { JournalCall, JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import { expectJournalOfTape } from '../pbx/chaos.ts'
import { soundInfo } from '../support/sound.ts'
import { until } from '../support/until.ts'
import type { CallerSaw } from './load.ts'
import { loadNumber, witnessNumber, type Hook, type World } from './world.ts'

/** What a fault may do to calls; everything else is a loss. */
export interface Allowed {
  /** Asterisk itself died: its talks end then. */
  cutsTalks: boolean
  /** Asterisk ends talks by itself, and goes on: everything else must be right of them. */
  mayCut: boolean
  /** Callers may be turned away or give up. */
  mayRefuse: boolean
  /** The disk has no room: recordings may be left out or lost, visibly. */
  mayLoseRecordings: boolean
  /** Asterisk itself stood still for so many seconds: what callers did meanwhile it learns then. */
  stoodSeconds: number
  /** So much of the witnesses' sound came late, in bursts: it is heard whole and not recorded whole. */
  burstSeconds: number
  /**
   * Nobody parts the two when one hangs up: the other's telephone stays up, and its recording goes on. Then the recording
   * says by itself that it is longer.
   */
  overrunsRecordings: boolean
  /** The wall clock may have been so much ahead or behind: a call is told by the clock by which it came. */
  clockMs: readonly number[]
}

/** Which rows of the journal are of this round. */
export interface Scope {
  /** None of them began before; by the wall clock as it was set at most back. */
  sinceMs: number
  /** Those that were there already: a clock that was ahead has left rows of the future. */
  before: ReadonlySet<string>
}

/** Before a round. @param mostBackMs how far the clock may be set back in it */
export async function openScope({ instance }: World, mostBackMs: number): Promise<Scope> {
  const sinceMs = Date.now() - mostBackMs
  const rows = await journalSince({ instance }, { sinceMs, before: new Set() })
  return { sinceMs, before: new Set(rows.map(({ id }) => id)) }
}

/** What was found wrong, in words, part by part; nothing wrong is an empty list. */
export interface Verdict {
  calls: number
  answered: number
  /** Talks that the fault ended, where it may. */
  cut: number
  talks: string[]
  journal: string[]
  webhooks: string[]
  recordings: string[]
  panel: string[]
}

/** Clocks of SIPp and the product, whole seconds of the journal, and what a busy machine adds. */
const secondsApart = 2
const webhookMs = 90_000

/** Holds what the product says of these callers' calls against what the callers, Asterisk's log and the disk say. */
export async function judge(
  world: World,
  callers: readonly CallerSaw[],
  allowed: Allowed,
  scope: Scope
): Promise<Verdict> {
  const verdict: Verdict = {
    ...{ calls: callers.length, answered: callers.filter(({ answeredMs }) => answeredMs !== null).length },
    cut: callers.filter(({ answeredMs, leftMs }) => answeredMs !== null && leftMs === null).length,
    ...{ talks: [], journal: [], webhooks: [], recordings: [], panel: [] }
  }
  verdict.journal.push(...(await settled(world, scope, allowed)))
  const rows = await journalSince(world, scope)
  const byNumber = new Map<string, JournalCall[]>()
  for (const row of rows.filter(({ dialedNumber }) => dialedNumber === loadNumber)) {
    const number = row.callerNumber ?? ''
    byNumber.set(number, [...(byNumber.get(number) ?? []), row])
  }
  const inLog = await numbersInLog(world)
  for (const caller of callers) {
    const own = byNumber.get(caller.number) ?? []
    verdict.talks.push(...talkTrouble(caller, allowed))
    verdict.journal.push(...rowTrouble(caller, own, inLog.has(caller.number), allowed))
  }
  const known = new Set(callers.map(({ number }) => number))
  for (const number of byNumber.keys())
    if (!known.has(number)) verdict.journal.push(`a row of ${number}, who did not call`)
  const tapes = new Map<string, TapeEntry[]>()
  for (const row of rows) {
    tapes.set(row.id, await world.company.tape(row.id))
    await expectJournalOfTape(world.instance, world.company, row.id).catch((error: unknown) =>
      verdict.journal.push(`${row.id}: its row is not what its tape says: ${String(error).slice(0, 400)}`)
    )
    verdict.recordings.push(...(await recordingTrouble(world, row, allowed)))
  }
  for (const hook of world.hooks) verdict.webhooks.push(...(await webhookTrouble(hook, tapes, allowed)))
  verdict.panel.push(...(await panelTrouble(world, rows)))
  return verdict
}

/** Waits until every call is over, written down, and its recording is done with. @returns what never came */
async function settled({ instance }: World, scope: Scope, allowed: Allowed): Promise<string[]> {
  const told: string[] = []
  async function comes(what: string, timeoutMs: number, isThere: () => Promise<boolean>): Promise<void> {
    // An API that is away may come back.
    const check = (): Promise<boolean> => isThere().catch(() => false)
    await until(check, { timeoutMs, everyMs: 300 }).catch(() => told.push(`never: ${what}`))
  }
  await comes('no call is left in the controller', 60_000, async () =>
    /^pbx_calls 0$/m.test(await (await fetch(`${instance.url}/metrics`)).text())
  )
  await comes('the tape is written and Asterisk is there', 60_000, async () => {
    const { checks } = await instance.api<{ checks: Record<string, { status: string }> }>(
      'GET',
      '/api/health'
    )
    return checks['tape']?.status === 'ok' && checks['asterisk']?.status === 'ok'
  })
  const isOpen = (row: JournalCall): boolean =>
    row.endedAt === null || ['recording', 'processing'].includes(row.recording?.state ?? '')
  // What found no room is tried again after pauses that double.
  const recordingsMs = allowed.mayLoseRecordings ? 400_000 : 120_000
  await comes(
    'every row has its end and its recording',
    recordingsMs,
    async () => !(await journalSince({ instance }, scope)).some(isOpen)
  )
  if (told.length === 0) return told
  const open = (await journalSince({ instance }, scope)).filter(isOpen)
  return [...told, ...open.map((row) => `${row.id} is still open: ${row.endedAt} ${row.recording?.state}`)]
}

/** All rows since a moment, by the API, page by page. */
async function journalSince(
  { instance }: Pick<World, 'instance'>,
  { sinceMs, before }: Scope
): Promise<JournalCall[]> {
  const rows: JournalCall[] = []
  let cursor: string | null = null
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: { items: JournalCall[]; nextCursor: string | null } = await instance.api(
      'GET',
      `/api/calls?limit=200${at}`
    )
    rows.push(...page.items.filter((row) => Date.parse(row.startedAt) >= sinceMs && !before.has(row.id)))
    cursor = page.items.every((row) => Date.parse(row.startedAt) >= sinceMs) ? page.nextCursor : null
  } while (cursor !== null)
  return rows
}

/** Callers' numbers for which Asterisk's own log has a channel. */
async function numbersInLog({ instance }: World): Promise<Set<string>> {
  const file = path.join(instance.dataDir, 'pbx/log/cel-custom/Master.csv')
  const parts = await Promise.all(
    [`${file}.1`, file].map((name) => fs.readFile(name, 'utf8').catch(() => ''))
  )
  return new Set(
    parts
      .join('\n')
      .split('\n')
      .flatMap((line) => /^"CHAN_START","[^"]*","(\+?\d+)"/.exec(line)?.[1] ?? [])
  )
}

function talkTrouble(caller: CallerSaw, allowed: Allowed): string[] {
  if (caller.answeredMs === null) {
    if (allowed.mayRefuse) return []
    const how = caller.refused === null ? 'heard nothing' : `was refused with ${caller.refused.status}`
    return [`${caller.number} ${how}`]
  }
  if (caller.leftMs === null && !allowed.cutsTalks && !allowed.mayCut)
    return [`${caller.number} was cut off in the talk`]
  return []
}

function rowTrouble(
  caller: CallerSaw,
  rows: readonly JournalCall[],
  isInLog: boolean,
  allowed: Allowed
): string[] {
  const [row, ...more] = rows
  if (more.length > 0) return [`${rows.length} rows of ${caller.number}`]
  if (!row) return caller.answeredMs !== null || isInLog ? [`no row of ${caller.number}`] : []
  const told: string[] = []
  const say = (text: string): void => void told.push(`${row.id} of ${caller.number}: ${text}`)
  const wasAnswered = caller.answeredMs !== null
  // An answer that was on its way when Asterisk died did not reach the caller, or not the log.
  if ((row.outcome === 'answered') !== wasAnswered && !allowed.cutsTalks)
    say(`${row.outcome ?? 'no outcome'}, but the caller was ${wasAnswered ? '' : 'not '}answered`)
  const goneMs = caller.leftMs ?? (allowed.mayCut ? caller.cutMs : null)
  if (goneMs === null || caller.answeredMs === null) return told
  const seconds = (goneMs - caller.answeredMs) / 1000
  const apart = secondsApart + allowed.stoodSeconds
  // A caller who hung up on a dead Asterisk had lost the talk before.
  if (allowed.cutsTalks && row.reason === 'asterisk_lost') return told
  if (Math.abs((row.talkSeconds ?? 0) - seconds) > apart)
    say(`${row.talkSeconds} s of talk, but the caller talked ${seconds.toFixed(1)} s`)
  if (row.hangupBy !== 'client' && caller.leftMs !== null)
    say(`ended by ${row.hangupBy}, but the caller left`)
  const offMs = Date.parse(row.endedAt ?? '') - goneMs
  if (!allowed.clockMs.some((clockMs) => Math.abs(offMs - clockMs) <= apart * 1000))
    say(`ended at ${row.endedAt}, but the caller left at ${new Date(goneMs).toISOString()}`)
  return told
}

/**
 * Each answered leg has a recording: a file as long as the leg was up. Anything else must say so, and only where it may
 * be lost.
 */
async function recordingTrouble({ instance }: World, row: JournalCall, allowed: Allowed): Promise<string[]> {
  const { legs } = await instance.api<JournalCallWithLegs>('GET', `/api/calls/${row.id}`)
  const told: string[] = []
  for (const leg of legs) {
    if (leg.answeredAt === null || leg.endedAt === null || allowed.mayLoseRecordings) continue
    const name = `${row.id} ${leg.leg}`
    if (leg.recordingId === null) {
      told.push(`${name} has no recording`)
      continue
    }
    // Nobody closes the files of an Asterisk that is killed: what is there is kept, and what is not is told.
    if (allowed.cutsTalks) continue
    if (leg.recordingState !== 'ready') {
      told.push(`${name}: its recording is ${String(leg.recordingState)}`)
      continue
    }
    const file = path.join(instance.dataDir, 'recordings', `${leg.recordingId}.mp3`)
    const found = await soundInfo(file).catch(() => null)
    if (found === null) {
      told.push(`${name}: ${path.basename(file)} is not on the disk`)
      continue
    }
    const seconds = (Date.parse(leg.endedAt) - Date.parse(leg.answeredAt)) / 1000
    if (allowed.overrunsRecordings && found.seconds > seconds && leg.recordingError !== null) continue
    const burst = row.dialedNumber === witnessNumber ? allowed.burstSeconds : 0
    if (Math.abs(found.seconds - seconds) > secondsApart + allowed.stoodSeconds + burst)
      told.push(`${name}: ${found.seconds} s recorded of ${seconds} s`)
  }
  return told
}

/** Each moment of the tapes came, whole, signed, and under one id. */
async function webhookTrouble(
  hook: Hook,
  tapes: ReadonlyMap<string, TapeEntry[]>,
  allowed: Allowed
): Promise<string[]> {
  const isOffered = (type: string): boolean => (webhookEvents as readonly string[]).includes(type)
  const wanted = [...tapes].flatMap(([id, tape]) =>
    tape.filter(({ type }) => isOffered(type)).map(({ seq, type }) => `${id} ${seq} ${type}`)
  )
  const nameOf = ({ json: { data, type } }: Hook['received'][number]): string =>
    `${String(data['callId'])} ${String(data['sequence'])} ${type}`
  const missing = (): string[] => {
    const got = new Set(hook.received.map(nameOf))
    return wanted.filter((name) => !got.has(name))
  }
  // What is missing then is told below.
  await until(() => missing().length === 0, { timeoutMs: webhookMs, everyMs: 200 }).catch(() => undefined)
  const told = missing().map((name) => `${hook.name}: ${name} never came`)
  const ids = new Map<string, Set<unknown>>()
  const lastSeq = new Map<string, number>()
  const isWanted = new Set(wanted)
  for (const got of hook.received) {
    const { callId, sequence } = got.json.data
    if (!tapes.has(String(callId))) continue
    const name = nameOf(got)
    if (!isWanted.has(name)) told.push(`${hook.name}: ${name} is not on the tape`)
    const known = ids.get(name)
    ids.set(name, (known ?? new Set()).add(got.headers['webhook-id']))
    try {
      hook.verify(got, allowed.clockMs.length > 1)
    } catch (error) {
      told.push(`${hook.name}: ${name} is not signed well: ${String(error)}`)
    }
    if (known) continue
    if (Number(sequence) < (lastSeq.get(String(callId)) ?? 0)) told.push(`${hook.name}: ${name} came late`)
    lastSeq.set(String(callId), Math.max(Number(sequence), lastSeq.get(String(callId)) ?? 0))
  }
  for (const [name, of] of ids) if (of.size > 1) told.push(`${hook.name}: ${name} has ${of.size} ids`)
  return told
}

/** The panel has seen the end of each call, or was told everything anew after it; and shows none that is over. */
async function panelTrouble({ panel }: World, rows: readonly JournalCall[]): Promise<string[]> {
  const unseen = (): string[] =>
    rows
      .filter((row) => !panel.knows(row.id) && Date.parse(row.endedAt ?? '') >= panel.anewMs())
      .map((row) => `the panel never saw the end of ${row.id}`)
  const trouble = (): string[] => [
    ...(panel.isConnected() ? [] : ['the panel has not come back']),
    ...panel.open().map((id) => `the panel still shows ${id}`),
    ...unseen()
  ]
  // What is wrong then is the answer.
  await until(() => trouble().length === 0, { timeoutMs: 15_000, everyMs: 100 }).catch(() => undefined)
  return trouble()
}
