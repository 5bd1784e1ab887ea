import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { nextDueMs } from '../../integrations/webhooks/deliveries.ts'
import { createWebhooks } from '../../integrations/webhooks/webhooks.ts'
import type { Webhooks } from '../../integrations/webhooks/webhooks.ts'
import { newSecret } from '../../integrations/webhooks/sign.ts'
import { until } from '../support/until.ts'
import { ownPostgres, silent } from './postgres.ts'
import type { TestPostgres } from './postgres.ts'
import { receiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'
import { journalRow, tapeRow, webhook } from './tape.ts'

describe('webhooks: what an integrator can rely on', function () {
  this.timeout(60_000)
  let postgres: TestPostgres
  let webhooks: Webhooks
  const open: Receiver[] = []

  const make = (options: Partial<Parameters<typeof createWebhooks>[0]> = {}): Webhooks =>
    createWebhooks({
      db: postgres.db,
      databaseUrl: postgres.url,
      log: silent,
      allowPrivateAddresses: true,
      pausesMs: [0, 30, 30, 30],
      timeoutMs: 5000,
      leaseMs: 800,
      ...options
    })

  const listeningReceiver = async (): Promise<Receiver> => {
    const made = await receiver()
    open.push(made)
    return made
  }

  const happens = (rows: Parameters<Webhooks['enqueueDeliveries']>[1], by = webhooks): Promise<void> =>
    postgres.db.transaction((trx) => by.enqueueDeliveries(trx, rows))

  /** A webhook that the sender knows: what happens next is for it too. */
  async function subscribe(
    url: string,
    rest: Parameters<typeof webhook>[2] = {}
  ): ReturnType<typeof webhook> {
    const made = await webhook(postgres.db, url, rest)
    await webhooks.refresh()
    return made
  }

  const deliveries = (webhookId: string): Promise<Record<string, unknown>[]> =>
    postgres.db('webhook_deliveries').where('webhook_id', webhookId).orderBy('seq')

  before(async () => {
    postgres = await ownPostgres(25_010)
  })
  beforeEach(() => {
    webhooks = make()
    webhooks.start()
  })
  afterEach(async () => {
    await webhooks.stop()
    await Promise.all(open.splice(0).map((made) => made.close()))
    await postgres.db('webhooks').delete()
    await postgres.db('audit').delete()
  })
  after(() => postgres.end())

  it('a receiver that fails twice gets the same delivery a third time, with the same id and a valid signature', async () => {
    const crm = await listeningReceiver()
    crm.answer((nth, response) => response.writeHead(nth < 3 ? 500 : 200).end('thanks'))
    const old = newSecret()
    const hook = await subscribe(crm.url, { secrets: [newSecret(), old] })
    const row = tapeRow('call.answered', { seq: 7 })
    await happens([row])

    await until(() => crm.received.length === 3)
    const ids = new Set(crm.received.map(({ headers }) => headers['webhook-id']))
    expect(ids.size).to.equal(1)
    expect(new Set(crm.received.map(({ body }) => body)).size).to.equal(1)
    for (const { headers, body } of crm.received) {
      for (const secret of hook.secrets) {
        expect(new Webhook(secret).verify(body, headers as Record<string, string>)).to.deep.equal({
          type: 'call.answered',
          timestamp: new Date(row.atMs).toISOString(),
          data: { ...row.data, callId: row.callId, sequence: 7, occurredAt: new Date(row.atMs).toISOString() }
        })
      }
      expect(() => new Webhook(newSecret()).verify(body, headers as Record<string, string>)).to.throw()
    }
    const [delivery] = await until(async () => {
      const rows = await deliveries(hook.id)
      return rows[0]?.['state'] === 'delivered' ? rows : null
    })
    expect(delivery).to.include({ id: [...ids][0], attempts: 3, last_status: 200, last_response: 'thanks' })
    const endpoint: unknown = await postgres.db('webhooks').where('id', hook.id).first()
    expect(endpoint).to.include({ failing_since: null, is_active: true })
  })

  it('the same tape row twice is one delivery, and a rolled-back tape is none', async () => {
    const crm = await listeningReceiver()
    const hook = await subscribe(crm.url)
    const row = tapeRow('call.answered')
    await happens([row])
    await happens([row])
    const unwritten = postgres.db.transaction(async (trx) => {
      await webhooks.enqueueDeliveries(trx, [tapeRow('call.answered')])
      throw new Error('the tape was not written')
    })
    await unwritten.catch((error: unknown) => expect(String(error)).to.contain('was not written'))
    await until(() => crm.received.length === 1)
    expect(await deliveries(hook.id)).to.have.length(1)
  })

  it('a delivery that comes due just after the queue was looked through is not forgotten', async () => {
    const hook = await subscribe('http://127.0.0.1:9/')
    await postgres.db('webhooks').where('id', hook.id).update({ is_active: false })
    const due = { webhook_id: hook.id, event_type: 'call.answered', payload: '{}', state: 'pending' }
    await postgres.db('webhook_deliveries').insert({ ...due, next_attempt_at: new Date(Date.now() - 50) })
    expect(await nextDueMs(postgres.db, hook.id, true)).to.be.lessThan(0)
    expect(await nextDueMs(postgres.db, hook.id, false), 'what is on its way wakes the loop').to.equal(null)
  })

  it('moments that nobody wants cost no query', async () => {
    await subscribe('http://127.0.0.1:9/')
    let queries = 0
    const count = (): number => queries++
    postgres.db.on('query', count)
    await webhooks.enqueueDeliveries(postgres.db, [tapeRow('call.rated'), tapeRow('leg.started')])
    postgres.db.off('query', count)
    expect(queries).to.equal(0)
  })

  it('the end of a call carries its journal row, hostile text is harmless, and the payload stays under 20 kB', async () => {
    const crm = await listeningReceiver()
    await subscribe(crm.url)
    const ended = tapeRow('call.ended', {
      data: { outcome: 'answered', note: 'nul \0 and half \ud83d pair' }
    })
    await journalRow(postgres.db, ended.callId)
    await happens([ended, tapeRow('call.ended', { data: { note: 'ю'.repeat(30_000) } })])
    await until(() => crm.received.length === 2)
    const byCall = (id: string): Record<string, unknown> | undefined =>
      crm.received.find(({ json }) => json.data['callId'] === id)?.json.data
    const data = byCall(ended.callId)
    expect(data?.['call']).to.include({
      id: ended.callId,
      callerNumber: '+79991234567',
      sourceName: 'Direct'
    })
    expect(data?.['note']).to.equal('nul  and half \ufffd pair')
    for (const { body } of crm.received) expect(Buffer.byteLength(body)).to.be.below(20_000)
  })

  it('moments of one call arrive in their order', async () => {
    const crm = await listeningReceiver()
    crm.answer((nth, response) => setTimeout(() => response.writeHead(204).end(), nth === 1 ? 150 : 0))
    await subscribe(crm.url)
    const callId = randomUUID()
    const rows = [1, 2, 3, 4, 5].map((seq) => tapeRow('call.answered', { callId, seq }))
    await happens(rows.slice(0, 2))
    await happens(rows.slice(2))
    await until(() => crm.received.length === 5)
    expect(crm.received.map(({ json }) => json.data['sequence'])).to.deep.equal([1, 2, 3, 4, 5])
  })

  it('receivers that hang hold up nobody else', async () => {
    const hanging = await Promise.all(Array.from({ length: 12 }, listeningReceiver))
    for (const made of hanging) {
      made.answer(() => undefined)
      await subscribe(made.url)
    }
    await happens(Array.from({ length: 30 }, () => tapeRow('call.answered')))
    await until(() => hanging.every(({ received }) => received.length === 8))

    const healthy = await listeningReceiver()
    const hook = await subscribe(healthy.url)
    await happens(Array.from({ length: 20 }, () => tapeRow('call.answered')))
    await until(() => healthy.received.length === 20, { what: 'the healthy one has heard everything' })
    expect(
      hanging.map(({ received }) => received.length),
      'nobody had to be given up first'
    ).to.deep.equal(hanging.map(() => 8))
    await until(async () => (await deliveries(hook.id)).every((row) => row['state'] === 'delivered'))
  })

  it('410 switches the webhook off with a reason that an admin sees', async () => {
    const crm = await listeningReceiver()
    crm.answer((_nth, response) => response.writeHead(410).end())
    const hook = await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    const [endpoint] = await until(async () => {
      const rows = await postgres.db('webhooks').where({ id: hook.id, is_active: false })
      return rows.length > 0 ? (rows as Record<string, unknown>[]) : null
    })
    expect(endpoint?.['disabled_reason']).to.contain('410')
    const audit: unknown = await postgres.db('audit').first()
    expect(audit).to.include({ action: 'webhook.disabled', entity_id: hook.id })
    expect((await deliveries(hook.id))[0]).to.include({ state: 'failed', attempts: 1 })
  })

  it('five days without one success switch the webhook off', async () => {
    const crm = await listeningReceiver()
    crm.answer((_nth, response) => response.writeHead(500).end())
    const hook = await subscribe(crm.url, {
      failing_since: new Date(Date.now() - 5.1 * 86_400_000)
    })
    await happens([tapeRow('call.answered')])
    await until(
      async () => (await postgres.db('webhooks').where({ id: hook.id, is_active: false })).length === 1
    )
  })

  it('Retry-After of a busy receiver is honoured', async () => {
    const crm = await listeningReceiver()
    crm.answer((nth, response) => {
      if (nth === 1) response.writeHead(429, { 'retry-after': '1' }).end()
      else response.writeHead(200).end()
    })
    await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    await until(() => crm.received.length === 2)
    const [first, second] = crm.received
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).to.be.within(990, 3000)
  })

  it('a redirect is a failure and is not followed; the last attempt ends as failed', async () => {
    const [crm, elsewhere] = [await listeningReceiver(), await listeningReceiver()]
    crm.answer((_nth, response) => response.writeHead(307, { location: elsewhere.url }).end())
    const hook = await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    await until(async () => (await deliveries(hook.id))[0]?.['state'] === 'failed')
    expect(crm.received).to.have.length(4)
    expect(elsewhere.received).to.have.length(0)
    expect((await deliveries(hook.id))[0]?.['last_error']).to.contain('307')
  })

  it('an admin replays a delivery: it comes again under the same id', async () => {
    const crm = await listeningReceiver()
    const hook = await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    await until(async () => (await deliveries(hook.id))[0]?.['state'] === 'delivered')
    const id = String((await deliveries(hook.id))[0]?.['id'])
    expect(await webhooks.replay(id)).to.equal('queued')
    await until(() => crm.received.length === 2)
    expect(crm.received.map(({ headers }) => headers['webhook-id'])).to.deep.equal([id, id])
    expect(await webhooks.replay(randomUUID())).to.equal('notFound')
  })

  it('a test send tells the answer at once, also for a webhook that is off', async () => {
    const crm = await listeningReceiver()
    crm.answer((_nth, response) => response.writeHead(418).end('no coffee'))
    const hook = await subscribe(crm.url, { is_active: false })
    const result = await webhooks.sendTest(hook.id)
    expect(result).to.include({ isOk: false, status: 418, response: 'no coffee' })
    expect(crm.received[0]?.json.type).to.equal('webhook.test')
    expect((await deliveries(hook.id))[0]).to.include({
      id: result?.deliveryId,
      state: 'failed',
      attempts: 1
    })
  })

  it('a delivery under way when the system goes down comes after the restart', async () => {
    const crm = await listeningReceiver()
    crm.answer((nth, response) => {
      if (nth > 1) response.writeHead(200).end()
    })
    const hook = await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    await until(() => crm.received.length === 1)
    await webhooks.stop()
    expect((await deliveries(hook.id))[0]).to.include({ state: 'pending', attempts: 0 })
    webhooks = make()
    webhooks.start()
    await until(async () => (await deliveries(hook.id))[0]?.['state'] === 'delivered')
    expect(new Set(crm.received.map(({ headers }) => headers['webhook-id'])).size).to.equal(1)
  })

  it('kill -9 of the sender in mid-delivery loses nothing: another takes over, with the same id', async () => {
    await webhooks.stop()
    const crm = await listeningReceiver()
    crm.answer((nth, response) => {
      if (nth > 1) response.writeHead(200).end()
    })
    const hook = await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    const file = fileURLToPath(new URL('./sender.ts', import.meta.url))
    const sender = spawn(process.execPath, ['--import', 'tsx', file, postgres.url], { stdio: 'inherit' })
    await until(() => crm.received.length === 1, { timeoutMs: 20_000 })
    sender.kill('SIGKILL')
    await once(sender, 'exit')
    webhooks = make()
    webhooks.start()
    await until(async () => (await deliveries(hook.id))[0]?.['state'] === 'delivered')
    expect((await deliveries(hook.id))[0]).to.include({ attempts: 2 })
    const [first, second] = crm.received.map(({ headers }) => headers['webhook-id'])
    expect(first).to.equal(second)
  })

  it('PostgreSQL goes away and comes back: nothing is lost, nothing delivered twice', async () => {
    const crm = await listeningReceiver()
    let finish = (): void => undefined
    crm.answer((nth, response) => {
      const end = (): void => void response.writeHead(200).end()
      if (nth === 1) finish = end
      else end()
    })
    const hook = await subscribe(crm.url)
    await happens([tapeRow('call.answered')])
    await until(() => crm.received.length === 1)
    await postgres.goAway()
    finish()
    await postgres.comeBack()
    await until(async () => (await deliveries(hook.id))[0]?.['state'] === 'delivered', { timeoutMs: 20_000 })
    await happens([tapeRow('call.answered')])
    await until(async () => (await deliveries(hook.id)).every((row) => row['state'] === 'delivered'))
    expect(await deliveries(hook.id)).to.have.length(2)
    expect(crm.received).to.have.length(2)
  })
})
