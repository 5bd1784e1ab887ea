import type { TapeEntry } from '../../../api/contract/calls.ts'

/** A stretch of time on a lane. Times are ms since the start of the call. */
export interface TapeBar {
  kind: 'step' | 'ring' | 'talk' | 'voicemail'
  label: string
  /** Kind of the block, for steps. */
  blockType: string | null
  fromMs: number
  toMs: number
  /** How it ended: the exit of a step, the result of a leg. */
  result: string | null
  seconds: number
}

export interface TapeMark {
  kind: 'rated' | 'pressed' | 'ended'
  label: string
  atMs: number
}

export interface TapeLane {
  id: string
  kind: 'scheme' | 'operator'
  name: string
  bars: TapeBar[]
  marks: TapeMark[]
}

export interface TapeDrawing {
  totalMs: number
  lanes: TapeLane[]
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : null
}

interface Open {
  lane: TapeLane
  bar: TapeBar
}

/**
 * Draws a tape as swim lanes: the scheme's steps in one, each operator's ringing and talking in their own.
 * Rows after the end (recording ready, notes) are not part of the picture. Whatever is still open ends at the last row.
 */
export function drawTape(rows: readonly TapeEntry[]): TapeDrawing {
  const first = rows[0]
  if (!first) return { totalMs: 0, lanes: [] }
  const startMs = Date.parse(first.at)
  const endIndex = rows.findIndex((row) => row.type === 'call.ended')
  const played = endIndex < 0 ? rows : rows.slice(0, endIndex + 1)
  const totalMs = Math.max(1, Date.parse((played.at(-1) ?? first).at) - startMs)

  const scheme: TapeLane = { id: 'scheme', kind: 'scheme', name: '', bars: [], marks: [] }
  const operators = new Map<string, TapeLane>()
  const legs = new Map<string, Open>()
  let step: Open | null = null

  const close = (open: Open | null | undefined, atMs: number, result: string | null): void => {
    if (!open) return
    open.bar.toMs = Math.max(open.bar.fromMs, atMs)
    open.bar.seconds = (open.bar.toMs - open.bar.fromMs) / 1000
    open.bar.result = result ?? open.bar.result
  }
  const begin = (lane: TapeLane, kind: TapeBar['kind'], label: string, fromMs: number): Open => {
    const bar: TapeBar = {
      kind,
      label,
      blockType: null,
      fromMs,
      toMs: totalMs,
      result: null,
      seconds: (totalMs - fromMs) / 1000
    }
    lane.bars.push(bar)
    return { lane, bar }
  }
  const operatorLane = (userId: string, name: string): TapeLane => {
    const known = operators.get(userId)
    if (known) {
      if (name) known.name = name
      return known
    }
    const lane: TapeLane = { id: userId, kind: 'operator', name, bars: [], marks: [] }
    operators.set(userId, lane)
    return lane
  }

  for (const row of played) {
    const atMs = Date.parse(row.at) - startMs
    const { data } = row
    const leg = text(data['leg']) ?? ''
    switch (row.type) {
      case 'call.forwarding_step': {
        if (data['state'] === 'started') {
          close(step, atMs, null)
          step = begin(scheme, 'step', text(data['label']) ?? text(data['block']) ?? '', atMs)
          step.bar.blockType = text(data['blockType'])
        } else {
          close(step, atMs, text(data['exit']))
          step = null
          // A rating's key has its own mark, at the moment when it was pressed.
          const pressed = data['blockType'] === 'rating' ? null : text(data['pressed'])
          if (pressed) scheme.marks.push({ kind: 'pressed', label: pressed, atMs })
        }
        break
      }
      case 'leg.started':
        legs.set(
          leg,
          begin(operatorLane(text(data['userId']) ?? leg, text(data['name']) ?? ''), 'ring', '', atMs)
        )
        break
      case 'call.answered': {
        const ringing = legs.get(leg)
        close(ringing, atMs, 'answered')
        const who = data['operator'] as { id?: string; name?: string } | undefined
        const lane = ringing?.lane ?? operatorLane(who?.id ?? leg, who?.name ?? '')
        legs.set(leg, begin(lane, 'talk', '', atMs))
        break
      }
      case 'call.talk_ended':
        close(legs.get(leg), atMs, text(data['by']))
        legs.delete(leg)
        break
      case 'leg.ended':
        // After a talk this only confirms what `call.talk_ended` has drawn.
        close(legs.get(leg), atMs, text(data['result']))
        legs.delete(leg)
        break
      case 'call.voicemail':
        scheme.marks.push({ kind: 'pressed', label: '✉', atMs })
        break
      case 'call.rated': {
        const rating = text(data['rating'])
        if (rating) scheme.marks.push({ kind: 'rated', label: rating, atMs })
        break
      }
      case 'call.ended':
        for (const open of legs.values()) close(open, atMs, null)
        close(step, atMs, null)
        break
    }
  }
  return {
    totalMs,
    lanes: [scheme, ...operators.values()].filter((lane) => lane.bars.length + lane.marks.length > 0)
  }
}

/** Whole-second ticks for an axis of this length: at most seven, at round distances. */
export function ticks(totalMs: number): number[] {
  const distances = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]
  const seconds = totalMs / 1000
  const distance = distances.find((each) => seconds / each <= 7) ?? Math.ceil(seconds / 7)
  const found: number[] = []
  for (let at = 0; at <= seconds; at += distance) found.push(at)
  return found
}
