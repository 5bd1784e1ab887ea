import { expect } from 'chai'
import { access, type RouteKey } from '../../api/access.ts'
import { scopes, type Scope } from '../../api/contract/settings-words.ts'
import { isScoped, scopeOf } from '../../api/scopes.ts'
import { idOf, itemsOf, startRig, type Answer, type Rig } from './support/rig.ts'

const nobody = '00000000-0000-4000-8000-000000000000'
const routes = (Object.keys(access) as RouteKey[]).filter((route) => access[route] !== 'public')

describe('Scopes of API tokens', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  async function newToken(body: object = {}): Promise<{ id: string; token: string }> {
    const answer = await rig.as.admin.send('POST', '/api/tokens', { name: 'Machine', ...body })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return { id: idOf(answer), token: String(answer.body['token']) }
  }
  function call(token: string, route: string): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ')
    // What no body takes: where a token is let in, nothing happens.
    const body = method === 'GET' ? undefined : { presence: 'nonsense' }
    const headers = { Authorization: `Bearer ${token}` }
    return rig.request(method, path.replace(':id', nobody), { body, headers })
  }

  it('have been thought of for every route', () => {
    expect(routes.filter((route) => !isScoped(route))).to.deep.equal([])
  })

  it('ask what their names say', () => {
    const asked: Record<string, string> = {
      'GET /api/calls': 'journal:read',
      'PATCH /api/calls/:id': 'journal:write',
      'GET /api/calls/:id/recording': 'recordings:listen',
      'POST /api/calls': 'calls:dial',
      'POST /api/calls/:id/listen': 'calls:control',
      'POST /api/calls/:id/comments': 'journal:write',
      'GET /api/deals/:id': 'crm:read',
      'PATCH /api/groups/:id': 'people:write',
      'POST /api/webhooks': 'webhooks:write',
      'GET /api/me': 'any',
      'PUT /api/me/password': 'full',
      'POST /api/tokens': 'full',
      'PATCH /api/users/:id': 'full',
      'POST /api/users/:id/links': 'full',
      'POST /api/backups': 'full',
      'GET /api/what-nobody-thought-of': 'full'
    }
    for (const [route, scope] of Object.entries(asked)) expect(scopeOf(route), route).to.equal(scope)
    const used = new Set(routes.map((route) => scopeOf(route)))
    for (const scope of scopes) expect(used.has(scope), `${scope} opens something`).to.equal(true)
  })

  it('never let a token give itself more', () => {
    const ways = routes.filter(
      (route) =>
        /\/api\/(tokens|sessions|backups|backup-settings|imports|bulk-changes)|second-factor|users\/:id\/links$/.test(
          route
        ) || /^(POST|PATCH|DELETE) \/api\/(users|devices)/.test(route)
    )
    expect(ways.length).to.be.greaterThan(20)
    const open = ways.filter((route) => scopeOf(route) !== 'full' && !route.endsWith('/presence'))
    expect(open).to.deep.equal([])
  })

  it('are asked by each route for itself: its own opens it, all others together do not', async () => {
    const { token: without } = await newToken({ scopes: ['live:read'] })
    const only = new Map<string, string>()
    const allBut = new Map<string, string>([['full', (await newToken({ scopes: [...scopes] })).token]])
    for (const scope of scopes) {
      only.set(scope, (await newToken({ scopes: [scope] })).token)
      allBut.set(scope, (await newToken({ scopes: scopes.filter((each) => each !== scope) })).token)
    }
    for (const route of routes) {
      // To this machine its figures are open, and some things are no admin's.
      if (access[route] === 'internal' || !(access[route] as readonly string[]).includes('admin')) continue
      const wanted = scopeOf(route)
      const open = await call(wanted === 'any' ? without : (only.get(wanted) ?? ''), route)
      if (wanted !== 'full') expect(open.status, `${route} by ${wanted}`).to.not.be.oneOf([401, 403])
      if (wanted === 'any') continue
      const closed = await call(allBut.get(wanted) ?? '', route)
      expect(closed.body, route).to.include({ status: 403, code: 'scope_missing', missingScope: wanted })
    }
  })

  it('leave a token without scopes all that its user may', async () => {
    // As tokens were before there were scopes.
    const { token, id } = await newToken({ userId: rig.as.marketer.userId })
    const row = await rig.db('api_tokens').where({ id }).first<{ scopes: unknown }>('scopes')
    expect(row?.scopes).to.equal(null)
    for (const route of ['GET /api/calls', 'GET /api/costs', 'GET /api/me/sessions', 'GET /api/users']) {
      expect((await call(token, route)).status, route).to.equal(200)
    }
    expect((await call(token, 'GET /api/tokens')).body).to.include({ status: 403, code: 'forbidden' })
  })

  it('narrow a role and never widen it', async () => {
    const given: Scope[] = ['journal:read', 'system:read']
    const { token } = await newToken({ userId: rig.as.operator.userId, scopes: given })
    expect((await call(token, 'GET /api/calls')).status).to.equal(200)
    expect((await call(token, 'GET /api/audit')).body).to.include({ code: 'forbidden' })
  })

  it('are shown with the token, as are its end and its last use; the secret is shown once', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const { id, token } = await newToken({ scopes: ['crm:read', 'crm:read'], expiresAt })
    await call(token, 'GET /api/deals')
    const listed = itemsOf(await rig.as.admin.get('/api/tokens')).find((each) => each['id'] === id)
    expect(listed).to.deep.include({ scopes: ['crm:read'], expiresAt, createdBy: rig.as.admin.userId })
    expect(listed?.['lastUsedAt']).to.be.a('string')
    expect(JSON.stringify(listed)).to.not.contain(token)
  })

  it('end with the token: when it expires, and when it is revoked', async () => {
    const { id, token } = await newToken({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() })
    expect((await call(token, 'GET /api/me')).status).to.equal(200)
    await rig
      .db('api_tokens')
      .where({ id })
      .update({ expires_at: new Date(Date.now() - 1000) })
    expect((await call(token, 'GET /api/me')).body).to.include({ status: 401, code: 'bad_token' })
    const other = await newToken()
    await rig.as.admin.send('DELETE', `/api/tokens/${other.id}`)
    expect((await call(other.token, 'GET /api/me')).body).to.include({ status: 401 })
  })

  it('are refused when they are not known, none, or end in the past', async () => {
    const refused = [{ scopes: ['everything'] }, { scopes: [] }, { expiresAt: '2020-01-01T00:00:00.000Z' }]
    for (const body of refused) {
      const answer = await rig.as.admin.send('POST', '/api/tokens', { name: 'Machine', ...body })
      expect(answer.status, JSON.stringify(body)).to.equal(422)
    }
  })
})
