import { expect } from 'chai'
import { io, type Socket } from 'socket.io-client'
import type { Hello } from '../../api/contract/live.ts'
import type { QueueState } from '../../api/contract/operators.ts'
import { attachLive, type Live } from '../../api/live.ts'
import { until } from '../support/until.ts'
import { startRig, type Person, type Rig } from './support/rig.ts'

describe('The live feed of operators and queues', function () {
  this.timeout(60_000)
  let rig: Rig
  let live: Live
  const sockets: Socket[] = []
  const queue: QueueState = {
    queueId: 'sales',
    name: 'Sales',
    waiting: [
      { position: 1, callId: 'c1', callbackId: null, priority: 0, since: '2026-11-20T10:00:00.000Z' }
    ],
    longestSince: '2026-11-20T10:00:00.000Z',
    averageWaitSeconds: null
  }
  before(async () => {
    rig = await startRig()
    live = attachLive(rig.server, rig.deps)
  })
  after(async () => {
    for (const socket of sockets) socket.disconnect()
    await live.close()
    await rig.close()
  })

  async function screen({ cookie }: Person): Promise<{ socket: Socket; hello: Hello }> {
    const headers = { cookie }
    const socket = io(rig.url, {
      ...{ path: '/live', transports: ['websocket'], extraHeaders: headers, reconnection: false },
      forceNew: true
    })
    sockets.push(socket)
    const hello = await new Promise<Hello>((resolve, reject) => {
      socket.once('hello', resolve)
      socket.once('connect_error', reject)
    })
    return { socket, hello }
  }

  it('begins with the queues in which somebody waits, and tells of each change', async () => {
    rig.pbx.queueStates = [queue]
    const { socket, hello } = await screen(rig.as.operator)
    expect(hello.queues).to.deep.equal([queue])
    const heard: QueueState[] = []
    socket.on('queue', (event: { queue: QueueState }) => heard.push(event.queue))
    rig.pbx.feed.queue({ ...queue, waiting: [], longestSince: null })
    await until(() => heard.length === 1)
    expect(heard[0]?.waiting).to.deep.equal([])
    expect((await screen(rig.as.marketer)).hello.queues, 'marketers see no calls').to.deep.equal([])
  })

  it('takes presence with its reason, and refuses reasons that nobody knows', async () => {
    const { socket } = await screen(rig.as.operator)
    const set = (value: unknown): Promise<unknown> => socket.timeout(5000).emitWithAck('setPresence', value)
    const row = () =>
      rig
        .db('users')
        .where({ id: rig.as.operator.userId })
        .first<{ presence: string; presence_reason: string }>()
    expect(await set({ presence: 'away', reason: 'training' })).to.deep.equal({ ok: true })
    expect(await row()).to.include({ presence: 'away', presence_reason: 'training' })
    expect(await set({ presence: 'away', reason: 'fishing' })).to.deep.equal({ ok: false, error: 'invalid' })
    expect(await set('away'), 'without a reason, the first of the list').to.deep.equal({ ok: true })
    expect(await row()).to.include({ presence: 'away', presence_reason: 'break' })
    expect(await set({ presence: 'wrapUp' })).to.deep.equal({ ok: false, error: 'invalid' })
  })
})
