export interface Server {
  host: string
  port: number
  security: 'none' | 'starttls' | 'tls'
  user: string
}

const known: readonly { domains: readonly string[]; imap: string; smtp: string; smtpPort?: number }[] = [
  { domains: ['yandex.ru', 'ya.ru', 'yandex.com'], imap: 'imap.yandex.ru', smtp: 'smtp.yandex.ru' },
  { domains: ['mail.ru', 'bk.ru', 'inbox.ru', 'list.ru'], imap: 'imap.mail.ru', smtp: 'smtp.mail.ru' },
  { domains: ['gmail.com'], imap: 'imap.gmail.com', smtp: 'smtp.gmail.com' },
  { domains: ['rambler.ru'], imap: 'imap.rambler.ru', smtp: 'smtp.rambler.ru' }
]

/** The servers of a mail address: those of a service that is known, else a guess by its domain. */
export function serversOf(address: string): { imap: Server; smtp: Server } | null {
  const domain = /^[^@\s]+@([^@\s]+\.[^@\s]+)$/.exec(address.trim().toLowerCase())?.[1]
  if (domain === undefined) return null
  const found = known.find(({ domains }) => domains.includes(domain))
  const user = address.trim().toLowerCase()
  return {
    imap: { host: found?.imap ?? `imap.${domain}`, port: 993, security: 'tls', user },
    smtp: { host: found?.smtp ?? `smtp.${domain}`, port: 465, security: 'tls', user }
  }
}
