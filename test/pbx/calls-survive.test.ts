import { expect } from 'chai'
import type { Party } from '../ari/party.ts'
import { until } from '../support/until.ts'
import { expectJournalOfTape } from './chaos.ts'
import { hears, hearsMusic, openOffice, speakOn, type Office } from './office.ts'

/** Talks of many parties when the controller is killed in their midst: sound goes on, and so do people's wishes. */
describe('A call with many parties survives the controller', function () {
  this.timeout(60_000)
  let office: Office
  const to = '+74951430001'

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(11_200, 41)
    await office.instance.api('PATCH', `/api/users/${office.gleb.id}`, { role: 'supervisor' })
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await office.company.account())
    await office.clear()
  })

  const wish = async (id: string, what: string, body: unknown = {}, by = office.anna): Promise<void> => {
    const answer = await office.as(by, 'POST', `/api/calls/${id}/${what}`, body)
    expect(answer, `${what}: ${JSON.stringify(answer.body)}`).to.include({ status: 200 })
  }
  const toBoris = { mode: 'warm', target: { kind: 'user', userId: '' } }
  async function consult(): Promise<{ id: string; client: Party; anna: Party; boris: Party }> {
    const talk = await office.talk(to)
    const boris = await office.desk(office.boris)
    toBoris.target.userId = office.boris.id
    await wish(talk.id, 'transfer', toBoris)
    await hears(boris, { anna: true, client: false })
    await hearsMusic(talk.client)
    return { ...talk, boris }
  }
  /** The snapshot is written a moment after the step. */
  const written = (id: string, type: string): Promise<unknown> =>
    until(async () => (await office.tapeOf(id)).includes(type), { what: `${type} is written` })
  async function restart(): Promise<void> {
    await office.instance.kill()
    await office.instance.start()
    await until(
      async () => {
        const { checks } = await office.instance.api<{ checks: { asterisk: { status: string } } }>(
          'GET',
          '/api/health'
        )
        return checks.asterisk.status === 'ok'
      },
      { what: 'calls are compared' }
    )
  }

  it('while the operator consults: the transfer is completed by the next one', async () => {
    const { id, client, anna, boris } = await consult()
    await written(id, 'leg.answered')
    await restart()
    await hears(boris, { anna: true, client: false })
    await hearsMusic(client)
    await wish(id, 'complete-transfer')
    await hears(client, { boris: true, anna: false })
    await hears(boris, { client: true })
    await until(() => !anna.isUp())
    client.hangup()
    const call = await office.ended(id)
    expect(call.operator?.name).to.equal('Boris')
    await expectJournalOfTape(office.instance, office.company, id)
  })

  it('while the client is asked for a mark, and gives it to the next one', async () => {
    const { id, client, anna } = await office.talk(to)
    anna.hangup()
    await until(async () => {
      const steps = (await office.company.tape(id)).filter((row) => row.type === 'call.forwarding_step')
      return steps.some(({ data }) => data['blockType'] === 'rating' && data['state'] === 'started')
    })
    await restart()
    client.key('4')
    await until(async () => (await office.tapeOf(id)).includes('call.rated'), { what: 'the mark is written' })
    client.hangup()
    const call = await office.ended(id)
    expect(call).to.include({ rating: 4, outcome: 'answered' })
    await expectJournalOfTape(office.instance, office.company, id)
  })

  it('while three speak, one of whom hangs up meanwhile', async () => {
    const { id, client, anna, boris } = await consult()
    await wish(id, 'join')
    await hears(client, { anna: true, boris: true })
    await written(id, 'call.joined')
    await office.instance.kill()
    await hears(client, { anna: true, boris: true })
    anna.hangup()
    await hears(client, { boris: true, anna: false })
    await office.instance.start()
    await until(async () => (await office.tapeOf(id)).includes('call.talk_ended'), {
      what: 'Anna’s end is known'
    })
    await hears(client, { boris: true })
    await hears(boris, { client: true })
    client.hangup()
    expect((await office.ended(id)).operator?.name).to.equal('Boris')
  })

  it('while it is parked: it is taken at the next one', async () => {
    const { id, client } = await office.talk(to)
    await wish(id, 'park', { seconds: 120 })
    await hearsMusic(client)
    await written(id, 'call.parked')
    await restart()
    await hearsMusic(client)
    const boris = await office.desk(office.boris)
    await wish(id, 'take', {}, office.boris)
    await hears(client, { boris: true })
    await hears(boris, { client: true })
    client.hangup()
    await office.ended(id)
  })

  it('while a supervisor listens, who whispers afterwards', async () => {
    const { id, client, anna } = await office.talk(to)
    const gleb = await office.desk(office.gleb)
    await wish(id, 'listen', {}, office.gleb)
    await hears(gleb, { client: true, anna: true })
    await written(id, 'call.watched')
    await restart()
    await hears(gleb, { client: true, anna: true })
    await hears(anna, { client: true, gleb: false })
    await wish(id, 'whisper', {}, office.gleb)
    await hears(anna, { client: true, gleb: true })
    await hears(client, { anna: true, gleb: false })
    client.hangup()
    await office.ended(id)
    await until(() => !gleb.isUp())
  })

  it('while a number that we dialled talks, and is held at the next one', async () => {
    const anna = await office.desk(office.anna)
    const client = await office.outside()
    const placed = await office.as(office.anna, 'POST', '/api/calls', { to: '+79035550103' })
    expect(placed.status).to.equal(202)
    const { callId } = placed.body as { callId: string }
    await until(() => client.isUp())
    await hears(client, { anna: true })
    await written(callId, 'call.answered')
    await restart()
    await hears(anna, { outside: true })
    await wish(callId, 'hold', { on: true })
    await hearsMusic(client)
    await wish(callId, 'hold', { on: false })
    await hears(client, { anna: true })
    await speakOn(client)
    client.hangup()
    const call = await office.ended(callId)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'client', direction: 'out' })
    await until(() => !anna.isUp())
    await expectJournalOfTape(office.instance, office.company, callId)
  })

  it('while a client is being dialled, who answers before the next one is there', async () => {
    const anna = await office.desk(office.anna)
    const client = await office.outside({ manner: 'ring' })
    const placed = await office.as(office.anna, 'POST', '/api/calls', { to: '+79035550104' })
    const { callId } = placed.body as { callId: string }
    await until(() => client.isRinging())
    await written(callId, 'leg.answered')
    await written(callId, 'leg.ringing')
    await office.instance.kill()
    client.answer()
    await hears(client, { anna: true })
    await office.instance.start()
    await written(callId, 'call.answered')
    await hears(anna, { outside: true })
    await until(() => !anna.lately(400).some((sample) => Math.abs(sample) > 20_000), {
      what: 'the ringing tone is over'
    })
    anna.hangup()
    expect(await office.ended(callId)).to.include({ outcome: 'answered', hangupBy: 'operator' })
    await until(() => !client.isUp())
  })
})
