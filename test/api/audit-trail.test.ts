import { expect } from 'chai'
import { itemsOf, startRig, type Json, type Rig } from './support/rig.ts'

/** Each set of rules, a change of it, and the fields that the audit must show before and after. */
const rules: readonly [
  method: string,
  path: string,
  change: Json,
  action: string,
  fields: readonly string[]
][] = [
  ['PUT', '/api/dial-policy', { countries: ['RU', 'KZ'] }, 'dial_policy.change', ['countries']],
  ['PUT', '/api/callback-settings', { maxAttempts: 7 }, 'callback_settings.change', ['maxAttempts']],
  ['PATCH', '/api/operator-settings', { wrapUpSeconds: 33 }, 'operator settings.change', ['wrapUpSeconds']],
  ['PUT', '/api/overload-settings', { maxCalls: 60 }, 'overload_settings.change', ['maxCalls']],
  ['PUT', '/api/report-rules', { uniqueDays: 11 }, 'report_rules.change', ['uniqueDays']],
  ['PUT', '/api/wall-settings', { withinSeconds: 44 }, 'wall settings.change', ['withinSeconds']],
  ['PUT', '/api/caller-rules', { vipPriority: 9 }, 'caller_rules.change', ['vipPriority']]
]

/** One of each collection of settings: how it is made and changed, and by which word the audit knows it. */
const collections: readonly [things: string, thing: string, create: Json, patch: Json][] = [
  ['sources', 'source', { name: 'Радио', inquiryChannel: 'paid' }, { name: 'Телевизор' }],
  ['numbers', 'number', { e164: '+74951112233', label: 'Буклет' }, { label: 'Листовка' }],
  ['groups', 'group', { name: 'Продажи', memberIds: [] }, { name: 'Сервис' }],
  ['schedules', 'schedule', { name: 'Офис' }, { name: 'Склад' }],
  ['caller-lists', 'caller list', { name: 'Поставщики' }, { name: 'Партнёры' }],
  ['music-classes', 'music class', { name: 'Джаз' }, { name: 'Блюз' }],
  [
    'pause-reasons',
    'pause reason',
    { code: 'call_mum', nameRu: 'Звонок маме', nameEn: 'A call to mum' },
    { position: 7 }
  ],
  [
    'wrap-up-codes',
    'wrap-up code',
    { code: 'wrong_shop', nameRu: 'Не тот магазин', nameEn: 'Wrong shop' },
    { isActive: false }
  ],
  ['tokens', 'token', { name: 'Сайт' }, {}],
  ['saved-views', 'savedView', { name: 'Мои', page: 'journal', query: '' }, { name: 'Наши' }]
]

describe('The audit of company rules', function () {
  this.timeout(60_000)
  let rig: Rig

  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  const last = async (action: string): Promise<Json | undefined> =>
    itemsOf(await rig.as.admin.get(`/api/audit?action=${encodeURIComponent(action)}`))[0]

  for (const [method, path, change, action, fields] of rules) {
    it(`tells how ${path} was and is`, async () => {
      const { admin } = rig.as
      const isWall = path === '/api/wall-settings'
      const { body } = await admin.get(isWall ? '/api/wall' : path)
      const before = (isWall ? body['settings'] : body) as Json
      const answer = await admin.send(method, path, change)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
      const { changes } = ((await last(action))?.['data'] ?? {}) as { changes: Record<string, Json> }
      expect(Object.keys(changes)).to.have.members([...fields])
      for (const field of fields)
        expect(changes[field]).to.deep.equal({ before: before[field], after: change[field] })
      // The same once more changes nothing, and says so.
      await admin.send(method, path, change)
      expect(((await last(action))?.['data'] as Json)['changes']).to.deep.equal({})
    })
  }

  for (const [things, thing, create, patch] of collections) {
    it(`tells who made, changed and deleted one of ${things}, as it was and is`, async () => {
      const { admin } = rig.as
      const made = await admin.send('POST', `/api/${things}`, create)
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      const path = `/api/${things}/${String(made.body['id'])}`
      const isChanged = Object.keys(patch).length > 0
      if (isChanged) expect((await admin.send('PATCH', path, patch)).status).to.equal(200)
      expect((await admin.send('DELETE', path)).status).to.equal(204)
      const rows = itemsOf(await admin.get(`/api/audit?entityId=${String(made.body['id'])}&sort=at`))
      expect(rows.map(({ action }) => action)).to.deep.equal(
        ['create', ...(isChanged ? ['change'] : []), 'delete'].map((verb) => `${thing}.${verb}`)
      )
      for (const { userId, at, ip } of rows) {
        expect(userId).to.equal(admin.userId)
        expect(Date.parse(String(at))).to.be.closeTo(Date.now(), 60_000)
        expect(ip).to.be.a('string')
      }
      const changes = rows.map(({ data }) => (data as { changes?: Record<string, Json> }).changes ?? {})
      const [first = {}] = changes
      for (const [field, value] of Object.entries(create))
        if (field in first) expect(first[field]).to.deep.include({ after: value })
      expect(Object.keys(first).length, 'fields of the new one').to.be.greaterThan(0)
      if (isChanged)
        for (const [field, value] of Object.entries(patch))
          expect(changes[1]?.[field]).to.deep.equal({ before: made.body[field] ?? null, after: value })
    })
  }

  it('tells of whoever leaves, and of the language that they choose', async () => {
    const person = await rig.signIn('supervisor')
    await person.send('PUT', '/api/me/locale', { locale: 'en' })
    expect((await last('user.change'))?.['data']).to.deep.equal({
      changes: { locale: { before: 'ru', after: 'en' } }
    })
    await person.send('POST', '/api/auth/logout')
    expect(await last('logout')).to.include({ userId: person.userId })
  })

  it('tells how a pipeline was and is, and what became of a stage', async () => {
    const { admin } = rig.as
    const [pipeline] = itemsOf(await admin.get('/api/pipelines'))
    const path = `/api/pipelines/${String(pipeline?.['id'])}`
    expect((await admin.send('PATCH', path, { name: 'Wholesale' })).status).to.equal(200)
    expect(((await last('pipeline.change'))?.['data'] as Json)['changes']).to.deep.equal({
      name: { before: pipeline?.['name'], after: 'Wholesale' }
    })
  })

  it('finds what somebody took out, by its kind, and gives all of it as CSV', async () => {
    const { admin, marketer } = rig.as
    const report = await marketer.get('/api/reports/hours?from=2026-11-01&to=2026-11-02&format=csv')
    expect(report.status).to.equal(200)
    const found = itemsOf(await admin.get(`/api/audit?kind=exports&userId=${marketer.userId}`))
    expect(found.map(({ action, entityId }) => [action, entityId])).to.deep.equal([
      ['report.export', 'hours']
    ])
    expect(itemsOf(await admin.get(`/api/audit?kind=recordings&userId=${marketer.userId}`))).to.deep.equal([])
    const csv = String((await admin.get('/api/audit/export?kind=exports')).body['text'])
    expect(csv).to.include('report.export')
    expect((await last('audit.export'))?.['data']).to.include({ kind: 'exports' })
  })
})
