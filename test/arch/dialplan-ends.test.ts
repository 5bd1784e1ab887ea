import { expect } from 'chai'
import fs from 'node:fs'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'

const files = [
  'dialplan/extensions.conf',
  'bench/calls/variants/dial/extensions.conf',
  'bench/calls/variants/queue/extensions.conf'
]

/** Contexts of a dialplan with their lines. */
function contextsOf(text: string): { name: string; lines: string }[] {
  return text
    .split(/^\[/m)
    .slice(1)
    .map((part) => ({ name: part.slice(0, part.indexOf(']')), lines: part }))
}

// Asterisk enters the extension "h" of the context in which a call ends, and a pattern that takes letters takes it too:
// the call is recorded, answered for or dialled once more, on top of what it has left.
describe('A context of a dialplan that takes letters', () => {
  for (const file of files) {
    it(`has an end of its own in ${file}`, () => {
      const text = fs.readFileSync(path.join(projectRoot(), file), 'utf8')
      const taking = contextsOf(text).filter(({ lines }) => /^exten => _\S*[aA]-[zZ]\S*[!.]/m.test(lines))
      expect(taking).not.to.deep.equal([])
      const endless = taking.filter(({ lines }) => !/^exten => h,1,/m.test(lines)).map(({ name }) => name)
      expect(endless).to.deep.equal([])
    })
  }
})
