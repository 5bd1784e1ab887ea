import { expect } from 'chai'
import type { JournalCall } from '../../api/contract/calls.ts'
import type { Health } from '../../api/contract/config.ts'
import type { OverloadSettings } from '../../api/contract/overload.ts'
import type { Notices } from '../../api/contract/tasks.ts'
import type { Dialog } from '../sip/dialog.ts'
import { bothHear, openOffice, type Desk, type Office } from '../sip/office.ts'
import type { Peer } from '../sip/peer.ts'
import { until } from '../support/until.ts'

/** A real Asterisk whose company carries two calls at once, and no more. */
describe('More calls than the company carries', function () {
  this.timeout(90_000)
  let office: Office
  let lines: Peer

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(31_000, 77, 3)
    lines = await office.outside()
  })
  after(() => office.close())

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${office.instance.url}/metrics`)).text()
    const line = text.split('\n').find((one) => one.startsWith(`${name} `))
    return line === undefined ? Number.NaN : Number(line.slice(name.length + 1))
  }
  /** Calls are met with what stands in memory, a moment after it was set. */
  async function limit(settings: OverloadSettings): Promise<void> {
    await office.instance.api('PUT', '/api/overload-settings', settings)
    await until(async () => (await metric('pbx_call_limit')) === settings.maxCalls, {
      what: 'the limit stands'
    })
  }
  async function talk(desk: Desk): Promise<{ caller: Dialog; operator: Dialog }> {
    const caller = await lines.call(desk.number)
    const operator = await desk.phone.incoming()
    operator.ring()
    operator.answer()
    expect(await caller.final()).to.equal(200)
    await bothHear(caller, operator)
    return { caller, operator }
  }
  const alarms = async (): Promise<Notices['items']> => {
    const { items } = await office.instance.api<Notices>('GET', '/api/me/notices')
    return items.filter(({ subject }) => subject === 'overload')
  }
  const turnedAway = async (): Promise<JournalCall[]> => {
    const { items } = await office.instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=100')
    return items.filter(({ reason }) => reason === 'overloaded')
  }

  it('tells the third caller so, or rings the fallback group, and leaves the two talks alone', async () => {
    const [first, second, spare] = [await office.desk(), await office.desk(), await office.desk()]
    await limit({ maxCalls: 2, isAutomatic: false, answer: 'message', fallbackGroupId: spare.groupId })
    const talks = [await talk(first), await talk(second)]
    const goOn = () => Promise.all(talks.map(({ caller, operator }) => bothHear(caller, operator)))

    const third = await lines.call(first.number)
    await third.waitFor(({ status }) => status === 183)
    expect(await third.final(30_000)).to.equal(486)
    await goOn()
    const { checks } = await office.instance.api<Health>('GET', '/api/health')
    expect(checks['load']?.status).to.equal('degraded')
    expect(await metric('pbx_overloaded_calls_total{answer="message"}')).to.equal(1)
    const [row] = await until(async () => ((await turnedAway()).length === 1 ? turnedAway() : null), {
      what: 'the call that was turned away is in the journal'
    })
    expect(row).to.include({ outcome: 'missed', dialedNumber: first.number, answeredAt: null })

    await until(async () => (await alarms()).length === 1, { what: 'the admin is told' })

    // The limit is as high as before; by its number the directory tells that the new answer has come.
    await limit({ maxCalls: 3, isAutomatic: false, answer: 'group', fallbackGroupId: spare.groupId })
    await limit({ maxCalls: 2, isAutomatic: false, answer: 'group', fallbackGroupId: spare.groupId })
    const helped = await lines.call(first.number)
    const helper = await spare.phone.incoming()
    helper.ring()
    helper.answer()
    expect(await helped.final()).to.equal(200)
    await bothHear(helped, helper)

    // Nobody of the group is free any more: five hear the message, and the sixth is refused at once.
    const many = await Promise.all(Array.from({ length: 6 }, () => lines.call(first.number)))
    const answers = await Promise.all(many.map((call) => call.final(30_000)))
    expect(answers.toSorted()).to.deep.equal([486, 486, 486, 486, 486, 503])
    await goOn()
    for (const { caller, operator } of [...talks, { caller: helped, operator: helper }]) {
      await caller.hangup()
      await operator.waitFor('BYE')
    }
    await until(async () => (await turnedAway()).length === 7, { what: 'all of them are in the journal' })
    expect(await alarms(), 'the admin is told once').to.have.length(1)
  })
})
