import { expect } from 'chai'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import type { Party } from '../ari/party.ts'
import type { Operator } from '../support/company.ts'
import { until } from '../support/until.ts'
import { rowsOf } from './chaos.ts'
import { hears, hearsMusic, type Office } from './office.ts'

type Name = 'anna' | 'boris' | 'vera' | 'outside'
const names: readonly Name[] = ['anna', 'boris', 'vera']

/**
 * What the call should be now: the reference, as simple as it can be told.
 * `other` is who rings or is consulted; `owner` has the client, or has sent them on.
 */
interface Model {
  state:
    | 'ringing'
    | 'talk'
    | 'held'
    | 'sentOn'
    | 'asking'
    | 'consulting'
    | 'swapped'
    | 'three'
    | 'parked'
    | 'taking'
    | 'over'
  owner: Name | null
  other: Name | null
}

export interface StoryOptions {
  office: Office
  /** A number that rings Anna first. */
  to: string
  /** Gives 0 … 1; the story follows from it. */
  random: () => number
  steps: number
  /** Kill the controller once, somewhere. */
  withRestart: boolean
}

/** Real telephones act one random call out; after every step everybody must hear whom the model says. */
export async function playStory({ office, to, random, steps, withRestart }: StoryOptions): Promise<string[]> {
  const { instance } = office
  const told: string[] = []
  const phones = {} as Record<Name, Party>
  for (const name of names) phones[name] = await office.desk(office[name as 'anna'], { manner: 'ring' })
  phones.outside = await office.outside({ manner: 'ring' })
  const client = await office.phones.outside({ toneHz: 1000 })
  const answered: Name[] = []
  let model: Model = { state: 'ringing', owner: null, other: 'anna' }
  let hasTalked = false
  let mayRestart = withRestart

  const before = (await rowsOf(instance, to)).length
  const calling = client.call(to)
  const id = await until(async () => {
    const rows = await rowsOf(instance, to)
    return rows.length > before ? rows.find((row) => !row.endedAt)?.id : null
  })
  await until(() => phones.anna.isRinging(), { what: 'Anna is rung' })

  const wish = async (what: string, body?: unknown): Promise<void> => {
    const by = office[model.owner as 'anna']
    const answer = await office.as(by, 'POST', `/api/calls/${id}/${what}`, body)
    expect(answer.status, `${what}: ${JSON.stringify(answer.body)}, after ${told.join(' → ')}`).to.equal(200)
  }
  const targetOf = (name: Name): unknown =>
    name === 'outside'
      ? { kind: 'external', number: '+79035550101' }
      : { kind: 'user', userId: (office[name as 'anna'] satisfies Operator).id }
  const isFree = (name: Name): boolean => name !== model.owner && name !== model.other
  const rung = (name: Name): Promise<unknown> =>
    until(() => phones[name].isRinging(), { what: `${name} is rung after ${told.join(' → ')}` })
  const answers = (name: Name): void => {
    phones[name].answer()
    answered.push(name)
  }
  const become = (state: Model['state'], owner: Name | null, other: Name | null = null): void => {
    model = { state, owner, other }
    hasTalked ||= state === 'talk'
  }
  const owner = (): Name => model.owner ?? 'anna'
  const other = (): Name => model.other ?? 'boris'
  const free = (): Name => pick([...names, 'outside' as const].filter(isFree))
  function pick<T>(from: readonly T[]): T {
    return from[Math.floor(random() * from.length)] as T
  }

  type Act = [name: string, act: () => Promise<void> | void]
  const isEarly = (): boolean => told.length < steps - 2
  const leave: Act = [
    'client leaves',
    () => {
      client.hangup()
      become('over', null)
    }
  ]
  const hangUp = (name: Name, then: () => void): Act => [
    `${name} hangs up`,
    () => {
      phones[name].hangup()
      then()
    }
  ]

  function acts(): Act[] {
    const [o, x] = [owner(), other()]
    const toTalk = (name: Name) => (): void => become('talk', name)
    const isPanel = o !== 'outside'
    switch (model.state) {
      case 'ringing':
        return [
          [
            `${x} answers`,
            () => {
              answers(x)
              become('talk', x)
            }
          ]
        ]
      case 'talk': {
        const target = free()
        const send: Act[] = [
          [
            `${o} sends on to ${target}`,
            async () => {
              await wish('transfer', { mode: 'blind', target: targetOf(target) })
              await rung(target)
              become('sentOn', o, target)
            }
          ],
          [
            `${o} asks ${target}`,
            async () => {
              await wish('transfer', { mode: 'warm', target: targetOf(target) })
              await rung(target)
              become('asking', o, target)
            }
          ],
          [
            `${o} holds`,
            async () => {
              await wish('hold', { on: true })
              become('held', o)
            }
          ],
          [
            `${o} parks`,
            async () => {
              await wish('park', { seconds: 300 })
              become('parked', null)
            }
          ]
        ]
        return isPanel
          ? [...send, ...send, hangUp(o, () => become('over', null)), leave]
          : [leave, hangUp(o, () => become('over', null))]
      }
      case 'held':
        return [
          [
            `${o} takes the client back`,
            async () => {
              await wish('hold', { on: false })
              become('talk', o)
            }
          ],
          leave
        ]
      case 'sentOn':
        return [
          [
            `${x} answers`,
            () => {
              answers(x)
              become('talk', x)
            }
          ],
          [
            `${x} answers`,
            () => {
              answers(x)
              become('talk', x)
            }
          ],
          leave
        ]
      case 'asking':
        return [
          [
            `${x} answers`,
            () => {
              answers(x)
              become('consulting', o, x)
            }
          ],
          [
            `${x} answers`,
            () => {
              answers(x)
              become('consulting', o, x)
            }
          ],
          [
            `${o} cancels`,
            async () => {
              await wish('cancel-transfer')
              become('talk', o)
            }
          ]
        ]
      case 'consulting':
        return [
          [
            `${o} completes`,
            async () => {
              await wish('complete-transfer')
              become('talk', x)
            }
          ],
          [
            `${o} cancels`,
            async () => {
              await wish('cancel-transfer')
              become('talk', o)
            }
          ],
          [
            `${o} joins them`,
            async () => {
              await wish('join')
              become('three', o, x)
            }
          ],
          [
            `${o} swaps`,
            async () => {
              await wish('swap')
              become('swapped', o, x)
            }
          ],
          hangUp(x, toTalk(o)),
          hangUp(o, toTalk(x)),
          leave
        ]
      case 'swapped':
        return [
          [
            `${o} swaps back`,
            async () => {
              await wish('swap')
              become('consulting', o, x)
            }
          ],
          [
            `${o} completes`,
            async () => {
              await wish('complete-transfer')
              become('talk', x)
            }
          ]
        ]
      case 'three':
        return [hangUp(o, toTalk(x)), hangUp(x, toTalk(o)), leave]
      case 'parked': {
        const taker = pick(names)
        const take = async (): Promise<void> => {
          const answer = await office.as(office[taker as 'anna'], 'POST', `/api/calls/${id}/take`)
          expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
          await rung(taker)
          become('taking', null, taker)
        }
        return [[`${taker} takes`, take], leave]
      }
      case 'taking':
        return [
          [
            `${x} answers`,
            () => {
              answers(x)
              become('talk', x)
            }
          ]
        ]
      case 'over':
        return []
    }
  }

  async function check(): Promise<void> {
    const [o, x] = [owner(), other()]
    switch (model.state) {
      case 'talk':
        await hears(client, { [o]: true })
        await hears(phones[o], { client: true })
        return
      case 'held':
      case 'parked':
        return hearsMusic(client)
      case 'consulting':
        await hears(phones[o], { [x]: true, client: false })
        await hears(phones[x], { [o]: true, client: false })
        return hearsMusic(client)
      case 'swapped':
        await hears(client, { [o]: true, [x]: false })
        return hearsMusic(phones[x])
      case 'three':
        await hears(client, { [o]: true, [x]: true })
        return hears(phones[x], { client: true, [o]: true })
      default:
    }
  }

  for (let step = 0; step < steps && model.state !== 'over'; step += 1) {
    const all = acts()
    const lasting = all.filter(
      ([name]) => !/client leaves|^(\w+) hangs up$/.test(name) || model.state === 'three'
    )
    const [name, act] = pick(isEarly() && lasting.length > 0 ? lasting : all)
    told.push(name)
    await act()
    await check().catch((error: unknown) => {
      throw new Error(`${String(error)}\nafter ${told.join(' → ')}`)
    })
    const isTalk = model.state === 'talk' || model.state === 'consulting' || model.state === 'three'
    if (mayRestart && isTalk && step > 1) {
      mayRestart = false
      told.push('controller killed and started')
      await instance.kill()
      await check()
      await instance.start()
      await until(async () => {
        const health = await instance.api<{ checks: { asterisk: { status: string } } }>('GET', '/api/health')
        return health.checks.asterisk.status === 'ok'
      })
      await check()
    }
  }
  if (model.state !== 'over') {
    told.push('client leaves')
    client.hangup()
  }
  expect(await calling, 'the client was answered').to.equal(200)
  const call = await office.ended(id)
  await judge(call, told, answered, hasTalked)
  await office.clear()
  return told
}

/** The journal against what people did. */
async function judge(
  call: JournalCallWithLegs,
  told: readonly string[],
  answered: readonly Name[],
  hasTalked: boolean
): Promise<void> {
  const why = `after ${told.join(' → ')}`
  expect(call.outcome, why).to.equal(hasTalked ? 'answered' : 'missed')
  const talked = call.legs.filter((leg) => leg.result === 'answered')
  const nameOf = (leg: (typeof talked)[number]): string =>
    leg.userName !== null && /^[A-Z]/.test(leg.userName) ? leg.userName.toLowerCase() : 'outside'
  expect(talked.map(nameOf), why).to.deep.equal(answered)
  expect(
    talked.every((leg) => leg.recordingId !== null),
    `each answered leg has its file, ${why}`
  ).to.equal(true)
  expect(call.talkSeconds ?? 0, why).to.be.at.most((call.totalSeconds ?? 0) + 1)
  await Promise.resolve()
}
