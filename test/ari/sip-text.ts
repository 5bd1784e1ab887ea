import { createHash, randomUUID } from 'node:crypto'

/** SIP messages as text, for the telephones of tests. */
export interface Message {
  first: string
  headers: Map<string, string[]>
  body: string
}

/** A call as a party of a test sees it. */
export interface Dialog {
  callId: string
  isOurs: boolean
  /** Our From or To line, the other side's, and where requests of this dialog go. */
  local: string
  remote: string
  target: string
  /** What was called. */
  uri: string
  invite: Message
  /** The Via branch of our latest INVITE: its CANCEL has the same. */
  branch: string
  cseq: number
  isUp: boolean
  /** Proxies on the way, the nearest first. */
  routes: readonly string[]
}

export const statusOf = (message: Message): number => Number(message.first.split(' ')[1] ?? 0)
export const header = (message: Message, name: string): string => message.headers.get(name)?.[0] ?? ''
export const contactOf = (message: Message): string | undefined =>
  /<([^>]+)>/.exec(header(message, 'contact'))?.[1]

export function finish(lines: string[], extra: string, body: string): string {
  const head = extra === '' ? lines : [...lines, extra]
  const type = body === '' || extra.includes('content-type') ? [] : ['content-type: application/sdp']
  return [...head, ...type, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n')
}

export function parse(text: string): Message {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).trim().toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(at + 1).trim()])
  }
  return { first, headers, body }
}

export function digest(
  challenge: string,
  user: string,
  password: string,
  method: string,
  uri: string
): string {
  const part = (name: string): string => new RegExp(`${name}="?([^",]+)"?`).exec(challenge)?.[1] ?? ''
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const realm = part('realm')
  const nonce = part('nonce')
  const opaque = part('opaque')
  const cnonce = randomUUID().slice(0, 8)
  const ha1 = md5(`${user}:${realm}:${password}`)
  const answer = md5(`${ha1}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`)
  return (
    `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${answer}", ` +
    `algorithm=MD5, qop=auth, nc=00000001, cnonce="${cnonce}"${opaque === '' ? '' : `, opaque="${opaque}"`}`
  )
}
