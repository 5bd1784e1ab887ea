import { expect } from 'chai'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSecrets } from '../../db/secrets.ts'
import { bitrix24 } from '../../integrations/bitrix24/index.ts'
import { createCostKeeper } from '../../integrations/costs/keeper.ts'
import { createConnectors } from '../../integrations/connectors/connectors.ts'
import { createRecordLinks } from '../../integrations/connectors/record-links.ts'
import { plainAudio } from '../../recordings/open.ts'
import { asker } from './support/asker.ts'
import { startPortal, type Portal } from '../integrations/bitrix24/stub.ts'
import { idOf, itemsOf, startRig, type Answer, type Rig } from './support/rig.ts'

describe('Links to foreign systems, by the API', function () {
  this.timeout(120_000)
  let rig: Rig
  let portal: Portal
  let close: () => Promise<void>
  const placed: string[] = []
  const clock = { aheadMs: 0, stoppedMs: null as number | null }
  const recordLinks = createRecordLinks(createSecrets(Buffer.alloc(32, 3)), 'https://pbx.example.com')

  before(async () => {
    portal = await startPortal(() => Date.now())
    rig = await startRig({
      before: (deps, databaseUrl) => {
        const connectors = createConnectors({
          ...{ db: deps.db, databaseUrl, log: deps.log, allowPrivate: true },
          now: () => clock.stoppedMs ?? Date.now() + clock.aheadMs,
          secrets: createSecrets(Buffer.alloc(32, 3)),
          kinds: [bitrix24(portal.oauthUrl), asker],
          ports: {
            audio: () => Promise.resolve(null),
            lines: () => Promise.resolve([{ e164: '+74951234567', name: 'Main' }]),
            call({ phone }) {
              placed.push(phone)
              return Promise.resolve({ callId: randomUUID() })
            },
            orderCallback({ phone }) {
              placed.push(phone)
              return Promise.resolve({ refused: null })
            }
          }
        })
        close = () => connectors.stop()
        return { ...deps, connectors, recordLinks, publicUrl: 'https://pbx.example.com' }
      }
    })
  })
  after(async () => {
    await close()
    await rig.close()
    await portal.close()
  })

  const make = (body: object = {}): Promise<Answer> =>
    rig.as.admin.send('POST', '/api/connectors', {
      ...{ kind: 'bitrix24', name: `Portal ${randomUUID()}`, settings: { portal: portal.url } },
      keys: { clientId: portal.clientId, clientSecret: portal.clientSecret },
      ...body
    })
  const form = (path: string, fields: Record<string, string>): Promise<Response> =>
    fetch(rig.url + path, { method: 'POST', body: new URLSearchParams(fields) })
  const pathOf = (answer: Answer): string => new URL(String(answer.body['hookUrl'])).pathname

  it('joins a portal by the form that the portal sends, and never shows its keys', async () => {
    const made = await make()
    expect(made.status).to.equal(201)
    expect(made.body).to.deep.include({ state: 'new', keys: ['clientId', 'clientSecret'] })
    expect(String(made.body['hookUrl'])).to.match(/^https:\/\/pbx\.example\.com\/api\/hooks\/bitrix24\//)
    const path = `/api/connectors/${idOf(made)}`
    const early = await rig.as.admin.send('POST', `${path}/test`, {})
    expect(early.body).to.include({ isOk: false, code: 'notInstalled' })

    expect((await form('/api/hooks/bitrix24/guessed', portal.installEvent())).status).to.equal(404)
    const forged = { ...portal.installEvent(), 'auth[refresh_token]': 'invented' }
    expect((await form(pathOf(made), forged)).status).to.equal(401)
    expect((await form(pathOf(made), portal.installEvent())).status).to.equal(204)
    const after = await rig.as.admin.get(path)
    expect(after.body).to.include({ state: 'ready', trouble: null })
    const tested = await rig.as.admin.send('POST', `${path}/test`, {})
    expect(tested.body).to.deep.equal({ isOk: true, code: null, message: null })
    expect(portal.handlers.get('ONEXTERNALCALLSTART')).to.equal(made.body['hookUrl'])
    const shown = JSON.stringify([after.body, (await rig.as.admin.get(`${path}/exchanges`)).body])
    for (const secret of [portal.clientSecret, portal.applicationToken]) expect(shown).to.not.include(secret)
  })

  it('says which field is wrong', async () => {
    const answer = await make({ settings: { portal: 'no portal' } })
    expect(answer.status).to.equal(422)
    expect((answer.body['errors'] as { path: string }[])[0]?.path).to.equal('settings.portal')
    const plain = await make({ settings: { portal: 'http://company.bitrix24.ru' } })
    expect(plain.status, 'tokens never go in the clear through the internet').to.equal(422)
    expect((await make({ keys: { password: 'x' } })).status).to.equal(422)
  })

  it('matches people by short number, then by name', async () => {
    const made = await make()
    await form(pathOf(made), portal.installEvent())
    await rig.db('users').where({ login: 'operator' }).update({ extension: '101' })
    portal.people = [
      { ID: '11', NAME: 'Somebody', LAST_NAME: 'Else', EMAIL: 'x@example.com', UF_PHONE_INNER: '101' },
      { ID: '12', NAME: 'Supervisor', LAST_NAME: 'The', EMAIL: 'y@example.com', UF_PHONE_INNER: null },
      { ID: '13', NAME: 'Nobody', LAST_NAME: '', EMAIL: 'z@example.com', UF_PHONE_INNER: null }
    ]
    const people = await rig.as.admin.get(`/api/connectors/${idOf(made)}/people`)
    expect(itemsOf(people).map(({ userId }) => userId)).to.deep.equal([
      rig.as.operator.userId,
      rig.as.supervisor.userId,
      null
    ])
  })

  it('keeps the portal of a link that was joined', async () => {
    const made = await make()
    await form(pathOf(made), portal.installEvent())
    const path = `/api/connectors/${idOf(made)}`
    const settings = { ...(made.body['settings'] as object), portal: 'other.bitrix24.ru' }
    expect((await rig.as.admin.send('PATCH', path, { settings })).status).to.equal(422)
    const changed = await rig.as.admin.send('PATCH', path, { isActive: false, name: 'Other name' })
    expect(changed.body).to.include({ isActive: false, name: 'Other name' })
    expect((await rig.as.admin.send('DELETE', path)).status).to.equal(204)
    expect((await rig.as.admin.get(path)).status).to.equal(404)
  })

  it('tries other keys of a link that works, keeps them where they work, and says so in the audit', async () => {
    const made = await make()
    await form(pathOf(made), portal.installEvent())
    const path = `/api/connectors/${idOf(made)}`
    const wrong = await rig.as.admin.send('POST', `${path}/rejoin`, { keys: { clientSecret: 'mistyped' } })
    expect(wrong.body).to.include({ isOk: false })
    expect((await rig.as.admin.get(path)).body).to.include({ state: 'ready', trouble: null })
    const right = await rig.as.admin.send('POST', `${path}/rejoin`, {
      keys: { clientSecret: portal.clientSecret },
      settings: made.body['settings']
    })
    expect(right.body).to.deep.equal({ isOk: true, code: null, message: null })
    expect((await rig.as.admin.send('POST', `${path}/rejoin`, { keys: { strange: 'x' } })).status).to.equal(
      422
    )
    expect((await rig.as.supervisor.send('POST', `${path}/rejoin`, {})).status).to.equal(403)
    const noted = await rig
      .db('audit')
      .where({ action: 'connector.rejoin' })
      .orderBy('at')
      .select<{ data: object }[]>('data')
    expect(noted[0]?.data).to.deep.include({ keys: ['clientSecret'], isOk: false, code: 'invalid_client' })
    expect(noted[1]?.data).to.deep.include({ keys: ['clientSecret'], isOk: true, code: null })
    expect(JSON.stringify(noted)).to.not.include(portal.clientSecret)
  })

  it('lists refused calls with why, and sends one or all again', async () => {
    const id = idOf(await make())
    const path = `/api/connectors/${id}`
    const job = (code: string) => ({
      ...{ connector_id: id, subject: 'call', subject_id: randomUUID(), state: 'failed', attempts: 3 },
      ...{ last_error: 'Wrong phone', last_error_code: code }
    })
    await rig.db('connector_jobs').insert([job('A'), job('B')])
    const failed = await rig.as.admin.get(`${path}/jobs?state=failed`)
    expect(itemsOf(failed)).to.have.length(2)
    expect(itemsOf(failed)[0]).to.include({ lastError: 'Wrong phone', nextAttemptAt: null })
    expect((await rig.as.admin.get(path)).body['counts']).to.deep.equal({ waiting: 0, failed: 2, done: 0 })
    const one = await rig.as.admin.send('POST', `${path}/resend`, { jobId: itemsOf(failed)[0]?.['id'] })
    expect(one.body).to.deep.equal({ sent: 1 })
    expect((await rig.as.admin.send('POST', `${path}/resend`, {})).body).to.deep.equal({ sent: 1 })
    expect((await rig.as.admin.send('POST', `${path}/resend`, { jobId: randomUUID() })).status).to.equal(404)
  })

  it('opens a record by its link without a login, until it ends, and says so in the audit', async () => {
    const recordingId = randomUUID()
    const dir = await mkdtemp(path.join(tmpdir(), 'record-'))
    const file = path.join(dir, `${recordingId}.mp3`)
    await writeFile(file, 'sound')
    rig.files.set(recordingId, await plainAudio(file))
    const open = (untilMs: number, headers: Record<string, string> = {}): Promise<Response> => {
      const link = recordLinks.make(recordingId, untilMs) ?? ''
      return fetch(rig.url + new URL(link).pathname, { headers })
    }
    const whole = await open(Date.now() + 60_000)
    expect([whole.status, whole.headers.get('content-type')]).to.deep.equal([200, 'audio/mpeg'])
    expect(await whole.text()).to.equal('sound')
    expect((await open(Date.now() + 60_000, { range: 'bytes=0-1' })).status).to.equal(206)
    const rows = await rig.db('audit').where({ action: 'recording.play' })
    expect(rows, 'ranges of one listener are one play').to.have.length(1)
    expect(rows[0]).to.deep.include({ user_id: null, data: { recordingId, isByLink: true } })
    expect((await open(Date.now() - 1)).status).to.equal(404)
    expect((await fetch(`${rig.url}/api/shared-recordings/${recordingId}`)).status).to.equal(404)
    rig.files.delete(recordingId)
    await rm(dir, { recursive: true })
    expect((await open(Date.now() + 60_000)).status).to.equal(404)
  })

  describe('of a kind that is asked', () => {
    let path: string
    let base: string
    before(async () => {
      const made = await make({ kind: 'ringostat', settings: {}, keys: { password: 'of theirs' } })
      expect(made.status).to.equal(201)
      path = `/api/connectors/${idOf(made)}`
      base = rig.url + pathOf(made)
    })
    beforeEach(() => {
      // What the tests before have asked is forgotten.
      clock.aheadMs += 60_000
    })
    const ask = (tail: string, body?: unknown): Promise<Response> =>
      fetch(base + tail, {
        ...(body !== undefined && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body)
        })
      })

    it('hands over method, path, query and body without NUL and halves of letters, and its keys', async () => {
      const got = await ask('/a%00b/c?q=1%002', '{"text": "x\\u0000y \\ud800", "list": ["\\u0000"]}')
      expect(await got.json()).to.deep.equal({
        ...{ method: 'POST', path: '/ab/c', query: { q: '12' }, password: 'of theirs' },
        body: { text: 'xy \ufffd', list: [''] }
      })
      const log = await rig.as.admin.get(`${path}/exchanges`)
      expect(itemsOf(log)[0]).to.include({ direction: 'in', method: '/ab/c', status: 200 })
      expect(JSON.stringify(log.body)).to.not.include('of theirs')
    })

    it('answers whatever comes with a 4xx, and its own failures with a 500 that says nothing', async () => {
      for (const body of [
        '{"a":',
        '['.repeat(40_000) + ']'.repeat(40_000),
        '"text"',
        '7',
        'null',
        '"\\ud800"'
      ])
        expect((await ask('/echo', body)).status, body.slice(0, 20)).to.be.lessThan(500)
      expect((await ask('/echo', { text: 'x'.repeat(20 * 1024 * 1024) })).status).to.equal(413)
      for (const strange of ['/api/hooks/%00/x', '/api/hooks/ringostat/%00', '/api/hooks/ringostat/x/%00'])
        expect((await fetch(rig.url + strange)).status, strange).to.equal(404)
      expect((await ask('/%')).status).to.equal(400)
      const refused = await ask('/refuses')
      expect([refused.status, await refused.json()]).to.deep.equal([400, { error: 'noSuchThing' }])
      for (const tail of ['/breaks', '/long']) {
        const broken = await ask(tail)
        expect([broken.status, await broken.json()]).to.deep.equal([500, { error: 'internal' }])
      }
    })

    it('does a thing once for a key, however many ask at once and however long the key is', async () => {
      const times = [1, 2, 3, 4, 5]
      for (const key of ['one', randomBytes(9000).toString('base64')]) {
        const answers = await Promise.all(
          times.map(async () => (await ask('/once', { key })).json() as Promise<{ made: string }>)
        )
        expect(new Set(answers.map(({ made }) => made)).size).to.equal(1)
        const calls = await Promise.all(times.map(() => ask('/call', { key: `call ${key}`, phone: '+71' })))
        expect(calls.map(({ status }) => status)).to.deep.equal(times.map(() => 200))
        await Promise.all(times.map(() => ask('/callback', { key: `back ${key}`, phone: '+72' })))
        expect(placed.splice(0).sort()).to.deep.equal(['+71', '+72'])
      }
      const before = await (await ask('/call', { key: 'call one', phone: '+71' })).json()
      expect(before, 'a repeat gets the first answer').to.have.property('callId')
      expect(placed).to.deep.equal([])
    })

    it('gives lists and files of its kind to an admin, and none of other names', async () => {
      const list = await rig.as.admin.get(`${path}/lists/goals`)
      expect(itemsOf(list)).to.deep.equal([{ id: '1', name: 'Order' }])
      const refused = await rig.as.admin.get(`${path}/lists/broken`)
      expect([refused.status, refused.body['detail']]).to.deep.equal([502, 'They are away'])
      const file = await fetch(`${rig.url}${path}/files/made.txt`, {
        headers: { cookie: rig.as.admin.cookie }
      })
      expect(file.headers.get('content-disposition')).to.equal('attachment; filename="made.txt"')
      expect(await file.text()).to.equal(`of theirs ${base.replace(rig.url, 'https://pbx.example.com')}`)
      for (const name of [
        'lists/toString',
        'lists/other',
        'files/toString',
        'files/other',
        'files/__proto__'
      ])
        expect((await rig.as.admin.get(`${path}/${name}`)).status, name).to.equal(404)
      expect((await rig.as.supervisor.get(`${path}/files/made.txt`)).status).to.equal(403)
      const rows = await rig.db('audit').where({ action: 'connector.file' })
      expect(rows).to.have.length(1)
    })

    it('is asked for costs when a marketer wants them now, and tells how that went', async () => {
      const { marketer } = rig.as
      expect((await rig.as.admin.send('POST', `${path}/test`)).body).to.include({ isOk: true })
      const shown = async () => itemsOf(await marketer.get('/api/cost-connectors'))[0]
      expect(await shown()).to.include({ lastRunAt: null, lastError: null })
      for (const _ of [1, 2])
        expect((await marketer.send('POST', '/api/cost-connectors/load')).status).to.equal(204)
      const jobs = await rig.db('graphile_worker.jobs').where({ task_identifier: 'costs.fetch' })
      expect(jobs, 'asked twice, asked once').to.have.length(1)
      expect(await rig.db('audit').where({ action: 'cost_import.load' })).to.have.length(2)
      const { db, log } = rig.deps
      await createCostKeeper({
        db,
        log,
        connectors: () => rig.deps.connectors?.costs() ?? Promise.resolve([])
      }).run('2026-11-22')
      const after = await shown()
      expect(after).to.include({ lastError: 'They are away', lastSuccessAt: null })
      expect(after?.['lastRunAt']).to.be.a('string')
    })

    it('says no to too many at once, and to everybody while it is switched off', async () => {
      clock.stoppedMs = Date.now() + clock.aheadMs
      const many = await Promise.all(Array.from({ length: 42 }, () => ask('/echo')))
      const late = many.filter(({ status }) => status === 429)
      expect(late).to.have.length(2)
      expect(late[0]?.headers.get('retry-after')).to.equal('5')
      await rig.as.admin.send('PATCH', path, { isActive: false })
      const off = await ask('/echo')
      expect([off.status, await off.json()]).to.deep.equal([503, { error: 'switched_off' }])
    })
  })
})
