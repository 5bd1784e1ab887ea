/** A SIP message as text, taken apart no further than tests need. */
export interface Message {
  /** The request or status line. */
  first: string
  /** Of a request its own, of a response the one that it answers. */
  method: string
  /** 0 for a request. */
  status: number
  /** By lower-case long name, in the order of the message. */
  headers: ReadonlyMap<string, readonly string[]>
  body: string
}

const compact: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  l: 'content-length',
  k: 'supported',
  x: 'session-expires'
}

export function parse(text: string): Message {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at < 0) continue
    const given = line.slice(0, at).trim().toLowerCase()
    const name = compact[given] ?? given
    headers.set(name, [...(headers.get(name) ?? []), line.slice(at + 1).trim()])
  }
  const isResponse = first.startsWith('SIP/2.0 ')
  const cseq = headers.get('cseq')?.[0] ?? ''
  return {
    first,
    method: isResponse ? (cseq.split(/\s+/)[1] ?? '') : (first.split(' ')[0] ?? ''),
    status: isResponse ? Number(first.split(' ')[1] ?? 0) : 0,
    headers,
    body: end < 0 ? '' : text.slice(end + 4)
  }
}

/** The first header of this name; empty when there is none. */
export const header = (message: Message, name: string): string => message.headers.get(name)?.[0] ?? ''
export const uriIn = (text: string): string => /<([^>]+)>/.exec(text)?.[1] ?? text.split(';')[0]?.trim() ?? ''
export const tagIn = (text: string): string => /;tag=([^;>\s]+)/.exec(text)?.[1] ?? ''
/** The number of a CSeq header. */
export const cseqOf = (message: Message): number => Number(header(message, 'cseq').split(/\s+/)[0] ?? 0)

/** Puts a message together; its length is counted, and a body without a type is SDP. */
export function compose(lines: readonly string[], body = ''): string {
  const isTyped = lines.some((line) => /^content-type:/i.test(line))
  return [
    ...lines,
    ...(body === '' || isTyped ? [] : ['content-type: application/sdp']),
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body
  ].join('\r\n')
}

export interface SdpOptions {
  host: string
  port: number
  /** Payload types of the audio, the most wanted first. */
  codecs?: readonly number[]
  /** Payload type of telephone-event; null for a telephone that has none. */
  events?: number | null
  direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** Grows with each new offer of a session. */
  version?: number
  /** Key and salt of SRTP. */
  seal?: Buffer | null
  /** More lines at the end. */
  extra?: readonly string[]
}

const codecNames: Readonly<Record<number, string>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 18: 'G729' }

export function sdpText(options: SdpOptions): string {
  const {
    host,
    port,
    codecs = [8],
    events = 101,
    direction = 'sendrecv',
    version = 1,
    extra = [],
    seal
  } = options
  const payloads = events === null ? codecs : [...codecs, events]
  return [
    'v=0',
    `o=- 1 ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/${seal ? 'SAVP' : 'AVP'} ${payloads.join(' ')}`,
    ...(seal ? [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${seal.toString('base64')}`] : []),
    ...codecs.map((payload) => `a=rtpmap:${payload} ${codecNames[payload] ?? 'X'}/8000`),
    ...(events === null ? [] : [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-16`]),
    `a=${direction}`,
    ...extra,
    ''
  ].join('\r\n')
}

export interface RemoteSdp {
  host: string
  port: number
  payloads: number[]
  /** Payload type of telephone-event, if they have it. */
  events: number | null
  direction: string
  /** Key and salt with which they seal; null when they do not. */
  seal: Buffer | null
}

/** What the other side's SDP says of its audio; null when there is none. */
export function readSdp(text: string): RemoteSdp | null {
  const media = /^m=audio (\d+) \S+ ([\d ]+)/m.exec(text)
  const host = /^c=IN IP4 (\S+)/m.exec(text)?.[1]
  if (!media || host === undefined) return null
  const events = /^a=rtpmap:(\d+) telephone-event/m.exec(text)?.[1]
  const seal = /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:([A-Za-z0-9+/=]+)/m.exec(text)?.[1]
  return {
    host,
    port: Number(media[1]),
    payloads: (media[2] ?? '').trim().split(/\s+/).map(Number),
    events: events === undefined ? null : Number(events),
    direction: /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(text)?.[1] ?? 'sendrecv',
    seal: seal === undefined || !/^m=audio \d+ RTP\/SAVP /m.test(text) ? null : Buffer.from(seal, 'base64')
  }
}
