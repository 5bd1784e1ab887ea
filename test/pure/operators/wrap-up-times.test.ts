import { expect } from 'chai'
import { pino } from 'pino'
import { foldJournal } from '../../../pbx/call/journal.ts'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import { usualRules } from '../../../pbx/routing/directory.ts'
import { UnknownCall } from '../../../pbx/runtime/unknown-call.ts'
import { createWrapUpTimes, keepWrapUps } from '../../../pbx/runtime/wrap-up-times.ts'
import { annaTalks } from '../call/given.ts'
import { anyone, person, sitDown, type Desk } from './given.ts'

const log = pino({ level: 'silent' })
const t0 = Date.parse('2026-11-20T09:00:00Z')

describe('The time after a call', () => {
  let desk: Desk
  const rules = { ...usualRules, wrapUpSeconds: 600 }
  afterEach(() => desk.close())
  const talk = (callId: string, fromMs: number, toMs: number): void => {
    desk.operators.reserve(callId, anyone(), fromMs)
    desk.operators.release(callId, 'anna', true, toMs, 'answered')
  }

  it('is told when the wrap-up ends, with what it really took, prolonged or not', () => {
    desk = sitDown([person('anna')], { rules })
    talk('c1', t0, t0 + 60_000)
    desk.operators.extendWrapUp('anna', 60, t0 + 65_000)
    expect(desk.wrapUps).to.deep.equal([])
    desk.operators.endWrapUp('anna', t0 + 92_400)
    expect(desk.wrapUps).to.deep.equal([{ callId: 'c1', operatorId: 'anna', seconds: 32 }])
  })

  it('ends as well with a pause, with the code that was owed, and with the operator', () => {
    desk = sitDown([person('anna')], { rules: { ...rules, wrapUpSeconds: 0, requireWrapUpCode: true } })
    talk('c1', t0, t0 + 1000)
    desk.operators.codeGiven('c1', t0 + 4000)
    talk('c2', t0 + 10_000, t0 + 20_000)
    desk.operators.setPresence('anna', { presence: 'away', reason: 'lunch' }, t0 + 27_000)
    expect(desk.wrapUps.map(({ callId, seconds }) => [callId, seconds])).to.deep.equal([
      ['c1', 3],
      ['c2', 7]
    ])
  })

  it('does not count another call that came between', () => {
    desk = sitDown([person('anna')], { rules })
    talk('c1', t0, t0 + 10_000)
    const own = { kind: 'user', userId: 'anna', except: [], isOwnWish: true } as const
    expect(desk.operators.reserve('c2', own, t0 + 15_000)).to.have.length(1)
    desk.operators.release('c2', 'anna', false, t0 + 45_000, 'noAnswer')
    desk.operators.endWrapUp('anna', t0 + 47_000)
    expect(desk.wrapUps).to.deep.equal([
      { callId: 'c1', operatorId: 'anna', seconds: 5 },
      { callId: 'c1', operatorId: 'anna', seconds: 2 }
    ])
  })

  it('belongs to no call when a restart has forgotten which, and is none without a talk', () => {
    desk = sitDown([person('anna', { presence: 'wrapUp', presenceUntilMs: Date.now() + 60_000 })], { rules })
    desk.operators.endWrapUp('anna', Date.now())
    desk.operators.reserve('c1', anyone(), Date.now())
    desk.operators.release('c1', 'anna', false, Date.now(), 'noAnswer')
    expect(desk.wrapUps).to.deep.equal([])
  })
})

describe('The journal’s time after a call', () => {
  it('is the sum of what its operators told, and none while nobody did', () => {
    const rows: TapeRow[] = annaTalks().when({ type: 'legEnded', leg: 'op1', cause: 16 }).rows
    expect(foldJournal(rows)?.call['wrapup_seconds']).to.equal(null)
    const wrapped = (seconds: number): TapeRow => ({
      ...{ callId: rows[0]?.callId ?? '', seq: 900 + seconds, atMs: t0, from: null, to: null, effects: [] },
      ...{ type: 'call.wrapped_up', data: { operatorId: 'anna', seconds } }
    })
    expect(foldJournal([...rows, wrapped(0)])?.call['wrapup_seconds']).to.equal(0)
    expect(foldJournal([...rows, wrapped(5), wrapped(12)])?.call['wrapup_seconds']).to.equal(17)
  })

  it('is written in order, and again when the database was away', async () => {
    const written: string[] = []
    let refusals = 1
    const keeper = keepWrapUps({
      append(callId) {
        if (refusals-- > 0) return Promise.reject(new Error('away'))
        written.push(callId)
        return Promise.resolve()
      },
      log
    })
    const times = createWrapUpTimes((callId, data) => keeper.keep(callId, data))
    const look = (presence: 'wrapUp' | 'available', wrapUpCallId: string | null): void =>
      times.look({ userId: 'anna', presence, wrapUpCallId, since: new Date(t0).toISOString() })
    look('wrapUp', 'c1')
    look('available', null)
    look('wrapUp', 'c2')
    look('available', null)
    await keeper.close()
    expect(refusals, 'it was tried again').to.be.below(0)
    expect(written).to.deep.equal(['c1', 'c2'])
  })

  it('is let go with a call that was removed, and holds up no other', async () => {
    const written: string[] = []
    const keeper = keepWrapUps({
      append(callId) {
        if (callId === 'removed') return Promise.reject(new UnknownCall(callId))
        written.push(callId)
        return Promise.resolve()
      },
      log
    })
    keeper.keep('removed', { operatorId: 'anna', seconds: 5 })
    keeper.keep('c2', { operatorId: 'anna', seconds: 7 })
    await keeper.close()
    expect(written).to.deep.equal(['c2'])
  })
})
