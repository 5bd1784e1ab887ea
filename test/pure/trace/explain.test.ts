import { expect } from 'chai'
import { explain } from '../../../pbx/trace/explain.ts'
import { findingCodes } from '../../../pbx/trace/findings.ts'
import { carrier, challenge, heard, proof, sdp, us, type Said } from './texts.ts'

interface Case {
  title: string
  said: Said[]
  /** Milliseconds after which nothing more is waited for. */
  nowMs?: number
  codes: string[]
  params?: Record<string, string>
}

const register = (more: Partial<Said> = {}): Said => ({ way: '>', first: 'REGISTER', ...more })
const invite = (way: '<' | '>', more: Partial<Said> = {}): Said => ({ way, first: 'INVITE', ...more })
const answer = (way: '<' | '>', first: string, more: Partial<Said> = {}): Said => ({
  ...{ way, first, method: 'INVITE' },
  ...more
})
const ok = { lines: [`Contact: <sip:shop@${us}>;expires=300`] }

const cases: Case[] = [
  {
    title: 'a registration that is taken after its challenge',
    said: [
      register(),
      { way: '<', first: '401 Unauthorized', method: 'REGISTER', lines: [challenge] },
      register({ cseq: 2, lines: [proof] }),
      { way: '<', first: '200 OK', method: 'REGISTER', cseq: 2, ...ok }
    ],
    codes: ['registered'],
    params: { seconds: '300' }
  },
  {
    title: 'a proof that is refused again',
    said: [
      register(),
      { way: '<', first: '401 Unauthorized', method: 'REGISTER', lines: [challenge] },
      register({ cseq: 2, lines: [proof] }),
      { way: '<', first: '401 Unauthorized', method: 'REGISTER', cseq: 2, lines: [challenge] }
    ],
    codes: ['wrong_password'],
    params: { user: 'shop', realm: 'carrier' }
  },
  {
    title: 'a nonce that has grown old, and whose new proof is still to come',
    said: [
      register({ lines: [proof] }),
      { way: '<', first: '401 Unauthorized', method: 'REGISTER', lines: [`${challenge}, stale=true`] }
    ],
    nowMs: 500,
    codes: []
  },
  {
    title: 'a challenge that nobody can answer',
    said: [register(), { way: '<', first: '401 Unauthorized', method: 'REGISTER', lines: [challenge] }],
    codes: ['no_credentials']
  },
  {
    title: 'a challenge whose answer may still come',
    said: [register(), { way: '<', first: '401 Unauthorized', method: 'REGISTER', lines: [challenge] }],
    nowMs: 300,
    codes: []
  },
  {
    title: 'an account that is blocked',
    said: [register(), { way: '<', first: '403 Account blocked', method: 'REGISTER' }],
    codes: ['forbidden'],
    params: { status: '403', reason: 'Account blocked' }
  },
  {
    title: 'a registration that is too short for the carrier',
    said: [
      register(),
      { way: '<', first: '423 Interval Too Brief', method: 'REGISTER', lines: ['Min-Expires: 600'] }
    ],
    codes: ['too_brief'],
    params: { seconds: '600' }
  },
  {
    title: 'no answer at all, with its retransmissions',
    said: [register({ atMs: 0 }), register({ atMs: 500 }), register({ atMs: 1500 })],
    codes: ['no_answer'],
    params: { address: carrier, port: '5060', tries: '3', method: 'REGISTER', transport: 'udp' }
  },
  { title: 'no answer yet', said: [register({ atMs: 0 })], nowMs: 1000, codes: [] },
  {
    title: 'a registration that is taken off and not yet made anew',
    said: [register({ lines: ['Expires: 0', proof] }), { way: '<', first: '200 OK', method: 'REGISTER' }],
    codes: []
  },
  {
    title: 'any answer to OPTIONS as a sign of life',
    said: [
      { way: '>', first: 'OPTIONS' },
      { way: '<', first: '404 Not Found', method: 'OPTIONS' }
    ],
    codes: ['alive']
  },
  {
    title: 'a carrier that registers us and leaves OPTIONS unanswered',
    said: [
      { way: '>', first: 'OPTIONS', dialog: 'o' },
      register(),
      { way: '<', first: '200 OK', method: 'REGISTER', ...ok }
    ],
    codes: ['no_answer', 'registered']
  },
  {
    title: 'a call that is answered',
    said: [invite('>'), answer('<', '180 Ringing'), answer('<', '200 OK'), { way: '>', first: 'ACK' }],
    codes: ['call_answered']
  },
  {
    title: 'a number that the carrier does not know',
    said: [invite('>'), answer('<', '484 Address Incomplete')],
    codes: ['not_found'],
    params: { number: '+74951234567', refusedBy: 'them' }
  },
  {
    title: 'a number that we do not know',
    said: [invite('<'), answer('>', '404 Not Found')],
    codes: ['not_found'],
    params: { refusedBy: 'us' }
  },
  {
    title: 'a carrier that waits no longer',
    said: [invite('>'), answer('<', '408 Request Timeout')],
    codes: ['timed_out']
  },
  { title: 'a call that is never answered in any way', said: [invite('>')], codes: ['no_answer'] },
  {
    title: 'no common codec, with what each side offered',
    said: [
      invite('>', { body: sdp(us, '8 0 101', ['a=rtpmap:101 telephone-event/8000']) }),
      answer('<', '488 Not Acceptable Here', { body: sdp(carrier, '18') })
    ],
    codes: ['codec_mismatch'],
    params: { offered: 'PCMA, PCMU', wanted: 'G729', offeredBy: 'us' }
  },
  {
    title: 'sound that only one side encrypts',
    said: [
      invite('>', { body: sdp(us, '8') }),
      answer('<', '488 Not Acceptable Here', { body: sdp(carrier, '8', [], 'RTP/SAVP') })
    ],
    codes: ['encryption_mismatch']
  },
  {
    title: 'a carrier that wants TLS',
    said: [invite('>'), answer('<', '403 TLS required')],
    codes: ['tls_needed']
  },
  { title: 'a busy line', said: [invite('>'), answer('<', '486 Busy Here')], codes: ['busy'] },
  { title: 'a call that is declined', said: [invite('>'), answer('<', '603 Decline')], codes: ['declined'] },
  {
    title: 'a carrier that is overloaded',
    said: [invite('>'), answer('<', '503 Service Unavailable')],
    codes: ['unavailable']
  },
  { title: 'a fault at the carrier', said: [invite('>'), answer('<', '500 Oops')], codes: ['server_error'] },
  { title: 'another answer', said: [invite('>'), answer('<', '420 Bad Extension')], codes: ['refused'] },
  {
    title: 'a carrier that sends us elsewhere',
    said: [invite('>'), answer('<', '302 Moved')],
    codes: ['redirected']
  },
  {
    title: 'a call from an address that belongs to no trunk',
    said: [invite('<'), answer('>', '401 Unauthorized', { lines: [challenge] })],
    codes: ['unknown_source'],
    params: { address: carrier, number: '+74951234567' }
  },
  {
    title: 'a caller who gives up',
    said: [invite('<'), { way: '<', first: 'CANCEL' }, answer('>', '487 Request Terminated')],
    codes: ['caller_left'],
    params: { by: 'them' }
  },
  {
    title: 'an answer of ours that is never confirmed',
    said: [invite('<'), answer('>', '200 OK')],
    codes: ['no_ack'],
    params: { by: 'them' }
  },
  {
    title: 'an end that nobody confirms',
    said: [
      invite('>'),
      answer('<', '200 OK'),
      { way: '>', first: 'ACK' },
      { way: '>', first: 'BYE', cseq: 2 }
    ],
    codes: ['bye_unanswered', 'call_answered']
  },
  {
    title: 'a private address told to a public one',
    said: [
      invite('>', { lines: ['Contact: <sip:shop@192.168.1.5:5060>'], body: sdp('192.168.1.5', '8') }),
      answer('<', '100 Trying')
    ],
    codes: ['nat_private_address', 'nat_private_address'],
    params: { place: 'SDP', address: '192.168.1.5', peer: carrier }
  },
  {
    title: 'a private address inside one network',
    said: [
      invite('>', { remote: '192.168.1.9', lines: ['Contact: <sip:shop@192.168.1.5:5060>'] }),
      answer('<', '100 Trying', { remote: '192.168.1.9' })
    ],
    codes: []
  },
  {
    title: 'a carrier that sees us elsewhere',
    said: [
      register(),
      {
        ...{ way: '<', first: '200 OK', method: 'REGISTER', ...ok },
        via: `Via: SIP/2.0/UDP 10.0.0.5:5060;rport=1044;received=${us};branch=z9`
      }
    ],
    codes: ['nat_seen_differently', 'registered'],
    params: { told: '10.0.0.5', seen: us }
  },
  {
    title: 'a carrier that wants its sound where nobody gets',
    said: [invite('<', { body: sdp('10.9.9.9', '8') }), answer('>', '100 Trying')],
    codes: ['nat_private_media'],
    params: { address: '10.9.9.9' }
  }
]

describe('The SIP trace explains', () => {
  for (const { title, said, nowMs = 60_000, codes, params } of cases) {
    it(title, () => {
      const findings = explain(heard(...said), nowMs)
      expect(findings.map(({ code }) => code)).to.deep.equal(codes)
      if (params) expect(findings[0]?.params).to.include(params)
    })
  }

  it('with every code that it has', () => {
    const shown = new Set(cases.flatMap(({ codes }) => codes))
    expect(findingCodes.filter((code) => !shown.has(code))).to.deep.equal([])
  })

  it('and points at the message that shows it', () => {
    const copies = heard(register(), { way: '<', first: '403 No', method: 'REGISTER' })
    expect(explain(copies, 60_000)[0]?.message).to.equal(1)
  })
})
