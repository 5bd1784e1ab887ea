import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { selfSigned } from './certificate.ts'

export interface Received {
  from: string
  to: string[]
  user: string | null
  isSecure: boolean
  headers: Map<string, string>
  text: string
  html: string
  attachments: { name: string; type: string; content: Buffer }[]
}

export interface PostOffice {
  port: number
  /** To trust it. */
  cert: string
  letters: Received[]
  /** The next letter that comes, or one that nobody has taken yet. */
  next(): Promise<Received>
  close(): Promise<void>
}

/** A real SMTP server on loopback. @param port 0: any */
export async function openPostOffice(options: SMTPServerOptions = {}, port = 0): Promise<PostOffice> {
  const { key, cert } = selfSigned()
  const letters: Received[] = []
  const waiting: ((letter: Received) => void)[] = []
  let taken = 0
  const server = new SMTPServer({
    key,
    cert,
    disableReverseLookup: true,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth({ username, password }, _session, answer) {
      if (username === 'post' && password === 'secret word') answer(null, { user: username })
      else answer(new Error('Authentication failed: wrong password'))
    },
    onData(stream, session, answer) {
      const blocks: Buffer[] = []
      stream.on('data', (block: Buffer) => blocks.push(block))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const letter: Received = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: (session.user as string | undefined) ?? null,
          isSecure: session.secure,
          ...parsed(Buffer.concat(blocks).toString('latin1'))
        }
        letters.push(letter)
        waiting.shift()?.(letter)
        answer()
      })
    },
    ...options
  })
  // Clients that break off are part of the tests.
  server.on('error', (error: Error) => void error)
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    cert,
    letters,
    next() {
      const found = letters[taken]
      taken += 1
      if (found) return Promise.resolve(found)
      return new Promise((resolve) => waiting.push(resolve))
    },
    close: () => new Promise((resolve) => server.close(() => resolve()))
  }
}

function parsed(raw: string): Pick<Received, 'headers' | 'text' | 'html' | 'attachments'> {
  const { headers } = part(raw)
  const leaves = leavesOf(raw)
  const textOf = (type: string): string =>
    leaves.find((leaf) => leaf.headers.get('content-type')?.startsWith(type) === true)?.content.toString() ??
    ''
  return {
    headers,
    text: textOf('text/plain'),
    html: textOf('text/html'),
    attachments: leaves
      .filter((leaf) => leaf.headers.get('content-disposition')?.startsWith('attachment') === true)
      .map((leaf) => ({
        name: /filename="?([^";]+)/.exec(leaf.headers.get('content-disposition') ?? '')?.[1] ?? '',
        type: leaf.headers.get('content-type') ?? '',
        content: leaf.content
      }))
  }
}

function part(raw: string): { headers: Map<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim())]
    })
  )
  return { headers, body: raw.slice(end + 4) }
}

function leavesOf(raw: string): { headers: Map<string, string>; content: Buffer }[] {
  const { headers, body } = part(raw)
  const type = headers.get('content-type') ?? ''
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1]
  if (boundary !== undefined) {
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .flatMap((inner) => leavesOf(inner.replace(/^\r\n/, '')))
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase()
  if (encoding === 'base64') return [{ headers, content: Buffer.from(body, 'base64') }]
  if (encoding === 'quoted-printable') return [{ headers, content: Buffer.from(unquoted(body), 'latin1') }]
  return [{ headers, content: Buffer.from(body, 'latin1') }]
}

const unquoted = (text: string): string =>
  text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))

/** RFC 2047. */
const words = (text: string): string =>
  text
    .replace(/\?= +=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?(.*?)\?=/gi, (_, how: string, coded: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64').toString('latin1')
        : unquoted(coded.replaceAll('_', ' '))
    )
    .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString())
