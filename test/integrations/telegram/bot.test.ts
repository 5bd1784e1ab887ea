import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { drainCrmInbox } from '../../../crm/inbox.ts'
import { blocked, receive } from '../../../crm/messages/receive.ts'
import { say } from '../../../crm/messages/send.ts'
import { createSecrets } from '../../../db/secrets.ts'
import { createChannels, type Channels } from '../../../integrations/channels/channels.ts'
import { telegram } from '../../../integrations/telegram/bot.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

const token = '123:AA'
const secrets = createSecrets(Buffer.alloc(32, 6))
const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })

interface Update {
  update_id: number
  [kind: string]: unknown
}

/** The Bot API as far as a bot of ours uses it; what it does not know is an error. */
function cloud() {
  const state = {
    updates: [] as Update[],
    sent: [] as { chat_id: number; text: string; atMs: number }[],
    offsets: [] as number[],
    refuse: [] as { error_code: number; description: string; parameters?: object }[]
  }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const say = (status: number, body: object): void => {
        res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      const [, bot, method] = (req.url ?? '').split('/')
      if (bot !== `bot${token}`) return say(401, { ok: false, error_code: 401, description: 'Unauthorized' })
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>
      if (method === 'getUpdates') {
        const offset = Number(body['offset'] ?? 0)
        state.offsets.push(offset)
        const due = state.updates.filter(({ update_id }) => update_id >= offset)
        return setTimeout(() => say(200, { ok: true, result: due }), due.length > 0 ? 0 : 50)
      }
      if (method === 'sendMessage') {
        const refused = state.refuse.shift()
        if (refused) return say(refused.error_code, { ok: false, ...refused })
        state.sent.push({ chat_id: Number(body['chat_id']), text: String(body['text']), atMs: Date.now() })
        return say(200, { ok: true, result: { message_id: state.sent.length } })
      }
      return say(404, { ok: false, error_code: 404, description: `Not Found: ${method ?? ''}` })
    })
  })
  return { ...state, server }
}

describe('a bot of Telegram', function () {
  this.timeout(30_000)
  let database: TestDatabase
  let channels: Channels
  let server: Server
  const api = cloud()
  const channelId = randomUUID()
  const from = { id: 77, first_name: 'Мария', last_name: 'К' }
  let last = 0
  const comes = (message: object): void => {
    last += 1
    const base = {
      message_id: last,
      date: Math.floor(Date.now() / 1000),
      chat: { id: 77, type: 'private' },
      from
    }
    api.updates.push({ update_id: 100 + last, message: { ...base, ...message } })
  }
  const open = (): Channels =>
    createChannels({
      ...{ db: database.db, databaseUrl: database.url, secrets, log, pauseMs: 50 },
      kinds: [telegram({ pollSeconds: 1 })],
      ports: { receive, blocked }
    })
  const came = (text: string): Promise<{ conversation_id: string }> =>
    until(
      () => database.db('messages').where({ text, direction: 'in' }).first<{ conversation_id: string }>(),
      {
        what: text
      }
    )
  const answer = (conversationId: string, text: string): Promise<string> =>
    database.db.transaction((trx) => say(trx, conversationId, { subject: null, text, authorId: null }))
  const settled = (id: string, state: string): Promise<{ trouble: string | null }> =>
    until(() => database.db('messages').where({ id, state }).first<{ trouble: string | null }>(), {
      what: state
    })

  before(async () => {
    database = await createTestDatabase()
    server = api.server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    channels = open()
    await database.db('message_channels').insert({
      ...{ id: channelId, kind: 'telegram', name: 'Bot' },
      settings: JSON.stringify({ apiUrl: `http://127.0.0.1:${port}` }),
      secrets: channels.seal(channelId, '', { token })
    })
    channels.start()
  })
  after(async () => {
    await channels.stop()
    server.closeAllConnections()
    server.close()
    await database.drop()
  })

  it('takes each message once, over a restart, and makes an inquiry and a contact', async () => {
    comes({ text: 'Hello' })
    await came('Hello')
    await channels.stop()
    channels = open()
    channels.start()
    comes({ text: 'Are you there?' })
    await came('Are you there?')
    await drainCrmInbox(database.db, () => Promise.resolve(), log)
    expect((await database.db('messages').select('id')).length).to.equal(2)
    const inquiries = await database.db('inquiries').select<Record<string, unknown>[]>('*')
    expect(inquiries.map(({ kind, title }) => [kind, title])).to.deep.equal([['message', 'Мария К']])
  })

  it('joins the contact with the number that the client gives', async () => {
    const [known] = await database
      .db('contacts')
      .insert({ name: 'Мария Котова' })
      .returning<{ id: string }[]>('id')
    await database.db('contact_phones').insert({ e164: '+79161234567', contact_id: known?.id })
    comes({ contact: { phone_number: '79161234567', first_name: 'Мария', user_id: 77 } })
    await until(() => database.db('messages').where({ phone: '+79161234567' }).first<unknown>('id'))
    await drainCrmInbox(database.db, () => Promise.resolve(), log)
    expect(await database.db('contacts').select('id', 'name')).to.deep.equal([
      { id: known?.id, name: 'Мария Котова' }
    ])
    expect(
      (await database.db('conversations').first<{ contact_id: string }>('contact_id')).contact_id
    ).to.equal(known?.id)
  })

  it('waits as long as it is told, and says that the client has blocked it', async () => {
    const { conversation_id: id } = await came('Hello')
    api.refuse.push({ error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 1 } })
    const askedMs = Date.now()
    await settled(await answer(id, 'We are'), 'sent')
    expect(api.sent.map(({ chat_id, text }) => [chat_id, text])).to.deep.equal([[77, 'We are']])
    expect((api.sent[0]?.atMs ?? 0) - askedMs).to.be.at.least(1000)
    api.refuse.push({ error_code: 403, description: 'Forbidden: bot was blocked by the user' })
    expect(await settled(await answer(id, 'Still'), 'failed')).to.include({ trouble: 'blocked' })
    expect(await database.db('conversations').where({ id }).first('is_blocked')).to.deep.equal({
      is_blocked: true
    })
  })
})
