import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { contactOf, digest, finish, header, parse, statusOf, type Dialog, type Message } from './sip-text.ts'
import { decodeUlaw, keyEvents, tonePacket } from './tone.ts'

/** What a phone does with a call: ring until told, sound before the answer (183), answer at once, or refuse. */
export type Manner = 'ring' | 'early' | 'answer' | { status: number; text: string; retryAfter?: number }

export interface PartyOptions {
  host: string
  port: number
  server: { host: string; port: number }
  user: string
  password?: string
  manner?: Manner
  /** Sends this tone as PCMU while a call is up. */
  toneHz?: number
}

/**
 * A telephone made of a UDP socket, for tests: it takes and makes calls, says exactly what it is told,
 * and remembers what it heard. One call at a time.
 */
export async function createParty(options: PartyOptions) {
  const socket = createSocket('udp4')
  socket.bind(options.port, options.host)
  await once(socket, 'listening')
  const media = createSocket('udp4')
  media.bind(0, options.host)
  await once(media, 'listening')

  const said: string[] = []
  const heard: string[] = []
  const contacts: string[] = []
  const shown: string[] = []
  /** What Asterisk said of our REFERs. */
  const notified: string[] = []
  const audio: { atMs: number; payload: Buffer }[] = []
  let isHolding = false
  let manner: Manner = options.manner ?? 'answer'
  let dialog: Dialog | undefined
  let speaker: NodeJS.Timeout | undefined
  let stoodMs = 0
  /** Key presses that wait for their turn in the stream. */
  let keys: Buffer[] = []
  /** Repeats a BYE that is not answered yet. */
  let saying: NodeJS.Timeout | undefined
  let awaited: { callId: string; resolve: (message: Message) => void } | undefined

  media.on('message', (packet) => audio.push({ atMs: Date.now(), payload: packet.subarray(12) }))
  socket.on('message', (data, from) => {
    if (data.length < 8) return
    const message = parse(data.toString('utf8'))
    heard.push(message.first)
    const contact = contactOf(message)
    if (contact !== undefined) contacts.push(contact)
    if (message.first.startsWith('SIP/2.0')) onResponse(message)
    else onRequest(message, from.address, from.port)
  })

  function onRequest(message: Message, host: string, port: number): void {
    const [method = ''] = message.first.split(' ')
    const reply = (status: number, text: string, extra = '', body = ''): void =>
      transmit(response(message, status, text, extra, body), host, port)
    // The port may have been an earlier party's: what belongs to a call of theirs must not end ours.
    const isOurCall = dialog?.callId === header(message, 'call-id')
    switch (method) {
      case 'INVITE': {
        if (isOurCall && /;tag=/.test(header(message, 'to'))) return reply(200, 'OK', '', sdp())
        if (isOurCall) return
        shown.push(header(message, 'from'))
        // Whoever talks and refuses the next one talks on.
        if (typeof manner === 'object' && dialog?.isUp) return reply(manner.status, manner.text)
        const contact = contactOf(message) ?? ''
        dialog = {
          callId: header(message, 'call-id'),
          isOurs: false,
          local: `${header(message, 'to')};tag=${tag}`,
          remote: header(message, 'from'),
          target: contact,
          uri: contact,
          invite: message,
          branch: '',
          cseq: 1,
          isUp: false,
          routes: message.headers.get('record-route') ?? []
        }
        if (typeof manner === 'object') return reply(manner.status, manner.text)
        if (manner === 'early') {
          reply(183, 'Session Progress', '', sdp())
          return speak(message.body)
        }
        reply(180, 'Ringing')
        if (manner === 'answer') answer()
        return
      }
      case 'CANCEL':
        reply(200, 'OK')
        if (!isOurCall) return
        if (dialog !== undefined)
          transmit(response(dialog.invite, 487, 'Request Terminated', '', ''), host, port)
        return quiet()
      case 'BYE':
        reply(200, 'OK')
        if (!isOurCall) return
        return quiet()
      case 'ACK':
        return
      case 'NOTIFY':
        notified.push(message.body.trim())
        return reply(200, 'OK')
      default:
        return reply(200, 'OK')
    }
  }

  function onResponse(message: Message): void {
    const status = statusOf(message)
    const [cseq = '1', method] = header(message, 'cseq').split(' ')
    const isOurCall = dialog?.callId === header(message, 'call-id')
    if (status >= 200 && method === 'BYE') clearInterval(saying)
    if (status < 200) {
      if (method === 'INVITE' && isOurCall && status === 183) speak(message.body)
      return
    }
    if (method === 'INVITE' && dialog !== undefined && isOurCall) {
      if (!dialog.isUp) dialog.remote = header(message, 'to')
      dialog.target = contactOf(message) ?? dialog.target
      if (status === 200) dialog.routes = [...(message.headers.get('record-route') ?? [])].reverse()
      // Of a refusal it belongs to the INVITE's transaction, or the refusal is said again and again.
      const branch = status < 300 ? freshBranch() : dialog.branch
      transmit(request('ACK', dialog, cseq, '', '', branch), ...serverOf(options))
      const challenge = header(message, 'www-authenticate')
      if (status === 401 && options.password !== undefined && dialog.cseq === 1) {
        const { uri } = dialog
        const proof = digest(challenge, options.user, options.password, 'INVITE', uri)
        Object.assign(dialog, { remote: `<${uri}>`, target: uri, cseq: 2 })
        transmit(request('INVITE', dialog, '2', `authorization: ${proof}`, sdp()), ...serverOf(options))
        return
      }
      if (status === 200) {
        dialog.isUp = true
        speak(message.body)
      } else if (!dialog.isUp) {
        quiet()
      }
    }
    // Neither what an earlier call is still told, nor that a CANCEL has come, is the answer that is waited for.
    if (method === 'CANCEL' || awaited?.callId !== header(message, 'call-id')) return
    awaited.resolve(message)
  }

  function answer(): void {
    if (dialog === undefined) throw new Error('There is no call to answer')
    transmit(response(dialog.invite, 200, 'OK', '', sdp()), ...serverOf(options))
    dialog.isUp = true
    speak(dialog.invite.body)
  }

  function speak(remoteSdp: string): void {
    const host = /c=IN IP4 (\S+)/.exec(remoteSdp)?.[1]
    const port = Number(/m=audio (\d+)/.exec(remoteSdp)?.[1] ?? 0)
    if (options.toneHz === undefined || host === undefined || port === 0 || speaker !== undefined) return
    const hz = options.toneHz
    let index = 0
    const startedAt = performance.now()
    /** When the key that is being sent went down: all packets of one key carry that time. */
    let keyAt: number | null = null
    const send = (): void => {
      const key = keys.shift()
      keyAt = key ? (keyAt ?? index) : null
      const packet = Buffer.alloc(12)
      packet.writeUInt8(0x80, 0)
      packet.writeUInt8(key ? keyPayload : 0, 1)
      packet.writeUInt16BE(index & 0xffff, 2)
      packet.writeUInt32BE(((keyAt ?? index) * 160) >>> 0, 4)
      packet.writeUInt32BE(0x1234, 8)
      media.send(Buffer.concat([packet, key ?? tonePacket(hz, index)]), port, host)
      index += 1
    }
    speaker = setInterval(() => {
      // A busy machine ticks late; a telephone sends fifty packets a second all the same.
      const due = Math.floor((performance.now() - startedAt) / 20)
      if (isHolding) index = due
      const behindMs = (due - index) * 20
      if (behindMs > evenMs) stoodMs += behindMs
      while (index < due) send()
    }, 20)
  }

  function quiet(): void {
    clearInterval(speaker)
    speaker = undefined
    keys = []
    isHolding = false
    dialog = undefined
  }

  const tag = randomUUID().slice(0, 8)
  const contact = `<sip:${options.user}@${options.host}:${options.port}>`
  let sdpVersion = 0
  const sdp = (direction = 'sendrecv'): string =>
    ['v=0', `o=- 1 ${++sdpVersion} IN IP4 ${options.host}`, 's=-', `c=IN IP4 ${options.host}`, 't=0 0']
      .concat(`m=audio ${media.address().port} RTP/AVP 0 ${keyPayload}`, 'a=rtpmap:0 PCMU/8000')
      .concat(`a=rtpmap:${keyPayload} telephone-event/8000`, `a=${direction}`, '')
      .join('\r\n')

  function response(to: Message, status: number, text: string, extra: string, body: string): string {
    const copied = ['via', 'record-route', 'from', 'call-id', 'cseq'].flatMap((name) =>
      (to.headers.get(name) ?? []).map((value) => `${name}: ${value}`)
    )
    const toLine = header(to, 'to')
    const lines = [
      `SIP/2.0 ${status} ${text}`,
      ...copied,
      `to: ${/;tag=/.test(toLine) ? toLine : `${toLine};tag=${tag}`}`,
      `contact: ${contact}`
    ]
    return finish(lines, extra, body)
  }
  function request(
    method: string,
    d: Dialog,
    cseq: string,
    extra: string,
    body = '',
    branch = freshBranch()
  ): string {
    if (method === 'INVITE') d.branch = branch
    const lines = [
      `${method} ${d.target} SIP/2.0`,
      `via: SIP/2.0/UDP ${options.host}:${options.port};rport;branch=${branch}`,
      'max-forwards: 70',
      ...d.routes.map((route) => `route: ${route}`),
      `from: ${d.local}`,
      `to: ${d.remote}`,
      `call-id: ${d.callId}`,
      `cseq: ${cseq} ${method}`,
      `contact: ${contact}`
    ]
    return finish(lines, extra, body)
  }
  function transmit(text: string, host: string, port: number): void {
    said.push(text.slice(0, text.indexOf('\r\n')))
    socket.send(text, port, host)
  }
  const final = ({ callId }: Dialog): Promise<Message> =>
    new Promise((resolve) => (awaited = { callId, resolve }))
  const freshDialog = (uri: string): Dialog => ({
    callId: randomUUID(),
    isOurs: true,
    local: `<sip:${options.user}@${options.host}>;tag=${randomUUID().slice(0, 8)}`,
    remote: `<${uri}>`,
    target: uri,
    uri,
    invite: { first: '', headers: new Map(), body: '' },
    branch: '',
    cseq: 1,
    isUp: false,
    routes: []
  })

  return {
    said,
    heard,
    /** Contacts of what was heard, the newest last. */
    contacts,
    notified,
    /** From headers of the calls that came: who was shown. */
    shown,
    answer,
    setManner: (next: Manner): void => void (manner = next),
    isUp: (): boolean => dialog?.isUp === true,
    isRinging: (): boolean => dialog !== undefined && !dialog.isUp,
    audio: (): Int16Array => decodeUlaw(Buffer.concat(audio.map(({ payload }) => payload))),
    /**
     * For how long its sound was not sent because this process stood still; then it came in a burst. Whoever hears it
     * loses nothing, but Asterisk's recorder drops both voices when one is more than 100 ms behind the other.
     */
    stoodSeconds: (): number => stoodMs / 1000,
    /** What came in the last `ms`; nothing when nothing came. */
    lately(ms: number): Int16Array {
      const since = Date.now() - ms
      return decodeUlaw(
        Buffer.concat(audio.filter(({ atMs }) => atMs >= since).map(({ payload }) => payload))
      )
    },
    /** Calls a number or a SIP address; gives the final status. */
    async call(number: string, headers = ''): Promise<number> {
      const { host, port } = options.server
      dialog = freshDialog(number.startsWith('sip:') ? number : `sip:${number}@${host}:${port}`)
      const answered = final(dialog)
      transmit(request('INVITE', dialog, '1', headers, sdp()), ...serverOf(options))
      return statusOf(await answered)
    },
    /** Gives up a call of ours that is not answered yet; `call` gives the status that it ends with. */
    cancel(): void {
      if (dialog === undefined || !dialog.isOurs || dialog.isUp)
        throw new Error('There is no call to give up')
      transmit(request('CANCEL', dialog, String(dialog.cseq), '', '', dialog.branch), ...serverOf(options))
    },
    /** Presses a key, as SIP INFO. */
    press(digit: string): void {
      if (dialog === undefined) throw new Error('There is no call to press keys in')
      const body = `Signal=${digit}\r\nDuration=160\r\n`
      const info = request(
        'INFO',
        dialog,
        String(++dialog.cseq),
        'content-type: application/dtmf-relay',
        body
      )
      transmit(info, ...serverOf(options))
    },
    /** Presses a key in the midst of the tone (RFC 4733), as telephones do. */
    key(digit: string): void {
      if (speaker === undefined) throw new Error('Keys go with the tone, and there is none')
      keys.push(...keyEvents(digit))
    },
    /** Puts the call on hold by re-INVITE, or takes it back; gives the final status. */
    async hold(on: boolean): Promise<number> {
      if (dialog === undefined) throw new Error('There is no call to hold')
      isHolding = on
      const answered = final(dialog)
      const offer = sdp(on ? 'sendonly' : 'sendrecv')
      transmit(request('INVITE', dialog, String(++dialog.cseq), '', offer), ...serverOf(options))
      return statusOf(await answered)
    },
    /** The dialog, as another one's REFER names it. */
    replaces(): string {
      if (dialog === undefined) throw new Error('There is no call to replace')
      const tagOf = (line: string): string => /;tag=([^;>]+)/.exec(line)?.[1] ?? ''
      return `${dialog.callId};to-tag=${tagOf(dialog.remote)};from-tag=${tagOf(dialog.local)}`
    },
    /** Asks for a transfer: to a number, or into the call whose `replaces` is given; gives the final status. */
    async refer(to: string, replaces = ''): Promise<number> {
      if (dialog === undefined) throw new Error('There is no call to transfer')
      const { host, port } = options.server
      const what = replaces === '' ? '' : `?Replaces=${encodeURIComponent(replaces)}`
      const extra = `refer-to: <sip:${to}@${host}:${port}${what}>\r\nreferred-by: ${contact}`
      const answered = final(dialog)
      transmit(request('REFER', dialog, String(++dialog.cseq), extra), ...serverOf(options))
      return statusOf(await answered)
    },
    /** Ends the call from this side. */
    hangup(): void {
      if (dialog === undefined) return
      const bye = request('BYE', dialog, String(++dialog.cseq), '')
      transmit(bye, ...serverOf(options))
      // Until it is answered (RFC 3261, timer E): a busy machine may drop a packet, and nobody else would end the call.
      clearInterval(saying)
      saying = setInterval(() => transmit(bye, ...serverOf(options)), 500)
      quiet()
    },
    /** Registers with a password; gives the final status of the second, authorised request. */
    async register(password: string, seconds = 60): Promise<number> {
      const uri = `sip:${options.server.host}:${options.server.port}`
      const d = freshDialog(uri)
      d.remote = `<sip:${options.user}@${options.server.host}>`
      d.local = `${d.remote};tag=${randomUUID().slice(0, 8)}`
      const expires = `expires: ${seconds}`
      let answered = final(d)
      transmit(request('REGISTER', d, '1', expires), ...serverOf(options))
      const challenge = await answered
      if (statusOf(challenge) !== 401) return statusOf(challenge)
      answered = final(d)
      const authorization = digest(
        header(challenge, 'www-authenticate'),
        options.user,
        password,
        'REGISTER',
        uri
      )
      transmit(
        request('REGISTER', d, '2', `${expires}\r\nauthorization: ${authorization}`),
        ...serverOf(options)
      )
      return statusOf(await answered)
    },
    async close(): Promise<void> {
      quiet()
      clearInterval(saying)
      await Promise.all([closed(socket), closed(media)])
    }
  }
}
export type Party = Awaited<ReturnType<typeof createParty>>

const keyPayload = 101
/** A telephone whose packets come later than this does not speak evenly. */
const evenMs = 60
const freshBranch = (): string => `z9hG4bK${randomUUID()}`
const serverOf = (options: PartyOptions): [string, number] => [options.server.host, options.server.port]
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(() => resolve()))
