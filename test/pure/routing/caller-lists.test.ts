import { expect } from 'chai'
import {
  noCallerLists,
  standingOf,
  usualCallerRules,
  withStanding,
  type CallerEntry,
  type CallerLists,
  type CallerRules
} from '../../../pbx/routing/caller-lists.ts'
import { route, Story } from '../call/given.ts'

const nowMs = Date.parse('2026-11-20T09:00:00Z')
const spam = { id: 'spam', name: 'Spam', kind: 'spam' as const }
const vip = { id: 'vip', name: 'VIP', kind: 'vip' as const }
const press = { id: 'press', name: 'Press', kind: 'own' as const }

const on = (listId: string, expiresMs: number | null = null): CallerEntry => ({ listId, expiresMs })
const known = (
  numbers: Record<string, CallerEntry[]>,
  prefixes: Record<string, CallerEntry[]> = {},
  rules: Partial<CallerRules> = {}
): CallerLists => ({
  lists: new Map([spam, vip, press].map((list) => [list.id, list])),
  numbers: new Map(Object.entries(numbers)),
  prefixes: new Map(Object.entries(prefixes)),
  rules: { ...usualCallerRules, ...rules }
})

const caller = '+79161112233'

describe('Lists of callers', () => {
  const rows: {
    what: string
    lists: CallerLists
    number?: string | null
    mark: 'spam' | 'vip' | null
    ids: string[]
  }[] = [
    { what: 'nobody is on a list that is empty', lists: noCallerLists, mark: null, ids: [] },
    { what: 'a number by itself', lists: known({ [caller]: [on('spam')] }), mark: 'spam', ids: ['spam'] },
    { what: 'by its beginning', lists: known({}, { '+7916': [on('spam')] }), mark: 'spam', ids: ['spam'] },
    { what: 'another beginning', lists: known({}, { '+7915': [on('spam')] }), mark: null, ids: [] },
    {
      what: 'a hidden caller is on none',
      lists: known({ [caller]: [on('spam')] }),
      number: null,
      mark: null,
      ids: []
    },
    {
      what: 'a VIP within the numbers of a spammer',
      lists: known({ [caller]: [on('vip')] }, { '+7916': [on('spam')] }),
      mark: 'vip',
      ids: ['vip']
    },
    {
      what: 'a spammer within the numbers of a VIP',
      lists: known({ [caller]: [on('spam')] }, { '+7916': [on('vip')] }),
      mark: 'spam',
      ids: ['spam']
    },
    {
      what: 'the longer beginning',
      lists: known({}, { '+79': [on('spam')], '+7916': [on('vip')] }),
      mark: 'vip',
      ids: ['vip']
    },
    { what: 'as close both', lists: known({ [caller]: [on('spam'), on('vip')] }), mark: 'vip', ids: ['vip'] },
    {
      what: 'own lists stay beside it',
      lists: known({ [caller]: [on('press')] }, { '+79': [on('spam')] }),
      mark: 'spam',
      ids: ['press', 'spam']
    },
    {
      what: 'an entry that has run out',
      lists: known({ [caller]: [on('spam', nowMs)] }),
      mark: null,
      ids: []
    },
    {
      what: 'an entry that has not yet',
      lists: known({ [caller]: [on('spam', nowMs + 1)] }),
      mark: 'spam',
      ids: ['spam']
    },
    { what: 'a list that is gone', lists: known({ [caller]: [on('gone')] }), mark: null, ids: [] }
  ]
  for (const { what, lists, number = caller, mark, ids } of rows) {
    it(what, () => {
      const standing = standingOf(lists, number, nowMs)
      expect(standing.mark).to.equal(mark)
      expect(standing.lists.map(({ id }) => id)).to.have.members(ids)
    })
  }

  const told = (rules: Partial<CallerRules>, entries: CallerEntry[] = [on('spam')]) =>
    withStanding(route(), known({ [caller]: entries }, {}, rules), caller, nowMs)
  const arrive = (...given: Parameters<typeof told>): Story =>
    new Story().when({ type: 'arrived', isSpeakable: true }, { type: 'routed', ...told(...given) })

  for (const [action, cause] of [
    ['busy', 17],
    ['hangUp', 21]
  ] as const) {
    it(`turns spam away with ${action}, counted as blocked and as spam`, () => {
      const story = arrive({ spam: action })
      const { call } = story.journal()
      expect(call).to.include({ outcome: 'blocked', q850_cause: cause, is_spam: true })
      expect(story.effects).to.deep.include({ do: 'hangupCaller', cause })
      expect(call.steps).to.have.length(0)
    })
  }

  it('lets spam hear an announcement and rings nobody; it is blocked whoever hangs up', () => {
    const story = arrive({ spam: 'announcement', spamSound: 'prompts/go-away' })
    expect(story.effects).to.deep.include({
      ...{ do: 'play', playId: story.call.playing },
      sounds: [{ sound: 'prompts/go-away' }]
    })
    story.when({ type: 'callerLeft', cause: 16 })
    expect(story.journal().call).to.include({ outcome: 'blocked', is_spam: true })
    const patient = arrive({ spam: 'announcement' }).soundEnds()
    expect(patient.journal().call).to.include({ outcome: 'blocked', reason: 'blocked', hangup_by: 'system' })
  })

  it('takes a message of spam that makes nobody a task', () => {
    const story = arrive({ spam: 'voicemail' }).soundEnds()
    expect(story.effects).to.deep.include({
      ...{ do: 'recordVoicemail', recordingId: story.call.voicemail?.recordingId },
      ...{ maxSeconds: 60, silenceSeconds: 5 }
    })
    expect(story.call.voicemail?.task).to.equal(null)
    story.after(4).when({ type: 'recorded', seconds: 4 })
    expect(story.journal().call).to.include({ outcome: 'voicemail', is_spam: true })
  })

  it('lets a VIP through, before others in queues, and tells screens of it', () => {
    const inQueue = {
      locale: 'ru' as const,
      start: 'wait',
      blocks: { wait: { type: 'queue', settings: { groupId: 'g', priority: 10, welcome: [] }, exits: {} } }
    }
    const priorityOf = (lists: CallerLists): unknown => {
      const routed = withStanding(route(inQueue), lists, caller, nowMs)
      const story = new Story().when({ type: 'arrived', isSpeakable: true }, { type: 'routed', ...routed })
      const joined = story.effects.find((effect) => effect.do === 'joinQueue')
      return joined?.request.priority
    }
    expect(priorityOf(noCallerLists)).to.equal(10)
    expect(priorityOf(known({ [caller]: [on('vip')] }))).to.equal(50)
    // A queue that serves everybody sooner than that takes nothing from a VIP.
    expect(priorityOf(known({ [caller]: [on('vip')] }, {}, { vipPriority: 5 }))).to.equal(10)
    expect(priorityOf(known({ [caller]: [on('press')] }))).to.equal(10)
    const [initiated] = arrive({}, [on('vip')]).rows.filter(({ type }) => type === 'call.initiated')
    expect(initiated?.data['lists']).to.deep.equal([vip])
  })

  it('leads a scheme by the list that the caller is on', () => {
    const asks = {
      locale: 'ru' as const,
      start: 'who',
      blocks: {
        who: {
          type: 'condition',
          settings: { rules: [{ name: 'press', conditions: [{ fact: 'callerList', values: ['press'] }] }] },
          exits: { press: 'wait', otherwise: null }
        },
        wait: { type: 'greeting', settings: {}, exits: { next: null } }
      }
    }
    const blockOf = (entries: CallerEntry[]): string | undefined => {
      const routed = withStanding(route(asks), known({ [caller]: entries }), caller, nowMs)
      return new Story().when({ type: 'arrived', isSpeakable: true }, { type: 'routed', ...routed }).call
        .block?.id
    }
    expect(blockOf([on('press')])).to.equal('wait')
    expect(blockOf([on('vip')])).to.equal(undefined)
  })
})
