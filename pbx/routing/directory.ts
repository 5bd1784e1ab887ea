import type { Scheme } from '../../ivr/scheme.ts'
import type { Caller, Route } from '../call/types.ts'

/** What routing knows, as it stands in memory: the configuration tables, keyed the way a call asks for them. */
export interface Directory {
  /** By E.164. */
  numbers: ReadonlyMap<string, NumberEntry>
  sources: ReadonlyMap<string, NonNullable<Route['source']>>
  sites: ReadonlyMap<string, string>
  /** Published versions only: a number never runs a draft. */
  schemes: ReadonlyMap<string, { id: string; name: string; version: number; body: Scheme }>
  groups: ReadonlyMap<string, { name: string; memberIds: readonly string[] }>
  users: ReadonlyMap<string, UserEntry>
  /** By PJSIP endpoint. */
  trunks: ReadonlyMap<string, { id: string; country: string }>
  /** By E.164. */
  contacts: ReadonlyMap<string, ContactEntry>
}

export interface NumberEntry {
  id: string
  e164: string
  label: string | null
  sourceId: string | null
  siteId: string | null
  schemeId: string | null
}

export interface UserEntry {
  id: string
  name: string
  sipUser: string
  /** Their phone stands at a fixed address, so it counts as reachable without a registration. */
  isFixed: boolean
  presence: 'available' | 'away' | 'offline'
}

export interface ContactEntry {
  id: string
  name: string
  company: string | null
  ownerId: string | null
}

export const emptyDirectory: Directory = {
  numbers: new Map(),
  sources: new Map(),
  sites: new Map(),
  schemes: new Map(),
  groups: new Map(),
  users: new Map(),
  trunks: new Map(),
  contacts: new Map()
}

/**
 * Finds where a call to `dialed` goes.
 * @returns null when the number is not ours, is switched off, or has no published scheme
 */
export function findRoute(directory: Directory, dialed: string, caller: Caller): Route | null {
  const number = directory.numbers.get(dialed)
  const scheme = number?.schemeId ? directory.schemes.get(number.schemeId) : undefined
  if (!number || !scheme) return null
  const contact = caller.number === null ? undefined : directory.contacts.get(caller.number)
  return {
    numberId: number.id,
    number: number.e164,
    numberLabel: number.label,
    source: (number.sourceId ? directory.sources.get(number.sourceId) : undefined) ?? null,
    siteId: number.siteId,
    siteName: number.siteId ? (directory.sites.get(number.siteId) ?? null) : null,
    contact: contact ?? null,
    scheme,
    groupNames: groupNames(directory, scheme.body)
  }
}

function groupNames(directory: Directory, scheme: Scheme): Record<string, string> {
  const names: Record<string, string> = {}
  for (const block of Object.values(scheme.blocks)) {
    const groupId = block.settings['groupId']
    const group = typeof groupId === 'string' ? directory.groups.get(groupId) : undefined
    if (group && typeof groupId === 'string') names[groupId] = group.name
  }
  return names
}
