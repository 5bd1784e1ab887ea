import type { PathFacts } from '../connectors/path.ts'

/** What people read in Roistat. */
export const words = {
  ru: {
    operator: 'Оператор',
    transferred: 'С переводом',
    rating: 'Оценка',
    call: 'Звонок',
    lead: 'Заявка',
    record: 'Запись',
    states: {
      new: 'Обращение: новое',
      inWork: 'Обращение: в работе',
      accepted: 'Обращение: вошло в сделку',
      closed: 'Обращение: закрыто',
      spam: 'Обращение: спам'
    },
    fields: {
      inquiryChannel: 'Канал',
      source: 'Источник',
      medium: 'Тип трафика',
      campaign: 'Кампания',
      keyword: 'Ключевое слово',
      lostReason: 'Причина отказа'
    }
  },
  en: {
    operator: 'Operator',
    transferred: 'Transferred',
    rating: 'Rating',
    call: 'Call',
    lead: 'Lead',
    record: 'Recording',
    states: {
      new: 'Inquiry: new',
      inWork: 'Inquiry: in work',
      accepted: 'Inquiry: joined a deal',
      closed: 'Inquiry: closed',
      spam: 'Inquiry: spam'
    },
    fields: {
      inquiryChannel: 'Channel',
      source: 'Source',
      medium: 'Medium',
      campaign: 'Campaign',
      keyword: 'Keyword',
      lostReason: 'Reason of loss'
    }
  }
}

export const digitsOf = (phone: string): string => phone.replace(/\D/g, '')

/** `2016-06-19T09:31:01+0000` */
export const utcText = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '+0000')

/**
 * A source of ours as Roistat writes one: levels with `_` between them. Null where nothing is known, and for visitors who
 * came by themselves. Pure.
 */
export function markerOf({
  channel,
  source,
  campaign,
  term
}: Pick<PathFacts, 'channel' | 'source' | 'campaign' | 'term'>): string | null {
  if (source === null || channel === 'direct') return null
  const levels = [source, campaign, term].flatMap((level) => {
    const plain = (level ?? '')
      .trim()
      .replace(/[\s_]+/g, '-')
      .replace(/^-+|-+$/g, '')
    return plain === '' ? [] : [plain]
  })
  return levels.length === 0 ? null : levels.join('_').slice(0, 200)
}
