import { expect } from 'chai'
import type { JournalCallWithLegs, TapeEntry } from '../../api/contract/calls.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import type { Dialog } from '../sip/dialog.ts'
import { bothHear, type Desk, type Office } from '../sip/office.ts'
import { createPeer } from '../sip/peer.ts'
import { until } from '../support/until.ts'
import { subscribe } from './chaos.ts'

const sound = [{ sound: 'digits/1' }]
const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sun: [] }

/** Open on Saturdays only; a menu, the group, a number outside, a callback, a mark. */
const draft = (groupId: string, afterTalk: string | null): Scheme => ({
  locale: 'ru',
  start: 'hours',
  blocks: {
    hours: {
      type: 'schedule',
      settings: { timeZone: 'UTC', hours: { ...closed, sat: [['19:00', '20:00']] } },
      exits: { open: 'menu', closed: null }
    },
    menu: {
      type: 'menu',
      settings: { prompt: sound, options: [{ digit: '1' }], waitSeconds: 20, attempts: 1 },
      exits: { '1': 'who', noInput: null, wrongInput: null }
    },
    who: {
      type: 'condition',
      settings: {
        rules: [
          { name: 'moscow', conditions: [{ fact: 'callerNumber', test: 'startsWith', values: ['+7495'] }] }
        ]
      },
      exits: { moscow: 'sales', otherwise: null }
    },
    sales: {
      type: 'ring',
      settings: { groupId, ringSeconds: 60, rounds: 2 },
      exits: { talked: afterTalk, noAnswer: 'line' }
    },
    line: {
      type: 'queue',
      settings: { groupId, welcome: [], ringSeconds: 60 },
      exits: { talked: 'out', timeout: null, full: null }
    },
    out: {
      type: 'external',
      settings: { number: '+74957650000', ringSeconds: 60 },
      exits: { talked: 'back', noAnswer: null, busy: 'back', refused: null }
    },
    back: {
      type: 'callback',
      settings: { thanks: sound, sayNumber: false },
      exits: { next: 'rate', noNumber: null }
    },
    rate: {
      type: 'rating',
      settings: { question: sound, thanks: sound, waitSeconds: 20 },
      exits: { next: null }
    }
  }
})

/** An admin with a telephone, somebody who is told of calls, and drafts. */
interface Tester {
  readonly adminId: string
  /** Tries a draft out; the telephone is picked up. */
  tries(scheme: Scheme, isReal: boolean): Promise<Tried>
  /** Neither receivers of events nor callbacks tell of a test, and its admin is not busy. */
  isUnheardOf(callId: string): Promise<void>
  close(): Promise<void>
}

interface Tried {
  callId: string
  call: Dialog
  /** Until the call stands in a block, and that has asked for something. */
  stands(block: string, what?: string): Promise<unknown>
  /** The row in the journal, once it has ended. */
  ended(): Promise<JournalCallWithLegs>
}

const callerNumber = '+74951112233'
/** What the admin says: far from the tone of ringing, which the admin hears before the operator. */
const hertz = 700
const within = { everyMs: 150 }

async function openTester({ instance, moments }: Office): Promise<Tester> {
  const me = await instance.api<{ id: string }>('GET', '/api/me')
  const [host, port] = ['127.0.58.9', 5070]
  const server = { host: '127.0.0.1', port: instance.sipPort }
  const phone = await createPeer({ host, port, server, user: 'admin', dialog: { hertz } })
  const hook = await subscribe(instance, webhookEvents)
  await instance.api('POST', '/api/devices', {
    ...{ userId: me.id, name: 'Desk', sipAddress: `sip:admin@${host}:${port}` }
  })
  const known = <T>(ask: () => Promise<T>, unless: string): Promise<T | null> =>
    ask().catch((error: unknown) => {
      if (String(error).includes(unless)) return null
      throw error
    })

  return {
    adminId: me.id,
    async tries(scheme, isReal) {
      const name = `Tried out, ${isReal ? 'for real' : 'imagined'}`
      const { id } = await instance.api<{ id: string }>('POST', '/api/schemes', { name, draft: scheme })
      const body = { callerNumber, at: '2026-11-21T19:30:00Z', isReal }
      const incoming = phone.calls.length
      const { callId } = await until(
        // Until the exchange has heard of the telephone.
        () =>
          known(
            () => instance.api<{ callId: string }>('POST', `/api/schemes/${id}/test-call`, body),
            'no_phone'
          ),
        { everyMs: 200, what: 'the telephone is known' }
      )
      const call = await phone.incoming(incoming)
      call.answer()
      const row = () => instance.api<JournalCallWithLegs>('GET', `/api/calls/${callId}`)
      // The telephone may ring before the first moment is written.
      await until(() => known(row, 'not_found'), { ...within, what: 'the test is written down' })
      return {
        callId,
        call,
        stands: (block, what = 'timer') =>
          until(async () => isIn(block, what, await moments(callId)), {
            ...within,
            what: `the test stands in ${block}`
          }),
        ended: () =>
          until(
            async () => {
              const found = await row()
              return found.endedAt ? found : null
            },
            { ...within, what: 'the test is in the journal' }
          )
      }
    },
    async isUnheardOf(callId) {
      const { items: callbacks } = await instance.api<{ items: { phone: string }[] }>('GET', '/api/callbacks')
      expect(callbacks.map(({ phone: owed }) => owed)).to.not.include(callerNumber)
      const { items: users } = await instance.api<{ items: { id: string; presence: string }[] }>(
        'GET',
        '/api/users?limit=100'
      )
      expect(users.find((user) => user.id === me.id)?.presence).to.not.equal('busy')
      await until(() => hook.received.length > 0, { what: 'receivers hear of other calls' })
      expect(hook.received.filter(({ body: text }) => text.includes(callId))).to.deep.equal([])
    },
    async close() {
      await phone.close()
      await hook.close()
    }
  }
}

function isIn(block: string, what: string, rows: readonly TapeEntry[]): boolean {
  const at = rows.findLastIndex(
    ({ type, data }) =>
      type === 'call.forwarding_step' && data['state'] === 'started' && data['block'] === block
  )
  const isLast = !rows.slice(at + 1).some(({ data }) => data['state'] === 'ended')
  // What a step asks for stands in its first row.
  const since = rows.slice(Math.max(0, at - 1))
  return at >= 0 && isLast && since.some((row) => row.effects.some((effect) => effect['do'] === what))
}

const wayOf = ({ steps }: JournalCallWithLegs): string =>
  steps.map(({ block, exit }) => `${block} ${exit ?? ''}`).join(', ')

/** Nobody else is rung; the admin says what they do. */
async function imagines({ adminId, tries, isUnheardOf }: Tester, office: Office): Promise<void> {
  const { callId, call, stands, ended } = await tries(draft(office.company.groupId, null), false)
  const play = (does: string) => office.instance.api('POST', `/api/calls/${callId}/play-other`, { does })
  await stands('menu')
  call.media.key('1', 101)
  await stands('sales')
  await play('declines')
  await stands('line')
  await play('answers')
  await stands('out')
  await play('declines')
  await stands('rate')
  call.media.key('5', 101)
  await call.waitFor('BYE', 20_000)
  const row = await ended()
  expect(wayOf(row)).to.equal(
    'hours open, menu 1, who moscow, sales noAnswer, line talked, out busy, back next, rate next'
  )
  expect(row).to.include({ direction: 'internal', callType: 'test', callerNumber, rating: 5 })
  expect(row.legs.map(({ userId, purpose }) => [userId, purpose])).to.deep.equal([
    [adminId, 'order'],
    [null, 'scheme']
  ])
  await isUnheardOf(callId)
}

/** An operator really rings and talks with the admin, who plays the client. */
async function ringsReally({ adminId, tries, isUnheardOf }: Tester, desk: Desk): Promise<void> {
  const { callId, call, stands, ended } = await tries(draft(desk.groupId, 'back'), true)
  await stands('menu')
  call.media.key('1', 101)
  const operator = await desk.phone.incoming()
  operator.ring()
  operator.answer()
  await bothHear(call, operator, hertz)
  await operator.hangup()
  await stands('rate')
  call.media.key('4', 101)
  await call.waitFor('BYE', 20_000)
  const row = await ended()
  expect(wayOf(row)).to.equal('hours open, menu 1, who moscow, sales talked, back next, rate next')
  expect(row).to.include({ direction: 'internal', callType: 'test', callerNumber, rating: 4 })
  expect(row.outcome).to.equal('answered')
  expect(row.legs.map(({ userId, purpose, result }) => [userId, purpose, result])).to.deep.equal([
    [adminId, 'order', 'answered'],
    [desk.operators[0]?.id, 'scheme', 'answered']
  ])
  await isUnheardOf(callId)
}

/**
 * The admin's telephone is led through drafts as if somebody had called on a Saturday evening; it takes part in one
 * test at a time.
 * @param desk an operator whom nobody else calls
 */
export function draftScenarios(office: () => Office, desk: () => Desk): Record<string, () => Promise<void>> {
  let tester: Promise<Tester> | undefined
  let imagined: Promise<void> | undefined
  return {
    'a draft is tried out by telephone, and nobody hears of it': () => {
      tester = openTester(office())
      imagined = tester.then((it) => imagines(it, office()))
      return imagined
    },
    'so that an operator really rings: both hear each other, and nobody else hears of it': async () => {
      const it = await tester
      if (!it) throw new Error('Nobody tries drafts out')
      try {
        // One telephone, one call; how that went is told in a test of its own.
        await imagined?.catch(() => undefined)
        await ringsReally(it, desk())
      } finally {
        await it.close()
      }
    }
  }
}
