import { expect } from 'chai'
import { readCell, cellOf, importFields, columnsFor } from '../../api/imports-fields.ts'
import { settingsImport } from '../../api/imports-job.ts'
import { xlsxTable, XlsxFault } from '../../api/imports-xlsx.ts'
import { importThings } from '../../api/contract/settings-words.ts'
import { idOf, itemsOf, startRig, type Answer, type Person, type Rig } from './support/rig.ts'

interface Problem {
  line: number
  column: string | null
  field: string
  code: string
  value: string | null
}

describe('Files of settings', function () {
  this.timeout(60_000)
  let rig: Rig
  let admin: Person
  const ordered: { kind: string; params: Record<string, unknown>; userId: string | null }[] = []
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
    admin = rig.as.admin
  })
  after(() => rig.close())

  async function make(things: string, body: object): Promise<string> {
    const answer = await admin.send('POST', `/api/${things}`, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }
  const preview = (things: string, text: string, more: object = {}) =>
    admin.send('POST', '/api/imports/preview', { things, text, ...more })
  const take = (things: string, text: string, by = admin) => by.send('POST', '/api/imports', { things, text })
  const problemsOf = ({ body }: Answer) =>
    (body['problems'] as Problem[]).map(({ line, column, code, value }) => [line, column, code, value])
  async function exported(things: string, format: string, locale: string): Promise<Buffer> {
    const response = await fetch(
      `${rig.url}/api/imports/export?things=${things}&format=${format}&locale=${locale}`,
      { headers: { cookie: admin.cookie } }
    )
    expect(response.status).to.equal(200)
    return Buffer.from(await response.arrayBuffer())
  }
  async function sendFile(path: string, things: string, bytes: Buffer): Promise<Answer> {
    const form = new FormData()
    form.set('things', things)
    form.set('file', new Blob([new Uint8Array(bytes)]), 'table')
    const response = await fetch(rig.url + path, {
      method: 'POST',
      body: form,
      headers: { cookie: admin.cookie, 'X-CSRF-Token': admin.csrfToken }
    })
    const body = (await response.json()) as Answer['body']
    return { status: response.status, headers: response.headers, body }
  }

  it('understand cells as people write them', () => {
    const field = (things: (typeof importThings)[number], name: string) => {
      const found = importFields[things].find((each) => each.name === name)
      if (!found) throw new Error(`${things} have no ${name}`)
      return found
    }
    const value = (things: 'numbers' | 'users' | 'groups', name: string, cell: string) =>
      readCell(field(things, name), cell)
    for (const cell of ['+7 (495) 123-45-67', '74951234567', ' +74951234567 ']) {
      expect(value('numbers', 'e164', cell)).to.deep.equal({ value: '+74951234567' })
    }
    // 8 begins a number in Russia, and another country elsewhere.
    expect(value('numbers', 'e164', '84951234567')).to.deep.equal({ code: 'e164' })
    expect(value('numbers', 'isActive', 'Нет')).to.deep.equal({ value: false })
    expect(value('users', 'role', 'оператор')).to.deep.equal({ value: 'operator' })
    expect(value('users', 'groups', 'Sales; Night;Sales')).to.deep.equal({ value: ['Night', 'Sales'] })
    expect(value('groups', 'members', 'Vera, anna')).to.deep.equal({ value: ['vera', 'anna'] })
    expect(cellOf(field('users', 'role'), 'operator', 'ru')).to.equal('Оператор')
    expect(columnsFor('users', ['Логин', 'NAME', 'Имя', 'Shoe size'])).to.deep.equal([
      ...['login', 'name', null, null]
    ])
  })

  it('bring new things and change those that are there, found by their key', async () => {
    const sourceId = await make('sources', { name: 'Radio', inquiryChannel: 'offline' })
    const id = await make('numbers', { e164: '+74952220001', label: 'Old', sourceId })
    const text = 'Номер;Подпись;Источник;Включён\n+7 495 222-00-01;New;;нет\n+74952220002;;Radio;\n'
    const seen = await preview('numbers', text)
    expect(seen.body).to.include({ created: 1, updated: 1, same: 0, problemCount: 0 })
    expect(seen.body['columns']).to.deep.equal(['e164', 'label', 'source', 'isActive'])
    const [first] = seen.body['rows'] as { line: number; changes: object[] }[]
    expect(first).to.deep.include({ line: 2, key: '+74952220001', action: 'update' })
    expect(first?.changes).to.deep.equal([
      { field: 'label', before: 'Old', after: 'New' },
      { field: 'source', before: 'Radio', after: '' },
      { field: 'isActive', before: 'да', after: 'нет' }
    ])
    expect((await admin.get(`/api/numbers/${id}`)).body['label'], 'a look changes nothing').to.equal('Old')

    expect((await take('numbers', text)).body).to.deep.equal({ jobId: null, created: 1, updated: 1, same: 0 })
    expect((await admin.get(`/api/numbers/${id}`)).body).to.include({
      ...{ label: 'New', sourceId: null, isActive: false }
    })
    const [made] = itemsOf(await admin.get('/api/numbers?search=4952220002'))
    expect(made).to.include({ sourceId, label: null, isActive: true })
    const log = await rig
      .db('audit')
      .where({ action: 'number.change', entity_id: id })
      .first<{ data: object }>()
    expect(log?.data).to.deep.include({ isImport: true })
    expect((await take('numbers', text)).body, 'taken again').to.include({ created: 0, updated: 0, same: 2 })
  })

  it('are refused whole, with each fault by its row and column', async () => {
    const text = [
      'Login,Name,Role,Short number,Groups,Active',
      'vera,Vera,operator,101,,',
      'igor,,operator,102,,',
      'Vera,Vera again,operator,,,',
      'oleg,Oleg,boss,abc,Nowhere,perhaps',
      'x,Xenia,operator,101,,'
    ].join('\n')
    const seen = await preview('users', text)
    expect(problemsOf(seen)).to.deep.equal([
      [3, 'Name', 'required', null],
      [4, 'Login', 'taken', 'vera'],
      [5, 'Role', 'invalid', 'boss'],
      [5, 'Short number', 'invalid', 'abc'],
      [5, 'Groups', 'reference', 'Nowhere'],
      [5, 'Active', 'invalid', 'perhaps'],
      [6, 'Login', 'login', 'x'],
      [6, 'Short number', 'taken', '101']
    ])
    const refused = await take('users', text)
    expect(refused.body).to.include({ status: 422, code: 'invalid' })
    expect((refused.body['errors'] as { path: string }[])[0]?.path).to.equal('line 3')
    expect(itemsOf(await admin.get('/api/users?search=Vera'))).to.have.length(0)
    expect(problemsOf(await preview('users', 'Name,Role\nVera,operator'))).to.deep.equal([
      [1, null, 'required', null]
    ])
    expect(problemsOf(await preview('users', 'Login\nvera')).map(([, , code]) => code)).to.deep.equal([
      ...['required', 'required']
    ])
  })

  it('take the columns that they are told', async () => {
    const text = 'a,b,c\nFair,offline,x\n'
    const seen = await preview('sources', text, { columns: 'name,inquiryChannel,-' })
    expect(seen.body).to.include({ created: 1, problemCount: 0 })
    for (const columns of ['name,name', 'name,shoeSize']) {
      expect((await preview('sources', text, { columns })).status, columns).to.equal(422)
    }
  })

  it('bring people with their groups and skills, and links that are shown once', async () => {
    await make('groups', { name: 'Sales', memberIds: [rig.as.operator.userId] })
    await make('users', { login: 'with-password', name: 'P', role: 'operator', password: 'correct horse' })
    const text =
      'Login,Name,Role,Groups,Skills\nanna,Anna,operator,Sales,vip; english\nboris,Boris,supervisor,,\n'
    expect((await take('users', text)).body).to.include({ created: 2 })
    const [anna] = itemsOf(await admin.get('/api/users?search=Anna'))
    expect(anna?.['skills']).to.deep.equal(['english', 'vip'])
    const [group] = itemsOf(await admin.get('/api/groups'))
    expect(group?.['memberIds']).to.deep.equal([rig.as.operator.userId, anna?.['id']])
    const made = await admin.send('POST', '/api/imports/invitations')
    expect(itemsOf(made).map((item) => item['login'])).to.deep.equal(['anna', 'boris'])
    const token = String(itemsOf(made)[0]?.['url']).split('#')[1]
    const used = { token, password: 'a new password' }
    expect((await rig.request('POST', '/api/auth/links/use', { body: used })).status).to.equal(204)
    await rig.signIn('anna', 'a new password')
    expect(itemsOf(await admin.send('POST', '/api/imports/invitations')), 'none twice').to.deep.equal([])
  })

  it('say who has which skill', async () => {
    expect((await take('skills', 'Skill,Who has it (logins)\nvip,"operator, supervisor"\n')).body).to.include(
      {
        ...{ created: 0, updated: 1 }
      }
    )
    const skillsOf = async (login: keyof Rig['as'] | 'anna') =>
      itemsOf(await admin.get('/api/users')).find((user) => user['login'] === login)?.['skills']
    expect(await skillsOf('operator')).to.deep.equal(['vip'])
    expect(await skillsOf('anna')).to.deep.equal(['english'])
  })

  for (const format of ['csv', 'xlsx']) {
    for (const locale of ['ru', 'en']) {
      it(`change nothing when they come back as they went out: ${format}, ${locale}`, async () => {
        const [scheme] = itemsOf(await admin.get('/api/schemes?limit=1'))
        const schemeId =
          scheme?.['id'] ??
          (await make('schemes', {
            name: 'Shop; "north", ё',
            draft: { locale: 'en', start: 'a', blocks: { a: { type: 'hangup', settings: {}, exits: {} } } }
          }))
        const siteId =
          itemsOf(await admin.get('/api/sites'))[0]?.['id'] ??
          (await make('sites', { name: 'Shop', domain: 'shop.example' }))
        const e164 = `+7495333${locale === 'ru' ? 1 : 2}${format.length}01`
        await make('numbers', { e164, label: '=1+1', schemeId, siteId })
        await make('groups', {
          name: `${format} "${locale}"; day`,
          memberIds: [admin.userId],
          wrapUpSeconds: 0
        })
        for (const things of importThings) {
          const seen = await sendFile('/api/imports/preview', things, await exported(things, format, locale))
          expect(seen.status, JSON.stringify(seen.body)).to.equal(200)
          const { created, updated, same, problems } = seen.body
          expect({ things, created, updated, problems }).to.deep.equal({
            ...{ things, created: 0, updated: 0, problems: [] }
          })
          expect(same, things).to.be.greaterThan(0)
        }
      })
    }
  }

  it('are taken in the background when they are long, whole or not at all', async () => {
    const rows = Array.from({ length: 250 }, (_, i) => `+7499${String(i).padStart(7, '0')}`)
    const text = `Number\n${rows.join('\n')}\n`
    const answer = await take('numbers', text)
    expect(answer.body).to.include({ created: 250, jobId: '00000000-0000-4000-8000-000000000001' })
    const job = ordered.at(-1)
    const told: [number, number | null][] = []
    const run = (fail: boolean) =>
      settingsImport(rig.db).run({
        ...{ id: '1', params: job?.params as never, userId: admin.userId },
        progress: (done, total) => {
          told.push([done, total])
          return fail && done === 100 ? Promise.reject(new Error('cancelled')) : Promise.resolve()
        },
        file: () => Promise.reject(new Error('there is none'))
      })
    const count = async () => {
      const [row] = await rig.db('numbers').whereLike('e164', '+7499%').count<{ count: string }[]>('*')
      return Number(row?.count)
    }
    expect(await count()).to.equal(0)
    const failure = await run(true).catch((error: unknown) => String(error))
    expect(failure).to.contain('cancelled')
    expect(await count(), 'nothing of a job that was cancelled').to.equal(0)
    expect(await run(false)).to.deep.equal({ created: 250, updated: 0, same: 0 })
    expect(await count()).to.equal(250)
    expect(told.at(-1)).to.deep.equal([250, 250])
    expect(await run(false), 'a second run does no harm').to.equal(null)
  })

  it('are theirs who may change such things', async () => {
    const { marketer, supervisor } = rig.as
    expect((await take('sources', 'Name,Channel\nBus,offline\n', marketer)).status).to.equal(200)
    expect((await take('numbers', 'Number\n+74950009999\n', marketer)).body).to.include({ code: 'forbidden' })
    expect((await marketer.get('/api/imports/export?things=users')).status).to.equal(403)
    expect((await supervisor.get('/api/imports/export?things=users')).status).to.equal(403)
  })

  it('that are no tables are refused in words', async () => {
    for (const bytes of [Buffer.from('PK\u0003\u0004 nothing'), Buffer.from(''), Buffer.from('a,"b\n')]) {
      const answer = await sendFile('/api/imports/preview', 'numbers', bytes)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(422)
    }
    expect(() => xlsxTable(Buffer.from('PK\u0005\u0006'))).to.throw(XlsxFault)
  })
})
