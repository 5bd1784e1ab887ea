import fs from 'node:fs/promises'
import { parseCel } from '../../pbx/runtime/cel.ts'
import type { Cluster } from './cluster.ts'
import type { CallerSaw } from './load.ts'

/** A node, or its cable, was taken away. */
export interface Loss {
  node: string
  atMs: number
  /** When it took calls again. */
  backMs: number
}

/** While the edge was away, what callers did came through when it was back. */
export interface Gap {
  fromMs: number
  toMs: number
}

export interface Account {
  /** SIPp's own counts. */
  sent: number
  answered: number
  /** Rows of the journal, by the node that led the call. */
  rows: Record<string, number>
  /** Callers by the node whose own log has them. */
  inLog: Record<string, number>
  /** Calls that went down with a node, by the journal. */
  lost: number
  /** All that is wrong, in words. */
  wrong: string[]
}

interface Row {
  caller_number: string
  pbx_unique_id: string
  outcome: string | null
  reason: string | null
  hangup_by: string | null
  talk_seconds: number | null
  ended_at: Date | null
}

/** Between what a caller did and what a node has taken in of it. */
const borderMs = 1000
const secondsApart = 2

/**
 * Holds what the journal says against what the callers saw and what the nodes wrote down themselves: each caller has
 * one row, exactly the calls that were on a node when it was taken away are lost, and all others are whole.
 */
export async function account(
  cluster: Cluster,
  callers: readonly CallerSaw[],
  losses: readonly Loss[],
  gaps: readonly Gap[] = []
): Promise<Account> {
  const rows = await cluster.sql<Row>(
    `select caller_number, pbx_unique_id, outcome, reason, hangup_by, talk_seconds, ended_at
     from calls where direction = 'in'`
  )
  const told: Account = { sent: callers.length, answered: 0, rows: {}, inLog: {}, lost: 0, wrong: [] }
  const logs = await Promise.all(
    cluster.nodes.map(async ({ name, celFile }) => {
      const events = parseCel(await fs.readFile(celFile, 'utf8'))
      return { name, callers: new Set(events.map(({ callerNumber }) => callerNumber)) }
    })
  )
  for (const caller of callers) {
    const own = rows.filter(({ caller_number: number }) => number === caller.number)
    const nodes = logs.filter((log) => log.callers.has(caller.number)).map(({ name }) => name)
    if (caller.answeredMs !== null) told.answered += 1
    for (const name of nodes) told.inLog[name] = (told.inLog[name] ?? 0) + 1
    for (const row of own) told.rows[nodeOf(row)] = (told.rows[nodeOf(row)] ?? 0) + 1
    told.lost += own.filter(({ reason }) => reason === 'asterisk_lost').length
    told.wrong.push(...troubleOf(caller, own, losses, gaps).map((text) => `${caller.number} ${text}`))
  }
  return told
}

const nodeOf = (row: Pick<Row, 'pbx_unique_id'>): string => row.pbx_unique_id.split('-')[0] ?? ''

function troubleOf(
  caller: CallerSaw,
  rows: readonly Row[],
  losses: readonly Loss[],
  gaps: readonly Gap[]
): string[] {
  const { sentMs, answeredMs, leftMs, cutMs, refused } = caller
  const endMs = leftMs ?? cutMs ?? Number.POSITIVE_INFINITY
  const [led] = rows
  if (!led) return ['has no row']
  if (rows.length > 1) return [`has ${rows.length} rows`]
  const loss = losses.find(
    ({ node, atMs }) => node === nodeOf(led) && sentMs - borderMs < atMs && atMs < endMs + borderMs
  )
  const isClear = loss !== undefined && sentMs + borderMs < loss.atMs && loss.atMs < endMs - borderMs
  const says = `${led.outcome} ${led.reason} by ${led.hangup_by} on ${nodeOf(led)}`
  if (led.ended_at === null) return [`has a row that never ended: ${says}`]
  if (loss !== undefined && led.reason === 'asterisk_lost') return []
  if (isClear) return [`was on a node that was lost, but: ${says}`]
  if (led.reason === 'asterisk_lost') return [`was not on a node that was lost, but: ${says}`]
  if (answeredMs === null) return [refused === null ? 'heard nothing' : `was refused with ${refused}`]
  if (led.outcome !== 'answered') return [`was answered, but: ${says}`]
  if (leftMs === null) return loss === undefined ? ['was cut off in the talk'] : []
  const seconds = (leftMs - answeredMs) / 1000
  const gap = gaps.find(({ fromMs, toMs }) => fromMs - borderMs < leftMs && leftMs < toMs)
  // SIP repeats a BYE after 0.5, 1.5, 3.5 and 7.5 s.
  const late = gap === undefined ? 0 : ((gap.toMs - leftMs) / 1000) * 2
  return Math.abs((led.talk_seconds ?? 0) - seconds) > secondsApart + late
    ? [`talked ${seconds.toFixed(1)} s, but: ${led.talk_seconds} s`]
    : []
}
