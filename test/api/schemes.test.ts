import { expect } from 'chai'
import { itemsOf, idOf, startRig, type Answer, type Rig } from './support/rig.ts'

const bye = { type: 'hangup', settings: {}, exits: {} }
const drawn = { locale: 'ru', start: 'bye', blocks: { bye } }
const withHello = (sound = 'ringtrace/welcome') => ({
  locale: 'ru',
  start: 'hello',
  blocks: { hello: { type: 'greeting', settings: { sounds: [{ sound }] }, exits: { next: 'bye' } }, bye }
})
const noonMs = Date.UTC(2026, 0, 14, 9)

describe('Schemes as drafts, versions and checks', function () {
  this.timeout(60_000)
  let rig: Rig
  let schemeId: string
  let path: string

  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())
  let count = 0
  beforeEach(async () => {
    count += 1
    const made = await rig.as.admin.send('POST', '/api/schemes', { name: `Scheme ${count}`, draft: drawn })
    schemeId = idOf(made)
    path = `/api/schemes/${schemeId}`
  })

  const save = (draft: unknown, revision?: number): Promise<Answer> =>
    rig.as.admin.send('PATCH', path, { draft, ...(revision !== undefined && { revision }) })
  const publish = (revision?: number): Promise<Answer> =>
    rig.as.admin.send('POST', `${path}/publish`, revision === undefined ? {} : { revision })
  const codes = (answer: Answer): unknown => answer.body['code']

  it('counts each saving of the draft and tells who saved it', async () => {
    expect((await rig.as.admin.get(path)).body).to.include({ revision: 1 })
    const saved = await save(withHello(), 1)
    expect(saved.body).to.include({ revision: 2, publishedVersion: null })
    expect(saved.body['savedBy']).to.deep.equal({ id: rig.as.admin.userId, name: 'The admin' })
    const renamed = await rig.as.admin.send('PATCH', path, { name: `Renamed ${count}` })
    expect(renamed.body).to.include({ revision: 2 })
  })

  it('shows the second saver what stands there, and overwrites nothing', async () => {
    await save(withHello(), 1)
    const late = await save(drawn, 1)
    expect(late.status).to.equal(409)
    expect(codes(late)).to.equal('draft_changed')
    expect(late.body['current']).to.deep.include({ revision: 2, draft: withHello() })
    expect((late.body['current'] as { savedBy: unknown }).savedBy).to.include({ name: 'The admin' })
    expect((await rig.as.admin.get(path)).body['draft']).to.deep.equal(withHello())
  })

  it('lets one of two savers at the same moment through', async () => {
    const answers = await Promise.all([save(withHello(), 1), save(drawn, 1)])
    expect(answers.map(({ status }) => status).toSorted()).to.deep.equal([200, 409])
  })

  it('publishes only the draft that was seen', async () => {
    await save(withHello(), 1)
    expect(codes(await publish(1))).to.equal('draft_changed')
    expect((await publish(2)).body).to.include({ publishedVersion: 1 })
  })

  it('goes back to an older version as a new one, and leaves the draft alone', async () => {
    await publish()
    await save(withHello(), 1)
    await publish()
    const back = await rig.as.admin.send('POST', `${path}/rollback`, { version: 1 })
    expect(back.body).to.include({ publishedVersion: 3 })
    expect(back.body['draft']).to.deep.equal(withHello())
    const versions = itemsOf(await rig.as.admin.get(`${path}/versions`))
    expect(versions.map((each) => each['body'])).to.deep.equal([drawn, withHello(), drawn])
    expect(codes(await rig.as.admin.send('POST', `${path}/rollback`, { version: 9 }))).to.equal('not_found')
    const entries = itemsOf(await rig.as.admin.get(`/api/audit?entity=scheme&entityId=${schemeId}`))
    expect(entries[0]).to.deep.include({ action: 'scheme.rollback', data: { of: 1, version: 3 } })
  })

  it('does not go back to a version that cannot run any more', async () => {
    const group = await rig.as.admin.send('POST', '/api/groups', { name: `Gone ${count}` })
    const ring = { type: 'ring', settings: { groupId: idOf(group) }, exits: { noAnswer: 'bye' } }
    await save({ locale: 'ru', start: 'ring', blocks: { ring, bye } })
    await publish()
    await rig
      .db('groups')
      .where({ id: idOf(group) })
      .delete()
    const back = await rig.as.admin.send('POST', `${path}/rollback`, { version: 1 })
    expect(codes(back)).to.equal('scheme_invalid')
  })

  it('says what changed between versions and the draft', async () => {
    await publish()
    await save(withHello())
    const { body } = await rig.as.admin.get(`${path}/diff?from=1`)
    expect(
      (body['changes'] as { kind: string; message: string }[]).map(({ message }) => message)
    ).to.deep.equal(['The scheme starts at “hello” instead of “bye”', '“hello” (greeting) was added'])
    expect(codes(await rig.as.admin.get(`${path}/diff?from=7`))).to.equal('not_found')
    expect(codes(await rig.as.admin.get(`${path}/diff?from=yesterday`))).to.equal('invalid')
  })

  it('refuses to publish while a saved case fails, and says which and why', async () => {
    const check = await rig.as.admin.send('POST', '/api/scheme-checks', {
      schemeId,
      name: 'Hears the greeting',
      scenario: { atMs: noonMs },
      expected: { outcome: 'hungUp', through: ['hello', 'bye'] }
    })
    expect(check.status).to.equal(201)
    const refused = await publish()
    expect(refused.status).to.equal(422)
    expect(refused.body).to.deep.include({
      code: 'scheme_checks_failed',
      errors: [
        {
          path: `checks.${idOf(check)}`,
          message: 'Hears the greeting: the call should come to “hello”',
          code: 'invalid'
        }
      ]
    })
    await save(withHello())
    expect((await publish()).body).to.include({ publishedVersion: 1 })
    // Going back is for when something is wrong: it does not ask the cases of the newer draft.
    await rig.as.admin.send('PATCH', `/api/scheme-checks/${idOf(check)}`, {
      expected: { outcome: 'talked', through: [] }
    })
    expect(codes(await publish())).to.equal('scheme_checks_failed')
    expect((await rig.as.admin.send('POST', `${path}/rollback`, { version: 1 })).status).to.equal(200)
    expect((await rig.as.admin.send('DELETE', `/api/scheme-checks/${idOf(check)}`)).status).to.equal(204)
    expect((await publish()).status).to.equal(200)
  })

  it('plays cases on through the schemes that are published', async () => {
    const message = { type: 'voicemail', settings: {}, exits: { next: null } }
    const draft = { locale: 'ru', start: 'message', blocks: { message } }
    const other = await rig.as.admin.send('POST', '/api/schemes', { name: `Other ${count}`, draft })
    await save({
      locale: 'ru',
      start: 'on',
      blocks: { on: { type: 'goto', settings: { schemeId: idOf(other) }, exits: { missing: 'bye' } }, bye }
    })
    await rig.as.admin.send('POST', '/api/scheme-checks', {
      schemeId,
      name: 'Goes on',
      scenario: { atMs: noonMs },
      expected: { outcome: 'message' }
    })
    expect(codes(await publish())).to.equal('scheme_checks_failed')
    await rig.as.admin.send('POST', `/api/schemes/${idOf(other)}/publish`, {})
    expect((await publish()).status).to.equal(200)
  })

  it('takes no case that could not be played', async () => {
    const wrong = async (scenario: unknown, expected: unknown = { outcome: 'talked' }): Promise<unknown> =>
      codes(
        await rig.as.admin.send('POST', '/api/scheme-checks', { schemeId, name: 'x', scenario, expected })
      )
    expect(await wrong({})).to.equal('invalid')
    expect(await wrong({ atMs: noonMs, presses: 'abc' })).to.equal('invalid')
    expect(await wrong({ atMs: noonMs, facts: { shoeSize: 42 } })).to.equal('invalid')
    expect(await wrong({ atMs: noonMs }, { outcome: 'rich' })).to.equal('invalid')
  })

  it('goes out as a file and comes in as a new scheme, its cases with it', async () => {
    await save(withHello())
    await rig.as.admin.send('POST', '/api/scheme-checks', {
      schemeId,
      name: 'Ends',
      scenario: { atMs: noonMs, presses: '1-2' },
      expected: { outcome: 'hungUp', through: ['bye'] }
    })
    const file = (await rig.as.admin.get(`${path}/export`)).body
    expect(file).to.include({ format: 'ringtrace-scheme', formatVersion: 1, name: `Scheme ${count}` })
    expect(codes(await rig.as.admin.send('POST', '/api/schemes/import', file))).to.equal('already_exists')
    const copy = await rig.as.admin.send('POST', '/api/schemes/import', { ...file, name: `Copy ${count}` })
    expect(copy.status).to.equal(201)
    expect(copy.body['draft']).to.deep.equal(withHello())
    const checks = itemsOf(await rig.as.admin.get(`/api/scheme-checks?schemeId=${idOf(copy)}`))
    expect(checks).to.have.length(1)
    expect(checks[0]).to.deep.include({ name: 'Ends', expected: { outcome: 'hungUp', through: ['bye'] } })
    expect(codes(await rig.as.admin.send('POST', '/api/schemes/import', { format: 'other' }))).to.equal(
      'invalid'
    )
  })

  it('lets only admins change schemes and their cases', async () => {
    const { supervisor, operator } = rig.as
    expect((await supervisor.get(`/api/scheme-checks?schemeId=${schemeId}`)).status).to.equal(200)
    expect((await operator.get('/api/scheme-checks')).status).to.equal(403)
    for (const route of [`${path}/rollback`, '/api/schemes/import', '/api/scheme-checks']) {
      expect((await supervisor.send('POST', route, { version: 1 })).status, route).to.equal(403)
    }
  })
})
