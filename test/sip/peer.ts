import { createHash, randomUUID } from 'node:crypto'
import { until } from '../support/until.ts'
import { createDialog, type Dialog, type DialogOptions } from './dialog.ts'
import { compose, header, parse, tagIn, uriIn, type Message } from './message.ts'
import { tlsWire, udpWire, type Address } from './wire.ts'

export interface PeerOptions {
  host: string
  port: number
  server: { host: string; port: number }
  /** By one TLS connection to `server`, from a port that the system gives. */
  isTls?: boolean
  user: string
  /** For challenges to its requests. */
  password?: string
  /** What its calls are like unless they say otherwise. */
  dialog?: DialogOptions
  /** What it does when it is called; by default it waits for the test to act on `incoming`. */
  onCall?: (call: Dialog) => void
}

/**
 * A SIP user agent for tests, over UDP or TLS: many calls at once, each said and unsaid word for word, so that it can do what
 * no telephone does. Answers requests inside a call as a good telephone would unless told otherwise.
 */
export interface Peer {
  readonly options: PeerOptions
  /** SHA-256 of the server's certificate; null over UDP. */
  readonly fingerprint: string | null
  /** Calls that came in, the oldest first. */
  readonly calls: Dialog[]
  /** The call number `index` that came in, as soon as it is there. */
  incoming(index?: number, timeoutMs?: number): Promise<Dialog>
  /** Sends an INVITE; the dialog tells what comes back. */
  call(to: string, options?: DialogOptions): Promise<Dialog>
  /** A request outside a call (REGISTER, OPTIONS …), challenges answered when there is a password. The final response. */
  ask(method: string, uri: string, lines?: readonly string[], body?: string): Promise<Message>
  register(expiresSeconds: number, lines?: readonly string[]): Promise<Message>
  /** Bytes as they are. */
  raw(bytes: string | Buffer): void
  /** Everything heard that belongs to no call. */
  readonly strays: Message[]
  close(): Promise<void>
}

export async function createPeer(options: PeerOptions): Promise<Peer> {
  const { host, server, user } = options
  const wire = await (options.isTls
    ? tlsWire(host, server, onMessage)
    : udpWire(host, options.port, onMessage))
  const { port } = wire
  const contact = `<sip:${user}@${host}:${port}${options.isTls ? ';transport=tls' : ''}>`
  const dialogs = new Map<string, Dialog>()
  const calls: Dialog[] = []
  const strays: Message[] = []
  let isClosed = false
  /** Final responses that are waited for, by the branch of the request. */
  const waiting = new Map<string, (message: Message) => void>()
  const transmit = (text: string, to = server): void => wire.send(text, to)

  function onMessage(data: Buffer, from: Address): void {
    if (data.length < 8) return
    const message = parse(data.toString('utf8'))
    const dialog = dialogs.get(header(message, 'call-id'))
    if (message.status > 0) {
      if (dialog) dialog.onResponse(message)
      else {
        strays.push(message)
        const branch = /branch=([^;\s]+)/.exec(header(message, 'via'))?.[1] ?? ''
        if (message.status >= 200) waiting.get(branch)?.(message)
      }
      return
    }
    if (dialog) return dialog.onRequest(message)
    if (message.method === 'INVITE') {
      received(message, from).catch((error: unknown) => {
        console.error('A call could not be taken', error)
      })
      return
    }
    strays.push(message)
    if (message.method !== 'ACK') transmit(bareResponse(message, '200 OK'), from)
  }

  async function received(invite: Message, from: { host: string; port: number }): Promise<void> {
    const dialog = await createDialog({
      host,
      via: wire.name,
      contact,
      transmit: (text) => transmit(text, from),
      isOurs: false,
      callId: header(invite, 'call-id'),
      local: header(invite, 'to'),
      remote: header(invite, 'from'),
      target: uriIn(header(invite, 'contact')),
      options: options.dialog ?? {}
    })
    dialogs.set(dialog.callId, dialog)
    calls.push(dialog)
    dialog.onRequest(invite)
    options.onCall?.(dialog)
  }

  async function send(
    method: string,
    uri: string,
    cseq: number,
    callId: string,
    lines: readonly string[],
    body: string
  ) {
    const branch = `z9hG4bK${randomUUID()}`
    const isRegister = method === 'REGISTER'
    const own = `<sip:${user}@${isRegister ? server.host : host}>`
    const answered = new Promise<Message>((resolve) => waiting.set(branch, resolve))
    const hasContact = lines.some((line) => /^contact:/i.test(line))
    transmit(
      compose(
        [
          `${method} ${uri} SIP/2.0`,
          `via: SIP/2.0/${wire.name} ${host}:${port};rport;branch=${branch}`,
          'max-forwards: 70',
          `from: ${own};tag=${callId.slice(0, 8)}`,
          `to: ${isRegister ? own : `<${uri}>`}`,
          `call-id: ${callId}`,
          `cseq: ${cseq} ${method}`,
          ...(hasContact ? [] : [`contact: ${contact}`]),
          ...lines
        ],
        body
      )
    )
    const timer = setTimeout(() => waiting.get(branch)?.(parse('SIP/2.0 408 Nobody answered')), 5000)
    const message = await answered
    clearTimeout(timer)
    waiting.delete(branch)
    return message
  }

  async function ask(
    method: string,
    uri: string,
    lines: readonly string[] = [],
    body = ''
  ): Promise<Message> {
    const callId = randomUUID()
    const first = await send(method, uri, 1, callId, lines, body)
    const proof =
      options.password === undefined ? null : authorization(first, user, options.password, method, uri)
    return proof === null ? first : send(method, uri, 2, callId, [...lines, proof], body)
  }

  return {
    options,
    fingerprint: wire.fingerprint,
    calls,
    strays,
    incoming: (index = 0, timeoutMs = 10_000) =>
      until(() => calls[index], { timeoutMs, what: `call ${index} rings at ${user}` }),
    async call(to, own = {}) {
      const secure = options.isTls ? ';transport=tls' : ''
      const uri = to.startsWith('sip:') ? to : `sip:${to}@${server.host}:${server.port}${secure}`
      const dialog = await createDialog({
        host,
        via: wire.name,
        contact,
        transmit,
        isOurs: true,
        callId: randomUUID(),
        local: `${own.from ?? `<sip:${user}@${host}:${port}>`};tag=${randomUUID().slice(0, 8)}`,
        remote: `<${uri}>`,
        target: uri,
        options: { ...options.dialog, ...own },
        ...(options.password === undefined
          ? {}
          : {
              prove: (challenge: Message) =>
                authorization(challenge, user, options.password ?? '', 'INVITE', uri)
            })
      })
      dialogs.set(dialog.callId, dialog)
      dialog.invite()
      return dialog
    },
    ask,
    register: (expiresSeconds, lines = []) =>
      ask('REGISTER', `sip:${server.host}:${server.port}`, [`expires: ${expiresSeconds}`, ...lines]),
    raw: (bytes) => wire.send(bytes, server),
    async close() {
      if (isClosed) return
      isClosed = true
      for (const dialog of dialogs.values()) await dialog.close()
      await wire.close()
    }
  }
}

/** A response that copies what every response must copy. */
export function bareResponse(
  to: Message,
  status: string,
  tag = 'stray',
  lines: readonly string[] = [],
  body = ''
): string {
  const copied = ['via', 'record-route', 'from', 'call-id', 'cseq'].flatMap((name) =>
    (to.headers.get(name) ?? []).map((value) => `${name}: ${value}`)
  )
  const toLine = header(to, 'to')
  return compose(
    [`SIP/2.0 ${status}`, ...copied, `to: ${tagIn(toLine) ? toLine : `${toLine};tag=${tag}`}`, ...lines],
    body
  )
}

/** The header that answers a challenge (MD5, qop auth); null when the response is no challenge. */
function authorization(
  challenge: Message,
  user: string,
  password: string,
  method: string,
  uri: string
): string | null {
  if (challenge.status !== 401 && challenge.status !== 407) return null
  const isProxy = challenge.status === 407
  const text = header(challenge, isProxy ? 'proxy-authenticate' : 'www-authenticate')
  const part = (name: string): string => new RegExp(`${name}="?([^",]+)"?`).exec(text)?.[1] ?? ''
  const md5 = (value: string): string => createHash('md5').update(value).digest('hex')
  const [realm, nonce, opaque] = [part('realm'), part('nonce'), part('opaque')]
  const cnonce = randomUUID().slice(0, 8)
  const secret = md5(`${user}:${realm}:${password}`)
  const answer = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`)
  return (
    `${isProxy ? 'proxy-authorization' : 'authorization'}: Digest username="${user}", realm="${realm}", ` +
    `nonce="${nonce}", uri="${uri}", response="${answer}", algorithm=MD5, qop=auth, nc=00000001, ` +
    `cnonce="${cnonce}"${opaque === '' ? '' : `, opaque="${opaque}"`}`
  )
}
