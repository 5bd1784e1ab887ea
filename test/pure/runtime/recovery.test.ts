import { expect } from 'chai'
import { pino } from 'pino'
import type { Ari, AriSignals } from '../../../pbx/ari/client.ts'
import type { AriChannel, AriEvent } from '../../../pbx/ari/events.ts'
import { createSignals } from '../../../pbx/ari/signals.ts'
import type { Exchange } from '../../../pbx/runtime/exchange.ts'
import { recover } from '../../../pbx/runtime/recovery.ts'

describe('A caller whose call the last controller had not written down', () => {
  const log = pino({ level: 'silent' })
  const callId = '0190a000-0000-7000-8000-000000000001'
  const channel = (id: string, context: string, state: string): AriChannel =>
    ({ id, context, state, application: context === 'trunk-call' ? 'Stasis' : 'AppDial2' }) as AriChannel

  /** Asterisk with these channels, and a controller that knows no call. */
  function given(...channels: AriChannel[]) {
    const signals = createSignals<AriSignals>(log)
    const happened: string[] = []
    const yes = { ok: true as const, value: undefined }
    const ari = {
      on: signals.on,
      getGlobalVariable: () => Promise.resolve({ ok: true, value: 'booted' }),
      listChannels: () => Promise.resolve({ ok: true, value: channels }),
      listBridges: () => Promise.resolve({ ok: true, value: [] }),
      getVariable: () => Promise.resolve({ ok: true, value: '+74951000001' }),
      hangup(id: string) {
        happened.push(`hang up ${id.replace(callId, '')}`)
        return Promise.resolve(yes)
      }
    }
    const exchange = {
      calls: new Map(),
      legOf: () => null,
      callIdOf: (id: string) => (id === 'client' ? callId : id),
      arrive: ({ id }: AriChannel) => happened.push(`take ${id} in`)
    }
    const recovered = recover({
      ari: ari as unknown as Ari,
      exchange: exchange as unknown as Exchange,
      readCel: () => Promise.resolve([]),
      lostAtMs: null,
      findEnded: () => Promise.resolve(new Set<string>()),
      now: () => 0,
      log
    })
    return {
      happened,
      recovered,
      ends(id: string) {
        happened.push(`end of ${id.replace(callId, '')}`)
        signals.emit('event', { type: 'ChannelDestroyed', channel: { id } } as AriEvent)
      }
    }
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('is taken in anew when the telephone that rang for it is free again, not before', async () => {
    const { happened, recovered, ends } = given(
      channel('client', 'trunk-call', 'Ring'),
      channel(`${callId}.op1`, 'operator-leg', 'Ringing')
    )
    await settled()
    expect(happened).to.deep.equal(['hang up .op1'])
    ends('another')
    await settled()
    ends(`${callId}.op1`)
    await recovered
    expect(happened).to.deep.equal(['hang up .op1', 'end of another', 'end of .op1', 'take client in'])
  })

  it('waits for no telephone of other calls', async () => {
    const { happened, recovered } = given(
      channel('client', 'trunk-call', 'Ring'),
      channel('0190a000-0000-7000-8000-000000000002.op1', 'operator-leg', 'Ringing')
    )
    await recovered
    expect(happened.at(-1)).to.equal('take client in')
  })
})
