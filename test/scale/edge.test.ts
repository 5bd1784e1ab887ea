import { expect } from 'chai'
import { createSecrets } from '../../db/secrets.ts'
import { createParty, type Party } from '../ari/party.ts'
import { endedRow, openRow, takeIn, startTwoNodes, type TwoNodes } from '../nodes/two-nodes.ts'
import { groupOf } from '../pbx/chaos.ts'
import { hears, tones } from '../pbx/office.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { until } from '../support/until.ts'
import { makeEdgeDir, nodesOfEdge, startEdgeCommand } from './edge.ts'

/** Two nodes behind the edge, all of them real. */
describe('Two Asterisk nodes behind the SIP edge', function () {
  this.timeout(120_000)
  const base = 16_700
  const key = 'ab'.repeat(32)
  const to = '+74951490001'
  const at = { host: '127.0.0.1', port: base + 64 }
  const env = {
    SECRET_KEY: key,
    SIP_EDGE: `${at.host}:${at.port}`,
    SIP_EDGE_WEB: `127.0.0.1:${base + 66}`,
    SIP_EDGE_CONTROL: String(base + 67),
    SIP_EDGE_NODES: `127.0.0.1:${base + 60}`
  }
  let nodes: TwoNodes
  let edge: { stop(): Promise<void> }
  let company: Company
  let phone: Party
  let user = ''
  const parties: Party[] = []
  let nextPort = 5400

  before(async function () {
    this.timeout(240_000)
    nodes = await startTwoNodes(base, env)
    company = await foundCompany(nodes.instance, 49, 1)
    const groupId = await groupOf(nodes.instance, company.operators[0])
    await company.number(to, ringScheme(groupId, { ringSeconds: 20 }))
    // Anna's telephone has no address of its own any more: it registers.
    await nodes.sql("update devices set sip_address = null where kind = 'sip'")
    await takeIn(nodes)
    const dir = await makeEdgeDir()
    edge = await startEdgeCommand({ ...env, DATABASE_URL: nodes.databaseUrl, DATA_DIR: dir })
    const [device] = await nodes.sql("select sip_user, sip_secret from devices where kind = 'sip'")
    user = String(device?.['sip_user'])
    const sealed = String(device?.['sip_secret']).replace('sealed:', '')
    const secret = createSecrets(Buffer.from(key, 'hex')).open(sealed, 'devices.sip_secret') ?? ''
    phone = await createParty({ host: '127.0.49.4', port: 5070, server: at, user, toneHz: tones.anna })
    await until(async () => (await phone.register(secret, 300)) === 200, { what: 'the telephone registers' })
    await until(
      async () => {
        const { items } = await nodes.instance.api<{ items: { isReachable: boolean }[] }>(
          'GET',
          '/api/devices'
        )
        return items.some((one) => one.isReachable)
      },
      { what: 'the operator can be reached' }
    )
  })
  after(async () => {
    for (const party of [phone as Party | undefined]) await party?.close()
    await (edge as typeof edge | undefined)?.stop()
    await (nodes as TwoNodes | undefined)?.stop()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(await company.account())
      console.log(nodes.instance.output().slice(-2000))
    }
    for (const party of parties.splice(0)) {
      party.hangup()
      await party.close()
    }
    await company.clear()
  })

  const edgeSees = (flags: string): Promise<unknown> =>
    until(async () => (await nodesOfEdge(base + 67)).includes(flags), { what: `the edge sees ${flags}` })

  /** One tracked call through the edge, heard by both; gives the node that led it. */
  async function call(): Promise<string> {
    const client = await createParty({
      ...{ host: company.trunkHost, port: (nextPort += 2), server: at, user: '+79161112233' },
      toneHz: tones.client
    })
    parties.push(client)
    expect(await client.call(to)).to.equal(200)
    await Promise.all([hears(client, { anna: true }), hears(phone, { client: true })])
    const open = await openRow(nodes.instance, to)
    client.hangup()
    await until(() => !phone.isUp(), { what: 'the telephone hears of the end' })
    const row = await endedRow(nodes.instance, open)
    expect(row.outcome).to.equal('answered')
    return row.pbxUniqueId.split('-')[0] ?? ''
  }

  it('reaches one telephone from whichever node a call comes to', async () => {
    const led = new Set<string>()
    for (let tried = 0; led.size < 2 && tried < 16; tried += 1) led.add(await call())
    expect([...led].sort()).to.deep.equal(['b', 'rt'])
  })

  it('brings no new call to a node that drains', async () => {
    await nodes.sql("update asterisk_nodes set is_draining = true where name = 'b'")
    await until(async () => (await nodes.line('b'))?.detail?.startsWith('Drains'), { what: 'it drains' })
    await edgeSees(`${nodes.second.port} D`)
    for (let tried = 0; tried < 4; tried += 1) expect(await call()).to.equal('rt')
    await nodes.sql("update asterisk_nodes set is_draining = false where name = 'b'")
    await edgeSees(`${nodes.second.port} A`)
  })

  it('passes a dead node over; no telephone has to register again', async () => {
    await nodes.killSecond()
    for (let tried = 0; tried < 4; tried += 1) expect(await call()).to.equal('rt')
  })

  it('answers nobody who guesses passwords, and serves all others meanwhile', async () => {
    const guesser = await createParty({ host: '127.0.49.66', port: 5080, server: at, user })
    parties.push(guesser)
    for (let guess = 0; guess < 11; guess += 1) expect(await guesser.register(`wrong ${guess}`)).to.equal(401)
    const before = guesser.heard.length
    // No answer is what it waits for.
    void guesser.register('wrong again').catch(() => undefined)
    expect(await call()).to.equal('rt')
    expect(guesser.heard.length).to.equal(before)
  })
})
