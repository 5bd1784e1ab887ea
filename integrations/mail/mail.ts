import type { Knex } from 'knex'
import { createTransport } from 'nodemailer'
import type { Logger } from 'pino'
import { openSecrets, type Secrets } from '../../db/secrets.ts'
import { passwordPurpose, readMailServer, sealStoredPassword, type MailServer } from './settings.ts'
import { explain, failureOf, type MailReason } from './why.ts'

export interface Attachment {
  fileName: string
  contentType: string
  content: Buffer
}

export interface Letter {
  to: readonly string[]
  subject: string
  text: string
  html: string
  attachments?: readonly Attachment[]
  /** The same for each attempt, so that a letter sent twice is shown once. Without angle brackets. */
  messageId?: string
  /** Of bulk mail: where mail programs refuse it for whoever got it, by one request (RFC 8058). */
  refuseUrl?: string
  /** Of the words for what went wrong. */
  locale: 'ru' | 'en'
}

/** `refused`: recipients whom the server did not take, while it took others. */
export type Sent =
  { ok: true; refused: string[] } | { ok: false; reason: MailReason; message: string; detail: string | null }

export interface Mail {
  /** Never throws for a server that is away or refuses. */
  send(letter: Letter): Promise<Sent>
  /** Sends a short letter, to show that the settings are right. */
  test(to: string, locale: 'ru' | 'en'): Promise<Sent>
  /** A password as it is stored. */
  seal(password: string): string
  /** Whether a stored password can still be used: the key may have changed. */
  canOpen(sealed: string): boolean
}

const waitMs = 20_000
/** In headers a line break would begin another header. */
const controls = /\p{Cc}/u

/**
 * @param trusted certificates (PEM) to trust beside the system's, for tests
 * @param timeoutMs how long each step may take
 */
export function createMail({
  db,
  secrets,
  log,
  trusted,
  timeoutMs = waitMs
}: {
  db: Knex
  secrets: Secrets
  log: Logger
  trusted?: string
  timeoutMs?: number
}): Mail {
  async function send(letter: Letter): Promise<Sent> {
    const server = await readMailServer(db, secrets)
    if (!server) return failed(null, { reason: 'notSetUp', detail: null }, letter.locale)
    if (server.password === null) {
      const detail = 'the stored password cannot be opened with this key: give it again'
      return failed(server, { reason: 'badLogin', detail }, letter.locale)
    }
    for (const header of [
      letter.subject,
      server.from,
      letter.messageId ?? '',
      letter.refuseUrl ?? '',
      ...letter.to
    ]) {
      if (controls.test(header)) throw new Error('A header of a letter holds a control character')
    }
    const transport = createTransport({
      host: server.host.replace(/^\[(.*)\]$/, '$1'),
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      ...(server.user === '' ? {} : { auth: { user: server.user, pass: server.password } }),
      ...(trusted === undefined ? {} : { tls: { ca: trusted } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      // What a report holds is ours: nothing is fetched from disks or networks for a letter.
      disableFileAccess: true,
      disableUrlAccess: true
    })
    try {
      const info = await transport.sendMail({
        from: server.from,
        to: [...letter.to],
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        ...(letter.messageId === undefined ? {} : { messageId: `<${letter.messageId}>` }),
        ...(letter.refuseUrl !== undefined && {
          headers: {
            'List-Unsubscribe': `<${letter.refuseUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
          }
        }),
        attachments: (letter.attachments ?? []).map(({ fileName, contentType, content }) => ({
          ...{ filename: fileName, contentType, content },
          contentDisposition: 'attachment' as const
        }))
      })
      return { ok: true, refused: info.rejected.map(addressOf) }
    } catch (error) {
      const failure = failureOf(error)
      log.warn({ reason: failure.reason, detail: failure.detail }, 'a letter could not be sent')
      return failed(server, failure, letter.locale)
    } finally {
      transport.close()
    }
  }

  return {
    send,
    test: (to, locale) => send({ to: [to], locale, ...testWords[locale] }),
    seal: (password) => secrets.seal(password, passwordPurpose),
    canOpen: (sealed) => secrets.open(sealed, passwordPurpose) !== null
  }
}

/** Mail of an installation: opens its secrets, and seals a password that an older version has left plain. */
export async function openMail(wanted: {
  db: Knex
  log: Logger
  dataDir: string
  secretKey: string | undefined
}): Promise<Mail> {
  const { db, log } = wanted
  const secrets = await openSecrets(wanted.dataDir, wanted.secretKey)
  await sealStoredPassword(db, secrets)
  return createMail({ db, log, secrets })
}

const addressOf = (given: string | { address: string }): string =>
  typeof given === 'string' ? given : given.address

const failed = (
  server: MailServer | null,
  failure: ReturnType<typeof failureOf>,
  locale: 'ru' | 'en'
): Sent => ({
  ok: false,
  reason: failure.reason,
  message: explain(failure, server, locale),
  detail: failure.detail
})

const testWords = {
  ru: {
    subject: 'Ringtrace: проверка почты',
    text: 'Если вы читаете это письмо, почта настроена верно.\n',
    html: '<p>Если вы читаете это письмо, почта настроена верно.</p>'
  },
  en: {
    subject: 'Ringtrace: a test of mail',
    text: 'If you read this letter, mail is set up right.\n',
    html: '<p>If you read this letter, mail is set up right.</p>'
  }
}
