import { expect } from 'chai'
import { watchDisk } from '../../recordings/disk.ts'
import { silent } from './postgres.ts'

describe('the disk of the recordings', () => {
  it('a full disk stops new recordings, and they go on when there is room', async () => {
    let freeBytes = 10e9
    const watch = watchDisk({
      dir: '/nonexistent',
      log: silent,
      space: () => Promise.resolve({ freeBytes, totalBytes: 20e9 })
    })
    try {
      expect((await watch.check()).status).to.equal('ok')
      freeBytes = 1e9
      expect([(await watch.check()).status, watch.hasRoom()]).to.deep.equal(['degraded', true])
      freeBytes = 1e8
      expect([(await watch.check()).status, watch.hasRoom()]).to.deep.equal(['failed', false])
      freeBytes = 10e9
      expect([(await watch.check()).status, watch.hasRoom()]).to.deep.equal(['ok', true])
    } finally {
      watch.stop()
    }
  })
})
