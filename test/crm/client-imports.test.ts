import { expect } from 'chai'
import { clientImport, clientImportUndo } from '../../api/client-imports.ts'
import { JobCancelled, type JobRun } from '../../jobs/jobs.ts'
import { idOf, itemsOf, startRig, type Answer, type Json, type Person, type Rig } from '../api/support/rig.ts'

describe('An import of clients', function () {
  this.timeout(60_000)
  let rig: Rig
  let boss: Person
  const ordered: { kind: string; params: Json }[] = []
  before(async () => {
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
    boss = rig.as.supervisor
  })
  after(() => rig.close())

  /** Does the work that was ordered last, as the queue would. @param atProgress called at each sign of it */
  async function work(atProgress: () => void = () => undefined): Promise<Json | null> {
    const wanted = ordered.at(-1)
    const kind = [clientImport(rig.db), clientImportUndo(rig.db)].find((each) => each.kind === wanted?.kind)
    const job = {
      id: '',
      userId: boss.userId,
      params: wanted?.params,
      progress: async () => Promise.resolve(atProgress())
    }
    return (await kind?.run(job as unknown as JobRun<{ importId: string }>)) ?? null
  }
  async function read(text: string, things = 'contacts'): Promise<Answer['body']> {
    const answer = await boss.send('POST', '/api/client-imports', { things, text })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return answer.body
  }
  const start = (file: Answer['body'], more: object = {}) =>
    boss.send('POST', `/api/client-imports/${String(file['id'])}/start`, {
      columns: file['columns'],
      ...more
    })
  const undo = (file: Answer['body']) => boss.send('POST', `/api/client-imports/${String(file['id'])}/undo`)
  const state = async (file: Answer['body']) =>
    (await boss.get(`/api/client-imports/${String(file['id'])}`)).body
  const found = async (search: string) =>
    itemsOf(await boss.get(`/api/contacts?search=${encodeURIComponent(search)}`))
  const whole = () =>
    rig.db('contacts').orderBy('id').select('id', 'name', 'note', 'company', 'owner_id', 'tags', 'search')

  it('updates who is there, makes the others, refuses what is faulty with its reason, and is undone', async () => {
    const made = await boss.send('POST', '/api/contacts', {
      name: 'Old Name',
      phones: ['+79161110001'],
      tags: ['a']
    })
    const byMail = await boss.send('POST', '/api/contacts', {
      name: 'Mailed',
      emails: ['m@x.example'],
      note: 'kept'
    })
    const before = await whole()
    const file = await read(
      [
        'ФИО;Телефон;Телефон 2;Email;Компания;Ответственный;Теги',
        'Новое Имя;8 916 111-00-01;+7 495 000-00-01;;Дом;operator;b',
        ';;;M@X.example;Дом;;',
        'Анна Ли;89161110002;;anna@x.example;дом;;vip, опт',
        'Анна Дубль;89161110002;;;;;',
        'Без номера;12;;;;;',
        ';;;;;nobody;',
        'Двое;89161110001;89161110002;;;;'
      ].join('\n')
    )
    expect(file).to.deep.include({
      total: 7,
      columns: ['name', 'phone', 'phone', 'email', 'company', 'owner', 'tags'],
      state: 'read'
    })
    const preview = await boss.send('POST', `/api/client-imports/${String(file['id'])}/preview`, {
      columns: file['columns']
    })
    expect(preview.body).to.deep.include({ created: 1, updated: 3, skipped: 0, refused: 3 })
    expect(await whole(), 'a preview keeps nothing').to.deep.equal(before)
    expect((await start(file)).status).to.equal(202)
    expect(await work()).to.include({ created: 1, updated: 3, refused: 3 })
    expect((await state(file))['state']).to.equal('done')
    expect((await boss.get(`/api/contacts/${idOf(made)}`)).body).to.deep.include({
      ...{ name: 'Новое Имя', company: 'Дом', ownerId: rig.as.operator.userId, tags: ['a', 'b'] },
      phones: ['+74950000001', '+79161110001']
    })
    expect((await boss.get(`/api/contacts/${idOf(byMail)}`)).body).to.include({
      name: 'Mailed',
      company: 'Дом',
      note: 'kept'
    })
    const [anna] = await found('89161110002')
    expect(anna).to.deep.include({ name: 'Анна Дубль', company: 'Дом', tags: ['vip', 'опт'] })
    expect(itemsOf(await boss.get('/api/companies?search=дом')).length).to.equal(1)
    const refused = await fetch(`${rig.url}/api/client-imports/${String(file['id'])}/refused`, {
      headers: { cookie: boss.cookie }
    })
    const lines = (await refused.text()).trim().split('\r\n')
    expect(lines.map((line) => line.split(';').at(-1))).to.deep.equal([
      'Почему не принято',
      'Телефон: не похоже на номер телефона (12)',
      'Ответственный: такого нет (nobody)',
      'Телефон: номера двух разных клиентов (+79161110001, +79161110002)'
    ])
    expect((await undo(file)).status).to.equal(202)
    expect(await work()).to.include({ contacts: 1, companies: 1, restored: 2, kept: 0 })
    expect(await whole()).to.deep.equal(before)
    expect((await undo(file)).body).to.include({ code: 'import_state' })
  })

  it('that is stopped or cut off goes on where it was, and leaves alone what was used since', async () => {
    const text = [
      'Name,Phone',
      ...Array.from({ length: 1200 }, (_, n) => `Many ${n},7999${String(n).padStart(7, '0')}`)
    ]
    const file = await read(text.join('\n'))
    await start(file, { ownerId: rig.as.operator.userId })
    let cancelled: unknown
    await work(() => {
      throw new JobCancelled('enough')
    }).catch((error: unknown) => (cancelled = error))
    expect(cancelled).to.be.instanceOf(JobCancelled)
    expect(await state(file)).to.include({ state: 'stopped', created: 500 })
    await start(file)
    let died: unknown
    await work(() => {
      throw new Error('the machine went off')
    }).catch((error: unknown) => (died = error))
    expect(died).to.be.instanceOf(Error)
    expect(await state(file)).to.include({ state: 'running', created: 1000 })
    expect(await work(), 'begun anew by the queue').to.include({ created: 1200 })
    const [used] = await found('Many 7')
    await boss.send('POST', `/api/contacts/${String(used?.['id'])}/notes`, { text: 'Talked' })
    await undo(file)
    expect(await work()).to.include({ contacts: 1199, kept: 1 })
    expect(await rig.db('contacts').whereLike('name', 'Many %').pluck('id')).to.deep.equal([used?.['id']])
  })

  it('of deals finds or makes their clients, keeps their days and stages, and makes no deal twice', async () => {
    const [won] = await rig
      .db('pipeline_stages')
      .where({ kind: 'won' })
      .select<{ id: string; name: string }[]>('id', 'name')
    const text = [
      'Сделка\tСумма\tЭтап\tДата создания\tКонтакт\tТелефон',
      `Окна\t12 500,50\t${won?.name ?? ''}\t03.02.2025\tПавел\t89161119999`,
      'Двери\t700\t\t\tПавел\t89161119999',
      'Двери\t800\t\t\tПавел\t89161119999'
    ].join('\n')
    const file = await read(text, 'deals')
    await start(file)
    expect(await work()).to.include({ created: 2, updated: 1, refused: 0 })
    const deals = await rig.db('deals').orderBy('created_at').select<Json[]>('*')
    expect(deals.map(({ title, amount, stage_id }) => [title, amount, stage_id === won?.id])).to.deep.equal([
      ['Окна', '12500.50', true],
      ['Двери', '800.00', false]
    ])
    expect((deals[0]?.['created_at'] as Date).toISOString()).to.equal('2025-02-03T12:00:00.000Z')
    expect(new Set(deals.map(({ contact_id }) => contact_id)).size).to.equal(1)
    const again = await read(text, 'deals')
    expect(again['isRepeated']).to.equal(true)
    await start(again, { duplicates: 'skip' })
    expect(await work()).to.include({ created: 0, skipped: 3 })
    await undo(file)
    expect(await work()).to.include({ deals: 2, contacts: 1 })
    expect(await rig.db('deals').pluck('title')).to.deep.equal([])
  })

  it('is for supervisors, and only with columns that say who it is', async () => {
    const denied = await rig.as.operator.send('POST', '/api/client-imports', {
      things: 'contacts',
      text: 'A\n1'
    })
    expect(denied.status).to.equal(403)
    const file = await read('Note\nx')
    expect((await start(file)).body['errors']).to.deep.equal([
      {
        path: 'columns',
        message: 'must hold one of: name, lastName, firstName, phone, email',
        code: 'required'
      }
    ])
    expect((await boss.send('DELETE', `/api/client-imports/${String(file['id'])}`)).status).to.equal(204)
  })
})
