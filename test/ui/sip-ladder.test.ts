import { expect } from 'chai'
import type { SipLadder, SipMessage } from '../../api/contract/sip-trace.ts'
import { asText, columnsOf, holds, rowsOf, toneOf } from '../../ui/src/trace/rows.ts'

type Party = SipLadder['parties'][number]

const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const party = (id: string, kind: Party['kind']): Party => ({ id, kind, name: id, address: '203.0.113.9' })
const carrier = party('carrier', 'trunk')
const phone = party('phone', 'operator')
const stranger = party('stranger', 'outside')

/** `>` we to them, `<` they to us. */
function message(way: '<' | '>', first: string, atMs: number, more: Partial<SipMessage> = {}): SipMessage {
  const [, status, reason] = /^(\d+) (.*)$/.exec(first) ?? []
  return {
    at: new Date(startMs + atMs).toISOString(),
    partyId: 'carrier',
    direction: way === '>' ? 'out' : 'in',
    transport: 'udp',
    local: '198.51.100.1:5060',
    remote: '203.0.113.9:5060',
    dialog: 'd1',
    method: status === undefined ? first : 'INVITE',
    status: status === undefined ? null : Number(status),
    reason: reason ?? null,
    isRepeat: false,
    codecs: [],
    text: `${first}\r\n\r\n`,
    ...more
  }
}
const ladder = (messages: SipMessage[], parties = [carrier]): SipLadder => ({
  parties,
  messages,
  findings: []
})
const names = (parties: Party[]): string[] => columnsOf(parties).map((column) => column?.id ?? 'us')

describe('a ladder of SIP messages', () => {
  describe('columns', () => {
    it('have us on the left of the only other side', () => {
      expect(names([carrier])).to.deep.equal(['us', 'carrier'])
      expect(names([])).to.deep.equal(['us'])
    })

    it('have carriers and strangers on the left and telephones on the right, whoever spoke first', () => {
      expect(names([phone, carrier])).to.deep.equal(['carrier', 'us', 'phone'])
      expect(names([phone, stranger, carrier, party('other', 'operator')])).to.deep.equal([
        ...['stranger', 'carrier', 'us', 'phone', 'other']
      ])
    })

    it('have us between two of a kind', () => {
      expect(names([carrier, party('second', 'trunk')])).to.deep.equal(['carrier', 'us', 'second'])
      expect(names([phone, party('other', 'operator')])).to.deep.equal(['phone', 'us', 'other'])
    })
  })

  describe('arrows', () => {
    const rows = (messages: SipMessage[], parties = [carrier]) =>
      rowsOf(ladder(messages, parties), columnsOf(parties))

    it('go from column to column, with the time since the first', () => {
      const call = [
        message('<', 'INVITE', 0),
        message('>', 'INVITE', 900, { partyId: 'phone', dialog: 'd2' }),
        message('<', '180 Ringing', 950, { partyId: 'phone', dialog: 'd2' }),
        message('>', '180 Ringing', 960)
      ]
      expect(
        rows(call, [carrier, phone]).map(({ from, to, offsetMs }) => [from, to, offsetMs])
      ).to.deep.equal([
        [0, 1, 0],
        [1, 2, 900],
        [2, 1, 950],
        [1, 0, 960]
      ])
    })

    it('fold what was said again into the first time, and can be found by either', () => {
      const [first, , answer, ...rest] = rows([
        message('>', 'INVITE', 0),
        message('<', '100 Trying', 400),
        message('<', '486 Busy Here', 450),
        message('>', 'INVITE', 500, { isRepeat: true }),
        message('>', 'INVITE', 1500, { isRepeat: true })
      ])
      expect(rest).to.deep.equal([])
      expect(first).to.deep.include({ index: 0, repeats: [3, 4], offsetMs: 0 })
      expect(answer?.repeats).to.deep.equal([])
      if (!first) throw new Error('There is no arrow')
      expect([0, 1, 3, 4, undefined].map((index) => holds(first, index))).to.deep.equal([
        ...[true, false, true, true, false]
      ])
    })

    it('keep apart what only looks the same', () => {
      const again = { isRepeat: true }
      const said = [
        message('>', 'INVITE', 0),
        // Of another leg, of the other way, and without its first time, which was not heard.
        message('>', 'INVITE', 500, { ...again, dialog: 'd2' }),
        message('<', 'INVITE', 600, again),
        message('<', '200 OK', 700, again),
        message('<', '200 OK', 800, { ...again, method: 'BYE' })
      ]
      expect(rows(said).map(({ index, repeats }) => [index, repeats])).to.deep.equal([
        ...[0, 1, 2, 3, 4].map((index) => [index, []])
      ])
    })

    it('fold into the newest of its kind, as registrations under one Call-ID need it', () => {
      const said = [
        message('>', 'REGISTER', 0),
        message('>', 'REGISTER', 60_000),
        message('>', 'REGISTER', 60_500, { isRepeat: true })
      ]
      expect(rows(said).map(({ repeats }) => repeats)).to.deep.equal([[], [2]])
    })

    it('are none of an empty ladder', () => {
      expect(rows([], [])).to.deep.equal([])
    })

    it('are coloured by what they mean; a wish for a password is no fault', () => {
      const tones = [
        'INVITE',
        '180 Ringing',
        '200 OK',
        '302 Moved',
        '401 x',
        '407 x',
        '404 x',
        '503 x',
        '603 x'
      ]
      expect(tones.map((first) => toneOf(message('<', first, 0)))).to.deep.equal([
        ...['request', 'wait', 'good', 'ask', 'ask', 'ask', 'bad', 'bad', 'bad']
      ])
    })
  })

  it('is a text with every message, said again or not, and which way it went', () => {
    const text = asText(ladder([message('>', 'INVITE', 0), message('<', '200 OK', 5, { isRepeat: true })]))
    expect(text).to.equal(
      [
        '--- 2026-11-22T10:00:00.000Z UDP 198.51.100.1:5060 -> 203.0.113.9:5060',
        '',
        'INVITE',
        '',
        '--- 2026-11-22T10:00:00.005Z UDP 203.0.113.9:5060 -> 198.51.100.1:5060',
        '',
        '200 OK',
        ''
      ].join('\n')
    )
  })
})
