import { expect } from 'chai'
import type { BlockContext, BlockEffect, OperatorQuery } from '../../../ivr/block.ts'
import { dialFailed, failed, found, people, talkEnded, timeout, Visit, type When } from './visit.ts'

const ringback = (on: boolean): BlockEffect => ({ do: 'ringback', on })
const ring = (ringSeconds: number, ...userIds: string[]): BlockEffect[] => [
  { do: 'ring', operators: people(...userIds), ringMs: ringSeconds * 1000, record: true },
  { do: 'timer', ms: ringSeconds * 1000 }
]
const ask = (query: OperatorQuery): BlockEffect => ({ do: 'findOperators', query })
const askOwner = (userId: string): BlockEffect => ask({ kind: 'owner', userId, except: [] })
const askGroup = (
  except: readonly string[] = [],
  strategy: 'longestIdle' | 'roundRobin' | 'ringAll' = 'longestIdle'
) => ask({ kind: 'group', groupId: 'sales', strategy, except })
const stop = (...userIds: string[]): BlockEffect => ({ do: 'stopRinging', userIds })
const cancelTimer: BlockEffect = { do: 'cancelTimer' }

function ringing(settings: Record<string, unknown> = {}, context: Partial<BlockContext> = {}): Visit {
  return new Visit({ type: 'ring', settings: { groupId: 'sales', rounds: 1, ...settings }, context })
}

/** Effects of each event in turn, entering first. */
function told(visit: Visit, events: readonly When[]): (readonly BlockEffect[] | null)[] {
  return [visit.last.effects, ...events.map((event) => visit.tell(event)?.effects ?? null)]
}

describe('Ringing operators', () => {
  it('rings the owner of a known client first, for their own time', () => {
    const visit = ringing({ assignedRingSeconds: 10 }, { ownerId: 'anna' })
    expect(told(visit, [found('anna')])).to.deep.equal([
      [askOwner('anna')],
      [ringback(true), ...ring(10, 'anna')]
    ])
  })

  it('never answers the caller by itself', () => {
    const visit = ringing().tellAll([found('anna'), timeout, found()])
    expect(visit.effects.map((effect) => effect.do)).not.to.include('answer')
  })

  it('goes straight to the group for an unknown client, when told so, and when the owner has declined', () => {
    expect(ringing().last.effects).to.deep.equal([askGroup()])
    expect(ringing({ assignedFirst: false }, { ownerId: 'anna' }).last.effects).to.deep.equal([askGroup()])
    expect(ringing({}, { ownerId: 'anna', declined: ['anna'] }).last.effects).to.deep.equal([
      askGroup(['anna'])
    ])
  })

  it('goes to the group when the owner is not free', () => {
    expect(told(ringing({}, { ownerId: 'anna' }), [found()])).to.deep.equal([
      [askOwner('anna')],
      [askGroup()]
    ])
  })

  it('passes a declined call on at once, and never to the decliner again', () => {
    const visit = ringing({ rounds: 2 }, { ownerId: 'anna' })
    const declined = { ...failed('anna', 'declined'), context: { declined: ['anna'] } }
    expect(told(visit, [found('anna'), declined, found('boris'), timeout, found(), found()])).to.deep.equal([
      [askOwner('anna')],
      [ringback(true), ...ring(15, 'anna')],
      [cancelTimer, askGroup(['anna'])],
      ring(20, 'boris'),
      [stop('boris'), askGroup(['anna', 'boris'])],
      [askGroup(['anna'])],
      [ringback(false)]
    ])
    expect(visit.last.exit).to.equal('noAnswer')
  })

  it('frees an operator who declined while being looked for', () => {
    const visit = ringing()
    const late = { ...found('anna'), context: { declined: ['anna'] } }
    expect(told(visit, [late])).to.deep.equal([[askGroup()], [stop('anna')]])
    expect(visit.last.exit).to.equal('noAnswer')
  })

  it('stops those who let it ring, and rings the next', () => {
    const visit = ringing({ ringSeconds: 30, strategy: 'roundRobin' })
    expect(told(visit, [found('anna'), timeout, found('boris')])).to.deep.equal([
      [askGroup([], 'roundRobin')],
      [ringback(true), ...ring(30, 'anna')],
      [stop('anna'), askGroup(['anna'], 'roundRobin')],
      ring(30, 'boris')
    ])
  })

  it('goes round again until the rounds are used up, with ringback all the while', () => {
    const visit = ringing({ rounds: 2 })
    expect(told(visit, [found('anna'), timeout, found(), found('anna'), timeout, found()])).to.deep.equal([
      [askGroup()],
      [ringback(true), ...ring(20, 'anna')],
      [stop('anna'), askGroup(['anna'])],
      [askGroup()],
      ring(20, 'anna'),
      [stop('anna'), askGroup(['anna'])],
      [ringback(false)]
    ])
    expect(visit.last.exit).to.equal('noAnswer')
  })

  it('lets the caller go on at once when nobody is there at all, without a blink of ringback', () => {
    const visit = ringing({ rounds: 5 })
    expect(told(visit, [found()])).to.deep.equal([[askGroup()], []])
    expect(visit.last.exit).to.equal('noAnswer')
  })

  it('rings all at once, and goes on ringing the others when one fails', () => {
    const visit = ringing({ strategy: 'ringAll' })
    const events = [
      found('anna', 'boris', 'vera'),
      failed('boris', 'busy'),
      failed('anna', 'failed'),
      timeout
    ]
    expect(told(visit, events)).to.deep.equal([
      [askGroup([], 'ringAll')],
      [ringback(true), ...ring(20, 'anna', 'boris', 'vera')],
      [],
      [],
      [stop('vera'), askGroup(['anna', 'boris', 'vera'], 'ringAll')]
    ])
  })

  it('looks on when the last of all has failed', () => {
    const visit = ringing({ strategy: 'ringAll' }).tellAll([
      found('anna', 'boris'),
      failed('anna', 'declined')
    ])
    expect(visit.tell(failed('boris', 'noAnswer'))?.effects).to.deep.equal([
      cancelTimer,
      askGroup(['anna', 'boris'], 'ringAll')
    ])
  })

  it('rings one and frees the rest when more were found than the strategy rings', () => {
    expect(ringing().tell(found('anna', 'boris'))?.effects).to.deep.equal([
      stop('boris'),
      ringback(true),
      ...ring(20, 'anna')
    ])
  })

  it('frees operators who were found when others ring already', () => {
    const visit = ringing().tellAll([found('anna')])
    expect(visit.tell(found('boris'))?.effects).to.deep.equal([stop('boris')])
    expect(visit.tell(found('anna'))).to.equal(null)
  })

  it('ignores legs it does not ring and timers it does not run', () => {
    const visit = ringing()
    expect(visit.tell(timeout)).to.equal(null)
    expect(visit.tell(failed('anna', 'busy'))).to.equal(null)
  })

  it('goes on to what follows a talk when the operator has hung up', () => {
    const visit = ringing().tellAll([found('anna'), talkEnded])
    expect(visit.last).to.deep.equal({ state: null, effects: [], exit: 'talked' })
  })

  it('leaves a talk unrecorded when told so', () => {
    const visit = ringing({ record: false })
    expect(visit.tell(found('anna'))?.effects[1]).to.include({ do: 'ring', record: false })
  })

  it('rings whoever stands in for the owner, who then is not rung again in this round', () => {
    const visit = ringing({}, { ownerId: 'anna' })
    expect(told(visit, [found('boris'), timeout])).to.deep.equal([
      [askOwner('anna')],
      [ringback(true), ...ring(15, 'boris')],
      [stop('boris'), askGroup(['boris'])]
    ])
  })

  it('goes from group to group, and begins with the first in the next round', () => {
    const visit = ringing({ furtherGroupIds: ['service', 'desk'], rounds: 2 })
    const asked = (groupId: string, ...except: string[]) =>
      ask({ kind: 'group', groupId, strategy: 'longestIdle', except })
    const events = [
      found('anna'),
      timeout,
      found(),
      found('boris'),
      failed('boris', 'busy'),
      found(),
      found()
    ]
    expect(told(visit, events)).to.deep.equal([
      [asked('sales')],
      [ringback(true), ...ring(20, 'anna')],
      [stop('anna'), asked('sales', 'anna')],
      [asked('service', 'anna')],
      ring(20, 'boris'),
      [cancelTimer, asked('service', 'anna', 'boris')],
      [asked('desk', 'anna', 'boris')],
      [asked('sales')]
    ])
  })

  const number = '+79261112233'
  const dial: BlockEffect = {
    do: 'dial',
    target: { kind: 'external', number, trunkId: null },
    ringMs: 30_000,
    record: true
  }

  it('calls a number outside as the last resort, with ringback, even when nobody was there to ring', () => {
    const visit = ringing({ externalNumber: number })
    expect(told(visit, [found(), talkEnded])).to.deep.equal([
      [askGroup()],
      [ringback(true), dial, { do: 'timer', ms: 30_000 }],
      []
    ])
    expect(visit.last.exit).to.equal('talked')
  })

  it('gives up when the number outside does not answer, fails, or may not be called', () => {
    const late = ringing({ externalNumber: number }).tellAll([found(), timeout])
    expect(late.last).to.deep.equal({
      state: null,
      effects: [{ do: 'stopDialling' }, ringback(false)],
      exit: 'noAnswer'
    })
    for (const result of ['busy', 'refused', 'failed'] as const) {
      const visit = ringing({ externalNumber: number }).tellAll([found(), dialFailed(number, result)])
      expect(visit.last, result).to.deep.equal({
        state: null,
        effects: [cancelTimer, ringback(false)],
        exit: 'noAnswer'
      })
    }
  })

  it('frees operators who are found while the number outside rings, and ignores dials it did not make', () => {
    const visit = ringing({ externalNumber: number })
    expect(visit.tell(dialFailed(number, 'busy'))).to.equal(null)
    visit.tell(found())
    expect(visit.tell(found('anna'))?.effects).to.deep.equal([stop('anna')])
  })

  it('asks with skills, and with weights where they count', () => {
    const wanted = { skills: ['english'], strategy: 'weighted', weights: { rating: 3 } }
    expect(ringing(wanted).last.effects).to.deep.equal([
      ask({
        kind: 'group',
        groupId: 'sales',
        strategy: 'weighted',
        except: [],
        skills: ['english'],
        weights: { rating: 3, idle: 1, load: 1 }
      })
    ])
  })
})
