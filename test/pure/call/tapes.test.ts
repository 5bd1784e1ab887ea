import { expect } from 'chai'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { newPlacedCall } from '../../../pbx/call/step.ts'
import type { TapeRow } from '../../../pbx/call/effects.ts'
import type { Wish } from '../../../pbx/call/events.ts'
import type { Order } from '../../../pbx/call/types.ts'
import {
  anna,
  annaRings,
  annaTalks,
  atOperators,
  boris,
  callId,
  groupId,
  route,
  Story,
  t0,
  type Told
} from './given.ts'
import { chief, zoya } from './world.ts'

const outside = { kind: 'external', number: '+79260000001' } as const
const toBoris = { kind: 'user', userId: boris.userId } as const
const yes = {
  allowed: true,
  trunkId: 'trunk-1',
  endpoint: 'trunk-1',
  number: '+79161112233',
  callerId: '+74951234567'
} as const
const found = (...operators: (typeof anna)[]): Told => ({ type: 'operatorsFound', operators })
const answers = (leg: string): Told => ({ type: 'legAnswered', leg })
const leaves = (leg: string, cause = 16): Told => ({ type: 'legEnded', leg, cause })
const decided = (leg: string, decision: Extract<Told, { type: 'dialDecided' }>['decision'] = yes): Told => ({
  type: 'dialDecided',
  leg,
  decision
})
const wish = (by: { userId: string; name: string }, wished: Wish): Told => ({
  type: 'wished',
  by: { userId: by.userId, name: by.name },
  wish: wished
})
const annas = (wished: Wish): Told => wish(anna, wished)
const clientLeaves: Told = { type: 'callerLeft', cause: 16 }
const warm: Wish = { type: 'transfer', mode: 'warm', target: toBoris, note: 'wants a discount' }
const blind: Wish = { type: 'transfer', mode: 'blind', target: toBoris, note: 'wants a discount' }
const watch = (mode: 'listen' | 'whisper' | 'join'): Told =>
  wish(chief, { type: 'watch', mode, isSilent: mode === 'listen', devices: chief.devices })

/** A call that we place to a client, operator first. */
function placed(wanted: Partial<Order> = {}): Story {
  const order: Order = {
    callType: 'click_to_call',
    ...{
      orderId: 'order-1',
      target: { kind: 'external', number: '+79161112233' },
      phone: null,
      byUserId: anna.userId
    },
    operators: { kind: 'user', userId: anna.userId, except: [] },
    ...{
      numberId: null,
      source: null,
      site: null,
      contact: null,
      parentCallId: null,
      ringSeconds: 30,
      record: true
    },
    ...wanted
  }
  const client = { number: '+79161112233', name: null, country: 'RU', region: null }
  const story = new Story()
  story.call = newPlacedCall({ id: callId, startedMs: t0, order, client, dialed: '+79161112233' })
  return story.when({ type: 'placed' })
}
/** A mobile that is called to walk through a scheme as if it had called. */
const mobileCalled = (): Story => {
  const { scheme: running, groupNames } = route()
  const caller = { number: '+79161112233', name: null, country: 'RU', region: null }
  const number = { id: '00000000-0000-4000-8000-0000000000d1', e164: '+74951234567', label: null }
  const rings = { kind: 'external', number: '+79161112233' } as const
  return placed({
    ...{ callType: 'test', target: { kind: 'user', userId: chief.userId }, operators: null, record: false },
    ...{ byUserId: chief.userId, numberId: number.id, ringSeconds: 40 },
    test: { scheme: running, groupNames, caller, number, aheadMs: 0, isReal: true, rings }
  })
}
const annaConsults = (): Story => annaTalks().when(annas(warm), found(boris), answers('op2'))

/** Every way a call can go, by name; its tape stands in `tapes/<name>.txt`. */
const scenarios: Record<string, () => Story> = {
  'answered, client leaves': () => annaTalks().when(clientLeaves),
  'answered, operator leaves, rated': () =>
    annaTalks().when(leaves('op1')).soundEnds().when({ type: 'digit', digit: '5' }).soundEnds(),
  'declined, next operator': () =>
    annaRings().when(leaves('op1', 21), found(boris), answers('op2'), clientLeaves),
  'two telephones of one operator': () =>
    atOperators().when(found(zoya), { type: 'legRinging', leg: 'op1' }, answers('op2'), clientLeaves),
  'declined at one of two telephones': () =>
    atOperators().when(found(zoya), leaves('op2', 21), found(), clientLeaves),
  'late answer': () => annaRings().timerEnds().when(answers('op1'), found(), clientLeaves),
  'asterisk lost in the talk': () => annaTalks().when({ type: 'broken', reason: 'asterisk_lost' }),
  'held and taken back': () =>
    annaTalks()
      .when(annas({ type: 'hold', on: true }))
      .after(20)
      .when(annas({ type: 'hold', on: false }), clientLeaves),
  'held by the telephone': () =>
    annaTalks().when(
      { type: 'legHeld', leg: 'op1', on: true },
      { type: 'legHeld', leg: 'op1', on: false },
      clientLeaves
    ),
  'client leaves on hold': () => annaTalks().when(annas({ type: 'hold', on: true }), clientLeaves),
  'blind transfer': () => annaTalks().when(annas(blind), found(boris), answers('op2'), leaves('op2')),
  'blind transfer comes back': () =>
    annaTalks().when(
      annas(blind),
      found(boris),
      leaves('op2', 17),
      found(anna),
      answers('op3'),
      clientLeaves
    ),
  'blind transfer, nobody at all': () => annaTalks().when(annas(blind), found(), found()),
  'blind transfer to a group, second answers': () =>
    annaTalks().when(
      annas({ type: 'transfer', mode: 'blind', target: { kind: 'group', groupId }, note: null }),
      found(boris),
      leaves('op2', 21),
      found(zoya),
      answers('op3'),
      clientLeaves
    ),
  'blind transfer outside': () =>
    annaTalks().when(
      annas({ type: 'transfer', mode: 'blind', target: outside, note: null }),
      decided('ext2'),
      answers('ext2'),
      leaves('ext2')
    ),
  'blind transfer outside, refused': () =>
    annaTalks().when(
      annas({ type: 'transfer', mode: 'blind', target: outside, note: null }),
      decided('ext2', { allowed: false, reason: 'country_not_allowed' }),
      found(anna),
      answers('op3'),
      clientLeaves
    ),
  'warm transfer completed': () =>
    annaConsults()
      .when(annas({ type: 'completeTransfer' }))
      .after(30)
      .when(clientLeaves),
  'warm transfer completed by hanging up': () => annaConsults().when(leaves('op1'), leaves('op2')),
  'warm transfer completed while it rings': () =>
    annaTalks().when(
      annas(warm),
      found(boris),
      annas({ type: 'completeTransfer' }),
      found(boris),
      answers('op3'),
      clientLeaves
    ),
  'warm transfer cancelled while it rings': () =>
    annaTalks().when(annas(warm), found(boris), annas({ type: 'cancelTransfer' }), clientLeaves),
  'warm transfer cancelled in the talk': () =>
    annaConsults().when(annas({ type: 'cancelTransfer' }), clientLeaves),
  'warm transfer, nobody free': () => annaTalks().when(annas(warm), found(), clientLeaves),
  'warm transfer declined': () =>
    annaTalks().when(annas(warm), found(boris), leaves('op2', 21), clientLeaves),
  'warm transfer, the other one leaves': () => annaConsults().when(leaves('op2'), clientLeaves),
  'warm transfer, client leaves': () => annaConsults().when(clientLeaves),
  'warm transfer, swapped twice': () =>
    annaConsults().when(
      annas({ type: 'swap' }),
      annas({ type: 'swap' }),
      annas({ type: 'completeTransfer' }),
      clientLeaves
    ),
  'three speak, then two': () => annaConsults().when(annas({ type: 'join' }), leaves('op1'), clientLeaves),
  'parked and taken': () =>
    annaTalks().when(
      annas({ type: 'park', slot: 71, seconds: 120 }),
      wish(boris, { type: 'takeParked', phone: null }),
      found(boris),
      answers('op2'),
      clientLeaves
    ),
  'parked, back after its time': () =>
    annaTalks()
      .when(annas({ type: 'park', slot: 71, seconds: 120 }))
      .timerEnds()
      .when(found(anna), answers('op2'), clientLeaves),
  'parked, client leaves': () =>
    annaTalks().when(annas({ type: 'park', slot: 71, seconds: 120 }), clientLeaves),
  'supervisor listens, whispers, joins': () =>
    annaTalks().when(
      watch('listen'),
      answers('sup2'),
      watch('whisper'),
      watch('join'),
      wish(chief, { type: 'stopWatching' }),
      clientLeaves
    ),
  'supervisor takes over': () =>
    annaTalks().when(watch('listen'), answers('sup2'), wish(chief, { type: 'takeOver' }), leaves('sup2')),
  'watched over a transfer': () =>
    annaConsults().when(watch('listen'), answers('sup3'), annas({ type: 'completeTransfer' }), clientLeaves),
  'recording paused': () =>
    annaTalks().when(
      annas({ type: 'pauseRecording', on: true }),
      annas({ type: 'pauseRecording', on: false }),
      clientLeaves
    ),
  'transferred by REFER to a second call': () =>
    annaTalks().when(
      {
        type: 'legAdopted',
        leaving: 'op1',
        leg: {
          ...{
            kind: 'operator',
            purpose: 'client',
            userId: boris.userId,
            name: boris.name,
            number: null,
            device: 'op-boris'
          },
          ...{
            channelId: 'other.op2',
            state: 'answered',
            recordingId: null,
            recordedMs: null,
            trunkId: null
          },
          ...{ startedMs: t0, answeredMs: t0 }
        }
      },
      clientLeaves
    ),
  'click to call': () =>
    placed().when(found(anna), answers('op1'), decided('cl2'), answers('cl2')).after(40).when(leaves('cl2')),
  'click to call, early sound, no answer': () =>
    placed()
      .when(found(anna), answers('op1'), decided('cl2'), { type: 'legProgress', leg: 'cl2' })
      .timerEnds(),
  'click to call, client busy': () =>
    placed().when(found(anna), answers('op1'), decided('cl2'), leaves('cl2', 17)),
  'click to call, first trunk out of order': () =>
    placed().when(
      found(anna),
      answers('op1'),
      decided('cl2'),
      leaves('cl2', 38),
      decided('cl3'),
      answers('cl3'),
      leaves('op1')
    ),
  'click to call, refused by policy': () =>
    placed().when(found(anna), answers('op1'), decided('cl2', { allowed: false, reason: 'out_of_hours' })),
  'click to call, operator gives up': () =>
    placed().when(found(anna), answers('op1'), decided('cl2'), leaves('op1')),
  'call me: the mobile answers, and is led to an operator': () =>
    mobileCalled()
      .when(decided('cl1'), { type: 'legProgress', leg: 'cl1' }, answers('cl1'))
      .soundEnds()
      .when(found(anna), answers('op2'))
      .after(20)
      .when(leaves('cl1')),
  'call me: the mobile hangs up in the greeting': () =>
    mobileCalled().when(decided('cl1'), answers('cl1'), leaves('cl1')),
  'call me: refused by policy': () =>
    mobileCalled().when(decided('cl1', { allowed: false, reason: 'country_not_allowed' })),
  'call me: first trunk out of order, then no answer': () =>
    mobileCalled().when(decided('cl1'), leaves('cl1', 38), decided('cl2')).timerEnds(),
  'click to call, operator not there': () => placed().when(found()),
  'callback, second operator': () =>
    placed({
      callType: 'callback_form',
      operators: { kind: 'group', groupId, strategy: 'longestIdle', except: [] }
    })
      .when(found(anna))
      .timerEnds()
      .when(
        found(boris),
        answers('op2'),
        decided('cl3'),
        answers('cl3'),
        annas({ type: 'hold', on: true }),
        leaves('cl3')
      ),
  'dialled by a telephone': () =>
    placed({
      operators: null,
      phone: { channelId: 'phone-1', userId: anna.userId, name: 'Anna', device: 'op-anna' }
    }).when(decided('cl2'), answers('cl2'), leaves('op1')),
  'to a colleague': () =>
    placed({ target: toBoris }).when(
      found(anna),
      answers('op1'),
      found(boris),
      answers('op2'),
      leaves('op2')
    ),
  'given away by REFER': () =>
    placed({ target: toBoris }).when(found(anna), answers('op1'), found(boris), answers('op2'), {
      type: 'legGiven',
      leg: 'op2',
      toCallId: 'another'
    })
}

const folder = path.join(import.meta.dirname, 'tapes')

/** A row as a line: when, what, the data that tells, and what was done. */
function line(row: TapeRow): string {
  const seconds = String((row.atMs - t0) / 1000).padStart(4)
  const data = Object.entries(row.data)
    .filter(([, value]) => value !== null && value !== undefined && typeof value !== 'object')
    .map(([key, value]) => `${key}=${String(value)}`)
  const effects = row.effects.map((effect) => {
    const { do: what, ...rest } = effect as { do: string } & Record<string, unknown>
    const said = Object.values(rest).filter((value) => typeof value !== 'object' || Array.isArray(value))
    return said.length > 0 ? `${what}(${said.map(String).join(' ')})` : what
  })
  const names = `${data.join(' ')}${effects.length > 0 ? ` ⇒ ${effects.join(', ')}` : ''}`
  const readable = names
    .replaceAll(anna.userId, 'anna')
    .replaceAll(boris.userId, 'boris')
    .replaceAll(zoya.userId, 'zoya')
    .replaceAll(chief.userId, 'chief')
    .replaceAll(callId, 'call')
  return `${seconds} ${row.to ?? ''} ${row.type} ${readable}`.trimEnd()
}

describe('The tape of a call', () => {
  for (const [name, play] of Object.entries(scenarios)) {
    it(`${name}: is as it was written down`, () => {
      const { rows } = play()
      const lines = `${rows.map(line).join('\n')}\n`
      const file = path.join(folder, `${name.replace(/[^a-z]+/gi, '-')}.txt`)
      // Written anew on purpose only; the difference is then read by a person.
      if (process.env['UPDATE_TAPES'] === '1' || !existsSync(file)) {
        if (process.env['CI']) expect.fail(`${file} is missing`)
        mkdirSync(folder, { recursive: true })
        writeFileSync(file, lines)
      }
      expect(lines).to.equal(readFileSync(file, 'utf8'))
    })
  }

  it('ends in every scenario, and no rebuilt row differs', () => {
    for (const [name, play] of Object.entries(scenarios)) {
      const story = play()
      if (story.call.phase !== 'ended') continue
      expect(story.last('call.ended'), name).to.have.property('outcome')
      expect(story.journal().call.ended_at, name).to.be.a('string')
    }
  })
})
