import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { listExport } from '../../api/list-export.ts'
import { JobRefused, type JobRun } from '../../jobs/jobs.ts'
import { idOf, startRig, type Json, type Rig } from './support/rig.ts'

describe('Files of lists', function () {
  this.timeout(60_000)
  let rig: Rig
  let dir: string
  const ordered: { params: Json; userId: string | null }[] = []
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-lists-'))
    rig = await startRig({
      before: (deps) => ({
        ...deps,
        jobs: {
          order: (_trx: unknown, wanted: (typeof ordered)[number]) => {
            ordered.push(wanted)
            return Promise.resolve('00000000-0000-4000-8000-000000000001')
          },
          cancel: () => Promise.resolve(false),
          fileOf: () => Promise.resolve(null)
        } as unknown as NonNullable<typeof deps.jobs>
      })
    })
    const { admin } = rig.as
    const [field] = await rig
      .db('custom_fields')
      .insert({ things: 'contacts', name: 'Размер', kind: 'number' })
      .returning<{ id: string }[]>('id')
    const made = await admin.send('POST', '/api/contacts', {
      name: '=HYPERLINK("http://evil.test")',
      phones: ['+74951234501'],
      tags: ['vip'],
      custom: { [field?.id ?? '']: 12.5 }
    })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    await rig.db.raw(
      `insert into contacts (name, tags) select 'Клиент ' || n, array['bulk'] from generate_series(1, 450) n`
    )
    await admin.send('POST', '/api/companies', { name: 'ООО «Ромашка»' })
    await admin.send('POST', '/api/deals', { title: 'Окна', contactId: idOf(made), amount: 1234.5 })
    await admin.send('POST', '/api/inquiries', { title: 'Просят счёт', phone: '+74951234501' })
  })
  after(async () => {
    await rig.close()
    await rm(dir, { recursive: true, force: true })
  })

  /** Does the work that was ordered last, as the queue would. */
  async function work(): Promise<{ rows: string[][]; text: string; name: string; far: number[] }> {
    const wanted = ordered.at(-1)
    const far: number[] = []
    const file = { path: path.join(dir, 'file'), name: '' }
    const job = {
      ...wanted,
      progress: (done: number) => Promise.resolve(void far.push(done)),
      file: (name: string) => Promise.resolve(((file.name = name), file.path))
    }
    await listExport(rig.deps).run(job as unknown as JobRun<never>)
    const text = await readFile(file.path, 'utf8')
    const rows = parse(text, {
      delimiter: wanted?.params['locale'] === 'en' ? ',' : ';',
      bom: true,
      relax_column_count: true
    })
    return { rows, text, name: file.name, far }
  }
  const order = (body: Json, who = rig.as.supervisor) => who.send('POST', '/api/list-exports', body)
  const taken = async (body: Json) => {
    const answer = await order({ format: 'csv', ...body })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    return work()
  }

  it('has everything that the filters let through, page after page, with the fields of the company', async () => {
    const all = await taken({ list: 'contacts' })
    expect(all.rows).to.have.length(1 + 451)
    expect(new Set(all.rows.map(([name]) => name)).size).to.equal(452)
    expect(all.far).to.eql([200, 400, 451])
    expect(all.name).to.match(/^contacts-\d{4}-\d\d-\d\d\.csv$/)
    const vip = await taken({ list: 'contacts', query: { tag: 'vip' } })
    expect(vip.rows).to.have.length(2)
    expect(vip.rows[0]?.at(-1)).to.equal('Размер')
    expect(vip.rows[1]?.at(-1)).to.equal('12,5')
    // What a client is called must not run on the machine of whoever opens the file.
    expect(vip.rows[1]?.[0]).to.equal(`'=HYPERLINK("http://evil.test")`)
  })

  it('takes companies, deals and inquiries as well, in both languages', async () => {
    expect((await taken({ list: 'companies' })).rows[1]?.[0]).to.equal('ООО «Ромашка»')
    const deals = await taken({ list: 'deals', query: { amountFrom: '1000' } })
    expect(deals.rows[1]?.[0]).to.equal('Окна')
    expect(deals.text).to.include('1234,5;RUB').and.to.include('Открыта')
    expect((await taken({ list: 'deals', query: { amountFrom: '2000' } })).rows).to.have.length(1)
    const { text } = await taken({ list: 'inquiries', query: { state: 'new' }, locale: 'en' })
    expect(text).to.include('Inquiry').and.to.include('Просят счёт').and.to.include('By hand')
  })

  it('is for those who may take files of calls, asks again when it runs, and is in the audit', async () => {
    expect((await order({ list: 'contacts', format: 'csv' }, rig.as.operator)).status).to.equal(403)
    const wrong = await order({ list: 'contacts', format: 'csv', query: { tagg: 'vip' } })
    expect(wrong.status).to.equal(422)
    expect((await order({ list: 'inquiries', format: 'xlsx', query: { search: 'счёт' } })).status).to.equal(
      202
    )
    const row = await rig
      .db('audit')
      .where({ action: 'inquiries.export' })
      .orderBy('at', 'desc')
      .first<Json>()
    expect(row['data']).to.eql({ format: 'xlsx', filters: ['search'] })
    expect(row['user_id']).to.equal(rig.as.supervisor.userId)
    const { userId } = rig.as.supervisor
    await rig.db('users').where({ id: userId }).update({ role: 'operator' })
    const failed: unknown = await work().catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(JobRefused)
  })
})
