import type { Cell, CellKind, Column } from '../reports/sheets/sheet.ts'
import { callWord, type FileLocale } from './call-words.ts'
import type { JournalCall } from './contract/calls.ts'
import type { CallColumn } from './contract/journal-fields.ts'

/** Names that calls only point to. */
export interface CallNames {
  sites: ReadonlyMap<string, string>
  users: ReadonlyMap<string, string>
}

interface FileColumn {
  ru: string
  en: string
  kind: CellKind
  cell: (call: JournalCall, locale: FileLocale, names: CallNames) => Cell
}

const time = (iso: string | null): Date | null => (iso === null ? null : new Date(iso))
const yes = (value: boolean | null, locale: FileLocale): string | null =>
  value === null ? null : callWord('flag', String(value), locale)

const text = (ru: string, en: string, cell: FileColumn['cell']): FileColumn => ({
  ru,
  en,
  kind: 'text',
  cell
})
const moment = (ru: string, en: string, of: (call: JournalCall) => string | null): FileColumn => ({
  ...{ ru, en, kind: 'time' },
  cell: (call) => time(of(call))
})
const seconds = (ru: string, en: string, cell: FileColumn['cell']): FileColumn => ({
  ...{ ru, en, cell },
  kind: 'seconds'
})
const flag = (ru: string, en: string, of: (call: JournalCall) => boolean | null): FileColumn => ({
  ...{ ru, en, kind: 'text' },
  cell: (call, locale) => yes(of(call), locale)
})
const whole = (ru: string, en: string, cell: FileColumn['cell']): FileColumn => ({
  ...{ ru, en, cell },
  kind: 'integer'
})
const utm = (mark: string): FileColumn =>
  text(`utm_${mark}`, `utm_${mark}`, ({ visit }) => visit?.utm[mark] ?? null)

const columns: Readonly<Record<CallColumn, FileColumn>> = {
  startedAt: moment('Начало', 'Began', (call) => call.startedAt),
  outcome: text('Итог', 'Outcome', ({ outcome }, locale) => outcome && callWord('outcome', outcome, locale)),
  direction: text('Направление', 'Direction', (call, locale) =>
    callWord('direction', call.direction, locale)
  ),
  callType: text('Вид', 'Type', (call, locale) => callWord('callType', call.callType, locale)),
  callerNumber: text('Номер клиента', 'Client’s number', (call) => call.callerNumber),
  callerName: text('Имя в вызове', 'Name with the call', (call) => call.callerName),
  contact: text('Клиент', 'Client', (call) => call.contact?.name ?? null),
  callerRegion: text('Регион', 'Region', (call) => call.callerRegion),
  callerCountry: text('Страна', 'Country', (call) => call.callerCountry),
  dialedNumber: text('Набранный номер', 'Number dialled', (call) => call.dialedNumber),
  number: text('Метка номера', 'Label of the number', (call) => call.number?.label ?? null),
  destinationNumber: text('Куда привёл', 'Led to', (call) => call.destinationNumber),
  source: text('Источник', 'Source', (call) => call.source?.name ?? null),
  inquiryChannel: text(
    'Канал',
    'Channel',
    ({ inquiryChannel: word }, locale) => word && callWord('inquiryChannel', word, locale)
  ),
  medium: text('Тип трафика', 'Medium', (call) => call.medium),
  campaign: text('Кампания', 'Campaign', (call) => call.campaign),
  keyword: text('Ключевое слово', 'Keyword', (call) => call.keyword),
  utmSource: utm('source'),
  utmMedium: utm('medium'),
  utmCampaign: utm('campaign'),
  utmTerm: utm('term'),
  utmContent: utm('content'),
  clickIds: text('Метки кликов', 'Click ids', ({ visit }) =>
    Object.entries(visit?.clickIds ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
  ),
  gaClientId: text('Google Client ID', 'Google Client ID', ({ visit }) => visit?.gaClientId ?? null),
  ymClientId: text('Метрика ClientID', 'Metrica ClientID', ({ visit }) => visit?.ymClientId ?? null),
  landingUrl: text('Страница входа', 'Landing page', ({ visit }) => visit?.landingUrl ?? null),
  pageUrl: text('Звонили со страницы', 'Called from page', ({ visit }) => visit?.pageUrl ?? null),
  referrer: text('Откуда пришли', 'Came from', ({ visit }) => visit?.referrer ?? null),
  device: text('Устройство', 'Device', ({ visit }) => visit?.device ?? null),
  userAgent: text('Браузер', 'User agent', ({ visit }) => visit?.userAgent ?? null),
  ip: text('Адрес IP', 'IP address', ({ visit }) => visit?.ip ?? null),
  site: text('Сайт', 'Site', (call, _, { sites }) => sites.get(call.siteId ?? '') ?? null),
  pool: text('Пул номеров', 'Number pool', ({ visit }) => visit?.poolName ?? null),
  visitId: text('Визит', 'Visit', ({ visit }) => visit?.visitId ?? null),
  visitorId: text('Посетитель', 'Visitor', ({ visit }) => visit?.visitorId ?? null),
  attributionModel: text('Модель', 'Model', ({ visit }) => visit?.model ?? null),
  confidence: {
    ...{ ru: 'Уверенность', en: 'Confidence', kind: 'percent' },
    cell: ({ visit }) => visit?.confidence ?? null
  },
  operator: text('Оператор', 'Operator', (call) => call.operator?.name ?? null),
  firstOperator: text(
    'Первый оператор',
    'First operator',
    (call, _, { users }) => users.get(call.firstOperatorId ?? '') ?? null
  ),
  group: text('Группа', 'Group', (call) => call.groupName),
  scheme: text('Сценарий', 'Scheme', (call) => call.scheme?.name ?? null),
  pressed: text('Нажато', 'Pressed', (call) => call.pressed),
  waitSeconds: seconds('Ожидание, с', 'Wait, s', (call) => call.waitSeconds),
  talkSeconds: seconds('Разговор, с', 'Talk, s', (call) => call.talkSeconds),
  cleanTalkSeconds: seconds('С оператором, с', 'With an operator, s', (call) => call.cleanTalkSeconds),
  holdSeconds: seconds('На удержании, с', 'On hold, s', (call) => call.holdSeconds),
  totalSeconds: seconds('Всего, с', 'In all, s', (call) => call.totalSeconds),
  wrapupSeconds: seconds('После звонка, с', 'After the call, s', (call) => call.wrapupSeconds),
  answeredAt: moment('Ответ', 'Answered', (call) => call.answeredAt),
  endedAt: moment('Конец', 'Ended', (call) => call.endedAt),
  reason: text('Причина', 'Reason', (call) => call.reason),
  hangupBy: text(
    'Завершил',
    'Hung up',
    ({ hangupBy }, locale) => hangupBy && callWord('hangupBy', hangupBy, locale)
  ),
  isTransferred: flag('Переведён', 'Transferred', (call) => call.isTransferred),
  isFirstCall: flag('Первый звонок', 'First call', (call) => call.isFirstCall),
  callNumber: whole('Какой по счёту', 'Call of this client, no.', (call) => call.callNumber),
  isUnique: flag('Уникальный', 'Unique', (call) => call.isUnique),
  isRepeat: flag('Повторный', 'Repeat', (call) => call.isRepeat),
  isTarget: flag('Целевой', 'Target', (call) => call.isTarget),
  returnedAt: moment('Перезвонили', 'Called back', (call) => call.returnedAt),
  rating: whole('Оценка', 'Rating', (call) => call.rating),
  wrapUpCode: text('Результат', 'Wrap-up code', (call) => call.wrapUpCode),
  tags: text('Теги', 'Tags', (call) => call.tags.join(', ')),
  note: text('Заметка', 'Note', (call) => call.note),
  isSpam: flag('Спам', 'Spam', (call) => call.isSpam),
  isVip: flag('VIP', 'VIP', (call) => call.isVip),
  recording: text(
    'Запись',
    'Recording',
    ({ recording }, locale) => recording && callWord('recording', recording.state, locale)
  ),
  inquiry: text('Обращение', 'Inquiry', (call) => call.inquiry?.id ?? null),
  deal: text('Сделка', 'Deal', (call) => call.deal?.title ?? null),
  dealStage: text('Этап сделки', 'Stage of the deal', (call) => call.deal?.stage ?? null),
  dealAmount: {
    ...{ ru: 'Сумма сделки', en: 'Amount of the deal', kind: 'money' },
    cell: ({ deal }) => deal?.amount ?? null
  },
  id: text('Номер звонка', 'Call id', (call) => call.id),
  pbxUniqueId: text('Номер в АТС', 'PBX id', (call) => call.pbxUniqueId),
  externalId: text('Внешний номер', 'External id', (call) => call.externalId),
  sipCode: whole('Код SIP', 'SIP code', (call) => call.sipCode),
  q850Cause: whole('Причина Q.850', 'Q.850 cause', (call) => call.q850Cause)
}

/** Headings of a file. */
export const fileColumns = (wanted: readonly CallColumn[], locale: FileLocale): Column[] =>
  wanted.map((name) => ({ title: columns[name][locale], kind: columns[name].kind }))

/** One call as cells of a file. */
export const fileRow = (
  call: JournalCall,
  wanted: readonly CallColumn[],
  locale: FileLocale,
  names: CallNames
): Cell[] => wanted.map((name) => columns[name].cell(call, locale, names))
