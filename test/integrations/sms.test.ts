import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createSecrets } from '../../db/secrets.ts'
import { goneOf } from '../../integrations/sms/rules.ts'
import { createSms, type Sms } from '../../integrations/sms/sms.ts'
import { requestOf, strangePlaces, type SmsTemplate } from '../../integrations/sms/template.ts'

const secrets = createSecrets(randomBytes(32))
const log = pino({ level: 'silent' })
const key = 'k&1'

const json: SmsTemplate = {
  url: 'https://sms.example/send?id={{id}}',
  method: 'POST',
  body: 'json',
  template: '{"to": "{{digits}}", "text": "{{text}}"}',
  headers: [{ name: 'Authorization', value: 'Bearer {{key}}' }],
  expects: '"ok":true'
}
const values = { phone: '+74951234567', digits: '74951234567', text: 'Ждём "вас"\n{{key}}', id: 'a/b', key }

describe('SMS', () => {
  describe('the request', () => {
    it('escapes each value as its place asks', () => {
      const made = requestOf(json, values)
      expect(made.url).to.equal('https://sms.example/send?id=a%2Fb')
      expect(JSON.parse(made.body ?? '')).to.deep.equal({ to: '74951234567', text: 'Ждём "вас"\n{{key}}' })
      expect(made.headers).to.deep.include({ authorization: 'Bearer k&1' })
    })
    it('writes forms, and puts all into the address of a GET', () => {
      const form = requestOf(
        { ...json, body: 'form', template: 'to={{phone}}\n\nmsg = {{text}}&x=1' },
        values
      )
      expect(Object.fromEntries(new URLSearchParams(form.body ?? ''))).to.deep.equal({
        to: '+74951234567',
        msg: ' Ждём "вас"\n{{key}}&x=1'
      })
      const get = requestOf(
        { ...json, method: 'GET', url: 'https://x.example/?t={{text}}&k={{key}}' },
        values
      )
      expect(get.body).to.equal(null)
      expect(new URL(get.url).searchParams.get('k')).to.equal(key)
    })
    it('keeps line breaks out of headers, and knows its places', () => {
      const broken = { ...json, headers: [{ name: 'X-To', value: '{{text}}' }] }
      expect(requestOf(broken, { ...values, text: 'a\r\nX-Evil: 1' }).headers['x-to']).to.equal('aX-Evil: 1')
      expect(strangePlaces({ ...json, template: '{{text}} {{sender}}' })).to.deep.equal(['sender'])
    })
  })

  describe('a gateway', () => {
    let server: Server
    let sms: Sms
    let template: SmsTemplate
    const taken: string[] = []
    /** The settings as they are stored; nothing else of the database is asked for. */
    const db = (() => ({
      where: () => ({
        first: () => Promise.resolve({ value: { ...template, sealedKey: secrets.seal(key, 'sms.key') } })
      })
    })) as unknown as Knex

    before(async () => {
      // As strict as the real ones: the key, the number and the type of the body must be right.
      server = createServer((req, res) => {
        let body = ''
        req.on('data', (part: Buffer) => (body += part.toString()))
        req.on('end', () => {
          const answer = (status: number, text: string): void => void res.writeHead(status).end(text)
          if (req.url === '/down') return answer(503, 'later')
          if (req.url === '/broken') return answer(500, 'oops')
          if (req.url === '/silent') return
          if (req.url === '/moved') return void res.writeHead(302, { location: '/send' }).end()
          if (req.method !== 'POST' || req.headers['content-type'] !== 'application/json')
            return answer(415, '')
          if (req.headers.authorization !== `Bearer ${key}`) return answer(401, `bad key ${key}`)
          const given = JSON.parse(body) as Record<string, unknown>
          if (Object.keys(given).toSorted().join() !== 'text,to') return answer(400, 'unknown parameter')
          if (!/^7\d{10}$/.test(String(given['to']))) return answer(200, '{"ok":false,"error":"number"}')
          taken.push(String(given['text']))
          answer(200, '{"ok":true}')
        })
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      sms = createSms({ db, secrets, allowPrivate: true, log, timeoutMs: 300 })
    })
    after(async () => {
      await sms.close()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    const at = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
    const send = (change: Partial<SmsTemplate> = {}, to = '+74951234567') => {
      template = { ...json, url: at('/send'), ...change }
      return sms.send({ to, text: 'Привет', id: 'm1' })
    }

    it('takes a message, or says why not', async () => {
      expect(await send()).to.deep.equal({ is: 'sent', note: null })
      expect(taken).to.deep.equal(['Привет'])
      expect(await send({}, '+49301234567')).to.deep.include({ is: 'failed', isForGood: true })
      expect(await send({ template: '{"text": "{{text}}"}' })).to.deep.include({
        is: 'failed',
        isForGood: true
      })
    })
    it('never shows its key in an error', async () => {
      const gone = await send({ headers: [{ name: 'Authorization', value: '{{key}}' }] })
      expect(gone).to.deep.equal({
        is: 'failed',
        error: 'the gateway answered 401: bad key •••',
        isForGood: true
      })
    })
    it('is asked again where nothing can have gone, and never where it may have', async () => {
      expect(await send({ url: at('/down') })).to.deep.include({ is: 'failed', isForGood: false })
      expect(await send({ url: 'http://127.0.0.1:1/' })).to.deep.include({ is: 'failed', isForGood: false })
      expect((await send({ url: at('/broken') })).is).to.equal('unknown')
      expect((await send({ url: at('/silent') })).is).to.equal('unknown')
      // Where it leads to nobody has entered.
      expect(await send({ url: at('/moved') })).to.deep.include({ is: 'failed', isForGood: true })
    })
    it('is not reached in the own network, unless that is allowed', async () => {
      const strict = createSms({ db, secrets, allowPrivate: false, log })
      template = { ...json, url: at('/send') }
      const gone = await strict.send({ to: '+74951234567', text: 'x', id: 'm2' })
      await strict.close()
      expect(gone).to.deep.include({ is: 'failed', isForGood: true })
      expect(taken).to.have.length(1)
    })
  })

  it('letters of rules go by the same three words', () => {
    const bad = (reason: string, detail: string | null) =>
      goneOf({ ok: false, reason: reason as 'other', message: 'm', detail }, { to: ['a@b.c'] })
    expect(bad('notSetUp', null)).to.deep.include({ is: 'failed', isForGood: false })
    expect(bad('timeout', null).is).to.equal('unknown')
    expect(bad('refused', 'read ECONNRESET').is).to.equal('unknown')
    expect(bad('refused', 'connect ECONNREFUSED').is).to.equal('failed')
    expect(bad('recipientRefused', '550 no such user')).to.deep.include({ is: 'failed', isForGood: true })
    expect(bad('other', '452 later')).to.deep.include({ is: 'failed', isForGood: false })
    expect(goneOf({ ok: true, refused: [] }, { to: ['a@b.c'] }).is).to.equal('sent')
    expect(goneOf({ ok: true, refused: ['a@b.c'] }, { to: ['a@b.c'] }).is).to.equal('failed')
  })
})
