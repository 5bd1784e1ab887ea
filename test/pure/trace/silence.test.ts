import { expect } from 'chai'
import { createSilenceWatch, isSilent } from '../../../pbx/trace/silence.ts'
import { createStore } from '../../../pbx/trace/store.ts'
import type { SipCopy } from '../../../pbx/trace/types.ts'
import { until } from '../../support/until.ts'

const invite = (change: Partial<SipCopy> = {}): SipCopy => ({
  ...{ atMs: Date.now() - 60_000, direction: 'out', transport: 'udp', local: '192.0.2.1:5060' },
  ...{ remote: '192.0.2.9:5060', dialog: 'd1', method: 'INVITE', status: null, reason: null },
  text: 'INVITE sip:7495@192.0.2.9 SIP/2.0\r\nCall-ID: d1\r\n\r\n',
  ...change
})
const trying = (): SipCopy => invite({ direction: 'in', status: 100, reason: 'Trying' })

describe('A carrier that says nothing', () => {
  it('is one that lets an INVITE be repeated to the end, and has never answered', () => {
    const after = (...seconds: number[]): SipCopy[] =>
      seconds.map((second) => invite({ atMs: 1_000_000 + second * 1000 }))
    expect(isSilent([], 6)).to.equal(false)
    expect(isSilent(after(0), 6), 'asked once: by TCP nothing is repeated').to.equal(false)
    for (const [seconds, repeats] of [
      [3, [0.5, 1.5]],
      [6, [0.5, 1.5, 3.5]],
      [7, [0.5, 1.5, 3.5]],
      [15, [0.5, 1.5, 3.5, 7.5]],
      [32, [0.5, 1.5, 3.5, 7.5, 15.5]]
    ] as const) {
      expect(isSilent(after(0, ...repeats), seconds), `${seconds} s`).to.equal(true)
      expect(isSilent(after(0, ...repeats.slice(0, -1)), seconds), `${seconds} s, a word was lost`).to.equal(
        false
      )
    }
    const all = after(0, 0.5, 1.5, 3.5)
    expect(isSilent([...all, trying()], 6), '100 Trying is a word').to.equal(false)
    expect(isSilent([...all, invite({ method: 'CANCEL' })], 6)).to.equal(false)
  })

  function watching(seconds: number | null = 6) {
    const store = createStore()
    const given: string[] = []
    const asked: string[] = []
    const errors: unknown[] = []
    const watch = createSilenceWatch({
      store,
      secondsOf: (endpoint) => {
        asked.push(endpoint)
        return Promise.resolve(seconds)
      },
      giveUp: (channelId) => given.push(channelId),
      onError: (error) => errors.push(error)
    })
    const begin = (): void => {
      store.link('d1', 'trunk-a', 'call')
      watch.watch('d1', { channelId: 'leg', callId: 'call', endpoint: 'trunk-a' })
    }
    return { store, watch, given, asked, begin }
  }

  it('is given up, whichever road is faster: its channel or its messages', async () => {
    for (const isChannelFirst of [true, false]) {
      const { store, given, begin, watch } = watching()
      if (isChannelFirst) begin()
      store.add(invite())
      store.add(invite({ atMs: Date.now() }))
      if (!isChannelFirst) begin()
      await until(() => given.length > 0, { what: 'it is given up' })
      expect(given).to.deep.equal(['leg'])
      watch.close()
    }
  })

  it('is let be after a word, after its end, and where no time is known', async () => {
    const { store, given, asked, begin, watch } = watching()
    begin()
    store.add(invite())
    expect(asked, 'most calls are answered at once, and cost nothing').to.deep.equal([])
    store.add(trying())
    store.add(invite())
    expect(asked).to.deep.equal([])
    const late = watching()
    late.begin()
    late.store.add(invite({ atMs: Date.now() - 5900 }))
    late.store.add(invite({ atMs: Date.now() }))
    late.store.add(trying())
    const gone = watching()
    gone.begin()
    gone.store.add(invite({ atMs: Date.now() - 5900 }))
    gone.store.add(invite({ atMs: Date.now() }))
    gone.watch.ended('leg')
    const unknown = watching(null)
    unknown.begin()
    unknown.store.add(invite())
    unknown.store.add(invite({ atMs: Date.now() }))
    // Longer than any of them had left.
    const last = watching()
    last.begin()
    last.store.add(invite({ atMs: Date.now() - 5700 }))
    last.store.add(invite({ atMs: Date.now() }))
    await until(() => last.given.length > 0, { what: 'the last one is given up' })
    for (const one of [{ given }, late, gone, unknown]) expect(one.given).to.deep.equal([])
    for (const one of [{ watch }, late, gone, unknown, last]) one.watch.close()
  })
})
