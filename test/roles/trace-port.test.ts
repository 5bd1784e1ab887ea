import { createSocket } from 'node:dgram'
import { expect } from 'chai'
import { pino } from 'pino'
import { openCollector } from '../../pbx/trace/collector.ts'
import { hepPacket } from '../pure/trace/packets.ts'
import { until } from '../support/until.ts'

describe('The SIP trace of a controller that took over', () => {
  it('hears Asterisk although the one before it hangs and keeps the port', async () => {
    const heard: string[] = []
    const open = (name: string) =>
      openCollector({
        ...{ port: 17_838, password: 'secret', ownPorts: [5060], log: pino({ level: 'silent' }) },
        onCopy: () => heard.push(name)
      })
    const hung = await open('hung')
    const next = await open('next')
    const asterisk = createSocket('udp4')
    try {
      expect([hung.isListening, next.isListening]).to.deep.equal([true, true])
      const payload = 'OPTIONS sip:x@10.0.0.1 SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n'
      const packet = hepPacket({ payload, source: '10.0.0.2:5060', destination: '10.0.0.1:5060' })
      for (let n = 0; n < 5; n += 1) asterisk.send(packet, 17_838, '127.0.0.1')
      await until(() => heard.length === 5)
      expect(new Set(heard)).to.deep.equal(new Set(['next']))
    } finally {
      asterisk.close()
      await Promise.all([hung.close(), next.close()])
    }
  })
})
