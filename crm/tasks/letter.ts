const words = {
  ru: {
    task_due: 'Скоро задача',
    task_given: 'Вам поручена задача',
    due: 'Срок',
    noDue: 'Без срока',
    open: 'Открыть задачу',
    why: 'Письма о задачах можно отключить на странице «Задачи»: Напоминания.'
  },
  en: {
    task_due: 'A task is coming up',
    task_given: 'You were given a task',
    due: 'Due',
    noDue: 'No time set',
    open: 'Open the task',
    why: 'You can switch letters about tasks off on the page Tasks: Reminders.'
  }
}

/** A letter about one task. What people wrote is text, never markup; a header has one line. */
export function reminderLetter(about: {
  kind: 'task_due' | 'task_given'
  title: string
  note: string | null
  due: Date | null
  locale: 'ru' | 'en'
  link: string
  timeZone: string
}): { subject: string; text: string; html: string } {
  const { kind, note, due, locale, link, timeZone } = about
  const say = words[locale]
  const title = about.title.replace(/\p{Cc}+/gu, ' ').trim()
  const when =
    due === null
      ? say.noDue
      : `${say.due}: ${new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone }).format(due)}`
  const text = [`${say[kind]}: ${title}`, when, ...(note ? ['', note] : []), '', link, '', say.why, ''].join(
    '\n'
  )
  const html = [
    `<p>${say[kind]}:</p><p style="font-size:18px;font-weight:600;margin:0">${escaped(title)}</p>`,
    `<p>${escaped(when)}</p>`,
    ...(note ? [`<p style="white-space:pre-wrap">${escaped(note)}</p>`] : []),
    `<p><a href="${escaped(link)}">${say.open}</a></p>`,
    `<p style="color:#777;font-size:12px">${say.why}</p>`
  ].join('\n')
  return { subject: `${say[kind]}: ${title}`.slice(0, 200), text, html }
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${String(sign.codePointAt(0))};`)
