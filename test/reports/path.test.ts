import { expect } from 'chai'
import { conversionPathOf } from '../../reports/queries/path.ts'
import { insertCall } from '../api/support/calls.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { insertPath, insertSite, uuid } from './support/rows.ts'

describe('The way of a client', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let contactId: string
  const visitorId = uuid()
  const otherDevice = uuid()
  const [first, second] = [uuid(), uuid()]
  let callId: string

  before(async () => {
    database = await createTestDatabase()
    const { db } = database
    const site = await insertSite(db, 'shop.example')
    const [contact] = await db('contacts').insert({ name: 'Ivan' }).returning<{ id: string }[]>('id')
    contactId = contact?.id ?? ''
    await db('contact_phones').insert({ e164: '+79160000001', contact_id: contactId })
    const visitor = { site_id: site, touch: '{}', contact_id: contactId }
    await db('visitors').insert([
      { id: visitorId, ...visitor },
      { id: otherDevice, ...visitor }
    ])
    await db('visits').insert({
      ...{
        id: first,
        visitor_id: otherDevice,
        site_id: site,
        landing_url: 'https://shop.example/a',
        page_url: 'x'
      },
      ...{
        started_at: '2026-10-01T10:00:00Z',
        rule: 'campaign',
        inquiry_channel: 'paid',
        source: 'yandex',
        medium: 'cpc'
      }
    })
    const touch = { site_id: site, medium: 'cpc', is_direct: false }
    await db('touchpoints').insert([
      {
        ...touch,
        visitor_id: otherDevice,
        visit_id: first,
        at: '2026-10-01T10:00:00Z',
        inquiry_channel: 'paid',
        source: 'yandex'
      },
      {
        ...touch,
        visitor_id: visitorId,
        visit_id: second,
        at: '2026-10-02T10:00:00Z',
        inquiry_channel: 'organic',
        source: 'google'
      },
      // After the call.
      {
        ...touch,
        visitor_id: visitorId,
        visit_id: uuid(),
        at: '2026-10-04T10:00:00Z',
        inquiry_channel: 'direct',
        source: ''
      }
    ])
    callId = await insertCall(db, {
      ...{ started_at: '2026-10-02T10:05:00Z', ended_at: '2026-10-02T10:08:00Z', site_id: site },
      ...{ visitor_id: visitorId, visit_id: second, caller_number: '+79160000001', outcome: 'answered' }
    })
    const paths = [
      await insertPath(db, { inquiry_channel: 'paid', source: 'yandex' }),
      await insertPath(db, { inquiry_channel: 'organic', source: 'google' })
    ]
    const none = { first: 0, last: 0, last_non_direct: 0, linear: 500_000, position: 500_000, time_decay: 0 }
    const credit = { subject_id: callId, subject: 'call', at: '2026-10-02T10:05:00Z' }
    await db('credits').insert([
      { ...credit, ...none, place: 0, path_id: paths[0], first: 1_000_000, time_decay: 400_000 },
      {
        ...credit,
        ...none,
        place: 1,
        path_id: paths[1],
        last: 1_000_000,
        last_non_direct: 1_000_000,
        time_decay: 600_000
      }
    ])
    const [inquiry] = await db('inquiries')
      .insert({
        kind: 'call',
        title: 'Windows',
        call_id: callId,
        created_at: '2026-10-02T10:05:00Z',
        inquiry_channel: 'organic'
      })
      .returning<{ id: string }[]>('id')
    const stage = await db('pipeline_stages')
      .where({ kind: 'won' })
      .first<{ id: string; pipeline_id: string }>()
    await db('deals').insert({
      ...{ title: 'Ten windows', pipeline_id: stage.pipeline_id, stage_id: stage.id, amount: 1500.5 },
      ...{ inquiry_id: inquiry?.id, created_at: '2026-10-03T10:00:00Z', closed_at: '2026-10-05T10:00:00Z' }
    })
    await insertCall(db, { caller_number: '+79169999999' })
  })
  after(() => database.drop())

  it('stands in order of time, over all devices, up to the money', async () => {
    const path = await conversionPathOf(database.db, { contactId })
    expect(path?.isCut).to.equal(false)
    expect(path?.steps.map(({ kind, source, label, amount }) => [kind, source, label, amount])).to.deep.equal(
      [
        ['visit', 'yandex', null, null],
        ['visit', 'google', null, null],
        ['call', null, 'answered', null],
        ['inquiry', null, 'Windows', null],
        ['deal', null, 'Ten windows', 1500.5],
        ['visit', '', null, null],
        ['won', null, 'Успешно', 1500.5]
      ]
    )
    expect(path?.steps[0]?.landingUrl).to.equal('https://shop.example/a')
    expect(path?.steps.every(({ credits }) => credits === null)).to.equal(true)
    expect(await conversionPathOf(database.db, { visitorId })).to.deep.equal(path)
  })

  it('tells the share of each visit in the call asked about', async () => {
    const path = await conversionPathOf(database.db, { callId })
    expect(path?.steps.map(({ kind }) => kind)).to.deep.equal([
      'visit',
      'visit',
      'call',
      'inquiry',
      'deal',
      'visit',
      'won'
    ])
    const credits = path?.steps.map((step) => step.credits?.timeDecay ?? null)
    expect(credits).to.deep.equal([0.4, 0.6, null, null, null, null, null])
    expect(path?.steps[0]?.credits).to.deep.equal({
      ...{ first: 1, last: 0, lastNonDirect: 0, linear: 0.5, position: 0.5, timeDecay: 0.4 }
    })
  })

  it('gives a call without visits its whole credit', async () => {
    const { db } = database
    const lonely = await insertCall(db, { caller_number: null, started_at: '2026-10-09T10:00:00Z' })
    const whole = { first: 1e6, last: 1e6, last_non_direct: 1e6, linear: 1e6, position: 1e6, time_decay: 1e6 }
    const unknown = await insertPath(db, { inquiry_channel: 'unknown' })
    await db('credits').insert({
      subject_id: lonely,
      subject: 'call',
      at: '2026-10-09T10:00:00Z',
      place: 0,
      path_id: unknown,
      ...whole
    })
    const path = await conversionPathOf(db, { callId: lonely })
    expect(path?.steps.map(({ kind, credits }) => [kind, credits?.linear])).to.deep.equal([['call', 1]])
  })

  it('knows nobody by an id of nothing', async () => {
    for (const wish of [{ callId: uuid() }, { contactId: uuid() }, { visitorId: uuid() }])
      expect(await conversionPathOf(database.db, wish)).to.equal(null)
  })
})
