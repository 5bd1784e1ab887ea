import { until } from '../support/until.ts'
import { hears, openOffice, type Office } from './office.ts'
describe('lead', function () {
  this.timeout(100_000)
  let office: Office
  before(async () => { office = await openOffice(48_600, 51) })
  after(() => office.close())
  for (let i = 0; i < 6; i++) it('again ' + i, async () => {
    const { id, client, anna } = await office.talk('+74951400001')
    const outside = await office.outside({ manner: 'ring' })
    const wish = async (what: string, body?: unknown) => { const a = await office.as(office.anna, 'POST', `/api/calls/${id}/${what}`, body); if (a.status !== 200) throw new Error(JSON.stringify(a)) }
    const ask = { mode: 'warm', target: { kind: 'external', number: '+79035550101' } }
    for (let k = 0; k < 2; k++) {
      await wish('transfer', ask)
      await until(() => outside.isRinging())
      if (k < 1) { await wish('cancel-transfer'); await hears(client, { anna: true }) }
    }
    outside.answer()
    try { await hears(anna, { outside: true }) } catch (e) {
      console.log(String(e))
      console.log(JSON.stringify(await office.instance.asterisk('/bridges'), null, 0))
      const ch = await office.instance.asterisk<{ id: string, name: string, state: string }[]>('/channels')
      console.log(ch.map((c) => [c.id, c.name, c.state].join(' ')).join('\n'))
      console.log(outside.heard.join('\n')); console.log(outside.said.join('\n'))
      console.log(office.instance.output().split('\n').filter((l) => /left before|warn|error|Failed/i.test(l)).slice(-10).join('\n'))
      throw e
    }
    client.hangup()
    await office.ended(id)
    await office.clear()
  })
  afterEach(() => office.clear())
})
