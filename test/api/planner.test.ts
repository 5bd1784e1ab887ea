import { expect } from 'chai'
import { pino } from 'pino'
import { createReminders } from '../../crm/tasks/reminders.ts'
import { docx } from '../support/docx.ts'
import { pdfForm } from '../support/pdf-form.ts'
import { idOf, itemsOf, startRig, type Answer, type Json, type Person, type Rig } from './support/rig.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

describe('Tasks, projects and documents', function () {
  this.timeout(60_000)
  let rig: Rig
  let operator: Person
  let supervisor: Person
  let admin: Person

  before(async () => {
    rig = await startRig()
    ;({ operator, supervisor, admin } = rig.as)
  })
  after(() => rig.close())

  const made = async (who: Person, path: string, body: Json): Promise<Json> => {
    const answer = await who.send('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return answer.body
  }
  const task = (who: Person, body: Json): Promise<Json> => made(who, '/api/tasks', { kind: 'call', ...body })
  const patch = (who: Person, of: Json, body: Json): Promise<Answer> =>
    who.send('PATCH', `/api/tasks/${String(of['id'])}`, body)
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString()

  async function deal(responsible: Person | null): Promise<Json> {
    const contact = await made(admin, '/api/contacts', {
      name: 'Анна & Co <b>',
      phones: [`+7495${String(Date.now()).slice(-7)}`]
    })
    const pipelines = itemsOf(await admin.get('/api/pipelines'))
    const stages = pipelines[0]?.['stages'] as Json[]
    return made(admin, '/api/deals', {
      ...{ title: 'Балкон', amount: 125_400.5, contactId: contact['id'] },
      ...{ stageId: stages[0]?.['id'], responsibleId: responsible?.userId ?? null }
    })
  }

  it('carries links, and hides a deal that is somebody else’s', async () => {
    const theirs = await deal(supervisor)
    const one = await task(supervisor, {
      title: 'Позвонить',
      dealId: theirs['id'],
      assigneeId: operator.userId
    })
    expect(one['deal']).to.include({ name: 'Балкон' })
    expect(one['contact'], 'the client of the deal').to.include({ name: 'Анна & Co <b>' })
    expect(String(one['contactPhone'])).to.match(/^\+7495/)
    const seen = await operator.get(`/api/tasks/${String(one['id'])}`)
    expect(seen.body['deal']).to.equal(null)
    const refused = await operator.send('POST', '/api/tasks', { title: 'x', dealId: theirs['id'] })
    expect(refused.body['code']).to.equal('unknown_reference')
    const ofDeal = itemsOf(await supervisor.get(`/api/tasks?dealId=${String(theirs['id'])}`))
    expect(ofDeal.map((each) => each['id'])).to.deep.equal([one['id']])
  })

  it('makes the next of a repeated task, and takes it back with the undo', async () => {
    const refused = await operator.send('POST', '/api/tasks', { title: 'x', repeat: 'daily' })
    expect(refused.status).to.equal(422)
    const one = await task(operator, {
      ...{ title: 'Отчёт', repeat: 'weekly', remindMinutes: 15 },
      ...{ dueAt: at(hourMs), assigneeId: operator.userId }
    })
    const open = async (): Promise<Json[]> =>
      itemsOf(await operator.get('/api/tasks?open=true&search=' + encodeURIComponent('Отчёт')))
    await patch(operator, one, { state: 'done', result: 'сдан' })
    const [next, ...more] = await open()
    expect(more).to.deep.equal([])
    expect(Date.parse(String(next?.['dueAt'])) - Date.parse(String(one['dueAt']))).to.equal(7 * 24 * hourMs)
    expect(next).to.include({ repeat: 'weekly', remindMinutes: 15, state: 'open' })
    await patch(operator, one, { state: 'open' })
    expect((await open()).map((each) => each['id'])).to.deep.equal([one['id']])
    const [again] = await open()
    expect(again?.['result']).to.equal(null)
  })

  it('runs one timer a person, and sums up what was spent', async () => {
    const first = await task(operator, { title: 'Первая', assigneeId: operator.userId })
    const second = await task(operator, { title: 'Вторая', assigneeId: operator.userId })
    const timer = (of: Json, isRunning: boolean) =>
      operator.send('PUT', `/api/tasks/${String(of['id'])}/timer`, { isRunning })
    await Promise.all([timer(first, true), timer(first, true)])
    await rig.db('task_times').update({ started_at: new Date(Date.now() - 10 * minuteMs) })
    const moved = await timer(second, true)
    expect(moved.body).to.include({ isStarted: true })
    expect(moved.body['timerSince']).to.be.a('string')
    const running = await operator.get('/api/me/timer')
    expect(running.body['timer']).to.include({ title: 'Вторая' })
    const spent = await operator.get(`/api/tasks/${String(first['id'])}`)
    expect(spent.body['spentSeconds']).to.be.within(600, 660)
    const typed = await made(operator, `/api/tasks/${String(second['id'])}/times`, { minutes: 25 })
    await patch(operator, second, { state: 'done' })
    expect((await operator.get('/api/me/timer')).body['timer'], 'done stops it').to.equal(null)
    const times = await operator.get(`/api/tasks/${String(second['id'])}/times`)
    expect(times.body['spentSeconds']).to.be.within(1500, 1530)
    const gone = await supervisor.send('DELETE', `/api/task-times/${String(typed['id'])}`)
    expect(gone.status).to.equal(204)
    expect((await timer(second, true)).body['code']).to.equal('task_closed')
  })

  it('shows operators their projects alone, with what is done and spent', async () => {
    const theirs = await made(supervisor, '/api/projects', {
      name: 'Выставка',
      memberIds: [operator.userId],
      dueOn: '2026-12-01'
    })
    const other = await made(supervisor, '/api/projects', { name: 'Чужой' })
    const one = await task(supervisor, {
      title: 'Стенд',
      projectId: theirs['id'],
      assigneeId: supervisor.userId
    })
    await task(supervisor, { title: 'Буклеты', projectId: theirs['id'] })
    await patch(supervisor, one, { state: 'done' })
    await made(operator, `/api/tasks/${String(one['id'])}/times`, { minutes: 30 })
    const [seen, ...more] = itemsOf(await operator.get('/api/projects'))
    expect(more).to.deep.equal([])
    expect(seen).to.deep.include({
      name: 'Выставка',
      dueOn: '2026-12-01',
      spentSeconds: 1800,
      tasks: { all: 2, done: 1, overdue: 0 }
    })
    expect((await operator.get(`/api/projects/${String(other['id'])}`)).status).to.equal(404)
    expect(
      (await operator.get(`/api/tasks/${String(one['id'])}`)).status,
      'a task of their project'
    ).to.equal(200)
    const refused = await operator.send('POST', '/api/tasks', { title: 'x', projectId: other['id'] })
    expect(refused.body['code']).to.equal('unknown_reference')
  })

  it('reminds each once, by mail after the quiet hours, and again when it is put off', async () => {
    const letters: { to: readonly string[]; subject: string; text: string; html: string }[] = []
    // 21:00 in Moscow, of a day to come.
    const evening = Date.parse('2031-05-12T18:00:00Z')
    let nowMs = evening
    const reminders = createReminders({
      ...{ db: rig.db, databaseUrl: '', publicUrl: 'https://crm.example', now: () => nowMs },
      log: pino({ level: 'silent' }),
      mail: {
        send: (letter) => {
          letters.push(letter)
          return Promise.resolve({ ok: true, refused: [] })
        }
      }
    })
    const job = { id: '1', attempt: 1, isLastAttempt: false }
    const remind = () =>
      reminders.tasks['tasks.remind']?.({}, job) ?? Promise.reject(new Error('no such task'))
    await operator.send('POST', '/api/me/notices/read', {})
    const wish = await operator.send('PUT', '/api/me/reminders', {
      mail: 'op@example.com',
      quiet: { from: 20 * 60, to: 8 * 60 }
    })
    expect(wish.status).to.equal(200)
    const one = await task(supervisor, {
      ...{ title: 'Встреча <script>', kind: 'meeting', remindMinutes: 30, assigneeId: operator.userId },
      dueAt: new Date(evening + 20 * minuteMs).toISOString()
    })
    await task(supervisor, {
      ...{ title: 'Ещё не скоро', remindMinutes: 10, assigneeId: operator.userId },
      dueAt: new Date(evening + 20 * minuteMs).toISOString()
    })
    // Two look at once, as two processes would.
    await Promise.all([remind(), remind()])
    await remind()
    const due = async (): Promise<Json[]> =>
      itemsOf(await operator.get('/api/me/notices')).filter(
        (each) => each['kind'] === 'task_due' && each['title'] !== 'Отчёт'
      )
    expect((await due()).map((each) => each['title'])).to.deep.equal(['Встреча <script>'])
    expect((await due())[0]).to.include({ isQuiet: true, readAt: null })
    const { rows } = await rig.db.raw<{ rows: { run_at: Date; payload: { id: string } }[] }>(
      `select j.run_at, j.payload from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'tasks.mail'`
    )
    // At eight in the morning, eleven hours later.
    const reminded = itemsOf(await operator.get('/api/me/notices')).find(
      (each) => each['title'] === 'Встреча <script>'
    )
    const waits = rows.find(({ payload }) => payload.id === reminded?.['id'])
    expect(Number(waits?.run_at) - Date.now()).to.be.within(10.9 * hourMs, 11 * hourMs + 1000)
    for (const { payload } of rows) await reminders.tasks['tasks.mail']?.(payload, job)
    const letter = letters.find(({ subject }) => subject.includes('Встреча') && subject.startsWith('Скоро'))
    expect(letter?.to).to.deep.equal(['op@example.com'])
    expect(letter?.html).to.not.include('<script>')
    expect(letter?.text).to.include(`https://crm.example/tasks?task=${String(one['id'])}`)
    nowMs += hourMs
    await patch(operator, one, { dueAt: new Date(nowMs + 15 * minuteMs).toISOString() })
    await remind()
    expect((await due()).filter((each) => each['title'] === 'Встреча <script>')).to.have.length(2)
    await operator.send('POST', '/api/me/notices/read', {})
    expect((await operator.get('/api/me/notices')).body['unread']).to.equal(0)
  })

  it('makes documents of a template, and names every wrong placeholder with its place', async () => {
    const upload = async (bytes: Buffer, name = 'Договор.docx'): Promise<Answer> => {
      const form = new FormData()
      form.set('file', new Blob([new Uint8Array(bytes)]), name)
      const answer = await fetch(`${rig.url}/api/document-templates`, {
        ...{ method: 'POST', body: form },
        headers: { cookie: admin.cookie, 'X-CSRF-Token': admin.csrfToken }
      })
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json }
    }
    const wrong = await upload(docx(['Договор', 'Клиент: {{client.nmae}}', 'Сумма {{deal.amount']))
    expect(wrong.body).to.include({ code: 'template_refused', detail: 'placeholders' })
    expect(JSON.stringify(wrong.body['errors'])).to.include('body/3/')
    const unknown = await upload(docx(['Договор', 'Клиент: {{client.nmae}}']))
    expect((unknown.body['errors'] as Json[])[0]).to.include({
      path: 'body/2/{{client.nmae}}',
      code: 'unknown_placeholder'
    })
    const good = await upload(docx(['{{deal.title}} на {{deal.amountWords}}', 'Клиент: {{client.name}}']))
    expect(good.status, JSON.stringify(good.body)).to.equal(201)
    const own = await deal(operator)
    const path = `/api/deals/${String(own['id'])}/documents`
    const document = await made(operator, path, { templateId: good.body['id'] })
    expect(document).to.include({ fileName: 'Договор - Балкон.docx' })
    const file = await fetch(`${rig.url}/api/documents/${String(document['id'])}/file`, {
      headers: { cookie: operator.cookie }
    })
    const text = docx.textOf(Buffer.from(await file.arrayBuffer()))
    expect(text).to.include('Балкон на сто двадцать пять тысяч четыреста рублей 50 копеек')
    expect(text).to.include('Клиент: Анна &amp; Co &lt;b&gt;')
    const remove = await operator.send('DELETE', `/api/documents/${String(document['id'])}`)
    expect(remove.status).to.equal(204)
    expect(itemsOf(await operator.get(path))).to.deep.equal([])
    await operator.send('POST', `/api/documents/${String(document['id'])}/restore`, {})
    expect(itemsOf(await operator.get(path))).to.have.length(1)
    const form = await upload(await pdfForm(['client.name', 'deal.amountWords']), 'Счёт')
    expect(form.body, JSON.stringify(form.body)).to.include({ fileName: 'Счёт.pdf', name: 'Счёт' })
    const bill = await made(operator, path, { templateId: form.body['id'] })
    expect(bill).to.include({ fileName: 'Счёт - Балкон.pdf' })
    const sent = await fetch(`${rig.url}/api/documents/${String(bill['id'])}/file`, {
      headers: { cookie: operator.cookie }
    })
    expect(sent.headers.get('content-type')).to.equal('application/pdf')
    const read = await pdfForm.read(Buffer.from(await sent.arrayBuffer()))
    expect(read.text).to.include('Анна & Co <b>').and.include('сто двадцать пять тысяч')
    const theirs = await deal(supervisor)
    const refused = await operator.send('POST', `/api/deals/${String(theirs['id'])}/documents`, {
      templateId: good.body['id']
    })
    expect(refused.status).to.equal(404)
    expect(idOf(good)).to.be.a('string')
  })
})
