import { expect } from 'chai'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSameOnDisk, renderFolder, renderTemplate, writeFolder } from '../../pbx/provision/render.ts'
import { templatesDir, withFolder } from './support/machine.ts'

describe('rendering the dialplan', () => {
  it('fills places with texts, numbers and whole lines', () => {
    const text = renderTemplate('bind={{host}}:{{port}}\n{{lines}}\n', {
      host: '::1',
      port: 5060,
      lines: ['a = 1', 'b = 2']
    })
    expect(text).to.equal('bind=::1:5060\na = 1\nb = 2\n')
  })

  it('refuses a place that nobody fills', () => {
    expect(() => renderTemplate('x = {{typo}}', { port: 1 })).to.throw('No value for {{typo}}')
    expect(() => renderTemplate('x = {{constructor}}', {})).to.throw('No value for {{constructor}}')
  })

  it('refuses a value that would begin a setting or a comment of its own', () => {
    expect(() => renderTemplate('x = {{v}}', { v: 'a\nexec = evil' })).to.throw('line break')
    expect(() => renderTemplate('x = {{v}}', { v: 'secret;comment' })).to.throw('semicolon')
  })

  it('leaves the dollar signs of the dialplan and of values alone', () => {
    expect(renderTemplate('n,Set(A=${B:1}{{v}})', { v: '$&$1' })).to.equal('n,Set(A=${B:1}$&$1)')
  })

  it('names the template that cannot be rendered', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'bad.conf'), '{{missing}}')
      const error = await renderFolder(folder, {}).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(Error)
      expect(String(error)).to.include('bad.conf')
    })
  })

  it('knows its own files again, and any change in them', async () => {
    await withFolder(async (folder) => {
      const files = new Map([
        ['a.conf', 'one'],
        ['b.conf', 'two']
      ])
      expect(await isSameOnDisk(folder, files)).to.equal(false)
      await writeFolder(folder, files)
      expect(await isSameOnDisk(folder, files)).to.equal(true)
      await writeFile(join(folder, 'b.conf'), 'changed by hand')
      expect(await isSameOnDisk(folder, files)).to.equal(false)
    })
  })

  it('passes nothing that a stranger dials into an application without FILTER()', async () => {
    const lines = (await readFile(join(templatesDir, 'extensions.conf'), 'utf8')).split('\n')
    const uses = lines.filter((line) => !line.startsWith(';') && line.includes('${EXTEN'))
    expect(uses).to.have.length.greaterThan(1)
    for (const line of uses) expect(line).to.match(/Set\(RT_NUMBER=\$\{FILTER\([^,]+,\$\{EXTEN:0:64\}\)\}\)/)
  })

  it('has a template for each file that Asterisk would complain about', async () => {
    const names = await readdir(templatesDir)
    expect(names).to.include.members([
      'cdr.conf',
      'cel.conf',
      'ccss.conf',
      'udptl.conf',
      'features.conf',
      'acl.conf'
    ])
  })
})
