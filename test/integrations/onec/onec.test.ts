import { expect } from 'chai'
import { errorOf } from '../../../integrations/onec/client.ts'
import { localStamp } from '../../../integrations/onec/document.ts'
import { onec } from '../../../integrations/onec/index.ts'
import { onecSettings, ourFields, wrongIn } from '../../../integrations/onec/settings.ts'
import { onec as form } from '../../../ui/src/integrations/kinds/onec.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { foundWorld, type World } from '../world.ts'
import { annaThere, borisThere, startInfobase, type Infobase } from './stub.ts'

const minute = 60_000
type Row = Record<string, unknown>

describe('1C by OData', function () {
  this.timeout(90_000)
  let database: TestDatabase
  let world: World
  let base: Infobase
  let id: string

  const usual = onecSettings.parse({ url: 'https://1c.example.com/base' })
  const fields = { ...usual.fields, talkSeconds: 'Длительность', record: 'Запись', rating: 'Оценка' }

  before(async function () {
    this.timeout(120_000)
    database = await createTestDatabase()
    base = await startInfobase()
    world = await foundWorld(database, () => [
      onec((recording) => `https://pbx.example.com/${recording}.mp3`)
    ])
  })
  after(async () => {
    await world.close()
    await base.close()
    await database.drop()
  })
  beforeEach(async () => {
    await world.db.raw('truncate connectors, call_events cascade')
    base.documents.length = 0
    Object.assign(base, { isAway: false, isPublished: true, password: 'тайна' })
    Object.assign(base, { losesAnswer: false, isLocked: false })
    world.clock.move(minute)
    await link({})
  })

  async function link(settings: Row): Promise<void> {
    await world.db.raw('truncate connectors cascade')
    const people = { [world.anna]: annaThere, [world.boris]: borisThere }
    id = await world.add('onec', onecSettings.parse({ url: base.url, fields, people, ...settings }), {
      ...{ login: 'Обмен', password: 'тайна' }
    })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    base.asked.length = 0
  }
  const job = async (callId: string): Promise<Row> =>
    (await world.db('connector_jobs').where({ subject_id: callId }).first<Row | undefined>()) ?? {}
  const later = async (ms = minute): Promise<void> => {
    world.clock.move(ms)
    await world.connectors.work()
  }
  const over = () => world.call().rings(world.anna).answers(world.anna).talkEnds(45).ends('answered')

  it('gets a document of an ended call, then the record and the rating', async () => {
    const startedMs = world.clock.nowMs
    const call = over()
    await call.done()
    expect(base.documents).to.have.length(1)
    const [{ Ref_Key: ref, Комментарий: note, ...document } = {}] = base.documents
    expect(document).to.deep.equal({
      ...{ ИдентификаторЗвонка: call.callId, Date: localStamp(startedMs, 'Europe/Moscow'), Входящий: true },
      ...{ АбонентКакСвязаться: '+79161112233', Ответственный_Key: annaThere, Длительность: 45 },
      ...{ Тема: 'Входящий звонок +79161112233', Канал: 'cpc', Источник: 'Яндекс.Директ' }
    })
    expect(note).to.include('Окна')
    await call.recorded().done()
    expect(base.documents[0]?.['Запись']).to.match(/^https:\/\/pbx\.example\.com\/[0-9a-f-]{36}\.mp3$/)
    await call.rates(4).done()
    expect(base.documents[0]).to.include({ Оценка: 4, Ref_Key: ref })
    await call.rates(5).done()
    expect(base.documents[0]).to.include({ Оценка: 5 })
    const entity = 'Document_ТелефонныйЗвонок'
    expect(base.asked).to.deep.equal([
      ...[`GET ${entity}`, `POST ${entity}`],
      ...[`PATCH ${entity}`, `PATCH ${entity}`, `PATCH ${entity}`]
    ])
    expect(await job(call.callId)).to.include({ state: 'done', last_error: null })
    expect(await world.db('connector_links').where({ our_id: call.callId }).first<Row>()).to.include({
      foreign_id: ref
    })
  })

  it('gets missed calls, our own that nobody took, and calls of hidden numbers', async () => {
    await world.call().rings(world.boris).ends('missed').done()
    await world.call({ direction: 'out', orderedBy: world.anna }).ends('busy').done()
    await world.call({ client: null, source: null }).ends('abandoned').done()
    expect(
      base.documents.map((one) => [one['Входящий'], one['Ответственный_Key'], one['Тема']])
    ).to.deep.equal([
      [true, borisThere, 'Входящий звонок +79161112233'],
      [false, annaThere, 'Исходящий звонок +79161112233'],
      [true, undefined, 'Входящий звонок']
    ])
    expect(base.documents[2]).to.not.have.any.keys('АбонентКакСвязаться', 'Источник', 'Канал')
  })

  it('gets nothing of spam, tests and blocked calls, nor while a call lasts', async () => {
    await world.call({ isSpam: true }).ends('missed').done()
    await world.call({ callType: 'test' }).ends('missed').done()
    await world.call().ends('blocked').done()
    await world.call().rings(world.anna).answers(world.anna).done()
    expect(base.asked).to.deep.equal([])
  })

  it('gets fields of a table as its one row', async () => {
    await link({ fields: { ...fields, client: 'Контакты/Телефон', clientName: 'Контакты/Имя' } })
    await over().done()
    expect(base.documents[0]?.['Контакты']).to.deep.equal([{ LineNumber: '1', Телефон: '+79161112233' }])
  })

  it('gets a call once though the answer was lost, with the rating that came meanwhile', async () => {
    base.losesAnswer = true
    const call = over()
    await call.done()
    expect(base.documents).to.have.length(1)
    await call.rates(3).done()
    await later()
    expect(base.documents).to.have.length(1)
    expect(base.documents[0]).to.include({ Оценка: 3 })
    expect(await job(call.callId)).to.include({ state: 'done' })
    await world.write(call.rows)
    await later()
    expect(base.documents).to.have.length(1)
  })

  it('gets each call once after an hour away, and after a page that is not OData’s', async () => {
    for (const gone of ['isAway', 'isPublished'] as const) {
      base[gone] = gone === 'isAway'
      const during = []
      for (let count = 0; count < 4; count += 1) {
        const call = over()
        await call.done()
        during.push(call.callId)
        await later(15 * minute)
      }
      expect(base.documents).to.have.length(0)
      base[gone] = gone !== 'isAway'
      await later(6 * minute)
      const ids = base.documents.splice(0).map((one) => one['ИдентификаторЗвонка'])
      expect(ids).to.have.members(during).and.have.length(4)
    }
  })

  it('gets a call again that met a lock, and leaves alone what was deleted there', async () => {
    base.isLocked = true
    const call = over()
    await call.done()
    expect(await job(call.callId)).to.include({ state: 'pending', last_error_code: 'http500' })
    await later()
    expect(base.documents).to.have.length(1)
    base.documents.length = 0
    await call.rates(5).done()
    expect(await job(call.callId)).to.include({ state: 'done', last_error: null })
    expect(base.documents).to.have.length(0)
  })

  it('waits while it lets nobody in, and tells people why; the log keeps no password', async () => {
    base.password = 'другая'
    const call = over()
    await call.done()
    expect(await world.db('connectors').where({ id }).first<Row>()).to.include({ state: 'needsLogin' })
    await world.connectors.changeKeys(id, { login: 'Обмен', password: 'другая' })
    expect(await world.connectors.test(id, null)).to.include({ isOk: true })
    await later()
    expect(base.documents).to.have.length(1)
    const log = JSON.stringify(await world.db('connector_exchanges').select('*'))
    expect(log).to.not.include('тайна').and.not.include(Buffer.from('Обмен:тайна').toString('base64'))
  })

  it('says which field or document is not there when the link is checked', async () => {
    for (const [settings, name] of [
      [{ fields: { ...fields, keyword: 'Слово' } }, 'Слово'],
      [{ entity: 'Document_Звонок' }, 'Document_Звонок']
    ] as const) {
      const own = onecSettings.parse({ url: base.url, fields, ...settings })
      await world
        .db('connectors')
        .where({ id })
        .update({ settings: JSON.stringify(own) })
      const tested = await world.connectors.test(id, null)
      expect(tested.isOk).to.equal(false)
      expect(tested.message).to.include(name)
    }
  })

  it('gives its people', async () => {
    expect((await world.connectors.people(id)).map(({ id: key, name }) => [key, name])).to.deep.equal([
      [annaThere, 'Анна Петрова'],
      [borisThere, 'Борис Ли']
    ])
  })

  it('takes addresses and names that make sense only', () => {
    const parse = (given: Row): boolean => onecSettings.safeParse({ url: base.url, ...given }).success
    const urlOf = (url: string): string => onecSettings.parse({ url }).url
    expect(urlOf('https://1c.example.com/base/odata/standard.odata/')).to.equal('https://1c.example.com/base')
    expect(urlOf(' https://1c.example.com/a/b/ ')).to.equal('https://1c.example.com/a/b')
    for (const url of ['1c.example.com', 'http://1c.example.com/base', 'ftp://1c', 'https://u:p@1c/b'])
      expect(parse({ url }), url).to.equal(false)
    for (const entity of ['ТелефонныйЗвонок', "Document_X') or 1 eq (1", 'Document_', 'Document_A/B'])
      expect(parse({ entity }), entity).to.equal(false)
    const id = { callId: 'Ид' }
    expect(onecSettings.parse({ url: base.url, fields: { ...id, note: ' ' } }).fields).to.deep.equal(id)
    for (const [wrong, why] of [
      [{ at: 'Date' }, 'callId is needed'],
      [{ ...id, at: "Date eq '" }, 'no name'],
      [{ ...id, at: 'A/B/C' }, 'no name'],
      [{ ...id, odd: 'X' }, 'no field odd'],
      [{ ...id, source: 'Источник_Key' }, 'is a reference'],
      [{ ...id, person: 'Ответственный' }, 'must end with _Key'],
      [{ ...id, rating: 'Контакты/Оценка' }, 'in a table'],
      [{ callId: 'Контакты/Ид' }, 'in a table'],
      [{ ...id, at: 'ид' }, 'one field']
    ] as const)
      expect(wrongIn(wrong), JSON.stringify(wrong)).to.include(why)
  })

  it('tells an error of 1C from a page of the web server', () => {
    const said = { 'odata.error': { code: '-1', message: { lang: 'ru', value: 'Нет' } } }
    const fault = (status: number, body: unknown) => errorOf({ status, body, headers: {} }, 0)
    expect(fault(200, { value: [] })).to.equal(null)
    expect(fault(204, '')).to.equal(null)
    expect(fault(200, '<html>')).to.include({ fault: 'away', code: 'notOData' })
    expect(fault(404, '<html>')).to.include({ fault: 'away', code: 'notOData' })
    expect(fault(404, said)).to.include({ fault: 'refused', code: 'gone', message: 'Нет' })
    expect(fault(400, said)).to.include({ fault: 'refused', message: 'Нет' })
    expect(fault(500, said)).to.include({ fault: 'broken' })
    expect(fault(429, '')).to.include({ fault: 'limit', retryAtMs: minute })
    expect(localStamp(Date.UTC(2026, 10, 22, 21, 5, 9), 'Europe/Moscow')).to.equal('2026-11-23T00:05:09')
  })

  it('has a form with every field of ours', () => {
    const tables = form.fields.filter(({ type }) => type === 'names')
    expect(tables).to.have.length(2)
    for (const { choices } of tables) expect(choices).to.deep.equal(ourFields)
  })
})
