import { expect } from 'chai'
import { createRounds } from '../../../integrations/connectors/rounds.ts'

describe('rounds of work', () => {
  it('looks again for whoever asks, at whatever moment of a round', async () => {
    for (let moment = 0; moment < 12; moment += 1) {
      let news = 0
      let seen = -1
      const rounds = createRounds(async () => {
        seen = news
        await Promise.resolve()
      })
      const first = rounds.ask('a')
      for (let passed = 0; passed < moment; passed += 1) await Promise.resolve()
      news = 1
      await rounds.ask('a')
      await first
      expect(seen, `asked after ${moment} turns`).to.equal(1)
      expect(rounds.all()).to.deep.equal([])
    }
  })

  it('has one round of a key at a time, and begins anew after one that failed', async () => {
    let now = 0
    let rounds = 0
    const made = createRounds(async () => {
      now += 1
      rounds += 1
      expect(now).to.equal(1)
      await Promise.resolve()
      now -= 1
      if (rounds === 1) throw new Error('broken')
    })
    const failed = await Promise.allSettled([made.ask('a'), made.ask('a')])
    expect(failed.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    await Promise.all([made.ask('a'), made.ask('a'), made.ask('a')])
    expect(rounds).to.equal(3)
  })
})
