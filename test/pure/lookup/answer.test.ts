import { expect } from 'chai'
import { parseAnswer, resolve, type RawAnswer } from '../../../integrations/lookup/answer.ts'

const none: RawAnswer = { phones: [], code: null, text: null, contactName: null, responsible: null }

describe('The answer of an outside system', () => {
  const rows: [what: string, body: string, answer: Partial<RawAnswer> | null][] = [
    [
      'CoMagic: phones and a text',
      '{"phones":["74951234567","101"],"text":"Соединяю"}',
      { phones: ['74951234567', '101'], text: 'Соединяю' }
    ],
    ['CoMagic: a code', '{"returned_code":2}', { code: '2' }],
    [
      'CoMagic: phones and a named message, which we do not have',
      '{"phones":["101"],"message_name":"m1"}',
      { phones: ['101'] }
    ],
    ['Ringostat: a number as text', '+7 (495) 123-45-67\n', { phones: ['+74951234567'] }],
    ['Ringostat: a SIP name as text', 'anna_2', { phones: ['anna_2'] }],
    ['Ringostat: a SIP address', 'sip:anna@pbx.example.com', { phones: ['anna'] }],
    ['Ringostat: a named key', '{"number": 101}', { phones: ['101'] }],
    ['Ringostat: JSON-RPC', '{"jsonrpc":"2.0","id":1,"result":"101"}', { phones: ['101'] }],
    ['JSON-RPC with an object', '{"jsonrpc":"2.0","result":{"phones":["101"]}}', { phones: ['101'] }],
    ['JSON-RPC with an error', '{"jsonrpc":"2.0","error":{"code":1}}', null],
    [
      'MegaFon: a client with an owner',
      '{"contact_name":"ООО Окна","responsible":"anna"}',
      { contactName: 'ООО Окна', responsible: 'anna' }
    ],
    ['MegaFon: somebody unknown', '{}', {}],
    ['a bare JSON string', '"101"', { phones: ['101'] }],
    ['a list', '["101","102"]', { phones: ['101', '102'] }],
    ['nothing', '', {}],
    ['a page of HTML', '<!doctype html><title>502</title>', null],
    ['a sentence', 'no such client', null],
    ['broken JSON', '{"phones":["101"', null],
    [
      'JSON that nests for ever',
      '{"jsonrpc":"2","result":{"jsonrpc":"2","result":{"jsonrpc":"2","result":"1"}}}',
      null
    ],
    ['phones that are none', '{"phones":["<script>","",null,{}],"text":1}', {}],
    ['control characters in a name', '{"contact_name":"Eve\\u0000\\r\\nX"}', { contactName: 'Eve X' }]
  ]
  for (const [what, body, answer] of rows) {
    it(`is read: ${what}`, () => {
      expect(parseAnswer(body)).to.deep.equal(answer === null ? null : { ...none, ...answer })
    })
  }

  it('never names more than twenty', () => {
    expect(parseAnswer(JSON.stringify(Array.from({ length: 50 }, () => '101')))?.phones).to.have.length(20)
  })

  const find = (name: string): string | null => ({ '101': 'user-1', anna: 'user-2' })[name] ?? null
  const normalise = (number: string): string | null =>
    /^\+?\d{11}$/.test(number) ? `+${number.replace('+', '')}` : null
  const read = (raw: Partial<RawAnswer>) => resolve({ ...none, ...raw }, find, normalise)

  it('names our operators by short number and SIP name, and everybody else by number', () => {
    expect(read({ phones: ['101', '74951234567', 'nobody', 'anna'] })?.targets).to.deep.equal([
      { kind: 'user', userId: 'user-1' },
      { kind: 'external', number: '+74951234567' },
      { kind: 'user', userId: 'user-2' }
    ])
    expect(read({ responsible: 'anna', contactName: 'Ivan' })).to.deep.include({
      ownerId: 'user-2',
      contactName: 'Ivan'
    })
    expect(read({ responsible: 'somebody', contactName: 'Ivan' })).to.deep.include({ ownerId: null })
  })

  it('is no answer when it names only people whom nobody knows', () => {
    expect(read({ phones: ['nobody'] })).to.equal(null)
    expect(read({ phones: ['nobody'], code: '2' })).to.deep.include({ targets: [], code: '2' })
    expect(read({})).to.deep.include({ targets: [], ownerId: null })
  })
})
