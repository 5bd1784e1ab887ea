import { randomBytes, randomUUID } from 'node:crypto'
import { until } from '../support/until.ts'
import { createMedia, type Media } from './media.ts'
import {
  compose,
  cseqOf,
  header,
  readSdp,
  sdpText,
  tagIn,
  uriIn,
  type Message,
  type SdpOptions
} from './message.ts'

export interface DialogOptions {
  /** The tone that this side says; `echo` says back what it hears. */
  hertz?: number | 'echo'
  sdp?: Partial<SdpOptions>
  /** The sound is sealed (SRTP, its keys in the SDP). */
  isSealed?: boolean
  /** An INVITE without an offer: it comes in the 200, and the ACK carries the answer. */
  isLateOffer?: boolean
  /** False: the answer to our INVITE is never confirmed, or not until `ack()`. */
  acks?: boolean
  /** The From header, without its tag. */
  from?: string
  /** More headers of the INVITE. */
  headers?: readonly string[]
  /** Instead of our SDP. */
  body?: string
  /** Instead of the polite answer to a request inside the call; true when it has been dealt with. */
  onRequest?: (dialog: Dialog, message: Message) => boolean
}

export interface DialogSetup {
  host: string
  /** What carries the messages; UDP unless told. */
  via?: 'UDP' | 'TLS'
  contact: string
  transmit(text: string): void
  isOurs: boolean
  callId: string
  local: string
  remote: string
  target: string
  options: DialogOptions
  /** The header that answers a challenge, or null. */
  prove?: (challenge: Message) => string | null
}

/** One call as one side sees it. */
export interface Dialog {
  readonly callId: string
  readonly media: Media
  /** Everything heard in this call. */
  readonly heard: Message[]
  readonly state: () => 'calling' | 'ringing' | 'up' | 'ended'
  /** What the other side's newest SDP says. */
  readonly remoteSdp: () => ReturnType<typeof readSdp>
  /** The dialog as REFER's Replaces names it. */
  readonly replaces: () => string
  /** Where requests of this call go: the other side's Contact. */
  readonly target: () => string
  invite(): void
  /** The final answer to our INVITE. */
  final(timeoutMs?: number): Promise<number>
  ack(): void
  /** CANCEL of our INVITE; the answer to the CANCEL. */
  cancel(): Promise<Message>
  /** A provisional answer; with `sound` it carries SDP and the tone begins. */
  ring(status?: string, sound?: boolean): void
  answer(sdp?: Partial<SdpOptions>): void
  refuse(status: string, headers?: readonly string[]): void
  /** Answers any request word for word. */
  respond(to: Message, status: string, headers?: readonly string[], body?: string): void
  /** A request inside the call; its final response (a re-INVITE's 200 is confirmed). */
  request(method: string, headers?: readonly string[], body?: string): Promise<Message>
  /** A re-INVITE or UPDATE with an offer. */
  offer(sdp: Partial<SdpOptions>, method?: 'INVITE' | 'UPDATE', headers?: readonly string[]): Promise<Message>
  hangup(): Promise<Message>
  /** The first message heard that fits: a method (`BYE`), or a test. */
  waitFor(what: string | ((message: Message) => boolean), timeoutMs?: number): Promise<Message>
  /** Neither says nor hears anything any more, as when the power fails. */
  vanish(): void
  onRequest(message: Message): void
  onResponse(message: Message): void
  close(): Promise<void>
}

export async function createDialog(setup: DialogSetup): Promise<Dialog> {
  const { host, contact, transmit, callId, options } = setup
  const media = await createMedia(host, options.hertz ?? 440)
  const seal = options.isSealed === true ? randomBytes(30) : null
  if (seal) media.seal(seal)
  const heard: Message[] = []
  const tag = tagIn(setup.local) || randomUUID().slice(0, 8)
  const local = tagIn(setup.local) ? setup.local : `${setup.local};tag=${tag}`
  let { remote, target } = setup
  let state: ReturnType<Dialog['state']> = setup.isOurs ? 'calling' : 'ringing'
  let cseq = 0
  let version = 0
  let isGone = false
  let inviteBranch = ''
  let inviteCseq = 0
  let answered: Message | null = null
  let remoteSdp: ReturnType<typeof readSdp> = null
  let received: Message | null = null
  const waiting = new Map<string, (message: Message) => void>()
  /** What was said to each request, for its repetitions. */
  const replies = new Map<string, string>()

  let ownCodecs: readonly number[] = options.sdp?.codecs ?? [8]
  function sdp(more: Partial<SdpOptions> = {}): string {
    const all = { host, port: media.port, version: (version += 1), seal, ...options.sdp, ...more }
    ownCodecs = all.codecs ?? [8]
    return sdpText(all)
  }

  function head(method: string, number: number, branch: string): string[] {
    return [
      `${method} ${target} SIP/2.0`,
      `via: SIP/2.0/${setup.via ?? 'UDP'} ${/@([^>;]+)/.exec(contact)?.[1] ?? host};rport;branch=${branch}`,
      'max-forwards: 70',
      `from: ${local}`,
      `to: ${remote}`,
      `call-id: ${callId}`,
      `cseq: ${number} ${method}`,
      `contact: ${contact}`
    ]
  }

  function learn(message: Message): void {
    const said = readSdp(message.body)
    if (said === null) return
    remoteSdp = said
    if (said.seal) media.open(said.seal)
    const listens = said.direction === 'sendrecv' || said.direction === 'recvonly'
    const payload = said.payloads.find((one) => ownCodecs.includes(one)) ?? ownCodecs[0] ?? 8
    media.speak(listens && said.port > 0 && said.host !== '0.0.0.0' ? said : null, payload)
  }

  function sendInvite(more: readonly string[]): void {
    inviteBranch = `z9hG4bK${randomUUID()}`
    inviteCseq = cseq += 1
    const lines = [...head('INVITE', inviteCseq, inviteBranch), ...(options.headers ?? []), ...more]
    transmit(compose(lines, options.isLateOffer ? '' : (options.body ?? sdp())))
  }

  function ackOf(response: Message, body = ''): void {
    const number = cseqOf(response)
    // Of a refusal it belongs to the INVITE's own transaction; of a 200 it is a request of its own.
    const via = /branch=([^;\s]+)/.exec(header(response, 'via'))?.[1] ?? ''
    transmit(compose(head('ACK', number, response.status < 300 ? `z9hG4bK${randomUUID()}` : via), body))
  }

  function respond(to: Message, status: string, headers: readonly string[] = [], body = ''): void {
    const copied = ['via', 'record-route', 'from', 'call-id', 'cseq'].flatMap((name) =>
      (to.headers.get(name) ?? []).map((value) => `${name}: ${value}`)
    )
    const toLine = header(to, 'to')
    const lines = [
      `SIP/2.0 ${status}`,
      ...copied,
      `to: ${tagIn(toLine) ? toLine : `${toLine};tag=${tag}`}`,
      ...(headers.some((line) => /^contact:/i.test(line)) ? [] : [`contact: ${contact}`]),
      ...headers
    ]
    const text = compose(lines, body)
    if (!status.startsWith('1')) replies.set(`${cseqOf(to)} ${to.method}`, text)
    transmit(text)
  }

  function ended(): void {
    state = 'ended'
    media.speak(null, 8)
  }

  /** Sends `lines`; resolves with the final response to them. */
  function exchange(key: string, lines: string[], body = ''): Promise<Message> {
    return new Promise((resolve, reject) => {
      const what = lines[0] ?? ''
      const timer = setTimeout(() => reject(new Error(`No answer to ${what}`)), 8000)
      waiting.set(key, (message) => {
        clearTimeout(timer)
        resolve(message)
      })
      transmit(compose(lines, body))
    })
  }

  function request(method: string, headers: readonly string[] = [], body = ''): Promise<Message> {
    const branch = `z9hG4bK${randomUUID()}`
    cseq += 1
    return exchange(branch, [...head(method, cseq, branch), ...headers], body)
  }

  const dialog: Dialog = {
    callId,
    media,
    heard,
    state: () => state,
    remoteSdp: () => remoteSdp,
    replaces: () => `${callId};to-tag=${tagIn(remote)};from-tag=${tag}`,
    target: () => target,
    invite: () => sendInvite([]),
    async final(timeoutMs = 15_000) {
      const message = await until(() => answered, { timeoutMs, what: `a final answer to ${callId}` })
      return message.status
    },
    ack() {
      if (answered === null) throw new Error('Nothing to confirm')
      ackOf(answered, options.isLateOffer ? sdp() : '')
    },
    cancel: () => exchange(`${inviteBranch} CANCEL`, head('CANCEL', inviteCseq, inviteBranch)),
    ring(status = '180 Ringing', sound = false) {
      if (received === null) throw new Error('Nobody calls')
      if (sound) learn(received)
      respond(received, status, [], sound ? sdp() : '')
    },
    answer(more = {}) {
      if (received === null) throw new Error('Nobody calls')
      state = 'up'
      const own = sdp(more)
      learn(received)
      respond(received, '200 OK', ['allow: INVITE, ACK, CANCEL, BYE, UPDATE, INFO, REFER, NOTIFY'], own)
    },
    refuse(status, headers = []) {
      if (received === null) throw new Error('Nobody calls')
      ended()
      respond(received, status, headers)
    },
    respond,
    request,
    offer: (more, method = 'INVITE', headers = []) => request(method, headers, sdp(more)),
    hangup() {
      ended()
      return request('BYE')
    },
    waitFor(what, timeoutMs = 10_000) {
      const fits = typeof what === 'string' ? (m: Message) => m.status === 0 && m.method === what : what
      return until(() => heard.find(fits), { timeoutMs, what: `${String(what)} is heard` })
    },
    vanish() {
      isGone = true
      media.speak(null, 8)
    },
    onResponse(message) {
      if (isGone) return
      heard.push(message)
      const branch = /branch=([^;\s]+)/.exec(header(message, 'via'))?.[1] ?? ''
      const isCancel = message.method === 'CANCEL'
      const key = isCancel ? `${branch} CANCEL` : branch
      if (message.method === 'INVITE' && cseqOf(message) === inviteCseq) return onInviteResponse(message)
      if (message.status < 200) return
      if (message.method === 'INVITE') {
        if (message.status < 300) {
          learn(message)
          const contactUri = uriIn(header(message, 'contact'))
          if (contactUri !== '') target = contactUri
        }
        if (options.acks !== false) ackOf(message)
      }
      waiting.get(key)?.(message)
      waiting.delete(key)
    },
    onRequest(message) {
      if (isGone) return
      const known = replies.get(`${cseqOf(message)} ${message.method}`)
      if (known !== undefined && message.method !== 'ACK') {
        transmit(known)
        return
      }
      heard.push(message)
      if (message.method === 'ACK') return learn(message)
      if (message.method === 'INVITE' && received === null) {
        received = message
        remoteSdp = readSdp(message.body)
        return
      }
      if (options.onRequest?.(dialog, message)) return
      switch (message.method) {
        case 'INVITE':
        case 'UPDATE':
          learn(message)
          return respond(
            message,
            '200 OK',
            [],
            message.body === '' && message.method === 'UPDATE' ? '' : sdp()
          )
        case 'CANCEL':
          respond(message, '200 OK')
          if (received && state === 'ringing') respond(received, '487 Request Terminated')
          return ended()
        case 'BYE':
          ended()
          return respond(message, '200 OK')
        default:
          return respond(message, '200 OK')
      }
    },
    close() {
      return media.close()
    }
  }

  function onInviteResponse(message: Message): void {
    if (tagIn(header(message, 'to'))) remote = header(message, 'to')
    const contactUri = uriIn(header(message, 'contact'))
    if (message.status < 300 && contactUri !== '') target = contactUri
    if (message.status < 200) {
      if (state === 'calling') state = 'ringing'
      learn(message)
      return
    }
    if (message.status >= 300) {
      ackOf(message)
      const proof = setup.prove?.(message) ?? null
      if (proof !== null && inviteCseq === 1) {
        remote = setup.remote
        return sendInvite([proof])
      }
      answered ??= message
      return ended()
    }
    const isFirst = answered === null
    answered ??= message
    if (isFirst && state !== 'ended') state = 'up'
    learn(message)
    if (options.acks !== false) ackOf(message, options.isLateOffer ? sdp() : '')
  }

  return dialog
}
