/** Words of the journal in files for people. The screens have their own, in `ui/src/i18n`. */
type Both = readonly [ru: string, en: string]
export type FileLocale = 'ru' | 'en'

const words: Readonly<Record<string, Readonly<Record<string, Both>>>> = {
  outcome: {
    answered: ['Отвечен', 'Answered'],
    missed: ['Пропущен', 'Missed'],
    abandoned: ['Сброшен', 'Left early'],
    busy: ['Занято', 'Busy'],
    failed: ['Сбой', 'Failed'],
    blocked: ['Заблокирован', 'Blocked'],
    voicemail: ['Сообщение', 'Voicemail']
  },
  direction: {
    in: ['Входящий', 'Inbound'],
    out: ['Исходящий', 'Outbound'],
    internal: ['Внутренний', 'Internal']
  },
  callType: {
    pbx: ['Прямой', 'Direct'],
    tracking_static: ['Постоянный номер', 'Static number'],
    tracking_dynamic: ['Подменный номер', 'Dynamic number'],
    click_to_call: ['Из панели', 'From the panel'],
    callback_form: ['Обратный звонок', 'Callback'],
    callback_missed: ['Ответ на пропущенный', 'Return of a missed call'],
    api: ['Через API', 'By API'],
    dialer: ['Обзвон', 'Dial list']
  },
  hangupBy: {
    client: ['Клиент', 'Client'],
    operator: ['Оператор', 'Operator'],
    system: ['Система', 'System']
  },
  inquiryChannel: {
    paid: ['Реклама', 'Paid ads'],
    organic: ['Поиск', 'Search'],
    direct: ['Прямой заход', 'Direct'],
    referral: ['Ссылка', 'Referral'],
    social: ['Соцсети', 'Social'],
    email: ['Почта', 'E-mail'],
    messenger: ['Мессенджер', 'Messenger'],
    display: ['Баннеры', 'Display'],
    affiliate: ['Партнёры', 'Affiliate'],
    internal: ['Внутренний', 'Internal'],
    recommendation: ['Рекомендации', 'Recommendation'],
    offline: ['Офлайн', 'Offline'],
    unknown: ['Неизвестно', 'Unknown']
  },
  recording: {
    recording: ['Идёт', 'Going on'],
    processing: ['Готовится', 'Being prepared'],
    ready: ['Есть', 'Ready'],
    missing: ['Потеряна', 'Lost'],
    failed: ['Не удалась', 'Failed'],
    deleted: ['Удалена', 'Deleted']
  },
  flag: { true: ['Да', 'Yes'], false: ['Нет', 'No'] },
  sheet: { calls: ['Звонки', 'Calls'] }
}

/** A word in the reader's language; one that is not known comes back as it is. */
export function callWord(list: keyof typeof words, word: string, locale: FileLocale): string {
  return words[list]?.[word]?.[locale === 'ru' ? 0 : 1] ?? word
}
