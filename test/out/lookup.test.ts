import { expect } from 'chai'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createLookup } from '../../integrations/lookup/lookup.ts'
import type { CallFacts } from '../../ivr/block.ts'

const facts: CallFacts = {
  ...{ callId: 'call-1', callerNumber: '+79161112233', callerName: null, country: 'RU', region: null },
  ...{ dialed: '+74951000001', numberId: null, sourceId: null, inquiryChannel: 'paid', campaign: null },
  ...{ keyword: 'окна', siteId: null, contactId: null, tags: ['vip'], pressed: '2' }
}

describe('A lookup', () => {
  const asked: { method: string; url: string; body: string }[] = []
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body })
      answer(request, response)
    })
  })
  const options = {
    findOperator: (name: string) => (name === '101' ? 'user-1' : null),
    normalise: (number: string) => (/^\+?\d{11}$/.test(number) ? `+${number.replace('+', '')}` : null),
    log: pino({ level: 'silent' })
  }
  const lookup = createLookup({ ...options, allowPrivate: true })
  const guarded = createLookup({ ...options, allowPrivate: false })
  let url: string

  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await Promise.all([lookup.close(), guarded.close()])
  })
  beforeEach(() => (asked.length = 0))
  const says = (text: string, status = 200) => {
    answer = (_request, response) => response.writeHead(status).end(text)
  }

  it('tells of the call and takes the answer', async () => {
    says('{"phones":["101"],"text":"Hello"}')
    expect(await lookup.ask(`${url}/crm?key=secret`, 1500, facts)).to.deep.equal({
      targets: [{ kind: 'user', userId: 'user-1' }],
      code: null,
      text: 'Hello',
      contactName: null,
      ownerId: null
    })
    const [one] = asked
    expect(one?.method).to.equal('GET')
    const query = new URL(one?.url ?? '', url).searchParams
    expect(Object.fromEntries(query)).to.include({
      ...{ key: 'secret', cdr_id: 'call-1', numa: '79161112233', numb: '74951000001', input_result: '2' },
      ...{ caller: '+79161112233', keyword: 'окна', tags: 'vip', inquiry_channel: 'paid' }
    })
    expect(query.has('campaign')).to.equal(false)
  })

  it('is a form by POST where the URL asks for it', async () => {
    says('101')
    expect((await lookup.ask(`${url}/#post`, 1500, facts))?.targets).to.deep.equal([
      { kind: 'user', userId: 'user-1' }
    ])
    expect(asked[0]).to.include({ method: 'POST', url: '/' })
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).to.include({ cdr_id: 'call-1' })
  })

  for (const [what, how] of [
    ['an error status', () => says('101', 500)],
    [
      'a redirect',
      () => (answer = (_q, response) => response.writeHead(302, { location: `${url}/other` }).end())
    ],
    ['a page instead of an answer', () => says('<html>')],
    ['too much', () => says(`{"text":"${'x'.repeat(70_000)}"}`)],
    ['a hang-up', () => (answer = (request) => request.socket.destroy())]
  ] as const) {
    it(`without a usable answer (${what}) is null, and is asked once`, async () => {
      how()
      expect(await lookup.ask(url, 1500, facts)).to.equal(null)
      expect(asked).to.have.length(1)
    })
  }

  it('waits no longer than it may', async () => {
    const held: ServerResponse[] = []
    answer = (_request, response) => void held.push(response)
    const startedMs = performance.now()
    expect(await lookup.ask(url, 300, facts)).to.equal(null)
    expect(performance.now() - startedMs).to.be.within(250, 1200)
    for (const response of held) response.end()
  })

  it('reaches nothing inside, and no file', async () => {
    says('101')
    for (const inner of [url, 'http://169.254.169.254/latest', 'file:///etc/passwd', 'not a url'])
      expect(await guarded.ask(inner, 500, facts)).to.equal(null)
    expect(await lookup.ask('http://169.254.169.254/latest', 500, facts)).to.equal(null)
    expect(asked).to.have.length(0)
  })
})
