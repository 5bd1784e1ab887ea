import { Gauge, type Registry } from 'prom-client'
import type { CheckState } from '../upkeep/judge.ts'
import type { SystemState } from './contract/system.ts'

/** Looking takes a while, and nothing of it changes from one second to the next. */
const keptMs = 60_000
const numbers: Partial<Record<CheckState, number>> = { ok: 0, warning: 1, failed: 2 }

/**
 * The system page for Prometheus: the same judgement of each part, so that an alert and the page never differ.
 * @param look how the installation stands; what it throws leaves the figures out
 * @returns brings the figures up to date, at most once a minute
 */
export function installationFigures(
  registry: Registry,
  look: () => Promise<SystemState>,
  now = Date.now
): () => Promise<void> {
  const registers = [registry]
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers })
  const checks = gauge('installation_check', 'Each line of the system page: 0 fine, 1 look at it, 2 broken', [
    'check'
  ])
  const free = gauge('installation_disk_free_bytes', 'Room on the disk of the data folder')
  const recordings = gauge('installation_recordings_bytes', 'What recordings take')
  const database = gauge('installation_database_bytes', 'What the database takes')
  let lookedAtMs = -Infinity
  let looking: Promise<void> | undefined

  const set = (figure: Gauge, value: number | null): void => {
    if (value === null) figure.remove()
    else figure.set(value)
  }

  async function refresh(): Promise<void> {
    const state = await look()
    lookedAtMs = now()
    checks.reset()
    for (const check of state.checks) {
      const number = numbers[check.state]
      if (number !== undefined) checks.set({ check: check.name }, number)
    }
    set(free, state.disk.freeBytes)
    set(recordings, state.disk.recordingBytes)
    set(database, state.disk.databaseBytes)
  }

  return () => {
    if (now() - lookedAtMs < keptMs) return Promise.resolve()
    return (looking ??= refresh().finally(() => (looking = undefined)))
  }
}
