import { expect } from 'chai'
import { decodeText, csvRows } from '../../api/csv.ts'
import { readTable } from '../../api/imports-read.ts'
import { xlsxLines, type SheetLine } from '../../api/imports-sheet.ts'
import { XlsxFault } from '../../api/imports-xlsx.ts'
import { CsvFault } from '../../api/csv.ts'
import { parseChannel, parseEvent } from '../../pbx/ari/events.ts'
import { parseCel } from '../../pbx/runtime/cel.ts'
import { decodeHep } from '../../pbx/trace/hep.ts'
import { parseSip, readStart, withoutSecrets } from '../../pbx/trace/sip-message.ts'
import { deviceOf } from '../../tracking/bots.ts'
import { callerIdText } from '../../pbx/ari/originate.ts'
import { cleanText } from '../../pbx/runtime/arrivals.ts'
import { readRow } from '../../crm/imports/row.ts'
import { hidden } from '../../integrations/connectors/hide.ts'
import { parseAnswer } from '../../integrations/lookup/answer.ts'
import { payloadOfEvent } from '../../integrations/webhooks/outbox.ts'
import { changesOf } from '../../api/audit-changes.ts'
import { clean, landingOf } from '../../tracking/landing.ts'
import { formatNational, normalise } from '../../tracking/phones.ts'
import { hepPacket } from '../pure/trace/packets.ts'
import { spoilt } from './support/bytes.ts'
import { impossible, naughty } from './support/naughty.ts'
import { everyRound, isLong, roundsMs } from './support/rounds.ts'
import { workbook } from './support/workbook.ts'
import { mutated } from './support/values.ts'

const invite = [
  'INVITE sip:+74951234567@198.51.100.1:5060;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bK1;received=203.0.113.9;rport=5060',
  'From: "O\'Brien \\"x\\"" <sip:+79161112233@203.0.113.9>;tag=1',
  'To: <sip:+74951234567@198.51.100.1>',
  'Contact: <sip:+79161112233:secret@203.0.113.9:5060;line=abc>',
  'Call-ID: 1@203.0.113.9',
  'CSeq: 1 INVITE',
  'Proxy-Authorization: Digest username="a", realm="r", nonce="n", uri="sip:x",\r\n response="0123"',
  'Content-Type: application/sdp',
  'Content-Length: 120',
  '',
  'v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\nc=IN IP4 203.0.113.9\r\nm=audio 4000 RTP/SAVP 8 101',
  'a=rtpmap:8 PCMA/8000\r\na=crypto:1 AES inline:abcdef|2^20\r\na=ice-pwd:secret\r\n'
].join('\r\n')
const channel = {
  ...{
    id: '0190.1',
    name: 'PJSIP/t-1',
    state: 'Up',
    protocol_id: 'x',
    creationtime: '2026-11-22T12:00:00.000+0000'
  },
  caller: { number: '+79161112233', name: 'Anna' },
  ...{ connected: { number: '', name: '' }, dialplan: { context: 'in', exten: 's', app_name: 'Stasis' } },
  channelvars: { A: '1' }
}
const events = [
  { type: 'StasisStart', args: ['a', 'b'], channel },
  { type: 'ChannelDestroyed', cause: 16, tech_cause: 200, channel },
  { type: 'ChannelDtmfReceived', digit: '5', duration_ms: 100, channel },
  { type: 'PlaybackFinished', playback: { id: 'p', target_uri: 'channel:x', state: 'done' } },
  { type: 'RecordingFinished', recording: { name: 'r', target_uri: 'bridge:x', duration: 3 } },
  {
    type: 'ChannelTransfer',
    state: 'channel_declined',
    refer_to: { requested_destination: { destination: '201' } }
  }
].map((event) => ({ ...event, timestamp: '2026-11-22T12:00:00.000+0000', application: 'ringtrace' }))
const cel =
  '"HANGUP","1795348800.123456","+79161112233","An ""x""","s","PJSIP/t-1","1.1","1.1","","{""hangupcause"":16}","Stasis","in"\n'
const csv = 'Имя;Телефон;Сумма\r\n"Анна ""А"" Б";+79161112233;"1 234,50"\r\nBob;8 (495) 123-45-67;=1+1\r\n'

/** A parser that takes longer than this is being led by its input; sound ones take a thousandth. */
const mostMs = 1500
/** What is said, on purpose, of a file that is none. */
const isRefusal = (error: unknown): boolean =>
  error instanceof XlsxFault ||
  error instanceof CsvFault ||
  (error instanceof Error && error.name === 'ApiError')

const rowsOf = async (bytes: Buffer): Promise<number> => {
  const lines: SheetLine[] = []
  for await (const line of xlsxLines(bytes)) lines.push(line)
  return lines.length
}

type Parser = (bytes: Buffer) => unknown
const parsers: Record<string, { sound: readonly Buffer[]; read: Parser; times: number }> = {
  'a copied SIP message': {
    sound: [hepPacket({ payload: invite, source: '203.0.113.9:5060', destination: '127.0.0.1:5061' })],
    read: (bytes) => decodeHep(bytes),
    times: 2000
  },
  'a SIP message': {
    sound: [Buffer.from(invite), Buffer.from(invite.replace(/^INVITE.*/, 'SIP/2.0 183 Session Progress'))],
    read(bytes) {
      const text = bytes.toString()
      readStart(text)
      const kept = withoutSecrets(text)
      const message = parseSip(kept)
      return message?.header('constructor')
    },
    times: 800
  },
  'an event of Asterisk': {
    sound: events.map((event) => Buffer.from(JSON.stringify(event))),
    read: (bytes) => parseEvent(bytes.toString()),
    times: 2000
  },
  'a line of the log of channels': {
    sound: [Buffer.from(cel + cel)],
    read: (bytes) => parseCel(bytes.toString()),
    times: 2000
  },
  'a table as text': {
    sound: [Buffer.from(csv), Buffer.from(`\ufeff${csv}`), Buffer.from(csv, 'utf16le')],
    async read(bytes) {
      let cells = 0
      for await (const row of csvRows(decodeText(bytes).text)) cells += row.cells.length
      await readTable(bytes)
      return cells
    },
    times: 300
  },
  'a workbook': {
    sound: [
      workbook([
        ['Имя', 'Телефон'],
        ['=1+1', '+79161112233'],
        ['<b>', '']
      ]),
      workbook([['a']], { isStored: true })
    ],
    async read(bytes) {
      await rowsOf(bytes)
      return readTable(bytes)
    },
    times: 400
  }
}

describe('What takes apart texts of others', function () {
  this.timeout(roundsMs)
  for (const [name, { sound, read, times }] of Object.entries(parsers)) {
    it(`reads ${name} that is spoilt, or says that it is none, and soon`, () =>
      everyRound('parsers', async (random) => {
        for (const bytes of sound) await read(bytes)
        for (let turn = 0; turn < times * (isLong ? 3 : 1); turn += 1) {
          const bytes = spoilt(random, random.pick(sound))
          const before = process.cpuUsage()
          try {
            await read(bytes)
          } catch (error) {
            if (!isRefusal(error))
              throw new Error(
                `${String(error)} on ${JSON.stringify(bytes.toString('latin1').slice(0, 2000))}`,
                { cause: error }
              )
          }
          // Work, not time: what else runs on the machine has no part in it.
          const tookMs = process.cpuUsage(before).user / 1000
          expect(tookMs, JSON.stringify(bytes.toString('latin1').slice(0, 500))).to.be.lessThan(mostMs)
        }
      }))
  }

  it('reads events whose fields are of other kinds, and makes texts of texts only', () =>
    everyRound('parsers', (random) => {
      for (let turn = 0; turn < 1500; turn += 1) {
        const said = mutated(random, random.pick(events))
        const { kind } = parseEvent(JSON.stringify(said) ?? 'null')
        expect(kind).to.be.oneOf(['event', 'unknown', 'malformed'])
        const found = parseChannel(mutated(random, channel))
        if (found)
          expect(
            [found.id, found.name, found.callerNumber, found.callerName].map((each) => typeof each)
          ).to.deep.equal(Array(4).fill('string'))
      }
    }))

  it('finds an address, a number and a device in anything, or nothing', () => {
    for (const text of [
      ...naughty,
      ...impossible,
      'x'.repeat(100_000),
      '+'.repeat(50_000),
      '%'.repeat(50_000)
    ]) {
      for (const url of [
        text,
        `https://shop.test/?utm_source=${text}`,
        `https://${text}/`,
        `https://shop.test/#${text}`
      ])
        landingOf(url)
      expect(clean(text).length).to.be.most(300)
      deviceOf(text)
      const phone = normalise(text)
      if (phone) expect(formatNational(phone.e164)).to.be.a('string')
    }
  })

  it('cuts no letter in half: its halves are nothing that jsonb, or Asterisk, takes', () => {
    for (const text of ['👍'.repeat(30_000), `a${'👍'.repeat(30_000)}`]) {
      const kept = {
        caller: cleanText(text),
        callerId: callerIdText({ name: text, number: '+79161112233' }),
        mark: clean(text),
        problem: readRow('contacts', ['phone'], [text], {
          users: new Map(),
          custom: [],
          stages: [],
          currency: 'RUB'
        }),
        exchange: hidden({ [text.slice(0, 40)]: text }),
        change: changesOf({ label: null }, { label: text }),
        answer: parseAnswer(JSON.stringify({ contact_name: text, text, code: text })),
        payload: payloadOfEvent({ type: 'inquiry.created', atMs: 0, data: { note: text } } as never)
      }
      for (const [name, value] of Object.entries(kept))
        expect(JSON.stringify(value), name)
          .to.match(/👍/)
          .and.not.match(/\\ud[89a-f]/i)
    }
  })

  it('does not walk through a million empty lines one by one', async () => {
    for (const end of ['\r', '\n']) {
      const startMs = performance.now()
      const lines: number[] = []
      for await (const { line } of csvRows(`a;b${end}${end.repeat(1_000_000)}c;d`, ';')) lines.push(line)
      expect(lines).to.deep.equal([1, 1_000_002])
      // One by one they took a minute.
      expect(performance.now() - startMs, JSON.stringify(end)).to.be.lessThan(mostMs * 4)
    }
  })

  it('does not unpack a workbook that was made to fill the memory', async () => {
    const before = process.memoryUsage().rss
    for (const bomb of [
      workbook([['a']], { filler: 30 * 1024 ** 2 }),
      workbook(Array.from({ length: 3 }, () => ['x'.repeat(2_000_000)]))
    ]) {
      let isRefused = false
      try {
        await rowsOf(bomb)
      } catch (error) {
        if (!isRefusal(error)) throw error
        isRefused = true
      }
      expect(isRefused, `${bomb.length} bytes`).to.equal(true)
    }
    expect(await rowsOf(workbook([['a']], { claimed: 0xffffffff })), 'one that boasts').to.equal(1)
    expect(process.memoryUsage().rss - before, 'bytes of memory').to.be.lessThan(300 * 1024 ** 2)
  })
})
