import { execFileSync } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import { ringScheme } from '../support/company.ts'
import { testHome } from '../support/asterisk-root.ts'
import { soundInfo, tonesIn } from '../support/sound.ts'
import { until } from '../support/until.ts'
import { loudness } from '../ari/tone.ts'
import { rowsOf } from '../pbx/chaos.ts'
import { hears, openOffice, tones, type Office } from '../pbx/office.ts'

const bytesPerSecond = 16_000

/** Calls through everything that is said to callers, and what is left of each answered leg. */
describe('recordings of calls with several legs', function () {
  this.timeout(90_000)
  let office: Office

  before(async function () {
    this.timeout(120_000)
    office = await openOffice(29_600, 45)
  })
  after(() => office.close())
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await office.company.account())
    await office.clear()
  })

  /** The call, once every answered leg has its file. */
  const finished = (id: string): Promise<JournalCallWithLegs> =>
    until(
      async () => {
        const call = await office.instance.api<JournalCallWithLegs>('GET', `/api/calls/${id}`)
        const answered = call.legs.filter(({ result }) => result === 'answered')
        const isDone = answered.every(
          ({ recordingState }) => recordingState !== null && recordingState !== 'processing'
        )
        return call.endedAt !== null && isDone ? call : null
      },
      { timeoutMs: 45_000, what: 'the recordings are finished' }
    )
  async function fetched(id: string, leg: string): Promise<string> {
    const headers = await office.instance.headers()
    const response = await fetch(`${office.instance.url}/api/calls/${id}/recording?leg=${leg}`, { headers })
    expect(response.status, leg).to.equal(200)
    const file = path.join(office.instance.dataDir, `${leg}.mp3`)
    await writeFile(file, Buffer.from(await response.arrayBuffer()))
    return file
  }
  /** Waits until a leg that is talking now has recorded so many more seconds. */
  async function grown(id: string, leg: string, seconds: number): Promise<void> {
    const { recordingId } = await until(async () => {
      const tape = await office.company.tape(id)
      return tape
        .map(({ data }) => data as { leg?: string; recordingId?: string })
        .find((data) => data.leg === leg && typeof data.recordingId === 'string')
    })
    const file = path.join(office.instance.dataDir, 'recordings', `${recordingId}-in.wav`)
    const size = (): Promise<number> =>
      stat(file).then(
        (found) => found.size,
        () => 0
      )
    const before = await size()
    await until(async () => (await size()) > before + seconds * bytesPerSecond, {
      what: `${leg} has recorded on`
    })
  }

  it('a talk that is given on warmly leaves one file for each operator, each as long as its part', async () => {
    const { id, client } = await office.talk('+74951450001')
    await grown(id, 'op1', 4)
    const boris = await office.desk(office.boris, { manner: 'answer' })
    const target = { kind: 'user', userId: office.boris.id }
    await office.as(office.anna, 'POST', `/api/calls/${id}/transfer`, { mode: 'warm', note: null, target })
    await hears(boris, { anna: true })
    await office.as(office.anna, 'POST', `/api/calls/${id}/complete-transfer`)
    await hears(client, { boris: true, anna: false })
    await grown(id, 'op2', 4)
    client.hangup()
    const { legs, recording } = await finished(id)
    expect(
      legs.map(({ leg, recordingState, recordingError }) => [leg, recordingState, recordingError])
    ).to.deep.equal([
      ['op1', 'ready', null],
      ['op2', 'ready', null]
    ])
    expect(recording?.state).to.equal('ready')
    for (const [leg, voice] of [
      ['op1', tones.anna],
      ['op2', tones.boris]
    ] as const) {
      const row = legs.find((found) => found.leg === leg)
      const talked = (Date.parse(row?.endedAt ?? '') - Date.parse(row?.answeredAt ?? '')) / 1000
      const file = await fetched(id, leg)
      const { channels, seconds } = await soundInfo(file)
      expect([channels, Math.abs(seconds - talked) < 1 + talked * 0.02], leg).to.deep.equal([2, true])
      // The file itself is a little longer: MP3 begins and ends with filling.
      expect(row?.recordingSeconds).to.be.closeTo(seconds, 0.35)
      const [left = {}, right = {}] = await tonesIn(file, [tones.client, voice])
      expect(left[tones.client], `${leg}: the client on the left`).to.be.above(0.1)
      expect(right[voice], `${leg}: the operator on the right`).to.be.above(0.1)
      expect(right[tones.client], `${leg}: the client on the right`).to.be.below(0.02)
    }
    const none = await fetch(`${office.instance.url}/api/calls/${id}/recording?leg=op9`, {
      headers: await office.instance.headers()
    })
    expect(none.status).to.equal(404)
  })

  it('a number outside is recorded too, from its answer', async () => {
    const { id, client } = await office.talk('+74951450001')
    const outside = await office.outside()
    const target = { kind: 'external', number: '+79035550101' }
    await office.as(office.anna, 'POST', `/api/calls/${id}/transfer`, { mode: 'blind', note: null, target })
    await hears(client, { outside: true, anna: false })
    await grown(id, 'ext2', 4)
    outside.hangup()
    const { legs } = await finished(id)
    const leg = legs.find((found) => found.leg === 'ext2')
    expect(leg).to.include({ recordingState: 'ready', recordingError: null })
    const [left = {}, right = {}] = await tonesIn(await fetched(id, 'ext2'), [tones.client, tones.outside])
    expect(left[tones.client]).to.be.above(0.1)
    expect(right[tones.outside]).to.be.above(0.1)
  })

  it('a caller hears a spoken text and an uploaded prompt at once, then ringing, and the talk is whole', async () => {
    const { instance, company } = office
    const file = path.join(instance.dataDir, 'prompt.wav')
    const shape = ['-n', '-r', '16000', '-c', '1', '-b', '16', file, 'synth', '1.5', 'sine', '1900']
    const call = (await testHome()).command('sox', shape)
    execFileSync(call.file, call.args)
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(await readFile(file))]), 'Обед.wav')
    const answer = await fetch(`${instance.url}/api/prompts`, {
      method: 'POST',
      headers: await instance.headers(),
      body: form
    })
    const { sound } = (await answer.json()) as { sound: string }
    const ring = ringScheme(company.groupId, { strategy: 'ringAll', ringSeconds: 20 })
    await company.number('+74951450002', {
      ...ring,
      start: 'say',
      blocks: {
        ...ring.blocks,
        say: {
          type: 'announce',
          settings: { say: [{ sound }, { text: 'Соединяем с отделом продаж' }] },
          exits: { next: 'sales' }
        }
      }
    })
    const anna = await office.desk(office.anna)
    const client = await office.outside({ toneHz: tones.client })
    expect(await client.call('+74951450002')).to.equal(200)
    await until(() => loudness(client.lately(600), 1900) > 0.05, { what: 'the prompt is heard' })
    await hears(client, { anna: true })
    await hears(anna, { client: true })
    const { id } = (await rowsOf(instance, '+74951450002')).find((row) => !row.endedAt) ?? { id: '' }
    await grown(id, 'op1', 3)
    client.hangup()
    const { legs } = await finished(id)
    expect(legs[0]).to.include({ recordingState: 'ready', recordingError: null })
    const [left = {}, right = {}] = await tonesIn(await fetched(id, 'op1'), [tones.client, tones.anna])
    expect(left[tones.client]).to.be.above(0.2)
    expect(right[tones.anna]).to.be.above(0.2)
    const used = await fetch(`${instance.url}/api/${sound}`, {
      method: 'DELETE',
      headers: await instance.headers()
    })
    expect([used.status, ((await used.json()) as { code: string }).code]).to.deep.equal([409, 'in_use'])
  })
})
