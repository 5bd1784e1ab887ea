import { expect } from 'chai'
import { usualRules } from '../../../pbx/routing/directory.ts'
import { until } from '../../support/until.ts'
import { anyone, person, sitDown, type Desk } from './given.ts'

describe('Operators', () => {
  let desk: Desk
  afterEach(() => desk.close())
  const now = (): number => Date.now()
  const rules = (change: Partial<typeof usualRules>) => ({ rules: { ...usualRules, ...change } })

  it('are reserved for one call, and ring on every telephone that can', () => {
    const device = { id: 'd', name: 'Phone', kind: 'sip' as const }
    const devices = [
      { ...device, id: 'd1', sipUser: 'op-fixed', isFixed: true },
      { ...device, id: 'd2', sipUser: 'op-away', isFixed: false },
      { ...device, id: 'd3', sipUser: 'op-tab', isFixed: false }
    ]
    desk = sitDown([person('anna', { devices })])
    desk.operators.setReachable('op-tab', true, now())
    expect(desk.operators.reserve('c1', anyone(), now())).to.deep.equal([
      { userId: 'anna', name: 'anna', devices: ['op-fixed', 'op-tab'] }
    ])
    expect(desk.operators.reserve('c2', anyone(), now())).to.deep.equal([])
    expect(desk.state('anna')).to.include({ presence: 'busy', chosen: 'available', callId: 'c1' })
    expect(desk.state('anna')?.devices.map((one) => one.isReachable)).to.deep.equal([true, false, true])
  })

  it('are reachable while any telephone is', () => {
    const devices = [{ id: 'd', name: 'Tab', kind: 'browser' as const, sipUser: 'op-tab', isFixed: false }]
    desk = sitDown([])
    desk.operators.setReachable('op-tab', true, now())
    desk.load({ users: new Map([['anna', person('anna', { devices })]]) })
    expect(desk.state('anna')?.isReachable, 'it registered before anybody knew whose it is').to.equal(true)
    desk.operators.setReachable('op-tab', false, now())
    expect(desk.state('anna')?.isReachable).to.equal(false)
    expect(desk.operators.reserve('c1', { kind: 'user', userId: 'anna', except: [] }, now())).to.deep.equal(
      []
    )
  })

  it('are chosen only with all the skills that are asked for, and not when left out', () => {
    desk = sitDown([person('anna', { skills: ['en'] }), person('boris', { skills: ['en', 'kitchens'] })])
    const take = (call: string, skills: string[], except: string[] = []) =>
      desk.operators.reserve(call, anyone({ skills, except }), now()).map(({ userId }) => userId)
    expect(take('c1', ['en', 'kitchens'], ['boris'])).to.deep.equal([])
    expect(take('c1', ['en', 'kitchens'])).to.deep.equal(['boris'])
    expect(take('c2', ['en', 'kitchens'])).to.deep.equal([])
    expect(take('c2', ['en'])).to.deep.equal(['anna'])
  })

  it('have a stand-in while they are absent, but not while they are busy', () => {
    const standIns = new Map([
      ['anna', 'boris'],
      ['gone', 'boris'],
      ['boris', 'anna']
    ])
    desk = sitDown([person('anna'), person('boris')], { standIns })
    const owner = (call: string, userId: string) =>
      desk.operators.reserve(call, { kind: 'owner', userId, except: [] }, now()).map((one) => one.userId)
    expect(owner('c1', 'anna')).to.deep.equal(['anna'])
    expect(owner('c2', 'anna'), 'busy').to.deep.equal([])
    desk.operators.release('c1', 'anna', false, now())
    desk.operators.setPresence('anna', { presence: 'away', reason: 'lunch' }, now())
    expect(owner('c3', 'anna'), 'away').to.deep.equal(['boris'])
    desk.operators.release('c3', 'boris', false, now())
    expect(owner('c4', 'gone'), 'has left the company').to.deep.equal(['boris'])
    desk.operators.release('c4', 'boris', false, now())
    desk.operators.setPresence('boris', { presence: 'offline' }, now())
    expect(owner('c5', 'anna'), 'both absent, each the other’s stand-in').to.deep.equal([])
  })

  it('wrap up after a talk, which they end early or let last longer', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 20 }))
    const at = now()
    desk.operators.reserve('c1', anyone(), at)
    desk.operators.release('c1', 'anna', true, at, 'answered')
    expect(desk.state('anna')).to.include({ presence: 'wrapUp', callId: null })
    expect(desk.state('anna')?.until).to.equal(new Date(at + 20_000).toISOString())
    expect(desk.operators.reserve('c2', anyone(), at)).to.deep.equal([])
    expect(desk.operators.extendWrapUp('anna', 60, at)).to.equal(true)
    expect(desk.state('anna')?.until).to.equal(new Date(at + 80_000).toISOString())
    expect(desk.operators.extendWrapUp('anna', 10_000, at)).to.equal(true)
    expect(desk.state('anna')?.until, 'an hour at most').to.equal(new Date(at + 3_600_000).toISOString())
    expect(desk.operators.endWrapUp('anna', at)).to.equal(true)
    expect(desk.state('anna')).to.include({ presence: 'available', until: null })
    expect(desk.operators.endWrapUp('anna', at)).to.equal(false)
    expect(desk.saved.map(({ presence }) => presence)).to.deep.equal([
      ...['wrapUp', 'wrapUp', 'wrapUp', 'available']
    ])
  })

  it('are free again when the wrap-up is over, and need none after a ring that nobody answered', async () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 0.03, autoPauseAfter: 0 }))
    desk.operators.reserve('c1', anyone(), now())
    desk.operators.release('c1', 'anna', false, now(), 'noAnswer')
    expect(desk.state('anna')?.presence).to.equal('available')
    desk.operators.reserve('c2', anyone(), now())
    desk.operators.release('c2', 'anna', true, now(), 'answered')
    expect(desk.state('anna')?.presence).to.equal('wrapUp')
    await until(() => desk.state('anna')?.presence === 'available', { everyMs: 5, timeoutMs: 2000 })
  })

  it('wrap up as long as the group of the call says', () => {
    const group = (wrapUpSeconds: number | null) => ({ name: 'Sales', memberIds: ['anna'], wrapUpSeconds })
    desk = sitDown([person('anna')], {
      ...rules({ wrapUpSeconds: 20 }),
      groups: new Map([
        ['sales', group(45)],
        ['service', group(0)]
      ])
    })
    desk.operators.reserve('c1', anyone(), 1000)
    desk.operators.release('c1', 'anna', true, 1000, 'answered')
    expect(desk.state('anna')?.until).to.equal(new Date(46_000).toISOString())
    desk.operators.endWrapUp('anna', 1000)
    desk.operators.reserve('c2', anyone({ groupId: 'service' }), 2000)
    desk.operators.release('c2', 'anna', true, 2000, 'answered')
    expect(desk.state('anna')?.presence).to.equal('available')
  })

  it('owe a wrap-up code where the company demands one: neither time nor a pause frees them', async () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 0.03, requireWrapUpCode: true }))
    const talk = (call: string): void => {
      desk.operators.reserve(call, anyone(), now())
      desk.operators.release(call, 'anna', true, now(), 'answered')
    }
    talk('c1')
    expect(desk.state('anna')).to.include({ presence: 'wrapUp', owesCode: 'c1', wrapUpCallId: 'c1' })
    expect(desk.operators.endWrapUp('anna', now()), 'not yet').to.equal(false)
    await until(() => desk.state('anna')?.until === null, { everyMs: 5, timeoutMs: 2000 })
    expect(desk.state('anna'), 'its time is over').to.include({ presence: 'wrapUp', owesCode: 'c1' })
    desk.operators.setPresence('anna', { presence: 'away', reason: 'lunch' }, now())
    desk.operators.setPresence('anna', { presence: 'available' }, now())
    expect(desk.state('anna'), 'no way around').to.include({ presence: 'away', owesCode: 'c1' })
    desk.operators.codeGiven('other', now())
    expect(desk.state('anna')?.owesCode).to.equal('c1')
    desk.operators.codeGiven('c1', now())
    desk.operators.setPresence('anna', { presence: 'available' }, now())
    expect(desk.state('anna')).to.include({ presence: 'available', owesCode: null })
  })

  it('are free at once with the code after the time, and owe none that was given in the talk', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 0, requireWrapUpCode: true }))
    desk.operators.reserve('c1', anyone(), 1000)
    desk.operators.release('c1', 'anna', true, 1000, 'answered')
    expect(desk.state('anna')).to.include({ presence: 'wrapUp', until: null })
    desk.operators.codeGiven('c1', 2000)
    expect(desk.state('anna')?.presence).to.equal('available')
    desk.operators.reserve('c2', anyone(), 3000)
    desk.operators.codeGiven('c2', 3500)
    desk.operators.release('c2', 'anna', true, 4000, 'answered')
    expect(desk.state('anna')?.presence, 'it was given in the talk').to.equal('available')
    desk.operators.reserve('c3', anyone(), 5000)
    desk.operators.release('c3', 'anna', true, 5000, 'answered')
    desk.operators.setPresence('anna', { presence: 'available', byUserId: 'chief' }, 6000)
    expect(desk.state('anna'), 'a supervisor frees them').to.include({
      presence: 'available',
      owesCode: null
    })
  })

  it('are rung for what they asked for themselves, whatever they do just now', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 20 }))
    desk.operators.reserve('c1', anyone(), now())
    desk.operators.release('c1', 'anna', true, now(), 'answered')
    const query = { kind: 'user', userId: 'anna', except: [] } as const
    const own = { ...query, isOwnWish: true } as const
    expect(desk.operators.reserve('c2', query, now()), 'in the wrap-up').to.deep.equal([])
    expect(desk.operators.reserve('c2', own, now())).to.have.length(1)
    expect(desk.operators.reserve('c3', own, now()), 'in a call').to.deep.equal([])
  })

  it('are rung in the wrap-up for a client of theirs who comes back, but not in a pause or in a call', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 20 }))
    const back = { kind: 'user', userId: 'anna', except: [], isReturn: true } as const
    desk.operators.reserve('c1', anyone(), now())
    desk.operators.release('c1', 'anna', true, now(), 'answered')
    expect(desk.state('anna')).to.include({ presence: 'wrapUp' })
    expect(desk.operators.reserve('c1', back, now())).to.have.length(1)
    expect(desk.operators.reserve('c2', back, now()), 'in a call').to.deep.equal([])
    desk.operators.release('c1', 'anna', false, now(), 'declined')
    expect(desk.state('anna'), 'a ring does not end it').to.include({ presence: 'wrapUp' })
    for (const presence of ['away', 'offline'] as const) {
      desk.operators.setPresence('anna', { presence }, now())
      expect(desk.operators.reserve('c1', back, now()), presence).to.deep.equal([])
    }
  })

  it('go on with a wrap-up that began before a restart', async () => {
    const wrapUp = { presence: 'wrapUp' as const, presenceAtMs: 5 }
    desk = sitDown([
      person('anna', { ...wrapUp, presenceUntilMs: now() + 60_000 }),
      person('boris', { ...wrapUp, presenceUntilMs: now() - 60_000 })
    ])
    expect(desk.state('anna')?.presence).to.equal('wrapUp')
    await until(() => desk.state('boris')?.presence === 'available', { everyMs: 5, timeoutMs: 2000 })
    expect(desk.state('anna')?.presence).to.equal('wrapUp')
    expect(desk.saved.map(({ userId, presence }) => [userId, presence])).to.deep.equal([
      ['boris', 'available']
    ])
  })

  it('are paused after too many missed rings in a row, counted anew after a talk', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 0, autoPauseAfter: 3 }))
    const ring = (talked: boolean, result: 'noAnswer' | 'answered' | 'cancelled' | 'declined'): void => {
      expect(desk.operators.reserve('c', anyone(), now())).to.have.length(1)
      desk.operators.release('c', 'anna', talked, now(), result)
    }
    ring(false, 'noAnswer')
    ring(false, 'noAnswer')
    ring(true, 'answered')
    ring(false, 'noAnswer')
    ring(false, 'cancelled')
    ring(false, 'declined')
    ring(false, 'noAnswer')
    expect(desk.state('anna')?.presence, 'given up by callers, and declined, are no missed rings').to.equal(
      'available'
    )
    ring(false, 'noAnswer')
    expect(desk.state('anna')).to.include({ presence: 'away', reason: 'auto_missed' })
    desk.operators.setPresence('anna', { presence: 'available' }, now())
    ring(false, 'noAnswer')
    expect(desk.state('anna')?.presence, 'counted anew').to.equal('available')
  })

  it('stay busy until the last call lets them go, and then are what they chose meanwhile', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 20 }))
    desk.operators.reserve('c1', anyone(), now())
    desk.operators.hold('c2', 'anna')
    desk.operators.release('c1', 'anna', true, now(), 'answered')
    expect(desk.state('anna')).to.include({ presence: 'busy', callId: 'c2' })
    desk.operators.setPresence('anna', { presence: 'away', reason: 'lunch' }, now())
    expect(desk.state('anna')).to.include({ presence: 'busy', chosen: 'away' })
    desk.operators.release('other', 'anna', true, now())
    desk.operators.release('c2', 'anna', true, now(), 'answered')
    expect(desk.state('anna')).to.include({ presence: 'away', reason: 'lunch', callId: null })
  })

  it('are busy while they listen in on a call, and need no wrap-up after it', () => {
    desk = sitDown([person('anna')], rules({ wrapUpSeconds: 20 }))
    desk.operators.hold('watched', 'anna', true)
    expect(desk.state('anna')).to.include({ presence: 'busy', callId: 'watched' })
    desk.operators.release('watched', 'anna', true, now(), 'answered')
    expect(desk.state('anna')?.presence).to.equal('available')
  })

  it('keep what they are here when the configuration is read again, unless it is newer', () => {
    desk = sitDown([person('anna')])
    desk.operators.setPresence('anna', { presence: 'away', reason: 'lunch' }, 1000)
    desk.load()
    expect(desk.state('anna')?.presence).to.equal('away')
    desk.load({ users: new Map([['anna', person('anna', { presence: 'offline', presenceAtMs: 2000 })]]) })
    expect(desk.state('anna')?.presence).to.equal('offline')
  })

  it('are busy while their telephone is in a call that we do not lead', () => {
    desk = sitDown([person('anna')])
    desk.operators.setElsewhere('anna', true, now())
    expect(desk.state('anna')).to.include({ presence: 'busy', callId: null })
    expect(desk.operators.reserve('c1', anyone(), now())).to.deep.equal([])
    desk.operators.setElsewhere('anna', false, now())
    expect(desk.operators.reserve('c1', anyone(), now())).to.have.length(1)
  })

  it('are chosen by what they were rated and how long they talked', () => {
    desk = sitDown([person('anna'), person('boris')])
    desk.operators.setFigures({
      companyRating: 4,
      ratings: new Map([['anna', 3]]),
      talkSeconds: new Map([['boris', 600]])
    })
    const first = (strategy: 'byRating' | 'leastLoaded'): string | undefined => {
      const [found] = desk.operators.reserve('c', anyone({ strategy }), now())
      if (found) desk.operators.release('c', found.userId, false, now())
      return found?.userId
    }
    expect(first('byRating')).to.equal('boris')
    expect(first('leastLoaded')).to.equal('anna')
    const scores = desk.operators.scores(anyone({ weights: { rating: 1, idle: 0, load: 0 } }))
    expect(scores.map(({ userId, total }) => [userId, total])).to.deep.equal([
      ['anna', 0],
      ['boris', 1]
    ])
  })
})
