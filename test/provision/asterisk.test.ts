import { expect } from 'chai'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pidAlive } from '../../host/process.ts'
import { SetupError } from '../../host/setup-error.ts'
import { startAsterisk } from '../../pbx/provision/asterisk.ts'
import type { RunningAsterisk, StartOptions } from '../../pbx/provision/asterisk.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { startThenKillStarter } from './support/killable.ts'
import { testHome } from '../support/asterisk-root.ts'
import { log, templatesDir, testSettings, withFolder } from './support/machine.ts'

const port = 21600

describe('the embedded Asterisk', function () {
  this.timeout(120_000)
  let home: AsteriskHome
  before(async () => {
    home = await testHome()
  })

  const options = (folder: string): StartOptions => ({
    home,
    dir: folder,
    templatesDir,
    settings: testSettings(folder, port),
    log
  })

  /** Lends a running Asterisk and ends it, whatever happens. */
  async function withAsterisk(
    given: StartOptions,
    work: (running: RunningAsterisk) => Promise<void>
  ): Promise<void> {
    const running = await startAsterisk(given)
    try {
      await work(running)
    } finally {
      await running.stop()
    }
    expect(pidAlive(running.pid)).to.equal(false)
  }

  it('loads every module it is asked to, complains about nothing, and stops when told', async () => {
    await withFolder(async (folder) => {
      await withAsterisk(options(folder), async (running) => {
        expect(running.adopted).to.equal(false)
        const wanted = (await readFile(join(folder, 'etc/modules.conf'), 'utf8')).matchAll(/^load = (\S+)/gm)
        const modules = await running.cli('module show')
        for (const [, name = ''] of wanted) expect(modules).to.match(new RegExp(`^${name} .* Running `, 'm'))
        const words = await readFile(join(folder, 'log/messages.log'), 'utf8')
        expect(words.split('\n').filter((line) => /\b(ERROR|WARNING)\b/.test(line))).to.deep.equal([])
        expect(await running.cli('pjsip show transports')).to.match(/transport-udp\s+udp.*127\.0\.0\.1:21600/)
      })
    })
  })

  it('keeps the passwords of ARI and AMI from other users', async () => {
    await withFolder(async (folder) => {
      await withAsterisk(options(folder), async () => {
        for (const name of ['ari.conf', 'manager.conf']) {
          expect((await stat(join(folder, 'etc', name))).mode & 0o077).to.equal(0)
        }
      })
    })
  })

  it('is adopted with its calls after its starter was killed', async () => {
    await withFolder(async (folder) => {
      const pid = await startThenKillStarter('asterisk', folder, port)
      expect(pidAlive(pid)).to.equal(true)
      await withAsterisk(options(folder), async (running) => {
        expect(running.pid).to.equal(pid)
        expect(running.adopted).to.equal(true)
        expect(await running.cli('core show version')).to.include(home.version)
      })
    })
  })

  it('is replaced when the configuration has changed meanwhile', async () => {
    await withFolder(async (folder) => {
      const pid = await startThenKillStarter('asterisk', folder, port)
      const changed = {
        ...options(folder),
        settings: { ...testSettings(folder, port), ariPassword: 'another' }
      }
      await withAsterisk(changed, async (running) => {
        expect(running.adopted).to.equal(false)
        expect(running.pid).not.to.equal(pid)
        expect(pidAlive(pid)).to.equal(false)
        await Promise.resolve()
      })
    })
  })

  it('takes another public address while it runs, and when it is adopted: it is never ended for that', async () => {
    await withFolder(async (folder) => {
      const pid = await startThenKillStarter('asterisk', folder, port)
      const settings = { ...testSettings(folder, port), externalAddress: '203.0.113.5' }
      await withAsterisk({ ...options(folder), settings }, async (running) => {
        expect([running.pid, running.adopted]).to.deep.equal([pid, true])
        const told = () => running.cli('pjsip show transport transport-udp')
        const rtp = () => readFile(join(folder, 'etc/rtp.conf'), 'utf8')
        expect(await told()).to.match(/external_media_address +: 203\.0\.113\.5\s/)
        expect(await told()).to.match(/external_signaling_address +: 203\.0\.113\.5\s/)
        expect(await rtp()).to.include('=> 203.0.113.5,include_local_address')
        await running.takeAddress('203.0.113.6')
        expect(await told()).to.match(/external_signaling_address +: 203\.0\.113\.6\s/)
        await running.takeAddress(null)
        expect(await told()).to.match(/external_media_address +: *$/m)
        expect(await rtp()).not.to.include('203.0.113')
      })
    })
  })

  it('tells when it dies by itself, and not when it is stopped', async () => {
    await withFolder(async (folder) => {
      const ends: (number | null)[] = []
      const told = { ...options(folder), onExit: (code: number | null) => ends.push(code) }
      const dying = await startAsterisk(told)
      process.kill(dying.pid, 'SIGKILL')
      await dying.exited
      expect(ends).to.deep.equal([null])
      await dying.stop()
      await withAsterisk(told, async () => Promise.resolve())
      expect(ends).to.have.length(1)
    })
  })

  it('names the variable to change when a port is taken', async () => {
    await withFolder(async (folder) => {
      const server = createServer().listen(port + 1, '127.0.0.1')
      await once(server, 'listening')
      const error = await startAsterisk(options(folder)).catch((thrown: unknown) => thrown)
      server.close()
      expect(error).to.be.instanceOf(SetupError)
      expect(String(error))
        .to.include(String(port + 1))
        .and.to.include('ARI_PORT')
    })
  })

  it('works in a folder too deep for a socket', async () => {
    await withFolder(async (folder) => {
      const deep = join(folder, 'a-folder-with-a-long-name'.repeat(4))
      await mkdir(deep)
      await withAsterisk({ ...options(folder), dir: deep }, async (running) => {
        expect(await running.cli('core show uptime')).to.match(/uptime/)
      })
    })
  })
})
