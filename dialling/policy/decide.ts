import { formatNational, normalise } from '../../tracking/phones.ts'
import type { DialDecision } from '../../pbx/call/events.ts'
import { emergencyNumber } from './emergency.ts'
import { isOpen } from './hours.ts'
import type { DialPolicySettings, TrunkRule } from './settings.ts'

/** Why a number is not dialled. Stable: screens, webhooks and the API say the same words. */
export const dialRefusals = [
  'bad_number',
  'do_not_call',
  'prefix_blocked',
  'country_not_allowed',
  'out_of_hours',
  'user_daily_cap',
  'company_daily_cap',
  'concurrency_cap',
  'user_minute_cap',
  'user_costly_cap',
  'company_costly_cap',
  'user_stopped',
  'no_trunk',
  'trunk_full'
] as const
export type DialRefusal = (typeof dialRefusals)[number]

export interface Trunk {
  id: string
  name: string
  /** Its PJSIP endpoint. */
  endpoint: string
  country: string
  /** Switched on, and not known to be unregistered. */
  isUsable: boolean
  /** It leaves our questions unanswered: taken after the others. */
  isSilent?: boolean
  /** Calls at once, both ways; null leaves it to the carrier. */
  maxCalls?: number | null
  /** Calls that came in through it and are in progress. */
  callsIn?: number
}

export interface OwnNumber {
  id: string
  e164: string
  trunkId: string | null
}

/** All that a decision is made from, as it stands in memory. */
export interface Policy {
  rules: DialPolicySettings
  /** In a fixed order. */
  trunks: readonly Trunk[]
  /** Active numbers of ours. */
  numbers: ReadonlyMap<string, OwnNumber>
  /** E.164 of clients who wish no calls. */
  doNotCall: ReadonlySet<string>
  /** Users whose dialling is stopped until an admin lifts it. */
  stopped?: ReadonlySet<string>
}

/** What was dialled today, and what is under way; seconds are those of answered legs. */
export interface Spent {
  calls: number
  seconds: number
  concurrent: number
}
export interface Usage {
  user: Spent
  company: Spent
  /** Calls under way by endpoint of the trunk. */
  trunks: ReadonlyMap<string, number>
  /** What a thief would do much of; absent: nothing. */
  risk?: Risk
}
export interface Risk {
  userLastMinute: number
  /** Of answered calls to costly numbers, today. */
  userCostlySeconds: number
  companyCostlySeconds: number
}

export interface DialRequest {
  /** As somebody wrote it. */
  number: string
  trunkId: string | null
  /** Trunks that have failed already in this attempt. */
  exceptTrunkIds?: readonly string[]
  /** The number of ours to show, by id. */
  numberId: string | null
  byUserId: string | null
  /** No person starts it: a list or a callback. */
  isUnsolicited: boolean
  nowMs: number
}

/** A decision with what it rests on, for people who ask why. */
export interface Explained {
  decision: DialDecision
  /** E.164, or the emergency number as dialled; null when it is no number. */
  number: string | null
  country: string | null
  isEmergency: boolean
  isDoNotCall: boolean
  trunk: { id: string; name: string } | null
  /** Other trunks that could carry it, in order. */
  others: { id: string; name: string }[]
}

/** Whether a number may be dialled, through which trunk and showing which number. The one place that decides it. */
export function decide(policy: Policy, usage: Usage, request: DialRequest): DialDecision {
  return explain(policy, usage, request).decision
}

/** As `decide`, with what it rests on. */
export function explain(policy: Policy, usage: Usage, request: DialRequest): Explained {
  const { rules } = policy
  const emergency = emergencyNumber(request.number, rules.homeCountry)
  if (emergency !== null) return emergencyDial(policy, emergency, request.exceptTrunkIds ?? [])
  const phone = normalise(request.number, rules.homeCountry)
  const about = {
    number: phone?.e164 ?? null,
    country: phone?.country ?? null,
    isEmergency: false,
    isDoNotCall: phone !== null && policy.doNotCall.has(phone.e164),
    trunk: null,
    others: []
  }
  const refused = (reason: DialRefusal): Explained => ({ ...about, decision: { allowed: false, reason } })
  if (request.byUserId !== null && policy.stopped?.has(request.byUserId)) return refused('user_stopped')
  if (!phone) return refused('bad_number')
  const { e164, country } = phone
  if (about.isDoNotCall && request.isUnsolicited) return refused('do_not_call')
  if (!startsWithOneOf(e164, rules.allowedPrefixes)) {
    if (startsWithOneOf(e164, rules.blockedPrefixes)) return refused('prefix_blocked')
    if (country === null || !rules.countries.includes(country)) return refused('country_not_allowed')
  }
  if (rules.hours && !isOpen(rules.hours, request.nowMs)) return refused('out_of_hours')
  const spent = overspent(rules, usage, request.byUserId) ?? risked(rules, usage, request.byUserId, phone)
  if (spent) return refused(spent)
  const fitting = candidates(policy, request, e164, country)
  const [chosen, ...others] = fitting.filter((candidate) => hasRoom(candidate, usage))
  if (!chosen) return refused(fitting.length > 0 ? 'trunk_full' : 'no_trunk')
  const { trunk, rule } = chosen
  return {
    ...about,
    trunk: nameOf(trunk),
    others: others.map((other) => nameOf(other.trunk)),
    decision: {
      allowed: true,
      trunkId: trunk.id,
      endpoint: trunk.endpoint,
      number: writtenFor(e164, rule),
      callerId: callerIdFor(policy, trunk, rule, request.numberId)
    }
  }
}

/** Police, fire and ambulance: through any trunk there is, whatever the caps say. */
function emergencyDial(policy: Policy, number: string, except: readonly string[]): Explained {
  const { homeCountry } = policy.rules
  const ruleOf = ({ id }: Trunk) => policy.rules.trunks.find(({ trunkId }) => trunkId === id)
  const rank = (trunk: Trunk): number =>
    (ruleOf(trunk)?.isUsed === false ? 8 : 0) +
    (trunk.isUsable ? 0 : 4) +
    (trunk.isSilent === true ? 2 : 0) +
    (trunk.country === homeCountry ? 0 : 1)
  // A trunk that seems unregistered is still better than none.
  const [trunk, ...others] = policy.trunks
    .filter(({ id }) => !except.includes(id))
    .toSorted((a, b) => rank(a) - rank(b))
  const rule = trunk && ruleOf(trunk)
  return {
    number,
    country: homeCountry,
    isEmergency: true,
    isDoNotCall: false,
    trunk: trunk ? nameOf(trunk) : null,
    others: others.map(nameOf),
    decision: trunk
      ? {
          allowed: true,
          trunkId: trunk.id,
          endpoint: trunk.endpoint,
          number,
          callerId: callerIdFor(policy, trunk, rule, null)
        }
      : { allowed: false, reason: 'no_trunk' satisfies DialRefusal }
  }
}

function overspent(rules: DialPolicySettings, usage: Usage, byUserId: string | null): DialRefusal | null {
  const { caps } = rules
  const { user, company } = usage
  const isOver = (cap: number | null, used: number): boolean => cap !== null && used >= cap
  const isOverMinutes = (cap: number | null, seconds: number): boolean => cap !== null && seconds >= cap * 60
  if (byUserId !== null) {
    if (isOver(caps.userCallsPerDay, user.calls)) return 'user_daily_cap'
    if (isOverMinutes(caps.userMinutesPerDay, user.seconds)) return 'user_daily_cap'
  }
  if (isOver(caps.companyCallsPerDay, company.calls)) return 'company_daily_cap'
  if (isOverMinutes(caps.companyMinutesPerDay, company.seconds)) return 'company_daily_cap'
  if (byUserId !== null && isOver(caps.userConcurrent, user.concurrent)) return 'concurrency_cap'
  return isOver(caps.allConcurrent, company.concurrent) ? 'concurrency_cap' : null
}

/** Whether calls to a number cost more than others do: abroad, or as the company says. */
export const isCostly = (
  rules: Pick<DialPolicySettings, 'homeCountry' | 'costlyPrefixes'>,
  { e164, country }: { e164: string; country: string | null }
): boolean => country !== rules.homeCountry || startsWithOneOf(e164, rules.costlyPrefixes)

/** Caps that people hardly reach, and thieves at once. */
function risked(
  rules: DialPolicySettings,
  { risk }: Usage,
  byUserId: string | null,
  phone: { e164: string; country: string | null }
): DialRefusal | null {
  const { userCallsPerMinute, userCostlyMinutesPerDay, companyCostlyMinutesPerDay } = rules.caps
  if (!risk) return null
  const isOver = (cap: number | null, used: number): boolean => cap !== null && used >= cap
  if (byUserId !== null && isOver(userCallsPerMinute, risk.userLastMinute)) return 'user_minute_cap'
  if (!isCostly(rules, phone)) return null
  if (byUserId !== null && isOver(userCostlyMinutesPerDay, risk.userCostlySeconds / 60))
    return 'user_costly_cap'
  return isOver(companyCostlyMinutesPerDay, risk.companyCostlySeconds / 60) ? 'company_costly_cap' : null
}

interface Candidate {
  trunk: Trunk
  rule: TrunkRule | undefined
}

/** Trunks that can carry the number, the best first: the one asked for; the shown number's own; then by the rules. */
function candidates(policy: Policy, request: DialRequest, e164: string, country: string | null): Candidate[] {
  const { trunks, rules } = policy
  const ruleOf = (trunk: Trunk): TrunkRule | undefined =>
    rules.trunks.find(({ trunkId }) => trunkId === trunk.id)
  const { exceptTrunkIds = [] } = request
  const isThere = ({ trunk, rule }: Candidate): boolean =>
    trunk.isUsable && rule?.isUsed !== false && !exceptTrunkIds.includes(trunk.id)
  if (request.trunkId !== null) {
    // Whoever names a trunk means that trunk, rules or none.
    return trunks
      .filter(({ id }) => id === request.trunkId)
      .map((trunk) => ({ trunk, rule: ruleOf(trunk) }))
      .filter(isThere)
  }
  const ownTrunk = request.numberId === null ? null : policy.numbers.get(request.numberId)?.trunkId
  return trunks
    .map((trunk) => {
      const rule = ruleOf(trunk)
      return { trunk, rule, fit: fitOf(rules, rule, e164, country), place: placeOf(rules, trunk) }
    })
    .filter((candidate) => candidate.fit > 0 && isThere(candidate))
    .toSorted(
      (a, b) =>
        Number(a.trunk.isSilent ?? false) - Number(b.trunk.isSilent ?? false) ||
        Number(b.trunk.id === ownTrunk) - Number(a.trunk.id === ownTrunk) ||
        b.fit - a.fit ||
        a.place - b.place
    )
}

/** Whether one more call may go out through it now. */
function hasRoom({ trunk, rule }: Candidate, usage: Usage): boolean {
  const out = usage.trunks.get(trunk.endpoint) ?? 0
  return out < (rule?.maxConcurrent ?? Infinity) && out + (trunk.callsIn ?? 0) < (trunk.maxCalls ?? Infinity)
}

/** How exactly a trunk's rule means this number; 0: not at all. Without any rules every trunk carries everything. */
function fitOf(
  rules: DialPolicySettings,
  rule: TrunkRule | undefined,
  e164: string,
  country: string | null
): number {
  if (!rule) return rules.trunks.length === 0 ? 1 : 0
  const longest = Math.max(
    0,
    ...rule.prefixes.filter((prefix) => e164.startsWith(prefix)).map(({ length }) => length)
  )
  if (longest > 0) return 2 + longest
  if (country !== null && rule.countries.includes(country)) return 2
  return rule.prefixes.length === 0 && rule.countries.length === 0 ? 1 : 0
}

function placeOf(rules: DialPolicySettings, trunk: Trunk): number {
  const place = rules.trunks.findIndex(({ trunkId }) => trunkId === trunk.id)
  return place === -1 ? rules.trunks.length : place
}

/**
 * The number that the other side sees: the one wished for where this trunk may show it, else the trunk's own. Always a
 * number of ours: showing any other is forgery.
 */
function callerIdFor(
  policy: Policy,
  trunk: Trunk,
  rule: TrunkRule | undefined,
  numberId: string | null
): string | null {
  const wished = numberId === null ? undefined : policy.numbers.get(numberId)
  const allowed = rule?.callerNumberIds ?? null
  const mayShow = (number: OwnNumber): boolean =>
    allowed === null ? number.trunkId === trunk.id || number.trunkId === null : allowed.includes(number.id)
  if (wished && mayShow(wished)) return wished.e164
  const usual = rule?.callerNumberId ? policy.numbers.get(rule.callerNumberId) : undefined
  if (usual) return usual.e164
  const isOwn = (number: OwnNumber): boolean =>
    allowed === null ? number.trunkId === trunk.id : allowed.includes(number.id)
  for (const number of policy.numbers.values()) if (isOwn(number)) return number.e164
  return null
}

function writtenFor(e164: string, rule: TrunkRule | undefined): string {
  const own = rule?.rewrites.find(({ prefix }) => e164.startsWith(prefix))
  if (own) return own.prepend + e164.slice(1 + own.strip)
  if (rule?.format === 'digits') return e164.slice(1)
  return rule?.format === 'national' ? formatNational(e164).replace(/\D/g, '') : e164
}

const nameOf = ({ id, name }: Trunk): { id: string; name: string } => ({ id, name })

const startsWithOneOf = (text: string, beginnings: readonly string[]): boolean =>
  beginnings.some((beginning) => text.startsWith(beginning))
