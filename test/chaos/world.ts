import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Webhook } from 'standardwebhooks'
import { webhookEvents } from '../../pbx/call/moments.ts'
import type { Party } from '../ari/party.ts'
import { receiver, type Receiver } from '../out/receiver.ts'
import { groupOf, telephones, type Telephones } from '../pbx/chaos.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { openLoad, type Load } from './load.ts'
import { openPanel, type Panel } from './panel.ts'
import { openDatabasePipe, openPipe, type Pipe } from './pipe.ts'

/** A whole Ringtrace with its surroundings, each of which can be broken. */
export interface World {
  instance: Instance
  company: Company
  load: Load
  /** Two receivers of webhooks; the second is known by its name. */
  hooks: Hook[]
  panel: Panel
  /** The way to PostgreSQL, and a panel's way to the web port. */
  pipes: { postgres: Pipe; panel: Pipe }
  /** Two people who talk by tones for as long as they are let. */
  witnesses(): Promise<Witnesses>
  close(): Promise<void>
}

export interface Hook extends Receiver {
  name: string
  /**
   * Throws when the signature is not right.
   * @param mayBeOfOtherDay the sender's clock was set: its stamp may be one that a receiver would not take
   */
  verify(got: Receiver['received'][number], mayBeOfOtherDay?: boolean): void
}

export interface Witnesses {
  number: string
  client: Party
  operator: Party
  /** Puts both telephones away. */
  leave(): Promise<void>
}

export interface WorldOptions {
  base: number
  lane: number
  /** As the product would get it: a unix socket. */
  databaseUrl: string
  talkMs: number
  operators: number
  /** A name that leads to this machine; its address otherwise. */
  hookName?: string
  /** Where SIPp keeps its logs: not on a disk that is filled. */
  logs?: string
  /** Seconds before each attempt of a webhook. */
  pauses: string
  /** More of the environment of Ringtrace. */
  env?: Readonly<Record<string, string>>
}

export const loadNumber = '+74955550001'
export const witnessNumber = '+74955550002'
const operatorPort = 5090

export async function openWorld(options: WorldOptions): Promise<World> {
  const { pipe: postgres, url } = await openDatabasePipe(options.databaseUrl)
  const closing: (() => Promise<void>)[] = [() => postgres.close()]
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end()
  }
  try {
    const env = { DATABASE_URL: url, WEBHOOK_PAUSES_SECONDS: options.pauses, ...options.env }
    const instance = await startInstance(options.base, env)
    closing.push(() => instance.stop())
    const company = await foundCompany(instance, options.lane, 1)
    const phones = telephones(instance, company)
    closing.push(() => phones.close())
    await company.number(witnessNumber, ringScheme(await groupOf(instance, company.operators[0])))
    await company.number(loadNumber, ringScheme(await manyOperators(instance, options), { ringSeconds: 20 }))

    const hooks: Hook[] = []
    for (const [name, host] of Object.entries({
      first: '127.0.0.1',
      second: options.hookName ?? '127.0.0.1'
    })) {
      const hook = await subscribe(instance, name, host)
      closing.push(() => hook.close())
      hooks.push(hook)
    }
    const web = await openPipe({ host: '127.0.0.1', port: instance.ports.http })
    closing.push(() => web.close())
    const { cookie = '' } = await instance.headers()
    const panel = await openPanel(`http://127.0.0.1:${web.port}`, cookie)
    closing.push(() => Promise.resolve(panel.close()))
    const dir = await fs.mkdtemp(path.join(options.logs ?? os.tmpdir(), 'rt-load-'))
    closing.push(() => fs.rm(dir, { recursive: true, force: true }))
    const load = await openLoad({
      ...{ dir, trunkHost: company.trunkHost },
      ...{ operators: { host: `127.0.${options.lane}.4`, port: operatorPort }, to: loadNumber },
      ...{ sipPort: instance.sipPort, talkMs: options.talkMs }
    })
    closing.push(() => load.stop())
    return {
      ...{ instance, company, load, hooks, panel, pipes: { postgres, panel: web }, close },
      witnesses: () => talkOf(phones, company)
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Operators who share one telephone set: SIPp answers for all of them. */
async function manyOperators(instance: Instance, { lane, operators }: WorldOptions): Promise<string> {
  const memberIds: string[] = []
  for (let index = 0; index < operators; index += 1) {
    const { id } = await instance.api<{ id: string }>('POST', '/api/users', {
      ...{ login: `many${index}`, name: `Many ${index}`, role: 'operator', password: 'an-operator-password' },
      ...{ device: 'sip', sipAddress: `sip:many${index}@127.0.${lane}.4:${operatorPort}` }
    })
    await instance.api('PATCH', `/api/users/${id}`, { presence: 'available' })
    memberIds.push(id)
  }
  return (await instance.api<{ id: string }>('POST', '/api/groups', { name: 'Many', memberIds })).id
}

async function subscribe(instance: Instance, name: string, host: string): Promise<Hook> {
  const made = await receiver()
  const url = made.url.replace('127.0.0.1', host)
  const body = { name, url, events: webhookEvents }
  const { secret } = await instance.api<{ secret: string }>('POST', '/api/webhooks', body)
  const judge = new Webhook(secret)
  return {
    ...made,
    name,
    verify({ body: text, headers }, mayBeOfOtherDay = false) {
      if (!mayBeOfOtherDay) return void judge.verify(text, headers as Record<string, string>)
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      const wanted = judge.sign(String(headers['webhook-id']), at, text)
      if (!String(headers['webhook-signature']).split(' ').includes(wanted))
        throw new Error('No right signature')
    }
  }
}

async function talkOf(phones: Telephones, company: Company): Promise<Witnesses> {
  const operator = await phones.at(company.operators[0], { toneHz: 1000 })
  const client = await phones.outside({ toneHz: 440, user: '+79161110000' })
  const status = await client.call(witnessNumber)
  if (status !== 200) throw new Error(`The witnesses cannot talk: ${status}`)
  // The fallback of a controller that is away rings everybody; who talks is busy.
  operator.setManner({ status: 486, text: 'Busy Here' })
  return {
    ...{ number: witnessNumber, client, operator },
    async leave() {
      client.hangup()
      await phones.close()
    }
  }
}

/** The pid of the controller, as it wrote it down. */
export async function controllerPid(instance: Instance): Promise<number> {
  return Number((await fs.readFile(path.join(instance.dataDir, 'ringtrace.pid'), 'utf8')).trim())
}
