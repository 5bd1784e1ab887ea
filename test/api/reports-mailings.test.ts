import { randomBytes } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { expect } from 'chai'
import { pino } from 'pino'
import { migrateJobs, startJobs, type Jobs } from '../../db/jobs.ts'
import { createSecrets } from '../../db/secrets.ts'
import { createMail } from '../../integrations/mail/mail.ts'
import { createMailings, type Mailings } from '../../reports/mailings/mailings.ts'
import { sheetOf } from '../reports/support/files.ts'
import { openPostOffice, type PostOffice } from '../reports/support/post-office.ts'
import { insertPath, insertSite, insertSums } from '../reports/support/rows.ts'
import { until } from '../support/until.ts'
import { idOf, itemsOf, startRig, type Json, type Rig } from './support/rig.ts'

const hostile = '<img src=x onerror="alert(1)">'

describe('Reports by mail', function () {
  this.timeout(60_000)
  let rig: Rig
  let office: PostOffice
  let mailings: Mailings
  let jobs: Jobs
  let site: string
  const log = pino({ level: 'silent' })
  /** Friday noon in Moscow. */
  let nowMs = Date.parse('2026-11-20T09:00:00Z')
  let databaseUrl = ''

  before(async () => {
    office = await openPostOffice()
    rig = await startRig({
      before(deps, url) {
        databaseUrl = url
        const mail = createMail({
          db: deps.db,
          log,
          secrets: createSecrets(randomBytes(32)),
          trusted: office.cert,
          timeoutMs: 2000
        })
        mailings = createMailings({
          ...{ db: deps.db, mail, log, publicUrl: 'https://calls.example', now: () => nowMs }
        })
        return { ...deps, mail, mailings }
      }
    })
    await migrateJobs(databaseUrl, log)
    jobs = startJobs({ databaseUrl, tasks: mailings.tasks, log, pollMs: 100 })
    const { db } = rig
    site = await insertSite(db, 'shop.example')
    const yandex = await insertPath(db, { inquiry_channel: 'paid', source: 'yandex' })
    const strange = await insertPath(db, { inquiry_channel: 'referral', source: hostile })
    const formula = await insertPath(db, { inquiry_channel: 'referral', source: '=1+1' })
    await insertSums(
      db,
      {
        cut: 'source',
        day: '2026-11-19',
        site_id: site,
        path_id: yandex,
        calls: 3,
        target: 2,
        won: 1,
        revenue: 1000.5
      },
      { cut: 'source', day: '2026-11-13', site_id: site, path_id: strange, calls: 2 },
      { cut: 'source', day: '2026-11-13', path_id: formula, calls: 1 },
      // Outside of seven days before the 20th.
      { cut: 'source', day: '2026-11-12', site_id: site, path_id: yandex, calls: 100 },
      { cut: 'source', day: '2026-11-20', site_id: site, path_id: yandex, calls: 100 }
    )
    await settleMail(office.port)
  })
  after(async () => {
    await jobs.stop()
    await rig.close()
    await office.close()
  })

  async function settleMail(port: number): Promise<void> {
    const body = {
      ...{ host: 'localhost', port, security: 'starttls', user: 'post', password: 'secret word' },
      from: 'Ringtrace <reports@company.example>'
    }
    const answer = await rig.as.admin.send('PUT', '/api/mail-settings', body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
  }
  const wish = (change: Json = {}): Json => ({
    ...{ name: 'Источники недели', report: 'sources', schedule: 'daily', atHour: 9, days: 7, format: 'xlsx' },
    recipients: ['boss@company.example', 'ads@company.example'],
    ...change
  })
  async function made(change: Json = {}): Promise<string> {
    const answer = await rig.as.marketer.send('POST', '/api/report-mailings', wish(change))
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return idOf(answer)
  }
  const shown = async (id: string): Promise<Json> =>
    (await rig.as.marketer.get(`/api/report-mailings/${id}`)).body
  async function makeDue(id: string, at: string): Promise<void> {
    await rig.db('report_mailings').where({ id }).update({ next_at: at })
    await rig.db('report_mailings').whereNot({ id }).update({ is_active: false })
  }
  /** What the clock does each minute. */
  const tick = async (): Promise<void> => {
    await mailings.tasks['reports.mailings']?.({}, { id: '1', attempt: 1, isLastAttempt: false })
  }

  it('sends the figures of the API, as a file and as a short table with a link', async () => {
    const id = await made({ query: { siteId: site, model: 'lastNonDirect' } })
    const sent = await rig.as.marketer.send('POST', `/api/report-mailings/${id}/send-now`, {})
    expect(sent.body).to.deep.equal({ ok: true, error: null })
    const letter = await office.next()
    const report = await rig.as.marketer.get(
      `/api/reports/sources?from=2026-11-13&to=2026-11-19&siteId=${site}`
    )
    expect(letter.to).to.deep.equal(['boss@company.example', 'ads@company.example'])
    expect(letter.headers.get('subject')).to.contain('Источники недели: 13 нояб. 2026')
    const [file] = letter.attachments
    expect(file).to.include({ name: 'ringtrace-sources-2026-11-13-2026-11-19.xlsx' })
    const rows = sheetOf(file?.content ?? Buffer.alloc(0))
    const column = (title: string): number => rows[0]?.findIndex((cell) => cell?.text === title) ?? -1
    const figures = (report.body['rows'] as { key: string; values: Record<string, number> }[]).map((row) => [
      row.key,
      row.values['calls'],
      row.values['revenue']
    ])
    const inFile = rows
      .slice(1, -1)
      .map((row) => [row[0]?.text, row[column('Звонки')]?.number, row[column('Выручка, RUB')]?.number])
    expect(inFile).to.deep.equal(figures)
    expect(figures).to.deep.equal([
      ['yandex', 3, 1000.5],
      [hostile, 2, 0]
    ])
    expect(rows.at(-1)?.[column('Звонки')]?.number).to.equal((report.body['total'] as Json)['calls'])
    const link = `https://calls.example/reports/sources?from=2026-11-13&to=2026-11-19&model=lastNonDirect&siteId=${site}`
    expect(letter.text).to.contain(link).and.contain('yandex')
    expect(letter.html).to.contain(link.replaceAll('&', '&#38;'))
    expect(await shown(id)).to.include({ lastError: null, lastSentAt: new Date(nowMs).toISOString() })
  })

  it('escapes whatever a site called itself, and runs no formula', async () => {
    const id = await made({ name: `Sale ${hostile}`, format: 'csv', locale: 'en' })
    await rig.as.marketer.send('POST', `/api/report-mailings/${id}/send-now`, {})
    const letter = await office.next()
    expect(letter.html).not.to.contain('<img').and.not.to.contain('onerror="')
    expect(letter.html).to.contain('&#60;img src=x')
    const rows: string[][] = parse(letter.attachments[0]?.content ?? '', { bom: true })
    expect(rows.map(([key]) => key))
      .to.include("'=1+1")
      .and.to.include(hostile)
  })

  it('refuses names that would begin another header', async () => {
    for (const name of ['One\r\nBcc: thief@evil.example', 'a\u0000b', ' ']) {
      const answer = await rig.as.marketer.send('POST', '/api/report-mailings', wish({ name }))
      expect(answer.body).to.include({ status: 422, code: 'invalid' })
    }
    const to = wish({ recipients: ['a@b.example\r\nBcc: thief@evil.example'] })
    expect((await rig.as.marketer.send('POST', '/api/report-mailings', to)).status).to.equal(422)
  })

  it('refuses what could never be sent, and says which field', async () => {
    const cases: [Json, string][] = [
      [{ query: { by: 'nonsense' } }, 'query.by'],
      [{ query: { from: 'x', colour: 'red' } }, 'query'],
      [{ query: { siteId: "1'); drop table calls" } }, 'siteId'],
      [{ schedule: 'weekly', onDay: 9 }, 'onDay'],
      [{ recipients: [] }, 'recipients'],
      [{ report: 'salaries' }, 'report']
    ]
    for (const [change, path] of cases) {
      const { body } = await rig.as.marketer.send('POST', '/api/report-mailings', wish(change))
      expect(body, JSON.stringify(change)).to.include({ status: 422 })
      expect((body['errors'] as { path: string }[])[0]?.path).to.match(new RegExp(`^${path}`))
    }
    const gone = wish({ query: { siteId: '00000000-0000-4000-8000-000000000001' } })
    expect((await rig.as.marketer.send('POST', '/api/report-mailings', gone)).body).to.include({
      code: 'unknown_reference'
    })
    expect(itemsOf(await rig.as.marketer.get('/api/report-mailings')).map(({ name }) => name)).to.have.length(
      2
    )
  })

  it('works out when it goes next, and anew with each change', async () => {
    const id = await made({ schedule: 'monthly', onDay: 28, atHour: 7 })
    const { nextAt } = await shown(id)
    expect(new Date(String(nextAt)).getUTCDate()).to.equal(28)
    expect(new Date(String(nextAt)).getUTCHours()).to.equal(4)
    const off = await rig.as.marketer.send('PATCH', `/api/report-mailings/${id}`, { isActive: false })
    expect(off.body).to.include({ nextAt: null, isActive: false, schedule: 'monthly' })
  })

  it('sends one after days of downtime, of the days up to yesterday, and goes on', async () => {
    const id = await made({ query: { siteId: site } })
    await makeDue(id, '2026-11-16T06:00:00Z')
    await tick()
    await tick()
    const letter = await office.next()
    expect(letter.attachments[0]?.name).to.equal('ringtrace-sources-2026-11-13-2026-11-19.xlsx')
    await until(async () => (await shown(id))['lastSentAt'])
    expect(await shown(id)).to.include({ nextAt: '2026-11-21T06:00:00.000Z', lastError: null })
    const count = office.letters.length
    nowMs = Date.parse('2026-11-21T06:00:30Z')
    await tick()
    expect((await office.next()).attachments[0]?.name).to.equal(
      'ringtrace-sources-2026-11-14-2026-11-20.xlsx'
    )
    expect(office.letters).to.have.length(count + 1)
  })

  it('shows that the mail server is away, tries again, and then it has been sent', async () => {
    const id = await made({ locale: 'en' })
    await makeDue(id, '2026-11-21T06:00:00Z')
    const { port } = office
    await office.close()
    await tick()
    const { lastError } = await until(async () => {
      const mailing = await shown(id)
      return mailing['lastError'] !== null ? mailing : null
    })
    expect(lastError).to.equal(
      `Nobody takes mail at localhost:${port}. Check the port (usually 587 or 465) and the firewall.`
    )
    // It comes back with another certificate, so letters go without TLS.
    await rig.db.raw(
      `update settings set value = value || '{"security":"none","user":""}' where key = 'mail'`
    )
    office = await openPostOffice({ authOptional: true }, port)
    expect((await office.next()).headers.get('subject')).to.contain('Источники недели')
    await until(async () => (await shown(id))['lastError'] === null)
  })

  it('is not sent for somebody who is gone or may not read reports any more', async () => {
    const id = await made()
    const before = office.letters.length
    for (const change of [{ role: 'operator' }, { role: 'marketer', is_active: false }]) {
      await rig.db('users').where({ login: 'marketer' }).update(change)
      const answer = await rig.as.admin.send('POST', `/api/report-mailings/${id}/send-now`, {})
      expect(answer.body['ok']).to.equal(false)
      expect(answer.body['error']).to.contain('сохраните от своего имени')
    }
    expect(office.letters).to.have.length(before)
    // Whoever saves it answers for it.
    await rig.as.admin.send('PATCH', `/api/report-mailings/${id}`, { days: 1 })
    expect((await rig.as.admin.send('POST', `/api/report-mailings/${id}/send-now`, {})).body['ok']).to.equal(
      true
    )
    await rig.db('users').where({ login: 'marketer' }).update({ role: 'marketer', is_active: true })
  })

  it('never gives the password of the mail server away, and keeps it for the same server only', async () => {
    await settleMail(office.port)
    const shownSettings = await rig.as.admin.get('/api/mail-settings')
    expect(shownSettings.body).to.include({ hasPassword: true, user: 'post' })
    expect(JSON.stringify(shownSettings.body)).not.to.contain('secret word')
    const [row] = await rig.db('settings').where({ key: 'mail' }).select<{ value: Json }[]>('value')
    expect(row?.value['sealedPassword']).to.match(/^v1\.[\w-]{40,}$/)
    expect(JSON.stringify(row), 'in the database').not.to.contain('secret word')
    const { hasPassword: _is, ...same } = shownSettings.body
    const kept = await rig.as.admin.send('PUT', '/api/mail-settings', {
      ...same,
      from: 'other@company.example'
    })
    expect(kept.body).to.include({ hasPassword: true, from: 'other@company.example' })
    const elsewhere = await rig.as.admin.send('PUT', '/api/mail-settings', { ...same, host: 'evil.example' })
    expect(elsewhere.body).to.include({ status: 422, code: 'invalid' })
    const without = await rig.as.admin.send('PUT', '/api/mail-settings', { ...same, password: '' })
    expect(without.body).to.include({ hasPassword: false })
    expect(JSON.stringify(await rig.db('audit').where({ entity: 'settings' }))).not.to.contain('secret word')
    for (const bad of [
      { host: 'https://mail.example' },
      { port: 0 },
      { from: 'no address' },
      { from: 'a@b.c\nBcc: x@y.z' }
    ]) {
      const answer = await rig.as.admin.send('PUT', '/api/mail-settings', { ...same, ...bad })
      expect(answer.body, JSON.stringify(bad)).to.include({ code: 'invalid' })
    }
  })

  it('tries a server out and says in plain words what is wrong', async () => {
    await settleMail(office.port)
    const wrong = await rig.as.admin.send('POST', '/api/mail-settings/test', { to: 'me@company.example' })
    // The certificate of the office that opened later is not trusted.
    expect(wrong.body).to.include({ ok: false, reason: 'tls' })
    expect(wrong.body['message']).to.contain('сертификату')
    await rig.db.raw(
      `update settings set value = value || '{"security":"none","user":""}' where key = 'mail'`
    )
    const right = await rig.as.admin.send('POST', '/api/mail-settings/test', { to: 'me@company.example' })
    expect(right.body).to.deep.equal({ ok: true, reason: null, message: null, detail: null })
  })
})
