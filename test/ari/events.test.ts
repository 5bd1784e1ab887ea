import { expect } from 'chai'
import { parseEvent } from '../../pbx/ari/events.ts'
import { callerIdText } from '../../pbx/ari/originate.ts'
import { cpuMsOf } from '../support/clock.ts'

const channel = {
  id: 'c1.caller',
  name: 'PJSIP/trunk-1-00000001',
  state: 'Up',
  protocol_id: 'abc@192.0.2.1',
  caller: { name: 'Иван', number: '+79161234567' },
  connected: { name: '', number: '' },
  accountcode: '',
  dialplan: {
    context: 'trunk-call',
    exten: 's',
    priority: 2,
    app_name: 'Stasis',
    app_data: 'ringtrace,inbound'
  },
  creationtime: '2026-11-21T22:31:05.123+0000',
  language: 'en'
}
const message = (type: string, more: object): string =>
  JSON.stringify({ type, timestamp: '2026-11-21T22:31:06.500+0000', application: 'ringtrace', ...more })

describe('events of Asterisk', () => {
  it('are read with their time, their channel and their causes', () => {
    const parsed = parseEvent(
      message('ChannelDestroyed', { cause: 17, cause_txt: 'User busy', tech_cause: 486, channel })
    )
    expect(parsed).to.deep.include({ kind: 'event' })
    expect(parsed.kind === 'event' && parsed.event).to.deep.include({
      type: 'ChannelDestroyed',
      cause: 17,
      sipCode: 486,
      atMs: Date.UTC(2026, 10, 21, 22, 31, 6, 500)
    })
    expect(parsed.kind === 'event' && 'channel' in parsed.event && parsed.event.channel).to.deep.include({
      id: 'c1.caller',
      callerName: 'Иван',
      callerNumber: '+79161234567',
      createdMs: Date.UTC(2026, 10, 21, 22, 31, 5, 123)
    })
  })

  it('of a type that nobody names are told apart from broken ones', () => {
    expect(parseEvent(message('ChannelVarset', { channel }))).to.deep.equal({
      kind: 'unknown',
      type: 'ChannelVarset'
    })
    expect(parseEvent('{"type":"StasisStart"}')).to.deep.equal({ kind: 'malformed' })
    expect(parseEvent('{"type":')).to.deep.equal({ kind: 'malformed' })
    expect(parseEvent('[]')).to.deep.equal({ kind: 'malformed' })
    expect(parseEvent(message('constructor', {})).kind).to.not.equal('event')
  })

  it('tell a blind REFER from an attended one', () => {
    const by = { source_channel: channel }
    const read = (refer_to: object, more: object = {}): unknown => {
      const parsed = parseEvent(message('ChannelTransfer', { referred_by: by, refer_to, ...more }))
      return parsed.kind === 'event' ? parsed.event : parsed
    }
    const base = {
      type: 'ChannelTransfer',
      channelId: 'c1.caller',
      atMs: Date.UTC(2026, 10, 21, 22, 31, 6, 500)
    }
    expect(read({ requested_destination: { destination: '102' } })).to.deep.equal({
      ...base,
      destination: '102',
      replaces: null,
      replacesChannelId: null,
      state: null
    })
    const attended = {
      requested_destination: { protocol_id: 'dialog-2' },
      destination_channel: { id: 'c2.op1' }
    }
    expect(read(attended, { state: 'channel_answered' })).to.deep.equal({
      ...base,
      destination: '',
      replaces: 'dialog-2',
      replacesChannelId: 'c2.op1',
      state: 'channel_answered'
    })
    expect(read({})).to.deep.include({ destination: '', replaces: null })
    expect(parseEvent(message('ChannelTransfer', { refer_to: {} }))).to.deep.equal({ kind: 'malformed' })
  })

  it('of hold and of sound name the channel alone', () => {
    for (const type of ['ChannelHold', 'ChannelUnhold', 'ChannelTalkingStarted']) {
      const parsed = parseEvent(message(type, { channel }))
      expect(parsed.kind === 'event' && parsed.event).to.deep.include({ type, channelId: 'c1.caller' })
      expect(parseEvent(message(type, {}))).to.deep.equal({ kind: 'malformed' })
    }
  })

  it('cost less than 30 µs each', async () => {
    const text = message('ChannelStateChange', { channel })
    for (let i = 0; i < 2000; i++) parseEvent(text)
    const costMs = await cpuMsOf(() => {
      for (let i = 0; i < 5000; i++) parseEvent(text)
    })
    expect((costMs / 5000) * 1000).to.be.below(30)
  })
})

describe('the name shown to an operator', () => {
  it('cannot change the number, whatever the caller calls themselves', () => {
    expect(callerIdText({ name: 'Eve" <+70000000000>', number: '+79161234567' })).to.equal(
      '"Eve +70000000000" <+79161234567>'
    )
    expect(callerIdText({ name: 'a\r\nX: y\\', number: '1;2' })).to.equal('"aX: y" <12>')
    expect(callerIdText({ name: null, number: null })).to.equal('')
  })
})
