import type { Logger } from 'pino'
import { createObjects, type Objects, type Reconciled } from '../provision/reconcile.ts'
import type { Member, Members } from './members.ts'
import { withOneRegistrar } from './shape.ts'

/**
 * Keeps operators and trunks in every node that answers. Carriers are registered with by one node only, the first
 * that lives: a carrier that hears of two of us would send its calls to whoever spoke last.
 */
export function createNodeObjects(options: { members: Members; log: Logger }): Objects {
  const { members, log } = options
  const shape = members.front?.shape ?? withOneRegistrar
  const byNode = new Map<string, Objects>()
  members.on('removed', ({ name }) => byNode.delete(name))

  function objectsOf({ name, ari }: Member): Objects {
    const known = byNode.get(name)
    if (known) return known
    const made = createObjects({ ari, log })
    byNode.set(name, made)
    return made
  }

  return {
    async reconcile(wanted) {
      const living = members.all().filter(({ ari }) => ari.isUp)
      const registrar = living[0]
      const reports = await Promise.all(
        living.map(async (member) => {
          const report = await objectsOf(member).reconcile(
            shape(wanted, { isRegistrar: member === registrar })
          )
          if (report.isComplete) members.ready(member.name)
          return report
        })
      )
      return merged(reports)
    },
    forget() {
      for (const objects of byNode.values()) objects.forget()
    }
  }
}

function merged(reports: readonly Reconciled[]): Reconciled {
  const failures = new Map<string, Reconciled['failures'][number]>()
  for (const failure of reports.flatMap((report) => report.failures))
    failures.set(`${failure.type} ${failure.id} ${failure.message}`, failure)
  return {
    // A node that fell silent half-way is done when it is back; the others are not asked again for it.
    isComplete: reports.length > 0 && reports.some(({ isComplete }) => isComplete),
    pushed: [...new Set(reports.flatMap(({ pushed }) => pushed))],
    deleted: [...new Set(reports.flatMap(({ deleted }) => deleted))],
    unchanged: Math.min(...reports.map(({ unchanged }) => unchanged)),
    failures: [...failures.values()]
  }
}
