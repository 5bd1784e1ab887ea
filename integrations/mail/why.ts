import type { MailServer } from './settings.ts'

export type MailReason =
  | 'notSetUp'
  | 'nameNotFound'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'noStarttls'
  | 'badLogin'
  | 'senderRefused'
  | 'recipientRefused'
  | 'relayDenied'
  | 'other'

export interface Failure {
  reason: MailReason
  /** What the server or the connection said. */
  detail: string | null
}

/** What nodemailer tells of a failure, beside the message. */
interface Told {
  code?: string
  /** The system's own code, where `code` is nodemailer's. */
  originalCode?: string
  command?: string
  response?: string
  responseCode?: number
}

const tlsCodes = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|ERR_OSSL)/

/** Sorts the errors of a connection into what people can do something about. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { reason: 'other', detail: String(error) }
  const told = error as Error & Told
  return { reason: reasonOf(told), detail: (told.response ?? told.message).slice(0, 500) }
}

function reasonOf(told: Error & Told): MailReason {
  const codes = [told.code, told.originalCode].filter((code) => code !== undefined)
  const has = (...wanted: string[]): boolean => codes.some((code) => wanted.includes(code))
  if (has('ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EDNS', 'ENODATA')) return 'nameNotFound'
  if (has('ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH')) return 'refused'
  if (has('ETIMEDOUT')) return 'timeout'
  if (codes.some((code) => tlsCodes.test(code)) || /wrong version number|certificate/i.test(told.message))
    return 'tls'
  if (has('ETLS')) return /STARTTLS/i.test(`${told.command ?? ''} ${told.message}`) ? 'noStarttls' : 'tls'
  if (has('EAUTH', 'ENOAUTH', 'EOAUTH2')) return 'badLogin'
  const answer = `${told.response ?? ''} ${told.message}`
  if (/relay|5\.7\.1\b.*not permitted/i.test(answer)) return 'relayDenied'
  if (told.responseCode === 530) return 'badLogin'
  if (told.command === 'MAIL FROM') return 'senderRefused'
  if (told.command === 'RCPT TO') return 'recipientRefused'
  if (has('ECONNRESET', 'ECONNECTION')) return 'refused'
  return 'other'
}

/** In plain words: what happened and what to do. */
export function explain({ reason, detail }: Failure, server: MailServer | null, locale: 'ru' | 'en'): string {
  const host = server?.host ?? ''
  const place = server ? `${host}:${server.port}` : ''
  const said = detail ?? ''
  const words: Record<MailReason, readonly [string, string]> = {
    notSetUp: [
      'Почтовый сервер ещё не указан: Настройки → Почта.',
      'No mail server is set up yet: Settings → Mail.'
    ],
    nameNotFound: [
      `Сервер «${host}» не найден. Проверьте его имя и то, что эта машина видит DNS.`,
      `There is no server called “${host}”. Check its name, and that this machine can ask DNS.`
    ],
    refused: [
      `На ${place} никто не принимает почту. Проверьте порт (обычно 587 или 465) и файрвол.`,
      `Nobody takes mail at ${place}. Check the port (usually 587 or 465) and the firewall.`
    ],
    timeout: [
      `${place} не отвечает. Проверьте порт, вид защиты и файрвол: исходящая почта часто закрыта.`,
      `${place} does not answer. Check the port, the kind of security and the firewall: mail out is often closed.`
    ],
    tls: [
      `Защищённое соединение с ${place} не удалось: вид защиты не тот или сертификату сервера нельзя верить. ${said}`,
      `No secure connection to ${place}: the kind of security is wrong, or the server's certificate cannot be trusted. ${said}`
    ],
    noStarttls: [
      `${place} не умеет STARTTLS. Выберите TLS (порт 465) или соединение без защиты.`,
      `${place} does not offer STARTTLS. Choose TLS (port 465), or no security.`
    ],
    badLogin: [
      `${place} не принял имя и пароль. Некоторым почтам нужен отдельный пароль приложения. ${said}`,
      `${place} did not take the user and password. Some mail services want a password made for applications. ${said}`
    ],
    senderRefused: [
      `${place} не принял отправителя. Укажите адрес, который принадлежит этому пользователю. ${said}`,
      `${place} did not take the sender. Use an address that belongs to this user. ${said}`
    ],
    recipientRefused: [
      `${place} не принял получателя. ${said}`,
      `${place} did not take the recipient. ${said}`
    ],
    relayDenied: [
      `${place} не пересылает письма на чужие адреса без входа. Укажите пользователя и пароль. ${said}`,
      `${place} does not relay mail to foreign addresses without a login. Enter a user and password. ${said}`
    ],
    other: [`${place} не принял письмо. ${said}`, `${place} did not take the letter. ${said}`]
  }
  return words[reason][locale === 'ru' ? 0 : 1].trim()
}
