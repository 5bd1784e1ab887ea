import { expect } from 'chai'
import type { Party } from '../ari/party.ts'
import { until } from '../support/until.ts'
import { hears, hearsMusic, openOffice, type Office } from './office.ts'

describe('A talk in progress', function () {
  this.timeout(60_000)
  let office: Office
  const to = '+74951420001'

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(10_600, 40)
    await office.instance.api('PATCH', `/api/users/${office.gleb.id}`, { role: 'supervisor' })
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await office.company.account())
    await office.clear()
  })

  const asGleb = async (id: string, what: string, body: unknown = {}): Promise<void> => {
    const answer = await office.as(office.gleb, 'POST', `/api/calls/${id}/${what}`, body)
    expect(answer, JSON.stringify(answer.body)).to.include({ status: 200 })
  }
  const asAnna = (id: string, what: string, body?: unknown) =>
    office.as(office.anna, 'POST', `/api/calls/${id}/${what}`, body)
  /** Gleb listens to a talk of Anna's. */
  async function listening(): Promise<{ id: string; client: Party; anna: Party; gleb: Party }> {
    const talk = await office.talk(to)
    const gleb = await office.desk(office.gleb)
    await asGleb(talk.id, 'listen')
    await hears(gleb, { client: true, anna: true })
    return { ...talk, gleb }
  }

  describe('is watched by a supervisor', () => {
    it('who listens and is heard by nobody, then whispers, then speaks with both, and listens again', async () => {
      const { id, client, anna, gleb } = await listening()
      await hears(client, { anna: true, gleb: false })
      await hears(anna, { client: true, gleb: false })
      await asGleb(id, 'whisper')
      await hears(anna, { client: true, gleb: true })
      await hears(client, { anna: true, gleb: false })
      await hears(gleb, { client: true, anna: true })
      await asGleb(id, 'join')
      await hears(client, { anna: true, gleb: true })
      await hears(anna, { client: true, gleb: true })
      await hears(gleb, { client: true, anna: true })
      await asGleb(id, 'listen')
      await hears(client, { anna: true, gleb: false })
      await hears(anna, { client: true, gleb: false })
      await hears(gleb, { client: true, anna: true })
      gleb.hangup()
      await hears(client, { anna: true })
      await hears(anna, { client: true })
      client.hangup()
      const call = await office.ended(id)
      expect(call.operator?.name).to.equal('Anna')
    })

    it('who takes the client over; the operator is let go', async () => {
      const { id, client, anna, gleb } = await listening()
      await asGleb(id, 'take-over')
      await hears(client, { gleb: true, anna: false })
      await hears(gleb, { client: true, anna: false })
      await until(() => !anna.isUp(), { what: 'Anna is let go' })
      gleb.hangup()
      client.hangup()
      expect((await office.ended(id)).operator?.name).to.equal('Gleb')
    })

    it('who goes along when the call is given on', async () => {
      const { id, client, gleb } = await listening()
      const boris = await office.desk(office.boris)
      await asAnna(id, 'transfer', { mode: 'warm', target: { kind: 'user', userId: office.boris.id } })
      await hears(boris, { anna: true })
      await asAnna(id, 'complete-transfer')
      await hears(gleb, { boris: true, client: true, anna: false })
      await hears(boris, { client: true, gleb: false })
      client.hangup()
      await office.ended(id)
      await until(() => !gleb.isUp(), { what: 'Gleb is let go' })
    })

    it('who stops when the talk ends, and leaves nothing behind when the telephone is not answered', async () => {
      const { id, client, gleb } = await listening()
      client.hangup()
      await office.ended(id)
      await until(() => !gleb.isUp(), { what: 'Gleb is let go' })
      await office.phones.close()
      const second = await office.talk(to)
      await office.desk(office.gleb, { manner: { status: 486, text: 'Busy Here' } })
      await asGleb(second.id, 'listen')
      await until(async () =>
        (await office.company.tape(second.id)).some(
          (row) => row.type === 'leg.ended' && String(row.data['leg']).startsWith('sup')
        )
      )
      await hears(second.client, { anna: true })
      second.client.hangup()
      await office.ended(second.id)
    })
  })

  describe('is parked', () => {
    it('with music, and taken by a colleague whose telephone rings', async () => {
      const { id, client, anna } = await office.talk(to)
      const parked = await asAnna(id, 'park', { seconds: 60 })
      expect(parked.status).to.equal(200)
      await hearsMusic(client)
      await until(() => !anna.isUp(), { what: 'Anna is free' })
      const boris = await office.desk(office.boris, { manner: 'ring' })
      expect((await office.as(office.boris, 'POST', `/api/calls/${id}/take`)).status).to.equal(200)
      await until(() => boris.isRinging())
      await hearsMusic(client)
      boris.answer()
      await hears(client, { boris: true })
      await hears(boris, { client: true })
      client.hangup()
      const call = await office.ended(id)
      expect(call.operator?.name).to.equal('Boris')
    })

    it('and comes back to whoever parked it when nobody takes it', async () => {
      const { id, client, anna } = await office.talk(to)
      await asAnna(id, 'park', { seconds: 10 })
      await until(() => !anna.isUp())
      await hearsMusic(client)
      await until(() => anna.isUp(), { timeoutMs: 14_000, what: 'Anna is rung again' })
      await hears(client, { anna: true })
      const row = (await office.company.tape(id)).find(({ type }) => type === 'call.unparked')
      expect(row?.data['reason']).to.equal('timeout')
      client.hangup()
      await office.ended(id)
    })

    it('and left by the client: the call ends', async () => {
      const { id, client } = await office.talk(to)
      await asAnna(id, 'park', { seconds: 60 })
      await hearsMusic(client)
      client.hangup()
      expect(await office.ended(id)).to.include({ outcome: 'answered', hangupBy: 'client' })
    })
  })

  it('is not recorded while its recording is paused', async () => {
    const { id, client } = await office.talk(to)
    expect((await asAnna(id, 'pause-recording', { on: true })).status).to.equal(200)
    expect((await asAnna(id, 'pause-recording', { on: false })).status).to.equal(200)
    client.hangup()
    await office.ended(id)
    const rows = (await office.company.tape(id)).filter((row) => row.type === 'call.recording_paused')
    expect(rows.map((row) => row.data['on'])).to.deep.equal([true, false])
  })
})
