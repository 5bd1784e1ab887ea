import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { lockCrm } from '../../crm/clients.ts'
import { mergeContacts, undoMerge } from '../../crm/contacts/merge.ts'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { CrmRefusal } from '../../crm/refusal.ts'
import { createRandom, type Random } from '../../db/demo/random.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOutside, type Outside } from './support/events.ts'

const silent = pino({ level: 'silent' })
const announce = () => Promise.resolve()
const phones = ['+79160000001', '+79160000002', '+79160000003', '+79160000004', '+79160000005']
const emails = ['a@b.example', 'C@d.example', 'e@f.example']
const choices = { name: 'mine', note: 'both', companyId: 'mine', ownerId: 'mine' } as const

describe('Any mix of calls, forms, merges and undos', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let db: Knex
  let outside: Outside

  before(async () => {
    database = await createTestDatabase()
    db = database.db
    outside = createOutside(db)
  })
  after(() => database.drop())

  const rowsOf = async (sql: string): Promise<unknown[]> => (await db.raw<{ rows: unknown[] }>(sql)).rows
  const drain = () => drainCrmInbox(db, announce, silent)

  async function happen(random: Random): Promise<void> {
    const phone = random.pick(phones)
    const call = { atMs: Date.now() - random.whole(1, 90) * 60_000, caller_number: phone }
    if (random.chance(0.5)) await outside.call({ ...call, outcome: random.pick(['missed', 'answered']) })
    else
      await outside.form({
        ...(random.chance(0.8) && { phone }),
        ...(random.chance(0.6) && { email: random.pick(emails) }),
        name: random.pick([null, 'Anna', 'Boris'])
      })
    await drain()
  }

  const merge = (winnerId: string, loserId: string): Promise<string | null> =>
    db.transaction(async (trx) => {
      await lockCrm(trx)
      const { mergeId } = await mergeContacts(trx, { winnerId, loserId, choices, byUserId: null })
      return mergeId
    })
  const undo = (id: string) =>
    db.transaction(async (trx) => {
      await lockCrm(trx)
      await undoMerge(trx, id)
    })

  /** All that names a contact, and the contacts themselves. */
  const picture = async (): Promise<unknown> => ({
    contacts: await rowsOf(
      'select id, name, company, owner_id, note, tags, custom, search from contacts order by id'
    ),
    links: await rowsOf(`select 'phone' as kind, e164 as key, contact_id from contact_phones
      union all select 'email', email, contact_id from contact_emails
      union all select 'inquiry', id::text, contact_id from inquiries
      union all select 'activity', subject_id::text, contact_id from activities
      union all select 'note', id::text, contact_id from contact_notes
      union all select 'call', id::text, contact_id from calls order by 1, 2, 3`),
    answers: await rowsOf('select id, first_response_at from inquiries order by id')
  })

  async function holds(): Promise<void> {
    expect(
      await rowsOf(`select i.id from inquiries i where i.contact_id is not null
        and i.contact_id not in (select id from contacts)`),
      'lost inquiries'
    ).to.deep.equal([])
    expect(
      await rowsOf(
        `select c.caller_number from calls c where c.caller_number not in (select e164 from contact_phones)`
      ),
      'callers without a contact'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select a.subject_id from activities a join calls c on c.id = a.subject_id
        join contact_phones p on p.e164 = c.caller_number where a.contact_id is distinct from p.contact_id`),
      'calls that are somebody else’s than their number'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select i.id, i.first_response_at, min(c.answered_at) from inquiries i
        join contact_phones p on p.contact_id = i.contact_id
        join calls c on c.caller_number = p.e164 and c.outcome = 'answered' and c.answered_at >= i.created_at
        group by i.id having i.first_response_at is null or i.first_response_at > min(c.answered_at)`),
      'inquiries that a talk with the client has answered, and that still wait'
    ).to.deep.equal([])
    expect(
      await rowsOf(`select c.id from contacts c where c.search not like '%' || lower(c.name) || '%'
        or exists (select from contact_phones p where p.contact_id = c.id and c.search not like '%' || p.e164 || '%')`),
      'contacts that are not found'
    ).to.deep.equal([])
  }

  for (const seed of [1, 2, 3]) {
    it(`leads to no second contact of a number, and no lost link (${seed})`, async () => {
      for (const table of [
        'activities',
        'inquiries',
        'contact_merges',
        'contacts',
        'calls',
        'form_submissions',
        'crm_inbox'
      ])
        await db(table).delete()
      const random = createRandom(seed)
      const open: string[] = []
      for (let step = 0; step < 30; step += 1) {
        const ids = (await db('contacts').orderBy('id').select<{ id: string }[]>('id')).map(({ id }) => id)
        if (ids.length >= 2 && random.chance(0.3)) {
          const winner = random.pick(ids)
          const loser = random.pick(ids.filter((id) => id !== winner))
          await db('contact_notes').insert({ contact_id: loser, text: `At ${step}` })
          const before = await picture()
          const made = await merge(winner, loser)
          expect(made).to.be.a('string')
          await holds()
          if (made !== null && random.chance(0.5)) {
            await undo(made)
            expect(await picture(), 'exactly as before').to.deep.equal(before)
          } else if (made !== null) open.push(made)
        } else if (open.length > 0 && random.chance(0.2)) {
          const wanted = random.pick(open)
          try {
            await undo(wanted)
            open.splice(open.indexOf(wanted), 1)
          } catch (error) {
            // A later merge stands in the way.
            if (!(error instanceof CrmRefusal) || error.code !== 'not_undoable') throw error
          }
        } else await happen(random)
        await holds()
      }
      // All of them, the last first: nobody is missing at the end.
      for (const each of open.toReversed()) await undo(each)
      await holds()
      expect(await rowsOf('select id from contact_merges where undone_at is null')).to.deep.equal([])
    })
  }
})
