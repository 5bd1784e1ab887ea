import { expect } from 'chai'
import { idOf, itemsOf, startRig, type Person, type Rig } from './support/rig.ts'
import { presets } from '../../integrations/webhooks/core/presets.ts'

describe('Webhooks by the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let admin: Person
  before(async () => {
    rig = await startRig()
    admin = rig.as.admin
  })
  after(() => rig.close())

  const body = { name: 'CRM', url: 'https://crm.example/hook', events: ['call.ended'] }
  const faults = async (change: object): Promise<unknown> => {
    const answer = await admin.send('POST', '/api/webhooks', { ...body, ...change })
    expect(answer.body['code'], JSON.stringify(answer.body)).to.equal('invalid')
    return (answer.body['errors'] as { path: string }[]).map(({ path }) => path)
  }

  it('keep a filter, and refuse conditions that an event cannot meet', async () => {
    const filter = { directions: ['in'], outcomes: ['missed', 'abandoned'], minTalkSeconds: 5 }
    const made = await admin.send('POST', '/api/webhooks', { ...body, filter })
    expect(made.status).to.equal(201)
    expect(made.body['filter']).to.deep.equal(filter)
    const events = ['call.ended', 'call.initiated', 'deal.stage_changed']
    expect(await faults({ events, filter: { outcomes: ['missed'] } })).to.deep.equal([
      'filter.outcomes',
      'filter.outcomes'
    ])
    expect(await faults({ filter: { outcomes: ['lovely'] } })).to.deep.equal(['filter.outcomes.0'])
    expect(await faults({ events: [] })).to.deep.equal(['events'])
    const path = `/api/webhooks/${idOf(made)}`
    const refused = await admin.send('PATCH', path, { events: ['call.initiated'] })
    expect(refused.body['code']).to.equal('invalid')
    expect((await admin.get(path)).body).to.deep.include({ events: ['call.ended'], filter })
    expect((await admin.send('PATCH', path, { filter: null })).body['filter']).to.equal(null)
  })

  it('take a preset whole: its messages name the events, and its token is shown to nobody', async () => {
    const made = await admin.send('POST', '/api/webhooks', {
      ...{ name: '1C', url: body.url, template: presets['megafon'], token: 'crm-s3cret' }
    })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    expect(made.body['events']).to.have.members([
      'call.initiated',
      'call.answered',
      'call.ended',
      'call.rated'
    ])
    expect(made.body).to.include({ hasToken: true })
    const path = `/api/webhooks/${idOf(made)}`
    const texts = [
      made.body,
      (await admin.get(path)).body,
      (await admin.send('PATCH', path, { token: 'crm-s3cret-2' })).body,
      (await admin.get(`/api/audit?limit=50`)).body
    ].map((each) => JSON.stringify(each))
    for (const text of texts) expect(text).to.not.contain('crm-s3cret')
    const row: unknown = await rig
      .db('webhooks')
      .where({ id: idOf(made) })
      .first('token')
    expect(row).to.deep.equal({ token: 'crm-s3cret-2' })
    expect((await admin.send('PATCH', path, { events: ['call.missed'] })).body['code']).to.equal('invalid')
    const own = await admin.send('PATCH', path, { template: null, events: ['call.missed'] })
    expect(own.body).to.deep.include({ template: null, events: ['call.missed'] })
  })

  it('say where a template is wrong', async () => {
    const message = (rest: object) => ({
      template: { messages: [{ event: 'call.ended', body: { kind: 'none' }, ...rest }] }
    })
    const fields = [{ name: 'a', value: '{{nothing}}' }]
    expect(await faults(message({ body: { kind: 'form', fields } }))).to.deep.equal([
      'template.messages.0.body.fields.0.value'
    ])
    expect(await faults(message({ url: 'https://{{callId}}.example/' }))).to.deep.equal([
      'template.messages.0.url'
    ])
    expect(await faults(message({ body: { kind: 'json', text: '{' } }))).to.deep.equal([
      'template.messages.0.body.text'
    ])
  })

  it('rotate a secret with an overlap, or at once', async () => {
    const made = await admin.send('POST', '/api/webhooks', body)
    const path = `/api/webhooks/${idOf(made)}/rotate-secret`
    const rotated = await admin.send('POST', path, { overlapHours: 24 })
    const until = Date.parse(String(rotated.body['oldSecretUntil']))
    expect(until - Date.now()).to.be.within(23.9 * 3_600_000, 24.1 * 3_600_000)
    const last = await admin.send('POST', path, { overlapHours: 0 })
    const row: unknown = await rig
      .db('webhooks')
      .where({ id: idOf(made) })
      .first('secrets')
    expect(row).to.deep.equal({ secrets: [last.body['secret']] })
  })

  it('tell the answer of a test at once, and of no message that there is not', async () => {
    const made = await admin.send('POST', '/api/webhooks', body)
    const path = `/api/webhooks/${idOf(made)}/test`
    expect((await admin.send('POST', path, {})).body).to.include({ isOk: true, status: 204 })
    expect((await admin.send('POST', path, { message: 3 })).body['code']).to.equal('invalid')
  })

  it('show a delivery attempt by attempt', async () => {
    const made = await admin.send('POST', '/api/webhooks', body)
    const [delivery] = await rig
      .db('webhook_deliveries')
      .insert({ webhook_id: idOf(made), event_type: 'call.ended', payload: '{"type":"call.ended"}' })
      .returning<{ id: string }[]>('id')
    const attempt = {
      delivery_id: delivery?.id,
      took_ms: 12,
      method: 'POST',
      url: body.url,
      request_headers: '{"a":"b"}'
    }
    await rig.db('webhook_attempts').insert([
      { ...attempt, error: 'no answer' },
      { ...attempt, status: 204, response_headers: '{"server":"x"}', response_body: '' }
    ])
    const shown = await admin.get(`/api/webhook-deliveries/${delivery?.id ?? ''}`)
    expect(shown.body['log']).to.have.length(2)
    expect((shown.body['log'] as object[])[1]).to.deep.include({
      status: 204,
      requestHeaders: { a: 'b' },
      requestBody: null
    })
    expect(itemsOf(await admin.get('/api/webhook-deliveries'))[0]).to.not.have.property('log')
  })

  it('send no more again than was agreed to', async () => {
    const made = await admin.send('POST', '/api/webhooks', body)
    const path = `/api/webhooks/${idOf(made)}/replay`
    expect((await admin.get(`${path}?state=failed&since=2026-11-20T00:00:00Z`)).body).to.deep.equal({
      count: 0,
      max: 5000
    })
    expect((await admin.send('POST', path, { state: 'all' })).body['code']).to.equal('invalid')
    expect((await admin.send('POST', path, { state: 'all', count: 5001 })).body['code']).to.equal('invalid')
    expect((await admin.send('POST', path, { state: 'all', count: 3 })).status).to.equal(200)
    expect((await rig.as.supervisor.send('POST', path, { count: 1 })).status).to.equal(403)
    expect((await rig.as.marketer.get('/api/webhook-samples')).status).to.equal(403)
  })
})
