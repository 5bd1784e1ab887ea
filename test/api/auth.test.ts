import { expect } from 'chai'
import { LoginThrottle } from '../../api/auth/throttle.ts'
import { ApiError } from '../../api/problems.ts'
import { idOf, itemsOf, password, startRig, type Rig } from './support/rig.ts'

describe('Signing in', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  const login = (body: unknown, headers: Record<string, string> = {}) =>
    rig.request('POST', '/api/auth/login', { body, headers })

  it('gives the user, a CSRF token and an HttpOnly cookie of this site only', async () => {
    const answer = await login({ login: ' Admin ', password })
    expect(answer.status).to.equal(200)
    expect(answer.body['user']).to.include({ login: 'admin', role: 'admin' })
    expect(JSON.stringify(answer.body)).not.to.match(/hash|secret/i)
    const cookie = answer.headers.getSetCookie()[0] ?? ''
    expect(cookie)
      .to.match(/^ringtrace=/)
      .and.include('HttpOnly')
      .and.include('SameSite=Lax')
    expect(cookie).not.to.include('Secure')
  })

  it('makes the cookie Secure behind a proxy that speaks https', async () => {
    const answer = await login({ login: 'admin', password }, { 'X-Forwarded-Proto': 'https' })
    expect(answer.headers.getSetCookie()[0]).to.include('Secure')
  })

  it('keeps only hashes of session and API tokens', async () => {
    const person = await rig.signIn('admin')
    const token = await person.send('POST', '/api/tokens', { name: 'Reporting' })
    const dump = JSON.stringify([await rig.db('sessions'), await rig.db('api_tokens'), await rig.db('audit')])
    expect(dump).not.to.include(person.cookie.split('=')[1])
    expect(dump).not.to.include(token.body['token'])
  })

  it('answers a wrong password and an unknown login alike', async () => {
    const wrong = await login({ login: 'supervisor', password: 'wrong' })
    const unknown = await login({ login: 'nobody-here', password: 'wrong' })
    expect(wrong.status).to.equal(401)
    expect(unknown.body).to.deep.equal(wrong.body)
  })

  it('refuses a page of another site', async () => {
    const answer = await login({ login: 'admin', password }, { Origin: 'https://evil.example' })
    expect(answer.body).to.include({ status: 403, code: 'wrong_origin' })
  })

  it('slows guessing from one address and lets the owner in from another', async () => {
    const from = (address: string) => ({ 'X-Forwarded-For': address })
    const statuses: number[] = []
    for (let n = 0; n < 8; n += 1) {
      statuses.push((await login({ login: 'operator', password: 'guess' }, from('203.0.113.7'))).status)
    }
    expect(statuses).to.include(401).and.include(429)
    const slowed = await login({ login: 'operator', password }, from('203.0.113.7'))
    expect(slowed.body).to.include({ status: 429, code: 'too_many_attempts' })
    expect(Number(slowed.headers.get('Retry-After'))).to.be.greaterThan(0)
    expect((await login({ login: 'operator', password }, from('198.51.100.9'))).status).to.equal(200)
  })

  it('forgets attempts with time, and never blocks longer than ten minutes', () => {
    let nowMs = 0
    const throttle = new LoginThrottle(() => nowMs)
    const tryOnce = (): number => {
      try {
        throttle.begin('anna', '203.0.113.1')
        return 0
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        return error.retryAfterSeconds ?? 0
      }
    }
    let longest = 0
    for (let n = 0; n < 40; n += 1) {
      const wait = tryOnce()
      longest = Math.max(longest, wait)
      nowMs += wait * 1000
    }
    expect(longest).to.equal(600)
    nowMs += 20 * 60_000
    expect([tryOnce(), tryOnce(), tryOnce(), tryOnce(), tryOnce()]).to.deep.equal([0, 0, 0, 0, 0])
  })

  it('ends the session at sign-out', async () => {
    const person = await rig.signIn('marketer')
    expect((await person.get('/api/me')).body).to.include({ login: 'marketer', csrfToken: person.csrfToken })
    expect((await person.send('POST', '/api/auth/logout')).status).to.equal(204)
    expect((await person.get('/api/me')).status).to.equal(401)
  })

  it('lets machines in by token, without CSRF token, until it is revoked', async () => {
    const { admin } = rig.as
    const made = await admin.send('POST', '/api/tokens', { name: 'CRM', userId: rig.as.marketer.userId })
    const headers = { Authorization: `Bearer ${String(made.body['token'])}` }
    expect((await rig.request('GET', '/api/me', { headers })).body).to.include({ login: 'marketer' })
    const source = { name: 'By machine', inquiryChannel: 'paid' }
    expect((await rig.request('POST', '/api/sources', { headers, body: source })).status).to.equal(201)
    expect((await rig.request('GET', '/api/trunks', { headers })).status).to.equal(403)
    expect(itemsOf(await admin.get('/api/tokens'))[0]).to.not.have.property('token')
    await admin.send('DELETE', `/api/tokens/${idOf(made)}`)
    expect((await rig.request('GET', '/api/me', { headers })).body['code']).to.equal('bad_token')
  })

  it('signs a user out everywhere when an admin changes the password or switches them off', async () => {
    const { admin } = rig.as
    const fresh = { login: 'boris', name: 'Boris', role: 'operator', password: 'first-password' }
    const made = await admin.send('POST', '/api/users', fresh)
    const path = `/api/users/${idOf(made)}`
    const before = await rig.signIn('boris', 'first-password')
    await admin.send('PATCH', path, { password: 'second-password' })
    expect((await before.get('/api/me')).status).to.equal(401)
    const after = await rig.signIn('boris', 'second-password')
    await admin.send('PATCH', path, { isActive: false })
    expect((await after.get('/api/me')).status).to.equal(401)
    expect((await login({ login: 'boris', password: 'second-password' })).status).to.equal(401)
  })

  it('lets people change their own password, knowing the old one', async () => {
    await rig.as.admin.send('POST', '/api/users', {
      login: 'vera',
      name: 'Vera',
      role: 'operator',
      password: 'first-password'
    })
    const here = await rig.signIn('vera', 'first-password')
    const elsewhere = await rig.signIn('vera', 'first-password')
    const wrong = await here.send('PUT', '/api/me/password', { current: 'no', password: 'second-password' })
    expect(wrong.body).to.include({ code: 'invalid' })
    const right = { current: 'first-password', password: 'second-password' }
    expect((await here.send('PUT', '/api/me/password', right)).status).to.equal(204)
    expect((await here.get('/api/me')).status).to.equal(200)
    expect((await elsewhere.get('/api/me')).status).to.equal(401)
  })

  it('gives operators their own telephone account and nobody else anything', async () => {
    const { operator, supervisor, marketer } = rig.as
    const own = await operator.get('/api/me/softphone')
    expect(own.body).to.include({ wsPath: '/sip' })
    expect(own.body['uri']).to.equal(`sip:${String(own.body['authUser'])}@127.0.0.1`)
    expect((await supervisor.get('/api/me/softphone')).body['secret']).to.not.equal(own.body['secret'])
    const users = await supervisor.get('/api/users')
    expect(JSON.stringify(users.body)).not.to.include(String(own.body['secret']))
    const seen = itemsOf(await marketer.get('/api/users')).find((user) => user['id'] === operator.userId)
    expect(seen).to.include({ login: '', sipUser: '', name: 'The operator' })
  })

  it('keeps presence and language of the signed-in person', async () => {
    const { operator } = rig.as
    expect((await operator.send('PUT', '/api/me/presence', { presence: 'away' })).status).to.equal(204)
    expect((await operator.send('PUT', '/api/me/locale', { locale: 'en' })).body).to.include({ locale: 'en' })
    expect((await operator.get('/api/me')).body).to.include({ presence: 'away', locale: 'en' })
  })

  it('keeps the last admin, also when two would demote each other at once', async () => {
    const { admin } = rig.as
    const body = { login: 'second', name: 'Second', role: 'admin', password: 'second-password' }
    const second = idOf(await admin.send('POST', '/api/users', body))
    const answers = await Promise.all(
      [admin.userId, second].map((id) => admin.send('PATCH', `/api/users/${id}`, { role: 'supervisor' }))
    )
    expect(answers.map((answer) => answer.status).toSorted()).to.not.deep.equal([200, 200])
    const admins: unknown[] = await rig.db('users').where({ role: 'admin', is_active: true })
    expect(admins).to.have.length(1)
  })
})
