import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from '../../host/lock.ts'
import { pidAlive } from '../../host/process.ts'
import { withFolder } from './support/machine.ts'

describe('a lock between processes', () => {
  it('lets one work at a time', async () => {
    await withFolder(async (folder) => {
      let inside = 0
      let most = 0
      const work = async (): Promise<void> => {
        inside += 1
        most = Math.max(most, inside)
        await new Promise((resolve) => setImmediate(resolve))
        inside -= 1
      }
      await Promise.all([1, 2, 3, 4].map(async () => withLock(join(folder, 'lock'), work)))
      expect(most).to.equal(1)
    })
  })

  it('is free again after work that failed', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'lock')
      await withLock(file, async () => Promise.reject(new Error('broken'))).catch((error: unknown) => {
        expect(String(error)).to.include('broken')
      })
      expect(await withLock(file, async () => Promise.resolve(7))).to.equal(7)
    })
  })

  it('lapses with the process that was killed while it had it', async () => {
    await withFolder(async (folder) => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      await once(child, 'spawn')
      await writeFile(join(folder, 'lock'), String(child.pid))
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(pidAlive(child.pid ?? 0)).to.equal(false)
      expect(await withLock(join(folder, 'lock'), async () => Promise.resolve('mine'))).to.equal('mine')
    })
  })

  it('lapses when its pid has come round to another process', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'lock'), `${process.pid} 1`)
      await writeFile(join(folder, 'lock.2147480000.left'), '')
      expect(await withLock(join(folder, 'lock'), async () => Promise.resolve('mine'))).to.equal('mine')
      expect(await readdir(folder)).to.deep.equal([])
    })
  })

  it('tells who has it while it waits', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'lock')
      const owner = await withLock(file, async () => {
        // Whoever comes meanwhile is told; it gets the lock once this work is over.
        const waiting = new Promise<number>((told, reject) => {
          withLock(file, async () => Promise.resolve(), told).catch(reject)
        })
        return waiting
      })
      expect(owner).to.equal(process.pid)
    })
  })
})
