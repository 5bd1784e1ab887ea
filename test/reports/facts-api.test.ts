import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { migrateJobs } from '../../db/jobs.ts'
import { createJobs } from '../../jobs/jobs.ts'
import { createRebuildJob } from '../../reports/facts/job.ts'
import { createRecomputeJob } from '../../tracking/recompute/job.ts'
import { startRig, type Rig } from '../api/support/rig.ts'

const log = pino({ level: 'silent' })

describe('Rules of reports, and orders to work facts out again', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    let url = ''
    rig = await startRig({
      before: (deps, databaseUrl) => {
        url = databaseUrl
        const { db, pbx } = deps
        const kinds = [
          createRebuildJob({ db, log }),
          createRecomputeJob({ db, appendMoment: (id, type, data) => pbx.appendMoment(id, type, data) })
        ]
        return {
          ...deps,
          jobs: createJobs({ db, dir: path.join(os.tmpdir(), 'ringtrace-none'), kinds, log })
        }
      }
    })
    await migrateJobs(url, log)
  })
  after(() => rig.close())

  it('are set by marketers, checked, and noted', async () => {
    const { marketer, operator } = rig.as
    expect((await marketer.get('/api/report-rules')).body).to.deep.equal({
      ...{ targetSeconds: 30, saleCycleDays: 30, uniqueDays: 30, isPerSite: false, currency: 'RUB' }
    })
    const set = await marketer.send('PUT', '/api/report-rules', { targetSeconds: 45, isPerSite: true })
    expect(set.status).to.equal(200)
    expect((await marketer.get('/api/report-rules')).body).to.include({
      targetSeconds: 45,
      uniqueDays: 30,
      isPerSite: true
    })
    expect((await marketer.send('PUT', '/api/report-rules', { targetSeconds: 0 })).status).to.equal(422)
    expect((await operator.send('PUT', '/api/report-rules', {})).status).to.equal(403)
    expect(await rig.db('audit').where({ action: 'report_rules.change' })).to.have.length(1)
  })

  it('are jobs that their owner can watch', async () => {
    const { marketer, operator } = rig.as
    const orders: [string, object, string][] = [
      ['/api/reports/rebuild', {}, 'reports.rebuild'],
      [
        '/api/attribution/recompute',
        { from: '2026-11-01', to: '2026-11-30', dryRun: true },
        'attribution.recompute'
      ]
    ]
    for (const [route, body, kind] of orders) {
      const ordered = await marketer.send('POST', route, body)
      expect(ordered.status).to.equal(202)
      const job = await marketer.get(`/api/jobs/${String(ordered.body['jobId'])}`)
      expect(job.body).to.deep.include({ kind, state: 'waiting', params: body })
      expect((await operator.send('POST', route, body)).status).to.equal(403)
    }
    const backwards = { from: '2026-11-02', to: '2026-11-01' }
    for (const [route] of orders) expect((await marketer.send('POST', route, backwards)).status).to.equal(422)
    expect(await rig.db('jobs')).to.have.length(2)
  })
})
