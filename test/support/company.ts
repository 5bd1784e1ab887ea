import type { Scheme } from '../../ivr/scheme.ts'
import type { JournalCall, JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import type { Instance } from './instance.ts'
import { sipp, type Sipp, type SippOptions } from './sipp.ts'
import { until } from './until.ts'

export interface Operator {
  id: string
  name: string
  host: string
  port: number
}

/** A small company on a test instance: a trunk, operators with SIPp for phones, a group, a source and numbers. */
export interface Company {
  operators: Operator[]
  groupId: string
  sourceId: string
  trunkHost: string
  /** Adds a number that runs this scheme. */
  number(e164: string, scheme: Scheme): Promise<void>
  /** A caller at the trunk. */
  caller(to: string, options: Omit<SippOptions, 'host' | 'port' | 'target' | 'service'>): Promise<Sipp>
  /** Puts an operator's phone on the table. */
  phone(operator: Operator, options: Omit<SippOptions, 'host' | 'port'>): Promise<Sipp>
  /** The journal row of the last call to a number, once it has ended. */
  ended(to: string): Promise<JournalCallWithLegs>
  tape(callId: string): Promise<TapeEntry[]>
  /** Ends every party that still runs, and waits until no call is left here, and no channel and no bridge in Asterisk. */
  clear(): Promise<void>
  /** The newest call with its tape, for a person who reads why a test failed. */
  account(): Promise<string>
}

/** Addresses of the parties; each test file takes its own `lane`, so that files could run side by side. */
export async function foundCompany(instance: Instance, lane: number, operatorCount = 2): Promise<Company> {
  const trunkHost = `127.0.${lane}.3`
  const phoneHost = `127.0.${lane}.4`
  let nextPort = 5100
  let numberCount = 0
  const { id: trunkId } = await instance.api<{ id: string }>('POST', '/api/trunks', {
    name: 'Carrier',
    kind: 'address',
    host: trunkHost
  })
  // Tests follow one another at once: whoever has just talked, or was rung in vain, is rung again.
  await instance.api('PATCH', '/api/operator-settings', { wrapUpSeconds: 0, autoPauseAfter: 0 })
  const operators: Operator[] = []
  for (let index = 0; index < operatorCount; index += 1) {
    const name = ['Anna', 'Boris', 'Vera', 'Gleb', 'Dina'][index] ?? `Operator ${index}`
    const port = 5070 + index
    const { id } = await instance.api<{ id: string }>('POST', '/api/users', {
      login: `op${index}`,
      name,
      role: 'operator',
      password: 'an-operator-password',
      device: 'sip',
      sipAddress: `sip:op${index}@${phoneHost}:${port}`
    })
    await instance.api('PATCH', `/api/users/${id}`, { presence: 'available' })
    operators.push({ id, name, host: phoneHost, port })
  }
  const { id: groupId } = await instance.api<{ id: string }>('POST', '/api/groups', {
    name: 'Sales',
    memberIds: operators.map((operator) => operator.id)
  })
  const { id: sourceId } = await instance.api<{ id: string }>('POST', '/api/sources', {
    name: 'Yandex.Direct',
    inquiryChannel: 'paid',
    medium: 'cpc',
    campaign: 'windows',
    keyword: 'buy windows'
  })

  const parties: Sipp[] = []
  async function party(options: SippOptions): Promise<Sipp> {
    const started = await sipp(options)
    parties.push(started)
    return started
  }

  return {
    operators,
    groupId,
    sourceId,
    trunkHost,
    async number(e164, scheme) {
      const made = await instance.api<{ id: string }>('POST', '/api/schemes', {
        name: `For ${e164}`,
        draft: scheme
      })
      await instance.api('POST', `/api/schemes/${made.id}/publish`)
      await instance.api('POST', '/api/numbers', {
        e164,
        label: 'Site header',
        sourceId,
        trunkId,
        schemeId: made.id
      })
      numberCount += 1
      const count = numberCount
      await until(
        async () => {
          const text = await (await fetch(`${instance.url}/metrics`)).text()
          return Number(/^pbx_routed_numbers (\d+)$/m.exec(text)?.[1]) >= count
        },
        { what: `calls to ${e164} have a route` }
      )
      await until(
        async () => {
          const health = await instance.api<{ checks: { trunks: { status: string } } }>('GET', '/api/health')
          return health.checks.trunks.status === 'ok'
        },
        { what: 'trunks are with Asterisk' }
      )
    },
    caller: (to, options) =>
      party({
        ...options,
        host: trunkHost,
        port: (nextPort += 2),
        target: `127.0.0.1:${instance.sipPort}`,
        service: to
      }),
    phone: (operator, options) => party({ ...options, host: operator.host, port: operator.port }),
    async ended(to) {
      const row = await until(
        async () => {
          const page = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
          const call = page.items.find((item) => item.dialedNumber === to)
          return call?.endedAt ? call : null
        },
        // A rating that nobody gives takes twelve seconds of it.
        { timeoutMs: 30_000, what: `the call to ${to} is in the journal` }
      )
      return instance.api('GET', `/api/calls/${row.id}`)
    },
    tape: async (callId) =>
      (await instance.api<{ items: TapeEntry[] }>('GET', `/api/calls/${callId}/tape`)).items,
    async clear() {
      for (const one of parties.splice(0)) await one.stop()
      const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=100')
      for (const call of items) if (!call.endedAt) await instance.api('POST', `/api/calls/${call.id}/hangup`)
      await until(async () => /^pbx_calls 0$/m.test(await (await fetch(`${instance.url}/metrics`)).text()), {
        timeoutMs: 30_000,
        what: 'no call is left'
      })
    },
    async account() {
      const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=1')
      if (!items[0]) return 'no call at all'
      const { items: rows } = await instance.api<{ items: TapeEntry[] }>(
        'GET',
        `/api/calls/${items[0].id}/tape`
      )
      return rows
        .map(
          (row) =>
            `${row.at} ${row.type} ${JSON.stringify(row.data)} → ${row.effects.map((effect) => String(effect['do'])).join()}`
        )
        .join('\n')
    }
  }
}

/** Straight to the group, then the rating; nobody free → the given block or the end. */
export function ringScheme(groupId: string, settings: Record<string, unknown> = {}): Scheme {
  return {
    locale: 'ru',
    start: 'sales',
    blocks: {
      sales: {
        type: 'ring',
        settings: {
          assignedFirst: true,
          groupId,
          strategy: 'roundRobin',
          ringSeconds: 5,
          rounds: 1,
          record: true,
          ...settings
        },
        exits: { talked: 'rate', noAnswer: null }
      },
      rate: { type: 'rating', settings: {}, exits: { next: null } }
    }
  }
}
