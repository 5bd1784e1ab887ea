import { expect } from 'chai'
import { compare, type Truth } from '../../../pbx/runtime/operator-watchdog.ts'

describe('The watchdog of operators', () => {
  const [open, over] = ['019aa000-0000-7000-8000-000000000001', '019aa000-0000-7000-8000-000000000002']
  const nowMs = 1_000_000
  const hold = (callId: string, heldMs: number): Truth['holds'][number] => ({
    userId: 'anna',
    devices: [
      { sipUser: 'op-a', kind: 'browser' },
      { sipUser: 'op-b', kind: 'sip' }
    ],
    calls: [{ callId, sinceMs: nowMs - heldMs }],
    isElsewhere: false
  })
  const idle: Truth['holds'][number] = { ...hold(open, 0), calls: [] }
  const channel = (
    id: string,
    device = 'op-b',
    ageMs = 60_000,
    application = 'Stasis'
  ): Truth['channels'][number] => ({
    id,
    name: `PJSIP/${device}-0000001a`,
    application,
    createdMs: nowMs - ageMs
  })
  const look = (holds: Truth['holds'], channels: Truth['channels'] = []) => {
    const found = compare({ holds, channels, nowMs, idleAfterMs: 12_000, isCallOpen: (id) => id === open })
    return { kinds: found.corrections.map(({ kind }) => kind), elsewhere: [...found.elsewhere] }
  }

  it('finds nothing wrong with an operator whose call is open and whose telephone is in it', () => {
    expect(look([hold(open, 600_000)], [channel(`${open}.op1`)])).to.deep.equal({ kinds: [], elsewhere: [] })
  })

  it('finds an operator held by a call that is over, but not in its last moment', () => {
    expect(look([hold(over, 5000)], [channel(`${over}.op1`)]).kinds).to.deep.equal(['call_gone'])
    expect(look([hold(over, 1000)]).kinds).to.deep.equal([])
  })

  it('finds an operator whose telephone has long been idle in an open call', () => {
    expect(look([hold(open, 13_000)]).kinds).to.deep.equal(['phone_idle'])
    expect(look([hold(open, 11_000)]).kinds).to.deep.equal([])
    expect(look([hold(open, 13_000)], [channel(`${open}.op1`, 'op-other')]).kinds).to.deep.equal([
      'phone_idle'
    ])
  })

  it('finds an operator who was kept for a callback that nobody placed', () => {
    expect(look([hold('order:b1', 21_000)]).kinds).to.deep.equal(['order_not_placed'])
    expect(look([hold('order:b1', 15_000)]).kinds).to.deep.equal([])
  })

  it('finds a telephone in a call that we do not lead', () => {
    expect(look([idle], [channel('1700000000.7')]).elsewhere).to.deep.equal(['anna'])
    expect(look([idle], [channel('1700000000.7', 'op-b', 500)]).elsewhere, 'just dialled').to.deep.equal([])
    expect(look([idle], [channel(`${over}.op1`)]).elsewhere, 'our own leg, ending').to.deep.equal([])
    expect(
      look([hold(open, 5000)], [channel('1700000000.7')]).elsewhere,
      'dialled into our call'
    ).to.deep.equal([])
    expect(look([idle], [channel('1700000000.7', 'trunk-1')]).elsewhere).to.deep.equal([])
  })

  it('keeps no client from whoever tries their line in the browser', () => {
    const tests = (device: string): string[] =>
      look([idle], [channel('1700000000.7', device, 60_000, 'Echo')]).elsewhere
    expect(tests('op-a')).to.deep.equal([])
    expect(tests('op-b'), 'a telephone on the desk is off the hook').to.deep.equal(['anna'])
  })
})
