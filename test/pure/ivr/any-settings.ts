import fc from 'fast-check'
import type { Given } from './visit.ts'

const seconds = fc.integer({ min: 5, max: 60 })
const key = fc.constantFrom(...'0123456789*#')
const sounds = fc.array(fc.constantFrom({ sound: 'custom/a' }, { sound: 'custom/b' }), {
  minLength: 1,
  maxLength: 3
})
const strategy = fc.constantFrom(
  'longestIdle',
  'roundRobin',
  'ringAll',
  'inOrder',
  'byRating',
  'leastLoaded',
  'weighted'
)
const number = fc.constantFrom('+74951234567', '101', '112')
const options = fc.uniqueArray(
  key.map((digit) => ({ digit })),
  { minLength: 1, maxLength: 4, selector: ({ digit }) => digit }
)
const condition = fc.oneof(
  fc.constantFrom<Record<string, unknown>>(
    { fact: 'client', is: 'new' },
    { fact: 'callerHidden' },
    { fact: 'owner', is: 'some' },
    { fact: 'time' },
    { fact: 'pressed', test: 'contains', values: ['1'] }
  ),
  fc.constantFrom('source', 'campaign', 'keyword', 'region').map((fact) => ({ fact, values: ['a'] }))
)

/** Settings of each kind of block, within what its schema takes; keys that have a default may be left out. */
const settingsOf: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  greeting: some({ sounds }),
  announce: some({ say: sounds, times: fc.integer({ min: 1, max: 3 }), skipKey: key }),
  menu: some({ options, attempts: fc.integer({ min: 1, max: 4 }) }, ['options']),
  schedule: fc.constant({}),
  condition: fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.record({
            name: fc.constant(name),
            match: fc.constantFrom('all', 'any'),
            conditions: fc.array(condition, { minLength: 1, maxLength: 3 })
          })
        )
      )
    )
    .map((rules) => ({ rules })),
  ring: some(
    {
      groupId: fc.constant('sales'),
      assignedFirst: fc.boolean(),
      strategy,
      rounds: fc.integer({ min: 1, max: 3 }),
      furtherGroupIds: fc.subarray(['service', 'desk']),
      externalNumber: number,
      skills: fc.subarray(['english'])
    },
    ['groupId']
  ),
  queue: some(
    {
      groupId: fc.constant('sales'),
      strategy,
      priority: fc.integer({ min: 0, max: 100 }),
      welcome: fc.oneof(sounds, fc.constant([])),
      announcePlace: fc.boolean(),
      announceWait: fc.boolean(),
      announceEverySeconds: fc.integer({ min: 15, max: 60 }),
      maxWaiting: fc.integer({ min: 1, max: 5 }),
      maxWaitSeconds: fc.integer({ min: 10, max: 200 }),
      ringSeconds: seconds,
      callbackKey: fc.constantFrom('1', null),
      offerAfterSeconds: seconds,
      offerEverySeconds: fc.integer({ min: 30, max: 60 }),
      keys: fc.constantFrom([], [{ digit: '0' }], [{ digit: '0' }, { digit: '#' }])
    },
    ['groupId']
  ),
  external: some({ number, ringSeconds: seconds, ringback: fc.boolean() }, ['number']),
  lookup: some(
    {
      url: fc.constant('https://crm.example.com/'),
      codes: fc.subarray(['vip', 'debt']),
      ringSeconds: seconds
    },
    ['url']
  ),
  voicemail: some({ maxSeconds: seconds, createTask: fc.boolean() }),
  callback: some({
    when: fc.constantFrom('now', 'open'),
    sayNumber: fc.boolean(),
    askNumber: fc.boolean(),
    attempts: fc.integer({ min: 1, max: 3 })
  }),
  rating: fc.constant({}),
  tag: fc.constant({ add: ['vip'] }),
  recording: some({ on: fc.boolean() }),
  goto: fc.constant({ schemeId: 'other' }),
  hangup: fc.constant({})
}

export const anyTypes: readonly string[] = Object.keys(settingsOf)

/** A block of any kind with any settings. */
export const anyBlock: fc.Arbitrary<Given> = fc
  .constantFrom(...Object.entries(settingsOf))
  .chain(([type, settings]) => settings.map((each) => ({ type, settings: each })))

function some(
  fields: Record<string, fc.Arbitrary<unknown>>,
  requiredKeys: string[] = []
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(fields, { requiredKeys })
}
