import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { presets } from '../../integrations/webhooks/core/presets.ts'
import { maxReplay } from '../../integrations/webhooks/deliveries.ts'
import { newSecret } from '../../integrations/webhooks/sign.ts'
import { createWebhooks, type Webhooks } from '../../integrations/webhooks/webhooks.ts'
import type { TapeRow } from '../../pbx/call/effects.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { migrateJobs } from '../../db/jobs.ts'
import { silent } from './postgres.ts'
import { receiver, type Receiver } from './receiver.ts'
import { tapeRow, webhook } from './tape.ts'

describe('webhooks: filters, messages for other systems, the log, sending again', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let webhooks: Webhooks
  let crm: Receiver
  const letters: { to: readonly string[]; subject: string; text: string }[] = []

  before(async () => {
    database = await createTestDatabase()
    await migrateJobs(database.url, silent)
  })
  after(() => database.drop())
  beforeEach(async () => {
    crm = await receiver()
    webhooks = createWebhooks({
      ...{ db: database.db, databaseUrl: database.url, log: silent, allowPrivateAddresses: true },
      ...{ pausesMs: [0, 30, 30], timeoutMs: 5000, publicUrl: 'https://calls.example' },
      mail: (letter) => {
        letters.push(letter)
        return Promise.resolve({ ok: true as const })
      }
    })
    webhooks.start()
  })
  afterEach(async () => {
    await webhooks.stop()
    await crm.close()
    await database.db('webhooks').delete()
  })

  async function subscribe(columns: object, secrets?: string[]): Promise<string> {
    const { id } = await webhook(database.db, crm.url, { ...columns, ...(secrets && { secrets }) })
    await webhooks.refresh()
    return id
  }
  const happens = (rows: readonly TapeRow[]): Promise<void> =>
    database.db.transaction((trx) => webhooks.enqueueDeliveries(trx, rows))
  const deliveries = (webhookId: string): Promise<Record<string, unknown>[]> =>
    database.db('webhook_deliveries').where('webhook_id', webhookId).orderBy(['created_at', 'seq', 'part'])

  /** The tape of a whole call with its journal: what every moment carries is how the call ended. */
  async function tapeOf(outcome: string, number: string, operatorId: string | null): Promise<TapeRow[]> {
    const callId = randomUUID()
    await database.db('calls').insert({
      ...{
        id: callId,
        pbx_unique_id: '1.1',
        direction: 'in',
        call_type: 'tracking_static',
        started_at: new Date()
      },
      ...{
        caller_number: number,
        dialed_number: '+74951112233',
        outcome,
        operator_id: operatorId,
        ended_at: new Date()
      },
      talk_seconds: outcome === 'answered' ? 42 : 0
    })
    const row = (type: string, seq: number, data: object): TapeRow =>
      tapeRow(type, { callId, seq, data: data as Record<string, unknown> })
    const begin = {
      direction: 'in',
      callType: 'tracking_static',
      caller: { number, name: null },
      dialed: '+74951112233',
      source: null
    }
    const answered = [
      row('call.forwarding_step', 2, { state: 'started' }),
      row('call.answered', 3, { operator: { id: operatorId, name: 'Анна' }, waitSeconds: 3 }),
      row('call.rated', 4, { rating: 5, operatorId, operatorName: 'Анна' })
    ]
    const isAnswered = outcome === 'answered'
    return [
      row('call.initiated', 1, begin),
      ...(isAnswered ? answered : []),
      row('call.ended', 5, { outcome, talkSeconds: isAnswered ? 42 : 0 }),
      ...(isAnswered ? [] : [row('call.missed', 6, { outcome, reason: 'noAnswer' })]),
      row('leg.ended', 7, {})
    ]
  }

  it('tell a handler for MegaFon a whole set of calls, in order, and write down nothing else', async () => {
    const [anna] = await database
      .db('users')
      .insert({ login: 'anna', name: 'Анна', role: 'operator', password_hash: 'x', extension: '101' })
      .returning<{ id: string }[]>('id')
    const token = 'crm-s3cret'
    const template = presets['megafon']
    const events = ['call.initiated', 'call.answered', 'call.ended', 'call.rated']
    const id = await subscribe({ events, template: JSON.stringify(template), token })
    const tapes = [
      ...(await tapeOf('answered', '+79160000001', anna?.id ?? '')),
      ...(await tapeOf('abandoned', '+79160000002', null))
    ]
    await happens(tapes)
    await happens(tapes)
    const told = (phone: string): string[] =>
      crm.forms
        .filter((form) => form['phone'] === phone)
        .map((form) => `${form['cmd']} ${form['type'] ?? form['rating']}`)
    await until(() => crm.received.length >= 8, { what: 'eight messages' })
    await until(async () => (await deliveries(id)).every((row) => row['state'] === 'delivered'))
    expect(told('79160000001')).to.deep.equal([
      'event INCOMING',
      'event ACCEPTED',
      'rating 5',
      'event COMPLETED',
      'history in'
    ])
    expect(told('79160000002')).to.deep.equal(['event INCOMING', 'event CANCELLED', 'history in'])
    expect(crm.received).to.have.length(8)
    const answered = crm.forms.find((form) => form['type'] === 'ACCEPTED')
    expect(answered).to.include({ user: 'anna', ext: '101', crm_token: token })
    const log = JSON.stringify(await database.db('webhook_attempts'))
    expect(log).to.contain('crm_token').and.to.not.contain(token)
  })

  it('store nothing that a filter does not want', async () => {
    const wanted = await subscribe({
      events: ['call.ended', 'call.missed'],
      filter: JSON.stringify({ outcomes: ['abandoned'] })
    })
    const other = await subscribe({ events: ['call.ended'], filter: JSON.stringify({ directions: ['out'] }) })
    await happens(await tapeOf('answered', '+79160000001', null))
    expect(await deliveries(wanted)).to.have.length(0)
    await happens(await tapeOf('abandoned', '+79160000002', null))
    expect((await deliveries(wanted)).map((row) => row['event_type'])).to.deep.equal([
      'call.ended',
      'call.missed'
    ])
    expect(await deliveries(other)).to.have.length(0)
  })

  it('keep each attempt with its request and answer, without what is secret', async () => {
    crm.answer((nth, response) => {
      response
        .setHeader('Set-Cookie', 'session=abc')
        .writeHead(nth === 1 ? 500 : 200)
        .end(`answer ${nth}`)
    })
    const message = {
      ...{ event: 'call.ended', method: 'POST', url: `${crm.url}?api_key=abc&n={{callerNumber}}` },
      ...{ body: { kind: 'json', text: '{"phone": "{{callerNumber}}"}' } },
      headers: [{ name: 'Authorization', value: 'Bearer {{token}}' }]
    }
    const id = await subscribe({
      events: ['call.ended'],
      template: JSON.stringify({ preset: null, messages: [message] }),
      token: 'abc'
    })
    await happens(await tapeOf('answered', '+79160000001', null))
    const [delivery] = await until(async () => {
      const rows = await deliveries(id)
      return rows[0]?.['state'] === 'delivered' ? rows : null
    })
    expect(crm.received[0]?.headers['authorization']).to.equal('Bearer abc')
    expect(crm.received[0]?.body).to.equal('{"phone": "+79160000001"}')
    const log = await database.db('webhook_attempts').where({ delivery_id: delivery?.['id'] }).orderBy('id')
    expect(
      log.map((row: Record<string, unknown>) => [row['status'], row['response_body'], row['request_body']])
    ).to.deep.equal([
      [500, 'answer 1', '{"phone": "+79160000001"}'],
      [200, 'answer 2', '{"phone": "+79160000001"}']
    ])
    expect(JSON.stringify(log)).to.not.contain('abc')
    expect(JSON.stringify(log)).to.contain('webhook-signature').and.to.contain('n=%2B79160000001')
  })

  it('are signed by an old secret until its time is over', async () => {
    const secrets = [newSecret(), newSecret()]
    const soon = new Date(Date.now() + 3_600_000)
    const id = await subscribe({ events: ['call.answered'], old_secret_until: soon }, secrets)
    await happens([tapeRow('call.answered')])
    await until(() => crm.received.length === 1)
    await database
      .db('webhooks')
      .where({ id })
      .update({ old_secret_until: new Date(Date.now() - 1000) })
    await happens([tapeRow('call.answered')])
    await until(() => crm.received.length === 2)
    const [both, alone] = crm.received
    const verify = (nth: typeof both, secret = ''): unknown =>
      new Webhook(secret).verify(nth?.body ?? '', nth?.headers as Record<string, string>)
    for (const secret of secrets) verify(both, secret)
    verify(alone, secrets[0])
    expect(() => verify(alone, secrets[1])).to.throw()
  })

  it('go again in their order: what failed, or all since a moment, no more than was counted', async () => {
    crm.answer((_nth, response) => void response.writeHead(500).end())
    const id = await subscribe({ events: ['call.answered'] })
    const callId = randomUUID()
    for (const seq of [1, 2, 3, 4]) await happens([tapeRow('call.answered', { callId, seq })])
    await until(async () => (await deliveries(id)).every((row) => row['state'] === 'failed'))
    crm.answer((_nth, response) => void response.writeHead(204).end())
    crm.received.length = 0
    const failed = { webhookId: id, state: 'failed' as const, since: null }
    expect(await webhooks.countReplay(failed)).to.equal(4)
    expect(await webhooks.replayMany(failed, 3)).to.equal(3)
    await until(() => crm.received.length === 3)
    expect(crm.received.map(({ json }) => json.data['sequence'])).to.deep.equal([1, 2, 3])
    await until(async () => (await webhooks.countReplay({ ...failed, state: 'all' })) === 4)
    const [, , third] = await deliveries(id)
    const since = third?.['created_at'] as Date
    expect(await webhooks.countReplay({ webhookId: id, state: 'all', since })).to.equal(2)
    expect(await webhooks.countReplay(failed)).to.equal(1)
    expect(maxReplay).to.equal(5000)
  })

  it('write to the admins when one is switched off', async () => {
    crm.answer((_nth, response) => void response.writeHead(410).end())
    const id = await subscribe({ events: ['call.answered'], notice_to: ['admin@example.org'] })
    await happens([tapeRow('call.answered')])
    const job = await until(async () => {
      const { rows } = await database.db.raw<{ rows: { payload: unknown }[] }>(
        `select p.payload from graphile_worker._private_jobs p join graphile_worker._private_tasks t on t.id = p.task_id
         where t.identifier = 'webhooks.notice'`
      )
      return rows[0] ?? null
    })
    await webhooks.tasks['webhooks.notice']?.(job.payload, { id: '1', attempt: 1, isLastAttempt: false })
    expect(letters).to.have.length(1)
    expect(letters[0]?.to).to.deep.equal(['admin@example.org'])
    expect(letters[0]?.text).to.contain('410').and.to.contain(`https://calls.example/settings/webhooks/${id}`)
    expect(letters[0]?.text).to.not.contain('/hook')
  })

  it('show what a template becomes by the last calls, and test one message of it', async () => {
    const tape = await tapeOf('abandoned', '+79160000003', null)
    const [first] = tape
    await database.db('call_events').insert(
      tape.map(({ callId, seq, type, data }) => ({
        call_id: callId,
        seq,
        at: new Date(),
        type,
        data: JSON.stringify(data)
      }))
    )
    const samples = await webhooks.samples()
    const ended = samples.find(({ payload }) => payload.type === 'call.ended')
    expect(ended?.isReal).to.equal(true)
    expect(ended?.payload.data).to.include({ callId: first?.callId })
    expect(samples.find(({ payload }) => payload.type === 'deal.stage_changed')?.isReal).to.equal(false)
    const template = JSON.stringify(presets['megafon'])
    const id = await subscribe({ events: ['call.ended'], template, is_active: false })
    crm.answer((_nth, response) => void response.writeHead(200).end('ok'))
    expect(await webhooks.sendTest(id, 3)).to.include({ isOk: true, status: 200, response: 'ok' })
    expect(crm.forms[0]).to.include({ cmd: 'history', status: 'missed', phone: '79160000003' })
  })
})
