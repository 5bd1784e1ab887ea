import { expect } from 'chai'
import { foundCompany, ringScheme, type Company, type Operator } from '../support/company.ts'
import { until } from '../support/until.ts'
import { createParty, type Party } from '../ari/party.ts'
import { hears, tones } from '../pbx/office.ts'
import { groupOf, onlyRow } from '../pbx/chaos.ts'
import { endedRow, openRow, startTwoNodes, takeIn, type TwoNodes } from './two-nodes.ts'

describe('Two Asterisk nodes under one controller', function () {
  this.timeout(60_000)
  let nodes: TwoNodes
  let company: Company
  const parties: Party[] = []
  const toAnna = '+74951480001'
  const toBoris = '+74951480002'

  before(async function () {
    this.timeout(120_000)
    nodes = await startTwoNodes(16_600)
    company = await foundCompany(nodes.instance, 48, 2)
    for (const [number, index] of [[toAnna, 0] as const, [toBoris, 1] as const]) {
      const groupId = await groupOf(nodes.instance, company.operators[index])
      await company.number(number, ringScheme(groupId, { ringSeconds: 20 }))
    }
  })
  after(() => nodes.stop())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(await company.account())
      console.log(nodes.instance.output().slice(-3000))
    }
    for (const party of parties.splice(0)) {
      party.hangup()
      await party.close()
    }
    await company.clear()
  })

  let nextPort = 5400
  const own = () => ({ host: '127.0.0.1', port: nodes.instance.sipPort })
  async function client(server: { host: string; port: number }): Promise<Party> {
    const party = await createParty({
      ...{ host: company.trunkHost, port: (nextPort += 2), server, user: '+79161112233' },
      toneHz: tones.client
    })
    parties.push(party)
    return party
  }
  async function desk(operator: Operator | undefined, toneHz: number, server = own()): Promise<Party> {
    if (!operator) throw new Error('No operator')
    const { host, port } = operator
    const party = await createParty({ ...{ host, port, server, user: 'operator' }, toneHz })
    parties.push(party)
    return party
  }

  it('takes a node in without a restart, and calls on both are led side by side', async () => {
    await takeIn(nodes)
    const anna = await desk(company.operators[0], tones.anna)
    const boris = await desk(company.operators[1], tones.boris, nodes.second)
    const here = await client(own())
    const there = await client(nodes.second)
    expect(await here.call(toAnna)).to.equal(200)
    expect(await there.call(toBoris)).to.equal(200)
    await Promise.all([
      hears(here, { anna: true, boris: false }),
      hears(there, { boris: true, anna: false }),
      hears(anna, { client: true }),
      hears(boris, { client: true })
    ])
    expect((await nodes.channels()).some((id) => id.startsWith('b-'))).to.equal(true)
    expect((await nodes.line('b'))?.detail).to.contain('calls: 1')

    await nodes.instance.kill()
    await hears(there, { boris: true })
    await nodes.instance.start()
    await until(async () => (await nodes.line('b'))?.detail?.includes('calls: 1'), {
      what: 'its call is known'
    })
    await hears(here, { anna: true })
    await hears(there, { boris: true })
    there.hangup()
    here.hangup()
    for (const [number, name] of [[toAnna, 'Anna'] as const, [toBoris, 'Boris'] as const]) {
      const row = await onlyRow(nodes.instance, number)
      expect(row.outcome, name).to.equal('answered')
      expect(row.operator?.name).to.equal(name)
    }
    await until(async () => (await nodes.channels()).length === 0, {
      what: 'nothing is left on the second node'
    })
  })

  it('loses only the calls of a node that is killed, and uses it again when it is back', async () => {
    const anna = await desk(company.operators[0], tones.anna)
    const boris = await desk(company.operators[1], tones.boris, nodes.second)
    const here = await client(own())
    const there = await client(nodes.second)
    expect(await here.call(toAnna)).to.equal(200)
    expect(await there.call(toBoris)).to.equal(200)
    await Promise.all([
      hears(here, { anna: true }),
      hears(there, { boris: true }),
      hears(boris, { client: true })
    ])
    const [ofAnna, ofBoris] = [await openRow(nodes.instance, toAnna), await openRow(nodes.instance, toBoris)]
    await nodes.killSecond()
    const lost = await endedRow(nodes.instance, ofBoris)
    expect(lost.reason).to.equal('asterisk_lost')
    expect((await nodes.line('b'))?.status).to.equal('degraded')
    await hears(here, { anna: true })
    await hears(anna, { client: true })

    await nodes.startSecond()
    await until(async () => (await nodes.line('b'))?.status === 'ok', { what: 'it is back' })
    boris.hangup()
    const again = await client(nodes.second)
    await until(async () => (await again.call(toBoris)) === 200, { what: 'its next call is answered' })
    await Promise.all([hears(again, { boris: true }), hears(boris, { client: true })])
    await hears(here, { anna: true })
    again.hangup()
    here.hangup()
    const row = await endedRow(nodes.instance, ofAnna)
    expect(row.outcome).to.equal('answered')
  })
})
