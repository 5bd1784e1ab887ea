import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Dovecot } from '../../support/dovecot.ts'

export interface PostOffice {
  port: number
  /** Letters that were taken, with their envelopes. */
  taken: { from: string; to: string[]; raw: string }[]
  /** Addresses that take letters and send a report back, as servers on the way do. */
  lost: Set<string>
  /** The connection breaks after so many letters more, once they are taken and before that is said. */
  breakAfter: number | null
  stop(): Promise<void>
}

/** An SMTP server that asks for a password and puts letters into the mailboxes of a Dovecot. */
export async function startPostOffice(
  users: Readonly<Record<string, string>>,
  dovecot: Dovecot
): Promise<PostOffice> {
  const office = { taken: [], lost: new Set(), breakAfter: null } as Pick<
    PostOffice,
    'taken' | 'lost' | 'breakAfter'
  >
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth({ username = '', password }, _session, done) {
      if (users[username] === password) done(null, { user: username })
      else done(new Error('Invalid username or password'))
    },
    onRcptTo({ address }, _session, done) {
      if (address in users || office.lost.has(address)) done()
      else done(Object.assign(new Error(`No such user: ${address}`), { responseCode: 550 }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString()
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        const to = rcptTo.map(({ address }) => address)
        office.taken.push({ from, to, raw })
        Promise.all(
          to.map((address) =>
            office.lost.has(address)
              ? dovecot.deliver(from, report(address, raw))
              : dovecot.deliver(address, raw)
          )
        ).then(
          () => done(),
          (error: unknown) => done(error as Error)
        )
      })
    }
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return Object.assign(office, {
    port,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve()))
  })
}

/** What a mail server says of a letter that it could not bring over (RFC 3464). */
const report = (address: string, raw: string): string =>
  [
    'Return-Path: <>',
    'From: Mail Delivery System <MAILER-DAEMON@mx.test>',
    'To: shop@firm.test',
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <report-${Date.now()}@mx.test>`,
    `Date: ${new Date().toUTCString()}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'I could not deliver your letter.',
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.test',
    '',
    `Final-Recipient: rfc822; ${address}`,
    'Action: failed',
    'Status: 5.1.1',
    `Diagnostic-Code: smtp; 550 5.1.1 <${address}>: mailbox is`,
    '    unavailable',
    '',
    '--b1',
    'Content-Type: message/rfc822',
    '',
    raw,
    '--b1--',
    ''
  ].join('\r\n')
