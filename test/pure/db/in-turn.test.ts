import { expect } from 'chai'
import { inTurn } from '../../../db/in-turn.ts'

describe('What is read in turn', () => {
  /** The world changes; each reading sees it as it is at its beginning and takes as long as the test wishes. */
  function world() {
    const state = { truth: 1, picture: 0, running: 0, mostAtOnce: 0 }
    const ends: (() => void)[] = []
    const errors: unknown[] = []
    const reader = inTurn(
      async () => {
        state.running += 1
        state.mostAtOnce = Math.max(state.mostAtOnce, state.running)
        const seen = state.truth
        await new Promise<void>((resolve) => ends.push(resolve))
        state.running -= 1
        if (seen < 0) throw new Error('away')
        state.picture = seen
      },
      (error) => errors.push(error)
    )
    const end = async (): Promise<void> => {
      while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
      ends.shift()?.()
    }
    return { state, reader, end, errors }
  }

  it('never lets an older picture stand over a newer one', async () => {
    const { state, reader, end } = world()
    const first = reader.now()
    await Promise.resolve()
    state.truth = 2
    const second = reader.now()
    await end()
    await end()
    await Promise.all([first, second])
    expect(state).to.deep.equal({ truth: 2, picture: 2, running: 0, mostAtOnce: 1 })
  })

  it('goes on after a reading that failed, and tells whoever asked for it', async () => {
    const { state, reader, end } = world()
    state.truth = -1
    const failing = reader.now()
    const heard = failing.catch((error: unknown) => String(error))
    await end()
    expect(await heard).to.equal('Error: away')
    state.truth = 3
    const next = reader.now()
    await end()
    await next
    expect(state.picture).to.equal(3)
  })

  it('reads once for changes that come together, and tells of a failure', async () => {
    const { state, reader, end, errors } = world()
    reader.soon()
    reader.soon()
    state.truth = -1
    await end()
    while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(errors).to.have.length(1)
    expect(state.mostAtOnce).to.equal(1)
  })

  it('reads no more once it is closed', async () => {
    const { state, reader } = world()
    reader.soon()
    reader.close()
    reader.soon()
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(state.mostAtOnce).to.equal(0)
  })
})
