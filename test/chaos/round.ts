import { holes } from '../pbx/chaos.ts'
import { until } from '../support/until.ts'
import type { Fault, Surroundings } from './faults.ts'
import type { CallerSaw } from './load.ts'
import type { Random } from './random.ts'
import { judge, openScope, type Allowed, type Verdict } from './truth.ts'
import type { World } from './world.ts'

export interface RoundOptions {
  world: World
  around: Surroundings
  random: Random
  /** One after the other, under one load. */
  faults: readonly Fault[]
  /** Calls a second. */
  rate: number
  /** Of the times a fault may last, the longest taken is this much: 1 is all of it. */
  share?: number
}

export interface RoundReport extends Verdict {
  faults: { name: string; seconds: number; nextCallSeconds: number | null }[]
  /** What the witnesses missed of each other. */
  holes: string[]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** A hole in the sound that a busy machine may make by itself. */
const holeSeconds = 0.5
const nextCallMs = 40_000

/** Breaks things at random moments under steady calls, mends them, and judges what became of everybody. */
export async function playRound(options: RoundOptions): Promise<RoundReport> {
  const { world, around, random, rate, share = 1 } = options
  const plan = options.faults.map((fault) => {
    const [least, most] = fault.lasts
    return {
      fault,
      afterMs: random.between(1000, 3000),
      lastsMs: random.between(least, least + (most - least) * share) * 1000
    }
  })
  const allowed: Allowed = {
    overrunsRecordings: options.faults.some(({ overrunsRecordings }) => overrunsRecordings === true),
    cutsTalks: options.faults.some(({ cutsTalks }) => cutsTalks === true),
    mayCut: options.faults.some(({ mayCut }) => mayCut === true),
    mayRefuse: options.faults.some(({ mayRefuse }) => mayRefuse === true),
    mayLoseRecordings: options.faults.some(({ mayLoseRecordings }) => mayLoseRecordings === true),
    clockMs: [0, ...options.faults.flatMap(({ setsClockMs = [] }) => setsClockMs)],
    burstSeconds: 0,
    stoodSeconds: plan.reduce(
      (sum, { fault, lastsMs }) => sum + (fault.stopsAsterisk ? lastsMs / 1000 : 0),
      0
    )
  }
  const scope = await openScope(world, -Math.min(...allowed.clockMs))
  const witnesses = await world.witnesses()
  const planned = plan.reduce((sum, { afterMs, lastsMs }) => sum + afterMs + lastsMs + 1500, 0) / 1000
  const load = await world.load.start({ rate, seconds: planned + 10 })
  const told: RoundReport['faults'] = []
  for (const { fault, afterMs, lastsMs } of plan) {
    await pause(afterMs)
    const atMs = Date.now()
    let healedMs = atMs
    const last = async (): Promise<void> => {
      await pause(lastsMs)
      healedMs = Date.now()
    }
    await fault.play({ world, around, random, last })
    const next = await nextAnswer(load.seen, atMs)
    told.push({
      name: fault.name,
      seconds: (healedMs - atMs) / 1000,
      nextCallSeconds: next === null ? null : (next - atMs) / 1000
    })
  }
  const callers = await load.done
  const heard = allowed.cutsTalks || allowed.mayCut ? [] : missed(witnesses)
  // What a telephone sends late, in a burst, is heard whole and not recorded whole.
  allowed.burstSeconds = witnesses.client.stoodSeconds() + witnesses.operator.stoodSeconds()
  await witnesses.leave()
  return { ...(await judge(world, callers, allowed, scope)), faults: told, holes: heard }
}

/** When the first caller who called after the fault had begun was answered; null when nobody was. */
async function nextAnswer(seen: () => Promise<CallerSaw[]>, atMs: number): Promise<number | null> {
  const first = async (): Promise<number | null> => {
    const answers = (await seen()).flatMap(({ sentMs, answeredMs }) =>
      sentMs >= atMs && answeredMs !== null ? answeredMs : []
    )
    return answers.length === 0 ? null : Math.min(...answers)
  }
  return until(first, { timeoutMs: nextCallMs, everyMs: 200, what: 'a later call is answered' }).catch(
    () => null
  )
}

/** Who did not hear whom, and for how long. */
function missed({ client, operator }: Awaited<ReturnType<World['witnesses']>>): string[] {
  const sides = [
    ['the client', client, 1000],
    ['the operator', operator, 440]
  ] as const
  return sides.flatMap(([name, party, hertz]) => {
    const seconds = holes(party.audio(), hertz)
    if (!party.isUp()) return [`${name} of the witnesses was cut off`]
    return seconds > holeSeconds ? [`${name} of the witnesses missed ${seconds.toFixed(1)} s`] : []
  })
}

/** All that is wrong, in words. */
export const troubles = (report: RoundReport): string[] => [
  ...report.faults
    .filter(({ nextCallSeconds }) => nextCallSeconds === null)
    .map(({ name }) => `no call was answered after ${name}`),
  ...[...report.talks, ...report.holes, ...report.journal],
  ...[...report.webhooks, ...report.recordings, ...report.panel]
]
