import { expect } from 'chai'
import { russianHolidays } from '../../api/holidays.ts'
import { idOf, itemsOf, startRig, type Rig } from './support/rig.ts'

const always = [['00:00', '24:00']]
const week = { mon: always, tue: always, wed: always, thu: always, fri: always, sat: always, sun: always }

describe('Schedules of the company, over the API', function () {
  this.timeout(60_000)
  let rig: Rig

  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  it('are kept with holidays and special days, and say whether it is open', async () => {
    const { admin, operator } = rig.as
    const days = [
      { date: '2030-12-31', name: 'Party', hours: [['09:00', '12:00']] },
      { date: '2030-01-01', name: '', hours: [] }
    ]
    const made = await admin.send('POST', '/api/schedules', { name: 'Shop', hours: week, days })
    expect(made.status).to.equal(201)
    expect(made.body).to.deep.include({ isOpen: true, timeZone: null, ownTimeZone: 'Europe/Moscow' })
    expect((made.body['days'] as { date: string }[]).map(({ date }) => date)).to.deep.equal([
      '2030-01-01',
      '2030-12-31'
    ])
    expect((await operator.get('/api/schedules')).status).to.equal(403)
    expect((await operator.send('POST', '/api/schedules', { name: 'x' })).status).to.equal(403)
    const twice = { days: [days[0], days[0]] }
    expect((await admin.send('PATCH', `/api/schedules/${idOf(made)}`, twice)).status).to.equal(422)
    const zone = { timeZone: 'Europe/Atlantis' }
    expect((await admin.send('PATCH', `/api/schedules/${idOf(made)}`, zone)).status).to.equal(422)
    const same = await admin.send('POST', '/api/schedules', { name: 'shop' })
    expect(same.body['code']).to.equal('already_exists')
  })

  it('are closed and opened by a supervisor, until a moment; what was said is over then', async () => {
    const { supervisor, admin } = rig.as
    const [shop] = itemsOf(await supervisor.get('/api/schedules'))
    const path = `/api/schedules/${String(shop?.['id'])}`
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const closed = await supervisor.send('PATCH', path, {
      override: { isOpen: false, until, note: 'No electricity' }
    })
    expect(closed.body).to.deep.include({ isOpen: false, opensAt: until })
    const forGood = await supervisor.send('PATCH', path, { override: { isOpen: false } })
    expect(forGood.body).to.deep.include({ isOpen: false, opensAt: null })
    const past = new Date(Date.now() - 1000).toISOString()
    const over = await supervisor.send('PATCH', path, { override: { isOpen: false, until: past } })
    expect(over.body).to.deep.include({ isOpen: true, override: null })
    expect((await supervisor.send('PATCH', path, { override: null })).body['isOpen']).to.equal(true)
    const audited = itemsOf(await admin.get('/api/audit?entity=schedule'))
    expect(audited[0]?.['action']).to.equal('schedule.change')
  })

  it('are used by schemes: those stay, and imagined calls go by them', async () => {
    const { admin } = rig.as
    const [shop] = itemsOf(await admin.get('/api/schedules'))
    const scheduleId = String(shop?.['id'])
    const draft = {
      locale: 'ru',
      start: 'hours',
      blocks: {
        hours: { type: 'schedule', settings: { scheduleId }, exits: { open: 'hello', closed: 'bye' } },
        hello: { type: 'voicemail', settings: {}, exits: { next: null } },
        bye: { type: 'hangup', settings: {}, exits: {} }
      }
    }
    const scheme = await admin.send('POST', '/api/schemes', { name: 'By the shop', draft })
    expect(scheme.status).to.equal(201)
    expect((await admin.send('DELETE', `/api/schedules/${scheduleId}`)).body['code']).to.equal('in_use')
    // A Sunday: the block's own hours would be closed.
    const atMs = Date.parse('2026-11-22T12:00:00+03:00')
    const check = { name: 'Sunday', scenario: { atMs }, expected: { outcome: 'message' } }
    const made = await admin.send('POST', `/api/scheme-checks`, { schemeId: idOf(scheme), ...check })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    const published = await admin.send('POST', `/api/schemes/${idOf(scheme)}/publish`)
    expect(published.status, JSON.stringify(published.body)).to.be.below(300)
    const broken = {
      ...draft,
      blocks: { ...draft.blocks, hours: { ...draft.blocks.hours, settings: { scheduleId: 'gone' } } }
    }
    await admin.send('PATCH', `/api/schemes/${idOf(scheme)}`, { draft: broken })
    const refused = await admin.send('POST', `/api/schemes/${idOf(scheme)}/publish`)
    expect(refused.body['code']).to.equal('scheme_invalid')
  })

  it('offer the holidays of Russia: what the law says, and the transfers that are known', async () => {
    const { body } = await rig.as.supervisor.get('/api/holidays?year=2026')
    const dates = (body['items'] as { date: string }[]).map(({ date }) => date)
    expect(body['isComplete']).to.equal(true)
    expect(dates.slice(0, 9)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => `2026-01-0${day}`))
    expect(dates.slice(9)).to.deep.equal([
      ...['2026-02-23', '2026-03-08', '2026-03-09', '2026-05-01', '2026-05-09', '2026-05-11'],
      ...['2026-06-12', '2026-11-04', '2026-12-31']
    ])
    const later = russianHolidays(2027)
    expect(later.isComplete).to.equal(false)
    // 1 and 9 May 2027 fall on a weekend, as 12 June does.
    const moved = later.items.filter(({ name }) => name.includes('перенос'))
    expect(moved.map(({ date }) => date)).to.deep.equal(['2027-05-03', '2027-05-10', '2027-06-14'])
  })
})
