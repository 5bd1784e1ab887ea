import type { CallFacts } from '../connectors/facts.ts'
import { sourceComment } from '../connectors/source-text.ts'

const texts = {
  ru: {
    ...{ in: 'Входящий звонок', out: 'Исходящий звонок', missed: 'Пропущенный звонок', seconds: 'с' },
    ...{ notReached: 'Не дозвонились', form: 'Заявка с сайта', rating: 'Оценка клиента' },
    ...{ record: 'Запись разговора', page: 'Страница', mail: 'Почта', callback: 'Просит перезвонить' }
  },
  en: {
    ...{ in: 'Incoming call', out: 'Outgoing call', missed: 'Missed call', seconds: 's' },
    ...{ notReached: 'Not reached', form: 'Form of a site', rating: 'The client’s rating' },
    ...{ record: 'Recording of the talk', page: 'Page', mail: 'Mail', callback: 'Wants to be called back' }
  }
} as const

export const wordsOf = (locale: 'ru' | 'en'): (typeof texts)['ru' | 'en'] => texts[locale]

/** Names a call or a form in a comment, so that nobody takes two for one. */
export const markOf = (id: string): string => `Ringtrace · ${id.slice(-8)}`

/** A call, as it is told in a comment. */
export function callText(call: CallFacts, locale: 'ru' | 'en'): string {
  const words = wordsOf(locale)
  const last = call.talks.at(-1)
  const isTalked = last !== undefined
  const what =
    call.direction === 'in' ? (isTalked ? words.in : words.missed) : isTalked ? words.out : words.notReached
  const talk = isTalked ? `, ${Math.round(call.ended?.talkSeconds ?? 0)} ${words.seconds}, ${last.name}` : ''
  const source = sourceComment(call, locale)?.replace(/^Ringtrace\n/, '')
  return [
    markOf(call.callId),
    `${what}${talk}`,
    call.rating === null ? null : `${words.rating}: ${call.rating}`,
    source
  ]
    .filter(Boolean)
    .join('\n')
}
