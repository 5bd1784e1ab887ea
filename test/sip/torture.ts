/** Messages in the manner of RFC 4475, each strange in its own way; `N` is the number that is called. */
export interface Strange {
  name: string
  text: string
  /** What may come back; null is nothing at all. Absent: anything. */
  answers?: (number | null)[]
}

export interface Whom {
  number: string
  caller: string
  /** What a sound call to that number gets in the end. */
  taken: number
}

/** @param target `host:port` of Asterisk, @param from `host:port` of whoever sends it, @param whom who calls whom */
export function torture(target: string, from: string, whom: Whom): Strange[] {
  const { number, caller, taken } = whom
  let count = 0
  /** A common request with some lines changed; the Call-ID tells them apart. */
  function request(
    name: string,
    change: {
      first?: string
      lines?: Record<string, string | null>
      extra?: string[]
      body?: string
      tail?: string
    },
    answers?: (number | null)[]
  ): Strange {
    count += 1
    const uri = `sip:${number}@${target}`
    const body = change.body ?? ''
    const method = change.first?.split(' ')[0] ?? 'INVITE'
    const lines: Record<string, string | null> = {
      Via: `SIP/2.0/UDP ${from};branch=z9hG4bK-torture-${count}`,
      'Max-Forwards': '70',
      From: `"Strange" <sip:${caller}@${from}>;tag=t${count}`,
      To: `<${uri}>`,
      'Call-ID': `torture-${count}`,
      CSeq: `${count} ${method}`,
      Contact: `<sip:strange@${from}>`,
      ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
      'Content-Length': String(Buffer.byteLength(body)),
      ...change.lines
    }
    const head = Object.entries(lines).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]))
    const first = change.first ?? `INVITE ${uri} SIP/2.0`
    return {
      name,
      text: [first, ...head, ...(change.extra ?? []), '', body].join('\r\n') + (change.tail ?? ''),
      ...(answers ? { answers } : {})
    }
  }

  const uri = `sip:${number}@${target}`
  const long = 'long'.repeat(500)
  const refused = [400, 401, 403, 404, 405, 415, 416, 420, 481, 483, 484, 488, 500, 501, 505, 513, 603]

  return [
    // Weird, but valid.
    request(
      'folded lines, odd case and unknown headers',
      {
        lines: { To: null, Via: null },
        extra: [
          `TO :\r\n ${uri} `,
          `v:  SIP  / 2.0  / UDP  ${from} ;branch  =  z9hG4bK-folded`,
          'NewFangledHeader:   newfangled value\r\n continued newfangled value',
          'UnknownHeaderWithUnusualValue: ;;,,;;,;'
        ]
      },
      [taken]
    ),
    request(
      'a method of every character that is allowed',
      {
        first: `!interesting-Method0123456789_*+\`.%indeed'~ ${uri} SIP/2.0`
      },
      [501]
    ),
    request('an escaped NUL in the number', { first: `INVITE sip:null-%00-null@${target} SIP/2.0` }),
    request('escapes in the number', { first: `INVITE sip:%2B7%34%39%35@${target} SIP/2.0` }),
    request(
      'a number with parameters and semicolons',
      {
        first: `INVITE sip:${number};par=u%40example.net;phone-context=+7@${target};user=phone SIP/2.0`
      },
      [taken]
    ),
    request(
      'SQL for a number',
      { first: `INVITE sip:'%3Bdrop%20table%20calls%3B--@${target} SIP/2.0` },
      [404]
    ),
    request('dialplan for a number', { first: `INVITE sip:$%7BSHELL(id)%7D@${target} SIP/2.0` }, [404]),
    request('a name of dialplan', { lines: { From: `"\${SHELL(id)}" <sip:${caller}@${from}>;tag=x` } }, [
      taken
    ]),
    request(
      'a name with quotes, backslashes and other alphabets',
      {
        lines: { From: `"\\"O\\\\'Brien\\" Юрий 🦊 \u202e" <sip:${caller}@${from}>;tag=x` }
      },
      [taken]
    ),
    request(
      'a name that stands right at the bracket',
      {
        lines: { From: `Strange<sip:${caller}@${from}>;tag=x` }
      },
      [taken]
    ),
    request(
      'long values everywhere',
      {
        lines: { From: `"${long}" <sip:${long}@${from};unknown=${long}>;tag=x` },
        extra: [`Unknown-${long}: ${long}`, `Subject: ${long}${long}`]
      },
      [taken]
    ),
    request(
      'a hundred Via lines',
      {
        extra: Array.from({ length: 100 }, (_, n) => `Via: SIP/2.0/UDP 192.0.2.${n};branch=z9hG4bK-${n}`)
      },
      [taken]
    ),
    request('a message with another one behind it', { tail: `BYE ${uri} SIP/2.0\r\n\r\n` }, [taken]),
    request(
      'a body of several parts',
      {
        lines: { 'Content-Type': 'multipart/mixed;boundary=7a9cbec02ceef655' },
        body: '--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nnot SDP\r\n--7a9cbec02ceef655--\r\n'
      },
      [415]
    ),
    request('as RFC 2543 wrote, without a branch', { lines: { Via: `SIP/2.0/UDP ${from}` } }, [taken]),
    request('a branch of the cookie alone', { lines: { Via: `SIP/2.0/UDP ${from};branch=z9hG4bK` } }, [
      taken
    ]),
    request('an address of IPv6 that is none', { first: `INVITE sip:${number}@[::1 SIP/2.0` }),
    request('a contact of IPv6 garbage', { lines: { Contact: '<sip:x@[fe80::zz%25eth0]:99999>' } }),

    // Invalid.
    request('no number in CSeq', { lines: { CSeq: 'INVITE' } }, [400, null]),
    request('another method in CSeq', { lines: { CSeq: '9 OPTIONS' } }, [...refused, null]),
    request('a CSeq beyond all numbers', { lines: { CSeq: '36893488147419103232 INVITE' } }, [
      ...refused,
      null
    ]),
    request('a body longer than it is', { lines: { 'Content-Length': '9999' } }, [400, taken, null]),
    request('a negative length', { lines: { 'Content-Length': '-999' } }),
    request('two lengths', { extra: ['Content-Length: 5', 'Content-Length: 0'] }),
    request('a quote that never closes', { lines: { To: `"Mr. J. User <${uri}>` } }),
    request('brackets around the request’s address', { first: `INVITE <${uri}> SIP/2.0` }),
    request('blanks inside the request’s address', { first: `INVITE ${uri}; lr SIP/2.0` }),
    request('blanks between the words of the first line', { first: `INVITE  ${uri}  SIP/2.0` }),
    request('another version of SIP', { first: `INVITE ${uri} SIP/7.0` }),
    request('no Call-ID', { lines: { 'Call-ID': null } }, [400, null]),
    request('no From', { lines: { From: null } }, [400, null]),
    request('no To, no Via, no CSeq', { lines: { To: null, Via: null, CSeq: null } }, [400, null]),
    request('a scheme nobody knows', { first: `INVITE nobodyKnowsThisScheme:totallyopaque SIP/2.0` }),
    request(
      'an extension that we must have and have not',
      { extra: ['Require: nothingSupportsThis'] },
      [420]
    ),
    request(
      'a body of a type nobody knows',
      {
        lines: { 'Content-Type': 'application/unknownformat' },
        body: '<audio><pcmu port="443"/></audio>'
      },
      [415]
    ),
    request('no hop left', { lines: { 'Max-Forwards': '0' } }),
    request('Max-Forwards of 300', { lines: { 'Max-Forwards': '300' } }, [taken]),
    request('two of everything', {
      extra: [`To: <sip:a@b>`, `From: <sip:c@d>;tag=1`, 'Call-ID: other', 'CSeq: 99 BYE']
    }),
    request('an unknown way to prove who it is', {
      first: `REGISTER sip:${target} SIP/2.0`,
      extra: ['Authorization: NoOneKnowsThisScheme opaque-data=here']
    }),
    request(
      'BYE of a call that never was',
      { first: `BYE ${uri} SIP/2.0`, lines: { To: `<${uri}>;tag=none` } },
      [481, ...refused]
    ),
    request('CANCEL of a call that never was', { first: `CANCEL ${uri} SIP/2.0` }, [481, ...refused]),
    request('REFER of a call that never was', {
      first: `REFER ${uri} SIP/2.0`,
      extra: [`Refer-To: <sip:+79990001122@${from}>`]
    }),
    request('a call that replaces one that never was', {
      extra: ['Require: replaces', 'Replaces: none;to-tag=a;from-tag=b']
    }),
    request('an answer to nothing', { first: 'SIP/2.0 200 OK' }, [null]),
    request(
      'an answer of a code beyond all codes',
      { first: 'SIP/2.0 4294967301 better not break the receiver' },
      [null]
    ),
    request('an answer without words', { first: 'SIP/2.0 100 ' }, [null]),
    { name: 'half a line', text: 'INVITE sip:', answers: [null] },
    { name: 'empty lines', text: '\r\n\r\n\r\n\r\n', answers: [null] },
    { name: 'a page of the web', text: `GET / HTTP/1.1\r\nHost: ${target}\r\n\r\n` }
  ]
}

/** Bytes without any meaning, always the same ones. */
export function noise(seed: number, length: number): Buffer {
  let state = seed
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >> 16) & 0xff
    })
  )
}
