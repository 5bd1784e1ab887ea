import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { lockCrm } from '../../crm/clients.ts'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { acceptInquiry } from '../../crm/inquiries/accept.ts'
import type { InquiryRow } from '../../crm/inquiries/place.ts'
import { takeMarkBack } from '../../crm/inquiries/spam.ts'
import { announceNothing, type Announce } from '../../crm/ports.ts'
import type { CrmEvent } from '../../crm/events.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOutside, type Outside } from './support/events.ts'

const silent = pino({ level: 'silent' })
const hourMs = 3_600_000
const ivan = '+79161112233'

describe('Inquiries that are made by themselves', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let db: Knex
  let outside: Outside
  let operatorId: string
  let told: CrmEvent[]
  const announce: Announce = (_trx, event) => Promise.resolve(void told.push(event))

  before(async () => {
    database = await createTestDatabase()
    db = database.db
    const [user] = await db('users')
      .insert({ login: 'anna', name: 'Anna', role: 'operator' })
      .returning<{ id: string }[]>('id')
    operatorId = user?.id ?? ''
  })
  after(() => database.drop())
  beforeEach(async () => {
    told = []
    outside = createOutside(db)
    for (const table of [
      'activities',
      'inquiries',
      'deals',
      'contacts',
      'calls',
      'callbacks',
      'sites',
      'crm_inbox',
      'spam_marks'
    ])
      await db(table).delete()
  })

  const drain = () => drainCrmInbox(db, announce, silent)
  const inquiries = () => db('inquiries').orderBy('created_at') as Promise<Record<string, unknown>[]>
  const one = async (): Promise<Record<string, unknown>> => {
    const rows = await inquiries()
    expect(rows).to.have.length(1)
    return rows[0] ?? {}
  }
  const placeOf = (id: string) =>
    db('activities').where({ subject_id: id }).first<Record<string, unknown> | undefined>()
  const accept = (inquiryId: unknown) =>
    db.transaction(async (trx) => {
      await lockCrm(trx)
      const row = await trx('inquiries').where({ id: inquiryId }).first<InquiryRow>()
      const wish = { title: null, amount: 0, currency: 'RUB', pipelineId: null, stageId: null }
      return acceptInquiry(trx, row, { ...wish, isNewDeal: false, byUserId: operatorId }, announce)
    })

  it('makes one of a missed call, with a contact, its source, and nobody who has answered yet', async () => {
    const id = await outside.call({
      ...{ caller_number: ivan, caller_name: 'Ivan', source_name: 'yandex', inquiry_channel: 'paid' },
      ...{ medium: 'cpc', campaign: 'autumn', keyword: 'sofa' }
    })
    await drain()
    const inquiry = await one()
    expect(inquiry).to.include({
      ...{ kind: 'call', state: 'new', title: 'Ivan', call_id: id, phone: ivan, is_missed: true },
      ...{ inquiry_channel: 'paid', source: 'yandex', medium: 'cpc', campaign: 'autumn', keyword: 'sofa' },
      ...{ responsible_id: null, first_response_at: null }
    })
    const [contact]: Record<string, unknown>[] = await db('contacts')
    expect(contact).to.include({ name: 'Ivan', owner_id: null, id: inquiry['contact_id'] })
    expect(told.map(({ type }) => type)).to.deep.equal(['inquiry.created'])
    expect(await db('crm_inbox')).to.deep.equal([])
  })

  it('gives an answered call to whoever answered, who has responded at once', async () => {
    await outside.call({ caller_number: ivan, outcome: 'answered', operator_id: operatorId })
    await drain()
    const [call]: Record<string, unknown>[] = await db('calls')
    const inquiry = await one()
    expect(inquiry).to.include({ responsible_id: operatorId, is_missed: false, title: ivan })
    expect(inquiry['first_response_at']).to.deep.equal(call?.['answered_at'])
  })

  it('waits for the end of a call, and takes every hour of the day', async () => {
    const call = await outside.begin({ caller_number: ivan })
    await drain()
    expect(await inquiries()).to.deep.equal([])
    await call.end()
    await drain()
    expect((await one())['call_id']).to.equal(call.id)
  })

  it('keeps a client of its owner: the call of another changes nothing', async () => {
    const [owner] = await db('users')
      .insert({ login: `own-${Date.now()}`, name: 'Owner', role: 'operator' })
      .returning<{ id: string }[]>('id')
    const [contact] = await db('contacts')
      .insert({ name: 'Known', owner_id: owner?.id })
      .returning<{ id: string }[]>('id')
    await db('contact_phones').insert({ e164: ivan, contact_id: contact?.id })
    await outside.call({ caller_number: ivan, outcome: 'answered', operator_id: operatorId })
    await drain()
    expect(await one()).to.include({ responsible_id: owner?.id, contact_id: contact?.id, title: 'Known' })
    expect(await db('contacts').select('owner_id', 'name')).to.deep.equal([
      { owner_id: owner?.id, name: 'Known' }
    ])
  })

  it('joins what comes within a day while it is open, and begins another after that', async () => {
    const nowMs = Date.now()
    await outside.call({ caller_number: ivan, atMs: nowMs - 60 * hourMs })
    const second = await outside.call({ caller_number: ivan, atMs: nowMs - 40 * hourMs })
    await drain()
    const inquiry = await one()
    expect(await placeOf(second)).to.include({ inquiry_id: inquiry['id'], deal_id: null })
    await outside.call({ caller_number: ivan, atMs: nowMs - 35 * hourMs })
    await drain()
    expect(await inquiries()).to.have.length(2)
    await db('inquiries').update({ state: 'closed' })
    await outside.call({ caller_number: ivan, atMs: nowMs - 34 * hourMs })
    await drain()
    expect(await inquiries()).to.have.length(3)
  })

  it('puts a call of a client with an open deal into that deal, and opens no other', async () => {
    await outside.call({ caller_number: ivan })
    await drain()
    const { dealId } = await accept((await one())['id'])
    const again = await outside.call({ caller_number: ivan })
    await drain()
    expect(await placeOf(again)).to.include({ inquiry_id: null, deal_id: dealId })
    await one()
    const won = await db('pipeline_stages').where({ kind: 'won' }).first<{ id: string }>('id')
    await db('deals').update({ stage_id: won.id })
    await outside.call({ caller_number: ivan })
    await drain()
    expect(await inquiries()).to.have.length(2)
  })

  it('makes nothing of spam, of blocked calls and of calls among ourselves', async () => {
    await outside.call({ caller_number: ivan, is_spam: true })
    await outside.call({ caller_number: '+79160000001', tags: ['spam'] })
    await outside.call({ caller_number: '+79160000002', outcome: 'blocked' })
    await outside.call({ caller_number: '101', direction: 'internal' })
    await outside.call({ caller_number: ivan })
    await drain()
    expect(await inquiries()).to.deep.equal([])
    expect(await db('contacts')).to.deep.equal([])
  })

  it('hides an inquiry when its call is spam, and brings it back with what was taken for spam since', async () => {
    const first = await outside.call({ caller_number: ivan, atMs: Date.now() - 3 * hourMs })
    await drain()
    await db('calls').where({ id: first }).update({ is_spam: true })
    await drain()
    expect(await one()).to.include({ state: 'spam' })
    const second = await outside.call({ caller_number: ivan, atMs: Date.now() - 2 * hourMs })
    await drain()
    expect(await placeOf(second)).to.equal(undefined)
    await db('calls').where({ id: first }).update({ is_spam: false })
    await drain()
    const inquiry = await one()
    expect(inquiry).to.include({ state: 'new', closed_at: null })
    expect(await placeOf(second)).to.include({ inquiry_id: inquiry['id'] })
  })

  it('hides the mail of an address that is spam, but for one with whom a deal is open', async () => {
    const spam = 'sells@spam.example'
    await db('spam_marks').insert({ kind: 'email', value: spam })
    await outside.mail('Sells@Spam.example', { name: 'Sells' })
    await outside.mail('anna@client.example', { name: 'Anna' })
    await drain()
    expect(await one()).to.include({ kind: 'mail', email: 'anna@client.example' })
    expect(await db('contacts').select('name')).to.deep.equal([{ name: 'Anna' }])
    expect(told.filter(({ type }) => type === 'message.received')).to.have.length(1)
    const mark = await db('spam_marks').first<{ id: string; kind: 'email'; value: string }>()
    await db.transaction((trx) => takeMarkBack(trx, mark))
    await drain()
    const [inquiry] = (await inquiries()).filter(({ email }) => email === spam)
    expect(inquiry).to.include({ state: 'new', title: 'Sells' })
    // A deal comes of it after all; then somebody marks them in anger.
    const { dealId } = await accept(inquiry?.['id'])
    await db('spam_marks').insert({ kind: 'email', value: spam })
    await outside.mail(spam)
    await drain()
    expect(await db('activities').where({ subject: 'message', deal_id: dealId })).to.have.length(2)
    expect(await db('spam_hits')).to.deep.equal([])
  })

  it('takes the first talk after a miss as the response, in whatever order calls become known', async () => {
    const nowMs = Date.now()
    await outside.call({ caller_number: ivan, atMs: nowMs - 5 * hourMs })
    await drain()
    const late = { caller_number: ivan, direction: 'out', outcome: 'answered' }
    await outside.call({ ...late, atMs: nowMs - hourMs })
    await drain()
    expect((await one())['first_response_at']).to.deep.equal(new Date(nowMs - hourMs + 5000))
    await outside.call({ ...late, atMs: nowMs - 2 * hourMs })
    await outside.call({ ...late, atMs: nowMs - 9 * hourMs })
    await drain()
    expect((await one())['first_response_at']).to.deep.equal(new Date(nowMs - 2 * hourMs + 5000))
  })

  it('makes one of a form with its visit, tells of both, and learns the name of a number', async () => {
    const siteId = await outside.site()
    const [visitorId, visitId] = [
      '11111111-1111-4111-8111-111111111111',
      '22222222-2222-4222-8222-222222222222'
    ]
    await db('visitors').insert({ id: visitorId, site_id: siteId, touch: '{}' })
    await db('visits').insert({
      ...{ id: visitId, visitor_id: visitorId, site_id: siteId, landing_url: '/', page_url: '/' },
      ...{ rule: 'direct', inquiry_channel: 'direct', source: 'direct', medium: 'none' }
    })
    await db('touchpoints').insert(
      [
        ...[
          { at: new Date(Date.now() - hourMs), is_direct: false, inquiry_channel: 'paid', source: 'google' }
        ],
        ...[{ at: new Date(Date.now() - 1000), is_direct: true, inquiry_channel: 'direct', source: 'direct' }]
      ].map((touch) => ({
        ...touch,
        visitor_id: visitorId,
        visit_id: visitId,
        site_id: siteId,
        medium: 'cpc'
      }))
    )
    await outside.call({ caller_number: ivan })
    await drain()
    await db('inquiries').update({ state: 'closed' })
    told = []
    const form = await outside.form({
      ...{ phone: ivan, name: 'Ivan', message: 'A sofa, please', visit_id: visitId, visitor_id: visitorId }
    })
    await drain()
    const rows = await inquiries()
    expect(rows[1]).to.include({
      ...{ kind: 'form', form_id: form, title: 'Ivan', note: 'A sofa, please', visit_id: visitId },
      ...{ inquiry_channel: 'paid', source: 'google', medium: 'cpc', site_id: siteId }
    })
    expect(told.map(({ type }) => type)).to.deep.equal(['inquiry.created', 'form.submitted'])
    expect(await db('contacts').select('name')).to.deep.equal([{ name: 'Ivan' }])
    expect(await db('visitors').select('contact_id')).to.deep.equal([{ contact_id: rows[1]?.['contact_id'] }])
  })

  it('joins a callback from a page to the form just before it; others make no inquiry', async () => {
    await outside.form({ phone: ivan })
    const wish = await outside.callback({ phone: ivan })
    await outside.callback({ phone: '+79160000003', kind: 'missed' })
    await drain()
    const inquiry = await one()
    expect(await placeOf(wish)).to.include({ subject: 'callback', inquiry_id: inquiry['id'] })
  })

  it('knows somebody without a telephone number by their e-mail', async () => {
    await outside.form({ email: 'Ivan@Example.com', name: 'Ivan' })
    await outside.form({ email: 'ivan@example.com' })
    await outside.form({ email: 'other@example.com' })
    await outside.call({ caller_number: null })
    await outside.call({ caller_number: null })
    await drain()
    const rows = await inquiries()
    expect(rows.map(({ title }) => title).sort()).to.deep.equal([
      ...['Ivan', 'anonymous', 'anonymous', 'other@example.com']
    ])
    expect(await db('contacts')).to.deep.equal([])
  })

  it('tries again what failed, without holding up the others', async () => {
    const bad = await outside.call({ caller_number: ivan })
    await outside.call({ caller_number: '+79160000004' })
    let isBroken = true
    const breaking: Announce = (_trx, { data }) => {
      const inquiry = data['inquiry'] as { callId: string }
      if (isBroken && inquiry.callId === bad) return Promise.reject(new Error('broken'))
      return Promise.resolve()
    }
    await drainCrmInbox(db, breaking, silent)
    expect((await one())['phone']).to.equal('+79160000004')
    expect(await db('contacts').select('name')).to.deep.equal([{ name: '+79160000004' }])
    isBroken = false
    await db('crm_inbox').update({ next_at: db.fn.now() })
    await drainCrmInbox(db, breaking, silent)
    expect(await inquiries()).to.have.length(2)
  })

  it('asks the database for little with each call of somebody unknown', async () => {
    const calls = 15
    for (let n = 0; n < calls; n += 1)
      await outside.call({
        caller_number: `+7916000${1000 + n}`,
        outcome: 'answered',
        operator_id: operatorId
      })
    let asked = 0
    const count = (): void => void (asked += 1)
    db.on('query', count)
    await drain()
    db.off('query', count)
    expect(await inquiries()).to.have.length(calls)
    // Beside them: begin, lock, read the inbox and the calls, delete from the inbox, commit.
    expect(asked).to.be.at.most(calls * 4 + 6)
  })

  it('loses nothing when whoever works it out dies in the middle', async () => {
    await outside.call({ caller_number: ivan })
    const dying: Announce = async (trx) => {
      await trx.raw('select pg_terminate_backend(pg_backend_pid())')
    }
    const error: unknown = await drainCrmInbox(db, dying, silent).then(
      () => null,
      (reason: unknown) => reason
    )
    expect(error).to.be.instanceOf(Error)
    expect(await inquiries()).to.deep.equal([])
    await drainCrmInbox(db, announceNothing, silent)
    expect((await one())['phone']).to.equal(ivan)
  })
})
