import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { projectRoot } from '../../host/project-root.ts'

/** The scripts are plain programs: they are asked as such. */
const say = (code: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: projectRoot(),
      encoding: 'utf8'
    })
  )

describe('Licences and known weaknesses of packages', () => {
  it('leave no package that cannot stand beside the AGPL, and the list is current', () => {
    const faults = say(
      `import { licenceFaults } from './scripts/lib/licences.mjs'; console.log(JSON.stringify(licenceFaults()))`
    )
    expect(faults).to.deep.equal([])
  })

  it('are judged: a choice by its best part, a sum by all of its parts', () => {
    const asked = [
      'MIT',
      '(MIT OR GPL-2.0-only)',
      '(MIT AND Zlib)',
      'MIT AND SSPL-1.0',
      'BUSL-1.1',
      'unknown'
    ]
    const answers = say(
      `import { isAllowed } from './scripts/lib/licences.mjs'; console.log(JSON.stringify(${JSON.stringify(asked)}.map(isAllowed)))`
    )
    expect(answers).to.deep.equal([true, true, true, false, false, false])
  })

  it('fail when they are high, and not when the registry cannot be asked', () => {
    const found = (severity: string) => ({
      metadata: { vulnerabilities: { total: 1 } },
      vulnerabilities: { bad: { name: 'bad', severity, range: '<2', fixAvailable: true } }
    })
    const asked = [found('critical'), found('high'), found('moderate'), { message: '405' }].map((answer) =>
      JSON.stringify(answer)
    )
    const codes = say(
      `import { judgeAudit } from './scripts/lib/audit.mjs'; console.log(JSON.stringify(${JSON.stringify([...asked, ''])}.map((answer) => judgeAudit(answer).code)))`
    )
    expect(codes).to.deep.equal([1, 1, 0, 0, 0])
  })
})
