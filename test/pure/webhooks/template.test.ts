import { expect } from 'chai'
import {
  render,
  TemplateError,
  type Body,
  type Message
} from '../../../integrations/webhooks/core/message.ts'
import { presets } from '../../../integrations/webhooks/core/presets.ts'
import { problemsOf } from '../../../integrations/webhooks/core/problems.ts'
import { samplePayload } from '../../../integrations/webhooks/core/sample.ts'
import { renderPlain } from '../../../integrations/webhooks/core/template.ts'
import type { Facts } from '../../../integrations/webhooks/core/variables.ts'

const facts = (note: unknown, more: object = {}): Facts => ({
  payload: {
    type: 'call.ended',
    timestamp: '2026-11-20T09:17:20.000Z',
    data: { callId: 'c1', call: { note, startedAt: '2026-11-20T21:15:09.000Z', talkSeconds: 7, ...more } }
  },
  deliveryId: 'd1',
  token: 's3cret',
  publicUrl: 'https://calls.example',
  timeZone: 'Europe/Moscow',
  operator: { login: 'anna', extension: '101' }
})
const message = (body: Body, rest: Partial<Message> = {}): Message => ({
  event: 'call.ended',
  method: 'POST',
  url: '',
  body,
  headers: [],
  ...rest
})
const hostile = [
  'a&b=c?d#e/f%2e+g h',
  '"}, "admin": true, {"',
  'back\\slash and \n line \r and \t tab',
  'ю 日本 🙂',
  'half \ud83d pair',
  '\u2028\u0000\u001b',
  '{{token}}',
  "';--<script>"
]
const field = (value: string) => [{ name: 'note', value }]

describe('a template: no value leaves its place', () => {
  for (const value of hostile) {
    const kept = value.replace(/\p{Surrogate}/gu, '\ufffd')
    const named = JSON.stringify(value)
    it(`in a form, a query, JSON, a URL and a header: ${named}`, () => {
      const form = render(
        message({ kind: 'form', fields: field('{{note}}') }),
        'https://x.example/h',
        facts(value)
      )
      expect([...new URLSearchParams(form.body ?? '')]).to.deep.equal([['note', kept]])
      const query = render(
        message({ kind: 'query', fields: field('{{note}}') }),
        'https://x.example/h?a=1',
        facts(value)
      )
      expect([...new URL(query.url).searchParams]).to.deep.equal([
        ['a', '1'],
        ['note', kept]
      ])
      expect(query.body).to.equal(null)
      const json = render(
        message({ kind: 'json', text: '{"in": "<{{note}}>", "bare": {{note}}, "key": {"a\\"{{note}}": 1}}' }),
        'https://x.example/h',
        facts(value)
      )
      expect(JSON.parse(json.body ?? '')).to.deep.equal({
        in: `<${kept}>`,
        bare: kept,
        key: { [`a"${kept}`]: 1 }
      })
      const url = render(
        message(
          { kind: 'none' },
          {
            url: 'https://x.example/p/{{note}}/q?n={{note}}',
            headers: [{ name: 'X-Note', value: 'n {{note}}' }]
          }
        ),
        'https://other.example/',
        facts(value)
      )
      const { origin, pathname, searchParams, hash } = new URL(url.url)
      expect([origin, hash]).to.deep.equal(['https://x.example', ''])
      expect(decodeURIComponent(pathname)).to.equal(`/p/${kept}/q`)
      expect(searchParams.get('n')).to.equal(kept)
      expect(url.headers['x-note']).to.match(/^n [\x20-\x7e]*$/)
    })
  }

  it('walks up no path', () => {
    const up = message({ kind: 'none' }, { url: 'https://x.example/private/{{note}}/hook' })
    for (const value of ['..', '.', '%2e%2e'])
      if (value === '%2e%2e') expect(render(up, '', facts(value)).url).to.contain('%252e%252e')
      else expect(() => render(up, '', facts(value)), value).to.throw(TemplateError)
  })

  it('gives what is not known as nothing, or null', () => {
    const body: Body = {
      kind: 'json',
      text: '{"a":"{{rating}}","b":{{rating}},"c":{{talkSeconds}},"d":{{isTransferred}}}'
    }
    expect(render(message(body), 'https://x.example/', facts(null)).body).to.equal(
      '{"a":"","b":null,"c":7,"d":null}'
    )
  })

  const formatted: [string, string][] = [
    ['{{startedAt}}', '2026-11-20T21:15:09.000Z'],
    ['{{startedAt|unix}}', '1795209309'],
    ['{{startedAt|local}}', '2026-11-21 00:15:09'],
    ['{{startedAt|utc}}', '2026-11-20 21:15:09'],
    ['{{startedAt|compact}}', '20261120T211509Z'],
    ['{{startedAt|offset}}', '2026-11-20T21:15:09+0000'],
    ['{{endedAt|unix}}', ''],
    ['{{callerNumber|digits}}', '79161234567'],
    ['{{note|upper}}{{note|lower}}', 'HIhi'],
    ['{{outcome|map:answered=1,*=0}}', '0'],
    ['{{outcome|map:=none,*=some}}', 'none'],
    ['{{note|map:Hi=Hello}}', 'Hello'],
    ['{{note|map:x=y}}', ''],
    ['{{rating|default:-}}{{ talkSeconds | default:0 }}', '-7'],
    ['{{operatorLogin}} {{operatorExtension}} {{token}}', 'anna 101 s3cret']
  ]
  for (const [source, expected] of formatted) {
    it(`${source} → ${expected}`, () => {
      expect(renderPlain(source, facts('Hi', { callerNumber: '+79161234567' }))).to.equal(expected)
    })
  }
})

describe('a template that is saved', () => {
  const codes = (given: Message): string[] =>
    problemsOf({ preset: null, messages: [given] }).map(({ path, code }) => `${path} ${code}`)
  const none: Body = { kind: 'none' }
  const wrong: [Message, string][] = [
    [message({ kind: 'form', fields: field('{{caler}}') }), 'body.fields.0.value unknownVariable'],
    [message({ kind: 'form', fields: field('{{constructor}}') }), 'body.fields.0.value unknownVariable'],
    [message({ kind: 'form', fields: field('{{note|shout}}') }), 'body.fields.0.value unknownFormat'],
    [message({ kind: 'form', fields: field('{{note|map}}') }), 'body.fields.0.value unknownFormat'],
    [message({ kind: 'form', fields: field('{{note|map:a}}') }), 'body.fields.0.value unknownFormat'],
    [message({ kind: 'form', fields: field('{{note') }), 'body.fields.0.value notClosed'],
    [message({ kind: 'form', fields: [{ name: ' ', value: '1' }] }), 'body.fields.0.name fieldName'],
    [message({ kind: 'json', text: '{"a": {{note}' }), 'body.text notClosed'],
    [message({ kind: 'json', text: '{"a": "{{note}}",}' }), 'body.text notJson'],
    [message({ kind: 'json', text: '{{{note}}: 1}' }), 'body.text notJson'],
    [message({ kind: 'json', text: '{}' }, { method: 'GET' }), 'body.kind bodyOfGet'],
    [message(none, { url: 'ftp://x.example/' }), 'url badUrl'],
    [message(none, { url: 'https://{{note}}.example/' }), 'url badUrl'],
    [message(none, { url: 'https://x.example:{{rating}}/' }), 'url badUrl'],
    [message(none, { url: 'https://u:p@x.example/' }), 'url badUrl'],
    [message(none, { url: '{{note}}' }), 'url badUrl'],
    [message(none, { headers: [{ name: 'Bad Name', value: '' }] }), 'headers.0.name headerName'],
    [message(none, { headers: [{ name: 'Host', value: 'x' }] }), 'headers.0.name ownHeader'],
    [message(none, { headers: [{ name: 'Webhook-Id', value: 'x' }] }), 'headers.0.name ownHeader'],
    [
      message(none, { headers: [{ name: 'Authorization', value: 'Bearer abc' }] }),
      'headers.0.value secretHeader'
    ],
    [message(none, { headers: [{ name: 'X-A', value: 'a\r\nb' }] }), 'headers.0.value latinOnly'],
    [message(none, { needs: 'nothing' }), 'needs unknownVariable']
  ]
  for (const [given, expected] of wrong) {
    it(`is told ${expected} for ${JSON.stringify({ ...given, event: undefined })}`, () => {
      expect(codes(given)).to.include(`messages.0.${expected}`)
    })
  }

  it('may look like this', () => {
    const headers = [{ name: 'Authorization', value: 'Bearer {{token}}' }]
    const body: Body = { kind: 'json', text: '{"a":{"b":"{{note}}","c":[{{rating}}]}}' }
    expect(codes(message(body, { headers, url: 'https://x.example/{{callId}}?n={{note}}' }))).to.deep.equal(
      []
    )
  })

  it('comes without mistakes from every preset, and is JSON for any value', () => {
    for (const [name, preset] of Object.entries(presets)) {
      expect(problemsOf(preset), name).to.deep.equal([])
      for (const each of preset.messages) {
        if (each.body.kind !== 'json') continue
        for (const payload of [samplePayload(each.event), { type: each.event, timestamp: 'x', data: {} }])
          JSON.parse(render(each, 'https://x.example/', { ...facts(null), payload }).body ?? '')
      }
    }
  })
})
