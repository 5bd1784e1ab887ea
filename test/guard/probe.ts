import { createHash, randomUUID } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** What came back, byte for byte. */
export interface Heard {
  text: string
  status: number
  tookMs: number
}

/** A stranger with a bare UDP socket: sends requests of SIP, and keeps the answers as they are. */
export interface Stranger {
  /** Sends one request and waits for its final answer; null where none comes in time. */
  ask(
    method: string,
    user: string,
    options?: { password?: string; timeoutMs?: number }
  ): Promise<Heard | null>
  close(): void
}

export async function stranger(
  host: string,
  port: number,
  target: { host: string; port: number }
): Promise<Stranger> {
  const socket: Socket = createSocket('udp4')
  socket.bind(port, host)
  await once(socket, 'listening')
  const waiting = new Map<string, (text: string) => void>()
  socket.on('message', (data) => {
    const text = data.toString()
    if (/^SIP\/2\.0 1/.test(text)) return
    const callId = /^Call-ID: (\S+)/im.exec(text)?.[1] ?? ''
    waiting.get(callId)?.(text)
  })

  async function once1(
    method: string,
    user: string,
    proof: string | null,
    timeoutMs: number
  ): Promise<Heard | null> {
    const callId = randomUUID()
    const uri = `sip:${method === 'REGISTER' ? '' : `${user}@`}${target.host}`
    const message = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${host}:${port};rport;branch=z9hG4bK${callId}`,
      'Max-Forwards: 70',
      `From: <sip:${user}@${target.host}>;tag=${callId.slice(0, 8)}`,
      `To: <sip:${user}@${target.host}>`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:${user}@${host}:${port}>`,
      ...(proof === null ? [] : [proof]),
      'Content-Length: 0',
      '',
      ''
    ].join('\r\n')
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve) => {
        const startedMs = performance.now()
        timer = setTimeout(() => resolve(null), timeoutMs)
        waiting.set(callId, (text) => {
          const status = Number(text.slice(8, 11))
          resolve({ text, status, tookMs: performance.now() - startedMs })
        })
        socket.send(message, target.port, target.host)
      })
    } finally {
      clearTimeout(timer)
      waiting.delete(callId)
    }
  }

  return {
    async ask(method, user, { password, timeoutMs = 5000 } = {}) {
      const first = await once1(method, user, null, timeoutMs)
      if (password === undefined || first?.status !== 401) return first
      const uri = `sip:${method === 'REGISTER' ? '' : `${user}@`}${target.host}`
      return once1(method, user, proofOf(first.text, { method, uri, user, password }), timeoutMs)
    },
    close: () => void socket.close()
  }
}

function proofOf(
  challenge: string,
  { method, uri, user, password }: { method: string; uri: string; user: string; password: string }
): string {
  const field = (name: string): string => new RegExp(`${name}="?([^",]+)`, 'i').exec(challenge)?.[1] ?? ''
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const [realm, nonce, opaque] = [field('realm'), field('nonce'), field('opaque')]
  const [nc, cnonce] = ['00000001', randomUUID().slice(0, 8)]
  const first = md5(`${user}:${realm}:${password}`)
  const response = md5(`${first}:${nonce}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`)
  return `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=md5, opaque="${opaque}", qop=auth, nc=${nc}, cnonce="${cnonce}"`
}

/** An answer without what differs in each: the user's own name, tags, branches, ids, nonces. */
export const shapeOf = ({ text }: Heard, user: string): string =>
  text
    .replaceAll(user, 'USER')
    .replace(/(nonce|opaque)="[^"]*"/g, '$1')
    .replace(/(tag|branch)=[^;\s>]+/g, '$1')
    .replace(/(received|rport)=[^;\s]+/g, '$1')
    .replace(/^Call-ID: .*$/im, 'Call-ID')
