import { expect } from 'chai'
import { codeAt } from '../../api/auth/totp.ts'
import { idOf, itemsOf, password, startRig, type Json, type Person, type Rig } from './support/rig.ts'

const nowStep = (): number => Math.floor(Date.now() / 30_000)

describe('Invitations, second factor, sessions', function () {
  this.timeout(60_000)
  let rig: Rig
  const letters: { to: readonly string[]; text: string }[] = []
  before(async () => {
    rig = await startRig({
      before: (deps) => ({
        ...deps,
        mail: {
          test: () => Promise.resolve({ ok: true }),
          send: (letter) => {
            letters.push(letter)
            return Promise.resolve({ ok: true })
          }
        }
      })
    })
  })
  after(() => rig.close())

  const login = (body: object) => rig.request('POST', '/api/auth/login', { body })
  /** Each test comes from elsewhere: wrong links are counted by address. */
  let address = 1
  beforeEach(() => (address += 1))
  const headers = () => ({ 'X-Forwarded-For': `203.0.113.${address}` })
  const use = (token: string, as = 'my own password') =>
    rig.request('POST', '/api/auth/links/use', { body: { token, password: as }, headers: headers() })
  const look = (token: string) =>
    rig.request('POST', '/api/auth/links/look', { body: { token }, headers: headers() })

  async function invite(name: string): Promise<{ id: string; token: string; url: string }> {
    const made = await rig.as.admin.send('POST', '/api/users', { login: name, name, role: 'operator' })
    expect(made.status).to.equal(201)
    const link = await rig.as.admin.send('POST', `/api/users/${idOf(made)}/links`, {
      email: `${name}@example.com`
    })
    expect(link.body).to.include({ kind: 'invitation' })
    const url = String(link.body['url'])
    return { id: idOf(made), url, token: url.split('#')[1] ?? '' }
  }

  describe('a link', () => {
    it('lets an invited person choose a password, once, and goes by mail', async () => {
      const { token, url } = await invite('vera')
      expect(letters.at(-1)?.to).to.deep.equal(['vera@example.com'])
      expect(letters.at(-1)?.text).to.include(url).and.include('vera')
      expect(url).to.match(new RegExp(`^${rig.url}/welcome#`))
      expect((await login({ login: 'vera', password: 'anything' })).body['code']).to.equal('bad_credentials')
      expect((await look(token)).body).to.include({ kind: 'invitation', login: 'vera', name: 'vera' })
      expect((await use(token, 'short')).body['code']).to.equal('invalid')
      expect((await use(token)).status).to.equal(204)
      expect((await login({ login: 'vera', password: 'my own password' })).status).to.equal(200)
      expect((await use(token)).body).to.include({ status: 409, code: 'link_ended' })
      expect((await look(token)).body['code']).to.equal('link_ended')
      const dump = JSON.stringify([await rig.db('access_links'), await rig.db('audit')])
      expect(dump).to.not.include(token)
    })

    it('ends by time, by a newer one, and with the account', async () => {
      const first = await invite('late')
      await rig
        .db('access_links')
        .where({ user_id: first.id })
        .update({ expires_at: new Date(Date.now() - 1000) })
      expect((await use(first.token)).body['code']).to.equal('link_ended')
      const again = await rig.as.admin.send('POST', `/api/users/${first.id}/links`, {})
      const second = String(again.body['url']).split('#')[1] ?? ''
      expect(again.body['mail']).to.equal(null)
      await rig.as.admin.send('POST', `/api/users/${first.id}/links`, {})
      expect((await use(second)).body['code']).to.equal('link_ended')
      const other = await invite('gone')
      await rig.as.admin.send('PATCH', `/api/users/${other.id}`, { isActive: false })
      expect((await use(other.token)).body['code']).to.equal('link_ended')
      expect((await rig.as.admin.send('POST', `/api/users/${other.id}/links`, {})).body['code']).to.equal(
        'user_inactive'
      )
    })

    it('of one use is taken by one of many at once, and signs everybody else out', async () => {
      const { token, id } = await invite('race')
      const all = await Promise.all([1, 2, 3].map(() => use(token)))
      expect(all.filter(({ status }) => status === 204)).to.have.length(1)
      await login({ login: 'race', password: 'my own password' })
      const reset = await rig.as.admin.send('POST', `/api/users/${id}/links`, {})
      expect(reset.body['kind']).to.equal('reset')
      await use(String(reset.body['url']).split('#')[1] ?? '', 'a newer password')
      expect(await rig.db('sessions').where({ user_id: id })).to.deep.equal([])
    })

    it('cannot be guessed at will', async () => {
      const codes: unknown[] = []
      for (let n = 0; n < 8; n++) codes.push((await look(`guess-${n}-${'x'.repeat(20)}`)).body['code'])
      expect(codes[0]).to.equal('link_ended')
      expect(codes.at(-1)).to.equal('too_many_attempts')
    })
  })

  describe('the second factor', () => {
    let person: Person
    let secret = ''
    let recovery: string[] = []

    it('is set up with the password, and on after its first code', async () => {
      person = await rig.signIn('supervisor')
      expect(
        (await person.send('POST', '/api/me/second-factor', { password: 'wrong' })).body['code']
      ).to.equal('invalid')
      const begun = await person.send('POST', '/api/me/second-factor', { password })
      secret = String(begun.body['secret'])
      expect(begun.body['uri']).to.include('otpauth://totp/Ringtrace:supervisor').and.include(secret)
      expect((await login({ login: 'supervisor', password })).status).to.equal(200)
      const wrong = await person.send('POST', '/api/me/second-factor/confirm', { code: '000000' })
      expect(wrong.body['code']).to.equal('invalid')
      const done = await person.send('POST', '/api/me/second-factor/confirm', {
        code: codeAt(secret, nowStep())
      })
      recovery = done.body['recoveryCodes'] as string[]
      expect(recovery).to.have.length(10)
      expect((await person.get('/api/me/second-factor')).body).to.deep.equal({
        isOn: true,
        recoveryCodesLeft: 10
      })
      // Who was signed in elsewhere with the password alone is out.
      expect((await rig.as.supervisor.get('/api/me')).status).to.equal(401)
    })

    it('is asked for beside the right password only, and takes each code once', async () => {
      expect((await login({ login: 'supervisor', password: 'wrong' })).body['code']).to.equal(
        'bad_credentials'
      )
      expect((await login({ login: 'supervisor', password })).body['code']).to.equal('second_factor_needed')
      const used = await login({ login: 'supervisor', password, code: codeAt(secret, nowStep()) })
      expect(used.body['code']).to.equal('bad_code')
      await rig.db('users').where({ login: 'supervisor' }).update({ totp_step: null })
      const code = codeAt(secret, nowStep())
      const both = await Promise.all([1, 2].map(() => login({ login: 'supervisor', password, code })))
      expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 401])
    })

    it('takes a recovery code instead, once', async () => {
      const [code = ''] = recovery
      const answer = await login({ login: 'supervisor', password, code: code.toUpperCase() })
      expect(answer.status).to.equal(200)
      expect((await login({ login: 'supervisor', password, code })).body['code']).to.equal('bad_code')
      expect((await person.get('/api/me/second-factor')).body['recoveryCodesLeft']).to.equal(9)
      expect(JSON.stringify(await rig.db('recovery_codes'))).to.not.include(code.replaceAll('-', ''))
    })

    it('slows guessing of codes, from whatever address', async () => {
      const codes: unknown[] = []
      for (let n = 0; n < 8; n++) {
        const answer = await rig.request('POST', '/api/auth/login', {
          body: { login: 'supervisor', password, code: `00000${n}` },
          headers: { 'X-Forwarded-For': `198.51.100.${n}` }
        })
        codes.push(answer.body['code'])
      }
      expect(codes.at(-1)).to.equal('too_many_attempts')
    })

    it('is taken away by an admin for who has lost everything, and it is in the audit', async () => {
      const { userId } = person
      expect((await rig.as.admin.send('DELETE', `/api/users/${userId}/second-factor`)).status).to.equal(204)
      expect((await rig.as.admin.send('DELETE', `/api/users/${userId}/second-factor`)).status).to.equal(404)
      const actions = itemsOf(await rig.as.admin.get(`/api/audit?entityId=${userId}&sort=at`)).map(
        ({ action }) => action
      )
      expect(actions).to.deep.equal(['second_factor.on', 'second_factor.reset'])
      expect(JSON.stringify(await rig.db('audit'))).to.not.include(secret)
    })
  })

  describe('sessions', () => {
    it('are listed and ended one by one, or all others at once', async () => {
      const one = await rig.signIn('marketer')
      const two = await rig.signIn('marketer')
      const list = itemsOf(await one.get('/api/me/sessions'))
      expect(list).to.have.length(3)
      expect(list.filter(({ isCurrent }) => isCurrent === true)).to.have.length(1)
      expect(JSON.stringify(list)).to.not.match(/hash|csrf/i)
      const own = itemsOf(await two.get('/api/me/sessions')).find(
        ({ isCurrent }) => isCurrent === true
      ) as Json
      expect((await one.send('DELETE', `/api/sessions/${String(own['id'])}`)).status).to.equal(204)
      expect((await two.get('/api/me')).status).to.equal(401)
      expect((await one.send('DELETE', '/api/me/sessions')).status).to.equal(204)
      expect((await rig.as.marketer.get('/api/me')).status).to.equal(401)
      expect((await one.get('/api/me')).status).to.equal(200)
    })

    it('of others are for admins only', async () => {
      const { userId } = rig.as.operator
      const [theirs] = itemsOf(await rig.as.admin.get(`/api/users/${userId}/sessions`))
      const id = String(theirs?.['id'])
      const marketer = await rig.signIn('marketer')
      expect((await marketer.send('DELETE', `/api/sessions/${id}`)).status).to.equal(404)
      expect((await rig.as.operator.get('/api/me')).status).to.equal(200)
      expect((await rig.as.admin.send('DELETE', `/api/sessions/${id}`)).status).to.equal(204)
      expect((await rig.as.operator.get('/api/me')).status).to.equal(401)
    })
  })
})
