import type { Knex } from 'knex'
import { z } from 'zod'
import { addJob } from '../../db/jobs.ts'
import type { ReminderMail } from './reminders.ts'

type Both = Readonly<Record<'ru' | 'en', string>>

/** Something that admins must know of at once. */
export interface Alarm {
  /** Which page shows it. */
  subject: 'dial_stop' | 'sip_ban' | 'callback_flood' | 'overload'
  subjectId: string | null
  title: Both
  text: Both
}

/** A letter waits for a mail server for about three hours. */
const attempts = 10
const letter = z.object({
  id: z.string(),
  to: z.string(),
  locale: z.enum(['ru', 'en']),
  title: z.string(),
  text: z.string(),
  path: z.string()
})

const pages: Readonly<Record<Alarm['subject'], string>> = {
  dial_stop: '/settings/dial-stops',
  sip_ban: '/settings/sip-bans',
  callback_flood: '/settings/sites',
  overload: '/settings/overload'
}

/**
 * Tells every admin, in the transaction of what happened: in the panel at once, quiet hours or not, and by mail to those
 * who wish letters and to `mails`.
 */
export async function alarmAdmins(
  trx: Knex,
  alarm: Alarm,
  nowMs: number,
  mails: readonly string[] = []
): Promise<void> {
  const admins = await trx('users as u')
    .leftJoin('reminder_settings as s', 's.user_id', 'u.id')
    .where({ 'u.role': 'admin', 'u.is_active': true })
    .select<{ id: string; locale: 'ru' | 'en'; mail: string | null }[]>('u.id', 'u.locale', 's.mail')
  const { subject, subjectId } = alarm
  const letters = new Map<string, 'ru' | 'en'>(mails.map((to) => [to, admins[0]?.locale ?? 'en']))
  for (const { id, locale, mail } of admins) {
    await trx('notices').insert({
      ...{ user_id: id, kind: 'alarm', title: alarm.title[locale], at: new Date(nowMs) },
      ...{ subject, subject_id: subjectId }
    })
    if (mail) letters.set(mail, locale)
  }
  for (const [to, locale] of letters) {
    const about = { title: alarm.title[locale], text: alarm.text[locale], path: pages[subject] }
    const id = `${subject}.${subjectId ?? ''}.${nowMs}`
    await addJob(trx, 'alarms.mail', { id, to, locale, ...about }, { maxAttempts: attempts })
  }
}

/** Many addresses were banned from SIP within an hour. */
export const tellOfBans = (trx: Knex, bans: number): Promise<void> =>
  alarmAdmins(
    trx,
    {
      ...{ subject: 'sip_ban', subjectId: null },
      title: {
        ru: `SIP: заблокировано адресов за час: ${bans}`,
        en: `SIP: ${bans} addresses banned within an hour`
      },
      text: {
        ru: `За последний час по SIP заблокировано адресов: ${bans}. Кто-то подбирает пользователей и пароли с многих адресов. Звонки идут как обычно. Если порт SIP нужен только операторам связи, закройте его для остальных в межсетевом экране.`,
        en: `Within the last hour ${bans} addresses were banned from SIP. Somebody guesses users and passwords from many places. Calls go on as usual. Where only carriers need the SIP port, close it to all others in the firewall.`
      }
    },
    Date.now()
  )

/** A site is asked for callbacks that nobody wishes. */
export async function tellOfFlood(trx: Knex, siteId: string): Promise<void> {
  const site = await trx('sites').where({ id: siteId }).first<{ name: string } | undefined>('name')
  if (!site) return
  await alarmAdmins(
    trx,
    {
      ...{ subject: 'callback_flood', subjectId: siteId },
      title: {
        ru: `Сайт «${site.name}»: много подозрительных заказов звонка`,
        en: `Site “${site.name}”: many suspicious orders of callbacks`
      },
      text: {
        ru: `За десять минут на сайте «${site.name}» отклонено не меньше 30 заказов обратного звонка: запрещённые номера, один диапазон номеров или слишком много заказов с одного адреса. Так накручивают дорогие звонки. Лишние заказы отклоняются сами, клиенты, которых вы знаете, могут заказывать звонок как обычно.`,
        en: `Within ten minutes at least 30 orders of callbacks were refused on the site “${site.name}”: blocked numbers, one range of numbers, or too many orders of one address. This is how costly calls are pumped. Such orders are refused by themselves; clients whom you know can order calls as usual.`
      }
    },
    Date.now()
  )
}

/** Sends the letter of an alarm. @throws Error when no server took it: the queue tries again */
export async function mailAlarm(mail: ReminderMail, publicUrl: string, payload: unknown): Promise<void> {
  const { id, to, locale, title, text, path } = letter.parse(payload)
  const link = new URL(path, publicUrl).href
  const sent = await mail.send({
    ...{ to: [to], locale, messageId: `alarm.${id}@ringtrace` },
    subject: title.replace(/\p{Cc}+/gu, ' ').slice(0, 200),
    text: [text, '', link, ''].join('\n'),
    html: `<p style="white-space:pre-wrap">${escaped(text)}</p>\n<p><a href="${escaped(link)}">${escaped(link)}</a></p>`
  })
  if (!sent.ok) throw new Error(sent.message)
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${String(sign.codePointAt(0))};`)
