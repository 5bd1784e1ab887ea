import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { expect } from 'chai'
import { pino } from 'pino'
import { createSecrets } from '../../db/secrets.ts'
import { createMail, type Letter, type Sent } from '../../integrations/mail/mail.ts'
import { sealStoredPassword } from '../../integrations/mail/settings.ts'
import { explain, failureOf } from '../../integrations/mail/why.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openPostOffice, type PostOffice } from './support/post-office.ts'

describe('Mail out', function () {
  this.timeout(30_000)
  let database: TestDatabase
  let office: PostOffice
  const log = pino({ level: 'silent' })
  const secrets = createSecrets(randomBytes(32))

  before(async () => {
    database = await createTestDatabase()
    office = await openPostOffice()
  })
  after(async () => {
    await office.close()
    await database.drop()
  })

  const usual = () => ({
    host: 'localhost',
    port: office.port,
    security: 'starttls',
    user: 'post',
    password: 'secret word',
    from: 'Отдел рекламы <reports@company.example>'
  })
  async function settle(change: Partial<ReturnType<typeof usual>> = {}): Promise<void> {
    const { password, ...rest } = { ...usual(), ...change }
    const value = JSON.stringify({ ...rest, sealedPassword: secrets.seal(password, 'mail.password') })
    await database.db('settings').insert({ key: 'mail', value }).onConflict('key').merge()
  }
  const letter = (change: Partial<Letter> = {}): Letter => ({
    ...{ to: ['boss@company.example'], subject: 'Отчёт', text: 'text', html: '<p>html</p>', locale: 'en' },
    ...change
  })
  const mail = (change: { trusted?: string; timeoutMs?: number } = {}) =>
    createMail({ db: database.db, log, secrets, trusted: office.cert, timeoutMs: 2000, ...change })
  const reasonOf = (sent: Sent): string => (sent.ok ? 'sent' : sent.reason)

  it('goes out over STARTTLS with a login', async () => {
    await settle()
    const attachments = [{ fileName: 'отчёт.csv', contentType: 'text/csv', content: Buffer.from('a;b') }]
    expect(await mail().send(letter({ attachments }))).to.deep.equal({ ok: true, refused: [] })
    const got = await office.next()
    expect(got).to.include({ from: 'reports@company.example', user: 'post', isSecure: true })
    expect(got.headers.get('subject')).to.equal('Отчёт')
    expect(got.headers.get('from')).to.contain('Отдел рекламы')
    expect(got.attachments[0]?.content.toString()).to.equal('a;b')
  })

  it('says in the head of bulk mail where one request refuses it', async () => {
    await settle()
    const refuseUrl = 'https://pbx.example/u/abc'
    await mail().send(letter({ refuseUrl }))
    const { headers } = await office.next()
    expect(headers.get('list-unsubscribe')).to.equal(`<${refuseUrl}>`)
    expect(headers.get('list-unsubscribe-post')).to.equal('List-Unsubscribe=One-Click')
    await mail().send(letter())
    expect((await office.next()).headers.has('list-unsubscribe'), 'other letters say nothing of it').to.equal(
      false
    )
  })

  it('asks for the password again when the key is another one', async () => {
    await settle()
    const other = createMail({ db: database.db, log, secrets: createSecrets(randomBytes(32)) })
    const sent = await other.send(letter())
    expect(reasonOf(sent)).to.equal('badLogin')
    expect(!sent.ok && sent.detail).to.contain('give it again')
  })

  it('seals a password that an older version has stored plainly, once', async () => {
    const value = JSON.stringify(usual())
    await database.db('settings').insert({ key: 'mail', value }).onConflict('key').merge()
    const stored = async () => {
      await sealStoredPassword(database.db, secrets)
      return JSON.stringify(await database.db('settings').where({ key: 'mail' }).first<unknown>('value'))
    }
    const sealed = await stored()
    expect(sealed).not.to.contain('secret word').and.not.to.contain('"password"')
    expect(await stored(), 'the second start').to.equal(sealed)
    expect(await mail().send(letter())).to.deep.equal({ ok: true, refused: [] })
    expect(await office.next()).to.include({ user: 'post' })
  })

  it('says that nobody has set it up', async () => {
    await database.db('settings').where({ key: 'mail' }).delete()
    const sent = await mail().test('boss@company.example', 'ru')
    expect(sent).to.deep.include({ ok: false, reason: 'notSetUp' })
  })

  it('says why a server cannot be reached or trusted', async () => {
    await settle({ host: 'no-such-host.invalid' })
    expect(reasonOf(await mail().send(letter()))).to.equal('nameNotFound')
    await settle({ port: 1 })
    expect(reasonOf(await mail().send(letter()))).to.equal('refused')
    await settle()
    // Without the certificate of this server.
    const strange = createMail({ db: database.db, log, secrets, timeoutMs: 2000 })
    expect(reasonOf(await strange.send(letter()))).to.equal('tls')
    // TLS from the first byte, to a port that speaks plainly.
    await settle({ security: 'tls' })
    expect(reasonOf(await mail().send(letter()))).to.equal('tls')
  })

  it('gives up on a server that says nothing', async () => {
    const silent: Server = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    await settle({ port: (silent.address() as AddressInfo).port, host: '127.0.0.1' })
    expect(reasonOf(await mail({ timeoutMs: 300 }).send(letter()))).to.equal('timeout')
    silent.close()
  })

  it('says that the login is wrong, with what the server said', async () => {
    await settle({ password: 'guess' })
    const sent = await mail().send(letter())
    expect(sent).to.deep.include({ ok: false, reason: 'badLogin' })
    expect(sent.ok ? '' : sent.message)
      .to.contain('wrong password')
      .and.not.to.contain('guess')
  })

  it('tells relay denied, a refused sender and a refused recipient apart', async () => {
    const strict = await openPostOffice({
      authOptional: true,
      onMailFrom({ address }, _session, answer) {
        answer(address.startsWith('nobody') ? new Error('Sender not yours') : null)
      },
      onRcptTo({ address }, _session, answer) {
        if (address.startsWith('far'))
          answer(Object.assign(new Error('Relay access denied'), { responseCode: 554 }))
        else if (address.startsWith('no')) answer(new Error('No such mailbox'))
        else answer(null)
      }
    })
    try {
      const at = { port: strict.port, security: 'none', user: '', password: '' }
      await settle({ ...at })
      expect(reasonOf(await mail().send(letter({ to: ['far@away.example'] })))).to.equal('relayDenied')
      expect(reasonOf(await mail().send(letter({ to: ['no@company.example'] })))).to.equal('recipientRefused')
      // One of two: it is sent, and said.
      expect(await mail().send(letter({ to: ['no@company.example', 'yes@company.example'] }))).to.deep.equal({
        ok: true,
        refused: ['no@company.example']
      })
      await settle({ ...at, from: 'nobody@company.example' })
      expect(reasonOf(await mail().send(letter()))).to.equal('senderRefused')
    } finally {
      await strict.close()
    }
  })

  it('says that a server has no STARTTLS rather than sending a password in the open', async () => {
    const open = await openPostOffice({
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true
    })
    try {
      await settle({ port: open.port })
      expect(reasonOf(await mail().send(letter()))).to.equal('noStarttls')
      expect(open.letters).to.deep.equal([])
    } finally {
      await open.close()
    }
  })

  it('lets nothing begin another header', async () => {
    await settle()
    for (const change of [
      { subject: 'One\r\nBcc: thief@evil.example' },
      { to: ['a@b.example\nBcc: x@y.example'] }
    ]) {
      let caught: unknown
      await mail()
        .send(letter(change))
        .catch((error: unknown) => (caught = error))
      expect(caught).to.be.an('error')
    }
  })

  it('has words for every reason in both languages', () => {
    const server = {
      host: 'h',
      port: 25,
      security: 'none',
      user: '',
      password: 'secret',
      from: 'a@b.c'
    } as const
    const failure = failureOf(Object.assign(new Error('Strange'), { code: 'EWHAT' }))
    expect(failure).to.deep.equal({ reason: 'other', detail: 'Strange' })
    expect(explain(failure, server, 'ru'))
      .to.contain('h:25')
      .and.not.to.contain('secret')
    expect(explain(failure, server, 'en')).to.contain('Strange')
  })
})
