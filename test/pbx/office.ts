import { expect } from 'chai'
import type { JournalCall, JournalCallWithLegs } from '../../api/contract/calls.ts'
import type { Party, PartyOptions } from '../ari/party.ts'
import { loudness } from '../ari/tone.ts'
import { foundCompany, ringScheme, type Company, type Operator } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { until } from '../support/until.ts'
import { groupOf, leftInAsterisk, rowsOf, telephones, type Telephones } from './chaos.ts'

/** Tones by which everybody is known on the wire. */
export const tones = { client: 1000, outside: 760, anna: 440, boris: 620, vera: 1400, gleb: 1850 } as const
type Voice = keyof typeof tones

/** An office whose people speak and hear tones, for calls with more than two parties. */
export interface Office {
  instance: Instance
  company: Company
  phones: Telephones
  anna: Operator
  boris: Operator
  vera: Operator
  gleb: Operator
  /** An operator's telephone on the table. */
  desk(operator: Operator, options?: Partial<PartyOptions>): Promise<Party>
  /** A telephone at the carrier that numbers outside reach. */
  outside(options?: Partial<PartyOptions>): Promise<Party>
  /** A client's call to `to`, which Anna answers: in the talk, with its id. */
  talk(to: string): Promise<{ id: string; client: Party; anna: Party }>
  /** Calls the API as one of the operators. */
  as(
    operator: Operator,
    method: string,
    path: string,
    body?: unknown
  ): Promise<{ status: number; code: string; body: unknown }>
  /** The newest call to a number, ended. */
  ended(id: string): Promise<JournalCallWithLegs>
  tapeOf(id: string): Promise<string[]>
  /** How the exchange sees its operators, for a person who reads why a test failed. */
  operators(): Promise<string>
  /** Ends what a test has left, and makes sure that nothing is left in Asterisk. */
  clear(): Promise<void>
  close(): Promise<void>
}

export async function openOffice(
  base: number,
  lane: number,
  env: Record<string, string> = {}
): Promise<Office> {
  const instance = await startInstance(base, env)
  const company = await foundCompany(instance, lane, 4)
  const phones = telephones(instance, company)
  const [anna, boris, vera, gleb] = company.operators
  if (!anna || !boris || !vera || !gleb) throw new Error('No operators')
  const sessions = new Map<string, Record<string, string>>()
  let groupId: string | undefined

  async function sessionOf(operator: Operator): Promise<Record<string, string>> {
    const known = sessions.get(operator.id)
    if (known) return known
    const response = await fetch(`${instance.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        login: `op${company.operators.indexOf(operator)}`,
        password: 'an-operator-password'
      })
    })
    expect(response.status, `${operator.name} signs in`).to.equal(200)
    const { csrfToken } = (await response.json()) as { csrfToken: string }
    const session = {
      cookie: (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '',
      'x-csrf-token': csrfToken
    }
    sessions.set(operator.id, session)
    return session
  }

  const voiceOf = (operator: Operator): number => tones[operator.name.toLowerCase() as Voice]
  return {
    ...{ instance, company, phones, anna, boris, vera, gleb },
    desk: (operator, options = {}) => phones.at(operator, { toneHz: voiceOf(operator), ...options }),
    outside: (options = {}) => phones.outside({ toneHz: tones.outside, port: 5060, ...options }),
    async talk(to) {
      groupId ??= await groupOf(instance, anna)
      if ((await rowsOf(instance, to)).length === 0)
        await company.number(to, ringScheme(groupId, { ringSeconds: 20 }))
      const annaPhone = await phones.at(anna, { toneHz: tones.anna })
      const client = await phones.outside({ toneHz: tones.client })
      expect(await client.call(to)).to.equal(200)
      await hears(client, { anna: true })
      await hears(annaPhone, { client: true })
      const row = await until(async () => (await rowsOf(instance, to)).find((one) => !one.endedAt))
      return { id: row.id, client, anna: annaPhone }
    },
    async as(operator, method, path, body) {
      const response = await fetch(`${instance.url}${path}`, {
        method,
        headers: { ...(await sessionOf(operator)), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      const text = await response.text()
      const answer = (text === '' ? {} : JSON.parse(text)) as { code?: string }
      return { status: response.status, code: answer.code ?? '', body: answer }
    },
    ended: (id) =>
      until(
        async () => {
          const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=5')
          if (!items.some((item) => item.id === id && item.endedAt)) return null
          return instance.api<JournalCallWithLegs>('GET', `/api/calls/${id}`)
        },
        { what: `the call ${id} has ended` }
      ),
    async tapeOf(id) {
      // A call that has just begun is not written yet.
      const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=5')
      return items.some((item) => item.id === id) ? (await company.tape(id)).map((row) => row.type) : []
    },
    async operators() {
      const { items } = await instance.api<{ items: Record<string, unknown>[] }>('GET', '/api/users')
      return items
        .map((one) =>
          ['name', 'presence', 'presenceReason', 'isReachable'].map((key) => String(one[key])).join(' ')
        )
        .join('; ')
    },
    async clear() {
      await phones.close()
      await company.clear()
      await until(async () => (await leftInAsterisk(instance)).length === 0, {
        timeoutMs: 5000,
        what: 'Asterisk holds no channel and no bridge'
      }).catch(async (error: unknown) => {
        throw new Error(`${String(error)}: ${(await leftInAsterisk(instance)).join(', ')}`)
      })
    },
    close: () => instance.stop()
  }
}

/** Waits until a party hears these voices (true) and does not hear those (false), for half a second on the wire. */
export async function hears(party: Party, wanted: Partial<Record<Voice, boolean>>): Promise<void> {
  const entries = Object.entries(wanted) as [Voice, boolean][]
  await until(
    () => {
      const sound = party.lately(500)
      return entries.every(([voice, is]) =>
        is ? loudness(sound, tones[voice]) > 0.15 : loudness(sound, tones[voice]) < 0.02
      )
    },
    { what: `hears ${JSON.stringify(wanted)}`, timeoutMs: 8000 }
  ).catch((error: unknown) => {
    const sound = party.lately(500)
    const now = Object.entries(tones).map(([voice, hz]) => `${voice} ${loudness(sound, hz).toFixed(3)}`)
    throw new Error(`${String(error)}; now: ${now.join(', ')} in ${sound.length} samples`)
  })
}

/** Waits until a party hears something that is nobody's voice. */
export async function hearsMusic(party: Party): Promise<void> {
  await until(
    () => {
      const sound = party.lately(400)
      const isLoud = sound.some((sample) => Math.abs(sample) > 300)
      return isLoud && Object.values(tones).every((hz) => loudness(sound, hz) < 0.05)
    },
    { what: 'hears music', timeoutMs: 8000 }
  )
}

/** Two seconds of talk, as they come in on the wire. */
export async function speakOn(party: Party): Promise<void> {
  const before = party.audio().length
  await until(() => party.audio().length > before + 16_000, { what: 'two seconds of talk' })
}

/** The newest call of the journal. */
export async function newest(instance: Instance): Promise<JournalCall> {
  const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=1')
  if (!items[0]) throw new Error('No call')
  return items[0]
}
