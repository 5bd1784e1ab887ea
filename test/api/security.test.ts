import { expect } from 'chai'
import { pino } from 'pino'
import { acceptPassword } from '../../api/auth/password-rules.ts'
import { guardedRoutes, refuseUnverified, verifiedMs } from '../../api/auth/guarded.ts'
import { tokenHash } from '../../api/auth/secrets.ts'
import { idleMs, longestMs } from '../../api/auth/sessions.ts'
import { LoginThrottle } from '../../api/auth/throttle.ts'
import { stepOfCode, codeAt, newTotpSecret } from '../../api/auth/totp.ts'
import { ApiError } from '../../api/problems.ts'
import { startRig, password, type Answer, type Person, type Rig } from './support/rig.ts'

const codeOf = (work: () => void): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return error.code
  }
}

describe('Passwords', () => {
  const refusal = (given: string, owner = {}): string => codeOf(() => acceptPassword(given, owner))

  it('that leaks show most are refused, with a number behind them too', () => {
    for (const given of [
      'password',
      'Password1!',
      'qwertyuiop',
      'iloveyou',
      'superman2024',
      '12345678',
      'aaaaaaaa'
    ])
      expect(refusal(given), given).to.equal('invalid')
  })

  it('that are little more than who they belong to are refused', () => {
    const owner = { login: 'anna.petrova', name: 'Анна Петрова', company: 'Okna Plus' }
    for (const given of ['anna.petrova1', 'Петрова2026', 'okna plus!', 'Ringtrace1', 'PETROVA-anna-7'])
      expect(refusal(given, owner), given).to.equal('invalid')
  })

  it('of any signs and any length are taken: nobody must mix them', () => {
    for (const given of [
      'correct horse',
      'тихая ночь у реки',
      '9f2kd0x7',
      'a'.repeat(3) + ' lantern '.repeat(20)
    ])
      expect(refusal(given, { login: 'anna' }), given).to.equal('none')
  })
})

describe('Guessing', () => {
  it('from thousands of addresses is slowed, and keeps the owner out of no browser that they know', () => {
    let nowMs = 0
    const throttle = new LoginThrottle(() => nowMs)
    let letIn = 0
    for (let n = 0; n < 3_000; n += 1) {
      if (codeOf(() => throttle.begin('anna', `198.51.${n >> 8}.${n & 255}`)) === 'none') letIn += 1
      nowMs += 300
    }
    // 15 minutes of three guesses a second, each from somewhere else.
    expect(letIn).to.be.lessThan(120)
    expect(codeOf(() => throttle.begin('anna', '203.0.113.5'))).to.equal('too_many_attempts')
    expect(codeOf(() => throttle.begin('anna', '203.0.113.5', 'her browser'))).to.equal('none')
    expect(codeOf(() => throttle.begin('boris', '203.0.113.5'))).to.equal('none')
  })

  it('from a known browser is slowed as well', () => {
    const throttle = new LoginThrottle(() => 0)
    const codes = Array.from({ length: 8 }, (_, n) =>
      codeOf(() => throttle.begin('anna', `203.0.113.${n}`, 'stolen'))
    )
    expect(codes).to.include('too_many_attempts')
  })
})

describe('Codes of the second factor', () => {
  const secret = newTotpSecret()
  const at = 1_800_000_000_000
  const step = Math.floor(at / 30_000)

  it('are taken half a minute early or late, and no more', () => {
    const found = [-2, -1, 0, 1, 2].map((drift) => stepOfCode(secret, codeAt(secret, step + drift), at, null))
    expect(found).to.deep.equal([null, step - 1, step, step + 1, null])
  })

  it('are taken once, and never an older one after a newer one', () => {
    expect(stepOfCode(secret, codeAt(secret, step), at, step)).to.equal(null)
    expect(stepOfCode(secret, codeAt(secret, step - 1), at, step)).to.equal(null)
  })
})

describe('Sessions', function () {
  this.timeout(60_000)
  let rig: Rig
  const lines: Record<string, unknown>[] = []
  before(async () => {
    const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>)
    rig = await startRig({ before: (deps) => ({ ...deps, log: pino({ level: 'warn' }, { write }) }) })
  })
  after(() => rig.close())

  const login = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    rig.request('POST', '/api/auth/login', { body, headers })
  const cookiesOf = (answer: Answer): string[] =>
    answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  const keyOf = (cookie: string): string => tokenHash(cookie.split('=')[1] ?? '')
  const me = (cookie: string): Promise<Answer> => rig.request('GET', '/api/me', { headers: { cookie } })
  const age = (person: Person, columns: object) =>
    rig
      .db('sessions')
      .where({ token_hash: keyOf(person.cookie) })
      .update(columns)
  const ago = (ms: number): Date => new Date(Date.now() - ms)

  it('get a name of their own at each sign-in, whatever name the browser came with', async () => {
    const planted = 'ringtrace=' + 'x'.repeat(43)
    const first = await login({ login: 'marketer', password }, { cookie: planted })
    const second = await login({ login: 'marketer', password }, { cookie: cookiesOf(first)[0] ?? '' })
    const names = [planted, cookiesOf(first)[0], cookiesOf(second)[0]]
    expect(new Set(names).size).to.equal(3)
    expect((await me(planted)).status).to.equal(401)
  })

  it('end when nobody uses them, and at the latest after a week', async () => {
    const idle = await rig.signIn('marketer')
    await age(idle, { last_seen_at: ago(idleMs + 1000) })
    expect((await idle.get('/api/me')).body['code']).to.equal('not_signed_in')
    const old = await rig.signIn('marketer')
    const row = await rig
      .db('sessions')
      .where({ token_hash: keyOf(old.cookie) })
      .first<{ expires_at: Date }>()
    expect(row.expires_at.getTime() - Date.now()).to.be.within(longestMs - 60_000, longestMs)
    await age(old, { expires_at: ago(1) })
    expect((await old.get('/api/me')).body['code']).to.equal('not_signed_in')
  })

  it('end everywhere when a role changes', async () => {
    const body = { login: 'promoted', name: 'Vera', role: 'operator', password: 'a quiet harbour' }
    const made = await rig.as.admin.send('POST', '/api/users', body)
    const before = await rig.signIn('promoted', body.password)
    const path = `/api/users/${String(made.body['id'])}`
    await rig.as.admin.send('PATCH', path, { name: 'Vera K.', role: 'operator' })
    expect((await before.get('/api/me')).status).to.equal(200)
    await rig.as.admin.send('PATCH', path, { role: 'supervisor' })
    expect((await before.get('/api/me')).status).to.equal(401)
  })

  it('change nothing for a page of another site, by all that the browser tells of it', async () => {
    const { admin } = rig.as
    const foreign: Record<string, string>[] = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' }
    ]
    for (const headers of foreign) {
      const answer = await admin.send('POST', '/api/tags/rename', {}, headers)
      expect(answer.body, JSON.stringify(headers)).to.include({ status: 403, code: 'wrong_origin' })
    }
    const own = { Origin: rig.url, 'Sec-Fetch-Site': 'same-origin' }
    expect((await admin.send('POST', '/api/tags/rename', {}, own)).body['code']).to.equal('invalid')
    for (const headers of foreign)
      expect((await login({ login: 'admin', password }, headers)).body['code']).to.equal('wrong_origin')
  })

  it('leave a line in the log when they try what is not theirs, without whose data it was', async () => {
    lines.length = 0
    const { operator, admin } = rig.as
    expect((await operator.get('/api/tokens')).status).to.equal(403)
    await admin.send('POST', '/api/tags/rename', {}, { Origin: 'https://evil.example' })
    await admin.send('POST', '/api/tags/rename', {}, { 'X-CSRF-Token': 'x' })
    expect((await admin.get('/api/calls')).status).to.equal(200)
    const told = lines.map(({ route, code, userId, role, via }) => ({ route, code, userId, role, via }))
    const rename = { route: 'POST /api/tags/rename', userId: admin.userId, role: 'admin' }
    expect(told).to.deep.equal([
      {
        ...{ route: 'GET /api/tokens', code: 'forbidden', userId: operator.userId },
        ...{ role: 'operator', via: 'session' }
      },
      { ...rename, code: 'wrong_origin', via: 'session' },
      { ...rename, code: 'csrf_failed', via: 'session' }
    ])
    const all = JSON.stringify(lines)
    for (const secret of [operator.cookie, admin.cookie, admin.csrfToken, 'The operator'])
      expect(all).to.not.include(secret)
  })

  it('stand in the audit when somebody came in, and when the password was wrong', async () => {
    const { userId } = rig.as.marketer
    const count = async (action: string): Promise<number> =>
      (await rig.db('audit').where({ action, user_id: userId })).length
    const [refusedBefore, before] = [await count('login.refused'), await count('login')]
    expect((await login({ login: 'marketer', password: 'guess' })).status).to.equal(401)
    expect((await login({ login: 'marketer', password })).status).to.equal(200)
    expect([await count('login.refused'), await count('login')]).to.deep.equal([
      refusedBefore + 1,
      before + 1
    ])
    expect((await login({ login: 'nobody.here', password: 'guess' })).status).to.equal(401)
    const unknown: unknown = await rig.db('audit').where({ action: 'login.refused', user_id: null }).first()
    expect(JSON.stringify(unknown)).to.not.include('guess')
  })

  it('let the owner in from a known browser while strangers guess from everywhere', async () => {
    const known = cookiesOf(await login({ login: 'operator', password })).find((each) =>
      each.includes('_device')
    )
    const wrong = (n: number) =>
      login({ login: 'operator', password: 'guess' }, { 'X-Forwarded-For': `198.51.100.${n}` })
    // The owner's own office hammers as well: its address is blocked for everybody else.
    for (let n = 0; n < 8; n += 1) await wrong(77)
    const office = { 'X-Forwarded-For': '198.51.100.77' }
    expect((await login({ login: 'operator', password }, office)).status).to.equal(429)
    expect(
      (await login({ login: 'operator', password }, { ...office, cookie: known ?? '' })).status
    ).to.equal(200)
    // What is known of one person's browser helps nobody else in.
    for (let n = 0; n < 8; n += 1) await login({ login: 'marketer', password: 'guess' }, office)
    expect(
      (await login({ login: 'marketer', password }, { ...office, cookie: known ?? '' })).status
    ).to.equal(429)
  })

  it('take no password that is easy to guess, wherever one is set', async () => {
    const fresh = { login: 'weak', name: 'Weak', role: 'operator', password: 'password1' }
    const refused = await rig.as.admin.send('POST', '/api/users', fresh)
    expect(refused.body).to.deep.include({
      code: 'invalid',
      errors: [{ path: 'password', code: 'guessable', message: 'is easy to guess: choose another one' }]
    })
    const own = await rig.as.marketer.send('PUT', '/api/me/password', {
      current: password,
      password: 'marketer1'
    })
    expect(own.body['code']).to.equal('invalid')
  })

  it('take no password that is little more than the person or the company, wherever one is set', async () => {
    await rig.db('sites').insert({ name: 'Светлые Окна', domain: 'www.brightpanes.example' })
    const path = `/api/users/${rig.as.operator.userId}`
    const { login: own } = await rig
      .db('users')
      .where({ id: rig.as.operator.userId })
      .first<{ login: string }>('login')
    for (const given of ['brightpanes!7', 'СветлыеОкна1', `${own}-2026`, 'The operator!']) {
      // A change that names neither login nor name knows whose password it is.
      const changed = await rig.as.admin.send('PATCH', path, { password: given })
      expect(changed.body['code'], given).to.equal('invalid')
    }
    const before = await rig.db('users').where({ id: rig.as.operator.userId }).first<object>('password_hash')
    for (const given of ['brightpanes!7', 'СветлыеОкна1']) {
      const mine = await rig.as.supervisor.send('PUT', '/api/me/password', {
        current: password,
        password: given
      })
      expect(mine.body['code'], given).to.equal('invalid')
      const made = { login: 'newcomer', name: 'Somebody', role: 'operator', password: given }
      expect((await rig.as.admin.send('POST', '/api/users', made)).body['code'], given).to.equal('invalid')
    }
    const after = await rig.db('users').where({ id: rig.as.operator.userId }).first<object>('password_hash')
    expect(after, 'nothing was changed').to.deep.equal(before)
    const good = await rig.as.admin.send('PATCH', path, { password: 'bright morning over the panes' })
    expect(good.status).to.equal(200)
  })

  describe('before what is dangerous', () => {
    it('want the password again once it was shown too long ago', async () => {
      const person = await rig.signIn('admin')
      await age(person, { verified_at: ago(verifiedMs + 1000) })
      const token = () => person.send('POST', '/api/tokens', { name: 'Machine' })
      expect((await token()).body).to.include({ status: 403, code: 'verify_first' })
      expect((await person.get('/api/tokens')).status).to.equal(200)
      const wrong = await person.send('POST', '/api/me/verify', { password: 'wrong' })
      expect(wrong.body['code']).to.equal('invalid')
      expect((await token()).body['code']).to.equal('verify_first')

      const right = await person.send('POST', '/api/me/verify', { password })
      expect(right.status).to.equal(204)
      const cookie = cookiesOf(right)[0] ?? ''
      expect(cookie).to.not.equal(person.cookie)
      const headers = { cookie, 'X-CSRF-Token': person.csrfToken }
      const made = await rig.request('POST', '/api/tokens', { body: { name: 'Machine' }, headers })
      expect(made.status).to.equal(201)
      // The old name is good for what was under way, and for nothing dangerous.
      expect((await token()).body['code']).to.equal('verify_first')
      const [old] = await rig
        .db('sessions')
        .where({ token_hash: keyOf(person.cookie) })
        .select<{ expires_at: Date }[]>()
      expect((old?.expires_at.getTime() ?? 0) - Date.now()).to.be.lessThan(10_001)
      const audited: unknown[] = await rig
        .db('audit')
        .where({ action: 'login.verify', user_id: person.userId })
      expect(audited).to.have.length(1)
    })

    it('ask for it on each route that takes over accounts, lets others in, spends or destroys', async () => {
      const person = await rig.signIn('admin')
      await age(person, { verified_at: null })
      const nobody = '00000000-0000-4000-8000-000000000000'
      expect(guardedRoutes.length).to.be.greaterThan(15)
      for (const route of guardedRoutes) {
        const [method = '', path = ''] = route.split(' ')
        const body = { password: 'x', secret: 'x' }
        const at = path.replace(':id', nobody)
        const answer = await (method === 'GET' ? person.get(at) : person.send(method, at, body))
        expect(answer.body['code'], route).to.equal('verify_first')
      }
    })

    it('leave harmless fields of the same route alone, and machines to their scopes', () => {
      const route = 'PATCH /api/trunks/:id'
      const stale = { via: 'session', verifiedAtMs: null } as const
      expect(codeOf(() => refuseUnverified(stale, route, { name: 'Mango' }))).to.equal('none')
      expect(codeOf(() => refuseUnverified(stale, route, { secret: 'new' }))).to.equal('verify_first')
      const machine = { via: 'token', verifiedAtMs: null } as const
      expect(codeOf(() => refuseUnverified(machine, route, { secret: 'new' }))).to.equal('none')
    })
  })

  it('guess no password at one route after another', async () => {
    const person = await rig.signIn('supervisor')
    const codes: unknown[] = []
    for (let n = 0; n < 3; n += 1) {
      codes.push((await person.send('POST', '/api/me/verify', { password: `guess ${n}` })).body['code'])
      codes.push(
        (await person.send('POST', '/api/me/second-factor', { password: `guess ${n}` })).body['code']
      )
      const body = { current: `guess ${n}`, password: 'a quiet harbour' }
      codes.push((await person.send('PUT', '/api/me/password', body)).body['code'])
    }
    expect(codes[0]).to.equal('invalid')
    expect(codes.at(-1)).to.equal('too_many_attempts')
  })
})
