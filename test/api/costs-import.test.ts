import { expect } from 'chai'
import { idOf, itemsOf, startRig, type Answer, type Json, type Rig } from './support/rig.ts'

type Fields = Record<string, string>

describe('Importing costs', function () {
  this.timeout(120_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())
  beforeEach(async () => {
    for (const table of ['costs', 'cost_imports']) await rig.db(table).delete()
  })

  /** Sends a file as a browser's form does. */
  async function upload(
    path: string,
    bytes: string | Uint8Array,
    fields: Fields = {},
    name = 'costs.csv'
  ): Promise<Answer> {
    const form = new FormData()
    for (const [key, value] of Object.entries(fields)) form.set(key, value)
    form.set('file', new Blob([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)]), name)
    const { cookie, csrfToken } = rig.as.marketer
    const headers = { cookie, 'X-CSRF-Token': csrfToken }
    const response = await fetch(rig.url + path, { method: 'POST', body: form, headers })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json }
  }
  const preview = (bytes: string | Uint8Array, fields?: Fields) =>
    upload('/api/cost-imports/preview', bytes, fields)
  const bring = (bytes: string | Uint8Array, fields?: Fields) => upload('/api/cost-imports', bytes, fields)
  const undo = (answer: Answer) => rig.as.marketer.send('POST', `/api/cost-imports/${idOf(answer)}/undo`)
  const stored = () =>
    rig
      .db('costs')
      .orderByRaw('day, source, campaign, amount')
      .select<Record<string, unknown>[]>(
        rig.db.raw('cast(day as text) as day'),
        ...['source', 'campaign', 'amount']
      )
  const lines = ({ body }: Answer) => (body['errors'] as { path: string }[]).map(({ path }) => path)
  const codes = ({ body }: Answer) =>
    (body['problems'] as { line: number; code: string }[]).map(({ line, code }) => `${line} ${code}`)

  const direct = [
    'Дата;№ Кампании;Кампания;Показы;Клики;Расход (руб.)',
    '01.10.2026;1;Кухни;1000;10;1 234,50',
    '02.10.2026;1;Кухни;900;8;1 000,00',
    '02.10.2026;2;Диваны;500;5;99,99',
    'Итого;;;2400;23;2 334,49'
  ].join('\r\n')

  it('shows a file as it would be stored, and keeps nothing', async () => {
    const { status, body } = await preview(direct)
    expect(status).to.equal(200)
    expect(body).to.deep.include({
      ...{ fileName: 'costs.csv', encoding: 'utf-8', separator: 'semicolon', dialect: 'direct' },
      ...{ rowCount: 3, problemCount: 0, from: '2026-10-01', to: '2026-10-02', sumLines: [5] },
      ...{ totals: [{ currency: 'RUB', amount: 2334.49 }], sameFile: null, overlap: null },
      ...{ sources: [{ source: 'yandex', medium: 'cpc', rows: 3 }] },
      ...{ columns: ['day', null, 'campaign', 'impressions', 'clicks', 'amount'] }
    })
    expect((body['rows'] as object[])[0]).to.deep.equal({
      ...{ line: 2, day: '2026-10-01', source: 'yandex', medium: 'cpc', campaign: 'Кухни', keyword: '' },
      ...{ amount: 1234.5, currency: 'RUB', clicks: 10, impressions: 1000 }
    })
    expect(await stored()).to.deep.equal([])
    expect(itemsOf(await rig.as.marketer.get('/api/cost-imports'))).to.deep.equal([])
  })

  it('takes the file as it was shown, lists it, and undoes it', async () => {
    const made = await bring(direct, { source: 'direct', inquiryChannel: 'paid' })
    expect(made.status, JSON.stringify(made.body)).to.equal(201)
    expect(made.body).to.deep.include({
      ...{ origin: 'csv', fileName: 'costs.csv', label: 'direct', rows: 3, replaced: 0, undoneAt: null },
      ...{ totals: [{ currency: 'RUB', amount: 2334.49 }], fromDay: '2026-10-01', toDay: '2026-10-02' },
      ...{ createdBy: { id: rig.as.marketer.userId, name: 'The marketer' } }
    })
    expect(await stored()).to.deep.equal([
      { day: '2026-10-01', source: 'direct', campaign: 'Кухни', amount: '1234.50' },
      { day: '2026-10-02', source: 'direct', campaign: 'Диваны', amount: '99.99' },
      { day: '2026-10-02', source: 'direct', campaign: 'Кухни', amount: '1000.00' }
    ])
    const undone = await undo(made)
    expect(undone.body['undoneAt']).to.be.a('string')
    expect(await stored()).to.deep.equal([])
    expect(itemsOf(await rig.as.marketer.get('/api/cost-imports'))[0]).to.deep.equal(undone.body)
    expect((await undo(made)).body).to.include({ code: 'import_undone' })
  })

  it('reads Windows-1251, a mark at the beginning, tabs and text in JSON alike', async () => {
    const cp1251 = Uint8Array.from('Дата;Источник;Расход\n01.10.2026;Радио;5,50', (sign) => {
      const code = sign.codePointAt(0) ?? 0
      return code < 128 ? code : code - 0x410 + 0xc0
    })
    const old = await preview(cp1251)
    expect(old.body).to.include({ encoding: 'windows-1251', problemCount: 0 })
    expect((old.body['rows'] as Json[])[0]).to.include({ source: 'Радио', amount: 5.5 })
    expect((await preview('\uFEFFday\tsource\tcost\n2026-10-01\tradio\t5')).body).to.include({
      ...{ separator: 'tab', problemCount: 0 }
    })
    const text = 'day,source,cost\n2026-10-01,radio,5'
    const told = await rig.as.marketer.send('POST', '/api/cost-imports', { text, fileName: 'radio.csv' })
    expect(told.status).to.equal(201)
    expect(told.body).to.include({ fileName: 'radio.csv', rows: 1 })
    expect((await rig.as.marketer.send('POST', '/api/cost-imports', {})).status).to.equal(422)
  })

  it('lets the person say what the columns hold', async () => {
    const text = 'when;who;paid in thousands\n01.10.2026;Ivan;1,250\n'
    expect(codes(await preview(text))).to.deep.equal(['1 noDayColumn', '1 noAmountColumn', '1 noSource'])
    const fields = { columns: 'day,source,amount', decimal: 'comma', currency: 'USD' }
    const { body } = await preview(text, fields)
    expect((body['rows'] as Json[])[0]).to.include({ source: 'Ivan', amount: 1.25, currency: 'USD' })
    expect((await preview(text, { columns: 'day,password' })).status).to.equal(422)
    expect((await preview(text, { separator: 'colon' })).status).to.equal(422)
  })

  it('imports nothing when a line in the middle is broken, and names it', async () => {
    const broken = direct.replace('1 000,00', 'тысяча').replace('02.10.2026;2', '32.10.2026;2')
    expect(codes(await preview(broken))).to.deep.equal(['3 amountBad', '4 dayBad'])
    const answer = await bring(broken)
    expect(answer.status).to.equal(422)
    expect(lines(answer)).to.deep.equal(['line 3', 'line 4'])
    expect(JSON.stringify(answer.body)).to.include('тысяча')
    expect(await stored()).to.deep.equal([])
    expect(await rig.db('cost_imports').select('id')).to.deep.equal([])
  })

  it('warns of the same file, refuses it, and takes it when that is meant', async () => {
    const first = await bring(direct)
    const seen = await preview(direct)
    expect(seen.body['sameFile']).to.deep.equal({ id: idOf(first), createdAt: first.body['createdAt'] })
    expect(seen.body['overlap']).to.deep.equal({ costs: 3, totals: [{ currency: 'RUB', amount: 2334.49 }] })
    expect((await bring(direct)).body).to.include({ status: 409, code: 'file_imported' })
    expect(await stored()).to.have.length(3)
    expect((await bring(direct, { repeat: 'true' })).status).to.equal(201)
    expect(await stored()).to.have.length(6)
  })

  it('does not warn of a file that was undone', async () => {
    await undo(await bring(direct))
    expect((await preview(direct)).body['sameFile']).to.equal(null)
    expect((await bring(direct)).status).to.equal(201)
  })

  it('takes the same file once when it is sent twice at the same time', async () => {
    const answers = await Promise.all([bring(direct), bring(direct)])
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409])
    expect(await stored()).to.have.length(3)
  })

  describe('over costs that are there already', () => {
    const corrected = direct.replace('1 000,00', '1 100,00')
    const hand = (day: string, source: string, more: object = {}) =>
      rig.as.admin.send('POST', '/api/costs', { day, source, medium: 'cpc', amount: 7, ...more })

    it('replaces those of the same sources and days only, and undoing brings them back', async () => {
      await hand('2026-10-02', 'yandex')
      await hand('2026-10-03', 'yandex')
      await hand('2026-10-02', 'yandex', { medium: 'banner' })
      await hand('2026-10-02', 'vk')
      const before = await bring(direct)
      const all = await stored()
      const made = await bring(corrected, { replace: 'true' })
      expect(made.body).to.include({ replaced: 4, rows: 3 })
      const amounts = (await stored()).map(({ amount }) => amount)
      expect(amounts).to.have.members(['1234.50', '99.99', '1100.00', '7.00', '7.00', '7.00'])
      expect((await undo(before)).body).to.include({ code: 'import_replaced' })
      expect((await undo(made)).status).to.equal(200)
      expect(await stored()).to.deep.equal(all)
      expect((await undo(before)).status).to.equal(200)
      expect(await stored()).to.have.length(4)
    })

    it('brings back costs whose site is gone by then', async () => {
      const siteId = idOf(await rig.as.admin.send('POST', '/api/sites', { name: 'A', domain: 'a.example' }))
      await hand('2026-10-02', 'yandex', { siteId })
      const made = await bring(direct, { replace: 'true', siteId })
      expect(made.body['replaced']).to.equal(1)
      await rig.as.admin.send('DELETE', `/api/sites/${siteId}`)
      expect((await undo(made)).status).to.equal(200)
      const left = await rig.db('costs').select<{ site_id: null; amount: string }[]>('site_id', 'amount')
      expect(left).to.deep.equal([{ site_id: null, amount: '7.00' }])
    })
  })

  describe('from hostile files', () => {
    const head = 'day;source;campaign;cost\n'

    it('keeps a formula as the text that it is', async () => {
      await bring(`${head}2026-10-01;x;=HYPERLINK("http://evil.example");1`)
      expect((await stored())[0]).to.include({ campaign: '=HYPERLINK("http://evil.example")' })
    })

    it('takes out signs that no screen shows', async () => {
      const made = await bring(`${head}2026-10-01;x;a\u0000b\u202ec;1`)
      expect(made.status).to.equal(201)
      expect((await stored())[0]).to.include({ campaign: 'a b c' })
    })

    it('names the line of a cell of a megabyte, of an open quote, and of mixed separators', async () => {
      const table: [string, string][] = [
        [`2026-10-01;x;a;1\n2026-10-02;x;${'y'.repeat(1_000_000)};1\n`, '3 longLine'],
        ['2026-10-01;x;a;1\n2026-10-02;x;"b;1\n2026-10-03;x;c;1\n', '3 unclosedQuote'],
        ['2026-10-01;x;a;1\n2026-10-02,x,b,1\n2026-10-03;x;c;1\n', '3 cells']
      ]
      for (const [rest, wanted] of table) {
        expect(codes(await preview(head + rest)), wanted).to.deep.equal([wanted])
        expect((await bring(head + rest)).status).to.equal(422)
      }
      expect(await stored()).to.deep.equal([])
    })

    it('that are no CSV at all are refused with words', async () => {
      const noise = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)
      for (const bytes of [noise, '', '\n\n\n', '{"a": 1}', '%PDF-1.4\n1 0 obj']) {
        const { status, body } = await preview(bytes)
        expect(status).to.equal(200)
        expect(body['problemCount']).to.be.greaterThan(0)
        expect((await bring(bytes)).status).to.equal(422)
      }
    })

    it('with a name full of tricks keep a plain name', async () => {
      const made = await upload('/api/cost-imports', direct, {}, '../../etc/pass\u202ewd<b>.csv')
      expect(made.body['fileName']).to.equal('passwd<b>.csv')
    })
  })

  describe('of many lines', () => {
    const many = (count: number): string =>
      'day,source,medium,campaign,cost,clicks\n' +
      Array.from({ length: count }, (_, index) => {
        const day = String((index % 28) + 1).padStart(2, '0')
        return `2026-${String((index % 12) + 1).padStart(2, '0')}-${day},yandex,cpc,Campaign ${index % 300},${index % 1000}.25,${index % 40}`
      }).join('\n')

    it('takes 50 000 with few statements and little work, exactly', async () => {
      const text = many(50_000)
      let statements = 0
      const count = (): void => void (statements += 1)
      rig.db.on('query', count)
      const before = process.cpuUsage()
      const made = await bring(text)
      const { user, system } = process.cpuUsage(before)
      rig.db.off('query', count)
      expect(made.status, JSON.stringify(made.body).slice(0, 300)).to.equal(201)
      // Work instead of time: what else the machine has to do changes the time. Each line by itself would be 50 000 statements.
      expect(statements).to.be.lessThan(60)
      expect((user + system) / 1000, 'ms of work').to.be.lessThan(5000)
      const { rows } = await rig.db.raw<{ rows: { n: string; sum: string }[] }>(
        'select count(*) n, sum(amount) from costs'
      )
      expect(rows[0]).to.deep.equal({ n: '50000', sum: '24987500.00' })
      expect((await undo(made)).status).to.equal(200)
      expect(await stored()).to.have.length(0)
    })

    it('refuses 200 000 with words, and keeps none', async () => {
      const answer = await bring(many(200_000))
      expect(answer.status).to.equal(422)
      expect(JSON.stringify(answer.body)).to.include('more than 50 000 lines')
      expect(await stored()).to.have.length(0)
    })

    it('refuses a file of more than 20 MB', async () => {
      const answer = await bring('x'.repeat(21 * 1024 ** 2))
      expect(answer.body).to.include({ status: 413, code: 'body_too_large' })
    })
  })
})
