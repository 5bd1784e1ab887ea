import { expect } from 'chai'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { io, type Socket } from 'socket.io-client'
import { WebSocket, WebSocketServer } from 'ws'
import type { SystemCheck } from '../../api/contract/system.ts'
import { outsideOf, type Outside } from '../../api/outside.ts'
import { listen } from '../../api/listen.ts'
import type { ApiDeps } from '../../api/deps.ts'
import { openTls, type TlsKeeper } from '../../host/tls/keeper.ts'
import { createUpkeep } from '../../upkeep/look.ts'
import { password, startRig, type Json, type Rig } from '../api/support/rig.ts'
import { until } from '../support/until.ts'
import { issue, makeKeys, type Holder } from './authority.ts'

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Json
  /** Of the server's certificate; empty by plain http. */
  subject: string
}

describe('The web port with TLS', function () {
  this.timeout(60_000)
  let rig: Rig
  let folder = ''
  let keeper: TlsKeeper
  let first: Holder
  let second: Holder
  let asterisk: WebSocketServer
  const closes: (() => Promise<void>)[] = []
  let port = 0

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rt-web-'))
    const keys = makeKeys()
    first = issue({ subject: 'first.example', keys })
    second = issue({ subject: 'second.example', keys })
    await put(first)
    rig = await startRig()
    keeper = await openTls({
      dir: path.join(folder, 'tls'),
      files: { cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') },
      told: [],
      log: rig.deps.log,
      everyMs: 3_600_000
    })
    // As Asterisk takes telephones: every word comes back.
    asterisk = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/ws', handleProtocols: () => 'sip' })
    asterisk.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    await once(asterisk, 'listening')
    port = await open({ isTls: true })
  })
  after(async () => {
    for (const close of closes) await close()
    keeper.stop()
    asterisk.close()
    await rig.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function put({ cert, key }: { cert: string; key: string }): Promise<void> {
    await writeFile(path.join(folder, 'cert.pem'), cert)
    await writeFile(path.join(folder, 'key.pem'), key)
  }

  /** The whole API of the rig on a port of its own. */
  async function open(told: Partial<Outside> & { publicUrl?: string }, redirect?: number): Promise<number> {
    const { publicUrl } = told
    const outside = {
      ...outsideOf(keeper, { isTls: false, trustProxy: [], sipTlsPort: null, ...told }),
      ...(told.keeper ? { keeper: told.keeper } : {})
    }
    const certificate = () => (outside.isTls ? keeper.current() : null)
    const upkeep = createUpkeep({
      ...{ db: rig.db, dataDir: folder, asterisk: null, lines: () => [], certificate },
      publicUrl
    })
    const deps: ApiDeps = { ...rig.deps, outside, publicUrl, upkeep, cookieName: 'ringtrace_t' }
    const free = await freePort()
    const { port: ariPort } = asterisk.address() as net.AddressInfo
    const options = { host: '127.0.0.1', port: free, redirectPort: redirect, ariPort }
    closes.push(await listen(deps, options))
    return free
  }

  const origin = (at = port) => `https://127.0.0.1:${at}`
  async function signIn(url = origin(), headers: Record<string, string> = {}) {
    const answer = await ask('POST', `${url}/api/auth/login`, headers, { login: 'admin', password })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    const setCookie = answer.headers['set-cookie']?.[0] ?? ''
    const cookie = setCookie.split(';')[0] ?? ''
    return { setCookie, cookie, headers: { cookie, 'X-CSRF-Token': String(answer.body['csrfToken']) } }
  }
  const checkOf = async (
    at: number,
    headers: object,
    name: string,
    scheme = 'https'
  ): Promise<SystemCheck> => {
    const { body } = await ask('GET', `${scheme}://127.0.0.1:${at}/api/system`, headers)
    const found = (body['checks'] as SystemCheck[]).find((each) => each.name === name)
    if (!found) throw new Error(`No ${name} on the system page`)
    return found
  }

  it('serves https, and keeps the session to this host and to https', async () => {
    const { setCookie, cookie } = await signIn()
    expect(setCookie).to.match(
      /^__Host-ringtrace_t=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/
    )
    const me = await ask('GET', `${origin()}/api/me`, { cookie })
    expect(me.status).to.equal(200)
    const plainName = cookie.replace('__Host-', '')
    expect((await ask('GET', `${origin()}/api/me`, { cookie: plainName })).status, 'the plain name').to.equal(
      401
    )
  })

  it('sends plain http on to https on the same port, and on another', async () => {
    const other = await freePort()
    const secure = await open({ isTls: true }, other)
    const same = await ask('GET', `http://127.0.0.1:${secure}/journal?x=1`)
    expect([same.status, same.headers.location]).to.deep.equal([307, `${origin(secure)}/journal?x=1`])
    const beside = await ask('GET', `http://127.0.0.1:${other}/journal`)
    expect([beside.status, beside.headers.location]).to.deep.equal([307, `${origin(secure)}/journal`])
    const login = await ask(
      'POST',
      `http://127.0.0.1:${secure}/api/auth/login`,
      {},
      { login: 'admin', password }
    )
    expect(login.status, 'a password in the open').to.equal(403)
    const odd = await ask('GET', `http://127.0.0.1:${secure}/`, { Host: 'evil.example/path' })
    expect(odd.status).to.equal(403)
    expect((await ask('GET', `http://127.0.0.1:${secure}/api/health`)).body).to.have.property('status')
  })

  it('tells browsers to stay with https only when they trust the certificate', async () => {
    const header = 'strict-transport-security'
    expect((await ask('GET', `${origin()}/api/health`)).headers).to.not.have.property(header)
    const trusted = { ...keeper, current: () => publicly(keeper) }
    const real = await open({ isTls: true, keeper: trusted })
    expect((await ask('GET', `${origin(real)}/api/health`)).headers[header]).to.equal('max-age=31536000')
  })

  it('carries the live feed and telephones by wss, for signed-in people and pages of ours', async () => {
    const { cookie } = await signIn()
    const socket: Socket = io(origin(), {
      path: '/live',
      transports: ['websocket'],
      rejectUnauthorized: false,
      extraHeaders: { cookie, origin: origin() }
    })
    const hello = await new Promise<Json>((resolve, reject) => {
      socket.once('hello', resolve)
      socket.once('connect_error', reject)
    })
    socket.close()
    expect(hello).to.have.property('epoch')
    const phone = telephone({ cookie, origin: origin() })
    await once(phone, 'open')
    expect(await echo(phone, 'REGISTER')).to.equal('REGISTER')
    phone.close()
    for (const headers of [{ origin: origin() }, { cookie, origin: 'https://evil.example' }]) {
      const [, answer] = (await once(telephone(headers), 'unexpected-response')) as [
        unknown,
        http.IncomingMessage
      ]
      expect(answer.statusCode).to.be.oneOf([401, 403])
    }
  })

  it('takes a renewed certificate while a telephone stays connected, and keeps the old one when it is broken', async () => {
    const { cookie, headers } = await signIn()
    const phone = telephone({ cookie, origin: origin() })
    await once(phone, 'open')
    expect((await ask('GET', `${origin()}/api/health`)).subject).to.equal('first.example')
    await put(second)
    await keeper.look()
    expect((await ask('GET', `${origin()}/api/health`)).subject).to.equal('second.example')
    expect(await checkOf(port, headers, 'https')).to.deep.include({ state: 'warning', reason: 'untrusted' })

    await put({ cert: 'half a fi', key: second.key })
    await keeper.look()
    expect((await ask('GET', `${origin()}/api/health`)).subject).to.equal('second.example')
    expect(await checkOf(port, headers, 'https')).to.deep.include({ state: 'failed', reason: 'broken' })
    const health = await ask('GET', `${origin()}/api/health`)
    expect((health.body['checks'] as Record<string, Json>)['certificate']).to.include({ status: 'failed' })
    const shown = await ask('GET', `${origin()}/api/certificate`, { cookie })
    expect(shown.body).to.deep.include({
      source: 'files',
      subject: 'second.example',
      problem: { reason: 'noCertificate', about: null }
    })
    expect(JSON.stringify(shown.body)).to.not.include('PRIVATE KEY')
    await put(second)
    await keeper.look()
    expect(await echo(phone, 'still here')).to.equal('still here')
    phone.close()
    const refused = await ask('PUT', `${origin()}/api/certificate`, headers, {
      certificate: first.cert,
      key: first.key
    })
    expect([refused.status, refused.body['code']]).to.deep.equal([409, 'certificate_from_files'])
  })

  it('takes an uploaded certificate at once, says why it refuses one, and keeps no key in the audit', async () => {
    const own = await openTls({
      ...{ dir: path.join(folder, 'own'), files: null, told: [], log: rig.deps.log, everyMs: 3_600_000 }
    })
    const at = await open({ isTls: true, keeper: own })
    const url = `${origin(at)}/api/certificate`
    const { headers } = await signIn(origin(at))
    const put = (certificate: string, key: string) => ask('PUT', url, headers, { certificate, key })
    const other = issue({ subject: 'other.example', keys: makeKeys() })
    const refused = await put(first.cert, other.key)
    expect([refused.status, refused.body['code'], refused.body['current']]).to.deep.equal([
      422,
      'certificate_refused',
      { reason: 'otherKey', about: 'first.example' }
    ])
    const taken = await put(other.cert, other.key)
    expect(taken.body).to.deep.include({
      source: 'uploaded',
      subject: 'other.example',
      isTls: true,
      isNamed: true
    })
    expect((await ask('GET', url, headers)).subject).to.equal('other.example')
    expect((await ask('DELETE', url, headers)).status).to.equal(204)
    expect((await ask('GET', url, headers)).body['source']).to.equal('selfSigned')
    expect((await ask('DELETE', url, headers)).status, 'nothing left to remove').to.equal(404)
    const rows = await rig.db('audit').whereLike('action', 'certificate.%').orderBy('id')
    expect(rows.map(({ action }: { action: string }) => action)).to.deep.equal([
      'certificate.change',
      'certificate.delete'
    ])
    expect(JSON.stringify(rows)).to.include('other.example').and.not.include('PRIVATE')
    own.stop()
  })

  it('outlives whoever speaks neither http nor TLS, and whoever says nothing', async () => {
    const silent = net.connect(port, '127.0.0.1')
    const noise = net.connect(port, '127.0.0.1')
    await Promise.all([once(silent, 'connect'), once(noise, 'connect')])
    noise
      .on('error', () => undefined)
      .resume()
      .write(Buffer.from([22, 3, 1, 255, 255, 0, 0]))
    noise.end()
    await once(noise, 'close')
    silent.destroy()
    expect((await ask('GET', `${origin()}/api/health`)).status).to.equal(200)
  })

  describe('behind a proxy', () => {
    const forwarded = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' }
    const addressOf = async (): Promise<string> => {
      const row = await rig
        .db('audit')
        .where({ action: 'login' })
        .orderBy('id', 'desc')
        .first<{ ip: string }>()
      return row.ip.replace('::ffff:', '')
    }

    it('believes nobody who was not named, and says so on the system page', async () => {
      const at = await open({})
      const { setCookie, headers } = await signIn(`http://127.0.0.1:${at}`, forwarded)
      expect(setCookie)
        .to.match(/^ringtrace_t=/)
        .and.not.include('Secure')
      expect(await addressOf()).to.equal('127.0.0.1')
      expect(await checkOf(at, headers, 'ways', 'http')).to.deep.include({
        state: 'warning',
        reason: 'strangerProxy',
        values: { address: '127.0.0.1' }
      })
    })

    it('believes the proxy that was named: who comes, and how', async () => {
      const at = await open({ trustProxy: ['127.0.0.0/8'] })
      const { setCookie, headers } = await signIn(`http://127.0.0.1:${at}`, forwarded)
      expect(setCookie)
        .to.match(/^ringtrace_t=/)
        .and.include('; Secure')
      expect(await addressOf()).to.equal('203.0.113.9')
      expect(await checkOf(at, headers, 'ways', 'http')).to.deep.include({ state: 'ok' })
    })

    it('keeps the session to https when PUBLIC_URL says so', async () => {
      const at = await open({ publicUrl: 'https://calls.example', trustProxy: ['loopback'] })
      expect((await signIn(`http://127.0.0.1:${at}`, forwarded)).setCookie)
        .to.match(/^__Host-/)
        .and.include('; Secure')
    })

    it('names what is set up wrongly, until it is right', async () => {
      const at = await open({ publicUrl: 'http://calls.example', trustProxy: ['loopback'] })
      const { headers } = await signIn(`http://127.0.0.1:${at}`, forwarded)
      expect(await checkOf(at, headers, 'ways', 'http')).to.include({ reason: 'httpsProxy' })
      // As nginx passes a WebSocket on that nobody told it of.
      const lost = await ask('GET', `http://127.0.0.1:${at}/sip`, {
        ...{ ...forwarded, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
      })
      expect([lost.status, lost.body['code']]).to.deep.equal([426, 'upgrade_lost'])
      expect(await checkOf(at, headers, 'ways', 'http')).to.include({ state: 'failed', reason: 'noUpgrade' })
      const phone = telephone(
        { cookie: headers.cookie, origin: `http://127.0.0.1:${at}` },
        `ws://127.0.0.1:${at}/sip`
      )
      await once(phone, 'open')
      phone.close()
      expect(await checkOf(at, headers, 'ways', 'http')).to.include({ reason: 'httpsProxy' })
    })

    it('names a PUBLIC_URL of plain http where this machine speaks https', async () => {
      const at = await open({ isTls: true, publicUrl: 'http://calls.example' })
      const { headers } = await signIn(origin(at))
      expect(await checkOf(at, headers, 'ways')).to.include({ reason: 'httpPublicUrl' })
      expect(await checkOf(at, headers, 'https')).to.include({ state: 'warning', reason: 'otherName' })
    })
  })

  function telephone(headers: Record<string, string>, url = `wss://127.0.0.1:${port}/sip`): WebSocket {
    return new WebSocket(url, 'sip', { headers, rejectUnauthorized: false })
  }
  async function echo(phone: WebSocket, text: string): Promise<string> {
    const heard = once(phone, 'message') as Promise<[Buffer]>
    phone.send(text)
    return String((await heard)[0])
  }
})

const publicly = (keeper: TlsKeeper) => {
  const now = keeper.current()
  return { ...now, facts: { ...now.facts, trust: 'public' as const } }
}

async function freePort(): Promise<number> {
  let found = 0
  // Below those that Linux hands out by itself.
  await until(
    async () => {
      const wanted = 19_500 + Math.floor(Math.random() * 400)
      const server = net.createServer().listen(wanted, '127.0.0.1')
      const isFree = await once(server, 'listening').then(
        () => true,
        () => false
      )
      await new Promise((resolve) => server.close(resolve))
      if (isFree) found = wanted
      return isFree
    },
    { what: 'a free port' }
  )
  return found
}

/** One request on a connection of its own, whatever the certificate. */
async function ask(method: string, url: string, headers: object = {}, body?: unknown): Promise<Answer> {
  const { request } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const req = request(
      url,
      {
        method,
        agent: false,
        rejectUnauthorized: false,
        headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers }
      },
      (res) => {
        const subject = (res.socket as Partial<TLSSocket>).getPeerCertificate?.().subject.CN ?? ''
        let text = ''
        res.on('data', (chunk: Buffer) => (text += chunk.toString()))
        res.on('end', () => {
          const isJson = res.headers['content-type']?.includes('json') === true && text !== ''
          const parsed = (isJson ? JSON.parse(text) : { text }) as Json
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: parsed,
            subject: String(subject)
          })
        })
      }
    )
    req.on('error', reject)
    req.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
