import { expect } from 'chai'
import { parseCronItems } from 'graphile-worker'
import { bareCode, code, textOf } from './tree.ts'

/** A schedule that the queue of jobs cannot read keeps all of it from starting: every job, not only its own. */
describe('schedules of jobs', () => {
  const schedules = code
    .filter((file) => !file.startsWith('test/'))
    .flatMap((file) =>
      [...textOf(file).matchAll(/task: ?([\w'.]+), match: '([^']+)'/g)].map(([, task = '', match = '']) => ({
        ...{ file, task, match }
      }))
    )

  it('are found', () => {
    const told = code.filter((file) => /schedules: \[/.test(bareCode(file)) && !file.startsWith('test/'))
    expect(told.length).to.be.greaterThan(5)
    expect(schedules.map(({ file }) => file)).to.include.members(told)
  })

  for (const { file, task, match } of schedules)
    it(`of ${task} in ${file} can be read`, () => {
      expect(() => parseCronItems([{ task, match }])).not.to.throw()
    })
})
