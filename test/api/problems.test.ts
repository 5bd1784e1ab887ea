import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { expect } from 'chai'
import { openApiText } from '../../scripts/openapi.ts'
import { createDoor } from './support/door.ts'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

describe('The HTTP side under hostile and unlucky input', function () {
  this.timeout(60_000)
  let rig: Rig
  let uiDir: string
  before(async () => {
    // A hidden folder on the way, as in a DATA_DIR called `.runtime`.
    uiDir = path.join(await mkdtemp(path.join(os.tmpdir(), 'rt-api-ui-')), '.hidden')
    await mkdir(path.join(uiDir, 'assets'), { recursive: true })
    await writeFile(path.join(uiDir, 'index.html'), '<!doctype html><title>Ringtrace</title>')
    await writeFile(path.join(uiDir, 'assets', 'app-1a2b3c.js'), 'export {}')
    await writeFile(path.join(uiDir, 'assets', 'app-1a2b3c.js.br'), brotliCompressSync('export {}'))
    await writeFile(path.join(uiDir, '..', 'secret.txt'), 'not for browsers')
    rig = await startRig({ uiDir })
  })
  after(async () => {
    await rig.close()
    await rm(path.dirname(uiDir), { recursive: true, force: true })
  })

  it('answers a body that is not JSON, too large, or of another type', async () => {
    const { admin } = rig.as
    const code = async (body: unknown, headers = {}) =>
      (await admin.send('POST', '/api/sources', body, headers)).body['code']
    expect(await code('{"name":')).to.equal('bad_json')
    expect(await code('"text"')).to.equal('bad_json')
    expect(await code(JSON.stringify({ name: 'x'.repeat(1_100_000) }))).to.equal('body_too_large')
    expect(await code('name=x', { 'Content-Type': 'application/x-www-form-urlencoded' })).to.equal(
      'json_expected'
    )
  })

  it('stores naughty strings as they are, or refuses them, and never falls over', async () => {
    const { operator } = rig.as
    const names = [
      '<script>alert(1)</script>',
      `'; drop table contacts; --`,
      '../../etc/passwd',
      '${jndi:ldap://x}',
      '‮ right to left',
      '😀'.repeat(50),
      '__proto__',
      'null'
    ]
    for (const name of names) {
      const made = await operator.send('POST', '/api/contacts', { name })
      expect(made.status, name).to.equal(201)
      expect(made.body['name']).to.equal(name.trim())
    }
    for (const name of ['\u0000', 'a\u0000b', '   ']) {
      const refused = await operator.send('POST', '/api/contacts', { name })
      expect(refused.body, JSON.stringify(name)).to.include({ status: 422, code: 'invalid' })
    }
    const found = await operator.get(`/api/contacts?search=${encodeURIComponent("%_\\' or 1=1")}`)
    expect(itemsOf(found)).to.have.length(0)
    const body = '{"name":"Proto","__proto__":{"isDemo":true},"constructor":{"x":1},"isDemo":true}'
    expect((await operator.send('POST', '/api/contacts', body)).body).to.include({ isDemo: false })
  })

  it('answers ids that are none with 404, and a broken address with 400', async () => {
    for (const id of ['1', 'x', "'--", '%00', '..%2f..%2fusers']) {
      expect((await rig.as.admin.get(`/api/sources/${id}`)).body, id).to.include({ status: 404 })
    }
    expect((await rig.as.admin.get('/api/sources/%E0%A4%A')).body).to.include({ code: 'bad_request' })
  })

  it('sends strict security headers with everything', async () => {
    for (const address of ['/', '/api/health', '/api/nothing', '/api/docs']) {
      const { headers } = await rig.request('GET', address)
      const policy = headers.get('Content-Security-Policy') ?? ''
      expect(policy, address).to.include("script-src 'self';").and.include("frame-ancestors 'none'")
      expect(policy).not.to.include('upgrade-insecure-requests')
      expect(headers.get('X-Content-Type-Options')).to.equal('nosniff')
      expect(headers.get('X-Powered-By')).to.equal(null)
    }
  })

  it('serves the browser app for every address of its own, and keeps hashed files for ever', async () => {
    for (const address of ['/', '/journal', '/journal?from=2026-01-01']) {
      const page = await rig.request('GET', address)
      expect(page.body['text'], address).to.include('<title>Ringtrace</title>')
      expect(page.headers.get('Cache-Control')).to.equal('no-cache')
    }
    const script = await rig.request('GET', '/assets/app-1a2b3c.js', {
      headers: { 'Accept-Encoding': 'gzip, deflate, br' }
    })
    expect(script.headers.get('Cache-Control')).to.equal('public, max-age=31536000, immutable')
    expect(script.headers.get('Content-Encoding')).to.equal('br')
    expect(script.body['text']).to.equal('export {}')
    const plain = await rig.request('GET', '/assets/app-1a2b3c.js', {
      headers: { 'Accept-Encoding': 'identity' }
    })
    expect(plain.headers.get('Content-Encoding')).to.equal(null)
    expect(plain.headers.get('Cache-Control')).to.equal('public, max-age=31536000, immutable')
    expect((await rig.request('GET', '/assets/gone-999.js')).status).to.equal(404)
    for (const address of ['/../secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2f..%2fsecret.txt']) {
      const answer = await rig.request('GET', address)
      expect(JSON.stringify(answer.body)).not.to.include('not for browsers')
    }
  })

  it('documents itself, and the committed document is the current one', async () => {
    const answer = await rig.request('GET', '/api/openapi.json')
    expect(answer.body).to.include({ openapi: '3.1.0' })
    const committed = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8')
    expect(committed === (await openApiText()), 'run `npm run docs:openapi` and commit').to.equal(true)
    const page = await rig.request('GET', '/api/docs')
    expect(page.body['text']).to.include('/api/calls/{id}/recording').and.not.include('<script')
  })

  it('counts for Prometheus in private networks, and elsewhere only for those signed in', async () => {
    expect((await rig.request('GET', '/metrics')).status).to.equal(200)
    const headers = { 'X-Forwarded-For': '203.0.113.7' }
    expect((await rig.request('GET', '/metrics', { headers })).status).to.equal(401)
    expect((await rig.as.admin.get('/metrics', headers)).status).to.equal(200)
  })

  it('stays healthy in words when a part is not', async () => {
    expect((await rig.request('GET', '/api/health')).body).to.deep.include({ status: 'ok' })
    rig.pbx.health = { asterisk: { status: 'failed', detail: 'is away' } }
    const answer = await rig.request('GET', '/api/health')
    expect(answer.status).to.equal(200)
    expect(answer.body).to.deep.include({
      status: 'degraded',
      checks: { database: { status: 'ok' }, asterisk: { status: 'failed', detail: 'is away' } }
    })
    rig.pbx.health = { asterisk: { status: 'ok' } }
  })
})

describe('The HTTP side while the database is away', function () {
  this.timeout(60_000)

  it('asks callers to come back, says so in health, and goes on when it returns', async () => {
    const door = await createDoor()
    const rig = await startRig({ before: door.behind })
    try {
      const { admin } = rig.as
      door.shut()
      const away = await admin.get('/api/sources')
      expect(away.body).to.include({ status: 503, code: 'database_away' })
      expect(Number(away.headers.get('Retry-After'))).to.be.greaterThan(0)
      const login = await rig.request('POST', '/api/auth/login', { body: { login: 'admin', password: 'x' } })
      expect(login.status).to.equal(503)
      const health = await rig.request('GET', '/api/health')
      expect(health.status).to.equal(200)
      expect(health.body).to.include({ status: 'degraded' })
      door.open()
      expect((await admin.get('/api/sources')).status).to.equal(200)
    } finally {
      await door.close()
      await rig.close()
    }
  })
})
