import { expect } from 'chai'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Scheme } from '../../ivr/scheme.ts'
import type { Party } from '../ari/party.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { soundInfo, toneFile, tonesIn } from '../support/sound.ts'
import { sipp } from '../support/sipp.ts'
import { until } from '../support/until.ts'
import { blockBegins, telephones, type Telephones } from './chaos.ts'

describe('A call that comes in over a trunk', function () {
  this.timeout(60_000)
  let instance: Instance
  let company: Company
  let phones: Telephones
  const greeting = (next: string): Scheme['blocks'][string] => ({
    type: 'greeting',
    settings: { sounds: [{ sound: 'ringtrace/welcome' }] },
    exits: { next }
  })

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(27_000)
    company = await foundCompany(instance, 27, 3)
    phones = telephones(instance, company)
  })
  after(() => instance.stop())

  /** Every test ends with nothing left behind, here or in Asterisk. */
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await company.account())
    await phones.close()
    await company.clear()
  })

  const everyPhone = (options: Parameters<Company['phone']>[1]) =>
    Promise.all(company.operators.map((operator) => company.phone(operator, options)))
  /** Telephones that ring until they are told to do more. */
  const everyDesk = (): Promise<Party[]> =>
    Promise.all(company.operators.map((operator) => phones.at(operator, { manner: 'ring' })))
  const recordingOf = (number: string) =>
    until(
      async () => {
        const { recording } = await company.ended(number)
        return recording?.state === 'ready' ? recording : null
      },
      { timeoutMs: 20_000, what: 'the recording is ready' }
    )

  it('is answered and talked; each side is on its own channel of the recording', async () => {
    await company.number('+74951000001', ringScheme(company.groupId, { strategy: 'longestIdle' }))
    const audio = path.join(instance.dataDir, 'tones')
    const [low, high] = [await toneFile(audio, 440), await toneFile(audio, 1000)]
    await everyPhone({ scenario: 'operator-answers', tone: high, keys: { ring: 200 } })
    const caller = await company.caller('+74951000001', {
      scenario: 'caller-hangs-up',
      tone: low,
      keys: { talk: 4000 }
    })
    await caller.done
    const call = await company.ended('+74951000001')
    expect(call).to.include({
      outcome: 'answered',
      hangupBy: 'client',
      callerCountry: 'RU',
      groupName: 'Sales'
    })
    expect(call.source?.name).to.equal('Yandex.Direct')
    expect(call.number?.label).to.equal('Site header')
    expect(call.operator?.name).to.be.oneOf(company.operators.map((operator) => operator.name))
    expect(call.talkSeconds).to.be.within(3, 5)

    const recording = await recordingOf('+74951000001')
    const file = path.join(instance.dataDir, 'heard.mp3')
    await fs.writeFile(file, await download(instance, `/api/calls/${call.id}/recording`))
    const { channels, seconds } = await soundInfo(file)
    expect(channels).to.equal(2)
    expect(seconds).to.be.closeTo(4, 0.5)
    // The file itself is a little longer: MP3 begins and ends with filling.
    expect(recording.seconds).to.be.closeTo(seconds, 0.35)
    const [client = {}, operator = {}] = await tonesIn(file, [440, 1000])
    expect(client[440], 'the client in the client’s channel').to.be.greaterThan(0.2)
    expect(client[1000], 'the operator in the client’s channel').to.be.lessThan(0.02)
    expect(operator[1000], 'the operator in the operator’s channel').to.be.greaterThan(0.2)
    expect(operator[440], 'the client in the operator’s channel').to.be.lessThan(0.02)
  })

  it('is rated by the caller when the operator has hung up', async () => {
    await company.number('+74951000009', ringScheme(company.groupId))
    await everyPhone({ scenario: 'operator-hangs-up', keys: { ring: 200, talk: 1500 } })
    const caller = await phones.outside({ toneHz: 440 })
    expect(await caller.call('+74951000009')).to.equal(200)
    await blockBegins(instance, company, '+74951000009', 'rating')
    caller.key('5')
    await until(() => !caller.isUp(), { what: 'the caller is thanked and let go' })
    const call = await company.ended('+74951000009')
    expect(call).to.include({ outcome: 'answered', hangupBy: 'operator', rating: 5 })
    expect(call.steps.map((step) => [step.blockType, step.exit])).to.deep.equal([
      ['ring', 'talked'],
      ['rating', 'next']
    ])
    const rated = (await company.tape(call.id)).find((row) => row.type === 'call.rated')
    expect(rated?.data).to.deep.include({ rating: 5, operatorName: call.operator?.name })
  })

  it('goes to the next operator when the first does not answer, and not back to one who declined', async () => {
    await company.number('+74951000002', ringScheme(company.groupId, { ringSeconds: 5, rounds: 2 }))
    const [anna, boris, vera] = company.operators
    if (!anna || !boris || !vera) throw new Error('No operators')
    // They are there for the second round too: Asterisk would go on asking a telephone that says nothing, and ring whoever
    // stands at its address in the next test.
    await Promise.all([
      company.phone(anna, { scenario: 'operator-declines', calls: 5 }),
      company.phone(boris, { scenario: 'operator-only-rings', calls: 5 }),
      company.phone(vera, { scenario: 'operator-is-busy', calls: 5 })
    ])
    const caller = await company.caller('+74951000002', { scenario: 'caller-is-refused', timeoutSeconds: 40 })
    await caller.done
    const call = await company.ended('+74951000002')
    expect(call).to.include({ outcome: 'missed', reason: 'no_answer' })
    const results = call.legs.map((leg) => [leg.userName, leg.result])
    expect(results).to.deep.include([anna.name, 'declined'])
    expect(results).to.deep.include([boris.name, 'noAnswer'])
    expect(results).to.deep.include([vera.name, 'busy'])
    expect(results.filter(([name]) => name === anna.name)).to.have.length(1)
  })

  it('leaves no trace in Asterisk when the caller gives up while it rings', async () => {
    await company.number('+74951000003', ringScheme(company.groupId, { strategy: 'ringAll' }))
    const desks = await everyDesk()
    const caller = await phones.outside()
    const status = caller.call('+74951000003')
    await until(() => desks.every((desk) => desk.isRinging()), { what: 'all of them ring' })
    caller.cancel()
    expect(await status).to.equal(487)
    await until(() => !desks.some((desk) => desk.isRinging()), { what: 'nobody rings any more' })
    const call = await company.ended('+74951000003')
    expect(call).to.include({ outcome: 'missed', hangupBy: 'client', reason: 'caller_left_waiting' })
    expect(call.legs.map((leg) => leg.result)).to.deep.equal(['cancelled', 'cancelled', 'cancelled'])
  })

  it('has one row and the right outcome wherever the caller hangs up', async () => {
    const sounds = [{ sound: 'ringtrace/menu-shop' }]
    const menu = {
      type: 'menu',
      settings: { prompt: sounds, options: [{ digit: '1' }] },
      exits: { '1': null, noInput: null, wrongInput: null }
    }
    const steps: [string, Scheme['blocks']][] = [
      ['+74951000101', { a: { type: 'greeting', settings: { sounds }, exits: { next: null } } }],
      ['+74951000102', { a: menu }],
      [
        '+74951000103',
        { a: { type: 'voicemail', settings: { greeting: sounds, maxSeconds: 30 }, exits: { next: null } } }
      ]
    ]
    for (const [number, blocks] of steps) {
      await company.number(number, { locale: 'ru', start: 'a', blocks })
      const caller = await company.caller(number, { scenario: 'caller-hangs-up', keys: { talk: 700 } })
      await caller.done
      const call = await company.ended(number)
      expect(call, number).to.include({ outcome: 'abandoned', hangupBy: 'client' })
    }
    const rung = '+74951000104'
    const desks = await everyDesk()
    const blocks = { a: greeting('sales'), ...ringScheme(company.groupId).blocks }
    await company.number(rung, { locale: 'ru', start: 'a', blocks })
    const caller = await phones.outside({ user: '+79161110104' })
    expect(await caller.call(rung)).to.equal(200)
    await until(() => desks.some(({ shown }) => shown.some((from) => from.includes('+79161110104'))), {
      what: 'an operator is rung for this caller'
    })
    caller.hangup()
    expect(await company.ended(rung)).to.include({ outcome: 'missed', hangupBy: 'client' })

    const { items } = await instance.api<{ items: { dialedNumber: string }[] }>('GET', '/api/calls?limit=200')
    for (const number of [...steps.map(([to]) => to), rung])
      expect(items.filter((item) => item.dialedNumber === number)).to.have.length(1)
  })

  it('goes where the caller says by a key press (RFC 4733)', async () => {
    await company.number('+74951000004', {
      locale: 'ru',
      start: 'menu',
      blocks: {
        menu: {
          type: 'menu',
          settings: { prompt: [{ sound: 'ringtrace/menu-shop' }], options: [{ digit: '1' }, { digit: '2' }] },
          exits: { '1': null, '2': 'bye', noInput: null, wrongInput: null }
        },
        bye: greeting('gone'),
        gone: { type: 'hangup', settings: { reason: 'pressed_two' }, exits: {} }
      }
    })
    const caller = await company.caller('+74951000004', {
      scenario: 'caller-presses',
      keys: { digits: '2', before: 700 }
    })
    await caller.done
    const call = await company.ended('+74951000004')
    expect(call.steps.map((step) => [step.block, step.exit, step.pressed])).to.deep.include([
      'menu',
      '2',
      '2'
    ])
    expect(call).to.include({ pressed: '2', reason: 'pressed_two' })
  })

  it('leaves a message out of hours', async () => {
    await company.number('+74951000005', {
      locale: 'ru',
      start: 'hours',
      blocks: {
        hours: {
          type: 'schedule',
          settings: { timeZone: 'Europe/Moscow', hours: {}, holidays: [] },
          exits: { open: null, closed: 'message' }
        },
        message: {
          type: 'voicemail',
          settings: { greeting: [{ sound: 'ringtrace/thank-you' }], maxSeconds: 30 },
          exits: { next: null }
        }
      }
    })
    const tone = await toneFile(path.join(instance.dataDir, 'tones'), 440)
    const caller = await company.caller('+74951000005', {
      scenario: 'caller-hangs-up',
      tone,
      keys: { talk: 9000 }
    })
    await caller.done
    const call = await company.ended('+74951000005')
    expect(call).to.include({ outcome: 'voicemail', hangupBy: 'client' })
    const recording = await recordingOf('+74951000005')
    expect(recording.seconds).to.be.greaterThan(2)
  })

  it('to a number that is not ours hears so, and is in the journal as failed for want of a route', async () => {
    const caller = await company.caller('+74951999999', { scenario: 'caller-is-hung-up' })
    await caller.done
    expect(await company.ended('+74951999999')).to.include({ outcome: 'failed', reason: 'no_route' })
  })

  it('with a codec that nobody speaks is refused with 488 and has a row', async () => {
    await company.number('+74951000006', ringScheme(company.groupId))
    const caller = await company.caller('+74951000006', { scenario: 'caller-offers-g729' })
    await caller.done
    expect(await company.ended('+74951000006')).to.include({ outcome: 'failed', reason: 'no_codec' })
  })

  it('from an address of no trunk gets nothing useful, and is counted', async () => {
    const refused = async (): Promise<number> => {
      const metrics = await (await fetch(`${instance.url}/metrics`)).text()
      return [...metrics.matchAll(/^sip_refused_total\{.*\} (\d+)$/gm)].reduce(
        (sum, match) => sum + Number(match[1]),
        0
      )
    }
    const before = await refused()
    const stranger = await sipp({
      scenario: 'stranger-calls',
      host: '127.0.27.66',
      port: 5060,
      target: `127.0.0.1:${instance.sipPort}`,
      service: '+74951000001'
    })
    await stranger.done
    await until(async () => (await refused()) > before, { what: 'the stranger is counted' })
  })

  it('shows a caller’s name as text, however it is made, and takes anonymous and lettered callers', async () => {
    await company.number('+74951000007', {
      locale: 'ru',
      start: 'bye',
      blocks: { bye: { type: 'hangup', settings: { reason: 'closed' }, exits: {} } }
    })
    const name = `<img src=x onerror=alert(1)>${'x'.repeat(36)}`
    for (const from of [
      `"${name}" <sip:+79161112244@127.0.27.3>`,
      '"Anonymous" <sip:anonymous@anonymous.invalid>',
      '<sip:SberBank@127.0.27.3>'
    ]) {
      const caller = await company.caller('+74951000007', { scenario: 'caller-is-refused', from })
      await caller.done
    }
    const page = await until(
      async () => {
        const { items } = await instance.api<{
          items: { dialedNumber: string; callerName: string | null; callerNumber: string | null }[]
        }>('GET', '/api/calls?limit=50')
        const mine = items.filter((item) => item.dialedNumber === '+74951000007')
        return mine.length === 3 ? mine : null
      },
      { what: 'three calls' }
    )
    expect(page.map((call) => call.callerNumber).filter(Boolean)).to.deep.equal(['+79161112244'])
    expect(page.map((call) => call.callerName)).to.include.members([name, 'SberBank'])
  })

  it('is one of twenty at once, each with one row and no operator in two talks', async () => {
    await company.number('+74951000008', ringScheme(company.groupId, { rounds: 1, ringSeconds: 5 }))
    await Promise.all(
      company.operators.map((operator) =>
        company.phone(operator, { scenario: 'operator-answers', calls: 100, keys: { ring: 100 } })
      )
    )
    const caller = await company.caller('+74951000008', {
      scenario: 'caller-any-end',
      calls: 20,
      rate: 200,
      keys: { talk: 1500 }
    })
    await caller.done
    const rows = await until(
      async () => {
        const { items } = await instance.api<{
          items: { dialedNumber: string; endedAt: string | null; outcome: string; id: string }[]
        }>('GET', '/api/calls?limit=100')
        const mine = items.filter((item) => item.dialedNumber === '+74951000008')
        return mine.length === 20 && mine.every((item) => item.endedAt) ? mine : null
      },
      { what: 'twenty rows' }
    )
    expect(new Set(rows.map((row) => row.id)).size).to.equal(20)
    expect(rows.filter((row) => row.outcome === 'answered')).to.have.length(3)
    expect(rows.every((row) => ['answered', 'missed'].includes(row.outcome))).to.equal(true)
  })
})

async function download(instance: Instance, apiPath: string): Promise<Buffer> {
  const response = await fetch(`${instance.url}${apiPath}`, { headers: await instance.headers() })
  expect(response.status).to.equal(200)
  return Buffer.from(await response.arrayBuffer())
}
