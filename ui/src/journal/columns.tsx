import i18next, { type TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { callColumns, type CallColumn, type CallSort } from '../../../api/contract/journal-fields.ts'
import { PhoneNumber } from '../operator/click-to-call.tsx'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { clock, countryName, formatPhone, regionName } from '../lib/format.ts'
import styles from './journal.module.css'
import { knownWord } from './labels.ts'
import { ClientCell, MomentCell, RecordingCell, TwoLines, type RowActions } from './row-cells.tsx'

/** What a cell may need besides its call. */
export interface CellContext {
  t: TFunction<'ui'>
  actions: RowActions
  sites: ReadonlyMap<string, string>
  users: ReadonlyMap<string, string>
}

export interface JournalColumn {
  /** In pixels. */
  width: number
  isRight?: boolean
  sort?: CallSort
  cell: (call: JournalCall, context: CellContext) => ReactNode
}

export type ColumnKey = 'caller' | CallColumn
export const columnKeys: readonly ColumnKey[] = ['caller', ...callColumns]
export const usualColumns: readonly ColumnKey[] = [
  'startedAt',
  'outcome',
  'caller',
  'source',
  'operator',
  'waitSeconds',
  'talkSeconds',
  'rating',
  'recording'
]

const text = (of: (call: JournalCall) => string | null | undefined, width = 150): JournalColumn => ({
  width,
  cell: (call) => {
    const value = of(call) ?? ''
    return (
      <span className="cut" title={value} style={{ display: 'block' }}>
        {value || '–'}
      </span>
    )
  }
})
const phone = (of: (call: JournalCall) => string | null): JournalColumn => ({
  width: 150,
  cell: (call) => <span className="num">{formatPhone(of(call)) || '–'}</span>
})
const seconds = (of: (call: JournalCall) => number | null, sort?: CallSort): JournalColumn => ({
  width: 94,
  isRight: true,
  ...(sort && { sort }),
  cell: (call) => <span className="num">{clock(of(call))}</span>
})
const number = (of: (call: JournalCall) => number | null, sort?: CallSort): JournalColumn => ({
  width: 104,
  isRight: true,
  ...(sort && { sort }),
  cell: (call) => <span className="num">{of(call) ?? '–'}</span>
})
const moment = (of: (call: JournalCall) => string | null): JournalColumn => ({
  width: 110,
  cell: (call, { t }) => {
    const at = of(call)
    return at === null ? '–' : <MomentCell iso={at} t={t} />
  }
})
const flag = (of: (call: JournalCall) => boolean | null): JournalColumn => ({
  width: 104,
  cell: (call, { t }) => {
    const value = of(call)
    return value === null ? '–' : t(value ? 'common.yes' : 'common.no')
  }
})
const utm = (mark: string): JournalColumn => text(({ visit }) => visit?.utm[mark])

const money = (amount: number, currency: string): string =>
  new Intl.NumberFormat(i18next.language, { style: 'currency', currency, maximumFractionDigits: 0 }).format(
    amount
  )

/** Every field of the journal as a column of the screen. */
export const columns: Readonly<Record<ColumnKey, JournalColumn>> = {
  startedAt: {
    width: 100,
    sort: 'startedAt',
    cell: (call, { t }) => <MomentCell iso={call.startedAt} t={t} />
  },
  outcome: { width: 124, cell: (call) => <OutcomeBadge outcome={call.outcome} /> },
  caller: { width: 214, cell: (call, { t }) => <ClientCell call={call} t={t} /> },
  source: {
    width: 222,
    cell: (call) => (
      <TwoLines
        first={call.source?.name}
        second={
          [call.campaign, call.keyword && `«${call.keyword}»`].filter(Boolean).join(' → ') ||
          [formatPhone(call.dialedNumber), call.number?.label].filter(Boolean).join(' · ')
        }
      />
    )
  },
  operator: {
    width: 164,
    cell: (call) => (
      <TwoLines first={call.operator?.name} second={call.groupName ?? call.scheme?.name ?? ''} />
    )
  },
  waitSeconds: seconds((call) => call.waitSeconds, 'waitSeconds'),
  talkSeconds: seconds((call) => call.talkSeconds || null, 'talkSeconds'),
  rating: {
    width: 84,
    isRight: true,
    sort: 'rating',
    cell: (call) => (call.rating ? <span className={`num ${styles.stars}`}>{call.rating} ★</span> : '')
  },
  recording: {
    width: 92,
    isRight: true,
    cell: (call, { actions, t }) => <RecordingCell call={call} actions={actions} t={t} />
  },
  direction: text((call) => i18next.t(`direction.${call.direction}`), 120),
  callType: text((call) => knownWord('callType', call.callType)),
  callerNumber: {
    width: 174,
    cell: (call) =>
      call.callerNumber ? <PhoneNumber number={call.callerNumber} name={call.contact?.name} /> : '–'
  },
  callerName: text((call) => call.callerName),
  contact: text((call) => call.contact?.name),
  callerRegion: text((call) => regionName(call.callerRegion)),
  callerCountry: text((call) => countryName(call.callerCountry)),
  dialedNumber: phone((call) => call.dialedNumber),
  number: text((call) => call.number?.label),
  destinationNumber: phone((call) => call.destinationNumber),
  inquiryChannel: text((call) => call.inquiryChannel && i18next.t(`inquiryChannel.${call.inquiryChannel}`)),
  medium: text((call) => call.medium, 110),
  campaign: text((call) => call.campaign),
  keyword: text((call) => call.keyword),
  utmSource: utm('source'),
  utmMedium: utm('medium'),
  utmCampaign: utm('campaign'),
  utmTerm: utm('term'),
  utmContent: utm('content'),
  clickIds: text(({ visit }) =>
    Object.entries(visit?.clickIds ?? {})
      .map((pair) => pair.join('='))
      .join(' ')
  ),
  gaClientId: text(({ visit }) => visit?.gaClientId),
  ymClientId: text(({ visit }) => visit?.ymClientId),
  landingUrl: text(({ visit }) => visit?.landingUrl, 220),
  pageUrl: text(({ visit }) => visit?.pageUrl, 220),
  referrer: text(({ visit }) => visit?.referrer, 200),
  device: text(({ visit }) => visit?.device, 110),
  userAgent: text(({ visit }) => visit?.userAgent, 220),
  ip: text(({ visit }) => visit?.ip, 130),
  site: {
    width: 150,
    cell: (call, { sites }) => <span className="cut">{sites.get(call.siteId ?? '') ?? '–'}</span>
  },
  pool: text(({ visit }) => visit?.poolName),
  visitId: text(({ visit }) => visit?.visitId),
  visitorId: text(({ visit }) => visit?.visitorId),
  attributionModel: text(({ visit }) => visit?.model),
  confidence: {
    width: 112,
    isRight: true,
    cell: ({ visit }) =>
      visit?.confidence === null || visit === null ? (
        '–'
      ) : (
        <span className="num">{Math.round(visit.confidence * 100)} %</span>
      )
  },
  firstOperator: {
    width: 160,
    cell: (call, { users }) => <span className="cut">{users.get(call.firstOperatorId ?? '') ?? '–'}</span>
  },
  group: text((call) => call.groupName),
  scheme: text((call) => call.scheme?.name),
  pressed: text((call) => call.pressed, 90),
  cleanTalkSeconds: seconds((call) => call.cleanTalkSeconds),
  holdSeconds: seconds((call) => call.holdSeconds || null),
  totalSeconds: seconds((call) => call.totalSeconds, 'totalSeconds'),
  wrapupSeconds: seconds((call) => call.wrapupSeconds),
  answeredAt: moment((call) => call.answeredAt),
  endedAt: moment((call) => call.endedAt),
  reason: text((call) => call.reason && knownWord('reason', call.reason), 180),
  hangupBy: text((call) => call.hangupBy && i18next.t(`hangupBy.${call.hangupBy}`), 110),
  isTransferred: flag((call) => call.isTransferred),
  isFirstCall: flag((call) => call.isFirstCall),
  callNumber: number((call) => call.callNumber, 'callNumber'),
  isUnique: flag((call) => call.isUnique),
  isRepeat: flag((call) => call.isRepeat),
  isTarget: flag((call) => call.isTarget),
  returnedAt: moment((call) => call.returnedAt),
  wrapUpCode: text((call) => call.wrapUpCode),
  tags: text((call) => call.tags.join(', ')),
  note: text((call) => call.note, 220),
  isSpam: flag((call) => call.isSpam),
  isVip: flag((call) => call.isVip),
  inquiry: flag((call) => (call.inquiry ? true : null)),
  deal: text((call) => call.deal?.title),
  dealStage: text((call) => call.deal?.stage),
  dealAmount: {
    width: 120,
    isRight: true,
    cell: ({ deal }) => (deal ? <span className="num">{money(deal.amount, deal.currency)}</span> : '–')
  },
  id: text((call) => call.id, 180),
  pbxUniqueId: text((call) => call.pbxUniqueId),
  externalId: text((call) => call.externalId),
  sipCode: number((call) => call.sipCode),
  q850Cause: number((call) => call.q850Cause)
}
