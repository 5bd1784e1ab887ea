import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Knex } from 'knex'
import type { Automation } from '../../crm/automation/automation.ts'
import type { Action } from '../../crm/automation/core/rule.ts'
import { contactOfToken, refusalToken, refuse } from '../../crm/automation/refusals.ts'
import { retryRun } from '../../crm/automation/store.ts'
import type { Incoming } from '../../crm/messages/receive.ts'
import { until } from '../support/until.ts'
import { createRulesWorld, hour, noon, type RulesWorld } from './support/rules.ts'

describe('automation', function () {
  this.timeout(120_000)
  let world: RulesWorld
  let db: Knex
  let automation: Automation
  let seen: RulesWorld['seen']
  let stages: RulesWorld['stages']

  before(async () => {
    world = await createRulesWorld()
    ;({ db, automation, seen, stages } = world)
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const task: Action = {
    kind: 'createTask',
    title: 'Call {{client}}',
    note: null,
    for: { kind: 'responsible' },
    dueMinutes: 60
  }
  const sms: Action = { kind: 'sendSms', text: 'We will call you, {{client}}', isMarketing: false }

  it('answers a missed call of a stranger with a task and an SMS, once', async () => {
    const id = await world.rule('missedCall', [task, sms])
    const phone = world.newPhone()
    await world.outside.call({ caller_number: phone, caller_name: 'Ivan', atMs: Date.now() - 60_000 })
    // The client is made by the CRM first; the rule waits for that.
    await automation.work()
    expect(await world.runsOf(id)).to.deep.equal([])
    await world.settle()
    await world.settle()
    const [run, ...others] = await world.runsOf(id)
    expect(others).to.deep.equal([])
    expect(run?.state).to.equal('done')
    expect(seen.texts.map(({ to, text }) => [to, text])).to.deep.equal([[phone, 'We will call you, Ivan']])
    const tasks = await db('tasks').where({ phone, kind: 'follow_up' }).select<{ title: string }[]>('title')
    expect(tasks).to.deep.equal([{ title: 'Call Ivan' }])
  })

  it('does nothing about spam, and writes no events while no rule waits for calls', async () => {
    await world.outside.call({ caller_number: world.newPhone() })
    expect(await db('automation_events')).to.deep.equal([])
    const id = await world.rule('missedCall', [task])
    await world.outside.call({ caller_number: world.newPhone(), is_spam: true })
    await world.settle()
    expect(await world.runsOf(id)).to.deep.equal([])
  })

  it('tells supervisors of a low rating at once, by the rule that every installation begins with', async () => {
    await db('automation_rules')
      .where({ trigger: 'callRated', name: 'Низкая оценка — руководителю' })
      .update({
        is_active: true
      })
    await db('reminder_settings').insert({ user_id: world.supervisor, mail: 'boss@example.com' })
    const phone = world.newPhone()
    const id = await world.outside.call({ caller_number: phone, outcome: 'answered', operator_name: 'Anna' })
    await db('calls').where({ id }).update({ rating: 4 })
    await world.settle()
    expect(await db('notices').where({ kind: 'automation' })).to.deep.equal([])
    const bad = await world.outside.call({ caller_number: phone, outcome: 'answered', operator_name: 'Anna' })
    await db('calls').where({ id: bad }).update({ rating: 1 })
    await world.settle()
    const notices = await db('notices')
      .where({ kind: 'automation' })
      .select<Record<string, unknown>[]>('user_id', 'subject', 'subject_id', 'title')
    expect(notices).to.have.length(1)
    expect(notices[0]).to.include({ user_id: world.supervisor, subject: 'call', subject_id: bad })
    expect(notices[0]?.['title']).to.contain('Оценка 1').and.contain('Anna')
    expect(seen.mails.map(({ to }) => to)).to.deep.equal([['boss@example.com']])
    expect(seen.mails[0]?.text).to.contain(`https://pbx.example/calls/${bad}`)
    await db('reminder_settings').delete()
  })

  it('leaves out what its conditions do not want, and tells which of them held', async () => {
    const id = await world.rule('dealStage', [task], {
      settings: { stageIds: [stages.second] },
      groups: [
        { match: 'all', conditions: [{ kind: 'responsible', is: true, values: [world.operator] }] },
        { match: 'any', conditions: [{ kind: 'amount', min: 500, max: null }] }
      ]
    })
    const { id: clientId } = await world.contact()
    await world.move(await world.deal(clientId, 100), stages.second)
    await world.settle()
    expect(await world.runsOf(id)).to.have.length(1)
    expect((await world.runsOf(id))[0]).to.deep.include({ state: 'skipped', checks: [[true], [false]] })
    await world.move(await world.deal(clientId, 900), stages.second)
    await world.settle()
    expect((await world.runsOf(id)).map(({ state }) => state)).to.deep.equal(['skipped', 'done'])
  })

  it('ends rules that go round, and says where it stopped', async () => {
    const to = (stageId: string): Action => ({ kind: 'changeStage', stageId })
    const there = await world.rule('dealStage', [to(stages.second), { kind: 'webhook' }], {
      settings: { stageIds: [stages.first] }
    })
    const back = await world.rule('dealStage', [to(stages.first)], {
      settings: { stageIds: [stages.second] }
    })
    const made = await world.deal(null)
    await world.settle()
    const [first, again] = await world.runsOf(there)
    expect([first?.state, again?.state, again?.reason]).to.deep.equal(['done', 'stopped', 'loop'])
    expect((await world.runsOf(back)).map(({ state, chain }) => [state, chain])).to.deep.equal([
      ['done', [there]]
    ])
    const changes = await db('deal_stage_changes').where({ deal_id: made.id })
    expect(changes).to.have.length(3)
    expect(seen.told.filter(({ type }) => type === 'automation.fired')).to.have.length(1)
    expect(await db('automation_events')).to.deep.equal([])
  })

  it('does each action once, with several workers and one that dies in the middle', async () => {
    const id = await world.rule('dealWon', [task, sms, { kind: 'addTag', tag: 'won' }, { kind: 'webhook' }], {
      limit_times: 50
    })
    let isCut = true
    const dying = world.another({
      sms: (message) => {
        seen.texts.push(message)
        if (!isCut) return Promise.resolve({ is: 'sent', note: null })
        isCut = false
        // It was sent, and nobody lives to write that down.
        return new Promise(() => undefined)
      }
    })
    const clients = await Promise.all(Array.from({ length: 6 }, () => world.contact()))
    for (const { id: clientId } of clients) await world.move(await world.deal(clientId), stages.won)
    // The one that dies never comes back.
    dying.work().catch(() => undefined)
    await Promise.all([world.another().work(), world.another().work(), automation.work()])
    await until(
      async () => {
        const rows = db('automation_steps').whereIn('state', ['pending', 'begun'])
        const left = await rows.select<{ state: string }[]>('state')
        return left.every(({ state }) => state === 'begun') && left.length === (isCut ? 0 : 1)
      },
      { what: 'all is done but what was lost' }
    )
    await db('automation_steps')
      .where({ state: 'begun' })
      .update({ begun_at: new Date(Date.now() - hour) })
    await Promise.all([world.another().work(), automation.work()])
    const runs = await world.runsOf(id)
    expect(runs).to.have.length(6)
    expect(new Set(seen.texts.map(({ to }) => to)).size, 'everybody').to.equal(6)
    expect(seen.texts, 'nobody twice').to.have.length(6)
    expect(seen.told.filter(({ type }) => type === 'automation.fired')).to.have.length(6)
    for (const { id: contactId } of clients)
      expect(await db('tasks').where({ contact_id: contactId })).to.have.length(1)
    const failed = runs.filter(({ state }) => state === 'failed')
    expect(failed.length).to.equal(isCut ? 0 : 1)
    for (const run of failed)
      expect((await world.stepsOf(run.id)).map(({ state }) => state)).to.deep.equal([
        'done',
        'unknown',
        'done',
        'done'
      ])
  })

  it('tries again what failed, a few times, then lists it; a person may have it tried anew', async () => {
    const id = await world.rule('dealWon', [sms])
    const { id: clientId, phone } = await world.contact()
    seen.answer = { is: 'failed', error: `busy, ${phone} waits`, isForGood: false }
    await world.move(await world.deal(clientId), stages.won)
    await world.settle()
    for (let tries = 0; tries < 8; tries += 1) {
      seen.nowMs += 7 * hour
      if (new Date(seen.nowMs).getUTCHours() < 7 || new Date(seen.nowMs).getUTCHours() > 16)
        seen.nowMs = noon.getTime() + Math.ceil((seen.nowMs - noon.getTime()) / (24 * hour)) * 24 * hour
      await automation.work()
    }
    const [run] = await world.runsOf(id)
    expect(run?.state).to.equal('failed')
    expect(seen.texts).to.have.length(6)
    expect(new Set(seen.texts.map(({ id: key }) => key)).size, 'the same key for the gateway').to.equal(1)
    const [step] = await world.stepsOf(run?.id)
    expect(step?.note).to.equal('busy, ••• waits')
    seen.answer = { is: 'sent', note: null }
    expect(await db.transaction((trx) => retryRun(trx, run?.id ?? ''))).to.equal(1)
    await db('automation_steps')
      .where({ run_id: run?.id })
      .update({ next_at: new Date(0) })
    await automation.work()
    expect((await world.runsOf(id))[0]?.state).to.equal('done')
  })

  it('keeps quiet at night where the client lives', async () => {
    const id = await world.rule('dealWon', [sms, task])
    const { id: clientId } = await world.contact()
    await db('contact_phones').where({ contact_id: clientId }).update({ e164: '+74232000001' })
    // Noon in Moscow is seven in the evening in Vladivostok; four hours later it is night there.
    seen.nowMs = noon.getTime() + 4 * hour
    await world.move(await world.deal(clientId), stages.won)
    await world.settle()
    const [run] = await world.runsOf(id)
    const [message, todo] = await world.stepsOf(run?.id)
    expect([message?.state, message?.note, todo?.state]).to.deep.equal(['pending', 'quiet', 'done'])
    expect(message?.next_at.getTime()).to.equal(noon.getTime() + 14 * hour)
    seen.nowMs = noon.getTime() + 14 * hour
    await automation.work()
    expect(seen.texts).to.have.length(1)
  })

  it('sends advertising to those who agreed, with a link to refuse; a refusal holds, also for its undo', async () => {
    const mail: Action = {
      kind: 'sendMail',
      subject: 'New\r\nwindows',
      text: 'Come, {{client}}',
      isMarketing: true
    }
    const id = await world.rule('dealWon', [mail], { limit_times: 50 })
    const agreed = await world.contact({ email: 'yes@example.com', consent: true })
    const unasked = await world.contact({ email: 'who@example.com' })
    for (const one of [agreed, unasked]) await world.move(await world.deal(one.id), stages.won)
    await world.settle()
    expect(seen.mails.map(({ to, subject }) => [...to, subject])).to.deep.equal([
      ['yes@example.com', 'New windows']
    ])
    const token = await refusalToken(db, agreed.id)
    expect(seen.mails[0]?.text).to.contain(`Отписаться: https://pbx.example/u/${token}`)
    expect(seen.mails[0]?.refuseUrl, 'for the head of the letter').to.equal(`https://pbx.example/u/${token}`)
    expect(await contactOfToken(db, token)).to.equal(agreed.id)
    const forged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`
    expect(await contactOfToken(db, forged)).to.equal(null)
    await refuse(db, agreed.id, true)
    await refuse(db, agreed.id, true)
    await world.move(await world.deal(agreed.id), stages.won)
    await world.settle()
    expect(seen.mails).to.have.length(1)
    const notesOf = async (contactId: string): Promise<(string | null)[]> => {
      const steps = db('automation_steps as s').join('automation_runs as u', 'u.id', 's.run_id')
      const rows = await steps
        .where({ 'u.rule_id': id, 'u.contact_id': contactId })
        .orderBy('u.created_at')
        .select<{ note: string | null }[]>('s.note')
      return rows.map(({ note }) => note)
    }
    expect(await notesOf(agreed.id)).to.deep.equal([null, 'refused'])
    expect(await notesOf(unasked.id)).to.deep.equal(['noConsent'])
    await refuse(db, agreed.id, false)
    await world.move(await world.deal(agreed.id), stages.won)
    await world.settle()
    expect(seen.mails).to.have.length(2)
    expect(await db('contact_consents').where({ contact_id: agreed.id })).to.have.length(3)
  })

  it('takes the word STOP in a message as a refusal', async () => {
    const { id: clientId } = await world.contact({ consent: true })
    await world.rule('messageReceived', [])
    await automation.announce(db, {
      type: 'message.received',
      atMs: Date.now(),
      data: { message: { id: randomUUID(), text: ' Стоп! ' }, contactId: clientId }
    })
    const last = await db('contact_consents').where({ contact_id: clientId }).orderBy('at', 'desc').first<{
      is_given: boolean
    }>()
    expect(last.is_given).to.equal(false)
  })

  it('answers a mail there where it came, and does not answer a machine', async () => {
    const id = await world.rule('messageReceived', [
      { kind: 'sendMessage', text: 'We have it, {{client}}', isMarketing: false },
      task
    ])
    const email = 'writes@client.example'
    const mail = (more: Partial<Incoming>): Promise<void> =>
      world.outside.mail(email, { name: 'Vera', ...more })
    await mail({ foreignId: 'first', messageId: 'first@client.example' })
    await mail({ foreignId: 'first' })
    await mail({ isAuto: true, subject: 'Away', refs: ['first@client.example'] })
    await world.settle()
    await world.settle()
    expect((await world.runsOf(id)).map(({ state }) => state)).to.deep.equal(['done'])
    const rows = db('messages as m').join('conversations as c', 'c.id', 'm.conversation_id')
    expect(
      await rows
        .where({ 'c.peer': email, 'm.direction': 'out' })
        .select('m.state', 'm.text', 'm.subject', 'm.refs', 'm.to_addresses')
    ).to.deep.equal([
      {
        ...{ state: 'queued', text: 'We have it, Vera', subject: 'Re: Roof' },
        ...{ refs: ['first@client.example'], to_addresses: [email] }
      }
    ])
    const inquiry = await db('inquiries').where({ email }).first<{ id: string; first_response_at: null }>()
    // Nobody of ours has answered yet.
    expect(inquiry.first_response_at).to.equal(null)
    expect(await db('tasks').where({ inquiry_id: inquiry.id, title: 'Call Vera' })).to.have.length(1)
  })

  it('says at the action that a client can be reached in no conversation', async () => {
    const id = await world.rule('dealWon', [{ kind: 'sendMessage', text: 'Thank you', isMarketing: false }])
    await world.move(await world.deal((await world.contact()).id), stages.won)
    await world.settle()
    const [run] = await world.runsOf(id)
    const steps = await world.stepsOf(run?.id)
    expect(steps.map(({ state, note }) => [state, note])).to.deep.equal([['skipped', 'noWay']])
  })

  it('notices what nobody has answered or touched, once for each wait', async () => {
    const note: Action = { kind: 'notify', to: { kind: 'supervisors' }, text: '{{client}} waits', emails: [] }
    const since = { active_since: new Date(Date.now() - 3 * hour), settings: { minutes: 20 } }
    const unanswered = await world.rule('inquiryUnanswered', [note], since)
    const idle = await world.rule('dealIdle', [task], { ...since, settings: { minutes: 60 } })
    const client = await world.contact()
    const made = await world.deal(client.id)
    await db('deals')
      .where({ id: made.id })
      .update({
        created_at: new Date(Date.now() - 2 * hour),
        updated_at: new Date(Date.now() - 2 * hour)
      })
    const inquiry = (minutes: number): Promise<unknown> =>
      db('inquiries').insert({
        ...{ kind: 'manual', title: 'Asks', name: 'Asks' },
        created_at: new Date(Date.now() - minutes * 60_000)
      })
    await inquiry(25)
    await inquiry(10)
    // Longer ago than the rule is on.
    await inquiry(600)
    await world.settle()
    await world.settle()
    expect(await world.runsOf(unanswered)).to.have.length(1)
    expect(await world.runsOf(idle)).to.have.length(1)
    // Its own task is nothing that somebody did; a task that a person has done is.
    await db('tasks')
      .where({ deal_id: made.id })
      .update({ state: 'done', done_at: new Date(Date.now() - 61 * 60_000) })
    await world.settle()
    expect(await world.runsOf(idle)).to.have.length(2)
  })

  it('shows what a rule would do, and writes nothing', async () => {
    const client = await world.contact({ email: 'try@example.com' })
    const made = await world.deal(client.id, 700)
    const tried = await automation.tryOut({
      subject: 'deal',
      subjectId: made.id,
      rule: {
        trigger: 'dealStage',
        settings: { stageIds: [stages.first] },
        groups: [{ match: 'all', conditions: [{ kind: 'amount', min: 500, max: null }] }],
        actions: [
          { kind: 'sendMail', subject: 'For {{deal}}', text: 'You owe {{amount}}', isMarketing: false },
          { kind: 'sendSms', text: 'Buy', isMarketing: true }
        ]
      }
    })
    expect(tried).to.deep.include({ isFired: true, holds: true, checks: [[true]] })
    expect(tried?.steps.map(({ to, subject, text, skip }) => [to, subject, text, skip])).to.deep.equal([
      ['try@example.com', 'For Windows', 'You owe 700 RUB', null],
      [client.phone, null, tried?.steps[1]?.text, 'noConsent']
    ])
    expect(seen.mails).to.deep.equal([])
    expect(await db('automation_runs').where({ subject_id: made.id })).to.deep.equal([])
  })
})
