import { expect } from 'chai'
import { until } from '../support/until.ts'
import type { Dialog } from './dialog.ts'
import { compose, header, uriIn, type Message } from './message.ts'
import { bothHear, openOffice, talking, type Desk, type Office } from './office.ts'
import type { Peer } from './peer.ts'
import { noise, torture, type Strange } from './torture.ts'

/** One talk goes on through all of it: nothing that anybody sends may touch it, or Asterisk. */
describe('Messages that are strange, wrong or hostile', function () {
  this.timeout(60_000)
  let office: Office
  let talk: { desk: Desk; caller: Dialog; operator: Dialog }
  let startedAt: string
  let target: string
  const upSince = async (): Promise<string> =>
    (await office.instance.asterisk<{ status: { startup_time: string } }>('/asterisk/info')).status
      .startup_time

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(12_400, 47, 4)
    target = `127.0.0.1:${office.instance.sipPort}`
    talk = await talking(office)
    startedAt = await upSince()
  })
  after(() => office.close())
  afterEach('the talk goes on, and Asterisk is the same as before', async () => {
    expect(await upSince()).to.equal(startedAt)
    if (talk.caller.state() === 'up') await bothHear(talk.caller, talk.operator)
  })

  /** Sends each and gives the final answers by name; null where none came in time. */
  async function answersTo(peer: Peer, messages: Strange[]): Promise<Map<string, number | null>> {
    for (const { text } of messages) peer.raw(text)
    const callIdOf = (text: string): string => /^Call-ID: (\S+)/m.exec(text)?.[1] ?? 'none'
    const answerTo = (text: string): Message | undefined =>
      peer.strays.find((message) => message.status >= 200 && header(message, 'call-id') === callIdOf(text))
    const mustAnswer = messages.filter(({ answers }) => answers !== undefined && !answers.includes(null))
    await until(() => mustAnswer.every(({ text }) => answerTo(text)), {
      what: 'all that must be answered are'
    })
    // An OPTIONS behind all the others: when it is answered, they have been dealt with.
    expect((await peer.ask('OPTIONS', `sip:${target}`)).status).to.be.within(200, 499)
    return new Map(messages.map(({ name, text }) => [name, answerTo(text)?.status ?? null]))
  }

  /** Hangs up whatever a strange message has brought about. */
  function letGo(peer: Peer): void {
    for (const answer of peer.strays) {
      if (answer.status !== 200 || answer.method !== 'INVITE') continue
      const number = Number(header(answer, 'cseq').split(' ')[0])
      for (const [method, cseq] of [
        ['ACK', number],
        ['BYE', number + 1]
      ] as const) {
        const { host, port } = peer.options
        peer.raw(
          compose([
            `${method} ${uriIn(header(answer, 'contact'))} SIP/2.0`,
            `via: SIP/2.0/UDP ${host}:${port};branch=z9hG4bK-${method}-${header(answer, 'call-id')}`,
            'max-forwards: 70',
            `from: ${header(answer, 'from')}`,
            `to: ${header(answer, 'to')}`,
            `call-id: ${header(answer, 'call-id')}`,
            `cseq: ${cseq} ${method}`
          ])
        )
      }
    }
  }

  /** Nothing but the talk is left in Asterisk: two channels and one bridge. */
  async function onlyTheTalk(): Promise<void> {
    await until(async () => (await office.instance.asterisk<unknown[]>('/channels')).length === 2, {
      timeoutMs: 45_000,
      everyMs: 200,
      what: 'two channels are left'
    })
    expect(await office.instance.asterisk<unknown[]>('/bridges')).to.have.length(1)
  }

  it('from a carrier are answered as they deserve, or not at all', async () => {
    const desk = await office.desk({
      operators: 0,
      blocks: { first: { type: 'hangup', settings: { reason: 'closed' }, exits: {} } }
    })
    const peer = await office.outside()
    const taken = await (await peer.call(desk.number)).final()
    expect(taken, 'what a sound call gets').to.be.within(400, 699)
    const whom = { number: desk.number, caller: '+79161110000', taken }
    const messages = torture(target, `${peer.options.host}:${peer.options.port}`, whom)
    const answers = await answersTo(peer, messages)
    for (const { name, answers: expected } of messages) {
      if (expected) expect(answers.get(name), name).to.be.oneOf(expected)
    }
    letGo(peer)
    await onlyTheTalk()
  })

  it('from a stranger bring nothing about: no call, no channel, no answer but a challenge or an error', async () => {
    const stranger = await office.outside({ host: '127.0.47.66', port: 5060 })
    const whom = { number: talk.desk.number, caller: '+79162220000', taken: 401 }
    const strange = torture(target, '127.0.47.66:5060', whom)
    const answers = await answersTo(
      stranger,
      strange.map(({ name, text }) => ({ name, text }))
    )
    for (const [name, status] of answers) {
      if (status !== null) expect(status, name).to.be.within(400, 699)
    }
    const { items } = await office.instance.api<{ items: { callerNumber: string | null }[] }>(
      'GET',
      '/api/calls?limit=200'
    )
    expect(items.map(({ callerNumber }) => callerNumber)).to.not.include('+79162220000')
    await onlyTheTalk()
  })

  it('of bytes without meaning, short and long, are dropped', async () => {
    const peer = await office.outside()
    for (let seed = 1; seed <= 200; seed += 1) peer.raw(noise(seed, (seed * 37) % 1400))
    peer.raw(noise(7, 60_000))
    peer.raw(`INVITE sip:1@${target} SIP/2.0\r\n${'X: y\r\n'.repeat(5000)}\r\n`)
    peer.raw(`OPTIONS sip:${'9'.repeat(50_000)}@${target} SIP/2.0\r\n\r\n`)
    await until(async () => (await peer.ask('OPTIONS', `sip:${target}`)).status !== 408, {
      what: 'SIP is answered'
    })
    await onlyTheTalk()
  })

  it('inside the talk, from somebody who knows its Call-ID but not its tags, do not end it', async () => {
    const thief = await office.outside({ host: '127.0.47.67', port: 5060 })
    for (const method of ['BYE', 'CANCEL', 'INVITE', 'REFER', 'UPDATE']) {
      thief.raw(
        compose([
          `${method} ${talk.caller.target()} SIP/2.0`,
          `via: SIP/2.0/UDP 127.0.47.67:5060;branch=z9hG4bK-thief-${method}`,
          'max-forwards: 70',
          'from: <sip:thief@127.0.47.67>;tag=guess',
          `to: <sip:${talk.desk.number}@${target}>;tag=guess`,
          `call-id: ${talk.caller.callId}`,
          `cseq: 77 ${method}`,
          'refer-to: <sip:+79990001122@127.0.47.67>',
          'contact: <sip:thief@127.0.47.67>'
        ])
      )
    }
    await until(() => thief.strays.filter(({ status }) => status >= 400).length >= 4, {
      what: 'it is refused'
    })
    expect(thief.strays.map(({ status }) => status)).to.not.include(200)
    await onlyTheTalk()
  })

  it('leave a talk with its one row, and the next call as good as ever', async () => {
    const next = await talking(office)
    await next.caller.hangup()
    expect(await office.ended(next.desk.number)).to.include({ outcome: 'answered' })
    await talk.caller.hangup()
    expect(await office.ended(talk.desk.number)).to.include({ outcome: 'answered', hangupBy: 'client' })
  })
})
