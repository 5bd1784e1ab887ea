import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { lockCrm } from '../../../crm/clients.ts'
import { drainCrmInbox } from '../../../crm/inbox.ts'
import { blocked, receive } from '../../../crm/messages/receive.ts'
import { beginMail, say, sendMessage } from '../../../crm/messages/send.ts'
import type { CrmEvent } from '../../../crm/events.ts'
import { createSecrets } from '../../../db/secrets.ts'
import { createChannels, type Channels } from '../../../integrations/channels/channels.ts'
import { mailbox } from '../../../integrations/mail/box/box.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { startDovecot, type Dovecot } from '../../support/dovecot.ts'
import { until } from '../../support/until.ts'
import { startPostOffice, type PostOffice } from './post-office.ts'

const users = { 'shop@firm.test': 'secret one', 'ivan@client.test': 'secret two' }
const shop = 'shop@firm.test'
const ivan = 'ivan@client.test'
const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
const secrets = createSecrets(Buffer.alloc(32, 5))

interface MessageRow {
  id: string
  conversation_id: string
  direction: string
  subject: string | null
  text: string
  html: string | null
  state: string
  trouble: string | null
  trouble_detail: string | null
  message_id: string | null
  is_auto: boolean
  from_address: string
  from_name: string | null
}

/** A letter as a client's program writes it. */
const letter = (headers: Record<string, string>, body = 'Hello', from = `Ivan <${ivan}>`): string => {
  const all = {
    From: from,
    To: shop,
    Date: new Date().toUTCString(),
    'Message-ID': `<${randomUUID()}@client.test>`,
    Subject: 'Windows',
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`
}

describe('a mailbox on a real mail server', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let dovecot: Dovecot
  let office: PostOffice
  let channels: Channels
  let channelId: string
  const told: CrmEvent[] = []

  const open = (): Channels => {
    const { db, url } = database
    return createChannels({
      ...{ db, databaseUrl: url, secrets, log, pauseMs: 50 },
      kinds: [mailbox({ db, secrets, log, timeoutMs: 5000 })],
      ports: { receive, blocked }
    })
  }
  const messages = (where: object = {}): Promise<MessageRow[]> =>
    database.db('messages').where(where).orderBy('at').select<MessageRow[]>('*')
  const received = (subject: string, count = 1): Promise<MessageRow[]> =>
    until(
      async () => {
        const rows = await messages({ subject, direction: 'in' })
        return rows.length >= count ? rows : null
      },
      { what: `${count} × ${subject} came` }
    )
  const intoCrm = (): Promise<number> =>
    drainCrmInbox(
      database.db,
      (_trx, event) => {
        told.push(event)
        return Promise.resolve()
      },
      log
    )
  const settled = (id: string, state: string): Promise<MessageRow> =>
    until(async () => (await messages({ id })).find((row) => row.state === state), {
      what: `${id} is ${state}`
    })
  const channel = (): Promise<{ trouble: string | null; last_ok_at: Date | null; cursor: object }> =>
    database.db('message_channels').where({ id: channelId }).first()

  before(async function () {
    this.timeout(150_000)
    database = await createTestDatabase()
    dovecot = await startDovecot(users)
    office = await startPostOffice(users, dovecot)
    channels = open()
    channelId = randomUUID()
    const server = { host: '127.0.0.1', security: 'none', user: shop }
    await database.db('message_channels').insert({
      ...{ id: channelId, kind: 'mail', name: 'Shop' },
      settings: JSON.stringify({
        ...{ address: shop, senderName: 'The shop', folder: 'INBOX', takeDays: 0, signature: 'Your shop' },
        imap: { ...server, port: dovecot.port },
        smtp: { ...server, port: office.port }
      }),
      secrets: channels.seal(channelId, '', { imapPassword: users[shop] })
    })
    await dovecot.deliver(shop, letter({ Subject: 'Before our time' }))
    channels.start()
    await until(async () => (await channel()).last_ok_at, { what: 'the mailbox is open' })
  })
  after(async () => {
    await channels.stop()
    await office.stop()
    await dovecot.stop()
    await database.drop()
  })

  it('makes a contact and an inquiry of a letter, and leaves those from before alone', async () => {
    await dovecot.deliver(shop, letter({ Subject: 'Windows' }, 'What do two windows cost?'))
    const [row] = await received('Windows')
    expect(row).to.include({
      from_address: ivan,
      from_name: 'Ivan',
      text: 'What do two windows cost?',
      is_auto: false
    })
    await intoCrm()
    const inquiries = await database.db('inquiries').select<Record<string, unknown>[]>('*')
    expect(inquiries).to.have.length(1)
    expect(inquiries[0]).to.include({
      kind: 'mail',
      email: ivan,
      title: 'Ivan',
      inquiry_channel: 'email',
      source: 'Shop'
    })
    const contacts = await database.db('contacts').select<Record<string, unknown>[]>('*')
    expect(contacts.map(({ name }) => name)).to.deep.equal(['Ivan'])
    expect(await database.db('contact_emails').select('email')).to.deep.equal([{ email: ivan }])
    expect(await messages({ subject: 'Before our time' })).to.deep.equal([])
    expect(told.map(({ type }) => type)).to.deep.equal(['inquiry.created', 'message.received'])
    const { message, contactId, inquiryId } = told[1]?.data as Record<string, unknown> & {
      message: { id: string }
    }
    expect([message.id, contactId, inquiryId]).to.deep.equal([
      row?.id,
      contacts[0]?.['id'],
      inquiries[0]?.['id']
    ])
  })

  it('answers in the thread; the letter lands with the client and among those that were sent', async () => {
    const [first] = await received('Windows')
    const id = await database.db.transaction((trx) =>
      say(trx, first?.conversation_id ?? '', {
        ...{ subject: null, text: 'Two hundred.\n\nShall I come & measure?', authorId: null },
        files: [{ name: 'счёт.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.4') }]
      })
    )
    await settled(id, 'sent')
    const [got = ''] = await until(async () => {
      const found = await dovecot.letters(ivan)
      return found.length > 0 ? found : null
    })
    expect(got).to.match(/^Subject: Re: Windows\r?$/m)
    expect(got).to.match(/^From: The shop <shop@firm.test>\r?$/m)
    expect(got).to.include(`In-Reply-To: <${first?.message_id ?? ''}>`)
    expect(got).to.include(`References: <${first?.message_id ?? ''}>`)
    expect(got).to.match(/Your shop/)
    const sent = await until(async () => {
      const found = await dovecot.letters(shop, 'Sent')
      return found.length > 0 ? found : null
    })
    expect(sent[0]).to.include(`Message-ID: <${id}@firm.test>`)

    // The client answers to that, in a program that names the last letter only.
    await dovecot.deliver(shop, letter({ Subject: 'RE: Windows', 'In-Reply-To': `<${id}@firm.test>` }, 'Yes'))
    const [answer] = await received('RE: Windows')
    expect(answer?.conversation_id).to.equal(first?.conversation_id)
    await intoCrm()
    expect(await database.db('inquiries').select('id')).to.have.length(1)
  })

  it('loses and doubles nothing when it is ended in the middle, and when the server is', async () => {
    // Batches of twenty: it is cut within the first ones, then within later ones.
    const many = 160
    // Most of them are of a list: the CRM takes longer for a letter than the mailbox does.
    for (let n = 0; n < many; n += 1) {
      const listed: Record<string, string> = n % 10 === 0 ? {} : { 'List-Id': '<many.client.test>' }
      await dovecot.deliver(shop, letter({ Subject: 'Many', ...listed }, `Letter ${n}`))
    }
    await received('Many', 20)
    await channels.stop()
    const before = (await messages({ subject: 'Many' })).length
    channels = open()
    channels.start()
    await received('Many', Math.min(before + 40, many - 1))
    await dovecot.kill()
    await dovecot.start()
    await received('Many', many)
    await dovecot.deliver(shop, letter({ Subject: 'The last' }))
    await received('The last')
    const rows = await messages({ subject: 'Many' })
    expect(new Set(rows.map(({ text }) => text)).size).to.equal(many)
    expect(rows.length).to.equal(many)
    await intoCrm()
    expect(await database.db('inquiries').select('id')).to.have.length(1)
    expect(await database.db('contacts').select('id')).to.have.length(1)
  })

  it('knows its letters again when the server numbers them anew', async () => {
    const count = (await messages()).length
    await dovecot.renumber(shop)
    await dovecot.deliver(shop, letter({ Subject: 'After it' }))
    await received('After it')
    expect((await messages()).length).to.equal(count + 1)
    expect(await messages({ subject: 'Before our time' })).to.deep.equal([])
  })

  it('makes no inquiry of what machines write', async () => {
    const from = 'Boris <boris@client.test>'
    await dovecot.deliver(
      shop,
      letter({ Subject: 'Away', 'Auto-Submitted': 'auto-replied' }, 'On holiday', from)
    )
    await dovecot.deliver(shop, letter({ Subject: 'News', 'List-Id': '<news.client.test>' }, 'Buy', from))
    await dovecot.deliver(shop, letter({ Subject: 'Bulk', Precedence: 'bulk' }, 'Buy', from))
    for (const subject of ['Away', 'News', 'Bulk'])
      expect((await received(subject))[0]?.is_auto).to.equal(true)
    await intoCrm()
    expect(await database.db('contacts').where({ name: 'Boris' }).select('id')).to.deep.equal([])
    expect(await database.db('inquiries').select('id')).to.have.length(1)
  })

  it('shows at the letter that it came back, and that the server did not take one', async () => {
    office.lost.add('gone@client.test')
    const write = (address: string): Promise<string> =>
      database.db.transaction(async (trx) => {
        const id = await beginMail(trx, { channelId, contactId: null, address, subject: 'Offer' })
        return say(trx, id, { subject: 'Offer', text: 'Hello', authorId: null })
      })
    const lost = await settled(await write('gone@client.test'), 'bounced')
    expect(lost.trouble_detail).to.match(/gone@client\.test: 550 5\.1\.1 .*mailbox is unavailable/)
    const refused = await settled(await write('nobody@client.test'), 'failed')
    expect(refused).to.include({ trouble: 'recipientRefused' })
    expect(refused.trouble_detail).to.include('No such user')
  })

  it('reads letters of strangers as they are, and lets nothing of them run', async () => {
    const nasty = [
      'From: =?koi8-r?B?6dfBziD00sXU2MrLz9c=?= <petr@client.test>',
      `To: ${shop}`,
      'Subject: =?windows-1251?B?z/Do4uXy?=\u0000\u0007',
      'X-Broken no colon',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/html; charset=windows-1251',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<p onclick=3D"x()">=C4=EE=E1=F0=FB=E9</p><script>alert(1)</script><img src=3D"http://spy.test/1.gif">',
      '<a href=3D"javascript:x()">a</a><svg onload=3Dx()></svg><img src=3D"cid:logo">',
      '<style>p{background:url(http://spy.test/2)}</style><iframe src=3D"//spy.test"></iframe>',
      '--x',
      'Content-Type: image/svg+xml; name="../../evil.svg"',
      'Content-Disposition: attachment; filename="../../evil\u202egpj.svg"',
      '',
      '<svg onload="alert(1)"/>',
      '--x--',
      ''
    ].join('\r\n')
    await dovecot.deliver(shop, Buffer.from(nasty, 'latin1'))
    const row = await until(async () => (await messages({ from_address: 'petr@client.test' }))[0])
    expect(row.from_name).to.match(/^[А-Яа-я ]+$/)
    expect(row.subject).to.match(/^Привет/)
    expect(row.html).to.include('Добрый')
    expect(row.html).to.include('data-remote="http://spy.test/1.gif"').and.to.include('data-cid="logo"')
    expect(row.html).to.not.match(/script|onclick|onload|javascript|iframe|<style|<svg| src=/)
    const files = await database
      .db('message_files')
      .where({ message_id: row.id })
      .select<{ name: string }[]>('name')
    expect(files.map(({ name }) => name)).to.have.length(1)
    expect(files[0]?.name)
      .to.match(/\.svg$/)
      .and.not.match(/[/\\\u202e]/)
  })

  it('says in plain words that a password is wrong, step by step', async () => {
    expect(await channels.test(channelId)).to.deep.equal([
      { name: 'login', isOk: true, trouble: null, detail: null },
      { name: 'folder', isOk: true, trouble: null, detail: null },
      { name: 'smtp', isOk: true, trouble: null, detail: null }
    ])
    const was = await database
      .db('message_channels')
      .where({ id: channelId })
      .first<{ secrets: string }>('secrets')
    await database
      .db('message_channels')
      .where({ id: channelId })
      .update({ secrets: channels.seal(channelId, '', { imapPassword: 'wrong' }) })
    await until(async () => (await channel()).trouble === 'badLogin', { what: 'the wrong password is told' })
    const steps = await channels.test(channelId)
    expect(steps.map(({ name, isOk, trouble }) => [name, isOk, trouble])).to.deep.equal([
      ['login', false, 'badLogin']
    ])
    await database.db('message_channels').where({ id: channelId }).update(was)
    await until(async () => (await channel()).trouble === null, { what: 'the right one is taken' })
  })

  it('writes to a client for automation where they were talked with last', async () => {
    const contact = await database.db('contact_emails').where({ email: ivan }).first<{ contact_id: string }>()
    const id = await database.db.transaction(async (trx) => {
      await lockCrm(trx)
      return sendMessage(trx, contact.contact_id, 'We have not forgotten you')
    })
    const sent = await settled(id ?? '', 'sent')
    expect(sent.subject).to.match(/^Re: /)
    const stranger = await database
      .db('contacts')
      .insert({ name: 'Nobody' })
      .returning<{ id: string }[]>('id')
    expect(await database.db.transaction((trx) => sendMessage(trx, stranger[0]?.id ?? '', 'Hi'))).to.equal(
      null
    )
  })
})
