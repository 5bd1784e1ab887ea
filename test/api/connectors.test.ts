import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { createSecrets } from '../../db/secrets.ts'
import { bitrix24 } from '../../integrations/bitrix24/index.ts'
import { createConnectors } from '../../integrations/connectors/connectors.ts'
import { startPortal, type Portal } from '../integrations/bitrix24/stub.ts'
import { idOf, itemsOf, startRig, type Answer, type Rig } from './support/rig.ts'

describe('Links to foreign systems, by the API', function () {
  this.timeout(120_000)
  let rig: Rig
  let portal: Portal
  let close: () => Promise<void>

  before(async () => {
    portal = await startPortal(() => Date.now())
    rig = await startRig({
      before: (deps, databaseUrl) => {
        const connectors = createConnectors({
          ...{ db: deps.db, databaseUrl, log: deps.log, allowPrivate: true },
          secrets: createSecrets(Buffer.alloc(32, 3)),
          kinds: [bitrix24(portal.oauthUrl)],
          ports: {
            audio: () => Promise.resolve(null),
            lines: () => Promise.resolve([{ e164: '+74951234567', name: 'Main' }]),
            call: () => Promise.resolve({ callId: randomUUID() }),
            orderCallback: () => Promise.resolve({ refused: null })
          }
        })
        close = () => connectors.stop()
        return { ...deps, connectors, publicUrl: 'https://pbx.example.com' }
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

  it('lists refused calls with why, and sends one or all again', async () => {
    const id = idOf(await make())
    const path = `/api/connectors/${id}`
    const job = (code: string) => ({
      ...{ connector_id: id, call_id: randomUUID(), state: 'failed', attempts: 3 },
      ...{ last_error: 'Wrong phone', last_error_code: code }
    })
    await rig.db('connector_jobs').insert([job('A'), job('B')])
    const failed = await rig.as.admin.get(`${path}/jobs?state=failed`)
    expect(itemsOf(failed)).to.have.length(2)
    expect(itemsOf(failed)[0]).to.include({ lastError: 'Wrong phone', nextAttemptAt: null })
    expect((await rig.as.admin.get(path)).body['calls']).to.deep.equal({ waiting: 0, failed: 2, done: 0 })
    const one = await rig.as.admin.send('POST', `${path}/resend`, { jobId: itemsOf(failed)[0]?.['id'] })
    expect(one.body).to.deep.equal({ sent: 1 })
    expect((await rig.as.admin.send('POST', `${path}/resend`, {})).body).to.deep.equal({ sent: 1 })
    expect((await rig.as.admin.send('POST', `${path}/resend`, { jobId: randomUUID() })).status).to.equal(404)
  })
})
