import type { Scheme } from '../../ivr/scheme.ts'
import { usualOverload, type OverloadRules } from './overload.ts'
import type { NumberReading } from './number-called.ts'
import { noCallerLists, type CallerLists } from './caller-lists.ts'
import type { Caller, Route, RunningScheme } from '../call/types.ts'

/** What routing knows, as it stands in memory: the configuration tables, keyed the way a call asks for them. */
export interface Directory {
  /** By E.164. */
  numbers: ReadonlyMap<string, NumberEntry>
  sources: ReadonlyMap<string, NonNullable<Route['source']>>
  sites: ReadonlyMap<string, string>
  /** Published versions only: a number never runs a draft. */
  schemes: ReadonlyMap<string, { id: string; name: string; version: number; body: Scheme }>
  groups: ReadonlyMap<string, GroupEntry>
  /** Who works here now. */
  users: ReadonlyMap<string, UserEntry>
  /** Telephones in use, by SIP user, which is also their PJSIP endpoint. */
  devices: ReadonlyMap<string, { userId: string; userName: string }>
  /** Whose short number it is. */
  extensions: ReadonlyMap<string, string>
  /** Who stands in for whom; those who have left are in it too, since they still own clients. */
  standIns: ReadonlyMap<string, string>
  /** By PJSIP endpoint. */
  trunks: ReadonlyMap<string, TrunkEntry>
  /** By E.164. */
  contacts: ReadonlyMap<string, ContactEntry>
  rules: OperatorRules
  /** For more calls than can be carried. */
  overload: OverloadRules
  /** Spam, VIPs, and whom else the company has lists of. */
  callers: CallerLists
}

export interface NumberEntry {
  id: string
  e164: string
  label: string | null
  sourceId: string | null
  siteId: string | null
  /** Of a number that a pool lends or shows: on whose pages it is seen. */
  poolSiteId: string | null
  schemeId: string | null
  /** Through which trunk it reaches us; calls that show it leave by the same one. */
  trunkId: string | null
}

export interface GroupEntry {
  name: string
  /** In the group's own order. */
  memberIds: readonly string[]
  /** Of talks that came through this group; null leaves it to the company's rule. */
  wrapUpSeconds: number | null
  /** How browser telephones ring for its calls; absent: as usual. */
  ringTone?: string
}

/** What an operator can say of themselves; `busy` follows from calls. */
export type OwnPresence = 'available' | 'wrapUp' | 'away' | 'offline'

export interface UserEntry {
  id: string
  name: string
  /** Short number for calls from within. */
  extension: string | null
  skills: readonly string[]
  presence: OwnPresence
  presenceReason: string | null
  presenceUntilMs: number | null
  /** When it was set: what the exchange has in memory is overruled only by something newer. */
  presenceAtMs: number
  /** In use; the browser first. */
  devices: readonly DeviceEntry[]
}

export interface DeviceEntry {
  id: string
  name: string
  kind: 'browser' | 'sip'
  /** `op-…`: its PJSIP endpoint. */
  sipUser: string
  /** It stands at a fixed address, so it counts as reachable without a registration. */
  isFixed: boolean
}

export interface TrunkEntry {
  id: string
  name: string
  country: string
  /** Calls in at once, and both ways; absent or null leaves it to the carrier. */
  maxIn?: number | null
  maxCalls?: number | null
  /** Where the number called stands; absent: in the request line. */
  reading?: NumberReading
}

export interface ContactEntry {
  id: string
  name: string
  company: string | null
  ownerId: string | null
}

/** Rules of the company for its operators. */
export interface OperatorRules {
  /** Time for notes after a talk; 0 for none. */
  wrapUpSeconds: number
  /** Missed rings in a row after which an operator is set away; 0 for never. */
  autoPauseAfter: number
  /** The wrap-up lasts until the operator has said how the talk ended. */
  requireWrapUpCode: boolean
  /** When a day begins, for the talk time of today. */
  timeZone: string
}

export const usualRules: OperatorRules = {
  wrapUpSeconds: 10,
  autoPauseAfter: 3,
  requireWrapUpCode: false,
  timeZone: 'Europe/Moscow'
}

export const emptyDirectory: Directory = {
  numbers: new Map(),
  sources: new Map(),
  sites: new Map(),
  schemes: new Map(),
  groups: new Map(),
  users: new Map(),
  devices: new Map(),
  extensions: new Map(),
  standIns: new Map(),
  trunks: new Map(),
  contacts: new Map(),
  rules: usualRules,
  overload: usualOverload,
  callers: noCallerLists
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
  const siteId = number.poolSiteId ?? number.siteId
  return {
    numberId: number.id,
    number: number.e164,
    numberLabel: number.label,
    source: (number.sourceId ? directory.sources.get(number.sourceId) : undefined) ?? null,
    siteId,
    siteName: siteId ? (directory.sites.get(siteId) ?? null) : null,
    contact: contact ?? null,
    scheme,
    groupNames: groupNames(directory, scheme.body)
  }
}

/**
 * Finds a scheme to go on in, with the names of the groups that it mentions.
 * @returns a null scheme when it has no published version
 */
export function findScheme(
  directory: Directory,
  schemeId: string
): { scheme: RunningScheme | null; groupNames: Record<string, string> } {
  const scheme = directory.schemes.get(schemeId)
  return scheme
    ? { scheme, groupNames: groupNames(directory, scheme.body) }
    : { scheme: null, groupNames: {} }
}

/**
 * The number of ours to show on a call that goes out: one of the same source and site, else of the source, else of the
 * site. Of several the first by its digits, so that a client always sees the same one.
 * @returns null when none fits; the trunk then shows its own
 */
export function callerIdFor(
  directory: Directory,
  sourceId: string | null,
  siteId: string | null
): NumberEntry | null {
  let best: NumberEntry | null = null
  let bestFit = 0
  for (const number of directory.numbers.values()) {
    const isOfSource = sourceId !== null && number.sourceId === sourceId
    const isOfSite = siteId !== null && number.siteId === siteId
    const fit = (isOfSource ? 2 : 0) + (isOfSite ? 1 : 0)
    if (fit === 0 || fit < bestFit) continue
    if (fit > bestFit || best === null || number.e164 < best.e164) [best, bestFit] = [number, fit]
  }
  return best
}

/** A group by its id, or by its name, which is its own too. */
export function groupCalled(directory: Directory, idOrName: string): GroupEntry | null {
  const byId = directory.groups.get(idOrName)
  return byId ?? [...directory.groups.values()].find(({ name }) => name === idOrName) ?? null
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
