import { expect } from 'chai'
import { readLogLine } from '../../../pbx/runtime/trunk-log.ts'

describe('Asterisk’s log about registrations', () => {
  const line = (message: string): string =>
    `[2026-11-22T11:52:12.143+0000] WARNING[23726] res_pjsip_outbound_registration.c: ${message}`
  const atMs = Date.parse('2026-11-22T11:52:12.143Z')
  const about = { atMs, clientUri: 'sip:shop@carrier' }
  const table: [string, object | null][] = [
    [
      "403 Forbidden fatal response received from 'sip:carrier:5060' on registration attempt to 'sip:shop@carrier', retrying in '60' seconds",
      { ...about, code: 403, nextMs: atMs + 60_000 }
    ],
    [
      "No response received from 'sip:carrier' on registration attempt to 'sip:shop@carrier', retrying in '20'",
      { ...about, code: null, nextMs: atMs + 20_000 }
    ],
    [
      "'503' temporal response received from 'sip:500@carrier' on registration attempt to 'sip:shop@carrier'",
      { ...about, code: 503, nextMs: null }
    ],
    ["Fatal response '401' received for something else", null],
    ['Contact removed', null]
  ]
  for (const [message, wanted] of table)
    it(`reads: ${message.slice(0, 40)}…`, () => {
      expect(readLogLine(line(message))).to.deep.equal(wanted)
    })

  it('takes nothing from another module, and no line without a time', () => {
    const [message = ''] = table[0] ?? []
    expect(readLogLine(`[2026-11-22T11:52:12.143+0000] WARNING[1] chan_pjsip.c: ${message}`)).to.equal(null)
    expect(readLogLine(`[soon] WARNING[1] res_pjsip_outbound_registration.c: ${message}`)).to.equal(null)
    expect(readLogLine('')).to.equal(null)
  })
})
