import { expect } from 'chai'
import { isNeeded, render } from '../../../integrations/webhooks/core/message.ts'
import type { Payload } from '../../../integrations/webhooks/core/payload.ts'
import { presets } from '../../../integrations/webhooks/core/presets.ts'

const id = '0193a000-0000-7000-8000-000000000001'
const anna = { id: 'u1', name: 'Анна' }
const boris = { id: 'u2', name: 'Борис' }
const logins: Record<string, { login: string; extension: string | null }> = {
  u1: { login: 'anna', extension: '101' },
  u2: { login: 'boris', extension: null }
}
const begin = {
  direction: 'in',
  callType: 'tracking_dynamic',
  caller: { number: '+79161234567', name: null, country: 'RU', region: 'Москва' },
  dialed: '+74951112233',
  source: {
    id: 's1',
    name: 'Директ',
    inquiryChannel: 'paid',
    medium: 'cpc',
    campaign: 'okna',
    keyword: 'окна'
  },
  visit: { visitId: 'v1', landingUrl: 'https://shop.example/', utm: { source: 'yandex', medium: 'cpc' } },
  scheme: { id: 'sc1', name: 'Главная', version: 1 }
}
const journal = {
  direction: 'in',
  callerNumber: '+79161234567',
  dialedNumber: '+74951112233',
  startedAt: '2026-11-20T09:15:00.000Z',
  sourceName: 'Директ',
  utm: { source: 'yandex', medium: 'cpc' },
  visitId: 'v1',
  groupName: 'Продажи',
  schemeId: 'sc1',
  schemeName: 'Главная',
  waitSeconds: 8
}
const moment = (type: string, sequence: number, data: object): Payload => {
  const timestamp = `2026-11-20T09:15:${String(sequence).padStart(2, '0')}.000Z`
  return { type, timestamp, data: { callId: id, sequence, occurredAt: timestamp, ...data } }
}
const talked = {
  ...journal,
  outcome: 'answered',
  talkSeconds: 50,
  totalSeconds: 58,
  recordingId: 'r1',
  operatorId: 'u1',
  operatorName: 'Анна'
}
const lost = {
  ...journal,
  outcome: 'abandoned',
  talkSeconds: 0,
  totalSeconds: 21,
  operatorId: null,
  recordingId: null
}

/** Whole calls, as the outbox writes them. */
const stories: Record<string, Payload[]> = {
  answered: [
    moment('call.initiated', 0, begin),
    moment('call.answered', 8, { operator: anna, call: { ...journal, operatorId: 'u1' } }),
    moment('call.ended', 58, { outcome: 'answered', call: talked })
  ],
  missed: [
    moment('call.initiated', 0, begin),
    moment('call.ended', 21, { outcome: 'abandoned', call: lost }),
    moment('call.missed', 21, { outcome: 'abandoned', call: lost })
  ],
  transferred: [
    moment('call.initiated', 0, begin),
    moment('call.answered', 8, { operator: anna, call: { ...journal, operatorId: 'u1' } }),
    moment('call.answered', 30, {
      operator: boris,
      call: { ...journal, operatorId: 'u2', isTransferred: true }
    }),
    moment('call.ended', 58, {
      outcome: 'answered',
      call: { ...talked, operatorId: 'u2', operatorName: 'Борис', isTransferred: true }
    })
  ],
  rated: [
    moment('call.rated', 55, { rating: 4, operatorId: 'u1', operatorName: 'Анна', call: talked }),
    moment('call.rated', 56, { rating: null, operatorId: 'u1', operatorName: 'Анна', call: talked }),
    moment('call.ended', 58, { outcome: 'answered', call: { ...talked, rating: 4 } })
  ]
}

type Fields = Record<string, unknown>

/** Every request of a story by a preset, its body as fields. */
function requests(preset: string, story: string): Fields[] {
  return (stories[story] ?? []).flatMap((payload) =>
    (presets[preset]?.messages ?? [])
      .filter((each) => each.event === payload.type && isNeeded(each, payload))
      .map((each) => {
        const operator =
          (payload.data['operator'] as { id: string } | undefined)?.id ??
          (payload.data['operatorId'] as string | undefined) ??
          ((payload.data['call'] as Fields | undefined)?.['operatorId'] as string | null | undefined)
        const request = render(each, 'https://crm.example/hook', {
          payload,
          deliveryId: 'd1',
          token: 'crm-token',
          publicUrl: 'https://calls.example',
          timeZone: 'Europe/Moscow',
          operator: (operator && logins[operator]) || null
        })
        expect(request.url).to.equal('https://crm.example/hook')
        expect(request.method).to.equal('POST')
        const isJson = request.headers['content-type'] === 'application/json'
        return isJson
          ? (JSON.parse(request.body ?? '') as Fields)
          : Object.fromEntries(new URLSearchParams(request.body ?? ''))
      })
  )
}
const pick = (rows: Fields[], ...names: string[]): unknown[][] =>
  rows.map((row) => names.map((name) => row[name]))

describe('presets: what a handler of another system gets', () => {
  it('MegaFon: events and history of an answered call, to the letter', () => {
    const both = {
      direction: 'in',
      phone: '79161234567',
      diversion: '74951112233',
      telnum: '74951112233',
      callid: id,
      crm_token: 'crm-token'
    }
    const { direction, ...history } = both
    expect(requests('megafon', 'answered')).to.deep.equal([
      { cmd: 'event', type: 'INCOMING', user: '', ext: '', groupRealName: '', ...both },
      { cmd: 'event', type: 'ACCEPTED', user: 'anna', ext: '101', groupRealName: 'Продажи', ...both },
      { cmd: 'event', type: 'COMPLETED', user: 'anna', ext: '101', groupRealName: 'Продажи', ...both },
      {
        ...{
          cmd: 'history',
          type: direction,
          user: 'anna',
          ext: '101',
          groupRealName: 'Продажи',
          ...history
        },
        ...{ start: '20261120T091500Z', duration: '50', rating: '', status: 'Success' },
        link: `https://calls.example/api/calls/${id}/recording`
      }
    ])
  })
  it('MegaFon: missed, transferred, rated', () => {
    expect(pick(requests('megafon', 'missed'), 'cmd', 'type', 'status', 'link', 'duration')).to.deep.equal([
      ['event', 'INCOMING', undefined, undefined, undefined],
      ['event', 'CANCELLED', undefined, undefined, undefined],
      ['history', 'in', 'missed', '', '0']
    ])
    expect(pick(requests('megafon', 'transferred'), 'cmd', 'type', 'user', 'ext')).to.deep.equal([
      ['event', 'INCOMING', '', ''],
      ['event', 'ACCEPTED', 'anna', '101'],
      ['event', 'ACCEPTED', 'boris', ''],
      ['event', 'COMPLETED', 'boris', ''],
      ['history', 'in', 'boris', '']
    ])
    expect(requests('megafon', 'rated')[0]).to.deep.equal({
      ...{ cmd: 'rating', callid: id, rating: '4', phone: '79161234567' },
      ...{ user: 'anna', ext: '101', crm_token: 'crm-token' }
    })
    expect(pick(requests('megafon', 'rated'), 'cmd', 'rating')).to.deep.equal([
      ['rating', '4'],
      ['event', undefined],
      ['history', '4']
    ])
  })

  it('Roistat: at the ring and after the call, to the letter', () => {
    const [ring, after] = requests('roistat', 'answered')
    const call = {
      ...{
        id,
        caller: '79161234567',
        callee: '74951112233',
        visit_id: 'v1',
        marker: 'Директ',
        order_id: null
      },
      ...{
        google_client_id: null,
        custom_fields: [],
        referrer: null,
        utm_source: 'yandex',
        utm_medium: 'cpc'
      },
      ...{ utm_campaign: null, utm_term: null, utm_content: null, source_level_2: 'Директ' }
    }
    expect(ring).to.deep.equal({
      ...{ ...call, date: '2026-11-20T09:15:00+0000', landing_page: 'https://shop.example/' },
      ...{ city: 'Москва', country: 'RU', source_level_1: 'paid' }
    })
    expect(after).to.deep.equal({
      ...{
        ...call,
        date: '2026-11-20T09:15:00+0000',
        landing_page: null,
        city: null,
        country: null,
        source_level_1: null
      },
      ...{ duration: 50, status: 'ANSWER', link: `https://calls.example/api/calls/${id}/recording` }
    })
    expect(pick(requests('roistat', 'missed'), 'status', 'duration', 'link')).to.deep.equal([
      [undefined, undefined, undefined],
      ['CANCEL', 0, null]
    ])
  })

  it('CoMagic: a notification for each moment, missed calls too', () => {
    const names = [
      'notification_mnemonic',
      'employee_full_name',
      'talk_time_duration',
      'direction',
      'start_time'
    ]
    expect(pick(requests('comagic', 'transferred'), ...names)).to.deep.equal([
      ['incoming_call', undefined, undefined, 'in', '2026-11-20 12:15:00'],
      ['talk_started', 'Анна', undefined, 'in', '2026-11-20 12:15:00'],
      ['talk_started', 'Борис', undefined, 'in', '2026-11-20 12:15:00'],
      ['call_finished', 'Борис', 50, 'in', '2026-11-20 12:15:00']
    ])
    expect(pick(requests('comagic', 'missed'), ...names.slice(0, 3))).to.deep.equal([
      ['incoming_call', undefined, undefined],
      ['call_finished', null, 0],
      ['lost_call', null, 0]
    ])
    expect(requests('comagic', 'answered')[0]).to.include({
      ...{ call_session_id: id, virtual_phone_number: '74951112233', contact_phone_number: '79161234567' },
      ...{
        communication_type: 'call',
        is_internal: false,
        scenario_name: 'Главная',
        notification_timestamp: 1795166100
      }
    })
  })

  it('Calltouch: the beginning and the end', () => {
    const rows = requests('calltouch', 'answered')
    expect(pick(rows, 'callid', 'callerid', 'phonenumber', 'date', 'duration', 'utm_source')).to.deep.equal([
      [id, '79161234567', '74951112233', '2026-11-20 12:15:00', undefined, 'yandex'],
      [id, '79161234567', '74951112233', '2026-11-20 12:15:00', '50', 'yandex']
    ])
  })

  it('Ringostat: the names of the export', () => {
    const names = ['uniqueid', 'disposition', 'billsec', 'connected_with', 'employee_mark', 'has_recording']
    expect(pick(requests('ringostat', 'answered'), ...names)).to.deep.equal([
      [id, undefined, undefined, undefined, undefined, undefined],
      [id, undefined, undefined, 'Анна', undefined, undefined],
      [id, 'ANSWERED', '50', 'Анна', undefined, '1']
    ])
    expect(pick(requests('ringostat', 'missed'), ...names).at(-1)).to.deep.equal([
      id,
      'NO ANSWER',
      '0',
      '',
      undefined,
      '0'
    ])
    expect(requests('ringostat', 'rated')[0]).to.include({ employee_mark: '4', connected_with: 'Анна' })
  })
})
