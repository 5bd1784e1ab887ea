import { expect } from 'chai'
import { once } from 'node:events'
import { access, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pidAlive } from '../../host/process.ts'
import { until } from '../support/until.ts'
import { makeFakeClone, noted, startFakeClone } from './support/fake-clone.ts'
import type { Started } from './support/fake-clone.ts'
import { withFolder } from './support/machine.ts'

const port = 21900

async function serverOf(started: Started): Promise<number> {
  const text = await until(() => /server (\d+)/.exec(started.said())?.[1], { what: 'the server runs' })
  return Number(text)
}

/** Starts the fake clone and ends it again with Ctrl-C. */
async function startOnce(folder: string): Promise<string> {
  const started = startFakeClone(folder, port)
  await serverOf(started)
  started.child.kill('SIGINT')
  await started.code
  return started.said()
}

async function withClone(work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await makeFakeClone(folder)
    await work(folder)
  })
}

describe('npm start', () => {
  it('builds at the first start, not at the second, and again after a change', async () => {
    await withClone(async (folder) => {
      await writeFile(join(folder, 'gone.ts'), '')
      await startOnce(folder)
      expect(await noted(folder, 'built')).to.equal('x')
      expect(await startOnce(folder)).to.include('The build is fresh')
      expect(await noted(folder, 'built')).to.equal('x')
      await rm(join(folder, 'gone.ts'))
      await startOnce(folder)
      expect(await noted(folder, 'built')).to.equal('xx')
      const left = await access(join(folder, 'dist/gone.js')).then(
        () => true,
        () => false
      )
      expect(left).to.equal(false)
      // Types are checked by those who change the code.
      expect(await noted(folder, 'checked')).to.equal('')
    })
  })

  it('installs packages when they are not those of the lock file, and only then', async () => {
    await withClone(async (folder) => {
      await startOnce(folder)
      expect(await noted(folder, 'installed')).to.equal('')
      await writeFile(
        join(folder, 'package-lock.json'),
        '{"packages":{"":{},"node_modules/typescript":{"version":"6.0.1"},"node_modules/x":{"version":"1","optional":true}}}'
      )
      await startOnce(folder)
      expect(await noted(folder, 'installed')).to.equal('ci ')
      await startOnce(folder)
      expect(await noted(folder, 'installed')).to.equal('ci ')
    })
  })

  it('hands Ctrl-C to the server once, keeps its exit code and leaves no process behind', async () => {
    await withClone(async (folder) => {
      const started = startFakeClone(folder, port)
      const server = await serverOf(started)
      // The terminal tells the whole group, and npm tells it once more.
      started.child.kill('SIGINT')
      started.child.kill('SIGINT')
      expect(await started.code).to.equal(3)
      expect(started.said().match(/SIGINT/g)).to.have.length(1)
      expect(pidAlive(server)).to.equal(false)
    })
  })

  it('ends the server when the terminal is closed', async () => {
    await withClone(async (folder) => {
      const started = startFakeClone(folder, port)
      const server = await serverOf(started)
      started.child.kill('SIGHUP')
      expect(await started.code).to.equal(4)
      expect(pidAlive(server)).to.equal(false)
    })
  })

  it('gives the exit code of a server that was killed as a shell would', async () => {
    await withClone(async (folder) => {
      const started = startFakeClone(folder, port)
      process.kill(await serverOf(started), 'SIGKILL')
      expect(await started.code).to.equal(137)
    })
  })

  it('names the variable to change when the web port is taken', async () => {
    await withClone(async (folder) => {
      const other = createServer().listen(port, '127.0.0.1')
      await once(other, 'listening')
      const started = startFakeClone(folder, port)
      const code = await started.code
      other.close()
      expect(code).to.equal(1)
      expect(started.said()).to.include(`web port ${port}`).and.to.include('HTTP_PORT=')
    })
  })

  it('shows what the bundler said when the build fails, and tries again next time', async () => {
    await withClone(async (folder) => {
      await writeFile(join(folder, 'main.ts'), 'syntax error')
      const started = startFakeClone(folder, port)
      expect(await started.code).to.equal(1)
      expect(started.said()).to.include('main.ts (1:8): Expected a semicolon').and.not.to.include('at async')
      const again = startFakeClone(folder, port)
      expect(await again.code).to.equal(1)
      expect(await noted(folder, 'built')).to.equal('xx')
    })
  })
})
