import { inquiryChannels, outcomes } from './words.ts'

/** Lists for filters and columns of the journal. No zod here, so that the browser may take them as they are. */
export const directions = ['in', 'out', 'internal'] as const
export const callTypes = [
  'pbx',
  'tracking_static',
  'tracking_dynamic',
  'click_to_call',
  'callback_form',
  'callback_missed',
  'api',
  'dialer',
  'test'
] as const
export const attributionModels = [
  'first',
  'last',
  'lastNonDirect',
  'linear',
  'position',
  'timeDecay'
] as const
export const journalPeriods = ['today', 'yesterday', 'week', 'month', 'all'] as const
/** Outcomes of calls that came in and in which nobody talked with the client. */
export const missedOutcomes = ['missed', 'abandoned', 'busy', 'failed', 'voicemail'] as const

/**
 * How a filter is asked for.
 * - `words`, `ids`, `numbers`: a comma-separated list
 * - `texts`: the name repeated for each value, taken whole; an empty one means "not given"
 * - `contains`: part of a text
 * - `flag`: true or false
 * - `range`: two names, `min…` and `max…`
 */
export type CallFilter =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'ids' | 'texts' | 'contains' | 'flag' }
  | { kind: 'numbers'; min: number; max: number }
  | { kind: 'range'; max: number; isFraction?: true }

const seconds = { kind: 'range', max: 86_400 } as const

/** Every field by which the journal can be narrowed. The server's SQL and the screen's controls follow this table. */
export const callFilters = {
  outcome: { kind: 'words', words: outcomes },
  direction: { kind: 'words', words: directions },
  callType: { kind: 'words', words: callTypes },
  reason: { kind: 'texts' },
  hangupBy: { kind: 'words', words: ['client', 'operator', 'system'] },
  isMissed: { kind: 'flag' },
  isReturned: { kind: 'flag' },
  isFirstCall: { kind: 'flag' },
  isUnique: { kind: 'flag' },
  isRepeat: { kind: 'flag' },
  isTarget: { kind: 'flag' },
  isTransferred: { kind: 'flag' },
  isSpam: { kind: 'flag' },
  isVip: { kind: 'flag' },
  /** As reports count calls: came in, ended, neither spam nor blocked. */
  isCounted: { kind: 'flag' },
  hasRecording: { kind: 'flag' },
  hasVisit: { kind: 'flag' },
  callerNumber: { kind: 'contains' },
  dialedNumber: { kind: 'contains' },
  region: { kind: 'texts' },
  country: { kind: 'texts' },
  numberId: { kind: 'ids' },
  contactId: { kind: 'ids' },
  operatorId: { kind: 'ids' },
  group: { kind: 'texts' },
  schemeId: { kind: 'ids' },
  pressed: { kind: 'contains' },
  sourceId: { kind: 'ids' },
  inquiryChannel: { kind: 'words', words: inquiryChannels },
  source: { kind: 'texts' },
  medium: { kind: 'texts' },
  campaign: { kind: 'texts' },
  keyword: { kind: 'texts' },
  utmSource: { kind: 'texts' },
  utmMedium: { kind: 'texts' },
  utmCampaign: { kind: 'texts' },
  utmTerm: { kind: 'texts' },
  utmContent: { kind: 'texts' },
  siteId: { kind: 'ids' },
  landing: { kind: 'contains' },
  /** The entry page as reports name it: host and path. */
  landingPath: { kind: 'texts' },
  page: { kind: 'contains' },
  referrer: { kind: 'contains' },
  device: { kind: 'texts' },
  userAgent: { kind: 'contains' },
  poolId: { kind: 'ids' },
  visitId: { kind: 'ids' },
  visitorId: { kind: 'ids' },
  confidence: { kind: 'range', max: 1, isFraction: true },
  waitSeconds: seconds,
  talkSeconds: seconds,
  holdSeconds: seconds,
  totalSeconds: seconds,
  callNumber: { kind: 'range', max: 1_000_000 },
  rating: { kind: 'numbers', min: 0, max: 9 },
  wrapUpCode: { kind: 'texts' },
  tag: { kind: 'texts' },
  /** Of the note or of a comment. */
  comment: { kind: 'contains' },
  /** 1 = Monday; in the company's time zone, as the hour. */
  weekday: { kind: 'numbers', min: 1, max: 7 },
  hour: { kind: 'numbers', min: 0, max: 23 }
} as const satisfies Record<string, CallFilter>

export type CallFilterName = keyof typeof callFilters

/** `talkSeconds` → `minTalkSeconds`. */
export const boundName = (side: 'min' | 'max', name: string): string =>
  `${side}${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** By what the journal can be sorted; each also with a minus before it, for the other direction. */
export const callSorts = [
  'startedAt',
  'waitSeconds',
  'talkSeconds',
  'totalSeconds',
  'rating',
  'callNumber'
] as const
export type CallSort = (typeof callSorts)[number]

/** Columns of an export and of the table, in their usual order. */
export const callColumns = [
  'startedAt',
  'outcome',
  'direction',
  'callType',
  'callerNumber',
  'callerName',
  'contact',
  'callerRegion',
  'callerCountry',
  'dialedNumber',
  'number',
  'destinationNumber',
  'source',
  'inquiryChannel',
  'medium',
  'campaign',
  'keyword',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'clickIds',
  'gaClientId',
  'ymClientId',
  'landingUrl',
  'pageUrl',
  'referrer',
  'device',
  'userAgent',
  'ip',
  'site',
  'pool',
  'visitId',
  'visitorId',
  'attributionModel',
  'confidence',
  'operator',
  'firstOperator',
  'group',
  'scheme',
  'pressed',
  'waitSeconds',
  'talkSeconds',
  'cleanTalkSeconds',
  'holdSeconds',
  'totalSeconds',
  'wrapupSeconds',
  'answeredAt',
  'endedAt',
  'reason',
  'hangupBy',
  'isTransferred',
  'isFirstCall',
  'callNumber',
  'isUnique',
  'isRepeat',
  'isTarget',
  'returnedAt',
  'rating',
  'wrapUpCode',
  'tags',
  'note',
  'isSpam',
  'isVip',
  'recording',
  'inquiry',
  'deal',
  'dealStage',
  'dealAmount',
  'id',
  'pbxUniqueId',
  'externalId',
  'sipCode',
  'q850Cause'
] as const
export type CallColumn = (typeof callColumns)[number]
