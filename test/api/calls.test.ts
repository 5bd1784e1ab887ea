import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import type { Demo, TestCall } from '../../api/deps.ts'
import { plainAudio } from '../../recordings/open.ts'
import { insertCall, initiated, tapeOf } from './support/calls.ts'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

describe('The journal of calls', function () {
  this.timeout(60_000)
  let rig: Rig
  let folder: string
  const placed: TestCall[] = []
  const demo: Demo = {
    placeTestCall: (wish) => {
      placed.push(wish)
      return Promise.resolve(
        wish.to === '+0'
          ? { ok: false, code: 'no_such_number', detail: 'Nobody answers there' }
          : { ok: true, from: '+79160000000', to: wish.to ?? '+74950000000' }
      )
    },
    wipe: () => Promise.resolve({})
  }
  before(async () => {
    rig = await startRig({ demo })
    folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'rt-api-rec-')), '.runtime')
    await mkdir(folder)
  })
  after(async () => {
    await rig.close()
    await rm(path.dirname(folder), { recursive: true, force: true })
  })
  beforeEach(() => rig.db('calls').delete())

  const ids = async (query: string): Promise<unknown[]> => {
    const answer = await rig.as.marketer.get(`/api/calls?${query}`)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return itemsOf(answer).map((item) => item['id'])
  }

  it('gives each call with the names of its time', async () => {
    const sourceId = randomUUID()
    const id = await insertCall(rig.db, {
      source_id: sourceId,
      source_name: 'Radio',
      caller_name: '<img src=x onerror=alert(1)>',
      dialed_number: '+74951112233',
      number_id: randomUUID(),
      scheme_id: randomUUID(),
      scheme_name: 'Office',
      scheme_version: 2,
      recording_id: randomUUID(),
      recording_state: 'missing'
    })
    const { body } = await rig.as.operator.get(`/api/calls/${id}`)
    expect(body).to.include({
      callerName: '<img src=x onerror=alert(1)>',
      startedAt: '2026-11-20T10:00:00.123Z'
    })
    expect(body['source']).to.deep.equal({ id: sourceId, name: 'Radio' })
    expect(body['number']).to.include({ e164: '+74951112233', label: null })
    expect(body['recording']).to.include({ state: 'missing', url: null })
    expect(body['legs']).to.deep.equal([])
  })

  it('narrows by every filter', async () => {
    const [one, two] = [randomUUID(), randomUUID()]
    const a = await insertCall(rig.db, {
      source_id: one,
      operator_id: two,
      rating: 5,
      talk_seconds: 90,
      caller_number: '+79161112233',
      recording_state: 'ready'
    })
    const b = await insertCall(rig.db, {
      started_at: '2026-11-21T10:00:00Z',
      outcome: 'missed',
      source_id: two,
      contact_name: 'ООО Ромашка'
    })
    expect(await ids('')).to.deep.equal([b, a])
    expect(await ids('from=2026-11-21T00:00:00Z')).to.deep.equal([b])
    expect(await ids('to=2026-11-21T00:00:00Z')).to.deep.equal([a])
    expect(await ids('outcome=missed,busy')).to.deep.equal([b])
    expect(await ids(`sourceId=${one},${randomUUID()}`)).to.deep.equal([a])
    expect(await ids(`operatorId=${two}`)).to.deep.equal([a])
    expect(await ids('rating=4,5')).to.deep.equal([a])
    expect(await ids('hasRecording=true')).to.deep.equal([a])
    expect(await ids('hasRecording=false')).to.deep.equal([b])
    expect(await ids('minTalkSeconds=60')).to.deep.equal([a])
    expect(await ids(`search=${encodeURIComponent('8 (916) 111-22-33')}`)).to.deep.equal([a])
    expect(await ids(`search=${encodeURIComponent('ромашка')}`)).to.deep.equal([b])
    expect(await ids('search=%25')).to.deep.equal([])
    for (const bad of [
      'sourceId=1',
      'outcome=all',
      'rating=x',
      'from=yesterday',
      'sort=note',
      'limit=1000'
    ]) {
      const answer = await rig.as.marketer.get(`/api/calls?${bad}`)
      expect(answer.body, bad).to.include({ status: 422, code: 'invalid' })
    }
  })

  it('pages by talk time although some calls had no talk', async () => {
    const made: string[] = []
    for (const talk of [null, 5, null, 7, 5]) made.push(await insertCall(rig.db, { talk_seconds: talk }))
    const seen: unknown[] = []
    let cursor = ''
    do {
      const answer = await rig.as.marketer.get(`/api/calls?sort=-talkSeconds&limit=2${cursor}`)
      seen.push(...itemsOf(answer).map((item) => item['id']))
      const next = answer.body['nextCursor']
      cursor = typeof next === 'string' ? `&cursor=${next}` : ''
    } while (cursor !== '')
    expect(seen).to.have.length(5).and.to.have.members(made)
    expect(seen[0]).to.equal(made[3])
  })

  it('gives the tape of a call in order', async () => {
    const id = await insertCall(rig.db)
    const row = tapeOf(id)
    for (const { seq, atMs, type, data } of [
      row('call.initiated', initiated()),
      row('call.missed', { outcome: 'missed', reason: 'noAnswer' })
    ]) {
      await rig
        .db('call_events')
        .insert({ call_id: id, seq, at: new Date(atMs), type, data, to_phase: 'inScheme' })
    }
    const items = itemsOf(await rig.as.operator.get(`/api/calls/${id}/tape`))
    expect(items.map((item) => [item['seq'], item['type'], item['to']])).to.deep.equal([
      [1, 'call.initiated', 'inScheme'],
      [2, 'call.missed', 'inScheme']
    ])
  })

  it('changes what people say of a call through the tape, and audits the names of the fields only', async () => {
    const id = await insertCall(rig.db)
    const change = { note: 'Call back on Monday', tags: ['vip'] }
    const answer = await rig.as.operator.send('PATCH', `/api/calls/${id}`, change)
    expect(answer.body).to.deep.include(change)
    const entry = itemsOf(await rig.as.admin.get(`/api/audit?entityId=${id}`))[0]
    expect(entry).to.deep.include({ action: 'call.change', data: { fields: ['tags', 'note'] } })
    const refused = await rig.as.operator.send('PATCH', `/api/calls/${id}`, { tags: [''] })
    expect(refused.body['code']).to.equal('invalid')
    const open = await insertCall(rig.db, { ended_at: null, outcome: null })
    const during = await rig.as.operator.send('PATCH', `/api/calls/${open}`, change)
    expect(during.body, 'a note in mid-talk').to.deep.include(change)
  })

  it('lets an operator end only the call that they are in', async () => {
    const id = await insertCall(rig.db, { ended_at: null, outcome: null })
    const { operator, supervisor } = rig.as
    expect((await operator.send('POST', `/api/calls/${id}/hangup`)).status).to.equal(403)
    const state = {
      name: 'The operator',
      presence: 'busy',
      chosen: 'available',
      reason: null,
      until: null,
      wrapUpCallId: null,
      owesCode: null,
      isReachable: true,
      devices: [],
      since: new Date().toISOString()
    } as const
    rig.pbx.operatorStates = [{ ...state, userId: operator.userId, callId: id }]
    rig.pbx.say(tapeOf(id)('call.initiated', initiated()))
    expect((await operator.send('POST', `/api/calls/${id}/hangup`)).body).to.deep.equal({ result: 'done' })
    expect((await supervisor.send('POST', `/api/calls/${id}/hangup`)).status).to.equal(200)
    expect(rig.pbx.hungUp).to.deep.equal([id, id])
  })

  describe('and its recordings', () => {
    const audio = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256))

    async function recorded(kind = 'talk', file = true): Promise<{ id: string; url: string }> {
      const recordingId = randomUUID()
      const id = await insertCall(rig.db, {
        recording_id: recordingId,
        recording_state: 'ready',
        recording_seconds: 12.5
      })
      await rig.db('recordings').insert({
        id: recordingId,
        call_id: id,
        leg: '1',
        kind,
        state: file ? 'ready' : 'missing',
        file: recordingId
      })
      if (file) {
        const name = path.join(folder, `${recordingId}.mp3`)
        await writeFile(name, audio)
        rig.files.set(recordingId, await plainAudio(name))
      }
      return { id, url: `/api/calls/${id}/recording` }
    }

    const fetchAs = (cookie: string, url: string, range?: string) =>
      fetch(rig.url + url, { headers: { cookie, ...(range !== undefined && { Range: range }) } })

    it('plays whole and by byte ranges', async () => {
      const { url } = await recorded()
      const { cookie } = rig.as.supervisor
      const whole = await fetchAs(cookie, url)
      expect(whole.status).to.equal(200)
      expect(whole.headers.get('Content-Type')).to.equal('audio/mpeg')
      expect(whole.headers.get('Accept-Ranges')).to.equal('bytes')
      expect(whole.headers.get('Cache-Control')).to.equal('private, no-store')
      expect(Buffer.from(await whole.arrayBuffer()).equals(audio)).to.equal(true)
      const part = await fetchAs(cookie, url, 'bytes=100-199')
      expect(part.status).to.equal(206)
      expect(part.headers.get('Content-Range')).to.equal('bytes 100-199/1000')
      expect(Buffer.from(await part.arrayBuffer()).equals(audio.subarray(100, 200))).to.equal(true)
      expect((await fetchAs(cookie, url, 'bytes=5000-')).status).to.equal(416)
    })

    it('stands in the audit once for each play, however the listener seeks', async () => {
      const { id, url } = await recorded()
      for (const range of ['bytes=500-', 'bytes=0-99', 'bytes=200-299']) {
        await (await fetchAs(rig.as.supervisor.cookie, url, range)).arrayBuffer()
      }
      const plays = itemsOf(await rig.as.admin.get(`/api/audit?entityId=${id}&action=recording.play`))
      expect(plays.map((play) => play['userName'])).to.deep.equal(['The supervisor'])
    })

    it('is heard by an operator only in own calls, and voicemail by every operator', async () => {
      const { operator, marketer } = rig.as
      const foreign = await recorded()
      expect((await operator.get(foreign.url)).status).to.equal(403)
      await rig
        .db('call_legs')
        .insert({ call_id: foreign.id, leg: '1', user_id: operator.userId, started_at: new Date() })
      expect((await operator.get(foreign.url)).status).to.equal(200)
      expect((await operator.get((await recorded('voicemail')).url)).status).to.equal(200)
      expect((await marketer.get(foreign.url)).status).to.equal(403)
      expect((await rig.request('GET', foreign.url)).status).to.equal(401)
    })

    it('is plainly said to be missing, and never found through another call', async () => {
      const { supervisor } = rig.as
      const missing = await supervisor.get((await recorded('talk', false)).url)
      expect(missing.body).to.include({ code: 'recording_not_available', detail: 'Its state is missing.' })
      const here = await recorded()
      const there = await recorded()
      const foreignId = ((await supervisor.get(`/api/calls/${there.id}`)).body['recording'] as { id: string })
        .id
      const mixed = await supervisor.get(`${here.url}?recordingId=${foreignId}`)
      expect(mixed.body).to.include({ code: 'recording_not_available' })
    })
  })

  describe('and its test calls', () => {
    it('are placed once under one Idempotency-Key', async () => {
      const headers = { 'Idempotency-Key': randomUUID() }
      const first = await rig.as.operator.send('POST', '/api/demo/calls', {}, headers)
      const second = await rig.as.operator.send('POST', '/api/demo/calls', {}, headers)
      expect(first.status).to.equal(201)
      expect(second.body).to.deep.equal(first.body)
      expect(placed).to.have.length(1)
    })

    it('say why they could not be placed', async () => {
      const answer = await rig.as.operator.send('POST', '/api/demo/calls', { to: '+0' })
      expect(answer.body).to.include({ code: 'demo_call_failed', detail: 'Nobody answers there' })
    })

    it('belong to the demo, whose presence anybody may ask for', async () => {
      expect((await rig.request('GET', '/api/demo')).body).to.deep.equal({ isDemo: false })
      await rig.db('numbers').insert({ e164: '+74950000001', is_demo: true })
      expect((await rig.request('GET', '/api/demo')).body).to.deep.equal({ isDemo: true })
      const kept = { state: 'loaded', password: 'demo-1234', logins: ['operator'] }
      await rig.db('settings').insert({ key: 'demo', value: kept })
      await rig.db('users').where({ login: 'operator' }).update({ is_demo: true })
      const here = await rig.request('GET', '/api/demo')
      expect(here.body).to.deep.equal({
        isDemo: true,
        password: 'demo-1234',
        logins: [{ login: 'operator', name: 'The operator', role: 'operator' }]
      })
      const elsewhere = await rig.request('GET', '/api/demo', {
        headers: { 'X-Forwarded-For': '203.0.113.7' }
      })
      expect(elsewhere.body).to.deep.equal({ isDemo: true })
      expect((await rig.as.admin.send('DELETE', '/api/demo')).status).to.equal(204)
    })
  })
})
