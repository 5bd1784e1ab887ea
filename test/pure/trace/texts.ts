import { copyOf } from '../../../pbx/trace/collector.ts'
import type { SipCopy } from '../../../pbx/trace/types.ts'

export const us = '198.51.100.1'
export const carrier = '203.0.113.9'

export interface Said {
  /** `<` they to us, `>` we to them. */
  way: '<' | '>'
  /** `INVITE`, or `200 OK`. */
  first: string
  /** Of a response, what it answers. */
  method?: string
  cseq?: number
  dialog?: string
  atMs?: number
  lines?: readonly string[]
  body?: string
  remote?: string
  via?: string
}

/** Messages as the collector would give them; one a tenth of a second after the other. */
export function heard(...all: readonly Said[]): SipCopy[] {
  return all.map((said, index) => {
    const { way, first, cseq = 1, dialog = 'd1', remote = carrier, body = '' } = said
    const isResponse = /^\d/.test(first)
    const method = said.method ?? first.split(' ')[0] ?? ''
    const text = [
      isResponse
        ? `SIP/2.0 ${first}`
        : `${first.includes(' ') ? first : `${first} sip:+74951234567@${remote}:5060`} SIP/2.0`,
      said.via ??
        `Via: SIP/2.0/UDP ${way === '>' || isResponse ? us : remote}:5060;rport;branch=z9hG4bK${cseq}${method}`,
      `From: <sip:shop@${carrier}>;tag=1`,
      `To: <sip:shop@${carrier}>`,
      `Call-ID: ${dialog}`,
      `CSeq: ${cseq} ${method}`,
      ...(said.lines ?? []),
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body
    ].join('\r\n')
    const [ours, theirs] = [
      { address: us, port: 5060 },
      { address: remote, port: 5060 }
    ]
    const copy = copyOf(
      {
        atMs: said.atMs ?? index * 100,
        source: way === '>' ? ours : theirs,
        destination: way === '>' ? theirs : ours,
        type: 1,
        password: '',
        payload: Buffer.from(text)
      },
      ({ address }) => address === us
    )
    if (!copy) throw new Error(`No SIP: ${text}`)
    return copy
  })
}

export const sdp = (
  address: string,
  types: string,
  more: readonly string[] = [],
  profile = 'RTP/AVP'
): string =>
  [
    'v=0',
    `o=- 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio 4000 ${profile} ${types}`,
    ...more,
    ''
  ].join('\r\n')

export const challenge = 'WWW-Authenticate: Digest realm="carrier", nonce="abc"'
export const proof =
  'Authorization: Digest username="shop", realm="carrier", nonce="abc", uri="sip:x", response="0123456789abcdef"'
