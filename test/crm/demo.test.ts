import { expect } from 'chai'
import { pino } from 'pino'
import { drainCrmInbox } from '../../crm/inbox.ts'
import { announceNothing } from '../../crm/ports.ts'
import { loadDemo, wipeDemo } from '../../db/demo/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const log = pino({ level: 'silent' })
const nowMs = Date.parse('2026-11-20T12:00:00Z')
const file = { file: 'demo-talk', contentType: 'audio/mpeg', channels: 2, seconds: 20, bytes: 1 }
// The audio is given, so that nothing of the home is run.
const home = {
  root: '/',
  version: '0',
  modulesDir: '/',
  dataDir: '/',
  command: () => ({ file: 'false', args: [] })
}

describe('The deals of the demo company', function () {
  this.timeout(60_000)
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
    const audio = { talks: [file], message: file }
    await loadDemo(database.db, { nowMs, sipPort: 26_071, dataDir: '/nowhere', log, home, audio })
  })
  after(() => database.drop())

  const count = async (sql: string): Promise<number> => {
    const { rows } = await database.db.raw<{ rows: { n: string }[] }>(`select count(*) n from ${sql}`)
    return Number(rows[0]?.n)
  }
  const ofKind = (kind: string) =>
    count(`deals d join pipeline_stages s on s.id = d.stage_id where s.kind = '${kind}'`)

  it('are open, won and lost, with sums, reasons and a history that ends where they stand', async () => {
    expect(await ofKind('won')).to.be.within(40, 250)
    expect(await ofKind('lost')).to.be.within(30, 250)
    expect(await ofKind('open')).to.be.within(30, 250)
    expect(
      await count(
        `deals where amount <= 0 or contact_id is null or inquiry_id is null or responsible_id is null`
      )
    ).to.equal(0)
    expect(
      await count(`deals d join pipeline_stages s on s.id = d.stage_id
        where (s.kind = 'open') = (closed_at is not null) or (s.kind = 'lost') <> (lost_reason is not null)`)
    ).to.equal(0)
    expect(
      await count(`deals d where stage_id is distinct from (select to_stage_id from deal_stage_changes h
        where h.deal_id = d.id order by h.at desc, h.id desc limit 1)`)
    ).to.equal(0)
    const now = new Date(nowMs).toISOString()
    expect(await count(`deals where created_at > '${now}' or closed_at > '${now}'`)).to.equal(0)
    expect(await count(`deal_stage_changes where at > '${now}'`)).to.equal(0)
  })

  it('come of inquiries, some of which wait at the desk', async () => {
    expect(await count(`inquiries where state = 'new'`)).to.be.within(5, 60)
    expect(await count(`inquiries where state = 'inWork'`)).to.be.within(5, 100)
    expect(
      await count(
        `inquiries i left join deals d on d.id = i.deal_id where (i.state = 'accepted') <> (d.id is not null)`
      )
    ).to.equal(0)
    expect(await count(`inquiries where first_response_at < created_at`)).to.equal(0)
    expect(await count(`inquiries where not is_demo`)).to.equal(0)
  })

  it('hold every call that came in exactly once, as live calls are, and leave nothing to work out', async () => {
    expect(
      await count(`calls c left join activities a on a.subject_id = c.id where c.direction = 'in' and c.outcome <> 'blocked'
        and c.caller_number is not null and a.subject_id is null`)
    ).to.equal(0)
    expect(await count(`activities where inquiry_id is null and deal_id is null`)).to.equal(0)
    expect(await drainCrmInbox(database.db, announceNothing, log)).to.equal(0)
  })

  it('go with the demo', async () => {
    await wipeDemo(database.db)
    for (const table of ['deals', 'inquiries', 'activities', 'contacts', 'deal_stage_changes'])
      expect(await count(table), table).to.equal(0)
    expect(await count('pipelines')).to.equal(1)
  })
})
