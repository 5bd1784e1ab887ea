import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import type { Received } from '../out/receiver.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { blockBegins, onlyRow, subscribe, telephones, type Telephones } from './chaos.ts'

describe('Webhooks of a real call', function () {
  this.timeout(60_000)
  let instance: Instance
  let company: Company
  let phones: Telephones
  const open: { close(): Promise<void> }[] = []

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(29_000, { WEBHOOK_PAUSES_SECONDS: '0.3,0.5,1' })
    company = await foundCompany(instance, 29)
    phones = telephones(instance, company)
  })
  after(() => instance.stop())
  afterEach(async () => {
    await phones.close()
    await company.clear()
    for (const hook of open.splice(0)) await hook.close()
  })

  async function receives(...events: string[]): ReturnType<typeof subscribe> {
    const hook = await subscribe(instance, events)
    open.push(hook)
    return hook
  }

  /** A talk of a second that the caller ends. */
  async function call(to: string): Promise<void> {
    await company.number(to, ringScheme(company.groupId))
    for (const operator of company.operators) await company.phone(operator, { scenario: 'operator-answers' })
    const caller = await company.caller(to, { scenario: 'caller-hangs-up', keys: { talk: 1000 } })
    await caller.done
  }

  const idOf = ({ headers }: Received): unknown => headers['webhook-id']
  /** By an independent implementation; throws when the signature is not right. */
  const verify = (secret: string, { body, headers }: Received): unknown =>
    new Webhook(secret).verify(body, headers as Record<string, string>)

  it('come on the third try to a receiver that fails twice, under the same id and signed', async () => {
    const hook = await receives('call.ended')
    hook.answer((nth, response) => void response.writeHead(nth <= 2 ? 500 : 204).end())
    await call('+74954000001')
    await until(() => hook.received.length >= 3, { what: 'three tries' })
    const tries = [...hook.received]
    expect(tries).to.have.length(3)
    expect(new Set(tries.map(idOf)).size).to.equal(1)
    for (const one of tries) expect(verify(hook.secret, one)).to.deep.include({ type: 'call.ended' })
    const [first] = tries
    if (!first) throw new Error('No try')
    expect(() => verify(hook.secret, { ...first, body: first.body.replace('answered', 'missed') })).to.throw()
    const { items } = await until(
      async () => {
        const page = await instance.api<{ items: { id: string; state: string; attempts: number }[] }>(
          'GET',
          `/api/webhook-deliveries?webhookId=${hook.id}`
        )
        return page.items[0]?.state === 'delivered' ? page : null
      },
      { what: 'the log says delivered' }
    )
    expect(items).to.have.length(1)
    expect(items[0]).to.include({ id: idOf(first), attempts: 3 })
  })

  it('tell a call from its beginning to its rating, each moment once, in order', async () => {
    const events = ['call.initiated', 'call.forwarding_step', 'call.answered', 'call.ended', 'call.rated']
    const hook = await receives(...events)
    const to = '+74954000002'
    await company.number(to, ringScheme(company.groupId))
    for (const operator of company.operators)
      await company.phone(operator, { scenario: 'operator-hangs-up', keys: { ring: 200, talk: 1500 } })
    const caller = await phones.outside({ toneHz: 440 })
    expect(await caller.call(to)).to.equal(200)
    await blockBegins(instance, company, to, 'rating')
    caller.key('4')
    await until(() => !caller.isUp(), { what: 'the caller is let go' })
    const row = await onlyRow(instance, to)
    await until(() => hook.received.some(({ json }) => json.type === 'call.ended'), { what: 'call.ended' })
    const types = hook.received.map(({ json }) => json.type)
    expect([...new Set(types)]).to.have.members(events)
    expect(types[0]).to.equal('call.initiated')
    expect(types.at(-1)).to.equal('call.ended')
    const sequences = hook.received.map(({ json }) => Number(json.data['sequence']))
    expect(sequences).to.deep.equal([...new Set(sequences)].toSorted((a, b) => a - b))
    for (const one of hook.received) {
      verify(hook.secret, one)
      expect(one.json.data['callId']).to.equal(row.id)
    }
    const rated = hook.received.find(({ json }) => json.type === 'call.rated')
    expect(rated?.json.data).to.deep.include({ rating: 4, operatorName: row.operator?.name })
  })

  it('hold up neither calls nor other receivers when one receiver hangs', async () => {
    const hanging = await receives('call.initiated', 'call.ended')
    hanging.answer(() => undefined)
    const well = await receives('call.initiated', 'call.ended')
    const to = '+74954000003'
    await call(to)
    const row = await onlyRow(instance, to)
    expect(row).to.include({ outcome: 'answered', waitSeconds: 0 })
    await until(() => well.received.length === 2, { timeoutMs: 3000, what: 'the other receiver has both' })
    const [began, ended] = well.received
    const endedAt = Date.parse(row.endedAt ?? '')
    expect((began?.atMs ?? 0) - Date.parse(row.startedAt)).to.be.lessThan(1500)
    expect((ended?.atMs ?? 0) - endedAt).to.be.lessThan(1500)
    expect(hanging.received.length).to.be.greaterThan(0)
  })
})
