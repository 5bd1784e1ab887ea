import { expect } from 'chai'
import { pause } from '../../../host/pause.ts'

describe('A pause', () => {
  it('lasts as long as was said', async () => {
    const startedAt = performance.now()
    await pause(30, new AbortController().signal)
    expect(performance.now() - startedAt).to.be.greaterThan(28)
  })

  it('ends when it is told to stop, and at once when that was told before', async () => {
    const stop = new AbortController()
    const long = pause(60_000, stop.signal)
    stop.abort()
    await long
    await pause(60_000, stop.signal)
  })
})
