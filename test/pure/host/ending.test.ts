import { expect } from 'chai'
import { createEndStack, told } from '../../../host/ending.ts'

describe('The end of what was started', () => {
  it('comes last first, and each part gets its chance whatever the others do', async () => {
    const [ended, said]: [string[], string[]] = [[], []]
    const aside = createEndStack((text) => said.push(text))
    aside.push('the first', () => ended.push('first'))
    aside.push('one that never ends', () => new Promise(() => undefined), 5)
    aside.push('one that throws', () => {
      throw new Error('no such thing')
    })
    aside.push('one that fails', () => Promise.reject(new Error('it broke')))
    aside.push('the last', async () => {
      await Promise.resolve()
      ended.push('last')
    })
    await aside.end()
    expect(ended).to.deep.equal(['last', 'first'])
    expect(said).to.deep.equal([
      'At the end, one that fails: it broke\n',
      'At the end, one that throws: no such thing\n',
      'At the end, one that never ends: did not end within 0.005 s; the rest ends without it\n'
    ])
  })

  it('comes at once for a part that was on its way up when the rest ended', async () => {
    const aside = createEndStack(() => undefined)
    await aside.end()
    await new Promise<void>((resolve) => aside.push('late', resolve))
  })

  it('is told to whoever asks, also after it was told', async () => {
    const stopping = new AbortController()
    const early = told(stopping.signal)
    stopping.abort()
    await Promise.all([early, told(stopping.signal)])
  })
})
