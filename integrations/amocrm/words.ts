import type { CallFacts } from '../connectors/facts.ts'

const texts = {
  ru: {
    call: 'Звонок',
    form: 'Заявка с сайта',
    rating: 'Оценка клиента',
    record: 'Запись разговора',
    back: 'Перезвоните: пропущенный звонок с номера',
    voicemail: 'Прослушайте сообщение с номера'
  },
  en: {
    call: 'Call',
    form: 'Form of a site',
    rating: 'The client’s rating',
    record: 'Recording of the talk',
    back: 'Call back: missed call from',
    voicemail: 'Listen to the message from'
  }
} as const

export const wordsOf = (locale: 'ru' | 'en'): (typeof texts)['ru' | 'en'] => texts[locale]

/** Names a call in a note, so that two notes that say the same of two calls are two. */
export const markOf = ({ callId }: Pick<CallFacts, 'callId'>): string => `Ringtrace · ${callId.slice(-8)}`

/** Where a call came from, in one line; null when nobody knows. */
export function sourceLine({ source }: Pick<CallFacts, 'source'>): string | null {
  if (!source) return null
  return [source.name, source.campaign, source.keyword].filter(Boolean).join(' / ')
}

/** A contact with its phones and mails, as the account has them. */
export function contactOf(
  name: string,
  phones: readonly (string | null)[],
  mails: readonly (string | null)[]
): Record<string, unknown> {
  const field = (code: string, values: readonly (string | null)[]): object[] => {
    const told = values.flatMap((value) => (value ? [{ value, enum_code: 'WORK' }] : []))
    return told.length === 0 ? [] : [{ field_code: code, values: told }]
  }
  return { name, custom_fields_values: [...field('PHONE', phones), ...field('EMAIL', mails)] }
}
