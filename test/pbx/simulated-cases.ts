import type { LookupAnswer } from '../../ivr/block.ts'
import type { Scheme, SchemeBlock } from '../../ivr/scheme.ts'
import type { SimulatedDial, SimulatedOperator } from '../../ivr/simulate.ts'
import {
  sound,
  end,
  say,
  menu,
  ring,
  afterRing,
  line,
  every,
  always,
  hours,
  thoseDays,
  decide,
  ask,
  answer,
  promise,
  rated,
  message,
  outward,
  type Around
} from './simulated-blocks.ts'

/** One call that is imagined, and then really made. */
export interface Case {
  blocks: (around: Around) => Scheme['blocks']
  /** The blocks and the exits that both must go by. */
  way: string
  operators?: readonly SimulatedOperator['reaction'][]
  /** As the simulator reads them: one for each time that a key is waited for, `-` for none. */
  presses?: string
  isHidden?: true
  /** The caller is a client of the first operator's. */
  isKnown?: true
  dial?: SimulatedDial
  /** What the outside system says, and what that means. */
  lookup?: { said: string | null; read: (around: Around) => LookupAnswer | null }
  /** The first operator, once they talk, sends the client on to the next one. */
  sendsOn?: true
}

/** Every block in every way out of it that a call can take. */
export const cases: Readonly<Record<string, Case>> = {
  'a greeting, said, texts and numbers among it': {
    blocks: () => ({
      first: say('more'),
      more: {
        type: 'announce',
        settings: { say: [{ text: 'Один' }, ...sound], times: 2 },
        exits: { next: 'bye' }
      },
      bye: end()
    }),
    way: 'first next, more next, bye'
  },
  'a menu, its key': { blocks: () => menu(), presses: '1', way: 'first 1, mark next, bye' },
  'a menu, a wrong key and then another one': {
    blocks: () => menu(),
    presses: '97',
    way: 'first 7, bye'
  },
  'a menu, wrong keys only': { blocks: () => menu(), presses: '99', way: 'first wrongInput, bye' },
  'a menu, silence': { blocks: () => menu({ waitSeconds: 1 }), presses: '--', way: 'first noInput, bye' },
  'a menu, silence and then its key': { blocks: () => menu(), presses: '-1', way: 'first 1, mark next, bye' },
  'hours, open': { blocks: () => hours({ hours: always }), way: 'first open, day next' },
  'hours, closed': { blocks: () => hours({ hours: every([]) }), way: 'first closed, night' },
  'hours, a holiday': {
    blocks: ({ nowMs }) => hours({ hours: always, holidays: thoseDays(nowMs) }),
    way: 'first closed, night'
  },
  'a condition, the campaign and the caller’s number': {
    blocks: () =>
      decide([
        { fact: 'campaign', test: 'in', values: ['Windows'] },
        { fact: 'callerNumber', test: 'startsWith', values: ['+7916'] },
        { fact: 'time', is: 'open', hours: always }
      ]),
    way: 'first fits, yes next'
  },
  'a condition, a hidden number': {
    blocks: () => decide([{ fact: 'callerHidden', is: true }]),
    isHidden: true,
    way: 'first fits, yes next'
  },
  'a condition, a client with an owner': {
    blocks: () =>
      decide([
        { fact: 'client', is: 'known' },
        { fact: 'owner', is: 'some' }
      ]),
    operators: ['busy'],
    isKnown: true,
    way: 'first fits, yes next'
  },
  'a condition, a client who is new': {
    blocks: () => decide([{ fact: 'client', is: 'known' }]),
    way: 'first otherwise, no'
  },
  'a condition, what was pressed and tagged before': {
    blocks: () => ({
      first: {
        ...menu()['first'],
        exits: { '1': 'mark', '7': null, noInput: null, wrongInput: null }
      } as SchemeBlock,
      mark: { type: 'tag', settings: { add: ['one', 'two'] }, exits: { next: 'unmark' } },
      unmark: { type: 'tag', settings: { remove: ['two'] }, exits: { next: 'which' } },
      which: {
        type: 'condition',
        settings: {
          rules: [
            { name: 'both', conditions: [{ fact: 'tag', values: ['two'] }] },
            {
              name: 'one',
              conditions: [
                { fact: 'pressed', values: ['1'] },
                { fact: 'tag', values: ['one'] }
              ]
            }
          ]
        },
        exits: { both: null, one: 'bye', otherwise: null }
      },
      bye: end()
    }),
    presses: '1',
    way: 'first 1, mark next, unmark next, which one, bye'
  },
  'ringing, the first answers; the call is rated': {
    blocks: ({ groupId }) => ({
      ...rated(),
      first: ring(groupId),
      after: rated()['first'] as SchemeBlock,
      sorry: end()
    }),
    operators: ['answers'],
    presses: '5',
    way: 'first talked, after next, bye'
  },
  'ringing, the first declines and the second answers': {
    blocks: ({ groupId }) => ({ first: ring(groupId), ...afterRing }),
    operators: ['declines', 'answers'],
    way: 'first talked, after'
  },
  'ringing, the first is silent and the second answers': {
    blocks: ({ groupId }) => ({ first: ring(groupId), ...afterRing }),
    operators: ['silent', 'answers'],
    way: 'first talked, after'
  },
  'ringing all, one is silent': {
    blocks: ({ groupId }) => ({ first: ring(groupId, { strategy: 'ringAll' }), ...afterRing }),
    operators: ['silent', 'answers'],
    way: 'first talked, after'
  },
  'ringing all, everybody declines': {
    blocks: ({ groupId }) => ({ first: ring(groupId, { strategy: 'ringAll' }), ...afterRing }),
    operators: ['declines', 'declines'],
    way: 'first noAnswer, sorry next, bye'
  },
  'ringing, nobody is there': {
    blocks: ({ groupId }) => ({ first: ring(groupId, { strategy: 'longestIdle' }), ...afterRing }),
    operators: ['busy'],
    way: 'first noAnswer, sorry next, bye'
  },
  'ringing twice round, nobody answers; a message is left': {
    blocks: ({ groupId }) => ({ ...afterRing, first: ring(groupId, { rounds: 2 }), sorry: message }),
    operators: ['silent'],
    way: 'first noAnswer, sorry next'
  },
  'ringing, the owner first and alone': {
    blocks: ({ groupId }) => ({
      first: ring(groupId, { assignedFirst: true, assignedRingSeconds: 5, strategy: 'ringAll' }),
      ...afterRing
    }),
    operators: ['silent', 'answers'],
    isKnown: true,
    way: 'first talked, after'
  },
  'ringing, another group and then a number outside': {
    blocks: ({ groupId, firstGroupId, outside }) => ({
      first: ring(firstGroupId, {
        ...{ furtherGroupIds: [groupId], externalNumber: outside, externalRingSeconds: 5 }
      }),
      ...afterRing
    }),
    operators: ['declines', 'declines'],
    dial: 'answers',
    way: 'first talked, after'
  },
  'a queue, served': {
    blocks: ({ groupId }) => line(groupId),
    operators: ['answers'],
    way: 'first talked'
  },
  'a queue, the first declines': {
    blocks: ({ groupId }) => line(groupId),
    operators: ['declines', 'answers'],
    way: 'first talked'
  },
  'a queue, nobody in time': {
    blocks: ({ groupId }) => line(groupId, { maxWaitSeconds: 10 }),
    operators: ['busy'],
    way: 'first timeout, late next'
  },
  'a queue, left by a key': {
    blocks: ({ groupId }) => line(groupId, { keys: [{ digit: '0' }] }),
    operators: ['busy'],
    presses: '0',
    way: 'first 0, out'
  },
  'a queue, a callback instead': {
    blocks: ({ groupId }) => line(groupId, { callbackKey: '1', promisedSounds: sound }),
    operators: ['busy'],
    presses: '1',
    way: 'first callback, promised'
  },
  'a number outside, answered': { blocks: (around) => outward(around), dial: 'answers', way: 'first talked' },
  'a number outside, busy': { blocks: (around) => outward(around), dial: 'busy', way: 'first busy, engaged' },
  'a number outside, no answer': {
    blocks: (around) => outward(around),
    dial: 'noAnswer',
    way: 'first noAnswer, sorry next'
  },
  'a number outside, out of order': {
    blocks: (around) => outward(around),
    dial: 'failed',
    way: 'first noAnswer, sorry next'
  },
  'a number outside, not allowed': {
    blocks: (around) => outward(around, '+882161234567'),
    dial: 'refused',
    way: 'first refused, no'
  },
  'an outside system, its code': {
    blocks: ask,
    lookup: { said: '{"returned_code": 7}', read: () => answer({ code: '7' }) },
    way: 'first code:7, vip next, bye'
  },
  'an outside system, nothing to say': {
    blocks: ask,
    lookup: { said: '{}', read: () => answer({}) },
    way: 'first next, bye'
  },
  'an outside system, no answer': {
    blocks: ask,
    lookup: { said: null, read: () => null },
    way: 'first failed, sorry next, bye'
  },
  'an outside system, a text and whom to ring, who declines, and then a number': {
    blocks: ask,
    operators: ['declines'],
    dial: 'answers',
    lookup: {
      said: '{"text": "Два", "phones": ["OPERATOR", "OUTSIDE"]}',
      read: ({ operators, outside }) =>
        answer({
          text: 'Два',
          targets: [
            { kind: 'user', userId: operators[0]?.id ?? '' },
            { kind: 'external', number: outside }
          ]
        })
    },
    way: 'first talked'
  },
  'an outside system, whom to ring is not there': {
    blocks: ask,
    operators: ['busy'],
    lookup: {
      said: '{"phones": ["OPERATOR"]}',
      read: ({ operators }) => answer({ targets: [{ kind: 'user', userId: operators[0]?.id ?? '' }] })
    },
    way: 'first noAnswer, sorry next, bye'
  },
  'a message': { blocks: () => ({ first: message }), way: 'first next' },
  'a callback, to the number that calls': { blocks: (around) => promise(around), way: 'first next, bye' },
  'a callback, to a number that is keyed in': {
    blocks: (around) => promise(around),
    isHidden: true,
    presses: '89161234567#',
    way: 'first next, bye'
  },
  'a callback, nothing keyed in': {
    blocks: (around) => promise(around, { attempts: 2 }),
    isHidden: true,
    presses: '12#-',
    way: 'first noNumber, sorry next, bye'
  },
  'a callback, no number and none asked for': {
    blocks: (around) => promise(around, { askNumber: false }),
    isHidden: true,
    way: 'first noNumber, sorry next, bye'
  },
  'a rating, given': { blocks: () => rated(), presses: '4', way: 'first next, bye' },
  'a rating, a wrong key and then a mark': { blocks: () => rated(), presses: '93', way: 'first next, bye' },
  'a rating, two wrong keys': { blocks: () => rated(), presses: '90', way: 'first next, bye' },
  'a rating, silence': { blocks: () => rated({ waitSeconds: 1 }), presses: '-', way: 'first next, bye' },
  'a talk, sent on to somebody who declines, and back': {
    blocks: ({ firstGroupId }) => ({ first: ring(firstGroupId), ...afterRing }),
    operators: ['answers', 'declines'],
    sendsOn: true,
    way: 'transfer talked, first talked, after'
  },
  'recording off, and a talk': {
    blocks: ({ groupId }) => ({
      first: { type: 'recording', settings: { on: false }, exits: { next: 'ring' } },
      ring: ring(groupId),
      ...afterRing
    }),
    operators: ['answers'],
    way: 'first next, ring talked, after'
  },
  'another scheme': {
    blocks: ({ otherSchemeId }) => ({
      first: { type: 'goto', settings: { schemeId: otherSchemeId }, exits: { missing: null } }
    }),
    way: 'first, hello next, there'
  },
  'another scheme that is not there': {
    blocks: ({ draftSchemeId }) => ({
      first: { type: 'goto', settings: { schemeId: draftSchemeId }, exits: { missing: 'sorry' } },
      sorry: say(null)
    }),
    way: 'first missing, sorry next'
  }
}
