import type { ImapFlow } from 'imapflow'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Secrets as Seal } from '../../../db/secrets.ts'
import {
  ChannelError,
  type ChannelKind,
  type Connection,
  type Secrets,
  type Step
} from '../../channels/kind.ts'
import { readMailServer } from '../settings.ts'
import { read } from './read.ts'
import { channelErrorOf, compose, smtpTransport, type SmtpServer } from './send.ts'
import { mailboxSettings, type MailboxSettings } from './settings.ts'

export interface MailboxOptions {
  db: Knex
  /** Opens the password of the company's own server. */
  secrets: Seal
  log: Logger
  /** Certificates (PEM) to trust beside the system's, for tests. */
  trusted?: string
  timeoutMs?: number
  /** How long a server may be silent before it is asked whether it is there. */
  idleMs?: number
}

/** Mailboxes of the company: letters in by IMAP, out by SMTP. */
export function mailbox(options: MailboxOptions): ChannelKind {
  const { timeoutMs = 20_000, idleMs = 240_000, trusted } = options
  const log = options.log.child({ part: 'mailbox' })

  async function client(settings: MailboxSettings, secrets: Secrets): Promise<ImapFlow> {
    const { imap } = settings
    // Only those who read a mailbox wait for it to be loaded.
    const { ImapFlow: Client } = await import('imapflow')
    const made = new Client({
      host: imap.host.replace(/^\[(.*)\]$/, '$1'),
      port: imap.port,
      secure: imap.security === 'tls',
      doSTARTTLS: imap.security === 'starttls' ? true : imap.security === 'none' ? false : undefined,
      auth: { user: imap.user, pass: secrets['imapPassword'] ?? '' },
      logger: false,
      disableAutoIdle: true,
      maxIdleTime: idleMs,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: idleMs + timeoutMs,
      ...(trusted !== undefined && { tls: { ca: trusted } })
    })
    // Whoever works with it is told by the command that fails.
    made.on('error', (err: unknown) => log.debug({ err }, 'a connection to a mailbox was lost'))
    return made
  }

  async function connected<T>(
    settings: MailboxSettings,
    secrets: Secrets,
    work: (imap: ImapFlow) => Promise<T>,
    stop?: AbortSignal
  ): Promise<T> {
    const imap = await client(settings, secrets)
    const onStop = (): void => imap.close()
    stop?.addEventListener('abort', onStop, { once: true })
    try {
      stop?.throwIfAborted()
      await imap.connect()
      return await work(imap)
    } catch (error) {
      throw imapErrorOf(error)
    } finally {
      stop?.removeEventListener('abort', onStop)
      imap.close()
    }
  }

  async function smtpOf(settings: MailboxSettings, secrets: Secrets): Promise<SmtpServer> {
    if (settings.smtp) {
      const own = settings.smtp
      // Most servers know one user with one password for both ways.
      const isSame = own.user === '' || own.user === settings.imap.user
      const password = secrets['smtpPassword'] ?? (isSame ? secrets['imapPassword'] : undefined) ?? ''
      return { ...own, user: own.user || settings.imap.user, password }
    }
    const company = await readMailServer(options.db, options.secrets)
    if (!company)
      throw new ChannelError('noServer', 'No mail server of the company is set up', { isFinal: true })
    if (company.password === null)
      throw new ChannelError('keyLost', 'The stored password cannot be opened with this key', {
        isFinal: true
      })
    return { ...company, password: company.password }
  }

  return {
    name: 'mail',
    settings: mailboxSettings,
    keys: ['imapPassword', 'smtpPassword'],
    bound: ['imap.host', 'imap.port', 'imap.user', 'smtp.host', 'smtp.port', 'smtp.user'],
    async test({ settings: given, secrets }) {
      const settings = mailboxSettings.parse(given)
      const steps: Step[] = []
      const attempt = async (name: string, work: () => Promise<unknown>): Promise<boolean> => {
        try {
          await work()
          steps.push({ name, isOk: true, trouble: null, detail: null })
          return true
        } catch (error) {
          const { trouble, message } = error instanceof ChannelError ? error : channelErrorOf(error)
          steps.push({ name, isOk: false, trouble, detail: message })
          return false
        }
      }
      let isFolderThere = false
      const isIn = await attempt('login', () =>
        connected(settings, secrets, async (imap) => {
          isFolderThere =
            (await imap.mailboxOpen(settings.folder, { readOnly: true }).catch(() => null)) !== null
        })
      )
      if (!isIn) return steps
      const isFound = await attempt('folder', () =>
        isFolderThere
          ? Promise.resolve()
          : Promise.reject(new ChannelError('noFolder', settings.folder, { isFinal: true }))
      )
      if (!isFound) return steps
      await attempt('smtp', async () => {
        const transport = smtpTransport(await smtpOf(settings, secrets), timeoutMs, trusted)
        try {
          await transport.verify()
        } finally {
          transport.close()
        }
      })
      return steps
    },
    async listen(connection: Connection) {
      const settings = mailboxSettings.parse(connection.settings)
      await connected(
        settings,
        connection.secrets,
        (imap) => read(imap, settings, connection, log),
        connection.stop
      )
    },
    async send({ settings: given, secrets }, message, onPart) {
      const settings = mailboxSettings.parse(given)
      const raw = await compose(settings, message)
      if (message.done === 0) {
        const transport = smtpTransport(await smtpOf(settings, secrets), timeoutMs, trusted)
        try {
          await transport.sendMail({
            envelope: { from: settings.address, to: [...message.to, ...message.cc] },
            raw
          })
        } catch (error) {
          throw channelErrorOf(error)
        } finally {
          transport.close()
        }
        await onPart(1)
      }
      // It is out: a folder that cannot be written to takes nothing of that back.
      await connected(settings, secrets, (imap) => keepCopy(imap, raw)).catch((err: unknown) =>
        log.warn({ err }, 'A letter that was sent could not be put into the folder of sent ones')
      )
    }
  }
}

async function keepCopy(imap: ImapFlow, raw: Buffer): Promise<void> {
  const folders = await imap.list()
  const known = /^(sent|sent (items|messages|mail)|отправленные)$/i
  const folder =
    folders.find(({ specialUse }) => specialUse === '\\Sent') ?? folders.find(({ name }) => known.test(name))
  if (folder) await imap.append(folder.path, raw, ['\\Seen'])
}

/** IMAP tells a refused login otherwise than SMTP does. */
function imapErrorOf(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error
  const told = error as Error & {
    authenticationFailed?: boolean
    responseText?: string
    response?: unknown
    code?: string
    tlsFailed?: boolean
  }
  if (told.authenticationFailed === true)
    return new ChannelError('badLogin', told.responseText ?? told.message, { isFinal: true })
  const known = channelErrorOf(error, false)
  if (told.code === 'CONNECT_TIMEOUT' || told.code === 'GREETING_TIMEOUT' || told.code === 'UPGRADE_TIMEOUT')
    return new ChannelError('timeout', told.message)
  if (told.tlsFailed === true) return new ChannelError('tls', told.message)
  if (told.code === 'NoConnection' || told.code === 'EConnectionClosed')
    return new ChannelError('refused', told.message)
  return new ChannelError(known.trouble, told.responseText ?? known.message)
}
