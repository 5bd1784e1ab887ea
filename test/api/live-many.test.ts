import { expect } from 'chai'
import { setImmediate as breath } from 'node:timers/promises'
import { attachLive, type Live } from '../../api/live.ts'
import { projectAll } from '../../api/live/board.ts'
import { until } from '../support/until.ts'
import { anna, boris } from './support/calls.ts'
import { ordinaryCall, type TimedRow } from './support/ordinary-call.ts'
import { startRig, type Rig } from './support/rig.ts'
import { screensAt, type Screen } from './support/screens.ts'

/** How much is told stands for a busy minute; how fast it is told is measured by bench/live. */
const calls = 20
const panels = 16

describe('The live feed before many panels', function () {
  this.timeout(60_000)
  let rig: Rig
  let live: Live
  const { screen, close } = screensAt(() => rig)
  before(async () => {
    rig = await startRig()
    live = attachLive(rig.server, rig.deps)
  })
  after(async () => {
    close()
    await live.close()
    await rig.close()
  })

  /** The rows of many calls, in the order of their times: every call is in the middle of others. */
  function interleaved(): TimedRow[] {
    const made = Array.from({ length: calls }, (_, n) => {
      const { rows } = ordinaryCall(n, [anna, boris])
      return rows.map(({ afterMs, row }) => ({ afterMs: afterMs + n * 100, row }))
    })
    return made.flat().sort((a, b) => a.afterMs - b.afterMs)
  }

  const seqs = ({ events }: Screen): number[] => events.map(({ data }) => Number(data['seq']))

  for (const together of [false, true])
    it(`tells every panel everything, once and in order, ${together ? 'what comes together in one message' : 'one by one'}, also one that was away in between`, async () => {
      await tellsAll(together)
    })

  async function tellsAll(together: boolean): Promise<void> {
    const people = [rig.as.operator, rig.as.supervisor, rig.as.admin]
    const opened = await Promise.all(
      Array.from({ length: panels }, (_, n) =>
        screen(people[n % people.length] ?? rig.as.operator, { together })
      )
    )
    const stranger = await screen(rig.as.marketer, { together })
    const rows = interleaved()
    const half = Math.floor(rows.length / 2)
    const sayAll = async (part: readonly TimedRow[]): Promise<void> => {
      for (const { row } of part) {
        rig.pbx.say(row)
        // In life rows come one by one too: in between the process does other things.
        await breath()
      }
    }
    await sayAll(rows.slice(0, half))
    const [leaver] = opened
    if (!leaver) throw new Error('No panel')
    await until(() => leaver.events.length > 0)
    leaver.socket.disconnect()
    const seen = seqs(leaver).at(-1) ?? 0
    await sayAll(rows.slice(half))
    // The calls are over for the exchange as well.
    rig.pbx.rows = []
    rig.pbx.feed.journal('the last of all')
    const back = await screen(rig.as.operator, { together, epoch: leaver.hello.epoch, seq: seen })
    const stayed = opened.slice(1)
    const all = [...stayed, back, stranger]
    await until(() => all.every(({ events }) => events.at(-1)?.name === 'journal'), { timeoutMs: 20_000 })

    const [told] = stayed
    if (!told) throw new Error('No panel')
    const numbers = seqs(told)
    expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b))
    expect(told.events.filter(({ name }) => name === 'call').length).to.be.greaterThan(calls * 10)
    for (const each of stayed) expect(seqs(each)).to.deep.equal(numbers)
    expect([...seqs(leaver), ...seqs(back)]).to.deep.equal(numbers)
    // Who sees no calls was told of none.
    expect(stranger.events.map(({ name }) => name)).to.deep.equal(['journal'])

    const last = new Map<string, unknown>()
    for (const { data } of told.events.filter(({ name }) => name === 'call')) {
      const call = data['call'] as { id: string; phase: string }
      last.set(call.id, call)
    }
    expect(last.size).to.equal(calls)
    const ends = projectAll(rows.map(({ row }) => row).filter(({ type }) => type !== 'call.ended'))
    for (const [id, call] of ends) {
      const shown = last.get(id) as typeof call
      expect(shown.phase).to.equal('ended')
      expect({ ...shown, ringTone: null }).to.deep.include({ operator: call.operator, caller: call.caller })
    }
    const most = told.events.length / (together ? 3 : 1)
    expect(told.messages.length, 'messages').to.be.at.most(most)
  }
})
