import { expect } from 'chai'
import type { LegQuality } from '../../api/contract/quality.ts'
import { levelOfLeg } from '../../ui/src/call/leg-level.ts'

describe('the level of a leg in the journal', () => {
  const fine: LegQuality = {
    ...{ mos: 4.3, worstMos: 4.1, rttMs: 30, jitterMs: 2, loss: 0, seconds: 60 },
    ...{ problems: [], reconnects: 0 }
  }
  const cases: readonly (readonly [string, Partial<LegQuality>, ReturnType<typeof levelOfLeg>])[] = [
    ['good where nothing was wrong', {}, 'good'],
    ['fair with a weak moment', { worstMos: 3.4 }, 'fair'],
    ['fair with a problem', { problems: ['loss'] }, 'fair'],
    ['fair where the sound had to find a new way', { reconnects: 1 }, 'fair'],
    ['poor where it was bad all along', { mos: 2.9 }, 'poor'],
    ['poor where the client heard nothing', { problems: ['silentMicrophone'] }, 'poor'],
    ['poor where nothing came, though nothing was measured', { mos: null, problems: ['noSound'] }, 'poor'],
    ['unknown where nothing was measured', { mos: null, worstMos: null }, null]
  ]
  for (const [name, change, level] of cases)
    it(`is ${name}`, () => expect(levelOfLeg({ ...fine, ...change })).to.equal(level))
})
