import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import type { Socket } from 'socket.io-client'
import { access, type RouteKey } from '../../api/access.ts'
import { attachLive, type Live } from '../../api/live.ts'
import { roles, type Role } from '../../api/contract/common.ts'
import { allEndpoints } from '../../api/routes/index.ts'
import type { Audience } from '../../api/live/events.ts'
import { openSealing, seal, sealWith, unseal } from '../../db/sealed.ts'
import { createSecrets } from '../../db/secrets.ts'
import { readWanted } from '../../pbx/runtime/provisioning.ts'
import { idOf, password, startRig, type Answer, type Rig } from './support/rig.ts'
import { screensAt } from './support/screens.ts'

const nobody = '00000000-0000-4000-8000-000000000000'
const routes = Object.keys(access) as RouteKey[]
const closed = routes.filter((route) => access[route] !== 'public' && access[route] !== 'internal')
const pathOf = (route: string): [string, string] => {
  const [method = '', at = ''] = route.split(' ')
  return [
    method,
    at
      .replace(':id', nobody)
      .replace(':kind', 'bitrix24')
      .replace(/[:*]\w+/g, 'x')
  ]
}

describe('What the web port shows', function () {
  this.timeout(120_000)
  let rig: Rig
  let live: Live
  let uiDir: string
  const { open, screen, close } = screensAt(() => rig)
  before(async () => {
    uiDir = await mkdtemp(path.join(tmpdir(), 'ringtrace-ui-'))
    await mkdir(path.join(uiDir, 'assets'))
    await writeFile(path.join(uiDir, 'index.html'), '<!doctype html><title>Ringtrace</title>')
    await writeFile(path.join(uiDir, 'assets/app.js'), 'export {}')
    rig = await startRig({ uiDir })
    live = attachLive(rig.server, rig.deps, { recheckMs: 50, healthMs: 60_000 })
  })
  after(async () => {
    close()
    await live.close()
    await rig.close()
    await rm(uiDir, { recursive: true })
  })

  /** One after another in a few lanes, so that the connections are used again. */
  async function each<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
    const waiting = [...things]
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
    }
    await Promise.all(Array.from({ length: 6 }, lane))
  }
  const call = (route: string, headers: Record<string, string>): Promise<Answer> => {
    const [method, at] = pathOf(route)
    return rig.request(method, at, { headers, ...(method !== 'GET' && { body: {} }) })
  }

  /** A page of somebody else's on purpose, in a sandbox without any of our rights. */
  const sandboxed = /^GET \/api\/(check-pages|messages\/:id\/html|message-files)/
  const strict = (answer: Answer, where: string): void => {
    const { headers } = answer
    const policy = headers.get('Content-Security-Policy') ?? ''
    const scripts =
      /(?:^|; ?)script-src ([^;]*)/.exec(policy)?.[1] ?? /default-src ([^;]*)/.exec(policy)?.[1] ?? ''
    expect(policy, where).to.not.equal('')
    expect(scripts, where).to.not.match(/unsafe|\*|https?:|data:|blob:/)
    expect(policy, where).to.match(/frame-ancestors 'none'/)
    expect(policy, where)
      .to.match(/base-uri 'none'/)
      .and.to.match(/object-src 'none'/)
    expect(headers.get('X-Content-Type-Options'), where).to.equal('nosniff')
    expect(headers.get('X-Frame-Options')?.toLowerCase(), where).to.equal('deny')
    expect(headers.get('Referrer-Policy'), where).to.match(/same-origin|no-referrer/)
    expect(headers.get('Cross-Origin-Resource-Policy'), where).to.be.a('string')
    expect(headers.get('X-Powered-By'), where).to.equal(null)
  }

  describe('to those who are nobody any more', () => {
    it('is nothing: after the session has ended, and after the account was switched off', async () => {
      const ended = await rig.signIn('admin')
      await rig.as.admin.send('POST', '/api/users', {
        ...{ login: 'gone', name: 'Gone', role: 'admin', password: 'a quiet harbour' }
      })
      const gone = await rig.signIn('gone', 'a quiet harbour')
      const machine = await gone.send('POST', '/api/tokens', { name: 'Machine' })
      const tokens = { Authorization: `Bearer ${String(machine.body['token'])}` }
      await rig
        .db('sessions')
        .where({ csrf_token: ended.csrfToken })
        .update({ expires_at: new Date(Date.now() - 1) })
      // Not by the API, which ends the sessions as well: the account alone must be enough.
      await rig.db('users').where({ login: 'gone' }).update({ is_active: false })
      const people = [ended, gone].map((person) => ({
        cookie: person.cookie,
        'X-CSRF-Token': person.csrfToken
      }))
      const wrong: string[] = []
      // Each route meets one of the three: who somebody is, is found out in one place for all of them.
      const nobodies = [...people, tokens]
      await each([...closed.entries()], async ([n, route]) => {
        const answer = await call(route, nobodies[n % nobodies.length] ?? {})
        const { status } = answer
        strict(answer, `${route} of nobody`)
        if (status !== 401) wrong.push(`${route}: ${status}`)
      })
      expect(wrong).to.deep.equal([])
    })
  })

  describe('in its headers', () => {
    it('is no script but ours on every route, refusals among them, and nothing private is kept', async () => {
      const { cookie } = rig.as.admin
      const writesItself = new Set<string>(
        allEndpoints(rig.deps).flatMap(({ raw, route }) =>
          raw !== undefined && route.startsWith('GET ') ? [route] : []
        )
      )
      expect(writesItself.size).to.be.greaterThan(15)
      for (const route of ['GET /api/users', 'GET /api/me', 'GET /api/audit']) writesItself.add(route)
      await each(
        // All others answer from one place, and were asked above.
        routes.filter(
          (route) => !sandboxed.test(route) && (writesItself.has(route) || access[route] === 'public')
        ),
        async (route) => {
          const answer = await call(route, { cookie })
          strict(answer, route)
          if (answer.status === 200 && access[route] !== 'public' && access[route] !== 'internal')
            expect(answer.headers.get('Cache-Control'), `${route} is kept by nobody`).to.include('no-store')
        }
      )
    })

    it('is the same for pages, files of the app, and addresses that are none', async () => {
      for (const at of [
        '/',
        '/settings/people',
        '/assets/app.js',
        '/assets/none.js',
        '/api/none',
        '/%',
        '/x.php'
      ])
        strict(await rig.request('GET', at), at)
    })
  })

  describe('on the live feed', () => {
    /** By audience: who of the signed-in people hears it. */
    const hears: Record<string, readonly Role[]> = {
      everyone: roles,
      panel: ['admin', 'supervisor', 'operator'],
      leads: ['admin', 'supervisor'],
      operators: ['operator'],
      'user:operator': ['operator']
    }

    it('is to each role what its rooms say, and to nobody else anything', async () => {
      const screens = await Promise.all(
        roles.map(async (role) => ({ role, screen: await screen(rig.as[role]) }))
      )
      const got = new Map<string, Role[]>()
      for (const name of Object.keys(hears)) {
        const audience = (name === 'user:operator' ? `user:${rig.as.operator.userId}` : name) as Audience
        live.io.to(audience).emit('journal', { epoch: 'test', seq: 0, callId: name })
      }
      // The last word to everybody: what came to somebody came before it.
      live.io.emit('journal', { epoch: 'test', seq: 0, callId: 'end' })
      for (const { role, screen: one } of screens) {
        await new Promise<void>((resolve) => {
          const look = (): void => {
            if (one.events.some(({ data }) => data['callId'] === 'end')) resolve()
            else one.socket.once('journal', () => setImmediate(look))
          }
          look()
        })
        for (const { data } of one.events)
          got.set(String(data['callId']), [...(got.get(String(data['callId'])) ?? []), role])
        one.socket.disconnect()
      }
      for (const [name, heard] of Object.entries(hears))
        expect(got.get(name), name).to.have.members([...heard])
    })

    it('takes a presence from those who work at the desk, and no room or event that a client invents', async () => {
      for (const role of roles) {
        const { socket } = await screen(rig.as[role])
        const answer = await new Promise((resolve) => socket.emit('setPresence', 'away', resolve))
        expect(answer, role).to.deep.include(
          role === 'marketer' ? { ok: false, error: 'forbidden' } : { ok: true }
        )
        for (const name of ['join', 'subscribe', 'call', 'constructor', '__proto__'])
          socket.emit(name, 'leads', rig.as.admin.userId)
        await new Promise((resolve) => socket.emit('setPresence', { presence: 'nonsense' }, resolve))
        const rooms = live.io.sockets.sockets.get(socket.id ?? '')?.rooms ?? new Set()
        expect(rooms.has('leads'), role).to.equal(role === 'admin' || role === 'supervisor')
        socket.disconnect()
      }
    })

    const refusal = (socket: Socket): Promise<string> =>
      new Promise((resolve) => {
        socket.once('connect_error', (error) => resolve(error.message))
        socket.once('hello', () => resolve('let in'))
      })

    it('is shut to strangers, ended sessions, tokens of other scopes and pages of other sites', async () => {
      const ended = await rig.signIn('operator')
      await rig.db('sessions').where({ csrf_token: ended.csrfToken }).delete()
      const narrow = await rig.as.admin.send('POST', '/api/tokens', { name: 'M', scopes: ['journal:read'] })
      const wide = await rig.as.admin.send('POST', '/api/tokens', { name: 'M', scopes: ['live:read'] })
      const { cookie } = rig.as.admin
      expect(await refusal(open({}))).to.equal('not_signed_in')
      expect(await refusal(open({ cookie: ended.cookie }))).to.equal('not_signed_in')
      expect(await refusal(open({}, { token: String(narrow.body['token']) }))).to.equal('not_signed_in')
      expect(await refusal(open({}, { token: String(wide.body['token']) }))).to.equal('let in')
      expect(await refusal(open({ cookie, Origin: 'https://evil.example' }))).to.not.equal('let in')
      expect(await refusal(open({ cookie, 'Sec-Fetch-Site': 'cross-site' }))).to.not.equal('let in')
      expect(await refusal(open({ cookie, Origin: rig.url, 'Sec-Fetch-Site': 'same-origin' }))).to.equal(
        'let in'
      )
      close()
    })
  })

  describe('of its secrets in the database', () => {
    const key = createSecrets(randomBytes(32))
    before(() => void sealWith(key))
    after(() => void sealWith(null))

    it('is nothing, once one of every kind was given', async () => {
      const { admin, operator } = rig.as
      const known: string[] = [password, admin.cookie.split('=')[1] ?? '']
      const say = (text: unknown): void => void known.push(String(text))

      const trunk = {
        name: 'Carrier',
        kind: 'registration',
        host: 'sip.example.com',
        username: 'u',
        secret: 'carrier-secret-1'
      }
      expect((await admin.send('POST', '/api/trunks', trunk)).status).to.equal(201)
      say(trunk.secret)
      const hook = {
        name: 'Hook',
        url: 'https://hooks.example.com/x',
        events: ['call.ended'],
        token: 'hook-token-secret-2'
      }
      const made = await admin.send('POST', '/api/webhooks', hook)
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      say(made.body['secret'])
      say(hook.token)
      say(
        (await admin.send('POST', `/api/webhooks/${idOf(made)}/rotate-secret`, { overlapHours: 24 })).body[
          'secret'
        ]
      )
      say((await admin.send('POST', '/api/tokens', { name: 'Machine' })).body['token'])
      const link = await admin.send('POST', `/api/users/${operator.userId}/links`, {})
      say(String(link.body['url']).split('#')[1])
      const factor = await admin.send('POST', '/api/me/second-factor', { password })
      say(factor.body['secret'])

      // Asterisk is told the passwords of telephones; the database keeps them sealed from then on.
      const wanted = await readWanted(rig.db, () => Promise.resolve(false))
      const own = await operator.get('/api/me/softphone')
      say(own.body['secret'])
      const words = JSON.stringify(wanted.objects)
      expect(words).to.include(String(own.body['secret'])).and.include(trunk.secret)
      const devices: unknown[] = await rig.db('devices').pluck('sip_secret')
      expect(devices.length).to.be.greaterThan(3)

      const { rows } = await rig.db.raw<{ rows: { name: string }[] }>(
        `select table_schema || '.' || quote_ident(table_name) as name from information_schema.tables
         where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
      )
      expect(known.filter((secret) => secret.length < 8 || secret === 'undefined')).to.deep.equal([])
      for (const { name } of rows) {
        const table = await rig.db.raw<{ rows: { text: string }[] }>(`select t::text as text from ${name} t`)
        const text = table.rows.map((row) => row.text).join('\n')
        for (const secret of known) expect(text.includes(secret), `${name} holds a secret`).to.equal(false)
        for (const plain of text.matchAll(/whsec_[\w+/=]+|\brt_[\w-]{40,}/g))
          expect(plain[0]).to.equal('none')
      }
    })

    it('is opened by this key alone, and for its own column alone', () => {
      const stored = seal('a secret', 'trunks.secret')
      expect(unseal(stored, 'trunks.secret')).to.equal('a secret')
      expect(unseal(stored, 'webhooks.token')).to.equal(null)
      sealWith(createSecrets(randomBytes(32)))
      expect(unseal(stored, 'trunks.secret')).to.equal(null)
      sealWith(key)
    })

    it('is sealed when an older version left it in clear, and is a new one where the key is gone', async () => {
      const browser = { kind: 'browser', user_id: rig.as.supervisor.userId }
      await rig.db('devices').where(browser).update({ sip_secret: 'left-in-clear' })
      const secretOf = async (): Promise<string> =>
        String(
          (await rig.db('devices').where(browser).first<{ sip_secret: string }>('sip_secret')).sip_secret
        )
      const hex = (): string => randomBytes(32).toString('hex')
      const one = hex()
      const other = {
        name: 'Other',
        kind: 'registration',
        host: 'sip.example.net',
        username: 'u',
        secret: 'other-1'
      }
      expect((await rig.as.admin.send('POST', '/api/trunks', other)).status).to.equal(201)
      await openSealing(rig.db, '/nonexistent', one)
      expect(await secretOf()).to.match(/^sealed:/)
      expect(unseal(await secretOf(), 'devices.sip_secret')).to.equal('left-in-clear')
      await openSealing(rig.db, '/nonexistent', hex())
      expect(unseal(await secretOf(), 'devices.sip_secret')).to.match(/^[0-9a-f]{48}$/)
      const { failures } = await readWanted(rig.db, () => Promise.resolve(false))
      expect(JSON.stringify(failures)).to.include('another SECRET_KEY').and.include('Other')
      await rig.db('trunks').delete()
    })
  })
})
