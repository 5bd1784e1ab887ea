import parser from 'drachtio-srf/lib/sip-parser/parser.js'

/** The little that must be known of every message, read without taking it apart. */
export interface Start {
  dialog: string
  method: string
  status: number | null
  reason: string | null
  transport: string
}

/** Longer messages are cut: nothing that a telephone says is. */
export const longestText = 16_384
/** The parser's expressions are no match for a header made to be slow. */
const longestHeader = 1000

const callIdLine = /^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]{1,256})/im
const cseqLine = /^cseq[ \t]*:[ \t]*\d{1,10}[ \t]+([A-Za-z]{1,20})/im
const viaLine = /^(?:via|v)[ \t]*:[ \t]*SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([A-Za-z-]{1,10})/im
const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]{0,200}))?/

/** @returns null for what is no SIP message */
export function readStart(text: string): Start | null {
  const dialog = callIdLine.exec(text)?.[1]?.trim()
  const method = cseqLine.exec(text)?.[1]?.toUpperCase()
  if (dialog === undefined || dialog === '' || method === undefined) return null
  const answer = statusLine.exec(text)
  if (!answer && !/^[A-Za-z]{1,20} \S+ SIP\/2\.0\r?$/m.test(firstLine(text))) return null
  return {
    dialog,
    method,
    status: answer ? Number(answer[1]) : null,
    reason: answer ? (answer[2] ?? '') : null,
    transport: (viaLine.exec(text)?.[1] ?? 'udp').toLowerCase()
  }
}

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  return text.slice(0, end < 0 ? 1024 : Math.min(end, 1024)).trimEnd()
}

const mask = '***'
/** Cheap, and true of every message that holds a secret; most hold none. */
const anySecret =
  /authorization|inline:|ice-pwd|;line=|\nk=|\nsignal|sips?:[^\s:@<>;]{1,100}:[^\s@<>;]{1,100}@/i
/** A header with its folded lines. */
const authorization = /^((?:proxy-)?authorization[ \t]*:)((?:[^\r\n]|\r?\n[ \t])*)/gim

/**
 * Takes out what would open something: proofs of passwords, keys of encrypted sound, the mark by which a registered
 * carrier's calls are known, passwords in addresses; and digits that were pressed.
 */
export function withoutSecrets(text: string): string {
  if (!anySecret.test(text)) return text
  return text
    .replace(authorization, (_line, name: string, value: string) =>
      /^\s*digest\s/i.test(value)
        ? name + value.replace(/(\bresponse\s*=\s*)(?:"[^"]*"|[^",\s]*)/gi, `$1"${mask}"`)
        : `${name} ${mask}`
    )
    .replace(/(\binline:)[^\s|]+/gi, `$1${mask}`)
    .replace(/^(a=ice-pwd:)[^\r\n]*/gim, `$1${mask}`)
    .replace(/^(k=)[^\r\n]*/gim, `$1${mask}`)
    .replace(/(;line=)[^;>\s]+/gi, `$1${mask}`)
    .replace(/(\bsips?:[^\s:@<>;]{1,100}:)[^\s@<>;]{1,100}@/gi, `$1${mask}@`)
    .replace(/^(Signal[ \t]*=[ \t]*)[^\r\n]*/gim, `$1${mask}`)
}

export interface Uri {
  user: string
  host: string
  port: number | null
}

/** What one side offers or takes in its description of the media. */
export interface Sdp {
  /** Of the connection line; null where there is none. */
  address: string | null
  /** Names as people know them: PCMA, opus. */
  codecs: string[]
  isEncrypted: boolean
}

/** A message taken apart, as far as the explanations look. */
export interface SipMessage {
  uri: Uri | null
  from: Uri | null
  to: Uri | null
  contact: Uri | null
  via: { host: string; port: number | null; received: string | null; rport: number | null } | null
  sdp: Sdp | null
  /** The first value of a header, by its name in lower case. */
  header(name: string): string | null
}

/** @returns null for what the parser cannot take apart */
export function parseSip(text: string): SipMessage | null {
  const message = parser.parseSipMessage(text.slice(0, longestText), true)
  if (!message) return null
  // Own names only: a header may be called `constructor`.
  const headers = new Map(Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value]))
  const header = (name: string): string | null => headers.get(name)?.slice(0, longestHeader) ?? null
  const uriIn = (name: string): Uri | null => uriOf(header(name))
  return {
    header,
    uri: uriOf(message.uri ?? null),
    from: uriIn('from'),
    to: uriIn('to'),
    contact: uriIn('contact'),
    via: viaOf(header('via')),
    sdp: /application\/sdp/i.test(header('content-type') ?? '') ? sdpOf(message.body ?? '') : null
  }
}

/** The first address in a header. */
function uriOf(value: string | null): Uri | null {
  const text = value === null ? undefined : /<([^<>]{1,300})>|(sips?:[^\s;,<>]{1,300})/i.exec(value)
  const found = parser.parseUri(text?.[1] ?? text?.[2] ?? '')
  if (found?.host === undefined) return null
  const port = found.port ?? NaN
  return { user: found.user ?? '', host: found.host, port: Number.isNaN(port) ? null : port }
}

function viaOf(value: string | null): SipMessage['via'] {
  const first = value?.split(',')[0]
  const host = /^SIP\s*\/\s*2\.0\s*\/\s*\S+\s+([^\s;:,]+)(?::(\d{1,5}))?/i.exec(first ?? '')
  if (!first || host?.[1] === undefined) return null
  const rport = /;\s*rport=(\d{1,5})/i.exec(first)?.[1]
  return {
    host: host[1],
    port: host[2] === undefined ? null : Number(host[2]),
    received: /;\s*received=([^;\s]+)/i.exec(first)?.[1] ?? null,
    rport: rport === undefined ? null : Number(rport)
  }
}

/** Payload types that have their name without a line of their own. */
const known: Readonly<Record<string, string>> = {
  0: 'PCMU',
  3: 'GSM',
  4: 'G723',
  8: 'PCMA',
  9: 'G722',
  18: 'G729'
}

function sdpOf(body: string): Sdp {
  const lines = body.split(/\r?\n/).slice(0, 300)
  const audio = lines.find((line) => line.startsWith('m=audio ')) ?? ''
  const [, , profile = '', ...types] = audio.split(' ')
  const names = new Map<string, string>()
  for (const line of lines) {
    const [, type, name] = /^a=rtpmap:(\d{1,3}) ([\w.-]{1,30})/.exec(line) ?? []
    if (type !== undefined && name !== undefined) names.set(type, name)
  }
  const codecs = types.slice(0, 50).map((type) => names.get(type.trim()) ?? known[type.trim()] ?? type.trim())
  const address = lines.map((line) => /^c=IN IP[46] ([0-9A-Fa-f.:]+)/.exec(line)?.[1]).find(Boolean)
  return {
    address: address ?? null,
    // Keys that are pressed are no codec that anybody lacks.
    codecs: [...new Set(codecs)].filter((name) => !/^(telephone-event|CN|)$/i.test(name)),
    isEncrypted: /SAVP/.test(profile)
  }
}
