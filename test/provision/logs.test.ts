import { appendFile, mkdtemp, open, readFile, readdir, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { keepSmall, rotate } from '../../host/rotate.ts'
import { asteriskLogs } from '../../pbx/provision/logs.ts'
import { readCelTail } from '../../pbx/runtime/cel.ts'
import { startRig } from '../ari/rig.ts'
import { until } from '../support/until.ts'

const celLine = (at: number): string =>
  [
    'CHAN_START',
    String(at),
    '79161234567',
    '',
    '74951234567',
    'PJSIP/a-1',
    `${at}.1`,
    `${at}.1`,
    '',
    '',
    '',
    'from-trunk'
  ]
    .map((field) => `"${field}"`)
    .join(',') + '\n'

describe('logs that grow', () => {
  let dir: string

  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'rt-logs-'))
  })
  after(() => rm(dir, { recursive: true, force: true }))

  it('are put aside above their size, and only so many stay', async () => {
    const file = path.join(dir, 'a.log')
    const growing = { file, maxBytes: 10, keep: 2, how: 'rename' as const }
    expect(await rotate(growing)).to.equal(false)
    for (const text of ['first, long enough', 'second, long enough', 'third, long enough']) {
      await appendFile(file, text)
      expect(await rotate(growing)).to.equal(true)
      expect(await rotate(growing)).to.equal(false)
    }
    expect((await readdir(dir)).sort()).to.deep.equal(['a.log.1', 'a.log.2'])
    expect(await readFile(`${file}.1`, 'utf8')).to.contain('third')
    expect(await readFile(`${file}.2`, 'utf8')).to.contain('second')
    await Promise.all([1, 2].map((number) => rm(`${file}.${number}`)))
  })

  it('that their writer keeps open are copied and emptied: it writes on from the beginning', async () => {
    const file = path.join(dir, 'b.log')
    const writer = await open(file, 'a')
    try {
      await writer.write('before the break, long enough\n')
      expect(await rotate({ file, maxBytes: 10, keep: 1, how: 'copy' })).to.equal(true)
      await writer.write('after\n')
      expect(await readFile(file, 'utf8')).to.equal('after\n')
      expect(await readFile(`${file}.1`, 'utf8')).to.equal('before the break, long enough\n')
    } finally {
      await writer.close()
    }
  })

  it('of calls are read across the break, and no further back than asked for', async () => {
    const file = path.join(dir, 'Master.csv')
    const at = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, index) => celLine(from + index)).join('')
    await appendFile(file, at(1000, 1100))
    await rotate({ file, maxBytes: 10, keep: 2, how: 'rename' })
    expect((await readCelTail(file, 1e6)).length).to.equal(100)
    await appendFile(file, at(1100, 1150))
    const events = await readCelTail(file, 1e6)
    expect(events.map(({ uniqueId }) => uniqueId)).to.deep.equal(
      Array.from({ length: 150 }, (_, index) => `${1000 + index}.1`)
    )
    const lineBytes = celLine(1000).length
    expect((await readCelTail(file, lineBytes * 60)).length).to.equal(60)
    expect((await readCelTail(file, lineBytes * 20)).length).to.equal(20)
  })

  it('that cannot be put aside are told, and the others go on', async () => {
    const told: object[] = []
    const log = { info: () => undefined, warn: (about: object) => void told.push(about) }
    const good = path.join(dir, 'good.log')
    await appendFile(good, 'long enough to be put aside')
    const bad = path.join(dir, 'good.log.1/impossible')
    await appendFile(`${dir}/bad.log`, 'long enough to be put aside')
    const failing = { file: `${dir}/bad.log`, maxBytes: 1, keep: 1, how: 'rename' as const }
    const watch = keepSmall(
      [
        { ...failing, reopen: () => Promise.reject(new Error(bad)) },
        { file: good, maxBytes: 1, keep: 1, how: 'rename' }
      ],
      log
    )
    await watch.look()
    watch.stop()
    expect(told).to.have.length(1)
    expect((await stat(`${good}.1`)).size).to.be.above(1)
  })

  it('of Asterisk go on in a new file, while it lives', async function () {
    this.timeout(180_000)
    const rig = await startRig(23_000)
    try {
      const all = asteriskLogs(path.join(rig.dir, 'ast'), (command) => rig.cli(command))
      const messages = all.find(({ file }) => file.endsWith('messages.log'))
      if (!messages) throw new Error('There is no such log')
      // A module that is not there is worth an error line.
      const complain = (): Promise<string> => rig.cli('module load res_nothing.so').catch(String)
      const sizeOf = (file: string): Promise<number> =>
        stat(file).then(
          ({ size }) => size,
          () => -1
        )
      await complain()
      await until(async () => (await sizeOf(messages.file)) > 0)
      const pid = rig.pid()
      const watch = keepSmall([{ ...messages, maxBytes: 1 }], pino({ level: 'silent' }))
      await watch.look()
      watch.stop()
      expect(await sizeOf(`${messages.file}.1`)).to.be.above(0)
      const old = await sizeOf(`${messages.file}.1`)
      await complain()
      await until(async () => (await readFile(messages.file, 'utf8')).includes('res_nothing'))
      expect(await sizeOf(`${messages.file}.1`)).to.equal(old)
      expect(rig.pid()).to.equal(pid)
    } finally {
      await rig.close()
    }
  })
})
