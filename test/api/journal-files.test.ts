import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { callExport } from '../../api/call-export.ts'
import { migrateJobs, startJobs, type Jobs as Runner } from '../../db/jobs.ts'
import { createJobs, type JobKind } from '../../jobs/jobs.ts'
import { until } from '../support/until.ts'
import { insertCall } from './support/calls.ts'
import { idOf, startRig, type Json, type Person, type Rig } from './support/rig.ts'

/** A copy of one call this many times, a second apart. */
const manyCalls = `
insert into calls (id, pbx_unique_id, direction, call_type, started_at, ended_at, outcome, campaign)
select gen_random_uuid(), n::text, 'in', 'pbx', timestamptz '2026-01-01' + n * interval '1 second', now(), 'answered', 'many'
from generate_series(1, ?) n`

describe('Files of the journal', function () {
  this.timeout(120_000)
  let rig: Rig
  let dir: string
  let runner: Runner
  let startRunner: () => Runner
  /** Holds an export at its first sign of progress until it is let go. */
  let gate: Promise<void> | null = null

  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-exports-'))
    rig = await startRig({
      before: (deps, databaseUrl) => {
        const kind = callExport(deps.db)
        const held: JobKind<never> = {
          kind: kind.kind,
          run: (job) =>
            kind.run({
              ...job,
              progress: async (done, total) => {
                if (done > 0) await gate
                await job.progress(done, total)
              }
            })
        }
        const jobs = createJobs({ db: deps.db, dir, kinds: [held], log: deps.log })
        startRunner = () =>
          startJobs({
            databaseUrl,
            tasks: jobs.tasks,
            schedules: [],
            log: deps.log,
            pollMs: 100,
            retryMs: 100
          })
        migrated = migrateJobs(databaseUrl, deps.log)
        return { ...deps, jobs }
      }
    })
    await migrated
    runner = startRunner()
  })
  let migrated: Promise<void> = Promise.resolve()
  after(async () => {
    await runner.stop()
    await rig.close()
    await rm(dir, { recursive: true, force: true })
  })
  beforeEach(async () => {
    gate = null
    await rig.db('calls').delete()
  })

  const order = async (who: Person, body: Json): Promise<string> => {
    const answer = await who.send('POST', '/api/calls/export', body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    return String(answer.body['jobId'])
  }
  const ended = async (who: Person, id: string): Promise<Json> => {
    let job: Json = {}
    await until(
      async () => {
        job = (await who.get(`/api/jobs/${id}`)).body
        return ['done', 'failed', 'cancelled'].includes(String(job['state']))
      },
      { timeoutMs: 60_000, what: 'the export ends' }
    )
    return job
  }
  const fetched = async (who: Person, url: string): Promise<Response> =>
    fetch(rig.url + url, { headers: { cookie: who.cookie } })
  const csvOf = async (response: Response, delimiter = ';'): Promise<string[][]> =>
    parse(await response.text(), { delimiter, bom: true })

  it('hold the calls of the filters, in the words and hours of the company, safe from formulas', async () => {
    const { marketer } = rig.as
    await insertCall(rig.db, {
      started_at: '2026-11-20T21:30:00Z',
      caller_number: '+79161112233',
      campaign: '=HYPERLINK("http://evil")',
      note: '@SUM(1)\n"quoted"; and more',
      talk_seconds: 61,
      is_target: true,
      attribution_confidence: 0.5,
      pool_id: '11111111-1111-4111-8111-111111111111'
    })
    await insertCall(rig.db, { outcome: 'missed' })
    const columns = [
      'startedAt',
      'outcome',
      'callerNumber',
      'campaign',
      'note',
      'talkSeconds',
      'isTarget',
      'confidence'
    ]
    const job = await ended(
      marketer,
      await order(marketer, { query: { outcome: 'answered' }, columns, format: 'csv', locale: 'ru' })
    )
    expect(job).to.include({ state: 'done', total: 1 })
    expect(job['result']).to.deep.equal({ calls: 1 })
    const file = await fetched(marketer, `/api/jobs/${String(job['id'])}/file`)
    expect(file.headers.get('Content-Disposition')).to.match(
      /attachment; filename=calls-\d{4}-\d\d-\d\d\.csv/
    )
    expect(await csvOf(file)).to.deep.equal([
      ['Начало', 'Итог', 'Номер клиента', 'Кампания', 'Заметка', 'Разговор, с', 'Целевой', 'Уверенность'],
      [
        '2026-11-21 00:30:00',
        'Отвечен',
        "'+79161112233",
        `'=HYPERLINK("http://evil")`,
        `'@SUM(1)\n"quoted"; and more`,
        '61',
        'Да',
        '0,5'
      ]
    ])
    const audit = await rig.as.admin.get(`/api/audit?entityId=${String(job['id'])}`)
    const actions = (audit.body['items'] as Json[]).map((entry) => entry['action'])
    expect(actions).to.have.members(['calls.export', 'job.download'])
  })

  it('take twenty thousand calls, each once, in the order asked for', async () => {
    const { supervisor } = rig.as
    await rig.db.raw(manyCalls, [20_000])
    const query = { sort: 'startedAt', campaign: ['many'], period: 'all' }
    const id = await order(supervisor, { query, columns: ['pbxUniqueId'], format: 'csv', locale: 'en' })
    expect(await ended(supervisor, id)).to.include({ state: 'done', done: 20_000, total: 20_000 })
    const rows = await csvOf(await fetched(supervisor, `/api/jobs/${id}/file`), ',')
    expect(rows.slice(1).map(([each]) => Number(each))).to.deep.equal(
      Array.from({ length: 20_000 }, (_, index) => index + 1)
    )
    const xlsx = await order(supervisor, { query, columns: ['pbxUniqueId', 'startedAt'], format: 'xlsx' })
    const job = await ended(supervisor, xlsx)
    expect(job).to.include({ state: 'done', done: 20_000 })
    expect(Number(job['fileBytes'])).to.be.greaterThan(50_000)
  })

  it('end when they are cancelled, and leave no file', async () => {
    const { supervisor } = rig.as
    await rig.db.raw(manyCalls, [3000])
    let open: () => void = () => undefined
    gate = new Promise((resolve) => (open = resolve))
    const id = await order(supervisor, { query: {}, format: 'csv' })
    await until(async () => (await supervisor.get(`/api/jobs/${id}`)).body['state'] === 'running', {
      timeoutMs: 20_000,
      what: 'the export runs'
    })
    const answer = await supervisor.send('POST', `/api/jobs/${id}/cancel`)
    expect(answer.body).to.include({ state: 'cancelled' })
    open()
    expect((await supervisor.get(`/api/jobs/${id}/file`)).status).to.equal(404)
    expect((await supervisor.get(`/api/jobs/${id}`)).body).to.include({ state: 'cancelled', fileName: null })
  })

  it('begin anew after a restart in the middle, and are whole then', async () => {
    const { supervisor } = rig.as
    await rig.db.raw(manyCalls, [2000])
    // As a restart leaves it: said to be running, half done, and its task not yet taken.
    await runner.stop()
    const id = await order(supervisor, { query: {}, columns: ['id'], format: 'csv', locale: 'en' })
    await rig.db('jobs').where({ id }).update({ state: 'running', done: 700 })
    runner = startRunner()
    expect(await ended(supervisor, id)).to.include({ state: 'done', done: 2000 })
    const rows = await csvOf(await fetched(supervisor, `/api/jobs/${id}/file`), ',')
    expect(new Set(rows.slice(1).map(([each]) => each)).size).to.equal(2000)
  })

  it('are ordered by whoever may, of columns and filters that there are, and fetched by nobody else', async () => {
    const { operator, marketer, supervisor } = rig.as
    const body = { query: {}, format: 'csv' }
    expect((await operator.send('POST', '/api/calls/export', body)).status).to.equal(403)
    for (const bad of [
      { query: { outcome: 'all' }, format: 'csv' },
      { query: { nonsense: '1' }, format: 'csv' },
      { query: {}, format: 'pdf' },
      { query: {}, columns: ['password'], format: 'csv' },
      { query: { sort: 'id; drop table calls' }, format: 'csv' }
    ]) {
      expect(
        (await marketer.send('POST', '/api/calls/export', bad)).body['code'],
        JSON.stringify(bad)
      ).to.equal('invalid')
    }
    const id = await order(marketer, body)
    expect(await ended(marketer, id)).to.include({ state: 'done' })
    expect((await supervisor.get(`/api/jobs/${id}/file`)).status).to.equal(404)
  })

  it('come at once for a few calls', async () => {
    await insertCall(rig.db, { campaign: 'a' })
    await insertCall(rig.db, { campaign: 'b' })
    const url = '/api/calls?format=csv&locale=en&columns=campaign,outcome&campaign=a'
    const file = await fetched(rig.as.marketer, url)
    expect(await csvOf(file, ',')).to.deep.equal([
      ['Campaign', 'Outcome'],
      ['a', 'Answered']
    ])
    const xlsx = await fetched(rig.as.marketer, '/api/calls?format=xlsx')
    expect(
      Buffer.from(await xlsx.arrayBuffer())
        .subarray(0, 2)
        .toString()
    ).to.equal('PK')
    expect((await fetched(rig.as.operator, url)).status).to.equal(403)
    expect((await fetched(rig.as.marketer, '/api/calls?format=csv&columns=x')).status).to.equal(422)
    await rig.db.raw(manyCalls, [10_001])
    expect((await fetched(rig.as.marketer, '/api/calls?format=csv')).status).to.equal(422)
  })

  describe('beside which people keep', () => {
    it('views: their own and shared ones, changed by whoever made them', async () => {
      const { operator, marketer, admin } = rig.as
      const view = { page: 'journal', name: 'Missed', query: 'outcome=missed' }
      const made = await marketer.send('POST', '/api/saved-views', view)
      expect(made.body).to.include({ ...view, isShared: false, isOwn: true, userName: 'The marketer' })
      const one = `/api/saved-views/${idOf(made)}`
      expect((await operator.get(one)).status).to.equal(404)
      expect((await marketer.send('POST', '/api/saved-views', view)).body['code']).to.equal('already_exists')
      await marketer.send('PATCH', one, { isShared: true })
      const listed = (await operator.get('/api/saved-views?page=journal')).body['items'] as Json[]
      expect(listed.map(({ name, isOwn }) => [name, isOwn])).to.deep.equal([['Missed', false]])
      expect((await operator.send('PATCH', one, { name: 'Mine' })).status).to.equal(403)
      expect((await operator.send('DELETE', one)).status).to.equal(403)
      expect((await operator.send('POST', '/api/saved-views', { ...view, isShared: true })).status).to.equal(
        403
      )
      expect((await operator.send('POST', '/api/saved-views', view)).status).to.equal(201)
      expect((await marketer.send('POST', '/api/saved-views', { ...view, page: '../x' })).status).to.equal(
        422
      )
      expect((await admin.send('DELETE', one)).status).to.equal(204)
    })

    it('comments at moments, changed by whoever wrote them or an admin', async () => {
      const { operator, marketer, admin } = rig.as
      const id = await insertCall(rig.db)
      const url = `/api/calls/${id}/comments`
      const whole = await marketer.send('POST', url, { text: 'Good talk' })
      const moment = await operator.send('POST', url, { text: '<b>Here</b>', atSeconds: 12.5 })
      expect(moment.body).to.deep.include({ text: '<b>Here</b>', atSeconds: 12.5, leg: null })
      const texts = async () =>
        ((await operator.get(url)).body['items'] as Json[]).map((each) => each['text'])
      expect(await texts()).to.deep.equal(['<b>Here</b>', 'Good talk'])
      const one = `/api/call-comments/${idOf(whole)}`
      expect((await operator.send('PATCH', one, { text: 'x' })).status).to.equal(403)
      expect((await marketer.send('PATCH', one, { text: ' Better ' })).body['text']).to.equal('Better')
      expect((await operator.send('DELETE', one)).status).to.equal(403)
      expect((await admin.send('DELETE', one)).status).to.equal(204)
      expect(await texts()).to.deep.equal(['<b>Here</b>'])
      for (const bad of [{ text: ' ' }, { text: 'x', atSeconds: -1 }, { text: 'x', leg: '../1' }]) {
        expect((await operator.send('POST', url, bad)).status, JSON.stringify(bad)).to.equal(422)
      }
    })
  })
})
