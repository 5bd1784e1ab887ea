import { expect } from 'chai'
import type { JournalCallWithLegs } from '../../api/contract/calls.ts'
import type { Scheme } from '../../ivr/scheme.ts'
import type { Office } from '../sip/office.ts'
import { createPeer } from '../sip/peer.ts'
import { until } from '../support/until.ts'
import { subscribe } from './chaos.ts'

const sound = [{ sound: 'digits/1' }]
const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sun: [] }

/** Open on Saturdays only; a menu, the group, a number outside, a callback, a mark. */
const draft = (groupId: string): Scheme => ({
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
      exits: { talked: null, noAnswer: 'line' }
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

/**
 * The admin's telephone is led through a draft as if somebody had called on a Saturday evening. Nobody else is rung;
 * the admin says what they do.
 */
export async function triesDraft(office: Office, groupId: string): Promise<void> {
  const { instance } = office
  const me = await instance.api<{ id: string }>('GET', '/api/me')
  const [host, port] = ['127.0.58.9', 5070]
  const server = { host: '127.0.0.1', port: instance.sipPort }
  const phone = await createPeer({ host, port, server, user: 'admin' })
  const hook = await subscribe(instance, [
    'call.initiated',
    'call.forwarding_step',
    'call.ended',
    'call.rated'
  ])
  try {
    await instance.api('POST', '/api/devices', {
      ...{ userId: me.id, name: 'Desk', sipAddress: `sip:admin@${host}:${port}` }
    })
    const { id } = await instance.api<{ id: string }>('POST', '/api/schemes', {
      ...{ name: 'Tried out', draft: draft(groupId) }
    })
    const body = { callerNumber: '+74951112233', at: '2026-11-21T19:30:00Z' }
    const { callId } = await until(
      () =>
        instance
          .api<{ callId: string }>('POST', `/api/schemes/${id}/test-call`, body)
          .catch((error: unknown) => {
            // Until the exchange has heard of the telephone.
            if (String(error).includes('no_phone')) return null
            throw error
          }),
      { everyMs: 200, what: 'the telephone is known' }
    )
    const call = await phone.incoming()
    call.answer()
    await until(
      () =>
        instance.api('GET', `/api/calls/${callId}`).catch((error: unknown) => {
          // The telephone may ring before the first moment is written.
          if (String(error).includes('not_found')) return null
          throw error
        }),
      { everyMs: 100, what: 'the test is written down' }
    )
    const stands = async (block: string, what = 'timer'): Promise<boolean> => {
      const rows = await office.moments(callId)
      const at = rows.findLastIndex(
        ({ type, data }) =>
          type === 'call.forwarding_step' && data['state'] === 'started' && data['block'] === block
      )
      const isLast = !rows.slice(at + 1).some(({ data }) => data['state'] === 'ended')
      // What a step asks for stands in its first row.
      return (
        at >= 0 &&
        isLast &&
        rows.slice(Math.max(0, at - 1)).some((row) => row.effects.some((e) => e['do'] === what))
      )
    }
    const play = (does: string) => instance.api('POST', `/api/calls/${callId}/play-other`, { does })
    await until(() => stands('menu'), { everyMs: 150, what: 'the menu waits for a key' })
    call.media.key('1', 101)
    await until(() => stands('sales'), { everyMs: 150, what: 'the group is rung' })
    await play('declines')
    await until(() => stands('line'), { everyMs: 150, what: 'the call waits in line' })
    await play('answers')
    await until(() => stands('out'), { everyMs: 150, what: 'the number is called' })
    await play('declines')
    await until(() => stands('rate'), { everyMs: 150, what: 'the mark is asked for' })
    call.media.key('5', 101)
    await call.waitFor('BYE', 20_000)
    const row = await until(
      async () => {
        const found = await instance.api<JournalCallWithLegs>('GET', `/api/calls/${callId}`)
        return found.endedAt ? found : null
      },
      { everyMs: 200, what: 'the test is in the journal' }
    )
    expect(row.steps.map(({ block, exit }) => `${block} ${exit ?? ''}`)).to.deep.equal([
      ...[
        'hours open',
        'menu 1',
        'who moscow',
        'sales noAnswer',
        'line talked',
        'out busy',
        'back next',
        'rate next'
      ]
    ])
    expect(row).to.include({
      direction: 'internal',
      callType: 'test',
      callerNumber: '+74951112233',
      rating: 5
    })
    expect(row.legs.map(({ userId, purpose }) => [userId, purpose])).to.deep.equal([
      [me.id, 'order'],
      [null, 'scheme']
    ])
    const { items: callbacks } = await instance.api<{ items: { phone: string }[] }>('GET', '/api/callbacks')
    expect(callbacks.map(({ phone: owed }) => owed)).to.not.include('+74951112233')
    const { items: users } = await instance.api<{ items: { id: string; presence: string }[] }>(
      'GET',
      '/api/users?limit=100'
    )
    expect(users.find((user) => user.id === me.id)?.presence).to.not.equal('busy')
    await until(() => hook.received.length > 0, { what: 'receivers hear of other calls' })
    expect(hook.received.filter(({ body: text }) => text.includes(callId))).to.deep.equal([])
  } finally {
    await phone.close()
    await hook.close()
  }
}
