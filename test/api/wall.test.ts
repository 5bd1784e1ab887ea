import { expect } from 'chai'
import { createFacts } from '../../reports/facts/facts.ts'
import { insertCall } from './support/calls.ts'
import { idOf, startRig, type Json, type Rig } from './support/rig.ts'
import { pino } from 'pino'

describe('The wall over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  it('shows today’s figures as the reports of today do', async () => {
    const started = { started_at: new Date(), ended_at: new Date(), direction: 'in' }
    const source = { source_name: 'Yandex', inquiry_channel: 'paid' }
    const answered = { ...started, ...source, outcome: 'answered', answered_at: new Date(), talk_seconds: 60 }
    await insertCall(rig.db, { ...answered, wait_seconds: 5, caller_number: '+79160000001' })
    await insertCall(rig.db, { ...answered, wait_seconds: 50, caller_number: '+79160000002' })
    const missed = { ...started, ...source, wait_seconds: 30 }
    await insertCall(rig.db, { ...missed, outcome: 'abandoned', caller_number: '+79160000003' })
    await insertCall(rig.db, { ...missed, outcome: 'missed', caller_number: '+79160000004' })
    await insertCall(rig.db, { ...missed, outcome: 'blocked', caller_number: '+79160000005' })
    await insertCall(rig.db, { ...missed, outcome: 'missed', is_spam: true, caller_number: '+79160000006' })
    const facts = createFacts({ db: rig.db, log: pino({ level: 'silent' }) })
    await facts.settle()
    await facts.stop()

    const { body } = await rig.as.supervisor.get('/api/wall')
    const figures = body['figures'] as Json
    expect(figures).to.deep.include({ calls: 4, answered: 2, missed: 2, abandoned: 1, serviceLevel: 0.25 })
    expect(figures['bySource']).to.deep.equal([{ source: 'Yandex', answered: 2, missed: 2 }])
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow', dateStyle: 'short' }).format()
    const report = (await rig.as.supervisor.get(`/api/reports/sources?from=${today}&to=${today}`)).body
    expect(report['total']).to.include({ calls: 4, answered: 2, missed: 2 })
  })

  it('has limits that leads set, and refuses those that cannot be', async () => {
    const { operator, supervisor } = rig.as
    const limits = { withinSeconds: 60, levelAmber: 0.8, levelRed: 0.5, hasSound: false }
    expect((await operator.send('PUT', '/api/wall-settings', limits)).status).to.equal(403)
    expect((await supervisor.send('PUT', '/api/wall-settings', limits)).body).to.include({
      ...limits,
      waitAmber: 45
    })
    const { body } = await operator.get('/api/wall')
    expect((body['figures'] as Json)['serviceLevel'], 'both answers count now').to.equal(0.5)
    const wrong = await supervisor.send('PUT', '/api/wall-settings', { levelRed: 7 })
    expect(wrong.body).to.include({ status: 422, code: 'invalid' })
  })

  it('is shown on a screen by its link alone, without anything of a client, until the link is taken back', async () => {
    const { operator, supervisor } = rig.as
    expect((await operator.send('POST', '/api/tv-links', { name: 'Hall' })).status).to.equal(403)
    const made = await supervisor.send('POST', '/api/tv-links', { name: 'Hall', locale: 'en' })
    expect(made.status).to.equal(201)
    const token = String(made.body['path']).split('#')[1] ?? ''
    const kept = await rig.db('tv_links').first<{ token_hash: string }>('token_hash')
    expect(kept.token_hash, 'only a hash is kept').to.not.equal(token)
    const shown = await rig.request('GET', `/api/tv?token=${token}`)
    expect(shown.status).to.equal(200)
    expect(shown.body).to.include({ locale: 'en' })
    expect(JSON.stringify(shown.body)).to.not.match(/\+7916|token_hash/)
    expect((await rig.request('GET', `/api/tv?token=${token}x`)).status).to.equal(404)
    expect((await supervisor.send('DELETE', `/api/tv-links/${idOf(made)}`)).status).to.equal(204)
    expect((await rig.request('GET', `/api/tv?token=${token}`)).status).to.equal(404)
  })
})
