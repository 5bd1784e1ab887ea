import { expect } from 'chai'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import type { Device, Provisioning } from '../../api/contract/operators.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { groupOf, onlyRow } from '../pbx/chaos.ts'
import { foundCompany, type Company, type Operator } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import type { Dialog, DialogOptions } from './dialog.ts'
import type { SdpOptions } from './message.ts'
import { createPeer, type Peer, type PeerOptions } from './peer.ts'

/** A company whose scenarios run all at once: each takes a desk of its own, and nobody else's calls ring there. */
export interface Office {
  readonly instance: Instance
  readonly company: Company
  /** The next operators who have no desk yet, alone in a group with a number of its own. */
  desk(options?: DeskOptions): Promise<Desk>
  /** Somebody at the carrier. */
  outside(options?: Partial<PeerOptions>): Promise<Peer>
  /** The carrier that our calls to outside numbers reach; it waits for the test to act. */
  carrier(options?: Partial<PeerOptions>): Promise<Peer>
  /** The one row of a number's only call, once it has ended and Asterisk holds nothing of it any more. */
  ended(number: string, timeoutMs?: number): Promise<JournalCallWithLegs>
  /** Until what is said in a number's running call lies in a file: a talk of a tenth of a second leaves nothing. */
  recorded(number: string): Promise<void>
  /** The moments of a call: those of its legs and talks, in order. */
  moments(callId: string): Promise<TapeEntry[]>
  /** Sets fields of an object in Asterisk past the controller, to make a time short. */
  patch(type: string, id: string, fields: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export interface DeskOptions {
  operators?: number
  /** Of the ring block. */
  ring?: Record<string, unknown>
  /** Instead of ringing the group. */
  blocks?: Scheme['blocks'] | ((groupId: string, operators: readonly Operator[]) => Promise<Scheme['blocks']>)
  phone?: Partial<PeerOptions>
}

export interface Desk {
  number: string
  groupId: string
  operators: Operator[]
  /** Their short numbers, in the same order. */
  extensions: string[]
  phones: Peer[]
  phone: Peer
}

export async function openOffice(
  base: number,
  lane: number,
  operatorCount: number,
  env: Record<string, string> = {}
): Promise<Office> {
  const instance = await startInstance(base, env)
  const company = await foundCompany(instance, lane, operatorCount).catch(async (error: unknown) => {
    await instance.stop()
    throw error
  })
  const server = { host: '127.0.0.1', port: instance.sipPort }
  const free = [...company.operators]
  const peers: Peer[] = []
  let nextPort = 6000
  let nextNumber = 1
  let nextExtension = 201
  async function peer(options: PeerOptions): Promise<Peer> {
    const made = await createPeer(options)
    peers.push(made)
    return made
  }

  return {
    instance,
    company,
    async desk({ operators: count = 1, ring = {}, blocks, phone = {} } = {}) {
      const operators = free.splice(0, count)
      if (operators.length < count) throw new Error('The office has too few operators')
      const number = `+74957${String(nextNumber++).padStart(6, '0')}`
      const phones = await Promise.all(
        operators.map(async (operator, index) => {
          const { host, port } = operator
          const { user, secret } = await accountOf(instance, operator.id)
          const dialog = { hertz: tones[index] ?? 1000 }
          return peer({ host, port, server, user, password: secret, dialog, ...phone })
        })
      )
      // Before the number: who waits for the number's route waits for these too.
      const extensions = operators.map(() => String(nextExtension++))
      for (const [index, extension] of extensions.entries())
        await instance.api('PATCH', `/api/users/${operators[index]?.id ?? ''}`, { extension })
      const groupId = count === 0 ? '' : await groupOf(instance, ...operators)
      await company.number(number, {
        locale: 'ru',
        start: 'first',
        blocks: (typeof blocks === 'function' ? await blocks(groupId, operators) : blocks) ?? {
          first: {
            type: 'ring',
            settings: {
              ...{ assignedFirst: false, groupId, strategy: 'roundRobin', ringSeconds: 10, rounds: 1 },
              ...ring
            },
            exits: { talked: null, noAnswer: null }
          }
        }
      })
      const [first] = phones
      return {
        number,
        groupId,
        operators,
        extensions,
        phones,
        get phone() {
          if (!first) throw new Error('Nobody sits at this desk')
          return first
        }
      }
    },
    carrier: (options = {}) =>
      peer({
        host: company.trunkHost,
        port: 5060,
        server,
        user: 'carrier',
        dialog: { hertz: 600 },
        ...options
      }),
    outside: (options = {}) =>
      peer({ host: company.trunkHost, port: (nextPort += 2), server, user: '+79161112233', ...options }),
    async ended(number, timeoutMs = 20_000) {
      const call = await onlyRow(instance, number, timeoutMs)
      await until(
        async () => {
          const channels = await instance.asterisk<{ id: string }[]>('/channels')
          const bridges = await instance.asterisk<{ id: string }[]>('/bridges')
          const isOfCall = (id: string): boolean => id.includes(call.id) || id === call.pbxUniqueId
          return ![...channels, ...bridges].some(({ id }) => isOfCall(id))
        },
        { timeoutMs: 5000, everyMs: 100, what: `Asterisk holds nothing of the call to ${number}` }
      )
      const ids = new Set(call.legs.map((leg) => leg.userId))
      await until(
        async () => {
          const { items } = await instance.api<{ items: { id: string; presence: string }[] }>(
            'GET',
            '/api/users?limit=100'
          )
          return !items.some((user) => ids.has(user.id) && user.presence === 'busy')
        },
        { timeoutMs: 5000, everyMs: 100, what: `the operators of the call to ${number} are free` }
      )
      return call
    },
    async recorded(number) {
      const sizeOf = (name: string): Promise<number> =>
        fs.stat(path.join(instance.dataDir, 'recordings', name)).then(
          ({ size }) => size,
          () => 0
        )
      await until(
        async () => {
          const { items } = await instance.api<{ items: JournalCallWithLegs[] }>(
            'GET',
            '/api/calls?limit=100'
          )
          const call = items.find(({ dialedNumber }) => dialedNumber === number)
          if (!call) return false
          const { legs } = await instance.api<JournalCallWithLegs>('GET', `/api/calls/${call.id}`)
          const running = legs.filter((leg) => leg.answeredAt !== null && leg.endedAt === null)
          const sides = running.flatMap(({ recordingId }) =>
            ['in', 'out'].map((side) => `${recordingId ?? ''}-${side}.wav`)
          )
          const sizes = await Promise.all(sides.map(sizeOf))
          return sizes.length > 0 && sizes.every((size) => size > leastBytes)
        },
        { what: `the talk to ${number} is being recorded`, everyMs: 100 }
      )
    },
    moments: (callId) => company.tape(callId),
    async patch(type, id, fields) {
      const file = path.join(instance.dataDir, 'instance.json')
      const { ariPassword } = JSON.parse(await fs.readFile(file, 'utf8')) as { ariPassword: string }
      const url = `http://127.0.0.1:${instance.ports.ari}/ari/asterisk/config/dynamic/res_pjsip/${type}/${id}`
      const headers = {
        authorization: `Basic ${Buffer.from(`ringtrace:${ariPassword}`).toString('base64')}`,
        'content-type': 'application/json'
      }
      const current = (await (await fetch(url, { headers })).json()) as { attribute: string; value: string }[]
      const merged = new Map(current.map(({ attribute, value }) => [attribute, value]))
      for (const [attribute, value] of Object.entries(fields)) merged.set(attribute, value)
      const body = { fields: [...merged].map(([attribute, value]) => ({ attribute, value })) }
      const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })
      expect(response.status, `${type} ${id} is changed`).to.be.oneOf([200, 204])
    },
    async close() {
      for (const one of peers.splice(0)) await one.close()
      await instance.stop()
    }
  }
}

/** Of a raw file with something in it: the header, and half a second of 16 bits at 8 kHz. */
const leastBytes = 44 + 8000

/** What each operator of a desk says. */
const tones = [1000, 1500, 2000]

/** The SIP account of an operator's telephone. */
async function accountOf(instance: Instance, userId: string): Promise<{ user: string; secret: string }> {
  const { items } = await instance.api<{ items: Device[] }>('GET', `/api/devices?userId=${userId}`)
  const device = items.find((one) => one.kind === 'sip')
  if (!device) throw new Error('The operator has no SIP phone')
  return instance.api<Provisioning>('GET', `/api/devices/${device.id}/provisioning`)
}

/** Scenarios that do not disturb each other run all at once; each is a test of its own. */
export function atOnce(scenarios: Record<string, () => Promise<void>>): void {
  const running = new Map<string, Promise<void>>()
  before('they all begin', () => {
    for (const [title, scenario] of Object.entries(scenarios)) {
      const done = scenario()
      // Whoever awaits it in its own test sees how it went.
      done.catch(() => undefined)
      running.set(title, done)
    }
  })
  for (const title of Object.keys(scenarios)) it(title, () => running.get(title))
}

/** A caller and an operator in a talk. */
export async function talking(
  office: Office,
  options: { desk?: DeskOptions; caller?: DialogOptions; operator?: Partial<SdpOptions> } = {}
): Promise<{ desk: Desk; caller: Dialog; operator: Dialog }> {
  const desk = await office.desk(options.desk)
  const caller = await (await office.outside()).call(desk.number, options.caller)
  const operator = await desk.phone.incoming()
  operator.ring()
  operator.answer(options.operator)
  expect(await caller.final()).to.equal(200)
  await bothHear(caller, operator)
  return { desk, caller, operator }
}

/** Two parties that talk: each hears the other's tone, and not its own. */
export async function bothHear(
  caller: Dialog,
  operator: Dialog,
  callerHz = 440,
  operatorHz = 1000
): Promise<void> {
  await until(() => caller.media.heard(operatorHz) > 0.1 && operator.media.heard(callerHz) > 0.1, {
    what: 'both hear each other'
  })
  expect(caller.media.heard(callerHz), 'the caller hears no echo').to.be.lessThan(0.05)
  expect(operator.media.heard(operatorHz), 'the operator hears no echo').to.be.lessThan(0.05)
}
