import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { callFilters, boundName } from '../../api/contract/journal-fields.ts'
import { insertCall } from './support/calls.ts'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

type Values = Record<string, unknown>
/** A filter, rows that must match it and rows that must not. */
interface Case {
  ask: string
  hits: readonly Values[]
  misses: readonly Values[]
}

const [one, two] = [randomUUID(), randomUUID()]
const q = encodeURIComponent
const missed = { direction: 'in', outcome: 'missed' }

const list = (name: string, column: string, hit: unknown, miss: unknown): Case => ({
  ask: `${name}=${q(String(hit))}`,
  hits: [{ [column]: hit }],
  misses: [{ [column]: miss }, { [column]: null }]
})
const text = (name: string, column: string): readonly Case[] => [
  {
    ask: `${name}=${q('a, b')}&${name}=c`,
    hits: [{ [column]: 'a, b' }, { [column]: 'c' }],
    misses: [{ [column]: 'a' }, { [column]: null }]
  },
  { ask: `${name}=`, hits: [{ [column]: null }, { [column]: '' }], misses: [{ [column]: 'a' }] }
]
const flag = (name: string, column: string): readonly Case[] => [
  { ask: `${name}=true`, hits: [{ [column]: true }], misses: [{ [column]: false }] },
  { ask: `${name}=false`, hits: [{ [column]: false }], misses: [{ [column]: true }] }
]
const range = (name: string, column: string): readonly Case[] => [
  { ask: `${boundName('min', name)}=10`, hits: [{ [column]: 10 }], misses: [{ [column]: 9 }] },
  {
    ask: `${boundName('min', name)}=5&${boundName('max', name)}=7`,
    hits: [{ [column]: 5 }, { [column]: 7 }],
    misses: [{ [column]: 8 }, { [column]: 4 }]
  }
]
const part = (name: string, column: string): readonly Case[] => [
  {
    ask: `${name}=${q('50%_Ж')}`,
    hits: [{ [column]: 'x50%_жx' }],
    misses: [{ [column]: 'x50xxЖ' }, { [column]: null }]
  }
]
const utm = (name: string, mark: string): readonly Case[] => [
  {
    ask: `${name}=spring`,
    hits: [{ utm: { [mark]: 'spring' } }],
    misses: [{ utm: { [mark]: 'fall' } }, { utm: null }]
  },
  { ask: `${name}=`, hits: [{ utm: {} }, { utm: null }], misses: [{ utm: { [mark]: 'x' } }] }
]

const cases: Partial<Record<keyof typeof callFilters, readonly Case[]>> = {
  outcome: [
    {
      ask: 'outcome=missed,busy',
      hits: [missed, { outcome: 'busy' }],
      misses: [{ outcome: 'answered' }, { outcome: null, ended_at: null }]
    }
  ],
  direction: [list('direction', 'direction', 'out', 'in')].map((each) => ({
    ...each,
    misses: [{ direction: 'in' }]
  })),
  callType: [{ ask: 'callType=dialer,api', hits: [{ call_type: 'api' }], misses: [{ call_type: 'pbx' }] }],
  reason: text('reason', 'reason'),
  hangupBy: [list('hangupBy', 'hangup_by', 'client', 'operator')],
  isMissed: [
    {
      ask: 'isMissed=true',
      hits: [missed, { outcome: 'voicemail' }],
      misses: [{ outcome: 'answered' }, { outcome: 'blocked' }, { ...missed, direction: 'out' }]
    },
    {
      ask: 'isMissed=false',
      hits: [{ outcome: 'answered' }, { outcome: null, ended_at: null }],
      misses: [missed]
    }
  ],
  isReturned: [
    {
      ask: 'isReturned=true',
      hits: [{ ...missed, returned_at: new Date() }],
      misses: [missed, { outcome: 'answered' }]
    },
    {
      ask: 'isReturned=false',
      hits: [missed],
      misses: [{ ...missed, returned_at: new Date() }, { outcome: 'answered' }]
    }
  ],
  isFirstCall: flag('isFirstCall', 'is_first_call'),
  isUnique: flag('isUnique', 'is_unique'),
  isRepeat: flag('isRepeat', 'is_repeat'),
  isTarget: flag('isTarget', 'is_target'),
  isTransferred: flag('isTransferred', 'is_transferred'),
  isSpam: flag('isSpam', 'is_spam'),
  isCounted: [
    {
      ask: 'isCounted=true',
      hits: [{}, missed],
      misses: [
        { is_spam: true },
        { outcome: 'blocked' },
        { direction: 'out' },
        { ended_at: null, outcome: null }
      ]
    }
  ],
  hasRecording: [
    {
      ask: 'hasRecording=true',
      hits: [{ recording_state: 'ready' }],
      misses: [{ recording_state: 'missing' }, {}]
    },
    {
      ask: 'hasRecording=false',
      hits: [{ recording_state: 'missing' }, {}],
      misses: [{ recording_state: 'ready' }]
    }
  ],
  hasVisit: [
    { ask: 'hasVisit=true', hits: [{ visit_id: one }], misses: [{}] },
    { ask: 'hasVisit=false', hits: [{}], misses: [{ visit_id: one }] }
  ],
  callerNumber: [
    {
      ask: `callerNumber=${q('(916) 111-22')}`,
      hits: [{ caller_number: '+79161112233' }],
      misses: [{ caller_number: '+79161113333' }, { caller_number: null }]
    }
  ],
  dialedNumber: [
    {
      ask: 'dialedNumber=4951',
      hits: [{ dialed_number: '+74951112233' }],
      misses: [{ dialed_number: '+78121112233' }]
    }
  ],
  region: [
    {
      ask: `region=${q('Москва')}`,
      hits: [{ caller_region: 'Москва' }],
      misses: [{ caller_region: 'Казань' }, {}]
    },
    {
      ask: 'region=US',
      hits: [{ caller_country: 'US' }],
      misses: [{ caller_country: 'US', caller_region: 'Texas' }]
    },
    { ask: 'region=', hits: [{}], misses: [{ caller_region: 'Москва' }] }
  ],
  country: text('country', 'caller_country'),
  numberId: [list('numberId', 'number_id', one, two)],
  contactId: [list('contactId', 'contact_id', one, two)],
  operatorId: [
    list('operatorId', 'operator_id', one, two),
    { ask: `operatorId=${one},${two}`, hits: [{ operator_id: one }, { operator_id: two }], misses: [{}] },
    { ask: 'operatorId=', hits: [{}], misses: [{ operator_id: one }] }
  ],
  group: text('group', 'group_name'),
  schemeId: [list('schemeId', 'scheme_id', one, two)],
  pressed: [{ ask: 'pressed=12', hits: [{ pressed: '3124' }], misses: [{ pressed: '21' }] }],
  sourceId: [list('sourceId', 'source_id', one, two)],
  inquiryChannel: [list('inquiryChannel', 'inquiry_channel', 'paid', 'organic')],
  source: text('source', 'source_name'),
  medium: text('medium', 'medium'),
  campaign: text('campaign', 'campaign'),
  keyword: text('keyword', 'keyword'),
  utmSource: utm('utmSource', 'source'),
  utmMedium: utm('utmMedium', 'medium'),
  utmCampaign: utm('utmCampaign', 'campaign'),
  utmTerm: utm('utmTerm', 'term'),
  utmContent: utm('utmContent', 'content'),
  siteId: [list('siteId', 'site_id', one, two)],
  landing: part('landing', 'landing_url'),
  landingPath: [
    {
      ask: `landingPath=${q('shop.ru/a')}`,
      hits: [{ landing_url: 'https://shop.ru/a?utm_source=x#y' }],
      misses: [{ landing_url: 'https://shop.ru/ab' }]
    }
  ],
  page: part('page', 'page_url'),
  referrer: part('referrer', 'referrer'),
  device: text('device', 'device'),
  poolId: [list('poolId', 'pool_id', one, two)],
  visitId: [list('visitId', 'visit_id', one, two)],
  visitorId: [list('visitorId', 'visitor_id', one, two)],
  confidence: [
    {
      ask: 'minConfidence=0.5&maxConfidence=0.9',
      hits: [{ attribution_confidence: 0.5 }],
      misses: [{ attribution_confidence: 0.95 }, {}]
    }
  ],
  waitSeconds: range('waitSeconds', 'wait_seconds'),
  talkSeconds: range('talkSeconds', 'talk_seconds'),
  holdSeconds: range('holdSeconds', 'hold_seconds'),
  totalSeconds: range('totalSeconds', 'total_seconds'),
  callNumber: range('callNumber', 'call_number'),
  rating: [{ ask: 'rating=1,2', hits: [{ rating: 2 }], misses: [{ rating: 3 }, {}] }],
  wrapUpCode: text('wrapUpCode', 'wrap_up_code'),
  tag: [
    {
      ask: 'tag=vip&tag=a,b',
      hits: [{ tags: ['x', 'vip'] }, { tags: ['a,b'] }],
      misses: [{ tags: ['a'] }, { tags: [] }]
    },
    { ask: 'tag=&tag=vip', hits: [{ tags: [] }, { tags: ['vip'] }], misses: [{ tags: ['x'] }] }
  ],
  comment: [
    { ask: `comment=${q('ДОГОВОР')}`, hits: [{ note: 'Про договор' }], misses: [{ note: 'Про цену' }, {}] }
  ],
  // 20 November 2026 is a Friday; 21:30 UTC is past midnight in Moscow.
  weekday: [
    {
      ask: 'weekday=5',
      hits: [{ started_at: '2026-11-20T20:59:00Z' }],
      misses: [{ started_at: '2026-11-20T21:00:00Z' }]
    }
  ],
  hour: [
    {
      ask: 'hour=0,13',
      hits: [{ started_at: '2026-11-20T21:30:00Z' }, { started_at: '2026-11-20T10:59:59Z' }],
      misses: [{ started_at: '2026-11-20T11:00:00Z' }]
    }
  ]
}
/** They look into other tables: tested below. */
const elsewhere = ['userAgent']

describe('Filters of the journal', function () {
  this.timeout(120_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())
  beforeEach(() => rig.db('calls').delete())

  const found = async (ask: string): Promise<unknown[]> => {
    const answer = await rig.as.marketer.get(`/api/calls?limit=200&${ask}`)
    expect(answer.status, `${ask}: ${JSON.stringify(answer.body)}`).to.equal(200)
    return itemsOf(answer).map((item) => item['id'])
  }

  it('are all tried here', () => {
    expect(Object.keys(callFilters).filter((name) => !elsewhere.includes(name))).to.have.members(
      Object.keys(cases)
    )
  })

  for (const [name, some] of Object.entries(cases)) {
    it(`narrow by ${name}`, async () => {
      for (const { ask, hits, misses } of some) {
        await rig.db('calls').delete()
        const wanted: string[] = []
        for (const row of hits) wanted.push(await insertCall(rig.db, row))
        for (const row of misses) await insertCall(rig.db, row)
        expect(await found(ask), ask).to.have.members(wanted)
      }
    })
  }

  it('look into comments, browsers of visits, and shares of models', async () => {
    const { db, as } = rig
    const a = await insertCall(db)
    const b = await insertCall(db)
    await as.marketer.send('POST', `/api/calls/${a}/comments`, { text: 'Просит скидку', atSeconds: 3.5 })
    expect(await found(`comment=${q('СКИДК')}`)).to.deep.equal([a])
    const path = {
      inquiry_channel: 'paid',
      source: 'yandex',
      medium: 'cpc',
      campaign: '',
      keyword: 'окна, двери'
    }
    const [row] = await db('report_paths').insert(path).returning<{ id: number }[]>('id')
    const none = { first: 0, last: 0, last_non_direct: 0, linear: 0, position: 0, time_decay: 0 }
    const credit = { place: 0, subject: 'call', at: new Date(), path_id: row?.id, ...none }
    await db('credits').insert([
      { ...credit, subject_id: a, last: 1_000_000 },
      { ...credit, subject_id: b, first: 1_000_000 }
    ])
    expect(await found('model=last')).to.deep.equal([a])
    expect(await found(`model=first&source=yandex&campaign=&keyword=${q('окна, двери')}`)).to.deep.equal([b])
    expect(await found('model=first&campaign=x')).to.deep.equal([])
    expect(await found('model=linear&source=yandex')).to.deep.equal([])
  })

  it('search parts of numbers and names, in calls of now and of before', async () => {
    const { db } = rig
    const a = await insertCall(db, { caller_number: '+79161112233', contact_name: 'ООО «Ромашка»' })
    const open = await insertCall(db, { caller_number: '+79161119999', ended_at: null, outcome: null })
    expect(await found('search=916111')).to.have.members([a, open])
    expect(await found(`search=${q('(916) 111-22')}`)).to.deep.equal([a])
    expect(await found(`search=${q('ромашка')}`)).to.deep.equal([a])
    expect(await found(`search=${q('ш')}`)).to.deep.equal([a])
    for (const none of ['%', '_', "'; drop table calls; --", '\\', 'Зюзюкин']) {
      expect(await found(`search=${q(none)}`), none).to.deep.equal([])
    }
  })

  it('take days of the company, and periods until its today', async () => {
    const { db } = rig
    const late = await insertCall(db, { started_at: '2026-11-20T20:59:59Z' })
    const next = await insertCall(db, { started_at: '2026-11-20T21:00:00Z' })
    expect(await found('from=2026-11-20&to=2026-11-20')).to.deep.equal([late])
    expect(await found('from=2026-11-21')).to.deep.equal([next])
    await db('settings').insert({ key: 'company.timeZone', value: JSON.stringify('UTC') })
    expect(await found('from=2026-11-20&to=2026-11-20')).to.have.members([late, next])
    await db('settings').delete()
    const now = await insertCall(db, { started_at: new Date() })
    expect(await found('period=today')).to.include(now)
    expect(await found('period=yesterday')).not.to.include(now)
  })

  it('refuse what they do not understand, by name', async () => {
    for (const [ask, field] of [
      ['outcome=all', 'outcome'],
      ['operatorId=1', 'operatorId'],
      ['rating=10', 'rating'],
      ['hour=24', 'hour'],
      ['minTalkSeconds=-1', 'minTalkSeconds'],
      ['minTalkSeconds=9&maxTalkSeconds=5', 'talkSeconds'],
      ['isTarget=maybe', 'isTarget'],
      ['from=2026-02-30', 'from'],
      ['model=best', 'model'],
      ['sort=note', 'sort'],
      [`sort=${q('started_at; drop table calls')}`, 'sort'],
      ['unknown=1', '']
    ] as const) {
      const answer = await rig.as.marketer.get(`/api/calls?${ask}`)
      expect(answer.body, ask).to.include({ status: 422, code: 'invalid' })
      const [first] = answer.body['errors'] as { path: string }[]
      expect(first?.path, ask).to.equal(field)
    }
  })

  it('let hostile texts through as texts', async () => {
    const id = await insertCall(rig.db, { campaign: "x' or 1=1 --" })
    await insertCall(rig.db)
    expect(await found(`campaign=${q("x' or 1=1 --")}`)).to.deep.equal([id])
    for (const text of ["' or '1'='1", '%', '\\', '$1', '?', '{}', '\u202e', '👍']) {
      expect(await found(`campaign=${q(text)}&landing=${q(text)}`), text).to.deep.equal([])
    }
    const nul = await rig.as.marketer.get(`/api/calls?campaign=${q('\u0000')}`)
    expect(nul.body).to.include({ code: 'invalid' })
  })

  it('page in every order without losing or repeating a call, and give what memory would', async function () {
    const rows = fc.array(
      fc.record({
        talk_seconds: fc.option(fc.integer({ min: 0, max: 3 })),
        rating: fc.option(fc.integer({ min: 1, max: 3 })),
        outcome: fc.constantFrom('answered', 'missed', 'busy'),
        operator_id: fc.option(fc.constantFrom(one, two)),
        is_target: fc.option(fc.boolean()),
        campaign: fc.option(fc.constantFrom('', 'a', 'b'))
      }),
      { minLength: 1, maxLength: 12 }
    )
    const wish = fc.record({
      outcome: fc.option(fc.subarray(['answered', 'missed', 'busy'], { minLength: 1 })),
      operatorId: fc.option(fc.subarray([one, two], { minLength: 1 })),
      isTarget: fc.option(fc.boolean()),
      campaign: fc.option(fc.subarray(['', 'a', 'b'], { minLength: 1 })),
      minTalkSeconds: fc.option(fc.integer({ min: 0, max: 3 })),
      sort: fc.constantFrom('startedAt', '-startedAt', 'talkSeconds', '-talkSeconds', 'rating', '-rating')
    })
    await fc.assert(
      fc.asyncProperty(rows, wish, async (made, asked) => {
        await rig.db('calls').delete()
        const wanted: string[] = []
        for (const row of made) {
          const id = await insertCall(rig.db, row)
          const isHit =
            (asked.outcome?.includes(row.outcome) ?? true) &&
            (asked.operatorId?.some((each) => each === row.operator_id) ?? true) &&
            (asked.isTarget === null || asked.isTarget === row.is_target) &&
            (asked.campaign?.includes(row.campaign ?? '') ?? true) &&
            (asked.minTalkSeconds === null || (row.talk_seconds ?? -1) >= asked.minTalkSeconds)
          if (isHit) wanted.push(id)
        }
        const params = new URLSearchParams({ sort: asked.sort, limit: '2' })
        if (asked.outcome) params.set('outcome', asked.outcome.join(','))
        if (asked.operatorId) params.set('operatorId', asked.operatorId.join(','))
        if (asked.isTarget !== null) params.set('isTarget', String(asked.isTarget))
        for (const campaign of asked.campaign ?? []) params.append('campaign', campaign)
        if (asked.minTalkSeconds !== null) params.set('minTalkSeconds', String(asked.minTalkSeconds))
        const seen: Record<string, unknown>[] = []
        let next: unknown = null
        do {
          if (typeof next === 'string') params.set('cursor', next)
          const answer = await rig.as.marketer.get(`/api/calls?${params.toString()}`)
          expect(answer.status).to.equal(200)
          seen.push(...itemsOf(answer))
          next = answer.body['nextCursor']
        } while (next !== null)
        expect(seen.map((item) => item['id']))
          .to.have.length(wanted.length)
          .and.to.have.members(wanted)
        const name = asked.sort.replace('-', '')
        if (name === 'startedAt') return
        const values = seen.map((item) => item[name] as number | null)
        const sign = asked.sort.startsWith('-') ? -1 : 1
        const sorted = values.toSorted((a, b) =>
          a === null || b === null ? Number(a === null) - Number(b === null) : sign * (a - b)
        )
        expect(values, asked.sort).to.deep.equal(sorted)
      }),
      { numRuns: Number(process.env['RUNS'] ?? 25) }
    )
  })
})
