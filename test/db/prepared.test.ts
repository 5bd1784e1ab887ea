import { expect } from 'chai'
import { pino } from 'pino'
import { connect } from '../../db/knex.ts'
import { prepared } from '../../db/prepared.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

describe('A statement that is planned once', () => {
  let base: TestDatabase
  before(async () => {
    base = await createTestDatabase()
  })
  after(() => base.drop())

  it('is known to the connection by its name, and takes other values each time', async () => {
    const db = connect(base.url, pino({ level: 'silent' }), 1)
    try {
      const ask = (value: number) =>
        prepared<{ twice: number }>(db, 'twice', 'select cast(:value as int) * 2 as twice', { value })
      expect(await ask(2)).to.deep.equal([{ twice: 4 }])
      expect(await ask(21)).to.deep.equal([{ twice: 42 }])
      const { rows } = await db.raw<{ rows: { name: string; times: number }[] }>(
        'select name, (generic_plans + custom_plans)::int as times from pg_prepared_statements'
      )
      expect(rows).to.deep.equal([{ name: 'twice', times: 2 }])
    } finally {
      await db.destroy()
    }
  })

  it('goes on when its table has become another one meanwhile', async () => {
    const db = connect(base.url, pino({ level: 'silent' }), 1)
    try {
      await db.raw('create table things (id int)')
      const count = () => prepared<{ id: number }>(db, 'things', 'select id from things where id > ?', [0])
      for (let id = 1; id <= 7; id += 1) {
        await db.raw('insert into things (id) values (?)', [id])
        expect(await count()).to.have.length(id)
      }
      await db.raw(`alter table things add name text not null default ''`)
      expect(await count()).to.have.length(7)
    } finally {
      await db.destroy()
    }
  })
})
