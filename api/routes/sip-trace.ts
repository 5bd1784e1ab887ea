import type { Knex } from 'knex'
import type { z } from 'zod'
import { ladderOf, type Ladder } from '../../pbx/trace/ladder.ts'
import type { SipCopy, TraceTrunk } from '../../pbx/trace/types.ts'
import type { TrunkTest } from '../../pbx/trace/trunk-test.ts'
import { audit, type AuditEntry } from '../audit.ts'
import type { sipLadder } from '../contract/sip-trace.ts'
import {
  callTrace,
  switchCallTrace,
  switchTrace,
  traceSwitch,
  trunkTest,
  trunkTrace
} from '../contract/sip-trace.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Context, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'

type Switch = z.output<typeof traceSwitch>
type Key = { trunk_id: string } | { call_id: string } | { number: string }

/** What was said in SIP with carriers and telephones, tests of trunks, and the switches that keep it. */
export const sipTraceRoutes = ({ db, sipTrace = null }: ApiDeps): Endpoint[] => {
  const trace = () => {
    if (!sipTrace) throw new ApiError('sip_trace_off')
    return sipTrace
  }

  /** Sets a switch, with its audit row, and lets the running part know. */
  async function turnOn(context: Context, key: Key, minutes: number, entry: AuditEntry): Promise<Switch> {
    const kept = trace()
    const row = {
      ...key,
      until: new Date(Date.now() + minutes * 60_000),
      created_by: context.who.userId
    }
    const [column = ''] = Object.keys(key)
    await db.transaction(async (trx) => {
      await trx('trace_switches').insert(row).onConflict(column).merge(['until', 'created_by'])
      await audit(trx, context, entry)
    })
    await kept.reload()
    return given(await switchOf(db, key))
  }

  /** Ends switches, all of them or none, with one audit row. */
  async function turnOff(context: Context, keys: readonly Key[], entry: AuditEntry): Promise<void> {
    const kept = trace()
    await db.transaction(async (trx) => {
      for (const key of keys) await trx('trace_switches').where(key).delete()
      await audit(trx, context, entry)
    })
    await kept.reload()
  }

  return [
    endpoint({
      route: 'GET /api/trunks/:id/trace',
      summary: 'SIP messages of a trunk’s last registration and last test, and what they mean',
      answer: trunkTrace,
      async handle({ id }) {
        const trunk = trunkOf(await findRow(db, 'trunks', id))
        const nowMs = Date.now()
        const registration = (await sipTrace?.registration(trunk)) ?? []
        const test = (await sipTrace?.test(id)) ?? null
        return {
          isListening: sipTrace?.isListening ?? false,
          registration: registration.length === 0 ? null : ofTrunk(trunk, registration, nowMs),
          test: test && testOf(trunk, test, nowMs),
          switch: await switchOf(db, { trunk_id: id })
        }
      }
    }),
    endpoint({
      route: 'POST /api/trunks/:id/test',
      summary:
        'Ask a trunk’s carrier for a sign of life (OPTIONS) and register anew, at once; read how it goes from the trace',
      answer: trunkTest,
      status: 202,
      async handle(context) {
        const trunk = trunkOf(await findRow(db, 'trunks', context.id))
        const test = await trace().startTest(trunk)
        await audit(db, context, {
          action: 'trunk.test',
          entity: 'trunk',
          entityId: context.id,
          data: { name: trunk.name }
        })
        return testOf(trunk, test, Date.now())
      }
    }),
    endpoint({
      route: 'PUT /api/trunks/:id/trace',
      summary: 'Keep the SIP messages of a trunk’s calls for some time, a day at most',
      body: switchTrace,
      answer: traceSwitch,
      async handle(context) {
        const { minutes } = context.body
        const { name } = trunkOf(await findRow(db, 'trunks', context.id))
        const entry = {
          action: 'trunk_trace.create',
          entity: 'trunk',
          entityId: context.id,
          data: { name, minutes }
        }
        return turnOn(context, { trunk_id: context.id }, minutes, entry)
      }
    }),
    endpoint({
      route: 'DELETE /api/trunks/:id/trace',
      summary: 'Keep the SIP messages of a trunk’s calls no longer; what was kept stays',
      async handle(context) {
        const { name } = trunkOf(await findRow(db, 'trunks', context.id))
        const entry = { action: 'trunk_trace.delete', entity: 'trunk', entityId: context.id, data: { name } }
        await turnOff(context, [{ trunk_id: context.id }], entry)
      }
    }),
    endpoint({
      route: 'GET /api/calls/:id/trace',
      summary: 'SIP messages of a call, where they were kept or are still in memory, and what they mean',
      answer: callTrace,
      async handle({ id }) {
        const call = await callOf(db, id)
        const copies = (await sipTrace?.ofCall(id)) ?? []
        return {
          isListening: sipTrace?.isListening ?? false,
          ladder: copies.length === 0 ? null : await named(db, ladderOf(copies, endOf(call))),
          call: await switchOf(db, { call_id: id }),
          number: call.number === null ? null : await switchOf(db, { number: call.number })
        }
      }
    }),
    endpoint({
      route: 'PUT /api/calls/:id/trace',
      summary: 'Keep the SIP messages of a call in progress, or of the next calls with its client',
      body: switchCallTrace,
      answer: traceSwitch,
      async handle(context) {
        const { minutes, scope } = context.body
        const call = await callOf(db, context.id)
        if (scope === 'call' && call.endedAt !== null) throw new ApiError('call_ended')
        if (scope === 'number' && call.number === null) {
          throw new ApiError('bad_number', { detail: 'The client of this call hides the number.' })
        }
        const key = scope === 'call' ? { call_id: context.id } : { number: call.number ?? '' }
        const entry = {
          action: 'call.trace_on',
          entity: 'call',
          entityId: context.id,
          data: { scope, minutes }
        }
        return turnOn(context, key, minutes, entry)
      }
    }),
    endpoint({
      route: 'DELETE /api/calls/:id/trace',
      summary: 'Keep the SIP messages of a call and of its client’s calls no longer; what was kept stays',
      async handle(context) {
        const { number } = await callOf(db, context.id)
        const entry = { action: 'call.trace_off', entity: 'call', entityId: context.id }
        const keys = [{ call_id: context.id }, ...(number === null ? [] : [{ number }])]
        await turnOff(context, keys, entry)
      }
    })
  ]
}

/** A row of `trunks` as the trace must know it. */
export const trunkOf = (row: Row): TraceTrunk => ({
  id: String(row['id']),
  endpoint: String(row['sip_endpoint']),
  name: String(row['name']),
  kind: row['kind'] === 'registration' ? 'registration' : 'address',
  host: String(row['host']),
  port: Number(row['port']),
  username: typeof row['username'] === 'string' ? row['username'] : null,
  isActive: row['is_active'] === true
})

interface TracedCall {
  number: string | null
  endedAt: Date | null
}

/** The client's number and the end of a call; one that has just begun may have no row yet, and is none. */
async function callOf(db: Knex, id: string): Promise<TracedCall> {
  const row = await findRow(db, 'calls', id)
  const number = row['caller_number']
  const endedAt = row['ended_at']
  return {
    number: typeof number === 'string' && number !== '' ? number : null,
    endedAt: endedAt instanceof Date ? endedAt : null
  }
}

/** After its end a call has had the time in which answers come. */
const endOf = ({ endedAt }: TracedCall): number =>
  endedAt ? Math.max(Date.now(), endedAt.getTime() + 32_000) : Date.now()

async function switchOf(db: Knex, key: Key): Promise<Switch | null> {
  const row = await db('trace_switches as s')
    .leftJoin('users as u', 'u.id', 's.created_by')
    .where(key)
    .where('s.until', '>', new Date())
    .first<{ until: Date; by: string | null } | undefined>('s.until', 'u.name as by')
  return row ? { until: row.until.toISOString(), by: row.by } : null
}

function given(found: Switch | null): Switch {
  if (!found) throw new Error('The switch was not set')
  return found
}

type LadderAnswer = z.output<typeof sipLadder>

/** A ladder of one trunk, whose name is known. */
function ofTrunk(trunk: TraceTrunk, copies: readonly SipCopy[], nowMs: number): LadderAnswer {
  return answerOf(ladderOf(copies, nowMs, trunk.endpoint), () => ({ kind: 'trunk', name: trunk.name }))
}

function testOf(trunk: TraceTrunk, test: TrunkTest, nowMs: number): z.output<typeof trunkTest> {
  return {
    startedAt: new Date(test.startedMs).toISOString(),
    endedAt: test.endedMs === null ? null : new Date(test.endedMs).toISOString(),
    state: test.state,
    steps: test.steps,
    problem: test.problem,
    addresses: test.addresses,
    ladder: ofTrunk(trunk, test.messages, test.endedMs ?? nowMs)
  }
}

type Named = Pick<LadderAnswer['parties'][number], 'kind' | 'name'>

/** Names the parties by the trunks and the telephones behind their endpoints. */
async function named(db: Knex, ladder: Ladder): Promise<LadderAnswer> {
  const endpoints = ladder.parties.flatMap(({ endpoint }) => endpoint ?? [])
  const names = new Map<string, Named>()
  const trunks = await db('trunks')
    .whereIn('sip_endpoint', endpoints)
    .select<{ endpoint: string; name: string }[]>('sip_endpoint as endpoint', 'name')
  const phones = await db('devices as d')
    .join('users as u', 'u.id', 'd.user_id')
    .whereIn('d.sip_user', endpoints)
    .select<{ endpoint: string; name: string }[]>('d.sip_user as endpoint', 'u.name as name')
  for (const { endpoint, name } of trunks) names.set(endpoint, { kind: 'trunk', name })
  for (const { endpoint, name } of phones) names.set(endpoint, { kind: 'operator', name })
  return answerOf(ladder, (endpoint) => names.get(endpoint) ?? { kind: 'outside', name: null })
}

/** Without the names that Asterisk has for trunks: see migration 0007. */
function answerOf(ladder: Ladder, nameOf: (endpoint: string) => Named): LadderAnswer {
  return {
    parties: ladder.parties.map(({ id, endpoint, address }) => ({
      id,
      address,
      ...(endpoint === null ? { kind: 'outside' as const, name: null } : nameOf(endpoint))
    })),
    messages: ladder.messages.map(({ atMs, ...message }) => ({
      ...{ partyId: message.partyId, direction: message.direction, transport: message.transport },
      ...{ local: message.local, remote: message.remote, dialog: message.dialog, method: message.method },
      ...{ status: message.status, reason: message.reason, isRepeat: message.isRepeat },
      ...{ codecs: message.codecs, text: message.text },
      at: new Date(atMs).toISOString()
    })),
    findings: ladder.findings
  }
}
