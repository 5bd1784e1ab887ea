import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Logger } from 'pino'
import type { TapeRow } from '../call/effects.ts'
import type { CallEvent } from '../call/events.ts'
import type { Call, Route } from '../call/types.ts'
import type { Directory } from '../routing/directory.ts'
import { answerTo, feel, noLoad, overloadScheme, type Load } from '../routing/overload.ts'
import type { Metrics } from './metrics.ts'

type Overload = NonNullable<Extract<CallEvent, { type: 'routed' }>['overload']>

/** Decides on each call that comes in whether the exchange can carry it. */
export interface OverloadKeeper {
  /** @param calls those in progress, this one included @returns what it gets instead of its scheme; null: its scheme */
  meet(call: Call, route: Route, calls: number): Overload | null
  /** Every row of every tape: a call that talks, or has ended, is being turned away no more. */
  onRow(row: Pick<TapeRow, 'callId' | 'type'>): void
  check(): { status: 'ok' | 'degraded'; detail?: string }
  start(): void
  stop(): void
}

const lookMs = 1000
/** What the histogram waits between two looks is in its figures. */
const resolutionMs = 20
/** For so long after the last caller was turned away people are told of it. */
const toldMs = 60_000

/** The thin edge of `routing/overload.ts`: measures the exchange each second, and counts whom it turns away. */
export function createOverload(options: {
  directory(): Directory
  calls(): number
  metrics: Pick<Metrics, 'takeAriTimes' | 'overloadLevel' | 'overloaded'>
  log: Logger
}): OverloadKeeper {
  const { metrics, log } = options
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  const turnedAway = new Set<string>()
  let load: Load = noLoad
  let timer: NodeJS.Timeout | undefined
  let dueMs = 0
  let lastMs = -Infinity
  let turnedAwayInAll = 0

  function look(): void {
    const now = performance.now()
    // While the loop stood still, the histogram has seen nothing either.
    const lateMs = Math.max(0, now - dueMs)
    dueMs = now + lookMs
    const meanMs = delays.count > 0 ? delays.mean / 1e6 - resolutionMs : 0
    delays.reset()
    const times = metrics.takeAriTimes().toSorted((a, b) => a - b)
    const sample = { loopMs: Math.max(0, meanMs, lateMs), ariMs: times[times.length >> 1] ?? null }
    const before = load.level
    load = feel(load, sample, options.calls())
    metrics.overloadLevel(load.level)
    if (load.level !== before)
      log.warn({ level: load.level, before, ...sample, calls: options.calls() }, 'The load of the exchange')
  }

  return {
    meet(call, route, calls) {
      const directory = options.directory()
      const { overload: rules } = directory
      const standing = { calls: calls - 1 - turnedAway.size, turnedAway: turnedAway.size, level: load.level }
      const answer = answerTo(rules, standing)
      if (answer === null) return null
      turnedAway.add(call.id)
      metrics.overloaded(answer)
      const now = performance.now()
      if (now - lastMs > toldMs) log.warn({ callId: call.id, answer, ...standing }, 'Overloaded')
      lastMs = now
      turnedAwayInAll += 1
      const group = rules.groupId === null ? undefined : directory.groups.get(rules.groupId)
      return {
        answer,
        scheme: answer === 'refused' ? null : overloadScheme(rules, answer, route.scheme.body.locale),
        groupNames: group && rules.groupId !== null ? { [rules.groupId]: group.name } : {}
      }
    },
    onRow({ callId, type }) {
      if (type === 'call.answered' || type === 'call.ended') turnedAway.delete(callId)
    },
    check() {
      const { maxCalls } = options.directory().overload
      const isLate = load.level !== 'normal'
      if (!isLate && performance.now() - lastMs > toldMs) return { status: 'ok' }
      const why = isLate ? 'the exchange is late' : `calls at once reach the limit of ${maxCalls ?? 0}`
      return {
        status: 'degraded',
        detail: `${why}; ${options.calls()} calls in progress, ${turnedAwayInAll} turned away since the start`
      }
    },
    start() {
      delays.enable()
      dueMs = performance.now() + lookMs
      timer = setInterval(look, lookMs)
      timer.unref()
    },
    stop() {
      clearInterval(timer)
      delays.disable()
    }
  }
}
