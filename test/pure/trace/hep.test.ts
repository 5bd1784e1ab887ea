import { expect } from 'chai'
import v8 from 'node:v8'
import vm from 'node:vm'
import fc from 'fast-check'
import { copyOf, ownSide } from '../../../pbx/trace/collector.ts'
import { decodeHep } from '../../../pbx/trace/hep.ts'
import { parseSip, withoutSecrets } from '../../../pbx/trace/sip-message.ts'
import { createStore, limits } from '../../../pbx/trace/store.ts'
import type { Dialog } from '../../../pbx/trace/types.ts'
import { chunk, hepPacket } from './packets.ts'
import { heard } from './texts.ts'

const packet = (payload: string, more: Buffer[] = []): Buffer =>
  hepPacket({
    ...{ payload, more, source: '203.0.113.9:5060', destination: '127.0.0.1:5061' },
    atMs: 1_800_000_000_123
  })

describe('A HEP packet', () => {
  it('is read with its addresses, its time, its password and its message', () => {
    const found = decodeHep(packet('OPTIONS'))
    expect(found).to.deep.include({ atMs: 1_800_000_000_123, type: 1, password: 'secret' })
    expect(found?.source).to.deep.equal({ address: '203.0.113.9', port: 5060 })
    expect(found?.destination).to.deep.equal({ address: '127.0.0.1', port: 5061 })
    expect(found?.payload.toString()).to.equal('OPTIONS')
  })

  it('with chunks that only other programs know is read all the same', () => {
    const strange = [chunk(15, Buffer.from('not ours'), 10), chunk(0x7777, Buffer.alloc(0))]
    expect(decodeHep(packet('OPTIONS', strange))?.payload.toString()).to.equal('OPTIONS')
  })

  it('that is cut anywhere is none', () => {
    const whole = packet('OPTIONS')
    for (let length = 0; length < whole.length; length += 1) {
      expect(decodeHep(whole.subarray(0, length)), String(length)).to.equal(null)
    }
  })

  it('of garbage is none, or a whole one, and never an error', () => {
    const isOurs = ownSide([5060])
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .uint8Array({ maxLength: 300 })
        .map((rest) => Buffer.concat([Buffer.from('HEP3'), Buffer.from(rest)])),
      fc.tuple(fc.nat(200), fc.nat(255)).map(([at, value]) => {
        const changed = packet('OPTIONS sip:x SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n')
        changed[at % changed.length] = value
        return changed
      }),
      fc.string({ maxLength: 400 }).map((text) => packet(text))
    )
    fc.assert(
      fc.property(bytes, (data) => {
        const found = decodeHep(Buffer.from(data))
        if (found) copyOf(found, isOurs)
      }),
      { numRuns: 2000 }
    )
  })
})

describe('A SIP message in the trace', () => {
  const secrets = [
    ['a proof', 'Authorization: Digest username="a", response="c0ffee", cnonce="x"', 'c0ffee'],
    ['a folded proof', 'Proxy-Authorization: Digest username="a",\r\n response=c0ffee', 'c0ffee'],
    ['another kind of proof', 'authorization: Bearer c0ffee.c0ffee', 'c0ffee'],
    ['a key of sound', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c0ffee|2^20', 'c0ffee'],
    ['a password of ICE', 'a=ice-pwd:c0ffee', 'c0ffee'],
    ['an old kind of key', 'k=clear:c0ffee', 'c0ffee'],
    ['the mark of a registration', 'Contact: <sip:a@1.2.3.4;line=c0ffee>', 'c0ffee'],
    ['a password in an address', 'Route: <sip:a:c0ffee@1.2.3.4>', 'c0ffee'],
    ['a key that was pressed', 'Signal=7\r\nDuration=160', 'Signal=7']
  ] as const
  for (const [title, line, secret] of secrets) {
    it(`does not hold ${title}`, () => {
      const text = withoutSecrets(`INVITE sip:a@b SIP/2.0\r\n${line}\r\nMax-Forwards: 70\r\n\r\n`)
      expect(text).to.not.include(secret)
      expect(text).to.include('Max-Forwards: 70')
    })
  }

  it('made to be slow is read in no time', () => {
    const words = 'a '.repeat(30_000)
    const slow = [
      `INVITE sip:a SIP/2.0\r\nContact: ${words}\r\nVia: ${words}\r\nTo: <${words}>\r\n\r\n`,
      `Authorization:${' '.repeat(60_000)}x`,
      `INVITE sip:${'a:'.repeat(30_000)} SIP/2.0\r\nContact: "${'\\'.repeat(30_000)}\r\n\r\n`
    ]
    const before = process.cpuUsage()
    for (const text of slow) {
      withoutSecrets(text.slice(0, 16_384))
      parseSip(text)
    }
    expect(process.cpuUsage(before).user / 1000, 'ms of work').to.be.lessThan(2000)
  })

  it('with headers named like parts of the language harms nothing', () => {
    const found = parseSip(
      'OPTIONS sip:a@b SIP/2.0\r\nconstructor: 1\r\n__proto__: 2\r\nTo: <sip:c@d>\r\n\r\n'
    )
    expect(found?.to).to.deep.equal({ user: 'c', host: 'd', port: null })
  })
})

/** Bytes in use once all garbage is collected. */
function heapBytes(): number {
  v8.setFlagsFromString('--expose-gc')
  const collect = vm.runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

describe('The memory of the trace', () => {
  it('knows the dialogs of a call, whichever of call and message is heard first', () => {
    const store = createStore()
    const [first, second] = heard(
      { way: '<', first: 'INVITE', dialog: 'early' },
      { way: '>', first: 'INVITE', dialog: 'late' }
    )
    if (!first || !second) throw new Error('Two messages')
    store.add(first)
    store.link('early', 'trunk-1', 'call')
    store.link('late', 'op-1', 'call')
    store.add(second)
    expect(store.ofCall('call').map(({ endpoint }) => endpoint)).to.deep.equal(['trunk-1', 'op-1'])
    expect(store.strangers()).to.deep.equal([])
  })

  it('keeps what we ask of carriers, and not what telephones ask of us', () => {
    const store = createStore()
    for (const copy of heard(
      { way: '>', first: 'REGISTER', dialog: 'a' },
      { way: '<', first: 'REGISTER', dialog: 'b' },
      { way: '<', first: 'OPTIONS', dialog: 'c' },
      { way: '<', first: '200 OK', method: 'OPTIONS', dialog: 'd' }
    )) {
      store.add(copy)
    }
    expect(store.registers().map(({ id }) => id)).to.deep.equal(['a'])
    expect(store.options()).to.deep.equal([])
  })

  it('has an end: strangers cannot fill it, nor a registration of years, nor a call of hours', () => {
    const store = createStore()
    for (let n = 0; n < limits.strangers + 50; n += 1) {
      for (const copy of heard({ way: '<', first: 'INVITE', dialog: `stranger-${n}` })) store.add(copy)
    }
    expect(store.strangers()).to.have.length(limits.strangers)
    for (let n = 0; n < 500; n += 1) {
      for (const copy of heard(
        { way: '>', first: 'REGISTER', cseq: n },
        { way: '<', first: 'INFO', cseq: n, dialog: 'long' }
      )) {
        store.add(copy)
      }
    }
    expect(store.registers()[0]?.messages).to.have.length(limits.registerMessages)
    const long = store.strangers().find(({ id }) => id === 'long')
    expect(long?.messages).to.have.length(limits.callMessages)
    expect(long?.isCut).to.equal(true)
  })

  it('has an end in characters too: of long messages fewer are kept, and one long dialog pushes nobody out', () => {
    const store = createStore()
    const text = 'x'.repeat(16_000)
    const say = (way: '<' | '>', first: string, dialog: string, times: number): void => {
      for (let n = 0; n < times; n += 1)
        for (const copy of heard({ way, first, dialog, cseq: n })) store.add({ ...copy, text })
    }
    const characters = (dialogs: readonly Dialog[]): number =>
      dialogs.flatMap(({ messages }) => messages).reduce((sum, copy) => sum + copy.text.length, 0)
    for (let n = 0; n < limits.strangers; n += 1) say('<', 'INVITE', `stranger-${n}`, 2)
    expect(characters(store.strangers())).to.be.within(
      limits.strangerCharacters - text.length * 2,
      limits.strangerCharacters
    )
    const others = store.strangers().length
    say('<', 'INVITE', 'endless', 200)
    const endless = store.strangers().find(({ id }) => id === 'endless')
    expect(characters(endless ? [endless] : [])).to.be.within(200_000, limits.dialogCharacters)
    expect(endless?.isCut).to.equal(true)
    const long = Math.ceil(limits.dialogCharacters / text.length / 2)
    expect(store.strangers(), 'who was there').to.have.length.of.at.least(others - long)
    for (let n = 0; n < 20; n += 1) say('>', 'REGISTER', `trunk-${n}`, limits.registerMessages * 2)
    expect(characters(store.registers())).to.be.within(
      limits.registerCharacters - text.length * limits.registerMessages,
      limits.registerCharacters
    )
    for (let n = 0; n < limits.options; n += 1) say('>', 'OPTIONS', `asked-${n}`, 2)
    expect(characters(store.options())).to.be.at.most(limits.optionsCharacters)
  })

  it('holds no more of a message than its text, and nothing of what was taken out of it', () => {
    const store = createStore()
    const isOurs = ownSide([5061])
    const secret = `;line=${'s'.repeat(6000)}`
    const add = (n: number): void => {
      const [said] = heard({ way: '<', first: 'INVITE', dialog: `a-dialog-with-a-long-name-${n}` })
      const found = decodeHep(packet(`${said?.text ?? ''}X-Long: <sip:a@b${secret}>\r\n\r\n`))
      const copy = found && copyOf(found, isOurs)
      if (!copy) throw new Error('No message')
      store.add(copy)
      store.link(copy.dialog, 'trunk-1', `call-${n}`)
    }
    add(0)
    const before = heapBytes()
    for (let n = 1; n <= 1000; n += 1) add(n)
    const grown = (heapBytes() - before) / 1000
    expect(store.calls()).to.have.length(1001)
    expect(grown).to.be.lessThan(3000)
  })
})
