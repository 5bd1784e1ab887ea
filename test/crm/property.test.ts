import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { lockCrm } from '../../crm/clients.ts'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { acceptInquiry } from '../../crm/inquiries/accept.ts'
import type { InquiryRow } from '../../crm/inquiries/place.ts'
import type { Announce } from '../../crm/ports.ts'
import { createRandom, type Random } from '../../db/demo/random.ts'
import { enqueueEvent } from '../../integrations/webhooks/outbox.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOutside, type Outside } from './support/events.ts'

const silent = pino({ level: 'silent' })
const dayMs = 86_400_000
const phones = ['+79160000001', '+79160000002', '+79160000003', '+79160000004']
/** One client with two numbers, whom somebody has. */
const owned = ['+79160000005', '+79160000006']
const spammer = '+79160000009'

describe('Any mix of calls, forms and callbacks', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let db: Knex
  let outside: Outside
  let userId: string
  let ownedId: string

  before(async () => {
    database = await createTestDatabase()
    db = database.db
    const [user] = await db('users')
      .insert({ login: 'anna', name: 'Anna', role: 'operator' })
      .returning<{ id: string }[]>('id')
    userId = user?.id ?? ''
    await db('webhooks').insert({
      ...{
        name: 'all',
        url: 'https://crm.example',
        events: ['inquiry.created', 'form.submitted'],
        secrets: ['x']
      }
    })
  })
  after(() => database.drop())

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`ends with one contact for a number, one open deal, and each of them in one place (${seed})`, async () => {
      for (const table of [
        'activities',
        'inquiries',
        'deals',
        'contacts',
        'calls',
        'callbacks',
        'form_submissions'
      ])
        await db(table).delete()
      await db('webhook_deliveries').delete()
      await db('crm_inbox').delete()
      outside = createOutside(db)
      const [contact] = await db('contacts')
        .insert({ name: 'Owned', owner_id: userId })
        .returning<{ id: string }[]>('id')
      ownedId = contact?.id ?? ''
      await db('contact_phones').insert(owned.map((e164) => ({ e164, contact_id: ownedId })))
      await play(createRandom(seed))
      await holds()
      const before = await picture()
      // Everything is told once more, as after a replayed spool: nothing changes.
      for (const [subject, table] of [
        ['call', 'calls'],
        ['form', 'form_submissions'],
        ['callback', 'callbacks']
      ] as const)
        await db.raw(`insert into crm_inbox (subject, subject_id) select ?, id from ??`, [subject, table])
      await drainAll()
      expect(await picture()).to.deep.equal(before)
    })
  }

  const announce: Announce = (trx, event) => enqueueEvent(trx, event, undefined)

  /** Two workers at once, until nothing waits. */
  async function drainAll(): Promise<void> {
    await db('crm_inbox').update({ next_at: db.fn.now() })
    await Promise.all([drainCrmInbox(db, announce, silent), drainCrmInbox(db, announce, silent)])
  }

  async function play(random: Random): Promise<void> {
    const nowMs = Date.now()
    for (let round = 0; round < 12; round += 1) {
      await Promise.all(Array.from({ length: random.whole(1, 8) }, () => happen(random, nowMs)))
      if (random.chance(0.3)) {
        // A worker that fails here and there: what it did not finish comes again.
        const failing: Announce = (trx, event) =>
          random.chance(0.5) ? Promise.reject(new Error('down')) : announce(trx, event)
        await drainCrmInbox(db, failing, silent)
      }
      if (random.chance(0.8)) await Promise.all([drainAll(), ...(random.chance(0.5) ? [decide(random)] : [])])
      if (random.chance(0.4)) await decide(random)
    }
    await drainAll()
  }

  async function happen(random: Random, nowMs: number): Promise<void> {
    const atMs = nowMs - Math.floor(random.between(0, 5 * dayMs))
    const phone = random.pick([...phones, ...owned])
    const call = { atMs, caller_number: phone, operator_id: userId }
    switch (random.whole(0, 8)) {
      case 0:
      case 1:
        return void (await outside.call({
          ...call,
          outcome: random.pick(['missed', 'abandoned', 'voicemail'])
        }))
      case 2:
        return void (await outside.call({ ...call, outcome: 'answered' }))
      case 3:
        return void (await outside.call({ ...call, outcome: 'answered', direction: 'out' }))
      case 4:
        return void (await outside.call({ ...call, caller_number: null }))
      case 5:
        return void (await outside.call({
          ...call,
          caller_number: spammer,
          ...random.pick([{ is_spam: true }, { outcome: 'blocked' }])
        }))
      case 6:
        return void (await outside.callback({ atMs, phone }))
      default:
        return void (await outside.form({
          ...{ atMs, name: random.pick([null, 'Somebody']) },
          ...random.pick([{ phone }, { phone }, { email: random.pick(['a@b.example', 'c@d.example']) }])
        }))
    }
  }

  /** A person accepts or closes something open. */
  async function decide(random: Random): Promise<void> {
    await db.transaction(async (trx) => {
      await lockCrm(trx)
      const open = (await trx('inquiries')
        .whereIn('state', ['new', 'inWork'])
        .orderBy('created_at')) as InquiryRow[]
      if (open.length === 0) return
      const row = random.pick(open)
      if (random.chance(0.4))
        return void (await trx('inquiries').where({ id: row.id }).update({ state: 'closed' }))
      const wish = { title: null, amount: 10, currency: 'RUB', pipelineId: null, stageId: null }
      await acceptInquiry(trx, row, { ...wish, isNewDeal: false, byUserId: userId }, announce)
    })
  }

  const rowsOf = async (sql: string): Promise<unknown[]> => (await db.raw<{ rows: unknown[] }>(sql)).rows

  async function holds(): Promise<void> {
    expect(await rowsOf('select * from crm_inbox'), 'left').to.deep.equal([])
    expect(
      await rowsOf(`select name, owner_id from contacts where id = '${ownedId}'`),
      'the owner'
    ).to.deep.equal([{ name: 'Owned', owner_id: userId }])
    expect(
      await rowsOf(`select c.id from contacts c where (select count(*) from contact_phones p where p.contact_id = c.id) <>
        case when c.id = '${ownedId}' then 2 else 1 end`),
      'contacts without or with too many numbers'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select caller_number from calls where direction = 'in' and outcome <> 'blocked' and not is_spam
        and caller_number is not null and caller_number not in (select e164 from contact_phones)`),
      'callers without a contact'
    ).to.deep.equal([])
    expect(await rowsOf(`select e164 from contact_phones where e164 = '${spammer}'`), 'spam').to.deep.equal(
      []
    )
    expect(
      await rowsOf(`select d.contact_id from deals d join pipeline_stages s on s.id = d.stage_id
        where s.kind = 'open' and d.contact_id is not null group by 1 having count(*) > 1`),
      'clients with two open deals'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select e.id from (
          select id from calls where direction = 'in' and outcome <> 'blocked' and not is_spam
          union all select id from form_submissions union all select id from callbacks
        ) e left join activities a on a.subject_id = e.id
        where a.subject_id is null or (a.inquiry_id is null and a.deal_id is null)`),
      'events in no place'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select a.subject_id from activities a join inquiries i on i.id = a.inquiry_id
        where a.deal_id is distinct from i.deal_id`),
      'events of an inquiry that are elsewhere'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select i.id from inquiries i join activities a on a.subject_id = coalesce(i.call_id, i.form_id, i.callback_id)
        where a.inquiry_id is distinct from i.id`),
      'inquiries without what they came from'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select i.id, i.first_response_at from inquiries i where i.contact_id is not null
        and i.first_response_at is distinct from (select min(c.answered_at) from calls c
          join contact_phones p on p.e164 = c.caller_number where p.contact_id = i.contact_id and c.outcome = 'answered'
          and c.answered_at >= i.created_at)`),
      'wrong first responses'
    ).to.deep.equal([])
    const [counts] = (await rowsOf(`select (select count(*) from inquiries)::int as inquiries,
      (select count(*) from form_submissions)::int as forms,
      (select count(*) from webhook_deliveries where event_type = 'inquiry.created')::int as created,
      (select count(*) from webhook_deliveries where event_type = 'form.submitted')::int as submitted`)) as {
      inquiries: number
      forms: number
      created: number
      submitted: number
    }[]
    expect(counts?.created, 'told inquiries').to.equal(counts?.inquiries)
    expect(counts?.submitted, 'told forms').to.equal(counts?.forms)
    expect(counts?.inquiries).to.be.greaterThan(3)
  }

  const picture = async (): Promise<unknown> => ({
    contacts: await rowsOf('select id, name, owner_id from contacts order by id'),
    phones: await rowsOf('select * from contact_phones order by e164'),
    inquiries: await rowsOf(
      'select id, state, contact_id, responsible_id, first_response_at, deal_id from inquiries order by id'
    ),
    // A call of ours may join what became known of only later.
    activities:
      await rowsOf(`select * from activities where subject_id not in (select id from calls where direction = 'out')
      order by subject_id`),
    told: await rowsOf('select count(*)::int from webhook_deliveries')
  })
})
