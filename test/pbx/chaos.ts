import { expect } from 'chai'
import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { JournalCall, JournalCallWithLegs } from '../../api/contract/calls.ts'
import { foldJournal } from '../../pbx/call/journal.ts'
import { createParty, type Party, type PartyOptions } from '../ari/party.ts'
import { loudness } from '../ari/tone.ts'
import { receiver, type Receiver } from '../out/receiver.ts'
import { testHome } from '../support/asterisk-root.ts'
import type { Company, Operator } from '../support/company.ts'
import type { Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'

/** Telephones in the hands of a test, on one instance: they do what they are told at the moment they are told. */
export interface Telephones {
  /** An operator's telephone. */
  at(operator: Operator | undefined, options?: Partial<PartyOptions>): Promise<Party>
  /** A caller's telephone at the carrier. */
  outside(options?: Partial<PartyOptions>): Promise<Party>
  /** Hangs all up. */
  close(): Promise<void>
}

export function telephones(instance: Instance, company: Company): Telephones {
  const server = { host: '127.0.0.1', port: instance.sipPort }
  const open: Party[] = []
  let nextPort = 5400
  async function make(options: PartyOptions): Promise<Party> {
    const party = await createParty(options)
    open.push(party)
    return party
  }
  return {
    at(operator, options = {}) {
      if (!operator) throw new Error('The company has no such operator')
      return make({ host: operator.host, port: operator.port, server, user: 'operator', ...options })
    },
    outside: (options = {}) =>
      make({ host: company.trunkHost, port: (nextPort += 2), server, user: '+79161112233', ...options }),
    async close() {
      for (const party of open.splice(0)) {
        party.hangup()
        await party.close()
      }
    }
  }
}

/** A group of this one operator, for calls whose operator must be certain. */
export async function groupOf(instance: Instance, ...operators: (Operator | undefined)[]): Promise<string> {
  const members = operators.filter((operator) => operator !== undefined)
  const { id } = await instance.api<{ id: string }>('POST', '/api/groups', {
    name: `Only ${members.map(({ name }) => name).join(', ')}`,
    memberIds: members.map((member) => member.id)
  })
  return id
}

/** All rows of the journal with this dialled number; the newest first. */
export async function rowsOf(instance: Instance, number: string): Promise<JournalCall[]> {
  const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
  return items.filter((item) => item.dialedNumber === number)
}

/** The one row of a number that was called once, when the call has ended. */
export async function onlyRow(
  instance: Instance,
  number: string,
  timeoutMs = 20_000
): Promise<JournalCallWithLegs> {
  const [row, ...more] = await until(
    async () => {
      const rows = await rowsOf(instance, number)
      return rows.length > 0 && rows.every((item) => item.endedAt) ? rows : null
    },
    { timeoutMs, what: `the call to ${number} is in the journal`, everyMs: 100 }
  )
  if (!row || more.length > 0) throw new Error(`${more.length + 1} rows for one call to ${number}`)
  return instance.api('GET', `/api/calls/${row.id}`)
}

/** Until the newest call to a number is in a block of this kind, as its tape tells: what is pressed then is heard by it. */
export async function blockBegins(
  instance: Instance,
  company: Company,
  number: string,
  blockType: string
): Promise<void> {
  await until(
    async () => {
      const [row] = await rowsOf(instance, number)
      if (!row) return false
      return (await company.tape(row.id)).some(
        ({ type, data }) =>
          type === 'call.forwarding_step' && data['state'] === 'started' && data['blockType'] === blockType
      )
    },
    { what: `the call to ${number} is in its ${blockType}` }
  )
}

/** A webhook for these events at a receiver of this test. */
export async function subscribe(
  instance: Instance,
  events: readonly string[]
): Promise<Receiver & { id: string; secret: string }> {
  const made = await receiver()
  const { id, secret } = await instance.api<{ id: string; secret: string }>('POST', '/api/webhooks', {
    name: made.url,
    url: made.url,
    events
  })
  return { ...made, id, secret }
}

/** The finished recording of a call, each channel as samples of 8 kHz: the client's, then the operator's. */
export async function recordingOf(instance: Instance, callId: string): Promise<[Int16Array, Int16Array]> {
  await until(
    async () => {
      const { recording } = await instance.api<JournalCallWithLegs>('GET', `/api/calls/${callId}`)
      return recording?.state === 'ready'
    },
    { timeoutMs: 40_000, everyMs: 200, what: 'the recording is ready' }
  )
  const response = await fetch(`${instance.url}/api/calls/${callId}/recording`, {
    headers: await instance.headers()
  })
  const file = path.join(instance.dataDir, `${callId}.mp3`)
  await fs.writeFile(file, Buffer.from(await response.arrayBuffer()))
  const { file: program, args } = (await testHome()).command('sox', [
    ...[file, '-r', '8000', '-e', 'signed', '-b', '16', '-t', 'raw', '-']
  ])
  const { stdout } = await promisify(execFile)(program, args, {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 ** 2
  })
  const frames = Math.floor(stdout.length / 4)
  const side = (offset: number): Int16Array =>
    Int16Array.from({ length: frames }, (_, i) => stdout.readInt16LE(i * 4 + offset))
  return [side(0), side(2)]
}

/**
 * Seconds in which a tone is not there: how many of the sound's pieces of a tenth of a second lack it, its first and
 * last half second left out (connecting and hanging up).
 */
export function holes(samples: Int16Array, hertz: number): number {
  const piece = 800
  let missing = 0
  for (let at = 4000; at + piece <= samples.length - 4000; at += piece) {
    if (loudness(samples.subarray(at, at + piece), hertz) < 0.1) missing += 0.1
  }
  return missing
}

/**
 * Whether a tone reaches a party on the wire. A telephone is up for itself as soon as it has said 200; that the controller
 * has heard of it, and has put the two together, is told by nothing but the other's voice. Who hangs up before that may
 * rightly find the call missed: hear the other first where the outcome matters.
 */
export const hearsTone = (party: Party, hertz: number): boolean => loudness(party.lately(400), hertz) > 0.1

/** The pid of this instance's own Asterisk. */
export async function asteriskPid(instance: Instance): Promise<number> {
  const conf = path.join(instance.dataDir, 'pbx/etc/asterisk.conf')
  for (const name of await fs.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const command = await fs.readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(conf)) return Number(name)
  }
  throw new Error('No Asterisk runs for this instance')
}

/** The pids of this instance's own PostgreSQL, the postmaster first. */
export async function postgresPids(instance: Instance): Promise<number[]> {
  const file = path.join(instance.dataDir, 'postgres/data/postmaster.pid')
  const postmaster = Number((await fs.readFile(file, 'utf8')).split('\n')[0])
  const children = await fs.readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')
  return [postmaster, ...children.trim().split(/\s+/).filter(Boolean).map(Number)]
}

/** What is left in Asterisk: channels and bridges, by id. */
export async function leftInAsterisk(instance: Instance): Promise<string[]> {
  const [channels, bridges] = [
    await instance.asterisk<{ id: string; name: string }[]>('/channels'),
    await instance.asterisk<{ id: string }[]>('/bridges')
  ]
  return [...channels.map(({ name, id }) => `${name} ${id}`), ...bridges.map(({ id }) => `bridge ${id}`)]
}

/** Rebuilds the journal of an ended call from its tape as the API gives it, and compares it with the row and its legs. */
export async function expectJournalOfTape(
  instance: Instance,
  company: Company,
  callId: string
): Promise<void> {
  // What is written between the two reads, such as a recording that is ready, stands in one of them only: read again.
  const { row, tape } = await until(async () => {
    const before = await company.tape(callId)
    const between = await instance.api<JournalCallWithLegs>('GET', `/api/calls/${callId}`)
    const after = await company.tape(callId)
    return before.length === after.length ? { row: between, tape: after } : null
  })
  expect(tape.map((entry) => entry.seq)).to.deep.equal(tape.map((_, index) => index + 1))
  const journal = foldJournal(
    tape.map((entry) => ({
      ...{ callId, seq: entry.seq, atMs: Date.parse(entry.at), type: entry.type },
      ...{ from: null, to: null, data: entry.data, effects: [] }
    }))
  )
  if (!journal) throw new Error(`The tape of ${callId} does not begin with a call`)
  const { call, legs } = journal
  expect({
    ...{ startedAt: row.startedAt, answeredAt: row.answeredAt, endedAt: row.endedAt },
    ...{ outcome: row.outcome, reason: row.reason, hangupBy: row.hangupBy, q850Cause: row.q850Cause },
    ...{ wait: row.waitSeconds, talk: row.talkSeconds, clean: row.cleanTalkSeconds, total: row.totalSeconds },
    ...{ caller: row.callerNumber, dialed: row.dialedNumber, operator: row.operator?.id ?? null },
    ...{ rating: row.rating, pressed: row.pressed, steps: row.steps },
    recording: row.recording && [row.recording.id, row.recording.state, row.recording.seconds]
  }).to.deep.equal({
    ...{ startedAt: call.started_at, answeredAt: call['answered_at'], endedAt: call.ended_at },
    ...{
      outcome: call['outcome'],
      reason: call['reason'],
      hangupBy: call['hangup_by'],
      q850Cause: call['q850_cause']
    },
    ...{
      wait: call['wait_seconds'],
      talk: call['talk_seconds'],
      clean: call['clean_talk_seconds'],
      total: call['total_seconds']
    },
    ...{ caller: call['caller_number'], dialed: call['dialed_number'], operator: call['operator_id'] },
    ...{ rating: call['rating'], pressed: call['pressed'], steps: call.steps },
    recording: call['recording_id'] && [
      call['recording_id'],
      call['recording_state'],
      call['recording_seconds']
    ]
  })
  expect(
    row.legs.map((leg) => [
      leg.leg,
      leg.userId,
      leg.startedAt,
      leg.answeredAt,
      leg.endedAt,
      leg.result,
      leg.q850Cause
    ])
  ).to.deep.equal(
    legs.map((leg) => [
      leg.leg,
      leg.user_id,
      leg.started_at,
      leg.answered_at,
      leg.ended_at,
      leg.result,
      leg.q850_cause
    ])
  )
}
