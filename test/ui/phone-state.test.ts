import { expect } from 'chai'
import { idlePhone, reducePhone, type PhoneEvent, type SoftphoneState } from '../../ui/src/softphone/state.ts'

const play = (events: PhoneEvent[], from: SoftphoneState = idlePhone): SoftphoneState =>
  events.reduce(reducePhone, from)
const incoming = (key: string, atMs = 1000): PhoneEvent => ({
  type: 'incoming',
  key,
  callId: `call-${key}`,
  from: '+79161234567',
  atMs
})

describe('the softphone of an operator', () => {
  it('rings when a call comes in, with the id of the call', () => {
    const state = play([incoming('a')])
    expect(state.call).to.include({ key: 'a', callId: 'call-a', phase: 'ringing' })
  })

  it('keeps the first call when a second one comes in', () => {
    const state = play([incoming('a'), incoming('b', 2000)])
    expect(state.call?.key).to.equal('a')
  })

  it('talks from the moment the answer is accepted', () => {
    const state = play([
      incoming('a'),
      { type: 'answering', key: 'a', atMs: 3000 },
      { type: 'accepted', key: 'a', atMs: 3200 }
    ])
    expect(state.call).to.include({ phase: 'talking', answeredMs: 3200 })
  })

  it('rings on when the microphone cannot be opened, and says why', () => {
    const state = play([
      incoming('a'),
      { type: 'answering', key: 'a', atMs: 2000 },
      { type: 'microphone', value: 'blocked', atMs: 2100 },
      { type: 'answerFailed', key: 'a', atMs: 2100 }
    ])
    expect(state.call?.phase).to.equal('ringing')
    expect(state.microphone).to.equal('blocked')
  })

  it('remembers how long the talk was', () => {
    const state = play([
      incoming('a'),
      { type: 'accepted', key: 'a', atMs: 5000 },
      { type: 'ended', key: 'a', by: 'far', atMs: 65_400 }
    ])
    expect(state.call).to.equal(null)
    expect(state.last).to.deep.equal({
      callId: 'call-a',
      by: 'far',
      wasTalking: true,
      seconds: 60,
      endedMs: 65_400
    })
  })

  it('does not call it a talk when the caller left while it rang', () => {
    const state = play([incoming('a'), { type: 'ended', key: 'a', by: 'far', atMs: 4000 }])
    expect(state.last).to.include({ wasTalking: false, seconds: 0 })
  })

  it('ignores late news of a call that has ended', () => {
    const ended = play([
      incoming('a'),
      { type: 'ended', key: 'a', by: 'near', atMs: 2000 },
      incoming('b', 3000)
    ])
    const later = play(
      [
        { type: 'accepted', key: 'a', atMs: 3100 },
        { type: 'muted', key: 'a', isMuted: true, atMs: 3200 },
        { type: 'ended', key: 'a', by: 'far', atMs: 3300 }
      ],
      ended
    )
    expect(later).to.deep.equal(ended)
  })

  it('keeps the talk when its connection to the server is lost', () => {
    const state = play([
      { type: 'registration', value: 'registered', atMs: 1 },
      incoming('a'),
      { type: 'accepted', key: 'a', atMs: 2000 },
      { type: 'registration', value: 'lost', atMs: 3000 }
    ])
    expect(state.registration).to.equal('lost')
    expect(state.call?.phase).to.equal('talking')
  })

  it('shows mute and the keys that were pressed', () => {
    const state = play([
      incoming('a'),
      { type: 'accepted', key: 'a', atMs: 2000 },
      { type: 'muted', key: 'a', isMuted: true, atMs: 2100 },
      { type: 'digit', key: 'a', digit: '4', atMs: 2200 },
      { type: 'digit', key: 'a', digit: '#', atMs: 2300 }
    ])
    expect(state.call).to.include({ isMuted: true, pressed: '4#' })
  })
})
