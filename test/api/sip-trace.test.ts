import { expect } from 'chai'
import { createSocket, type Socket } from 'node:dgram'
import type { CallTrace, TrunkTest, TrunkTrace } from '../../api/contract/sip-trace.ts'
import { createSipTrace, tidySipTrace, type SipTrace } from '../../pbx/trace/trace.ts'
import { hepPacket } from '../pure/trace/packets.ts'
import { challenge, proof } from '../pure/trace/texts.ts'
import { until } from '../support/until.ts'
import { startRig, type Answer, type Rig } from './support/rig.ts'

const [us, carrier, hepPort] = ['198.51.100.1:15460', '203.0.113.9:5060', 15_477]
const callId = '019a0000-0000-7000-8000-000000000001'

/** What a carrier and telephones say, as Asterisk would copy it to us. */
describe('The SIP trace over the API', function () {
  this.timeout(60_000)
  let rig: Rig
  let trace: SipTrace
  let wire: Socket
  let trunkId: string
  let hasPassword = false
  /** Registrations go on under one Call-ID, with numbers that grow. */
  let cseq = 0

  const copy = (way: '>' | '<', text: string): void => {
    const [source, destination] = way === '>' ? [us, carrier] : [carrier, us]
    wire.send(
      hepPacket({ payload: text.replaceAll('\n', '\r\n'), source, destination }),
      hepPort,
      '127.0.0.1'
    )
  }
  const message = (
    first: string,
    method: string,
    count: number,
    dialog: string,
    more: string[] = []
  ): string =>
    [
      first,
      `Via: SIP/2.0/UDP ${us};rport;branch=z9${count}${method}`,
      'From: <sip:shop@203.0.113.9>;tag=1',
      'To: <sip:shop@203.0.113.9>',
      `Call-ID: ${dialog}`,
      `CSeq: ${count} ${method}`,
      ...more,
      'Content-Length: 0',
      '',
      ''
    ].join('\n')

  const ami = {
    isUp: true,
    qualify() {
      copy('>', message('OPTIONS sip:203.0.113.9:5060 SIP/2.0', 'OPTIONS', 1, 'o'))
      copy('<', message('SIP/2.0 200 OK', 'OPTIONS', 1, 'o'))
      return Promise.resolve(true)
    },
    registerNow() {
      const request = 'REGISTER sip:203.0.113.9:5060 SIP/2.0'
      cseq += 2
      copy('>', message(request, 'REGISTER', cseq, 'r'))
      copy('<', message('SIP/2.0 401 Unauthorized', 'REGISTER', cseq, 'r', [challenge]))
      copy('>', message(request, 'REGISTER', cseq + 1, 'r', [proof]))
      const last = hasPassword ? ['SIP/2.0 200 OK', 'Expires: 300'] : ['SIP/2.0 401 Unauthorized', challenge]
      copy('<', message(last[0] ?? '', 'REGISTER', cseq + 1, 'r', last.slice(1)))
      return Promise.resolve(true)
    }
  }

  before(async () => {
    wire = createSocket('udp4')
    let made: Promise<SipTrace> | undefined
    rig = await startRig({
      before: (deps) => {
        made = createSipTrace({
          giveUp: () => undefined,
          ...{ db: deps.db, log: deps.log, ami, port: hepPort, password: 'secret', ownPorts: [15_460] },
          isCurrent: () => Promise.resolve(true),
          refused: () => [],
          resolve: (host) =>
            host === 'nowhere.example'
              ? Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }))
              : Promise.resolve([host])
        })
        // It is there a moment later than the API.
        const late = new Proxy({}, { get: (_, key): unknown => Reflect.get(trace, key) })
        return { ...deps, sipTrace: late as SipTrace }
      }
    })
    if (!made) throw new Error('There is no trace')
    trace = await made
    const answer = await rig.as.admin.send('POST', '/api/trunks', {
      ...{ name: 'Carrier', kind: 'registration', host: '203.0.113.9', username: 'shop', secret: 'x' }
    })
    trunkId = String(answer.body['id'])
    await rig.db('calls').insert({
      ...{ id: callId, pbx_unique_id: 'c1', started_at: new Date(), direction: 'in' },
      ...{ call_type: 'simple', caller_number: '+79161112233', dialed_number: '+74951234567' }
    })
  })
  after(async () => {
    await trace.close()
    await rig.close()
    wire.close()
  })

  const traceOf = async (id: string): Promise<TrunkTrace> =>
    (await rig.as.admin.get(`/api/trunks/${id}/trace`)).body as unknown as TrunkTrace
  const callTrace = async (): Promise<CallTrace> =>
    (await rig.as.admin.get(`/api/calls/${callId}/trace`)).body as unknown as CallTrace
  async function tested(id = trunkId): Promise<TrunkTest> {
    const begun = await rig.as.admin.send('POST', `/api/trunks/${id}/test`)
    expect(begun.status).to.equal(202)
    return until(
      async () => {
        const { test } = await traceOf(id)
        return test?.state === 'running' ? null : test
      },
      { what: 'the test has ended' }
    )
  }
  const actions = async (): Promise<string[]> =>
    (await rig.db('audit').orderBy('at').select<{ action: string }[]>('action')).map(({ action }) => action)

  it('tests a trunk: a wrong password is told as one, without it', async () => {
    const test = await tested()
    expect(test.state).to.equal('failed')
    expect(test.steps).to.deep.equal({
      settings: 'done',
      address: 'done',
      options: 'done',
      register: 'failed'
    })
    expect(test.ladder.findings.map(({ code }) => code)).to.deep.equal(['wrong_password', 'alive'])
    expect(test.ladder.messages).to.have.length(6)
    expect(test.ladder.parties).to.deep.equal([
      { id: 'p1', kind: 'trunk', name: 'Carrier', address: '203.0.113.9' }
    ])
    expect(JSON.stringify(test)).to.not.include('0123456789abcdef')
    expect(await actions()).to.include('trunk.test')
  })

  it('and passes once the password is right; the registration can be read afterwards', async () => {
    hasPassword = true
    expect((await tested()).state).to.equal('passed')
    const { registration } = await traceOf(trunkId)
    expect(registration?.findings.map(({ code }) => code)).to.deep.equal(['registered'])
    expect(registration?.messages).to.have.length(4)
  })

  it('says when a name is not known, and when a trunk is switched off', async () => {
    const made = await rig.as.admin.send('POST', '/api/trunks', {
      ...{ name: 'Typo', kind: 'address', host: 'nowhere.example' }
    })
    const id = String(made.body['id'])
    expect((await tested(id)).problem).to.deep.equal({ code: 'dns_failed', detail: 'ENOTFOUND' })
    await rig.as.admin.send('PATCH', `/api/trunks/${id}`, { isActive: false })
    expect((await tested(id)).problem?.code).to.equal('inactive')
  })

  it('keeps the messages of a call with a number that is watched, and forgets them after a week', async () => {
    expect(await callTrace()).to.include({ ladder: null, call: null, number: null })
    const body = { scope: 'number', minutes: 30 }
    expect((await rig.as.admin.send('PUT', `/api/calls/${callId}/trace`, body)).status).to.equal(200)
    trace.onRow({
      callId,
      type: 'call.initiated',
      data: { pbxUniqueId: 'c1', caller: { number: '+79161112233' }, dialed: '+74951234567', trunkId }
    })
    copy('<', message('INVITE sip:+74951234567@x SIP/2.0', 'INVITE', 1, 'leg-1'))
    copy('>', message('SIP/2.0 404 Not Found', 'INVITE', 1, 'leg-1'))
    trace.onChannel({ id: 'c1', name: 'PJSIP/trunk-x-0000001a', protocolId: 'leg-1' })
    const kept = await until(
      async () => {
        const found = await callTrace()
        return found.ladder?.messages.length === 2 ? found : null
      },
      { what: 'both messages are kept' }
    )
    expect(kept.ladder?.findings.map(({ code }) => code)).to.deep.equal(['not_found'])
    expect(kept.number?.by).to.equal('The admin')
    expect(await rig.db('sip_messages').where({ call_id: callId })).to.have.length(2)
    await rig.db('sip_messages').update({ at: new Date(Date.now() - 8 * 86_400_000) })
    await tidySipTrace(rig.db).tasks['sip.traces']()
    expect(await rig.db('sip_messages')).to.have.length(0)
  })

  it('ends the switches of a call and of its number together, or neither where the audit cannot tell', async () => {
    const path = `/api/calls/${callId}/trace`
    const switches = async (): Promise<boolean[]> => {
      const { call, number } = await callTrace()
      return [call !== null, number !== null]
    }
    for (const scope of ['call', 'number']) {
      expect((await rig.as.admin.send('PUT', path, { scope })).status).to.equal(200)
    }
    await rig.db.raw(`alter table audit add constraint mute check (action <> 'call.trace_off')`)
    expect((await rig.as.admin.send('DELETE', path)).status).to.be.at.least(400)
    expect(await switches()).to.deep.equal([true, true])
    await rig.db.raw('alter table audit drop constraint mute')
    expect((await rig.as.admin.send('DELETE', path)).status).to.equal(204)
    expect(await switches()).to.deep.equal([false, false])
    expect((await actions()).filter((action) => action === 'call.trace_off')).to.have.length(1)
  })

  it('switches the keeping of a trunk on and off, each with a row of the audit', async () => {
    const path = `/api/trunks/${trunkId}/trace`
    expect((await rig.as.admin.send('PUT', path, { minutes: 1441 })).status).to.equal(422)
    expect((await rig.as.admin.send('PUT', path, { minutes: 60 })).status).to.equal(200)
    expect((await traceOf(trunkId)).switch?.by).to.equal('The admin')
    expect((await rig.as.admin.send('DELETE', path)).status).to.equal(204)
    expect((await traceOf(trunkId)).switch).to.equal(null)
    expect(await actions()).to.include.members(['trunk_trace.create', 'trunk_trace.delete', 'call.trace_on'])
  })

  it('is for admins; supervisors may read that of a call', async () => {
    const { supervisor, operator } = rig.as
    const status = ({ status: code }: Answer): number => code
    expect(status(await supervisor.get(`/api/calls/${callId}/trace`))).to.equal(200)
    expect(status(await supervisor.get(`/api/trunks/${trunkId}/trace`))).to.equal(403)
    expect(status(await supervisor.send('PUT', `/api/calls/${callId}/trace`, {}))).to.equal(403)
    expect(status(await operator.get(`/api/calls/${callId}/trace`))).to.equal(403)
  })
})
