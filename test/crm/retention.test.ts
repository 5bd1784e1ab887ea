import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import { expireKept } from '../../api/retention.ts'
import { keptKinds, keptPlan, type KeptSettings } from '../../api/contract/retention.ts'
import { createFacts } from '../../reports/facts/facts.ts'
import { idOf, startRig, type Json, type Rig } from '../api/support/rig.ts'

const log = pino({ level: 'silent' })
const dayMs = 86_400_000
const usual: KeptSettings = {
  ...{ clients: null, recordings: null, visits: 400, touchpoints: 1100, forms: null },
  ...{ messages: null, exchanges: 30, audit: null }
}

describe('What goes tonight', () => {
  it('is what is older than its kind is kept, and nothing of what is kept for good', () => {
    const now = Date.UTC(2026, 10, 22)
    const plan = keptPlan({ ...usual, clients: 365 }, now)
    expect(plan.map(({ kind }) => kind)).to.eql(['clients', 'visits', 'touchpoints', 'exchanges'])
    expect(plan[0]?.before.toISOString()).to.equal('2025-11-22T00:00:00.000Z')
    const all = keptPlan({ ...usual, clients: 30, recordings: 1, forms: 1, messages: 1, audit: 90 }, now)
    expect(all.map(({ kind }) => kind)).to.eql(keptKinds)
  })
})

describe('Data past its time', function () {
  this.timeout(60_000)
  let rig: Rig
  const now = Date.now()
  const ago = (days: number): Date => new Date(now - days * dayMs)
  const removed: string[] = []
  const run = () =>
    expireKept({
      ...{ db: rig.db, log },
      recordings: { remove: (ids) => Promise.resolve(void removed.push(...ids)) }
    })

  before(async () => {
    rig = await startRig()
    const { db } = rig
    /** A client, made when they called first. */
    const client = async (name: string, phone: string, calledDaysAgo: number[]): Promise<string> => {
      const id = idOf(await rig.as.admin.send('POST', '/api/contacts', { name, phones: [phone] }))
      const first = ago(Math.max(...calledDaysAgo))
      await db('contacts').where({ id }).update({ created_at: first, updated_at: first })
      for (const days of calledDaysAgo) {
        const callId = randomUUID()
        await db('calls').insert({
          ...{ id: callId, pbx_unique_id: callId, direction: 'in', call_type: 'tracking_static' },
          ...{ started_at: ago(days), ended_at: ago(days), answered_at: ago(days), outcome: 'answered' },
          ...{
            talk_seconds: 60,
            caller_number: phone,
            caller_name: name,
            contact_id: id,
            source_name: 'yandex'
          }
        })
        await db('recordings').insert({
          ...{ id: callId, call_id: callId, leg: 'a', kind: 'talk', file: callId, state: 'ready' }
        })
        await db('call_events').insert({
          ...{ call_id: callId, seq: 1, at: ago(days), type: 'call.initiated' },
          data: JSON.stringify({ callerNumber: phone })
        })
      }
      return id
    }
    await client('Анна Тихая', '+79161110001', [500, 450])
    await client('Борис Частый', '+79161110002', [480, 10])
    const buyer = await client('Вера Сделкина', '+79161110003', [470])
    await rig.as.admin.send('POST', '/api/deals', { title: 'Дом', contactId: buyer, amount: 1 })
    const [site] = await db('sites')
      .insert({ name: 'Сайт', domain: 'shop.test' })
      .returning<{ id: string }[]>('id')
    for (const days of [300, 5])
      await db('form_submissions').insert({
        ...{ site_id: site?.id, at: ago(days), form_name: 'Заявка', name: 'Глеб', phone: '+79161110004' },
        ...{ email: 'gleb@mail.example', message: 'Позвоните', fields: JSON.stringify({ city: 'Тула' }) }
      })
    const conversation = async (lastDaysAgo: number): Promise<void> => {
      const [row] = await db('conversations')
        .insert({ kind: 'mail', peer: 'gleb@mail.example', last_at: ago(lastDaysAgo) })
        .returning<{ id: string }[]>('id')
      for (const days of new Set([300, lastDaysAgo]))
        await db('messages').insert({
          ...{ conversation_id: row?.id, direction: 'in', at: ago(days), text: `of ${days}` }
        })
    }
    await conversation(300)
    await conversation(5)
    await db('audit').insert([
      { action: 'old.deed', at: ago(200) },
      { action: 'new.deed', at: ago(5) }
    ])
  })
  after(() => rig.close())

  const reports = async (): Promise<unknown[]> => {
    await createFacts({ db: rig.db, log }).settle()
    const day = (days: number): string => ago(days).toISOString().slice(0, 10)
    const answers: unknown[] = []
    for (const report of ['sources', 'operators', 'hours', 'missed']) {
      const { status, body } = await rig.as.admin.get(`/api/reports/${report}?from=${day(550)}&to=${day(0)}`)
      expect(status, JSON.stringify(body)).to.equal(200)
      const { countedAt: _, ...told } = body
      answers.push(told)
    }
    const { rows } = await rig.db.raw<{ rows: unknown[] }>(
      `select count(*) as calls, count(distinct caller_number) as callers, count(distinct contact_id) as clients,
         (select count(*) from form_submissions) as forms from calls`
    )
    return [...answers, rows]
  }
  const wanted = { ...usual, clients: 365, forms: 100, messages: 100, audit: 90 }

  it('stays until somebody says for how long, which admins alone may', async () => {
    const { admin, supervisor } = rig.as
    expect((await admin.get('/api/retention')).body).to.eql(usual)
    expect(await run()).to.eql({})
    expect((await supervisor.get('/api/retention')).status).to.equal(403)
    expect((await admin.send('PUT', '/api/retention', { ...wanted, audit: 5 })).status).to.equal(422)
    expect((await admin.send('PUT', '/api/retention', { ...wanted, touchpoints: 30 })).status).to.equal(422)
    expect((await admin.get('/api/retention')).body).to.eql(usual)
  })

  it('is told beforehand, and goes with the counts of all reports as before; what is younger stays', async () => {
    const { admin } = rig.as
    const { db } = rig
    const before = await reports()
    const preview = await admin.send('POST', '/api/retention/preview', wanted)
    expect(preview.body).to.include({ clients: 1, forms: 1, messages: 2, audit: 1, exchanges: 0 })
    expect(await db('contacts').where({ name: 'Анна Тихая' })).to.have.length(1)
    expect((await admin.send('PUT', '/api/retention', wanted)).status).to.equal(200)
    const bound = (quotaGigabytes: number | null) =>
      admin.send('PUT', '/api/recording-space', { quotaGigabytes })
    expect((await bound(0)).status).to.equal(422)
    expect((await bound(5)).body).to.include({ quotaGigabytes: 5 })
    expect((await admin.get('/api/recording-space')).body).to.include({ quotaGigabytes: 5 })
    expect((await bound(null)).body).to.include({ quotaGigabytes: null })
    expect(await run()).to.eql({ clients: 1, forms: 1, messages: 2, audit: 1 })
    expect(await reports()).to.eql(before)

    const numbers = await db('calls').distinct('caller_number').orderBy(1).pluck<string[]>('caller_number')
    expect(numbers.filter((each) => each.startsWith('+7916'))).to.eql(['+79161110002', '+79161110003'])
    expect(numbers.filter((each) => each.startsWith('+999'))).to.have.length(1)
    const tape = (await db('call_events').pluck<unknown[]>('data')).map((each) => JSON.stringify(each)).join()
    expect(tape).to.include('+79161110002').and.not.include('+79161110001')
    expect(removed).to.have.length(2)
    const forms = await db('form_submissions').orderBy('at').select<Json[]>('form_name', 'phone', 'fields')
    expect(forms).to.eql([
      { form_name: 'Заявка', phone: null, fields: {} },
      { form_name: 'Заявка', phone: '+79161110004', fields: { city: 'Тула' } }
    ])
    expect(await db('messages').pluck('text')).to.eql(['of 5'])
    expect(await db('conversations')).to.have.length(1)
    expect(await db('audit').where('action', 'like', '%.deed').pluck('action')).to.eql(['new.deed'])

    const told = await db('audit').where({ action: 'retention.remove' })
    expect(told).to.have.length(1)
    expect(told[0]).to.deep.include({ data: { clients: 1, forms: 1, messages: 2, audit: 1 }, user_id: null })
    // The next night finds nothing.
    expect(await run()).to.eql({})
    expect(await db('audit').where({ action: 'retention.remove' })).to.have.length(1)
  })
})
