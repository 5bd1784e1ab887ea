import type { Knex } from 'knex'
import { z } from 'zod'
import { addJob } from '../../db/jobs.ts'

/** As `integrations/mail` sends it; `main.ts` hands it over. */
export type SendLetter = (letter: {
  to: readonly string[]
  subject: string
  text: string
  html: string
  messageId: string
  locale: 'ru' | 'en'
}) => Promise<{ ok: true } | { ok: false; message: string }>

const notice = z.object({
  webhookId: z.string(),
  name: z.string(),
  url: z.string(),
  to: z.array(z.string()),
  reason: z.string(),
  atMs: z.number()
})

/** Orders the letter that a webhook was switched off, in the transaction that does so; the mail server may be away. */
export async function noticeOf(trx: Knex, about: Omit<z.infer<typeof notice>, 'atMs'>): Promise<void> {
  const { host } = new URL(about.url)
  // Path and query of a receiver often hold its key.
  await addJob(trx, 'webhooks.notice', { ...about, url: host, atMs: Date.now() })
}

/** Sends it. @throws Error when no server took it: the queue tries again */
export async function sendNotice(
  db: Knex,
  send: SendLetter,
  payload: unknown,
  publicUrl: string | null
): Promise<void> {
  const about = notice.parse(payload)
  const admin = await db<{ locale: 'ru' | 'en'; role: string; is_active: boolean; created_at: Date }>('users')
    .where({ role: 'admin', is_active: true })
    .orderBy('created_at')
    .first('locale')
  const locale = admin?.locale ?? 'en'
  const { subject, lines } = words[locale](about.name, about.url, about.reason)
  const link = publicUrl === null ? [] : [`${publicUrl}/settings/webhooks/${about.webhookId}`]
  const text = [...lines, ...link]
  const sent = await send({
    to: about.to,
    subject: subject.replace(/\p{Cc}+/gu, ' '),
    text: text.join('\n\n'),
    html: text.map((line) => `<p>${escaped(line)}</p>`).join('\n'),
    messageId: `webhook.${about.webhookId}.${about.atMs}@ringtrace`,
    locale
  })
  if (!sent.ok) throw new Error(sent.message)
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const words = {
  ru: (name: string, host: string, reason: string) => ({
    subject: `Вебхук «${name}» выключен`,
    lines: [
      `Вебхук «${name}» (${host}) выключен: получатель не принимает сообщения.`,
      `Причина: ${reason}.`,
      'Ничего не потеряно: когда получатель снова заработает, включите вебхук и отправьте неудавшиеся сообщения ещё раз. Журнал хранится 30 дней.'
    ]
  }),
  en: (name: string, host: string, reason: string) => ({
    subject: `The webhook “${name}” is switched off`,
    lines: [
      `The webhook “${name}” (${host}) was switched off: its receiver takes no messages.`,
      `Why: ${reason}.`,
      'Nothing is lost: once the receiver works again, switch the webhook on and send what failed again. The log keeps 30 days.'
    ]
  })
}
