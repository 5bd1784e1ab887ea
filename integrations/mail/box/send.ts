import { createTransport } from 'nodemailer'
import { ChannelError, type Outgoing, type Trouble } from '../../channels/kind.ts'
import { failureOf } from '../why.ts'
import type { MailboxSettings } from './settings.ts'

export interface SmtpServer {
  host: string
  port: number
  security: 'none' | 'starttls' | 'tls'
  user: string
  password: string
}

const reasons: Partial<Record<ReturnType<typeof failureOf>['reason'], Trouble>> = { notSetUp: 'noServer' }
/** What no other attempt would change. */
const finals = new Set<Trouble>([
  'badLogin',
  'senderRefused',
  'recipientRefused',
  'relayDenied',
  'tooLarge',
  'noStarttls'
])

/** An error of a connection in the words of the channels. */
export function channelErrorOf(error: unknown, isSending = true): ChannelError {
  if (error instanceof ChannelError) return error
  const { reason, detail } = failureOf(error)
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
  const trouble: Trouble =
    code === 552 ? 'tooLarge' : (reasons[reason] ?? (reason as Exclude<typeof reason, 'notSetUp'>))
  // 4xx means: not now.
  const isFinal = (finals.has(trouble) && !(code >= 400 && code < 500)) || (isSending && code >= 500)
  return new ChannelError(trouble, detail ?? trouble, { isFinal })
}

/** A letter as it goes out: plain text, and the same as HTML. */
export async function compose(settings: MailboxSettings, message: Outgoing): Promise<Buffer> {
  const signature = settings.signature.trim()
  const text = signature === '' ? message.text : `${message.text.trimEnd()}\n\n-- \n${signature}`
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const refs = message.refs.map((id) => `<${id}>`)
  const { message: raw } = await composer.sendMail({
    from: { name: settings.senderName, address: settings.address },
    to: [...message.to],
    cc: [...message.cc],
    subject: message.subject ?? '',
    text,
    html: htmlOf(text),
    ...(message.messageId !== null && { messageId: `<${message.messageId}>` }),
    ...(refs.length > 0 && { inReplyTo: refs.at(-1) ?? '', references: refs }),
    attachments: message.files.map(({ name, contentType, content }) => ({
      ...{ filename: name, contentType, content },
      contentDisposition: 'attachment' as const
    })),
    disableFileAccess: true,
    disableUrlAccess: true
  })
  return raw as Buffer
}

const htmlOf = (text: string): string =>
  `<div style="white-space:pre-wrap">${text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\r?\n/g, '<br>')}</div>`

/** @param trusted certificates (PEM) to trust beside the system's, for tests */
export function smtpTransport(server: SmtpServer, timeoutMs: number, trusted?: string) {
  return createTransport({
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
    dnsTimeout: timeoutMs
  })
}
