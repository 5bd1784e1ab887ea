import { expect } from 'chai'
import { pino } from 'pino'
import { createAutomation } from '../../crm/automation/automation.ts'
import { refusalToken } from '../../crm/automation/refusals.ts'
import { dialsForRules } from '../../dialling/automation.ts'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

const task = {
  kind: 'createTask',
  title: 'Call {{client}}',
  note: null,
  for: { kind: 'responsible' },
  dueMinutes: 60
}

describe('the API of automation', function () {
  this.timeout(120_000)
  let rig: Rig
  const texts: { to: string; text: string }[] = []

  before(async () => {
    rig = await startRig({
      before: (deps, databaseUrl) => ({
        ...deps,
        automation: createAutomation({
          ...{
            db: deps.db,
            databaseUrl,
            log: pino({ level: 'silent' }),
            publicUrl: null,
            panelUrl: 'http://x'
          },
          announce: () => Promise.resolve(),
          ports: {
            ...dialsForRules,
            mail: () => Promise.resolve({ is: 'sent', note: null }),
            sms: () => Promise.resolve({ is: 'sent', note: null }),
            hasSms: () => Promise.resolve(false)
          }
        }),
        sms: {
          seal: (key) => `sealed ${key}`,
          send: (message) => {
            texts.push(message)
            return Promise.resolve({ is: 'failed', error: 'the gateway answered 401' })
          }
        }
      })
    })
  })
  after(() => rig.close())

  it('makes, changes, shows and deletes rules; others than admins only look', async () => {
    const { admin, supervisor, operator } = rig.as
    const body = { name: 'Missed', trigger: 'missedCall', actions: [task], isActive: true }
    expect((await supervisor.send('POST', '/api/automation-rules', body)).status).to.equal(403)
    expect((await operator.get('/api/automation-rules')).status).to.equal(403)
    const made = await admin.send('POST', '/api/automation-rules', body)
    expect(made.status).to.equal(201)
    expect(made.body).to.deep.include({ limitTimes: 3, groups: [], lastRunAt: null })
    const changed = await admin.send('PATCH', `/api/automation-rules/${idOf(made)}`, {
      isActive: false,
      groups: [{ match: 'any', conditions: [{ kind: 'client', is: 'new' }] }]
    })
    expect(changed.body).to.deep.include({ isActive: false, name: 'Missed' })
    const listed = itemsOf(await supervisor.get('/api/automation-rules')).map(({ name }) => name)
    expect(listed).to.include('Missed')
    expect((await admin.send('DELETE', `/api/automation-rules/${idOf(made)}`)).status).to.equal(204)
    const deeds = await rig
      .db('audit')
      .where({ entity_id: idOf(made) })
      .orderBy('id')
      .pluck('action')
    expect(deeds).to.deep.equal([
      'automation_rule.create',
      'automation_rule.change',
      'automation_rule.delete'
    ])
  })

  it('refuses rules that lack something, and texts with holes', async () => {
    const { admin } = rig.as
    const faults = async (body: object): Promise<string[]> => {
      const answer = await admin.send('POST', '/api/automation-rules', {
        name: 'x',
        actions: [task],
        ...body
      })
      expect(answer.status).to.equal(422)
      return (answer.body['errors'] as { path: string }[]).map(({ path }) => path)
    }
    expect(await faults({ trigger: 'dealIdle' })).to.deep.equal(['settings.minutes'])
    expect(await faults({ trigger: 'dealStage' })).to.deep.equal(['settings.stageIds'])
    expect(await faults({ trigger: 'missedCall', actions: [] })).to.deep.equal(['actions'])
    const hole = { kind: 'sendSms', text: 'Dear {{klient}}', isMarketing: false }
    expect(await faults({ trigger: 'missedCall', actions: [hole] })).to.deep.equal(['actions.0.text'])
  })

  it('tries a rule out on something that happened', async () => {
    const { admin } = rig.as
    const [row] = await rig
      .db('inquiries')
      .insert({ kind: 'manual', title: 'Asks', name: 'Anna', phone: '+74951234567' })
      .returning<{ id: string }[]>('id')
    const samples = await admin.get('/api/automation-samples?trigger=inquiryCreated&search=Asks')
    expect(itemsOf(samples)).to.have.length(1)
    const tried = await admin.send('POST', '/api/automation-rules/try', {
      trigger: 'inquiryCreated',
      groups: [{ match: 'all', conditions: [{ kind: 'client', is: 'known' }] }],
      actions: [task, { kind: 'sendSms', text: 'Hi', isMarketing: false }],
      subject: 'inquiry',
      subjectId: row?.id
    })
    expect(tried.body).to.deep.include({ client: 'Anna', isFired: true, holds: false, checks: [[false]] })
    const steps = tried.body['steps'] as { subject: string | null; skip: string | null }[]
    expect(steps.map(({ subject, skip }) => [subject, skip])).to.deep.equal([
      ['Call Anna', null],
      [null, 'notSetUp']
    ])
    for (const trigger of ['callEnded', 'dealWon', 'formSubmitted', 'taskOverdue', 'messageReceived'])
      expect((await admin.get(`/api/automation-samples?trigger=${trigger}&search=x`)).status).to.equal(200)
  })

  it('keeps the key of the gateway, and sends it to no other host', async () => {
    const { admin } = rig.as
    const gateway = {
      url: 'https://sms.example.com/send',
      method: 'POST',
      body: 'json',
      template: '{"to": "{{digits}}", "text": "{{text}}"}',
      headers: [{ name: 'Authorization', value: 'Bearer {{key}}' }],
      expects: ''
    }
    const saved = await admin.send('PUT', '/api/sms-settings', { ...gateway, key: 'k1' })
    expect(saved.body).to.deep.include({ url: gateway.url, hasKey: true })
    expect(JSON.stringify((await admin.get('/api/sms-settings')).body)).not.to.contain('k1')
    const moved = await admin.send('PUT', '/api/sms-settings', {
      ...gateway,
      url: 'https://evil.example.com/'
    })
    expect([moved.status, moved.body['code']]).to.deep.equal([422, 'invalid'])
    for (const wrong of [
      { url: 'https://{{text}}.example.com/' },
      { template: '{"text": {{text}' },
      { template: '{"text": "{{text}}"}' },
      { template: '{"to": "{{phone}}", "text": "{{text}}", "x": "{{name}}"}' }
    ]) {
      const answer = await admin.send('PUT', '/api/sms-settings', { ...gateway, ...wrong })
      expect(answer.status, JSON.stringify(wrong)).to.equal(422)
    }
    const tested = await admin.send('POST', '/api/sms-settings/test', { to: '8 495 123-45-67' })
    expect(tested.body).to.deep.equal({ isOk: false, message: 'the gateway answered 401' })
    expect(texts.map(({ to }) => to)).to.deep.equal(['+74951234567'])
    expect((await rig.as.supervisor.get('/api/sms-settings')).status).to.equal(403)
  })

  it('lets a client refuse and come back without signing in; looking changes nothing', async () => {
    const [contact] = await rig.db('contacts').insert({ name: 'Anna' }).returning<{ id: string }[]>('id')
    const path = `/u/${await refusalToken(rig.db, contact?.id ?? '')}`
    const consents = (): Promise<boolean[]> =>
      rig.db('contact_consents').where({ contact_id: contact?.id }).orderBy('at').pluck('is_given')
    const page = async (wish?: string): Promise<string> => {
      const answer = await fetch(rig.url + path, {
        headers: { 'accept-language': 'en' },
        ...(wish !== undefined && { method: 'POST', body: new URLSearchParams({ wish }) })
      })
      expect(answer.status).to.equal(200)
      return answer.text()
    }
    expect(await page()).to.contain('No more advertising for you?')
    expect(await consents()).to.deep.equal([])
    expect(await page('refuse')).to.contain('You are unsubscribed')
    expect(await page()).to.contain('You are unsubscribed')
    expect(await page('back')).to.contain('You are subscribed')
    expect(await consents()).to.deep.equal([false, true])
    // What a mail program sends for its own button (RFC 8058).
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    expect((await fetch(rig.url + path, { method: 'POST', body })).status).to.equal(200)
    expect(await consents()).to.deep.equal([false, true, false])
    const made = await fetch(`${rig.url}/u/AAAA`, { headers: { 'accept-language': 'ru' } })
    expect(made.status).to.equal(404)
    expect(await made.text()).to.contain('Ссылка не подходит')
  })

  it('lists runs, and repeats what failed', async () => {
    const { admin, supervisor } = rig.as
    const made = await admin.send('POST', '/api/automation-rules', {
      ...{ name: 'Runs', trigger: 'dealWon', actions: [task] }
    })
    const ids = { subject_id: idOf(made), limit_id: idOf(made), rule_id: idOf(made) }
    const run = { ...ids, type: 'deal.stage_changed', subject: 'deal', at: new Date() }
    const [failed] = await rig
      .db('automation_runs')
      .insert([
        { ...run, key: 'a', state: 'failed' },
        { ...run, key: 'b', state: 'skipped', reason: 'conditions' }
      ])
      .returning<{ id: string }[]>('id')
    const steps = { run_id: failed?.id, kind: 'sendMail', action: '{}' }
    await rig.db('automation_steps').insert([
      { ...steps, position: 0, state: 'unknown', note: 'stopped' },
      { ...steps, position: 1, state: 'done' }
    ])
    const path = `/api/automation-runs?ruleId=${idOf(made)}`
    expect(itemsOf(await supervisor.get(path))).to.have.length(2)
    expect(itemsOf(await supervisor.get(`${path}&state=acted`))).to.have.length(1)
    const again = await supervisor.send('POST', `/api/automation-runs/${failed?.id}/retry`)
    expect(again.body).to.deep.equal({ steps: 1 })
    const [item] = itemsOf(await supervisor.get(`${path}&state=waiting`))
    expect((item?.['steps'] as { state: string }[]).map(({ state }) => state)).to.deep.equal([
      'pending',
      'done'
    ])
    expect((await supervisor.send('POST', `/api/automation-runs/${failed?.id}/retry`)).status).to.equal(404)
  })
})
