import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { createBackups, type Backups } from '../../backup/work.ts'
import { createJobs } from '../../jobs/jobs.ts'
import { migrateJobs } from '../../db/jobs.ts'
import { createUpkeep } from '../../upkeep/look.ts'
import { rememberLog } from '../../upkeep/log.ts'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

describe('Upkeep: the state of the installation and its backups', function () {
  this.timeout(60_000)
  let rig: Rig
  let dataDir = ''
  let backups: Backups
  let nowMs = Date.parse('2026-11-22T05:00:00Z')
  const memory = rememberLog()
  let jobs: ReturnType<typeof createJobs>

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'ringtrace-upkeep-'))
    await writeFile(path.join(dataDir, 'instance.json'), '{}')
    const log = pino({ level: 'silent' })
    let databaseUrl = ''
    rig = await startRig({
      before(deps, url) {
        databaseUrl = url
        const { db } = deps
        backups = createBackups({
          ...{ db, databaseUrl: url, dataDir, version: '1.2.3', log, now: () => nowMs },
          zone: () => Promise.resolve('UTC'),
          order: (trx, wanted) => jobs.order(trx, wanted)
        })
        jobs = createJobs({ db, dir: path.join(dataDir, 'exports'), kinds: [backups.kind], log })
        const upkeep = createUpkeep({
          db,
          dataDir,
          publicUrl: undefined,
          asterisk: '22.10.1',
          lines: memory.lines
        })
        return { ...deps, jobs, backups, upkeep }
      }
    })
    await migrateJobs(databaseUrl, log)
  })
  after(async () => {
    await rig.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  /** As the queue would run what waits. */
  async function work(): Promise<void> {
    for (const { id } of await rig.db('jobs').where({ state: 'waiting' }).select<{ id: string }[]>('id'))
      await jobs.tasks['job']?.({ id }, { id: '1', attempt: 1, isLastAttempt: true })
  }

  it('tells what is red before the first backup, and what is known of the machine', async () => {
    const { status, body } = await rig.as.admin.get('/api/system')
    expect(status).to.equal(200)
    const checks = body['checks'] as { name: string; state: string; reason: string }[]
    expect(checks.find(({ name }) => name === 'backup')).to.include({ state: 'failed', reason: 'never' })
    expect(checks.find(({ name }) => name === 'database')).to.include({ state: 'ok' })
    expect(body['versions']).to.include({ product: '0.0.0-test', asterisk: '22.10.1' })
    expect((body['disk'] as { freeBytes: number }).freeBytes).to.be.greaterThan(0)
    expect(String(body['notes'])).to.match(/^## /)
  })

  it('tells Prometheus the same, in numbers', async () => {
    const text = String((await rig.request('GET', '/metrics')).body['text'])
    expect(text).to.match(/^installation_check\{check="backup"\} 2$/m)
    expect(text).to.match(/^installation_check\{check="database"\} 0$/m)
    expect(Number(/^installation_disk_free_bytes (\S+)$/m.exec(text)?.[1])).to.be.greaterThan(0)
  })

  it('makes a backup in the background, lists it, gives it and deletes it; each step is in the audit', async () => {
    const ordered = await rig.as.admin.send('POST', '/api/backups', {})
    expect(ordered.status).to.equal(202)
    await work()
    const [job] = itemsOf(await rig.as.admin.get('/api/jobs'))
    expect(job).to.include({ kind: 'backup.make', state: 'done' })
    const [kept] = itemsOf(await rig.as.admin.get('/api/backups'))
    expect(kept).to.include({ by: 'person', withRecordings: false, version: '1.2.3', files: 1 })
    const id = String(kept?.['id'])

    const { cookie } = rig.as.admin
    const response = await fetch(`${rig.url}/api/backups/${id}/file`, { headers: { cookie } })
    expect(response.headers.get('content-disposition')).to.match(
      /attachment; filename="?ringtrace-[\d-]+\.tar\.gz/
    )
    expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString('latin1')).to.match(
      /^ringtrace\.json\0/
    )

    expect((await rig.as.admin.send('DELETE', `/api/backups/${id}`)).status).to.equal(204)
    expect(itemsOf(await rig.as.admin.get('/api/backups'))).to.deep.equal([])
    expect((await rig.as.admin.get(`/api/backups/${id}/file`)).status).to.equal(404)
    const actions = await rig
      .db('audit')
      .whereILike('action', 'backup.%')
      .orderBy('id')
      .pluck<string[]>('action')
    expect(actions).to.deep.equal(['backup.order', 'backup.download', 'backup.delete'])
  })

  it('makes them by the clock, once a day, also late, and keeps as many as was said', async () => {
    const settings = { isOn: true, hour: 3, keep: 2, withRecordings: false }
    expect((await rig.as.admin.send('PUT', '/api/backup-settings', settings)).status).to.equal(200)
    const [entry] = itemsOf(await rig.as.admin.get('/api/audit?action=backup_settings.change'))
    expect((entry?.['data'] as { changes: object }).changes).to.deep.equal({
      isOn: { before: false, after: true },
      keep: { before: 7, after: 2 }
    })
    const tick = async (): Promise<void> => {
      await backups.tasks['backup.tick']?.({}, { id: '1', attempt: 1, isLastAttempt: true })
      await work()
    }
    const dayMs = 86_400_000
    for (let day = 0; day < 3; day++) {
      // Rows and archives carry the real time: the clock of the test goes on from there.
      nowMs = Date.now() + day * dayMs
      await tick()
      await tick()
      await rig.db('jobs').delete()
    }
    const list = itemsOf(await rig.as.admin.get('/api/backups'))
    expect(list.map(({ by }) => by)).to.deep.equal(['schedule', 'schedule'])
  })

  it('shows the log without personal data, and packs it for whoever helps', async () => {
    memory.stream.write(`${JSON.stringify({ time: 1, level: 40, msg: 'Call from +79161234567 failed' })}\n`)
    const [line] = itemsOf(await rig.as.admin.get('/api/system/log'))
    expect(line).to.include({ level: 'warn', text: 'Call from [number] failed' })
    memory.stream.write(`${JSON.stringify({ time: 2, level: 30, msg: 'All is well' })}\n`)
    expect(itemsOf(await rig.as.admin.get('/api/system/log?level=warn'))).to.have.length(1)
    expect(itemsOf(await rig.as.admin.get('/api/system/log'))).to.have.length(2)
    const { cookie } = rig.as.admin
    const file = await fetch(`${rig.url}/api/system/log/file?level=info`, { headers: { cookie } })
    expect(file.headers.get('content-disposition')).to.match(/ringtrace-log\.txt/)
    expect(await file.text()).to.match(/WARN Call from \[number\] failed\n.* INFO All is well\n$/)
    expect(await rig.db('audit').where({ action: 'log.download' }).first()).to.not.equal(undefined)
    const response = await fetch(`${rig.url}/api/system/diagnostics`, { headers: { cookie } })
    const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString('utf8')
    for (const name of ['state.json', 'log.ndjson', 'tables.json'])
      expect(text).to.include(`ringtrace-diagnostics/${name}`)
    expect(text).to.not.include('79161234567')
    expect(await rig.db('audit').where({ action: 'system.diagnostics' }).first()).to.not.equal(undefined)
  })

  it('tells each admin once what an update brought', async () => {
    const get = async () => (await rig.as.admin.get('/api/system/update')).body
    expect(await get()).to.include({ version: '0.0.0-test', isSeen: true })
    await rig.deps.upkeep?.noteStart('1.0.0')
    expect(await get()).to.deep.include({ version: '1.0.0', fresh: [], isSeen: true })
    const row = await rig.db('settings').where({ key: 'updates' }).first<{ value: { known: string[] } }>()
    const value = { ...row.value, known: row.value.known.slice(1) }
    await rig
      .db('settings')
      .where({ key: 'updates' })
      .update({ value: JSON.stringify(value) })
    await rig.deps.upkeep?.noteStart('1.1.0')
    const told = await get()
    expect(told).to.include({ version: '1.1.0', previousVersion: '1.0.0', isSeen: false })
    expect(told['fresh']).to.have.length(1)
    await rig.as.admin.send('POST', '/api/system/update/seen')
    expect(await get()).to.include({ isSeen: true })
    expect((await rig.as.operator.get('/api/system/update')).status).to.equal(403)
  })

  it('keeps before and after of what admins change, and no secret', async () => {
    const made = await rig.as.admin.send('POST', '/api/users', {
      login: 'olga',
      name: 'Olga',
      role: 'operator',
      password: 'long enough'
    })
    const id = String(made.body['id'])
    await rig.as.admin.send('PATCH', `/api/users/${id}`, { role: 'supervisor', password: 'another one' })
    await rig.as.admin.send('DELETE', `/api/users/${id}`)
    const entries = itemsOf(await rig.as.admin.get(`/api/audit?entityId=${id}&sort=at`)).map(
      ({ action, data }) => ({ action, changes: (data as { changes: Record<string, object> }).changes })
    )
    expect(entries.map(({ action }) => action)).to.deep.equal(['user.create', 'user.change', 'user.delete'])
    expect(entries[1]?.changes).to.deep.equal({
      role: { before: 'operator', after: 'supervisor' },
      password: { isHidden: true }
    })
    expect(entries[2]?.changes).to.include.keys('login', 'role')
    expect(JSON.stringify(entries)).to.not.match(/long enough|another one|argon2/)
  })
})
