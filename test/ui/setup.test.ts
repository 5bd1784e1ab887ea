import { expect } from 'chai'
import type { LiveCall } from '../../api/contract/live.ts'
import { countries, loginOf, timeZones } from '../../ui/src/setup/places.ts'
import { look, newest, type SeenCall } from '../../ui/src/setup/seen-call.ts'

const numberId = '0190a000-0000-7000-8000-000000000001'
/** What the wizard reads of a call. */
function call(id: string, startedMs: number, more: object = {}): LiveCall {
  return {
    ...{ id, direction: 'in', phase: 'ringing', startedAt: new Date(startedMs).toISOString() },
    ...{
      number: { id: numberId },
      caller: { number: '+79161112233' },
      ringing: [],
      operator: null,
      step: null
    },
    ...more
  } as unknown as LiveCall
}

describe('The first call, as the wizard sees it', () => {
  it('is the newest to the number since the step was opened', () => {
    const other = call('other', 9000, { number: { id: 'another' } })
    const out = call('out', 9000, { direction: 'out' })
    const calls = [call('old', 1000), call('a', 5000), call('b', 6000), other, out]
    expect(newest(calls, numberId, 4000, null)?.id).to.equal('b')
    expect(newest(calls, numberId, 7000, null)).to.equal(null)
  })

  it('is also a mobile that we called to go the same way, and no other call of ours', () => {
    const rung = [{ name: '+79161112233' }]
    const mine = { direction: 'internal', callType: 'test', phase: 'dialling', ringing: rung }
    const tried = call('tried', 6000, mine)
    const clicked = call('clicked', 7000, { direction: 'out', callType: 'click_to_call' })
    expect(newest([tried, clicked], numberId, 4000, null)?.id).to.equal('tried')
    const first = look(null, tried)
    expect(first).to.deep.include({ isCalled: true, isPickedUp: false, rang: [] })
    const led = look(first, call('tried', 6000, { ...mine, phase: 'inScheme', ringing: [] }))
    expect(led.isPickedUp).to.equal(true)
    const ended = { ...mine, phase: 'ended' }
    expect(look(led, call('tried', 6000, ended))).to.include({ isPickedUp: true, isOver: true })
    expect(look(first, call('tried', 6000, ended))).to.include({ isPickedUp: false, isOver: true })
  })

  it('stays the one that is watched while it goes on; when it has ended, a newer one is watched', () => {
    const seen = look(null, call('a', 5000))
    expect(newest([call('a', 5000), call('b', 6000)], numberId, 4000, seen)?.id).to.equal('a')
    const ended = call('a', 5000, { phase: 'ended' })
    expect(newest([ended, call('b', 6000)], numberId, 4000, seen)?.id).to.equal('b')
    expect(newest([ended], numberId, 4000, seen)?.id).to.equal('a')
  })

  it('keeps who rang and who answered when they have gone', () => {
    const events = [
      call('a', 0, { phase: 'inScheme', step: { label: 'Greeting' } }),
      call('a', 0, { ringing: [{ name: 'Anna' }] }),
      call('a', 0, { ringing: [{ name: 'Boris' }] }),
      call('a', 0, { phase: 'talking', operator: { name: 'Boris' } }),
      call('a', 0, { phase: 'ended' })
    ]
    const seen = events.reduce<SeenCall | null>(look, null)
    expect(seen).to.deep.equal({
      ...{ id: 'a', from: '+79161112233', step: 'Greeting', rang: ['Anna', 'Boris'] },
      ...{ answeredBy: 'Boris', isOver: true, isCalled: false, isPickedUp: true }
    })
  })

  it('is the same object while nothing is new, and begins anew with another call', () => {
    const seen = look(null, call('a', 0, { ringing: [{ name: 'Anna' }] }))
    expect(look(seen, call('a', 0))).to.equal(seen)
    expect(look(seen, call('b', 0))).to.deep.include({ id: 'b', rang: [] })
  })
})

describe('Places and names in the wizard', () => {
  it('make a login out of any name', () => {
    expect(loginOf('Анна Ким')).to.equal('anna.kim')
    expect(loginOf(' José  Núñez ')).to.equal('jose.nunez')
    expect(loginOf('Щукина-Юрьева Ольга')).to.equal('schukina-yureva.olga')
    expect(loginOf('李')).to.equal('')
  })

  it('know countries with telephones, by their names, and no others', () => {
    const known = countries('en').map(({ value }) => value)
    expect(known).to.include.members(['RU', 'KZ', 'US', 'GB', 'DE', 'AE', 'ZA'])
    expect(known).to.not.include.members(['SU', 'EU', 'ZZ', 'QO'])
    expect(known.length).to.be.within(235, 260)
    expect(countries('ru').find(({ value }) => value === 'KZ')?.label).to.equal('Казахстан')
  })

  it('keep a time zone that the browser does not list', () => {
    expect(timeZones('Europe/Moscow', 'Asia/Kolkata')).to.include.members(['Europe/Moscow', 'Asia/Kolkata'])
  })
})
