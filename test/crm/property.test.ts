import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { lockCrm, openDealOf } from '../../crm/clients.ts'
import { mergeContacts, undoMerge } from '../../crm/contacts/merge.ts'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { acceptInquiry } from '../../crm/inquiries/accept.ts'
import { deskKey } from '../../crm/inquiries/desk-settings.ts'
import { dispatchInquiries } from '../../crm/inquiries/dispatcher.ts'
import type { InquiryRow } from '../../crm/inquiries/place.ts'
import { learnSpam, takeMarkBack } from '../../crm/inquiries/spam.ts'
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
/** They write mails, and name their mail in forms. */
const writers = ['a@b.example', 'c@d.example', 'anna@client.example']

/** Somebody whom people mark as spam and take back, while their forms and calls go on. */
const doubtful = { phone: '+79160000008', email: 'doubt@ful.example' }

describe('Any mix of calls, forms, mails, callbacks, merges, marks of spam, and the dispatcher', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let db: Knex
  let outside: Outside
  let userId: string
  let ownedId: string
  let awayId: string

  before(async () => {
    database = await createTestDatabase()
    db = database.db
    const [user] = await db('users')
      .insert({ login: 'anna', name: 'Anna', role: 'operator' })
      .returning<{ id: string }[]>('id')
    userId = user?.id ?? ''
    const [away] = await db('users')
      .insert({ login: 'boris', name: 'Boris', role: 'operator' })
      .returning<{ id: string }[]>('id')
    awayId = away?.id ?? ''
    const dispatch = { isOn: true, mode: 'weighted', userIds: [userId, awayId] }
    await db('settings').insert({ key: deskKey, value: JSON.stringify({ dispatch }) })
    await db('webhooks').insert({
      ...{
        name: 'all',
        url: 'https://crm.example',
        events: ['inquiry.created', 'form.submitted', 'message.received'],
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
        'form_submissions',
        'spam_marks',
        'conversations',
        'message_channels',
        'contact_merges'
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
      await missedAreOwed()
      const before = await picture()
      // Everything is told once more, as after a replayed spool: nothing changes.
      for (const [subject, table] of [
        ['call', 'calls'],
        ['form', 'form_submissions'],
        ['callback', 'callbacks'],
        ['message', 'messages']
      ] as const)
        await db.raw(`insert into crm_inbox (subject, subject_id) select ?, id from ??`, [subject, table])
      await drainAll()
      expect(await picture()).to.deep.equal(before)
    })
  }

  let mailbox = Promise.resolve()
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
      if (random.chance(0.4)) await judge(random.chance(0.5))
      // Two dispatchers at once, as two controllers have.
      if (random.chance(0.5))
        await Promise.all([dispatchInquiries(db, atWork), dispatchInquiries(db, atWork)])
    }
    // In the end it was no spam: all of it comes to the desk.
    await judge(false)
    await drainAll()
    await dispatchInquiries(db, atWork)
  }

  const atWork = () => [
    { userId, presence: 'available' as const, since: new Date(0).toISOString() },
    { userId: awayId, presence: 'away' as const, since: new Date(0).toISOString() }
  ]

  /** A person says that somebody is spam, or that they are not. */
  const judge = (isSpam: boolean): Promise<void> =>
    db.transaction(async (trx) => {
      await lockCrm(trx)
      const own = trx('inquiries').where({ phone: doubtful.phone })
      if (!isSpam) {
        for (const mark of await trx('spam_marks')
          .where({ value: doubtful.phone })
          .orWhere({ value: doubtful.email })
          .select<{ id: string; kind: 'phone' | 'email'; value: string }[]>('id', 'kind', 'value'))
          await takeMarkBack(trx, mark)
        return
      }
      await learnSpam(trx, doubtful, { reason: 'sells', byUserId: userId })
      await own.whereIn('state', ['new', 'inWork', 'closed']).update({ state: 'spam' })
    })

  async function happen(random: Random, nowMs: number): Promise<void> {
    const atMs = nowMs - Math.floor(random.between(0, 5 * dayMs))
    const phone = random.pick([...phones, ...owned, doubtful.phone])
    const call = { atMs, caller_number: phone, operator_id: userId }
    switch (random.whole(0, 12)) {
      case 10:
      case 11: {
        const from = random.pick([...writers, doubtful.email])
        const mail = { at: new Date(atMs), foreignId: `${from} ${random.whole(1, 4)}` }
        // The same may be told again, and a machine writes too.
        const one = random.chance(0.8) ? mail : { at: mail.at, isAuto: true }
        // One worker reads a mailbox.
        return (mailbox = mailbox.then(() => outside.mail(from, one)))
      }
      case 12:
        return merge(random)
      case 9:
        return void (await outside.form({ atMs, ...doubtful }))
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
          ...random.pick([
            { phone },
            { phone },
            { email: random.pick(writers) },
            { phone, email: random.pick(writers) }
          ])
        }))
    }
  }

  /** A person finds that two contacts are one, or that they are not. */
  const merge = (random: Random): Promise<void> =>
    db.transaction(async (trx) => {
      await lockCrm(trx)
      const last = await trx('contact_merges')
        .whereNull('undone_at')
        .orderBy('created_at', 'desc')
        .first<{ id: string } | undefined>('id')
      if (last && random.chance(0.3)) return void (await undoMerge(trx, last.id))
      const rows = await trx('contacts')
        .whereNot({ id: ownedId })
        .orderBy('id')
        .select<{ id: string }[]>('id')
      const [winner, loser] = [
        random.pick([...rows, { id: ownedId }]),
        rows.length > 0 ? random.pick(rows) : null
      ]
      if (loser === null || winner.id === loser.id) return
      // Whoever joins two with a deal each has two; the system never does.
      const [one, other] = [await openDealOf(trx, winner.id), await openDealOf(trx, loser.id)]
      if (one && other && one.id !== other.id) return
      const choices = { name: 'mine', owner_id: 'mine' } as const
      await mergeContacts(trx, { winnerId: winner.id, loserId: loser.id, choices, byUserId: userId })
    })

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

  async function missedAreOwed(): Promise<void> {
    expect(
      await rowsOf(`select c.id from calls c where c.direction = 'in' and not c.is_spam and c.caller_number like '+%'
        and c.outcome in ('missed','abandoned','voicemail')
        and not exists (select from activities a where a.subject_id = c.id)`),
      'missed calls that nobody sees'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select i.id from inquiries i where i.state = 'new' and i.responsible_id is null and i.kind <> 'manual'
        and i.created_at > now() - interval '7 days'`),
      'inquiries that the dispatcher has left though somebody is free'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select id from inquiries where responsible_id = '${awayId}'`),
      'inquiries of somebody who is away'
    ).to.deep.equal([])
    expect(await rowsOf('select * from spam_hits'), 'what is still hidden').to.deep.equal([])
  }

  const rowsOf = async (sql: string): Promise<unknown[]> => (await db.raw<{ rows: unknown[] }>(sql)).rows

  async function holds(): Promise<void> {
    expect(await rowsOf('select * from crm_inbox'), 'left').to.deep.equal([])
    expect(
      await rowsOf(`select name, owner_id from contacts where id = '${ownedId}'`),
      'the owner'
    ).to.deep.equal([{ name: 'Owned', owner_id: userId }])
    expect(
      await rowsOf(`select c.id from contacts c where c.id not in (select winner_id from contact_merges)
        and (select count(*) from contact_phones p where p.contact_id = c.id) > case when c.id = '${ownedId}' then 2 else 1 end`),
      'contacts with too many numbers'
    ).to.deep.equal([])
    const numberless =
      'select c.id from contacts c where not exists (select from contact_phones p where p.contact_id = c.id)'
    expect(
      await rowsOf(`${numberless} and not exists (select from contact_emails e where e.contact_id = c.id)`),
      'contacts without number and mail'
    ).to.deep.equal([])
    expect(
      await rowsOf(
        `select email from contact_emails where contact_id in (${numberless}) group by 1 having count(*) > 1`
      ),
      'mails with two contacts that are nothing but this mail'
    ).to.deep.equal([])
    expect(
      await rowsOf(
        `select from_address from messages where not is_auto and from_address not in (select email from contact_emails)`
      ),
      'writers without a contact'
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
          union all select id from messages where not is_auto
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
        and i.contact_id not in (select winner_id from contact_merges union select loser_id from contact_merges)
        and i.first_response_at is distinct from (select min(c.answered_at) from calls c
          join contact_phones p on p.e164 = c.caller_number where p.contact_id = i.contact_id and c.outcome = 'answered'
          and c.answered_at >= i.created_at)`),
      'wrong first responses'
    ).to.deep.equal([])
    const [counts] = (await rowsOf(`select (select count(*) from inquiries)::int as inquiries,
      (select count(*) from form_submissions)::int as forms,
      (select count(*) from messages where not is_auto)::int as messages,
      (select count(*) from webhook_deliveries where event_type = 'message.received')::int as received,
      (select count(*) from webhook_deliveries where event_type = 'inquiry.created')::int as created,
      (select count(*) from webhook_deliveries where event_type = 'form.submitted')::int as submitted`)) as {
      inquiries: number
      forms: number
      messages: number
      received: number
      created: number
      submitted: number
    }[]
    expect(counts?.created, 'told inquiries').to.equal(counts?.inquiries)
    expect(counts?.submitted, 'told forms').to.equal(counts?.forms)
    expect(counts?.received, 'told messages').to.equal(counts?.messages)
    expect(counts?.inquiries).to.be.greaterThan(3)
  }

  const picture = async (): Promise<unknown> => ({
    contacts: await rowsOf('select id, name, owner_id from contacts order by id'),
    mails: await rowsOf('select * from contact_emails order by contact_id, email'),
    phones: await rowsOf('select * from contact_phones order by e164'),
    inquiries: await rowsOf(
      // Where contacts became one, a talk with one of them answers what the other asked as soon as that is looked at.
      `select id, state, contact_id, responsible_id, deal_id,
         case when contact_id not in (select winner_id from contact_merges union select loser_id from contact_merges)
           then first_response_at end as first_response_at from inquiries order by id`
    ),
    // A call of ours may join what became known of only later.
    activities:
      await rowsOf(`select * from activities where subject_id not in (select id from calls where direction = 'out')
      order by subject_id`),
    told: await rowsOf('select count(*)::int from webhook_deliveries')
  })
})
