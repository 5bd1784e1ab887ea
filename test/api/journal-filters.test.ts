import { expect } from 'chai'
import fc from 'fast-check'
import { callFilters } from '../../api/contract/journal-fields.ts'
import { cases, one, two } from './journal-cases.ts'
import { insertCall } from './support/calls.ts'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

const q = encodeURIComponent

/** They look into other tables: tested below. */
const elsewhere = ['userAgent']

describe('Filters of the journal', function () {
  this.timeout(120_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())
  beforeEach(() => rig.db('calls').delete())

  const found = async (ask: string): Promise<unknown[]> => {
    const answer = await rig.as.marketer.get(`/api/calls?limit=200&${ask}`)
    expect(answer.status, `${ask}: ${JSON.stringify(answer.body)}`).to.equal(200)
    return itemsOf(answer).map((item) => item['id'])
  }

  it('are all tried here', () => {
    expect(Object.keys(callFilters).filter((name) => !elsewhere.includes(name))).to.have.members(
      Object.keys(cases)
    )
  })

  for (const [name, some] of Object.entries(cases)) {
    it(`narrow by ${name}`, async () => {
      for (const { ask, hits, misses } of some) {
        await rig.db('calls').delete()
        const wanted: string[] = []
        for (const row of hits) wanted.push(await insertCall(rig.db, row))
        for (const row of misses) await insertCall(rig.db, row)
        expect(await found(ask), ask).to.have.members(wanted)
      }
    })
  }

  it('look into comments, browsers of visits, and shares of models', async () => {
    const { db, as } = rig
    const a = await insertCall(db)
    const b = await insertCall(db)
    await as.marketer.send('POST', `/api/calls/${a}/comments`, { text: 'Просит скидку', atSeconds: 3.5 })
    expect(await found(`comment=${q('СКИДК')}`)).to.deep.equal([a])
    const path = {
      inquiry_channel: 'paid',
      source: 'yandex',
      medium: 'cpc',
      campaign: '',
      keyword: 'окна, двери'
    }
    const [row] = await db('report_paths').insert(path).returning<{ id: number }[]>('id')
    const none = { first: 0, last: 0, last_non_direct: 0, linear: 0, position: 0, time_decay: 0 }
    const credit = { place: 0, subject: 'call', at: new Date(), path_id: row?.id, ...none }
    await db('credits').insert([
      { ...credit, subject_id: a, last: 1_000_000 },
      { ...credit, subject_id: b, first: 1_000_000 }
    ])
    expect(await found('model=last')).to.deep.equal([a])
    expect(await found(`model=first&source=yandex&campaign=&keyword=${q('окна, двери')}`)).to.deep.equal([b])
    expect(await found('model=first&campaign=x')).to.deep.equal([])
    expect(await found('model=linear&source=yandex')).to.deep.equal([])
  })

  it('search parts of numbers and names, in calls of now and of before', async () => {
    const { db } = rig
    const a = await insertCall(db, { caller_number: '+79161112233', contact_name: 'ООО «Ромашка»' })
    const open = await insertCall(db, { caller_number: '+79161119999', ended_at: null, outcome: null })
    expect(await found('search=916111')).to.have.members([a, open])
    expect(await found(`search=${q('(916) 111-22')}`)).to.deep.equal([a])
    expect(await found(`search=${q('ромашка')}`)).to.deep.equal([a])
    expect(await found(`search=${q('ш')}`)).to.deep.equal([a])
    for (const none of ['%', '_', "'; drop table calls; --", '\\', 'Зюзюкин']) {
      expect(await found(`search=${q(none)}`), none).to.deep.equal([])
    }
  })

  it('take days of the company, and periods until its today', async () => {
    const { db } = rig
    const late = await insertCall(db, { started_at: '2026-11-20T20:59:59Z' })
    const next = await insertCall(db, { started_at: '2026-11-20T21:00:00Z' })
    expect(await found('from=2026-11-20&to=2026-11-20')).to.deep.equal([late])
    expect(await found('from=2026-11-21')).to.deep.equal([next])
    await db('settings').insert({ key: 'company.timeZone', value: JSON.stringify('UTC') })
    expect(await found('from=2026-11-20&to=2026-11-20')).to.have.members([late, next])
    await db('settings').delete()
    const now = await insertCall(db, { started_at: new Date() })
    expect(await found('period=today')).to.include(now)
    expect(await found('period=yesterday')).not.to.include(now)
  })

  it('refuse what they do not understand, by name', async () => {
    for (const [ask, field] of [
      ['outcome=all', 'outcome'],
      ['operatorId=1', 'operatorId'],
      ['rating=10', 'rating'],
      ['hour=24', 'hour'],
      ['minTalkSeconds=-1', 'minTalkSeconds'],
      ['minTalkSeconds=9&maxTalkSeconds=5', 'talkSeconds'],
      ['isTarget=maybe', 'isTarget'],
      ['from=2026-02-30', 'from'],
      ['model=best', 'model'],
      ['sort=note', 'sort'],
      [`sort=${q('started_at; drop table calls')}`, 'sort'],
      ['unknown=1', '']
    ] as const) {
      const answer = await rig.as.marketer.get(`/api/calls?${ask}`)
      expect(answer.body, ask).to.include({ status: 422, code: 'invalid' })
      const [first] = answer.body['errors'] as { path: string }[]
      expect(first?.path, ask).to.equal(field)
    }
  })

  it('let hostile texts through as texts', async () => {
    const id = await insertCall(rig.db, { campaign: "x' or 1=1 --" })
    await insertCall(rig.db)
    expect(await found(`campaign=${q("x' or 1=1 --")}`)).to.deep.equal([id])
    for (const text of ["' or '1'='1", '%', '\\', '$1', '?', '{}', '\u202e', '👍']) {
      expect(await found(`campaign=${q(text)}&landing=${q(text)}`), text).to.deep.equal([])
    }
    const nul = await rig.as.marketer.get(`/api/calls?campaign=${q('\u0000')}`)
    expect(nul.body).to.include({ code: 'invalid' })
  })

  it('page in every order without losing or repeating a call, and give what memory would', async function () {
    const rows = fc.array(
      fc.record({
        talk_seconds: fc.option(fc.integer({ min: 0, max: 3 })),
        rating: fc.option(fc.integer({ min: 1, max: 3 })),
        outcome: fc.constantFrom('answered', 'missed', 'busy'),
        operator_id: fc.option(fc.constantFrom(one, two)),
        is_target: fc.option(fc.boolean()),
        campaign: fc.option(fc.constantFrom('', 'a', 'b'))
      }),
      { minLength: 1, maxLength: 12 }
    )
    const wish = fc.record({
      outcome: fc.option(fc.subarray(['answered', 'missed', 'busy'], { minLength: 1 })),
      operatorId: fc.option(fc.subarray([one, two], { minLength: 1 })),
      isTarget: fc.option(fc.boolean()),
      campaign: fc.option(fc.subarray(['', 'a', 'b'], { minLength: 1 })),
      minTalkSeconds: fc.option(fc.integer({ min: 0, max: 3 })),
      sort: fc.constantFrom('startedAt', '-startedAt', 'talkSeconds', '-talkSeconds', 'rating', '-rating')
    })
    await fc.assert(
      fc.asyncProperty(rows, wish, async (made, asked) => {
        await rig.db('calls').delete()
        const wanted: string[] = []
        for (const row of made) {
          const id = await insertCall(rig.db, row)
          const isHit =
            (asked.outcome?.includes(row.outcome) ?? true) &&
            (asked.operatorId?.some((each) => each === row.operator_id) ?? true) &&
            (asked.isTarget === null || asked.isTarget === row.is_target) &&
            (asked.campaign?.includes(row.campaign ?? '') ?? true) &&
            (asked.minTalkSeconds === null || (row.talk_seconds ?? -1) >= asked.minTalkSeconds)
          if (isHit) wanted.push(id)
        }
        const params = new URLSearchParams({ sort: asked.sort, limit: '2' })
        if (asked.outcome) params.set('outcome', asked.outcome.join(','))
        if (asked.operatorId) params.set('operatorId', asked.operatorId.join(','))
        if (asked.isTarget !== null) params.set('isTarget', String(asked.isTarget))
        for (const campaign of asked.campaign ?? []) params.append('campaign', campaign)
        if (asked.minTalkSeconds !== null) params.set('minTalkSeconds', String(asked.minTalkSeconds))
        const seen: Record<string, unknown>[] = []
        let next: unknown = null
        do {
          if (typeof next === 'string') params.set('cursor', next)
          const answer = await rig.as.marketer.get(`/api/calls?${params.toString()}`)
          expect(answer.status).to.equal(200)
          seen.push(...itemsOf(answer))
          next = answer.body['nextCursor']
        } while (next !== null)
        expect(seen.map((item) => item['id']))
          .to.have.length(wanted.length)
          .and.to.have.members(wanted)
        const name = asked.sort.replace('-', '')
        if (name === 'startedAt') return
        const values = seen.map((item) => item[name] as number | null)
        const sign = asked.sort.startsWith('-') ? -1 : 1
        const sorted = values.toSorted((a, b) =>
          a === null || b === null ? Number(a === null) - Number(b === null) : sign * (a - b)
        )
        expect(values, asked.sort).to.deep.equal(sorted)
      }),
      { numRuns: Number(process.env['RUNS'] ?? 25) }
    )
  })
})
