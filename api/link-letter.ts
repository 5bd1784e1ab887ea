interface Facts {
  name: string
  login: string
  url: string
  kind: 'invitation' | 'reset'
  expiresAt: Date
}

const words = {
  en: {
    invitation: {
      subject: 'You are invited to Ringtrace',
      text: 'an account was made for you. Choose your password here:'
    },
    reset: { subject: 'A new password for Ringtrace', text: 'you can choose a new password here:' },
    hello: 'Hello',
    login: 'Your login',
    until: 'The link works once, until',
    ignore: 'If you did not expect this letter, do nothing.'
  },
  ru: {
    invitation: {
      subject: 'Приглашение в Ringtrace',
      text: 'для вас создана учётная запись. Придумайте пароль здесь:'
    },
    reset: { subject: 'Новый пароль для Ringtrace', text: 'придумать новый пароль можно здесь:' },
    hello: 'Здравствуйте',
    login: 'Ваш логин',
    until: 'Ссылка сработает один раз, до',
    ignore: 'Если вы не ждали этого письма, ничего не делайте.'
  }
} as const

/** The letter that brings a link for setting a password. */
export function letterWithLink(
  { name, login, url, kind, expiresAt }: Facts,
  locale: 'ru' | 'en'
): { subject: string; text: string; html: string } {
  const said = words[locale]
  const until = `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const lines = [
    `${said.hello}, ${name}!`,
    said[kind].text,
    url,
    `${said.login}: ${login}`,
    `${said.until} ${until}.`,
    said.ignore
  ]
  const html = lines
    .map((line) =>
      line === url ? `<p><a href="${escaped(url)}">${escaped(url)}</a></p>` : `<p>${escaped(line)}</p>`
    )
    .join('\n')
  return { subject: said[kind].subject, text: lines.join('\n\n'), html }
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
