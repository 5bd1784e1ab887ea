import { expect } from 'chai'
import { chmod, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { openTls, type TlsKeeper } from '../../host/tls/keeper.ts'
import { MaterialRefused } from '../../host/tls/material.ts'
import { SetupError } from '../../host/setup-error.ts'
import { until } from '../support/until.ts'
import { issue, makeKeys, type Holder } from './authority.ts'

describe('The certificate in use', function () {
  this.timeout(30_000)
  const log = pino({ level: 'silent' })
  let folder = ''
  let first: Holder
  let second: Holder
  let other: Holder
  const open: TlsKeeper[] = []

  before(() => {
    const keys = makeKeys()
    first = issue({ subject: 'first', keys })
    second = issue({ subject: 'second', keys })
    other = issue({ subject: 'other', keys: makeKeys() })
  })
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rt-tls-'))
  })
  afterEach(async () => {
    for (const keeper of open.splice(0)) keeper.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const at = (name: string): string => path.join(folder, name)
  async function keeper(options: Partial<Parameters<typeof openTls>[0]> = {}): Promise<TlsKeeper> {
    const made = await openTls({ dir: at('tls'), files: null, told: ['calls.example'], log, ...options })
    open.push(made)
    return made
  }
  const subject = (one: TlsKeeper): string => one.current().facts.subject
  const used = async (): Promise<string> => readFile(at('tls/used.pem'), 'utf8')
  async function put({ cert, key }: { cert: string; key: string }): Promise<void> {
    await writeFile(at('chain.pem'), cert)
    await writeFile(at('key.pem'), key)
  }
  const files = () => ({ cert: at('chain.pem'), key: at('key.pem') })

  it('is self-signed at first, kept over restarts, readable by its owner alone', async () => {
    const one = await keeper()
    expect(one.current()).to.include({ source: 'selfSigned', problem: null })
    expect(one.current().facts.names).to.include('calls.example')
    for (const name of ['tls/self-signed.pem', 'tls/used.pem'])
      expect((await stat(at(name))).mode & 0o777, name).to.equal(0o600)
    expect((await stat(at('tls'))).mode & 0o777).to.equal(0o700)
    expect(one.isNewAtStart).to.equal(true)
    const again = await keeper()
    expect(again.isNewAtStart).to.equal(false)
    const same = await keeper({ told: ['Calls.Example', undefined, 'not a host'] })
    expect(same.isNewAtStart, 'nothing new is asked for').to.equal(false)
    expect(again.current().facts.fingerprint).to.equal(one.current().facts.fingerprint)
  })

  it('is made anew for another name, and before it ends', async () => {
    const one = await keeper()
    const renamed = await keeper({ told: ['other.example', '2001:db8:0:0::7'] })
    expect(renamed.current().facts.fingerprint).to.not.equal(one.current().facts.fingerprint)
    let nowMs = Date.now()
    const lasting = await keeper({ told: ['other.example', '[2001:DB8::7]'], now: () => nowMs })
    expect(lasting.current().facts.fingerprint).to.equal(renamed.current().facts.fingerprint)
    nowMs = lasting.current().facts.endsMs - 10 * 86_400_000
    await lasting.look()
    expect(lasting.current().facts.endsMs).to.be.greaterThan(nowMs + 700 * 86_400_000)
  })

  it('is the uploaded one until that is removed; what cannot be used changes nothing', async () => {
    const one = await keeper()
    const told: string[] = []
    one.onChange((now) => void told.push(now.source))
    await one.upload(first.cert, first.key)
    expect([subject(one), one.current().source]).to.deep.equal(['first', 'uploaded'])
    expect(await used())
      .to.include(first.cert)
      .and.include('PRIVATE KEY')
    expect((await stat(at('tls/uploaded.pem'))).mode & 0o777).to.equal(0o600)
    const refused = await one.upload(second.cert, other.key).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(MaterialRefused).with.property('reason', 'otherKey')
    expect(subject(await keeper()), 'after a restart').to.equal('first')
    await one.removeUpload()
    expect(one.current().source).to.equal('selfSigned')
    expect(told).to.deep.equal(['uploaded', 'selfSigned'])
  })

  it('follows the files by itself, through links too, and says so once', async () => {
    await put(first)
    await rename(at('chain.pem'), at('chain1.pem'))
    await symlink('chain1.pem', at('chain.pem'))
    const one = await keeper({ files: files(), everyMs: 50 })
    expect([subject(one), one.current().source]).to.deep.equal(['first', 'files'])
    const told: string[] = []
    one.onChange((now) => void told.push(now.facts.subject))
    // As certbot renews: a new file, and the link is turned to it.
    await writeFile(at('chain2.pem'), second.cert)
    await symlink('chain2.pem', at('next.pem'))
    await rename(at('next.pem'), at('chain.pem'))
    await until(() => told.length > 0, { what: 'the new certificate is used' })
    expect(told).to.deep.equal(['second'])
    expect(await used()).to.include(second.cert)
  })

  it('stays while the new files are broken, and the reason is told until they are right', async () => {
    await put(first)
    const one = await keeper({ files: files(), everyMs: 3_600_000 })
    await put({ cert: second.cert, key: other.key })
    await one.look()
    expect(subject(one)).to.equal('first')
    expect(one.current().problem).to.include({ reason: 'otherKey', about: 'second' })
    await rm(at('key.pem'))
    await one.look()
    expect(one.current().problem).to.include({ reason: 'unreadable', about: at('key.pem') })
    await put(issue({ subject: 'ended', keys: first.keys, fromDays: -9, toDays: -1 }))
    await one.look()
    expect([subject(one), one.current().problem?.reason]).to.deep.equal(['first', 'ended'])
    await put(second)
    await one.look()
    expect([subject(one), one.current().problem]).to.deep.equal(['second', null])
  })

  it('stops a first start with broken files by name; later the last good one serves on', async () => {
    const refused = await keeper({ files: files() }).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(SetupError)
    expect(String(refused)).to.include('chain.pem').and.include('TLS_CERT_FILE')
    await put(first)
    ;(await keeper({ files: files() })).stop()
    await chmod(at('chain.pem'), 0o600)
    await writeFile(at('chain.pem'), 'spoilt')
    const one = await keeper({ files: files() })
    expect([subject(one), one.current().source]).to.deep.equal(['first', 'kept'])
    expect(one.current().problem?.reason).to.equal('noCertificate')
    await put(second)
    await one.look()
    expect([subject(one), one.current().source]).to.deep.equal(['second', 'files'])
  })

  it('goes on when whoever uses it fails to take it', async () => {
    const one = await keeper()
    const told: string[] = []
    one.onChange(() => Promise.reject(new Error('Asterisk is away')))
    one.onChange((now) => void told.push(now.facts.subject))
    await one.upload(first.cert, first.key)
    expect(told).to.deep.equal(['first'])
  })
})
