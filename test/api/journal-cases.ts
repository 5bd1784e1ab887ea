import { randomUUID } from 'node:crypto'
import { boundName, type CallFilterName } from '../../api/contract/journal-fields.ts'

type Values = Record<string, unknown>
/** A filter, rows that must match it and rows that must not. */
interface Case {
  ask: string
  hits: readonly Values[]
  misses: readonly Values[]
}

/** Two ids. */
export const [one, two] = [randomUUID(), randomUUID()]
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

/** Each filter with what it must find and what it must not. */
export const cases: Partial<Record<CallFilterName, readonly Case[]>> = {
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
  isVip: flag('isVip', 'is_vip'),
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
