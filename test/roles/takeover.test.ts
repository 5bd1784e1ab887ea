import { expect } from 'chai'
import { openPanel, type Panel } from '../chaos/panel.ts'
import { hears, tones } from '../pbx/office.ts'
import { groupOf, leftInAsterisk, onlyRow, rowsOf, telephones, type Telephones } from '../pbx/chaos.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { until } from '../support/until.ts'
import { startWorld, type Controller, type World } from './world.ts'

const talked = '+74950001701'
const second = '+74950001702'
const third = '+74950001703'

const isLeading = (one: Controller): boolean => one.output().includes('is ready for calls')

describe('Two controllers over one Asterisk', function () {
  this.timeout(240_000)
  let world: World
  let company: Company
  let phones: Telephones
  let panel: Panel
  let roles: Controller[]

  before(async () => {
    world = await startWorld(16_000)
    await Promise.all(world.controllers.map((one) => one.start()))
    await world.led(0)
    // Whoever came first leads.
    roles = world.controllers.toSorted((a, b) => Number(isLeading(b)) - Number(isLeading(a)))
    expect(roles.map(isLeading)).to.deep.equal([true, false])
    company = await foundCompany(world.instance, 163, 2)
    phones = telephones(world.instance, company)
    const { cookie = '' } = await world.instance.headers()
    panel = await openPanel(world.instance.url, cookie)
  })
  after(async () => {
    panel?.close()
    await phones?.close()
    await world?.close()
  })

  it('the one that waits takes over calls, reservations and screens when the other is killed', async () => {
    const { instance } = world
    const [first, other] = roles as [Controller, Controller]
    const [anna, boris] = company.operators
    const group = await groupOf(instance, anna, boris)
    for (const to of [talked, second, third])
      await company.number(to, ringScheme(group, { ringSeconds: 20, strategy: 'longestIdle' }))
    const annaPhone = await phones.at(anna, { toneHz: tones.anna })
    const client = await phones.outside({ toneHz: tones.client })
    await instance.api('PATCH', `/api/users/${boris?.id}`, { presence: 'away' })
    expect(await client.call(talked)).to.equal(200)
    await hears(client, { anna: true })
    await hears(annaPhone, { client: true })
    await instance.api('PATCH', `/api/users/${boris?.id}`, { presence: 'available' })
    const id = await until(() => panel.open()[0] ?? null, { what: 'the panel shows the talk' })
    const epoch = await world.epoch()

    await first.kill()
    // Nobody leads: whoever asks the exchange is told so, and nothing else stops.
    const refused = await fetch(`${instance.url}/api/me/wrap-up/end`, {
      method: 'POST',
      headers: await instance.headers()
    })
    expect(refused.status).to.equal(503)
    expect(await refused.json()).to.include({ code: 'controller_away' })
    expect(await instance.api<object>('GET', '/api/calls?limit=1')).to.have.property('items')
    await phones.at(boris, { toneHz: tones.boris })
    const tookMs = await world.led(epoch)
    // The promise is five seconds; a machine on which everything is tested at once gets twice that.
    expect(tookMs, 'until the other leads').to.be.lessThan(10_000)
    expect(other.output()).to.include('is ready for calls')
    await hears(client, { anna: true })
    await until(() => panel.open().length === 1 && panel.open()[0] === id, {
      what: 'the panel still shows it'
    })

    // Anna is still in her talk, as the new controller knows: only Boris is rung.
    const newcomer = await phones.outside({ toneHz: tones.outside })
    expect(await newcomer.call(second)).to.equal(200)
    await hears(newcomer, { boris: true })
    await hears(client, { anna: true, outside: false })
    newcomer.hangup()
    const later = await onlyRow(instance, second)
    expect(later.operator?.name).to.equal('Boris')

    annaPhone.hangup()
    const row = await onlyRow(instance, talked)
    expect(row).to.include({ id, outcome: 'answered', hangupBy: 'operator' })
    expect(row.operator?.name).to.equal('Anna')
    await until(() => panel.knows(id) && panel.open().length === 0, {
      what: 'the panel knows that it is over'
    })
    await phones.close()
  })

  it('one that stood still finds itself replaced: it dials and writes nothing, and stands by', async () => {
    const { instance, db } = world
    const [old, hung] = roles as [Controller, Controller]
    await old.start()
    const [anna, boris] = company.operators
    // Anna's telephone rings and is not answered; the time for it runs out while the controller stands still.
    const annaPhone = await phones.at(anna, { toneHz: tones.anna, manner: 'ring' })
    const borisPhone = await phones.at(boris, { toneHz: tones.boris, manner: 'ring' })
    const client = await phones.outside({ toneHz: tones.client })
    const answered = client.call(third)
    await until(() => annaPhone.isRinging() || borisPhone.isRinging(), { what: 'a telephone rings' })
    const epoch = await world.epoch()

    hung.signal('SIGSTOP')
    await world.led(epoch)
    const ringing = annaPhone.isRinging() ? annaPhone : borisPhone
    ringing.answer()
    expect(await answered).to.equal(200)
    const [{ id } = { id: '' }] = await until(async () => {
      const rows = await rowsOf(instance, third)
      return rows.length > 0 ? rows : null
    })
    const before = hung.output().length
    hung.signal('SIGCONT')
    await until(() => /waits for its turn/.test(hung.output().slice(before)), {
      timeoutMs: 30_000,
      what: 'the one that woke up stands by'
    })
    expect(await world.epoch(), 'nobody took the lease anew').to.equal(epoch + 1)
    await hears(client, ringing === annaPhone ? { anna: true } : { boris: true })

    client.hangup()
    const row = await onlyRow(instance, third)
    expect(row).to.include({ id, outcome: 'answered', hangupBy: 'client' })
    expect(row.legs.filter(({ kind }) => kind === 'operator')).to.have.length(1)
    const { rows } = await db.raw<{ rows: { seq: number; type: string }[] }>(
      'select seq, type from call_events where call_id = ? order by seq',
      [id]
    )
    expect(rows.map(({ seq }) => seq)).to.deep.equal(rows.map((_, index) => index + 1))
    expect(rows.filter(({ type }) => type === 'call.answered')).to.have.length(1)
    await until(async () => (await leftInAsterisk(instance)).length === 0, {
      what: 'nothing is left in Asterisk'
    })
  })
})
