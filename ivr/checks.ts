import type { Scheme } from './scheme.ts'
import { simulate, type Scenario, type SimulatedOutcome, type Simulation } from './simulate.ts'

/** What an imagined call must come to. */
export interface CheckExpectation {
  outcome: SimulatedOutcome
  /** Blocks that the call must go through in this order; others may come between. */
  through: readonly string[]
}

/** A saved case: an imagined call, and what must become of it before the scheme may be published. */
export interface SchemeCheck {
  name: string
  scenario: Scenario
  expected: CheckExpectation
}

export interface CheckResult {
  isPassed: boolean
  /** The outcome was another one. */
  isOtherOutcome: boolean
  /** The first block that the call should have come to next, and did not; null when it went through all. */
  missedBlock: string | null
  simulation: Simulation
}

/** Plays a saved case against a scheme, as it would be published. */
export function runCheck(
  scheme: Scheme,
  { scenario, expected }: SchemeCheck,
  schemes: Readonly<Record<string, Scheme>> = {}
): CheckResult {
  const simulation = simulate(scheme, { ...scenario, schemes })
  const left = [...expected.through]
  for (const { scheme: other, block } of simulation.path) {
    // Blocks of a scheme that the call went on to have ids of their own.
    if (other === null && block === left[0]) left.shift()
  }
  const missedBlock = left[0] ?? null
  const isOtherOutcome = simulation.outcome !== expected.outcome
  return { isPassed: !isOtherOutcome && missedBlock === null, isOtherOutcome, missedBlock, simulation }
}

/** Why a check failed, in English for people who read JSON; empty when it passed. */
export function failureInWords(
  scheme: Scheme,
  { expected }: SchemeCheck,
  { isOtherOutcome, missedBlock, simulation }: CheckResult
): string {
  const faults: string[] = []
  if (isOtherOutcome) faults.push(`the call should end as ${expected.outcome}, not ${simulation.outcome}`)
  if (missedBlock !== null) {
    const label = scheme.blocks[missedBlock]?.label ?? missedBlock
    faults.push(`the call should come to “${label}”`)
  }
  return faults.join('; ')
}
