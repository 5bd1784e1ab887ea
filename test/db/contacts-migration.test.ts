import { expect } from 'chai'
import { pino } from 'pino'
import { connect, migrate } from '../../db/knex.ts'
import { testServer } from '../support/database.ts'

describe('Contacts of an older version', () => {
  it('keep all they had, and get companies, mails and a text to be found by', async () => {
    const server = await testServer()
    const db = connect(await server.createDatabase('contacts_of_old'), pino({ level: 'silent' }))
    try {
      // Everything before the migration of contacts.
      await migrate(db, '0036')
      const rows = await db('contacts')
        .insert([
          {
            name: 'Алёна Соколова',
            company: 'Дом и сад',
            note: 'Любит дуб',
            created_at: '2026-01-01T10:00:00Z'
          },
          { name: 'Boris', company: ' дом и САД ', is_demo: true },
          { name: '+79161112233', company: '  ' },
          { name: 'Vera', company: 'Demo Ltd', is_demo: true }
        ])
        .returning<{ id: string }[]>('id')
      const [alena = '', boris = '', nobody = '', vera = ''] = rows.map(({ id }) => id)
      await db('contact_phones').insert([
        { e164: '+79160000001', contact_id: alena },
        { e164: '+74950000002', contact_id: alena },
        { e164: '+79161112233', contact_id: nobody }
      ])
      await db('inquiries').insert([
        { kind: 'form', title: 'a', contact_id: alena, email: ' Alena@Dom.example ' },
        { kind: 'form', title: 'b', contact_id: alena, email: 'alena@dom.example' },
        { kind: 'form', title: 'c', contact_id: alena, email: 'no mail' }
      ])
      const before = (await db('contacts').orderBy('id')) as Record<string, unknown>[]
      const phones: unknown[] = await db('contact_phones').orderBy('e164')

      await migrate(db)

      expect(await db('contact_phones').orderBy('e164')).to.deep.equal(phones)
      const after = (await db('contacts').orderBy('id')) as Record<string, unknown>[]
      for (const [index, row] of before.entries()) {
        for (const field of ['id', 'name', 'note', 'owner_id', 'is_demo', 'created_at', 'updated_at'])
          expect(after[index]?.[field], field).to.deep.equal(row[field])
      }
      const companyOf = async (id: string): Promise<unknown> =>
        db('contacts as c')
          .leftJoin('companies as k', 'k.id', 'c.company_id')
          .where('c.id', id)
          .first('c.company', 'k.name', 'k.is_demo')
      const garden = { company: 'Дом и сад', name: 'Дом и сад', is_demo: false }
      expect(await companyOf(alena)).to.deep.equal(garden)
      expect(await companyOf(boris), 'the same one, in other letters').to.deep.equal(garden)
      expect(await companyOf(nobody)).to.deep.equal({ company: null, name: null, is_demo: null })
      expect(await companyOf(vera)).to.deep.include({ name: 'Demo Ltd', is_demo: true })
      expect(await db('companies').count('* as n')).to.deep.equal([{ n: '2' }])
      expect(await db('contact_emails')).to.deep.equal([{ contact_id: alena, email: 'alena@dom.example' }])
      const [found] = await db('contacts').where({ id: alena }).select<{ search: string }[]>('search')
      expect(found?.search).to.equal(' алена соколова дом и сад +74950000002 +79160000001 alena@dom.example')
    } finally {
      await db.destroy()
      await server.dropDatabase('contacts_of_old')
    }
  })
})
