import { expect } from 'chai'
import type { JournalCall } from '../../api/contract/calls.ts'
import type { Random } from '../../db/demo/random.ts'
import { bothHear, openOffice, talking, type Office } from '../sip/office.ts'
import { compose, sdpText } from '../sip/message.ts'
import { until } from '../support/until.ts'
import { spoilt } from './support/bytes.ts'
import { naughty } from './support/naughty.ts'
import { everyRound, isLong, roundsMs } from './support/rounds.ts'

/** Names that a header can carry: no ends of lines, no signs that end it. */
const names = naughty.filter((text) => !/\p{Cc}/u.test(text))
/** Asterisk keeps 79 bytes of a name. */
const leastBytes = 70
const soundCalls = isLong ? names.length : 14
const spoiltCalls = isLong ? 400 : 120

describe('Callers who send what nobody means', function () {
  this.timeout(roundsMs)
  let office: Office
  let nextCaller = 0
  before(async function () {
    this.timeout(120_000)
    office = await openOffice(27_500, 84, 1)
  })
  after(() => office.close())

  const upSince = async (): Promise<string> =>
    (await office.instance.asterisk<{ status: { startup_time: string } }>('/asterisk/info')).status
      .startup_time
  const rows = async (): Promise<JournalCall[]> => {
    const all: JournalCall[] = []
    let cursor = ''
    do {
      const page = await office.instance.api<{ items: JournalCall[]; nextCursor: string | null }>(
        'GET',
        `/api/calls?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`
      )
      all.push(...page.items)
      cursor = page.nextCursor ?? ''
    } while (cursor !== '')
    return all
  }
  const caller = (): string => `+7916${String((nextCaller += 1)).padStart(7, '0')}`

  it('bring one right row each, or none; a talk beside them goes on, and nothing falls', async () => {
    const startedAt = await upSince()
    const talk = await talking(office)
    const closed = await office.desk({
      operators: 0,
      blocks: { first: { type: 'hangup', settings: { reason: 'closed' }, exits: {} } }
    })
    const peer = await office.outside()
    const { host, port } = peer.options
    const target = `127.0.0.1:${office.instance.sipPort}`

    /** An INVITE that nobody spoils; its Call-ID says whose it is. */
    function invite(from: string, number: string): Buffer {
      const body = sdpText({ host, port: 4000 })
      return Buffer.from(
        compose(
          [
            `INVITE sip:${closed.number}@${target} SIP/2.0`,
            `Via: SIP/2.0/UDP ${host}:${port};rport;branch=z9hG4bK-fuzz-${number}`,
            'Max-Forwards: 70',
            `From: ${from};tag=${number.slice(-7)}`,
            `To: <sip:${closed.number}@${target}>`,
            `Call-ID: fuzz-${number}`,
            'CSeq: 1 INVITE',
            `Contact: <sip:${number}@${host}:${port}>`,
            'P-Asserted-Identity: "Somebody" <sip:+79160000000@example.test>',
            'User-Agent: x'
          ],
          body
        )
      )
    }

    await everyRound('sip', async (random: Random) => {
      const before = (await rows()).length
      const sound = new Map<string, string>()
      for (const name of random.shuffled(names).slice(0, soundCalls)) {
        const number = caller()
        sound.set(number, name)
        const quoted = name.replace(/[\\"]/g, (sign) => `\\${sign}`)
        const call = await peer.call(closed.number, { from: `"${quoted}" <sip:${number}@${host}:${port}>` })
        expect(await call.final(), name).to.be.within(400, 699)
      }
      for (let turn = 0; turn < spoiltCalls; turn += 1) {
        const number = caller()
        peer.raw(
          spoilt(
            random,
            invite(`"Somebody" <sip:${number}@${host}:${port}>`, number),
            random.pick([1, 1, 3])
          ).subarray(0, 60_000)
        )
      }
      // Behind all the others: when it is answered, they have been dealt with.
      await until(async () => (await peer.ask('OPTIONS', `sip:${target}`)).status !== 408, {
        what: 'SIP is answered'
      })
      const last = caller()
      sound.set(last, 'Last')
      expect(
        await (await peer.call(closed.number, { from: `"Last" <sip:${last}@${host}:${port}>` })).final()
      ).to.be.within(400, 699)
      await until(async () => (await office.instance.asterisk<unknown[]>('/channels')).length === 2, {
        ...{ timeoutMs: 45_000, everyMs: 200, what: 'the channels of the talk are left' }
      })
      const ofTalk = talk.desk.number
      let ended: JournalCall[] = []
      await until(
        async () => {
          ended = (await rows()).filter(({ dialedNumber }) => dialedNumber !== ofTalk)
          return (
            ended.some(({ callerNumber }) => callerNumber === last) &&
            ended.every(({ endedAt }) => endedAt !== null)
          )
        },
        { timeoutMs: 20_000, everyMs: 200, what: 'every call has its end in the journal' }
      )
      for (const [number, name] of sound) {
        const own = ended.filter(({ callerNumber }) => callerNumber === number)
        expect(own, `${number} ${name}`).to.have.length(1)
        expect(own[0], name).to.include({ direction: 'in', dialedNumber: closed.number, talkSeconds: 0 })
        const shown = own[0]?.callerName ?? ''
        expect(name.trim().startsWith(shown), `${name} is shown as ${shown}`).to.equal(true)
        expect(Buffer.byteLength(shown), name).to.be.least(
          Math.min(leastBytes, Buffer.byteLength(name.trim()))
        )
      }
      const ids = ended.map(({ id }) => id)
      expect(new Set(ids).size).to.equal(ids.length)
      expect(ended.length - before, 'rows for those that came').to.be.most(sound.size + spoiltCalls)
      for (const { callerNumber, callerName } of ended) {
        expect(callerNumber ?? '', 'a number is one line of signs').to.match(/^\P{Cc}{0,100}$/u)
        expect(callerName ?? '', 'so is a name').to.match(/^\P{Cc}{0,400}$/u)
      }
      if (process.env['FUZZ_TELL']) console.log(ended.length - before, 'rows of', sound.size + spoiltCalls)
      expect(await upSince(), 'Asterisk is the same as before').to.equal(startedAt)
      await bothHear(talk.caller, talk.operator)
    })
    await talk.caller.hangup()
    expect(await office.ended(talk.desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
    const errors = office.instance
      .output()
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line))
    expect(errors.join('\n'), 'errors in the log').to.equal('')
  })
})
