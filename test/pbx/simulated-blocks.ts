import type { LookupAnswer } from '../../ivr/block.ts'
import type { Scheme, SchemeBlock } from '../../ivr/scheme.ts'
import type { Operator } from '../support/company.ts'

/** What a case may name in its blocks. */
export interface Around {
  groupId: string
  operators: readonly Operator[]
  /** Another group of the first operator only. */
  firstGroupId: string
  /** A number outside; what it does with a call is the case's `dial`. */
  outside: string
  /** Where an outside system gives the case's `lookup`. */
  lookupUrl: string
  /** A scheme that is published, and one that is not. */
  otherSchemeId: string
  draftSchemeId: string
  nowMs: number
}

/** Long enough for a key on a machine that does much else at the time; pressed, it is not waited out. */
const waitSeconds = 10

/** The shortest sound that there is. */
export const sound = [{ sound: 'digits/1' }]
export const end = (reason = 'as_drawn'): SchemeBlock => ({ type: 'hangup', settings: { reason }, exits: {} })
export const say = (next: string | null): SchemeBlock => ({
  type: 'greeting',
  settings: { sounds: sound },
  exits: { next }
})
export const menu = (more: Record<string, unknown> = {}): Scheme['blocks'] => ({
  first: {
    type: 'menu',
    settings: {
      ...{ prompt: sound, wrongSounds: sound, options: [{ digit: '1' }, { digit: '7' }] },
      ...{ waitSeconds, attempts: 2, ...more }
    },
    exits: { '1': 'mark', '7': 'bye', noInput: 'bye', wrongInput: 'bye' }
  },
  mark: { type: 'tag', settings: { add: ['one'] }, exits: { next: 'bye' } },
  bye: end()
})
export const ring = (groupId: string, more: Record<string, unknown> = {}): SchemeBlock => ({
  type: 'ring',
  settings: { groupId, strategy: 'inOrder', ringSeconds: 5, rounds: 1, ...more },
  exits: { talked: 'after', noAnswer: 'sorry' }
})
export const afterRing: Scheme['blocks'] = { after: end('talked'), sorry: say('bye'), bye: end() }
export const line = (groupId: string, more: Record<string, unknown> = {}): Scheme['blocks'] => ({
  first: {
    type: 'queue',
    settings: { groupId, welcome: [], announcePlace: false, announceWait: false, ringSeconds: 5, ...more },
    exits: { talked: null, timeout: 'late', full: null, callback: 'promised', '0': 'out' }
  },
  late: say(null),
  promised: end('promised'),
  out: end('out')
})
export const every = (ranges: string[][]) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ranges]))
export const always = every([['00:00', '24:00']])
export const hours = (settings: Record<string, unknown>): Scheme['blocks'] => ({
  first: { type: 'schedule', settings, exits: { open: 'day', closed: 'night' } },
  day: say(null),
  night: end('closed')
})
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
export const dayMs = 86_400_000
/** Whatever the zone and the moment: today is among them. */
export const thoseDays = (nowMs: number) => [nowMs - dayMs, nowMs, nowMs + dayMs].map(dayOf)
export const decide = (conditions: readonly unknown[]): Scheme['blocks'] => ({
  first: {
    type: 'condition',
    settings: { rules: [{ name: 'fits', conditions }] },
    exits: { fits: 'yes', otherwise: 'no' }
  },
  yes: say(null),
  no: end('no')
})
export const ask = ({ lookupUrl }: Around): Scheme['blocks'] => ({
  first: {
    type: 'lookup',
    settings: { url: lookupUrl, codes: ['7'], ringSeconds: 5, timeoutMs: 1500 },
    exits: { next: 'bye', talked: null, noAnswer: 'sorry', failed: 'sorry', 'code:7': 'vip' }
  },
  vip: { type: 'tag', settings: { add: ['vip'] }, exits: { next: 'bye' } },
  sorry: say('bye'),
  bye: end()
})
export const answer = (more: Partial<LookupAnswer>): LookupAnswer => ({
  ...{ targets: [], code: null, text: null, contactName: null, ownerId: null },
  ...more
})
/** They open in two days' time: what is promised does not fall due within the test. */
export const later = (nowMs: number): Record<string, unknown> => {
  const day = new Date(nowMs + 2 * dayMs).toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' })
  return {
    ...{ when: 'open', timeZone: 'UTC', thanks: sound, question: sound, wrongSounds: sound },
    ...{
      hours: { ...every([]), [day.toLowerCase()]: [['10:00', '11:00']] },
      waitSeconds,
      sayNumber: false
    }
  }
}
export const promise = ({ nowMs }: Around, more: Record<string, unknown> = {}): Scheme['blocks'] => ({
  first: {
    type: 'callback',
    settings: { ...later(nowMs), ...more },
    exits: { next: 'bye', noNumber: 'sorry' }
  },
  sorry: say('bye'),
  bye: end()
})
export const rated = (more: Record<string, unknown> = {}): Scheme['blocks'] => ({
  first: {
    type: 'rating',
    settings: { question: sound, wrongSounds: sound, thanks: sound, waitSeconds, ...more },
    exits: { next: 'bye' }
  },
  bye: end()
})
export const message: SchemeBlock = {
  type: 'voicemail',
  settings: { greeting: sound, maxSeconds: 5, silenceSeconds: 2 },
  exits: { next: null }
}
export const outward = ({ outside }: Around, number = outside): Scheme['blocks'] => ({
  first: {
    type: 'external',
    settings: { number, ringSeconds: 5 },
    exits: { talked: null, noAnswer: 'sorry', busy: 'engaged', refused: 'no' }
  },
  sorry: say(null),
  engaged: end('engaged'),
  no: end('no')
})

/** The scheme behind `goto`. */
export const otherScheme: Scheme = {
  locale: 'ru',
  start: 'hello',
  blocks: { hello: say('there'), there: end('there') }
}
