import { expect } from 'chai'
import type { JournalCall, JournalCallWithLegs } from '../../api/contract/calls.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import type { Party } from '../ari/party.ts'
import { loudness } from '../ari/tone.ts'
import type { Receiver } from '../out/receiver.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import {
  expectJournalOfTape,
  groupOf,
  hearsTone,
  holes,
  leftInAsterisk,
  onlyRow,
  recordingOf,
  subscribe,
  telephones,
  type Telephones
} from './chaos.ts'

const number = (index: number): string => `+7495200000${index}`
const [talk, clientLeaves, operatorLeaves, lateAnswer, inGreeting, newcomer, givesUp] = Array.from(
  { length: 7 },
  (_, index) => number(index + 1)
) as [string, string, string, string, string, string, string]

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const ms = (iso: string | null): number => (iso === null ? Number.NaN : Date.parse(iso))

describe('Calls survive the controller', function () {
  let instance: Instance
  let company: Company
  let phones: Telephones

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(28_000, {}, { ownPostgres: true })
    company = await foundCompany(instance, 28, 7)
    phones = telephones(instance, company)
  })
  after(async () => {
    await phones.close()
    await instance.stop()
  })

  describe('When the controller is killed in the middle of calls and comes back', function () {
    this.timeout(60_000)
    let hook: Receiver
    const at: Record<string, number> = {}
    const rows = new Map<string, JournalCallWithLegs>()
    let clientHeard: Int16Array
    let operatorHeard: Int16Array
    let lateHeard: Int16Array
    let stoodSeconds: number
    let leftOver: string[]

    const row = (of: string): JournalCallWithLegs => {
      const found = rows.get(of)
      if (!found) throw new Error(`No row of ${of}`)
      return found
    }

    before(async function () {
      this.timeout(180_000)
      hook = await subscribe(instance, webhookEvents)
      await Promise.all(
        [talk, clientLeaves, operatorLeaves, lateAnswer, inGreeting, newcomer, givesUp].map(
          async (to, index) => {
            const scheme = ringScheme(await groupOf(instance, company.operators[index]), { ringSeconds: 30 })
            if (to === inGreeting) {
              scheme.blocks['hello'] = {
                type: 'greeting',
                settings: { sounds: Array.from({ length: 3 }, () => ({ sound: 'ringtrace/welcome' })) },
                exits: { next: 'sales' }
              }
              scheme.start = 'hello'
            }
            await company.number(to, scheme)
          }
        )
      )
      await disaster()
      for (const to of [talk, clientLeaves, operatorLeaves, lateAnswer, inGreeting, newcomer, givesUp]) {
        rows.set(to, await onlyRow(instance, to))
      }
      leftOver = await until(
        async () => {
          const left = await leftInAsterisk(instance)
          return left.length === 0 ? left : null
        },
        { timeoutMs: 5000 }
      ).catch(() => leftInAsterisk(instance))
    })
    after(async () => {
      await phones.close()
      await hook.close()
    })

    async function disaster(): Promise<void> {
      const operators: Party[] = []
      for (const [index, operator] of company.operators.entries()) {
        operators.push(
          await phones.at(operator, { toneHz: 1000, manner: index === 3 || index === 6 ? 'ring' : 'answer' })
        )
      }
      const [anna, , vera, gleb] = operators
      if (!anna || !vera || !gleb) throw new Error('No telephones')
      const callers = await Promise.all(Array.from({ length: 7 }, () => phones.outside({ toneHz: 440 })))
      const [speaker, leaver, left, waiter, listener, fresh, impatient] = callers
      if (!speaker || !leaver || !left || !waiter || !listener || !fresh || !impatient)
        throw new Error('No callers')

      await Promise.all([speaker.call(talk), leaver.call(clientLeaves), left.call(operatorLeaves)])
      at['talk'] = Date.now()
      const waiting = waiter.call(lateAnswer)
      const cancelled = impatient.call(givesUp)
      await until(() => gleb.isRinging() && operators[6]?.isRinging(), { what: 'two telephones ring' })
      await listener.call(inGreeting)
      // As long as people talk before it happens; nothing is waited for.
      await pause(1000)

      await instance.kill()
      at['killed'] = Date.now()
      await pause(500)
      leaver.hangup()
      at['clientLeft'] = Date.now()
      vera.hangup()
      at['operatorLeft'] = Date.now()
      gleb.answer()
      at['answered'] = Date.now()
      impatient.cancel()
      at['gaveUp'] = Date.now()
      expect(await cancelled).to.equal(487)
      const before = instance.output().length
      const starting = instance.start()
      // The dialplan asks for the controller for six seconds; its process may take longer than that to load here.
      await until(() => instance.output().slice(before).includes('Starting Asterisk'), { timeoutMs: 30_000 })
      const answered = fresh.call(newcomer)
      await starting
      at['back'] = Date.now()
      await Promise.all([waiting, answered])
      await until(() => [fresh, waiter, listener].every((caller) => hearsTone(caller, 1000)), {
        timeoutMs: 20_000,
        what: 'all talk'
      })
      await until(() => Date.now() - (at['talk'] ?? 0) > 8000)
      speaker.hangup()
      at['talkEnded'] = Date.now()
      clientHeard = speaker.audio()
      operatorHeard = anna.audio()
      stoodSeconds = speaker.stoodSeconds() + anna.stoodSeconds()
      await pause(700)
      lateHeard = waiter.audio()
      for (const caller of [left, waiter, listener, fresh]) caller.hangup()
    }

    it('the talk goes on without a hole, for the two and in its recording', async () => {
      expect(row(talk)).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(row(talk).operator?.name).to.equal('Anna')
      const seconds = ((at['talkEnded'] ?? 0) - (at['talk'] ?? 0)) / 1000
      expect(row(talk).talkSeconds).to.be.closeTo(seconds, 1)
      expect(holes(clientHeard, 1000), 'the client hears').to.be.lessThan(0.3)
      expect(holes(operatorHeard, 440), 'the operator hears').to.be.lessThan(0.3)
      const [client, operator] = await recordingOf(instance, row(talk).id)
      expect(client.length / 8000).to.be.closeTo(seconds, 0.6 + seconds * 0.1 + stoodSeconds)
      const mayMiss = 0.3 + stoodSeconds
      expect(holes(client, 440), 'the client is recorded').to.be.lessThan(mayMiss)
      expect(holes(operator, 1000), 'the operator is recorded').to.be.lessThan(mayMiss)
    })

    it('a client who hung up meanwhile did so when Asterisk says', () => {
      expect(row(clientLeaves)).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(row(clientLeaves).operator?.name).to.equal('Boris')
      expect(ms(row(clientLeaves).endedAt)).to.be.closeTo(at['clientLeft'] ?? 0, 1000)
    })

    it('an operator who hung up meanwhile did so when Asterisk says, and the client is asked for a rating', () => {
      const { legs, steps, ...call } = row(operatorLeaves)
      expect(call).to.include({ outcome: 'answered', hangupBy: 'operator' })
      expect(ms(legs[0]?.endedAt ?? null)).to.be.closeTo(at['operatorLeft'] ?? 0, 1000)
      expect(steps.map((step) => step.blockType)).to.deep.equal(['ring', 'rating'])
    })

    it('an operator who answered meanwhile is put through at the return', () => {
      expect(row(lateAnswer)).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(row(lateAnswer).operator?.name).to.equal('Gleb')
      expect(loudness(lateHeard.subarray(-4000), 1000), 'the client hears the operator').to.be.greaterThan(
        0.1
      )
      // The leg asks for the controller every half second, so it may be a little later than the controller's return.
      expect(ms(row(lateAnswer).answeredAt)).to.be.within(at['answered'] ?? 0, (at['back'] ?? 0) + 1000)
    })

    it('a caller in the greeting hears it to its end and is put through', () => {
      expect(row(inGreeting)).to.include({ outcome: 'answered', hangupBy: 'client' })
      expect(row(inGreeting).steps.map((step) => [step.blockType, step.exit])).to.deep.equal([
        ['greeting', 'next'],
        ['ring', null]
      ])
    })

    it('a caller who came meanwhile hears ringing and is taken by the new controller', () => {
      expect(row(newcomer)).to.include({ outcome: 'answered', reason: 'caller_hung_up' })
      expect(ms(row(newcomer).startedAt)).to.be.lessThan(at['back'] ?? 0)
    })

    it('a caller who gave up meanwhile is missed at that time', () => {
      expect(row(givesUp)).to.include({
        outcome: 'missed',
        hangupBy: 'client',
        reason: 'caller_left_waiting'
      })
      expect(ms(row(givesUp).endedAt)).to.be.closeTo(at['gaveUp'] ?? 0, 1000)
      expect(row(givesUp).legs.map((leg) => leg.result)).to.deep.equal(['cancelled'])
    })

    it('nothing is left in Asterisk', () => expect(leftOver).to.deep.equal([]))

    it('every tape is whole, and every moment on it reached the receiver under one id', async () => {
      const wanted: string[] = []
      for (const { id } of rows.values()) {
        const tape = await company.tape(id)
        expect(tape.map((entry) => entry.seq)).to.deep.equal(tape.map((_, index) => index + 1))
        const offered = tape.filter((entry) => (webhookEvents as readonly string[]).includes(entry.type))
        wanted.push(...offered.map((entry) => `${id} ${entry.seq} ${entry.type}`))
      }
      const nameOf = ({ json: { data, type } }: Receiver['received'][number]): string =>
        `${String(data['callId'])} ${String(data['sequence'])} ${type}`
      await until(() => wanted.every((name) => hook.received.some((got) => nameOf(got) === name)), {
        timeoutMs: 20_000,
        what: 'every moment is delivered'
      })
      const ids = new Map<string, Set<unknown>>()
      for (const got of hook.received) {
        ids.set(nameOf(got), (ids.get(nameOf(got)) ?? new Set()).add(got.headers['webhook-id']))
      }
      expect([...ids].filter(([, set]) => set.size > 1)).to.deep.equal([])
      expect(new Set(hook.received.map((got) => got.headers['webhook-id'])).size).to.equal(ids.size)
    })
  })

  describe('When the controller stays away for longer than a caller is kept waiting', function () {
    this.timeout(60_000)
    const [over, still, gone] = [number(8), number(9), '+74952000010']
    let heard: Int16Array
    let stoodSeconds: number
    let operatorLeftAt = 0
    let backAt = 0

    before(async function () {
      this.timeout(180_000)
      for (const to of [over, still, gone]) await company.number(to, ringScheme(company.groupId))
      const anna = await phones.at(company.operators[0], { toneHz: 1000, manner: 'answer' })
      const [first, second] = [await phones.outside({ toneHz: 440 }), await phones.outside({ toneHz: 440 })]
      await instance.kill()
      // A call that Asterisk hands over before it has seen the controller go waits for the next one, and there is none.
      await until(async () => (await instance.asterisk<unknown[]>('/applications')).length === 0, {
        what: 'Asterisk has seen the controller go'
      })
      const talks = first.call(over)
      const leaver = await company.caller(gone, { scenario: 'caller-cancels', keys: { before: 1500 } })
      await talks
      // It rings the fallback when the first talk is over.
      const talksToo = second.call(still)
      await pause(3000)
      first.hangup()
      heard = first.audio()
      stoodSeconds = first.stoodSeconds() + anna.stoodSeconds()
      await Promise.all([talksToo, leaver.done])
      await instance.start()
      backAt = Date.now()
      await until(() => second.isUp() && anna.isUp())
      await pause(500)
      anna.hangup()
      operatorLeftAt = Date.now()
    })
    after(() => phones.close())

    it('the fallback rings the operators, and the journal has the call from Asterisk’s own log', async () => {
      const row = await onlyRow(instance, over)
      expect(row).to.include({ outcome: 'answered', reason: 'fallback_answered', hangupBy: 'client' })
      expect(row.operator?.name).to.equal('Anna')
      expect(row.source?.name).to.equal('Yandex.Direct')
      expect(row.talkSeconds).to.be.within(2, 4)
      expect(row.waitSeconds).to.be.within(5, 9)
      expect(holes(heard, 1000), 'the client hears').to.be.lessThan(0.3)
    })

    it('its recording has the client on the left and the operator on the right', async () => {
      const [client, operator] = await recordingOf(instance, (await onlyRow(instance, over)).id)
      expect(client.length / 8000).to.be.closeTo(3, 0.7 + stoodSeconds)
      expect(holes(client, 440), 'the client').to.be.lessThan(0.3 + stoodSeconds)
      expect(holes(operator, 1000), 'the operator').to.be.lessThan(0.3 + stoodSeconds)
      expect(loudness(client, 1000), 'the operator on the client’s side').to.be.lessThan(0.02)
    })

    it('a fallback talk that ends after the return is in the journal as well', async () => {
      const row = await onlyRow(instance, still)
      expect(row).to.include({ outcome: 'answered', reason: 'fallback_answered', hangupBy: 'operator' })
      expect(ms(row.endedAt)).to.be.closeTo(operatorLeftAt, 1000).and.greaterThan(backAt)
    })

    it('a caller who gave up meanwhile is missed', async () => {
      expect(await onlyRow(instance, gone)).to.include({
        outcome: 'missed',
        reason: 'caller_left_waiting',
        hangupBy: 'client'
      })
    })

    it('nothing is left in Asterisk', async () => {
      await until(async () => (await leftInAsterisk(instance)).length === 0)
    })
  })

  describe('After all of it', () => {
    it('the journal is what the tapes say', async () => {
      const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
      expect(items).to.have.length(10)
      for (const { id } of items) await expectJournalOfTape(instance, company, id)
    })
  })
})
