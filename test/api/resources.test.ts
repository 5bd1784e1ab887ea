import { expect } from 'chai'
import { idOf, startRig, type Rig } from './support/rig.ts'

describe('Collections of the API', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  it('lets an admin create, read, change and delete a source', async () => {
    const { admin } = rig.as
    const made = await admin.send('POST', '/api/sources', { name: 'Radio', inquiryChannel: 'offline' })
    expect(made.status).to.equal(201)
    expect(made.headers.get('Location')).to.equal(`/api/sources/${idOf(made)}`)
    const path = `/api/sources/${idOf(made)}`
    expect((await admin.get(path)).body).to.deep.equal(made.body)
    const changed = await admin.send('PATCH', path, { campaign: 'Spring' })
    expect(changed.body).to.include({ name: 'Radio', campaign: 'Spring', inquiryChannel: 'offline' })
    expect((await admin.send('DELETE', path)).status).to.equal(204)
    expect((await admin.get(path)).body).to.include({ code: 'not_found', status: 404 })
  })
})
