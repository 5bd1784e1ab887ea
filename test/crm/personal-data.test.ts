import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { personErasure, personExport } from '../../api/personal-data-jobs.ts'
import type { JobRun } from '../../jobs/jobs.ts'
import { plainAudio } from '../../recordings/open.ts'
import { createFacts } from '../../reports/facts/facts.ts'
import { idOf, startRig, type Rig } from '../api/support/rig.ts'

const phone = '+79161234567'
const mail = 'olga.larina@mail.example'
const name = 'Ольга Ларина'
const recording = randomUUID()
const traces = /9\D{0,3}1\D{0,3}6\D{0,3}1\D{0,3}2\D{0,3}3\D{0,3}4\D{0,3}5\D{0,3}6\D{0,3}7|olga\.larina|Ларин/i

describe('The data of a person', function () {
  this.timeout(60_000)
  let rig: Rig
  let id = ''
  let other = ''
  const ordered: { kind: string; params: Record<string, unknown> }[] = []
  before(async () => {
    rig = await startRig({
      before: (deps) => ({
        ...deps,
        jobs: {
          order: (_trx: unknown, wanted: (typeof ordered)[number]) => {
            ordered.push(wanted)
            return Promise.resolve('00000000-0000-4000-8000-000000000001')
          }
        } as unknown as NonNullable<typeof deps.jobs>
      })
    })
    const { admin } = rig.as
    id = idOf(
      await admin.send('POST', '/api/contacts', {
        ...{ name, phones: [phone], emails: [mail], company: 'Дом', tags: ['vip'] },
        note: 'Живёт у моря'
      })
    )
    other = idOf(
      await admin.send('POST', '/api/contacts', { name: 'Ольга Орлова', phones: ['+79160000000'] })
    )
    await admin.send('POST', `/api/contacts/${id}/notes`, { text: 'Звонить на 8 (916) 123-45-67' })
    await admin.send('POST', `/api/contacts/${other}/notes`, {
      text: `Подруга: 8-916-123-45-67, ${mail.toUpperCase()}`
    })
    await admin.send('POST', '/api/deals', { title: `Кухня для: ${name}`, contactId: id, amount: 500 })
    for (const [n, outcome] of (['answered', 'missed', 'answered'] as const).entries()) {
      const at = new Date(Date.UTC(2026, 9, 1 + n, 9))
      await rig.db('calls').insert({
        ...{ id: randomUUID(), pbx_unique_id: randomUUID(), direction: 'in', call_type: 'tracking_static' },
        ...{
          started_at: at,
          ended_at: at,
          outcome,
          caller_number: n === 2 ? '+79160000000' : phone,
          source_name: 'yandex'
        },
        ...(outcome === 'answered' && { answered_at: at, talk_seconds: 60 })
      })
    }
    const [call] = await rig.db('calls').where({ caller_number: phone }).select<{ id: string }[]>('id')
    await rig.db('recordings').insert({
      ...{ id: recording, call_id: call?.id, leg: 'a', kind: 'talk', file: recording, state: 'ready' }
    })
    await rig.db('call_events').insert({
      ...{ call_id: call?.id, seq: 1, at: new Date(), type: 'call.initiated' },
      data: JSON.stringify({ callerNumber: phone, raw: 79161234567, [phone]: [{ deep: `tel:${phone}` }] })
    })
  })
  after(() => rig.close())

  /** Every place of the whole database in which the person can still be read. */
  async function found(): Promise<string[]> {
    const { rows } = await rig.db.raw<{ rows: { schema: string; name: string }[] }>(
      `select table_schema as schema, table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog','information_schema') order by 1, 2`
    )
    const places: string[] = []
    for (const { schema, name: table } of rows) {
      const all = await rig.db.raw<{ rows: { row: string }[] }>(
        'select cast(t as text) as row from ??.?? t',
        [schema, table]
      )
      for (const { row } of all.rows) if (traces.test(row)) places.push(`${table}: ${row}`)
    }
    return places
  }
  const reports = async (): Promise<unknown[]> => {
    await createFacts({ db: rig.db, log: pino({ level: 'silent' }) }).settle()
    const answers = []
    for (const report of ['sources', 'operators', 'hours', 'missed']) {
      const { countedAt: _, ...told } = (
        await rig.as.admin.get(`/api/reports/${report}?from=2026-10-01&to=2026-10-31`)
      ).body
      answers.push(told)
    }
    const { rows } = await rig.db.raw<{ rows: unknown[] }>(
      `select outcome, count(*) as calls, count(distinct caller_number) as callers from calls group by 1 order by 1`
    )
    return [...answers, rows]
  }

  it('comes as an archive of everything that is kept', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'rt-person-'))
    try {
      expect((await rig.as.operator.send('POST', `/api/contacts/${id}/export`)).status).to.equal(403)
      expect((await rig.as.supervisor.send('POST', `/api/contacts/${id}/export`)).status).to.equal(202)
      const to = path.join(dir, 'person.zip')
      const job = {
        params: ordered.at(-1)?.params,
        progress: () => Promise.resolve(),
        file: () => Promise.resolve(to)
      } as unknown as JobRun<{ contactId: string; locale: 'ru' }>
      const files = {
        open: () => plainAudio(import.meta.filename),
        remove: () => Promise.resolve()
      }
      expect(await personExport(rig.db, files).run(job)).to.include({ recordings: 1 })
      const names = (await readFile(to, 'latin1')).match(/(?:data\.(?:json|html)|recordings\/[\w-]+\.mp3)/g)
      expect(new Set(names).size).to.equal(3)
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })

  it('leaves no trace anywhere once it is erased, and every report counts as before', async () => {
    expect((await found()).length).to.be.greaterThan(8)
    const before = await reports()
    expect(before[0]).to.have.nested.property('total.calls', 3)
    const erase = (confirm: string, who = rig.as.admin) =>
      who.send('POST', `/api/contacts/${id}/erase`, { confirm })
    expect((await erase(name, rig.as.supervisor)).status).to.equal(403)
    expect((await erase('Ольга')).status).to.equal(422)
    expect((await erase(name)).status).to.equal(202)
    const removed: string[] = []
    const job = { id: '', userId: rig.as.admin.userId, params: ordered.at(-1)?.params }
    const counts = await personErasure(rig.db, {
      open: () => Promise.resolve(null),
      remove: (ids) => Promise.resolve(void removed.push(...ids))
    }).run(job as never)
    expect(removed).to.deep.equal([recording])
    expect(counts).to.deep.include({ numbers: 1, mails: 1, notes: 1, recordings: 1 })
    expect(await found()).to.deep.equal([])
    expect(await reports()).to.deep.equal(before)
    const erased = (await rig.as.admin.get(`/api/contacts/${id}`)).body
    expect(erased).to.deep.include({ name: '✕', company: null, tags: [], note: null })
    const [mark] = erased['phones'] as string[]
    expect(mark).to.match(/^\+999\d{11}$/)
    expect(await rig.db('calls').where({ caller_number: mark }).count('* as n').first()).to.deep.equal({
      n: '2'
    })
    expect((await rig.as.admin.get(`/api/contacts/${other}`)).body).to.include({ name: 'Ольга Орлова' })
    const event = await rig
      .db('call_events')
      .whereRaw(`data ? 'raw'`.replace('?', '\\?'))
      .first<{ data: Record<string, unknown> }>('data')
    expect(event.data).to.deep.equal({
      callerNumber: mark,
      raw: mark,
      [mark ?? '']: [{ deep: `tel:${mark}` }]
    })
  })
})
