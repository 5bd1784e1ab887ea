import { expect } from 'chai'
import type { BlockContext, BlockEffect, QueueRequest } from '../../../ivr/block.ts'
import {
  digit,
  failed,
  found,
  hidden,
  noFacts,
  people,
  place,
  played,
  talkEnded,
  timeout,
  Visit,
  wednesdayNoonMs,
  type When
} from './visit.ts'

const welcome = { sound: 'ringtrace/please-wait' }
const request = (except: readonly string[] = [], extra: Partial<QueueRequest> = {}): QueueRequest => ({
  queueId: 'sales',
  query: { kind: 'group', groupId: 'sales', strategy: 'longestIdle', except },
  priority: 0,
  sinceMs: wednesdayNoonMs,
  ...extra
})
const join = (...except: string[]): BlockEffect => ({ do: 'joinQueue', request: request(except) })
const music = (on: boolean, musicClass: string | null = null): BlockEffect => ({
  do: 'music',
  on,
  musicClass
})
const timer = (seconds: number): BlockEffect => ({ do: 'timer', ms: seconds * 1000 })
const ring = (...userIds: string[]): BlockEffect => ({
  do: 'ring',
  operators: people(...userIds),
  ringMs: 20_000,
  record: true
})
const stop = (...userIds: string[]): BlockEffect => ({ do: 'stopRinging', userIds })
const leave: BlockEffect = { do: 'leaveQueue' }
const cancelTimer: BlockEffect = { do: 'cancelTimer' }
const stopPlaying: BlockEffect = { do: 'stopPlaying' }

/** The event, so many seconds after the caller came. */
const at = (seconds: number, event: When): When => ({
  ...event,
  context: { ...event.context, nowMs: wednesdayNoonMs + seconds * 1000 }
})

function queued(settings: Record<string, unknown> = {}, context: Partial<BlockContext> = {}): Visit {
  return new Visit({ type: 'queue', settings: { groupId: 'sales', welcome: [], ...settings }, context })
}

function told(visit: Visit, events: readonly When[]): (readonly BlockEffect[] | null)[] {
  return events.map((event) => visit.tell(event)?.effects ?? null)
}

describe('Waiting in a queue', () => {
  it('takes a place at once, and says that the caller waits meanwhile; then comes music', () => {
    const visit = queued({ welcome: undefined, musicClass: 'jazz' })
    expect(visit.last.effects).to.deep.equal([
      { do: 'answer' },
      join(),
      { do: 'play', sounds: [welcome] },
      timer(300)
    ])
    expect(told(visit, [at(4, played)])).to.deep.equal([[music(true, 'jazz')]])
  })

  it('begins with music when there is nothing to say, and answers only a call that is not answered yet', () => {
    expect(queued({}, { isAnswered: true }).last.effects).to.deep.equal([join(), music(true), timer(300)])
  })

  it('stands in the line, and with the wishes, that its settings name', () => {
    const visit = queued({ queueId: 'vip', priority: 7, strategy: 'leastLoaded', skills: ['english'] })
    expect(visit.last.effects[1]).to.deep.equal({
      do: 'joinQueue',
      request: request([], {
        queueId: 'vip',
        priority: 7,
        query: {
          kind: 'group',
          groupId: 'sales',
          strategy: 'leastLoaded',
          except: [],
          skills: ['english']
        }
      })
    })
  })

  it('never asks for those who have declined the call', () => {
    expect(queued({}, { declined: ['anna'] }).last.effects).to.deep.include(join('anna'))
  })

  it('rings when the turn comes, with the music going on, and is done when the talk is', () => {
    const visit = queued()
    expect(told(visit, [at(10, found('anna')), at(90, talkEnded)])).to.deep.equal([
      [ring('anna'), timer(20)],
      []
    ])
    expect(visit.last.exit).to.equal('talked')
  })

  it('keeps the place when the operator does not answer, and prefers others for a while', () => {
    const visit = queued()
    const events = [
      at(10, found('anna')),
      at(30, timeout),
      at(31, found('boris')),
      at(32, failed('boris', 'busy')),
      at(37, timeout)
    ]
    expect(told(visit, events)).to.deep.equal([
      [ring('anna'), timer(20)],
      [stop('anna'), join('anna'), timer(5)],
      [ring('boris'), timer(20)],
      [join('anna', 'boris'), timer(5)],
      [join(), timer(263)]
    ])
  })

  it('is moved up or down by a supervisor, and stays so when an operator did not answer', () => {
    const visit = queued({ priority: 10 })
    const moved = { type: 'prioritised', priority: 60 } as const
    const ask = (priority: number, ...except: string[]): BlockEffect => ({
      do: 'joinQueue',
      request: request(except, { priority })
    })
    const events = [at(5, moved), at(10, found('anna')), at(30, timeout)]
    expect(told(visit, events)).to.deep.equal([
      [ask(60)],
      [ring('anna'), timer(20)],
      [stop('anna'), ask(60, 'anna'), timer(5)]
    ])
    const ringing = queued().tellAll([at(1, found('anna'))])
    const events2 = [at(2, moved), at(21, timeout)]
    expect(told(ringing, events2), 'while operators ring it waits for its effect').to.deep.equal([
      [],
      [stop('anna'), ask(60, 'anna'), timer(5)]
    ])
  })

  it('goes on with the next at once when an operator declines, and never asks for the decliner again', () => {
    const visit = queued().tellAll([at(10, found('anna'))])
    const declined = { ...failed('anna', 'declined'), context: { declined: ['anna'] } }
    expect(told(visit, [at(12, declined)])).to.deep.equal([[join('anna'), timer(288)]])
  })

  it('asks again when the operator who became free has declined this call', () => {
    const visit = queued()
    const late = { ...found('anna'), context: { declined: ['anna'] } }
    expect(told(visit, [at(1, late)])).to.deep.equal([[stop('anna'), join('anna')]])
  })

  it('rings all at once when told so, until the last of them has failed', () => {
    const visit = queued({ strategy: 'ringAll' })
    const all = visit.tell(at(1, found('anna', 'boris')))?.effects
    expect(all).to.deep.equal([ring('anna', 'boris'), timer(20)])
    expect(visit.tell(at(2, failed('anna', 'busy')))?.effects).to.deep.equal([])
    expect(visit.tell(at(3, failed('boris', 'noAnswer')))?.effects.map((effect) => effect.do)).to.deep.equal([
      'joinQueue',
      'timer'
    ])
  })

  it('frees operators that it does not ring', () => {
    const visit = queued()
    expect(visit.tell(at(1, found('anna', 'boris')))?.effects[0]).to.deep.equal(stop('boris'))
    expect(visit.tell(at(2, found('vera')))?.effects).to.deep.equal([stop('vera')])
    expect(visit.tell(at(2, found('anna')))).to.equal(null)
  })

  it('ignores an empty answer, legs that it does not ring, and sounds that it does not play', () => {
    const visit = queued()
    expect(told(visit, [at(1, found()), at(1, failed('anna', 'busy')), at(1, played)])).to.deep.equal([
      null,
      null,
      null
    ])
  })

  it('lets go of a caller who has waited long enough, with music and place ended', () => {
    const visit = queued({ maxWaitSeconds: 60 })
    expect(told(visit, [at(60, timeout)])).to.deep.equal([[music(false), leave]])
    expect(visit.last.exit).to.equal('timeout')
  })

  it('lets an operator ring to the end even when the time is over, and only then lets go', () => {
    const visit = queued({ maxWaitSeconds: 60 })
    expect(told(visit, [at(59, found('anna')), at(79, timeout)])).to.deep.equal([
      [ring('anna'), timer(20)],
      [stop('anna'), music(false), leave]
    ])
    expect(visit.last.exit).to.equal('timeout')
  })

  it('turns away a caller who comes to stand too far back, but nobody who stands in the line', () => {
    const visit = queued({ maxWaiting: 2 })
    expect(told(visit, [at(0, place(3))])).to.deep.equal([[cancelTimer, music(false), leave]])
    expect(visit.last.exit).to.equal('full')
    const inside = queued({ maxWaiting: 2 }).tellAll([at(0, place(2, 9)), at(1, place(3))])
    expect(inside.last.exit).to.equal(null)
    const rung = queued({ maxWaiting: 2 }).tellAll([
      at(0, found('anna')),
      at(5, failed('anna', 'busy')),
      at(5, place(9))
    ])
    expect(rung.last.exit).to.equal(null)
  })

  it('leaves by a key, whatever is under way', () => {
    const keys = { keys: [{ digit: '0', label: 'Message' }] }
    const waiting = queued(keys)
    expect(told(waiting, [at(5, digit('7')), at(6, digit('0'))])).to.deep.equal([
      null,
      [{ do: 'note', pressed: '0' }, cancelTimer, music(false), leave]
    ])
    expect(waiting.last.exit).to.equal('0')
    const ringing = queued(keys).tellAll([at(1, found('anna')), at(2, digit('0'))])
    expect(ringing.last.effects).to.deep.equal([
      { do: 'note', pressed: '0' },
      cancelTimer,
      music(false),
      stop('anna'),
      leave
    ])
  })
})

describe('What a caller in a queue is told', () => {
  const placeIs = (position: number): BlockEffect => ({
    do: 'play',
    sounds: [{ sound: 'ringtrace/queue-place' }, { number: position }]
  })

  it('is the place once it is known, and from time to time, in pauses of the music', () => {
    const visit = queued({ announceEverySeconds: 30 })
    const events = [at(0, place(3)), at(2, timeout), at(5, played), at(20, place(2)), at(32, timeout)]
    expect(told(visit, events)).to.deep.equal([
      [timer(2)],
      [music(false), placeIs(3), timer(298)],
      [music(true), timer(27)],
      [],
      [music(false), placeIs(2), timer(268)]
    ])
  })

  it('is the estimated wait in minutes, or that it is soon', () => {
    const said = (estimateSeconds: number | null): unknown =>
      queued({ announcePlace: false })
        .tellAll([at(0, place(1, 1, estimateSeconds)), at(2, timeout)])
        .effects.find((effect) => effect.do === 'play')
    expect(said(140)).to.deep.equal({
      do: 'play',
      sounds: [{ sound: 'ringtrace/queue-wait' }, { number: 2 }]
    })
    expect(said(20)).to.deep.equal({ do: 'play', sounds: [{ sound: 'ringtrace/queue-soon' }] })
    expect(said(null)).to.equal(undefined)
  })

  it('is nothing when told so', () => {
    const visit = queued({ announcePlace: false, announceWait: false })
    expect(told(visit, [at(0, place(3, 3, 60))])).to.deep.equal([[]])
  })

  it('waits for the welcome, and for a ringing operator', () => {
    const visit = queued({ welcome: undefined, announceEverySeconds: 30 })
    const events = [
      at(1, place(1)),
      at(9, played),
      at(10, found('anna')),
      at(20, failed('anna', 'busy')),
      at(20, timeout)
    ]
    expect(told(visit, events)).to.deep.equal([
      [],
      [music(true), timer(3)],
      [ring('anna'), timer(20)],
      [join('anna'), { do: 'timer', ms: 1 }],
      // Due since the third second of the music.
      [music(false), placeIs(1), timer(5)]
    ])
  })
})

describe('A callback offered in a queue', () => {
  const offer: BlockEffect = {
    do: 'play',
    sounds: [{ sound: 'ringtrace/callback-offer' }, { sound: 'digits/1' }]
  }
  const settings = {
    callbackKey: '1',
    offerAfterSeconds: 30,
    offerEverySeconds: 60,
    announcePlace: false,
    announceWait: false
  }
  const promise: BlockEffect = {
    do: 'promiseCallback',
    number: null,
    atMs: null,
    groupId: 'sales',
    queue: request()
  }
  const words: BlockEffect = {
    do: 'play',
    sounds: [
      { sound: 'ringtrace/callback-promised' },
      { sound: 'ringtrace/callback-number' },
      ...[...'79261112233'].map((each) => ({ sound: `digits/${each}` }))
    ]
  }
  const caller = { facts: { ...noFacts, callerNumber: '+79261112233' } }

  it('is made after a while, and again and again', () => {
    const visit = queued(settings)
    expect(visit.last.effects.at(-1)).to.deep.equal(timer(30))
    expect(told(visit, [at(30, timeout), at(35, played), at(90, timeout)])).to.deep.equal([
      [music(false), offer, timer(270)],
      [music(true), timer(55)],
      [music(false), offer, timer(210)]
    ])
  })

  it('is taken by its key at any time, keeps the place, and says the number', () => {
    const visit = queued(settings, caller)
    expect(told(visit, [at(12, digit('1')), at(20, played)])).to.deep.equal([
      [{ do: 'note', pressed: '1' }, cancelTimer, music(false), leave, promise, words],
      []
    ])
    expect(visit.last.exit).to.equal('callback')
  })

  it('is promised before it is said, also in the middle of the offer and while an operator rings', () => {
    const offered = queued(settings, caller).tellAll([at(30, timeout), at(31, digit('1'))])
    expect(offered.last.effects).to.deep.equal([
      { do: 'note', pressed: '1' },
      cancelTimer,
      stopPlaying,
      leave,
      promise,
      words
    ])
    const ringing = queued(settings, caller).tellAll([at(1, found('anna')), at(2, digit('1'))])
    expect(ringing.last.effects).to.deep.equal([
      { do: 'note', pressed: '1' },
      cancelTimer,
      music(false),
      stop('anna'),
      leave,
      promise,
      words
    ])
  })

  it('is not made to a caller without a number, nor without a key for it', () => {
    expect(queued(settings, hidden).tell(at(12, { ...digit('1'), ...{ context: hidden } }))).to.equal(null)
    expect(queued({}, caller).tell(at(12, digit('1')))).to.equal(null)
  })

  it('promises once only, and takes no operator any more', () => {
    const visit = queued(settings, caller).tellAll([at(12, digit('1'))])
    expect(told(visit, [at(13, digit('1')), at(13, place(1)), at(13, timeout)])).to.deep.equal([
      null,
      null,
      null
    ])
    expect(visit.tell(at(14, found('anna')))?.effects).to.deep.equal([stop('anna')])
  })
})
