import type { Scheme } from '../../ivr/scheme.ts'
import type { OverloadAnswer, RunningScheme } from '../call/types.ts'
import { madeVersion } from '../call/detour.ts'

/** What the company has set for more calls than can be carried. */
export interface OverloadRules {
  /** Calls at once, both ways; null: no limit but what is measured. */
  maxCalls: number | null
  /** New calls are also turned away while the exchange itself is measured to be late. */
  isAutomatic: boolean
  /** What a caller beyond the limit gets first. */
  answer: 'group' | 'message'
  /** The group that `group` rings; the static fallback rings the same one. */
  groupId: string | null
}

export const usualOverload: OverloadRules = {
  maxCalls: null,
  isAutomatic: true,
  answer: 'message',
  groupId: null
}

/** How late the exchange was within one look: its own loop, and Asterisk's answers to requests. */
export interface LoadSample {
  loopMs: number
  /** Median of the requests that were answered; null for none. */
  ariMs: number | null
}

export type LoadLevel = 'normal' | 'high' | 'extreme'

/** What was felt so far. */
export interface Load {
  level: LoadLevel
  /** Looks in a row that were worse than the level. */
  worse: number
  /** Looks in a row that were better. */
  better: number
}

export const noLoad: Load = { level: 'normal', worse: 0, better: 0 }

/** Callers hear such a delay before the telephone rings; past the second, they give up. */
const bounds = { high: { loopMs: 250, ariMs: 750 }, extreme: { loopMs: 1000, ariMs: 2500 } } as const
/** A short stop (a collection of memory, a backup that begins) turns nobody away. */
const looksUntilWorse = 3
/** It is left slowly, so that the level does not swing with what it turns away. */
const looksUntilBetter = 5
/** With fewer calls it is not they that load the machine: turning callers away would help nobody. */
export const leastCalls = 20

const steps: readonly LoadLevel[] = ['normal', 'high', 'extreme']

/** The load after one more look, with so many calls in progress. Pure. */
export function feel(before: Load, sample: LoadSample, calls: number): Load {
  const seen = levelOf(sample, calls)
  const [was, is] = [steps.indexOf(before.level), steps.indexOf(seen)]
  if (is === was) return { level: before.level, worse: 0, better: 0 }
  if (is > was) {
    const worse = before.worse + 1
    return worse < looksUntilWorse
      ? { level: before.level, worse, better: 0 }
      : { level: seen, worse: 0, better: 0 }
  }
  const better = before.better + 1
  return better < looksUntilBetter
    ? { level: before.level, worse: 0, better }
    : { level: steps[was - 1] ?? 'normal', worse: 0, better: 0 }
}

function levelOf({ loopMs, ariMs }: LoadSample, calls: number): LoadLevel {
  if (calls < leastCalls) return 'normal'
  const isOver = (bound: { loopMs: number; ariMs: number }): boolean =>
    loopMs > bound.loopMs || (ariMs ?? 0) > bound.ariMs
  if (isOver(bounds.extreme)) return 'extreme'
  return isOver(bounds.high) ? 'high' : 'normal'
}

/** What stands in the exchange when a call comes in; the new call is in none of the figures. */
export interface Standing {
  /** Calls in progress, without those that are being turned away. */
  calls: number
  /** Calls that hear the message, or ring the fallback group, at this moment. */
  turnedAway: number
  level: LoadLevel
}

/** So many may hear the message or ring the fallback group at once; whoever comes then is refused at once. */
export const roomForTurnedAway = (maxCalls: number | null): number =>
  Math.max(5, Math.ceil((maxCalls ?? 0) / 5))

/** What a new call from outside gets; null: it goes its way. Pure. */
export function answerTo(rules: OverloadRules, standing: Standing): OverloadAnswer | null {
  const { calls, turnedAway, level } = standing
  const isFull = rules.maxCalls !== null && calls >= rules.maxCalls
  const isLate = rules.isAutomatic && level !== 'normal'
  if (!isFull && !isLate) return null
  if (rules.isAutomatic && level === 'extreme') return 'refused'
  if (turnedAway >= roomForTurnedAway(rules.maxCalls)) return 'refused'
  return rules.answer === 'group' && rules.groupId !== null ? 'group' : 'message'
}

const schemes = new Map<string, Scheme>()

/**
 * The scheme of a call beyond the limit: it rings the fallback group, if that is wished, and else says that all are
 * busy, without answering, so that the carrier bills nobody for it.
 */
export function overloadScheme(
  rules: OverloadRules,
  answer: OverloadAnswer,
  locale: 'ru' | 'en'
): RunningScheme {
  const groupId = answer === 'group' ? rules.groupId : null
  const key = `${locale} ${groupId ?? ''}`
  // One for all calls: what a block makes of its settings is kept by the scheme's body.
  const body = schemes.get(key) ?? bodyOf(groupId, locale)
  schemes.set(key, body)
  return { id: 'overload', name: '', version: madeVersion, body }
}

function bodyOf(groupId: string | null, locale: 'ru' | 'en'): Scheme {
  const away = { type: 'turnAway', settings: {}, exits: {} }
  if (groupId === null) return { locale, start: 'away', blocks: { away } }
  const settings = { groupId, strategy: 'ringAll', assignedFirst: false, rounds: 1, ringSeconds: 30 }
  return {
    locale,
    start: 'group',
    blocks: { group: { type: 'ring', settings, exits: { talked: null, noAnswer: 'away' } }, away }
  }
}
