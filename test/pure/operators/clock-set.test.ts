import { expect } from 'chai'
import { usualRules } from '../../../pbx/routing/directory.ts'
import { until } from '../../support/until.ts'
import { anyone, person, sitDown, type Desk } from './given.ts'

const hourMs = 3_600_000

describe('Operators and those who wait, when the wall clock was set back by an hour', () => {
  const realNow = Date.now
  let desk: Desk
  let byMs = 0
  const setClock = (ms: number): void => {
    byMs += ms
    desk.operators.clockSet(ms)
    desk.queues.clockSet(ms)
  }
  beforeEach(() => {
    byMs = 0
    Date.now = () => realNow() + byMs
    desk = sitDown([person('anna'), person('boris')])
  })
  afterEach(() => {
    desk.close()
    Date.now = realNow
  })

  const request = (priority = 0) => ({ queueId: 'sales', query: anyone(), priority, sinceMs: Date.now() })

  it('keeps the order of a line, and the wait that it tells', () => {
    for (const id of ['anna', 'boris']) desk.operators.setPresence(id, { presence: 'away' }, Date.now())
    desk.queues.join('first', request())
    setClock(-hourMs)
    desk.queues.join('second', request())
    expect(desk.queues.list()[0]?.waiting.map(({ callId }) => callId)).to.deep.equal(['first', 'second'])
    const since = Date.parse(desk.queues.list()[0]?.longestSince ?? '')
    expect(Date.now() - since).to.be.within(0, 1000)
  })

  it('still gives the call to whoever is idle longest', () => {
    desk.operators.setPresence('anna', { presence: 'away' }, Date.now())
    desk.operators.setPresence('anna', { presence: 'available' }, Date.now() + 1)
    setClock(-hourMs)
    desk.operators.setPresence('boris', { presence: 'away' }, Date.now() + 10)
    desk.operators.setPresence('boris', { presence: 'available' }, Date.now() + 11)
    expect(desk.operators.reserve('c', anyone(), Date.now() + 20)[0]?.userId).to.equal('anna')
  })

  it('ends a wrap-up when it would have ended', async () => {
    desk.close()
    desk = sitDown([person('anna')], { rules: { ...usualRules, wrapUpSeconds: 1 } })
    desk.operators.reserve('c', anyone(), Date.now())
    desk.operators.release('c', 'anna', true, Date.now())
    setClock(-hourMs)
    expect(desk.state('anna')?.presence).to.equal('wrapUp')
    const untilMs = Date.parse(desk.state('anna')?.until ?? '')
    expect(untilMs - Date.now()).to.be.within(0, 1000)
    await until(() => desk.state('anna')?.presence === 'available', { timeoutMs: 3000 })
  })
})
