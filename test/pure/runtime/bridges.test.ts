import { expect } from 'chai'
import { pino } from 'pino'
import type { Ari } from '../../../pbx/ari/client.ts'
import { newCall } from '../../../pbx/call/step.ts'
import type { Leg } from '../../../pbx/call/types.ts'
import { connect, part } from '../../../pbx/runtime/effect-bridges.ts'
import type { EffectPorts } from '../../../pbx/runtime/effect-ports.ts'
import { openLiveCall } from '../../../pbx/runtime/mailbox.ts'

describe('A bridge in Asterisk', () => {
  const id = '0190a000-0000-7000-8000-000000000001'
  const leg = (name: string): Leg => ({
    ...{ id: name, kind: 'operator', purpose: 'scheme', userId: name, name, number: null, device: 'op-a' },
    ...{ channelId: null, state: 'answered', recordingId: null, recordedMs: null, trunkId: null },
    ...{ startedMs: 0, answeredMs: 0 }
  })

  /** A call whose requests to Asterisk are written down; channels go by their parties' names. */
  function given(...legs: string[]) {
    const live = openLiveCall({
      ...newCall({
        id,
        pbxUniqueId: 'client',
        startedMs: 0,
        caller: { number: null, name: null, country: null, region: null },
        dialed: '+74951000001',
        trunkId: null
      }),
      clientChannel: 'client',
      legs: legs.map(leg)
    })
    const asked: string[] = []
    const note =
      (what: string) =>
      (_bridge: string, channels: readonly string[] = []) => {
        asked.push([what, ...channels.map((channel) => channel.replace(`${id}.`, ''))].join(' '))
        return Promise.resolve({ ok: true, value: undefined })
      }
    const ari = { createBridge: note('create'), addToBridge: note('add'), removeFromBridge: note('remove') }
    const ports = { ari: ari as unknown as Ari, log: pino({ level: 'silent' }) } as EffectPorts
    return {
      live,
      bring: (...parties: string[]) => connect(live, { do: 'connect', bridge: 'main', parties }, ports),
      take: (...parties: string[]) => part(live, { do: 'part', bridge: 'main', parties }, ports),
      hangsUp(name: string) {
        const legsNow = live.call.legs.map((one) =>
          one.id === name ? { ...one, state: 'ended' as const } : one
        )
        live.call = { ...live.call, legs: legsNow }
      },
      /** What was asked since the last time. */
      async asked() {
        await Promise.all(live.lanes.values())
        return asked.splice(0)
      }
    }
  }

  it('brings nobody in twice', async () => {
    const { bring, asked } = given('op1')
    bring('client', 'op1')
    bring('client', 'op1')
    expect(await asked()).to.deep.equal(['create', 'add client op1'])
  })

  it('seats the client anew when another operator comes for the one who was taken out', async () => {
    const { bring, take, asked } = given('op1', 'op2')
    bring('client', 'op1')
    take('op1')
    await asked()
    bring('op2')
    expect(await asked()).to.deep.equal(['remove client', 'add op2', 'add client'])
  })

  it('does so when the first one has hung up', async () => {
    const { bring, hangsUp, asked } = given('op1', 'op2')
    bring('client', 'op1')
    await asked()
    hangsUp('op1')
    bring('op2')
    expect(await asked()).to.deep.equal(['remove client', 'add op2', 'add client'])
  })

  it('leaves whoever was alone before where they are, and those who go on speaking', async () => {
    const { bring, take, asked } = given('op1', 'op2', 'sup1')
    bring('op1')
    bring('client')
    bring('sup1')
    take('sup1')
    bring('op2')
    expect(await asked()).to.deep.equal([
      'create',
      'add op1',
      'add client',
      'add sup1',
      'remove sup1',
      'add op2'
    ])
  })

  it('knows who was away meanwhile: the way to them is new', async () => {
    const { bring, take, asked } = given('op1', 'op2')
    bring('client', 'op1')
    take('op1')
    take('client')
    await asked()
    bring('client', 'op2')
    expect(await asked()).to.deep.equal(['add client op2'])
  })
})
