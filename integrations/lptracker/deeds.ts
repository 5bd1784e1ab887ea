import type { Link, Memory, Step } from '../connectors/kind.ts'
import type { PathFacts } from '../connectors/path.ts'
import { recordOf, textOf } from '../connectors/read.ts'

/** Deeds, by the names that `client.ts` knows them by. */
export const deeds = { contact: 'contact', lead: 'lead', comment: 'comment' } as const

/** What is known there of a call or a form. */
export interface Known {
  contact?: string
  /** Empty: there is none, and none was wanted. */
  lead?: string
  isTold?: boolean
  rating?: number | null
  recordId?: string
  /** Forms that were told. */
  told?: readonly string[]
}

/** The visit of a new lead, as LPTracker has it. Pure. */
export function viewOf(path: PathFacts, project: string): Record<string, unknown> {
  const told = {
    source: path.source ?? path.utm['source'],
    campaign: path.campaign ?? path.utm['campaign'],
    keyword: path.term ?? path.utm['term'],
    page: path.pageUrl ?? path.landingUrl,
    referer: path.referrer,
    uuid: path.visitId,
    ym_client_id: path.ids.metrica,
    ga_client_id: path.ids.ga
  }
  return {
    project_id: Number(project),
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => Boolean(value)))
  }
}

export const contactStep = (name: string, phone: string | null, mail: string | null): Step => ({
  key: 'contact',
  method: deeds.contact,
  params: { name, phone: phone?.replace(/\D/g, '') ?? '', mail: mail ?? '' }
})

/** What is known after a deed that calls and forms have in common. */
export function tookCommon(
  step: Step,
  answer: unknown,
  memory: Memory,
  ours: { contactId: string | null; kind: 'call' | 'inquiry'; id: string }
): { memory: Memory; links: readonly Link[] } | null {
  const id = textOf(recordOf(answer)['id'])
  if (step.method === deeds.contact)
    return {
      memory: { ...memory, contact: id },
      links:
        ours.contactId === null
          ? []
          : [{ ourKind: 'contact', ourId: ours.contactId, foreignKind: 'contact', foreignId: id }]
    }
  if (step.method === deeds.lead)
    return {
      memory: { ...memory, lead: id },
      links: id === '' ? [] : [{ ourKind: ours.kind, ourId: ours.id, foreignKind: 'lead', foreignId: id }]
    }
  return null
}
