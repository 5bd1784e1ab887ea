/** What the widget says. A site may have its own words for the first four. */
const ru = {
  title: 'Перезвоним вам',
  text: 'Оставьте номер: сначала ответит сотрудник, затем зазвонит ваш телефон.',
  button: 'Жду звонка',
  consent: 'Согласен на обработку персональных данных',
  open: 'Заказать обратный звонок',
  close: 'Закрыть',
  phone: 'Телефон',
  country: 'Страна',
  name: 'Имя (необязательно)',
  when: 'Когда позвонить',
  now: 'Сейчас',
  today: 'сегодня',
  tomorrow: 'завтра',
  details: 'Подробнее',
  hours: 'Работаем',
  zone: 'время компании',
  closed: 'Сейчас мы не работаем.',
  busy: 'Все операторы разговаривают: позвоним, как только кто-то освободится.',
  ordering: 'Отправляем…',
  calling: 'Звоним вам',
  seconds: 'с',
  callingText: 'Сотрудник уже берёт трубку. Держите телефон под рукой.',
  later: 'Позвоним вам',
  noOperator: 'Сейчас все заняты. Позвоним вам',
  soon: 'Позвоним, как только оператор освободится',
  noAnswer: 'Не дозвонились до вас. Попробуем ещё раз',
  talked: 'Спасибо за разговор!',
  failed: 'Дозвониться не получилось.',
  again: 'Заказать ещё раз',
  done: 'Готово',
  at: 'в',
  errors: {
    phone: 'Проверьте номер: не хватает цифр',
    bad_number: 'Такого номера нет. Проверьте его',
    do_not_call: 'Этот номер просил ему не звонить. Позвоните нам сами',
    prefix_blocked: 'На этот номер мы позвонить не можем. Оставьте другой',
    country_not_allowed: 'В эту страну мы не звоним. Оставьте другой номер',
    too_many_attempts: 'Звонок уже заказан несколько раз. Попробуйте через час или позвоните нам сами',
    consent: 'Отметьте согласие, чтобы мы могли позвонить',
    network: 'Нет связи. Проверьте интернет и попробуйте ещё раз',
    other: 'Заказать звонок сейчас не получается. Позвоните нам сами'
  } as Record<string, string>
}
export type Words = typeof ru

const en: Words = {
  title: 'We call you back',
  text: 'Leave your number: one of us picks up first, then your phone rings.',
  button: 'Call me',
  consent: 'I agree that my personal data is processed',
  open: 'Order a callback',
  close: 'Close',
  phone: 'Phone',
  country: 'Country',
  name: 'Name (optional)',
  when: 'When to call',
  now: 'Now',
  today: 'today',
  tomorrow: 'tomorrow',
  details: 'Details',
  hours: 'We work',
  zone: 'company time',
  closed: 'We are closed now.',
  busy: 'Everybody is talking: we call as soon as somebody is free.',
  ordering: 'Sending…',
  calling: 'We are calling you',
  seconds: 's',
  callingText: 'One of us is picking up. Keep your phone at hand.',
  later: 'We call you',
  noOperator: 'Everybody is busy just now. We call you',
  soon: 'We call as soon as somebody is free',
  noAnswer: 'We could not reach you. We try again',
  talked: 'Thank you for the talk!',
  failed: 'We could not reach you.',
  again: 'Order again',
  done: 'Done',
  at: 'at',
  errors: {
    phone: 'Check the number: digits are missing',
    bad_number: 'There is no such number. Check it',
    do_not_call: 'This number asked not to be called. Please call us yourself',
    prefix_blocked: 'We cannot call this number. Leave another one',
    country_not_allowed: 'We do not call this country. Leave another number',
    too_many_attempts: 'A call was ordered several times already. Try in an hour, or call us yourself',
    consent: 'Tick the box, so that we may call you',
    network: 'No connection. Check the internet and try again',
    other: 'A call cannot be ordered just now. Please call us yourself'
  }
}

/** Of the page, else of the browser; what is neither reads English. */
export function pageLanguage(): 'ru' | 'en' {
  const language = document.documentElement.lang || navigator.language
  return /^ru\b/i.test(language) ? 'ru' : 'en'
}
export const wordsOf = (language: 'ru' | 'en'): Words => (language === 'ru' ? ru : en)

/** `10:00` or `tomorrow at 10:00`, by the clock of the company. */
export function momentWords(at: string, timeZone: string, words: Words, language: string): string {
  const moment = new Date(at)
  const day = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(ms)
  const time = new Intl.DateTimeFormat(language, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hour12: false
  })
  const clock = time.format(moment)
  const daysAhead = (Date.parse(day(moment.getTime())) - Date.parse(day(Date.now()))) / 86_400_000
  if (daysAhead <= 0) return `${words.at} ${clock}`
  if (daysAhead === 1) return `${words.tomorrow} ${words.at} ${clock}`
  return `${dayWords(at, timeZone, words, language)} ${words.at} ${clock}`
}
export function dayWords(at: string, timeZone: string, words: Words, language: string): string {
  const day = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(ms)
  const daysAhead = (Date.parse(day(Date.parse(at))) - Date.parse(day(Date.now()))) / 86_400_000
  if (daysAhead === 0) return words.today
  if (daysAhead === 1) return words.tomorrow
  const long = { timeZone, weekday: 'short', day: 'numeric', month: 'long' } as const
  return new Intl.DateTimeFormat(language, long).format(new Date(at))
}
/** `Mo–Fr 9:00–18:00, Sa 10:00–14:00`: days of the same hours together. @param week Monday first */
export function hoursWords(week: [string, string][][], language: string): string {
  // The 5th of January 2026 was a Monday.
  const name = (day: number): string =>
    new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(
      Date.UTC(2026, 0, 5 + day)
    )
  const written = week.map((ranges) => ranges.map(([from, to]) => `${from}–${to}`).join(', '))
  const parts: string[] = []
  for (let from = 0; from < 7; from += 1) {
    const hours = written[from]
    if (!hours) continue
    let to = from
    while (to < 6 && written[to + 1] === hours) to += 1
    parts.push(`${name(from)}${to > from ? `–${name(to)}` : ''} ${hours}`)
    from = to
  }
  return parts.join('; ')
}
